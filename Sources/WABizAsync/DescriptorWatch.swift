// Calls whenever a client's descriptor is readable. Dispatch sources may be used from any thread.
import Dispatch
import WABizClient

final class DescriptorWatch: @unchecked Sendable {
    private let source: any DispatchSourceRead

    init(_ descriptor: Int32, of client: Client, on queue: DispatchQueue) {
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        // The client owns the descriptor and must outlive what watches it.
        nonisolated(unsafe) let kept = client
        source.setCancelHandler { unsafe withExtendedLifetime(kept) {} }
    }

    func begin(_ isReadable: @escaping @Sendable () -> Void) {
        source.setEventHandler(handler: isReadable)
        source.activate()
    }

    func end() { source.cancel() }
}
