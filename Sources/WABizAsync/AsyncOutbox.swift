// An outbox for servers in Swift concurrency: it sends through an AsyncClient, on that client's queue, woken by a descriptor
// that also tells of the outbox's own times. No thread is held while it waits.
import Dispatch
public import WABiz
public import WABizClient

/// Keeps messages until they have arrived, and sends them while somebody reads what became of them. Any task may use it.
///
///     let outbox = try AsyncOutbox(OutboxOptions(path: "out.db", phoneNumberID: "106540352242922"), client: client)
///     _ = try await outbox.put(Draft.text(to: "+15550001234", "Hello").json())
///     for try await document in outbox.outcomes() { … }      // sends as long as somebody reads
///     await outbox.drain()                                    // before client.drain(), at the end
///
/// What is written waits for a commit on the client's queue; to keep the disk away from it, give receivers an `Outbox` of their own
/// on the same file. Rows under way when the last reference goes away are uncertain.
public final class AsyncOutbox: Sendable {
    private let client: AsyncClient
    private let seat: Seat

    /// - Throws: as `Outbox.init` does.
    public init(_ options: OutboxOptions, client: AsyncClient) throws(Failure) {
        self.client = client
        seat = Seat(try Outbox(options))
    }

    /// - Parameter config: the JSON configuration that wabiz.h lists.
    public convenience init(config: [UInt8], client: AsyncClient) throws(Failure) { try self.init(OutboxOptions(json: config), client: client) }

    deinit {
        // The watch and what it calls keep each other.
        let seat = seat
        client.executor.queue.async { seat.end() }
    }

    /// Stores a message or many, as `Outbox.put` does.
    public func put(_ json: [UInt8], options: [UInt8]? = nil) async throws(Failure) -> [UInt8] {
        try await use { (outbox) throws(Failure) in try outbox.put(json, options: options) }
    }

    /// Takes in events, as `Outbox.apply` does; answer Meta with 200 after it.
    public func apply(_ events: [UInt8]) async throws(Failure) -> [UInt8] {
        try await use { (outbox) throws(Failure) in try outbox.apply(events) }
    }

    /// Does something else with the outbox: get, list, cancel, retry, resume, prune, stats. Steps are taken by `outcomes` alone.
    public func use<Value: Sendable>(_ work: @Sendable (Outbox) throws(Failure) -> Value) async throws(Failure) -> Value {
        try await client.use(seat, work)
    }

    /// Sends what is due, now and later; gives `{"outcomes":[…]}`, the rows that were accepted or ended otherwise. It goes on until it
    /// is left, or until `drain`; then nothing more is begun, and what is under way is recorded in the background. Documents wait in
    /// memory for a slow reader: sending goes on. One reader at a time: a second one ends the first.
    /// - Throws: a `Failure`, `.storage` when the file cannot be written: iterate again, nothing that came back is forgotten.
    public func outcomes() -> AsyncThrowingStream<[UInt8], any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        let (client, seat) = (client, seat)
        continuation.onTermination = { _ in
            client.executor.queue.async { client.assumeIsolated { seat.leave(continuation, $0) } }
        }
        client.executor.queue.async { client.assumeIsolated { seat.begin(continuation, $0) } }
        return stream
    }

    /// Begins nothing more and waits until nothing is under way, or until the task is cancelled. Then the loop over `outcomes` ends.
    public func drain() async {
        let end = Waiter()
        let (client, seat) = (client, seat)
        await withTaskCancellationHandler {
            await client.drain(seat, end)
        } onCancel: {
            client.executor.queue.async { end.end() }
        }
    }
}

extension AsyncClient {
    fileprivate func use<Value: Sendable>(_ seat: Seat, _ work: @Sendable (Outbox) throws(Failure) -> Value) throws(Failure) -> Value {
        try work(seat.outbox)
    }

    fileprivate func drain(_ seat: Seat, _ end: Waiter) async {
        seat.drain(end, self)
        await withCheckedContinuation { end.begin($0) }
    }
}

/// The outbox and who reads from it. Used on the client's queue alone.
private final class Seat: @unchecked Sendable {
    typealias Reader = AsyncThrowingStream<[UInt8], any Error>.Continuation

    let outbox: Outbox
    private var watch: DescriptorWatch?
    /// Who reads; nobody while it only waits for what is under way.
    private var reader: Reader?
    private var isDraining = false
    private var ends: [Waiter] = []

    init(_ outbox: Outbox) { self.outbox = outbox }

    func begin(_ reader: Reader, _ client: isolated AsyncClient) {
        self.reader?.finish()
        self.reader = reader
        isDraining = false
        advance(client)
    }

    /// The loop was left, or ended.
    func leave(_ reader: Reader, _ client: isolated AsyncClient) {
        guard let current = self.reader, current == reader else { return }
        self.reader = nil
        advance(client)
    }

    func drain(_ end: Waiter, _ client: isolated AsyncClient) {
        ends.append(end)
        isDraining = true
        advance(client)
    }

    func end() {
        watch?.end()
        watch = nil
        reader?.finish()
        reader = nil
        for end in ends { end.end() }
        ends = []
    }

    /// Sends and records; or only records, at the end and while nobody reads.
    private func advance(_ client: isolated AsyncClient) {
        let isEnding = isDraining || reader == nil
        do throws(Failure) {
            try observe(client)
            let (document, isIdle) = try isEnding ? outbox.drain(client.client, timeout: 0) : outbox.step(client.client, timeout: 0)
            if document != Outbox.nothing { reader?.yield(document) }
            if isEnding, isIdle { end() }
        } catch {
            reader?.finish(throwing: error)
            end()
        }
    }

    private func observe(_ client: isolated AsyncClient) throws(Failure) {
        guard watch == nil else { return }
        let descriptor = outbox.descriptor(client.client)
        guard descriptor >= 0 else {
            throw Failure(.noMemory, "No descriptor is left for the outbox. Close some, or raise the limit of the process.", retry: .backoff)
        }
        let watch = DescriptorWatch(descriptor, of: self, on: client.executor.queue)
        self.watch = watch
        watch.begin { [self, weak client] in client?.assumeIsolated { self.advance($0) } }
    }
}
