// Tells how far a transfer is without calling anybody back: one JSON line per step, written to a descriptor of the
// caller's. It never waits: a line for which there is no room is left out, and the result says the same in the end.
import Glibc
import WABiz

final class Progress {
    private var descriptor: Int32?
    private var last = -1
    /// The smallest step that is worth a line.
    private static let step = 64 << 10

    init(_ descriptor: Int32?) { self.descriptor = descriptor }

    /// - Parameters:
    ///   - done: bytes so far.
    ///   - total: bytes of the whole; nil when nobody said.
    func report(_ done: Int, of total: Int?) {
        guard let descriptor, done != last else { return }
        let step = max(Progress.step, (total ?? 0) / 100)
        guard last < 0 || done < last || done - last >= step || done == total else { return }
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&room, 1, 0) == 1, Int32(room.revents) & Int32(POLLERR | POLLNVAL) == 0 else { return giveUp(Int32(room.revents)) }
        let line: Tree = ["done": .integer(done), "total": total.map(Tree.integer) ?? .null]
        let bytes = line.bytes + [UInt8(ascii: "\n")]
        let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 { last = done } else if errno != EAGAIN, errno != EINTR { self.descriptor = nil }
    }

    /// Nobody reads any more.
    private func giveUp(_ events: Int32) { if events & Int32(POLLERR | POLLNVAL) != 0 { descriptor = nil } }
}
