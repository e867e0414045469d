// Calls whenever a descriptor of the library is readable. Dispatch sources may be used from any thread.
import Dispatch

final class DescriptorWatch: @unchecked Sendable {
    private let source: any DispatchSourceRead

    init(_ descriptor: Int32, of owner: AnyObject, on queue: DispatchQueue) {
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        // Who owns the descriptor must outlive what watches it.
        nonisolated(unsafe) let kept = owner
        source.setCancelHandler { unsafe withExtendedLifetime(kept) {} }
    }

    func begin(_ isReadable: @escaping @Sendable () -> Void) {
        source.setEventHandler(handler: isReadable)
        source.activate()
    }

    func end() { source.cancel() }
}
