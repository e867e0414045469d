// SIGINT and SIGTERM as something to wait for, for commands that run until they are told to stop.
import Foundation

/// Where the handler of the signals writes to. Set once, before there is a handler.
private nonisolated(unsafe) var pipeOfSignals: Int32 = -1

final class StopSignal: @unchecked Sendable {
    private let lock = NSLock()
    private var raised = false
    private var waiting: CheckedContinuation<Void, Never>?
    private let source: any DispatchSourceRead

    init() {
        // Not DispatchSource's own signals: it begins to watch some time after it was told to, and until then they are lost.
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipeOfSignals = ends[1]
        source = DispatchSource.makeReadSource(fileDescriptor: ends[0], queue: .global())
        let reading = ends[0]
        source.setEventHandler { [self] in
            var byte: UInt8 = 0
            _ = Foundation.read(reading, &byte, 1)
            raise()
        }
        source.resume()
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                let kept = errno
                var byte: UInt8 = 0
                _ = Foundation.write(pipeOfSignals, &byte, 1)
                errno = kept
            }
        }
    }

    var isRaised: Bool { lock.withLock { raised } }

    /// Does what the signals do.
    func raise() {
        let continuation = lock.withLock {
            raised = true
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume()
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isRaised = lock.withLock {
                if !raised { waiting = continuation }
                return raised
            }
            if isRaised { continuation.resume() }
        }
    }
}
