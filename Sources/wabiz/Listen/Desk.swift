// Where events are handed on: to standard output or to a command, one notification after the other.
import Foundation

final class Desk: @unchecked Sendable {
    private let queue = DispatchQueue(label: "events")  // whatever changes below is touched on it alone
    private let command: Command?
    private let batch: Bool
    private let whenClosed: @Sendable () -> Void
    private var isClosed = false
    private var isTorn = false

    /// Prints events.
    /// - Parameter whenClosed: called when nobody reads standard output any more.
    init(whenClosed: @escaping @Sendable () -> Void) {
        command = nil
        batch = false
        self.whenClosed = whenClosed
    }

    /// - Parameter batch: all events of a notification at once.
    init(command: Command, batch: Bool) {
        self.command = command
        self.batch = batch
        whenClosed = {}
    }

    /// Whether all events were handed on; false, too, once the desk is closed.
    func handOn(_ notification: Notification) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: !isClosed && work(on: notification)) }
        }
    }

    /// Closes the desk behind the notification that is being worked on.
    func finish() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                isClosed = true
                continuation.resume()
            }
        }
    }

    private func work(on notification: Notification) -> Bool {
        guard let command else { return print(notification.events) }
        if notification.events.isEmpty { return true }
        for text in batch ? [notification.document] : notification.events {
            if let problem = command.run(input: text + [0x0A]) {
                warn("wabiz: \(problem); Meta will bring the notification again")
                return false
            }
        }
        return true
    }

    /// Writes the lines. When the disk is full in the middle of one, that line is ended before the next.
    private func print(_ events: [[UInt8]]) -> Bool {
        var lines: [UInt8] = isTorn ? [0x0A] : []
        for event in events { lines += event + [0x0A] }
        var rest = lines[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let reason = errno
                warn("wabiz: events cannot be written: \(String(cString: strerror(reason))); Meta will bring them again")
                if reason == EPIPE { whenClosed() }
                return false
            }
            isTorn = rest.prefix(count).last != 0x0A
            rest = rest.dropFirst(count)
        }
        return true
    }
}
