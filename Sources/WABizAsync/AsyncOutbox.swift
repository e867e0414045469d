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
    private let seat: OutboxSeat

    /// - Parameter unread: how many rows may wait in memory for a reader before nothing more is begun; 1 at least.
    /// - Throws: as `Outbox.init` does.
    public init(_ options: OutboxOptions, client: AsyncClient, unread: Int = 1000) throws(Failure) {
        self.client = client
        seat = OutboxSeat(try Outbox(options), unread: max(1, unread))
    }

    /// - Parameter config: the JSON configuration that wabiz.h lists.
    public convenience init(config: [UInt8], client: AsyncClient, unread: Int = 1000) throws(Failure) {
        try self.init(OutboxOptions(json: config), client: client, unread: unread)
    }

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
    /// is left, or until `drain`; then nothing more is begun, and what is under way is recorded in the background. One reader at a time:
    /// a second one ends the first.
    ///
    /// A slow reader holds sending back: while `unread` rows wait for it nothing more is begun, until half of them are read. What is under
    /// way then comes on top, `max_in_flight` rows of the client's at most, and rows that one step found expired or blocked. What a reader
    /// that leaves has not read is the first that the next one gets.
    /// - Throws: a `Failure`, `.storage` when the file cannot be written: iterate again, nothing that came back is forgotten.
    public func outcomes() -> AsyncThrowingStream<[UInt8], any Error> {
        let lease = OutboxLease(client, seat)
        let (client, seat) = (client, seat)
        client.executor.queue.async { client.assumeIsolated { seat.begin(lease.reader, $0) } }
        return AsyncThrowingStream { try await client.next(lease.reader, seat) }
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
    fileprivate func use<Value: Sendable>(_ seat: OutboxSeat, _ work: @Sendable (Outbox) throws(Failure) -> Value) throws(Failure) -> Value {
        try work(seat.outbox)
    }

    fileprivate func drain(_ seat: OutboxSeat, _ end: Waiter) async {
        seat.drain(end, self)
        await withCheckedContinuation { end.begin($0) }
    }

    /// The next document for a loop over `outcomes`, once there is one; nil when there will be none.
    fileprivate func next(_ reader: OutboxReader, _ seat: OutboxSeat) async throws(Failure) -> [UInt8]? {
        while true {
            if Task.isCancelled { seat.leave(reader, self) }
            if let document = seat.take(reader, self) { return document }
            if let failure = reader.takeFailure() { throw failure }
            if reader.isOver { return nil }
            let news = Waiter()
            reader.waiters.append(news)
            await wait(news) { seat.leave(reader, $0) }
        }
    }
}
