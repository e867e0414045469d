// Writes the lines of a client's log to a descriptor of the caller's. It never waits: a line for which there is no room is left
// out, and no line is ever left in part.
import Glibc
import WABiz

final class RequestLog {
    private var descriptor: Int32?
    /// What of a line was not taken yet: it goes before any other.
    private var rest: [UInt8] = []

    /// - Throws: `.badArgument` when nothing is open there.
    init(_ descriptor: Int32) throws(Failure) {
        guard fcntl(descriptor, F_GETFD) >= 0 else {
            throw .badArgument("\"log\" is \(descriptor), which is no open descriptor: \(unsafe String(cString: strerror(errno))).")
        }
        self.descriptor = descriptor
    }

    func write(_ line: LogLine) {
        guard descriptor != nil else { return }
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let time = Int64(now.tv_sec).times(1000).plus(Int64(now.tv_nsec) / 1_000_000)
        // The host may have closed the other end: that is nothing to be killed for.
        BrokenPipes.blocked {
            guard flush() else { return }
            rest = line.text(time)
            let length = rest.count
            // Nothing of it was taken: then it is left out.
            if !flush(), rest.count == length { rest = [] }
        }
    }

    /// - Returns: whether nothing is left to be written.
    private func flush() -> Bool {
        while !rest.isEmpty {
            guard let descriptor, hasRoom(descriptor) else { return false }
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest.removeFirst(min(count, rest.count))
            } else if errno != EINTR {
                if errno != EAGAIN { self.descriptor = nil }
                return false
            }
        }
        return true
    }

    /// A pipe that says so has room for a line, which is shorter than 4096 bytes.
    private func hasRoom(_ descriptor: Int32) -> Bool {
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&room, 1, 0) == 1 else { return false }
        guard Int32(room.revents) & Int32(POLLERR | POLLNVAL) == 0 else {
            // Nobody reads any more.
            self.descriptor = nil
            return false
        }
        return true
    }
}
