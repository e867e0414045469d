// What an AsyncOutbox does on its client's queue: it steps whenever the outbox has something to do, keeps what nobody has read yet, and
// begins nothing more while that is too much.
import Dispatch
import WABiz
import WABizClient

/// The outbox and who reads from it. Used on the client's queue alone.
final class OutboxSeat: @unchecked Sendable {
    let outbox: Outbox
    /// How many rows may be unread before nothing more is begun.
    private let bound: Int
    private var watch: DescriptorWatch?
    /// Who reads, or read until the end; nobody while it only waits for what is under way.
    private var reader: OutboxReader?
    /// Not read yet, oldest first, and how many rows they are.
    private var documents: [(bytes: [UInt8], rows: Int)] = []
    private var unread = 0
    /// Nothing is begun, for the sake of a slow reader.
    private var isHeld = false
    private var isDraining = false
    private var ends: [Waiter] = []

    init(_ outbox: Outbox, unread: Int) {
        self.outbox = outbox
        bound = unread
    }

    func begin(_ reader: OutboxReader, _ client: isolated AsyncClient) {
        self.reader?.end()
        guard !reader.isOver else { return }
        self.reader = reader
        isDraining = false
        advance(client)
    }

    /// The next document, for who reads now.
    func take(_ reader: OutboxReader, _ client: isolated AsyncClient) -> [UInt8]? {
        guard reader === self.reader, !documents.isEmpty else { return nil }
        let document = documents.removeFirst()
        unread -= document.rows
        if isHeld, unread <= bound / 2 { advance(client) }
        return document.bytes
    }

    /// The loop was left, or its task was cancelled.
    func leave(_ reader: OutboxReader, _ client: isolated AsyncClient) {
        let wasOver = reader.isOver
        reader.end()
        guard reader === self.reader else { return }
        self.reader = nil
        if !wasOver { advance(client) }
    }

    func drain(_ end: Waiter, _ client: isolated AsyncClient) {
        ends.append(end)
        isDraining = true
        advance(client)
    }

    /// Nothing more happens: a reader gets what is there, and then the end.
    func end() {
        rest()
        isHeld = false
        reader?.end()
        for end in ends { end.end() }
        ends = []
    }

    private func rest() {
        watch?.end()
        watch = nil
    }

    /// Sends and records; or only records, at the end, while nobody reads, and while too much is unread.
    private func advance(_ client: isolated AsyncClient) {
        let isSending = !isDraining && reader.map { !$0.isOver } ?? false
        isHeld = isSending && unread >= bound
        let begins = isSending && !isHeld
        do throws(Failure) {
            try observe(client)
            while true {
                let (document, isIdle) = try begins ? outbox.step(client.client, timeout: 0) : outbox.drain(client.client, timeout: 0)
                if document != Outbox.nothing { keep(document) }
                if begins { return }
                // That nothing is left under way shows only when nothing comes any more.
                if isIdle { return isHeld ? rest() : end() }
                if document == Outbox.nothing { return }
            }
        } catch {
            reader?.fail(error)
            end()
        }
    }

    private func keep(_ document: [UInt8]) {
        let rows = (try? Tape.read(document, .tolerant) { $0["outcomes"]?.count }) ?? 1
        documents.append((document, rows))
        unread += rows
        reader?.wake()
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

/// One loop over the outcomes. Used on the client's queue alone.
final class OutboxReader: @unchecked Sendable {
    /// It gets no more than what is there.
    private(set) var isOver = false
    private var failure: Failure?
    /// Where it waits for a document.
    var waiters: [Waiter] = []

    func end() {
        isOver = true
        wake()
    }

    func fail(_ failure: Failure) { self.failure = failure }

    /// What it ended with, once.
    func takeFailure() -> Failure? {
        defer { failure = nil }
        return failure
    }

    func wake() {
        for waiter in waiters { waiter.end() }
        waiters = []
    }
}

/// Lives as long as the loop, and tells of its end.
final class OutboxLease: Sendable {
    let reader = OutboxReader()
    private let client: AsyncClient
    private let seat: OutboxSeat

    init(_ client: AsyncClient, _ seat: OutboxSeat) {
        self.client = client
        self.seat = seat
    }

    deinit {
        let (client, seat, reader) = (client, seat, reader)
        client.executor.queue.async { client.assumeIsolated { seat.leave(reader, $0) } }
    }
}
