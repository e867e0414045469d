// A client for servers in Swift concurrency: it waits on the library's descriptor with a dispatch source and steps without ever
// blocking, so that no thread is held while thousands of messages are under way.
import Dispatch
public import WABiz
public import WABizClient

/// Sends messages from any number of tasks. Close it when it is no longer needed: what is under way is cut then.
///
///     let client = try AsyncClient(Account(accessToken: token, phoneNumberID: "106540352242922"))
///     let receipt = try await client.send(Message(.text(to: "+15550001234", "Hello")))
///     for await outcome in client.sendAll(messages) { … }
///     await client.drain()
///
/// After `fork()` the child must open its own, as with `Client`.
public actor AsyncClient {
    let executor: ClientQueue
    let client: Client
    private let watch: DescriptorWatch
    private let unclaimed: @Sendable (Outcome) -> Void

    /// Who waits for a ticket.
    private var waiting: [UInt64: Recipient] = [:]
    /// Who waits for room in the client's queue, first come, first served.
    private var queue: [Waiter] = []
    /// Who waits for the end of everything.
    private var settled: [Waiter] = []
    private var isEnding = false
    private var isClosed = false

    private enum Recipient {
        case send(Expected)
        case stream(Stream)
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// No connection is made yet.
    /// - Parameter unclaimed: gets the outcomes that nobody waits for any more, because the loop over a `sendAll` was left early.
    /// - Throws: `.badArgument`; `.noMemory` when the process has no descriptor left.
    public init(
        _ account: Account, transport: TransportOptions? = nil, delivery: DeliveryOptions? = nil,
        unclaimed: @escaping @Sendable (Outcome) -> Void = { _ in }
    ) throws(Failure) {
        try self.init(Client(account, transport: transport, delivery: delivery), unclaimed)
    }

    /// - Parameter config: the JSON configuration that wabiz.h lists.
    /// - Throws: as the other initialiser, and `.badJSON`.
    public init(config: [UInt8], unclaimed: @escaping @Sendable (Outcome) -> Void = { _ in }) throws(Failure) {
        try self.init(Client(config: config), unclaimed)
    }

    private init(_ client: sending Client, _ unclaimed: @escaping @Sendable (Outcome) -> Void) throws(Failure) {
        let descriptor = client.descriptor
        guard descriptor >= 0 else {
            throw Failure(.noMemory, "No descriptor is left for the client. Close some, or raise the limit of the process.", retry: .backoff)
        }
        executor = ClientQueue()
        self.client = client
        self.unclaimed = unclaimed
        watch = DescriptorWatch(descriptor, of: client, on: executor.queue)
        watch.begin { [weak self] in self?.assumeIsolated { $0.advance() } }
    }

    deinit { watch.end() }

    // MARK: One message

    /// Sends a checked message at the pace that Meta allows and waits for its outcome; waits for room when the queue is full. Where
    /// the task is cancelled, the message is taken back: `.cancelled` when it never left, `.uncertain` when it had left, and
    /// the receipt when it had arrived.
    /// - Throws: what `Client.send` throws; `.cancelled` once the client was drained or closed.
    public func send(_ message: Message, _ options: SubmitOptions = SubmitOptions()) async throws(Failure) -> Receipt {
        while true {
            guard !Task.isCancelled else {
                makeRoom(1)  // the turn that this one may have had
                throw AsyncClient.takenBack
            }
            do throws(Failure) {
                return try await outcome(of: submit(message, options)).result.get()
            } catch {
                guard error.code == .full else { throw error }
            }
            await room()
        }
    }

    /// Checks a complete payload or short form, then sends it.
    /// - Parameter options: as in `Client.send(json:options:)`.
    /// - Throws: `.badJSON`, `.invalid` with every issue; and as `send(_:_:)` does.
    public func send(json: [UInt8], options: [UInt8]? = nil) async throws(Failure) -> Receipt {
        while true {
            guard !Task.isCancelled else {
                makeRoom(1)  // the turn that this one may have had
                throw AsyncClient.takenBack
            }
            do throws(Failure) {
                try checkTaking()
                return try await outcome(of: client.submit(json: json, options: options)).result.get()
            } catch {
                guard error.code == .full else { throw error }
            }
            await room()
        }
    }

    private static let takenBack = Failure(.cancelled, "The task was cancelled before the message left.", retry: .backoff)

    private func outcome(of ticket: UInt64) async -> Outcome {
        let expected = Expected()
        waiting[ticket] = .send(expected)
        await wait(expected.waiter) { $0.takeBack([ticket]) }
        return expected.outcome ?? Outcome(ticket: ticket, tag: nil, attempts: 0, result: .failure(AsyncClient.takenBack))
    }

    /// Waits on the client's queue. Who is to end the wait knows the waiter before.
    /// - Parameter whenCancelled: what to do when the task is cancelled; it does not end the wait.
    func wait(_ waiter: Waiter, whenCancelled: @escaping @Sendable (isolated AsyncClient) -> Void) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter.begin($0) }
        } onCancel: {
            executor.queue.async { self.assumeIsolated(whenCancelled) }
        }
    }

    // MARK: Many

    /// Sends every message of a sequence; the outcomes come as they become known. Nothing is sent before somebody iterates, and no
    /// more than `inFlight` are taken before their outcomes are known and read: a slow reader holds the sequence back.
    /// Messages that wait for their pace count: let it be large when many go to the same people.
    ///
    /// Where the task is cancelled, no more are taken, those under way are taken back, and their outcomes still come. Leaving the loop
    /// early takes them back too; their outcomes go to `unclaimed`.
    public nonisolated func sendAll<Messages: Sequence>(_ messages: Messages, inFlight: Int = 1024) -> Outcomes<Messages> where Messages.Element == Submission {
        Outcomes(messages: messages, client: self, inFlight: max(1, inFlight))
    }

    /// The same for messages without options; an outcome's tag is the number of its message, from 0.
    public nonisolated func sendAll<Messages: Sequence>(_ messages: Messages, inFlight: Int = 1024) -> Outcomes<LazyMapSequence<Messages, Submission>>
    where Messages.Element == Message {
        sendAll(messages.lazy.map { Submission($0) }, inFlight: inFlight)
    }

    /// The loop over a stream was left, before it read these.
    nonisolated func leave(_ stream: Stream, unread: [Outcome]) {
        executor.queue.async {
            self.assumeIsolated { client in
                stream.isLeft = true
                client.stop(stream)
                for outcome in unread + stream.outcomes { client.unclaimed(outcome) }
            }
        }
    }

    // MARK: The end

    /// Takes no more messages and waits until each has its outcome, as long as `timeout` at most; nil: as long as it takes. Then, and
    /// where the task is cancelled, the rest is cut.
    public func drain(timeout: Duration? = nil) async {
        endTaking()
        guard !waiting.isEmpty, !isClosed else { return }
        let end = Waiter()
        settled.append(end)
        if let timeout {
            let seconds = max(0, min(timeout / .seconds(1), 1e9))
            executor.queue.asyncAfter(deadline: .now() + seconds) { [weak self] in
                if !end.isOver { self?.assumeIsolated { $0.cut() } }
            }
        }
        await wait(end) { $0.cut() }
    }

    /// Closes the client at once; may be called again. What is under way is cut and still gets its outcome.
    public func close() {
        guard !isClosed else { return }
        endTaking()
        cut()
        isClosed = true
        watch.end()
    }

    /// What the client has done and is doing: the document of wabiz_client_stats.
    /// - Throws: `.forked`
    public func statistics() throws(Failure) -> [UInt8] { try client.statistics().bytes }

    // MARK: Inside

    private func checkTaking() throws(Failure) {
        if isEnding { throw Failure(.cancelled, "The client was drained or closed and takes no more messages; open another one.", retry: .backoff) }
    }

    private func submit(_ message: Message, _ options: SubmitOptions) throws(Failure) -> UInt64 {
        try checkTaking()
        return try client.submit(message, options)
    }

    func submit(_ submission: Submission, for stream: Stream) throws(Failure) {
        let ticket = try submit(submission.message, submission.options)
        waiting[ticket] = .stream(stream)
        stream.flying.insert(ticket)
    }

    /// The descriptor is readable: drives what is under way and hands out what is finished.
    private func advance() {
        guard !isClosed else { return }
        do throws(Failure) {
            deliver(try client.step(timeout: 0))
        } catch {
            fail(error)
        }
    }

    private func deliver(_ outcomes: [Outcome]) {
        for outcome in outcomes {
            switch waiting.removeValue(forKey: outcome.ticket) {
            case .send(let expected): expected.take(outcome)
            case .stream(let stream) where !stream.isLeft: stream.take(outcome)
            default: unclaimed(outcome)
            }
        }
        makeRoom(outcomes.count)
        if waiting.isEmpty {
            for end in settled { end.end() }
            settled = []
        }
    }

    /// The client can say nothing more of what is under way, as in a forked child: whoever waits hears why.
    private func fail(_ failure: Failure) {
        endTaking()
        isClosed = true
        watch.end()
        deliver(waiting.keys.map { Outcome(ticket: $0, tag: nil, attempts: 0, result: .failure(failure)) })
    }

    private func cut() {
        guard !isClosed else { return }
        do throws(Failure) {
            deliver(try client.drain(timeout: 0))
        } catch {
            fail(error)
        }
    }

    private func endTaking() {
        isEnding = true
        makeRoom(queue.count)
    }

    /// The outcomes come as any others; one that is known already needs nothing.
    func takeBack(_ tickets: some Sequence<UInt64>) {
        guard !isClosed else { return }
        for ticket in tickets { try? client.cancel(ticket) }
    }

    /// Waits until somebody's outcome makes room in the client's queue.
    func room() async {
        guard !isEnding else { return }
        let turn = Waiter()
        queue.append(turn)
        await wait(turn) { client in
            client.queue.removeAll { $0 === turn }
            turn.end()
        }
    }

    func makeRoom(_ count: Int) {
        for turn in queue.prefix(count) { turn.end() }
        queue.removeFirst(min(count, queue.count))
    }
}
