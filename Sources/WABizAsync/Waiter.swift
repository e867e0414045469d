// Something to wait for that may happen before the wait begins: a task that is about to wait may be moved between executors first,
// and the client goes on meanwhile. Used on the client's queue alone.
import WABizClient

final class Waiter: @unchecked Sendable {
    private(set) var isOver = false
    private var continuation: CheckedContinuation<Void, Never>?

    func end() {
        isOver = true
        continuation?.resume()
        continuation = nil
    }

    /// The task waits from now on, unless it need not any more.
    func begin(_ continuation: CheckedContinuation<Void, Never>) {
        if isOver { continuation.resume() } else { self.continuation = continuation }
    }
}

/// What a send waits for.
final class Expected: @unchecked Sendable {
    let waiter = Waiter()
    private(set) var outcome: Outcome?

    func take(_ outcome: Outcome) {
        self.outcome = outcome
        waiter.end()
    }
}
