// The delivery engine: takes messages, keeps them in lanes, sends as many at once as it may, and hands out what became of
// them. It has no thread: everything happens in the calls of its client. Every ticket gets exactly one outcome.
// Here is what callers do with it; Wheel.swift starts and drives transfers, Landing.swift judges how they ended.
import CCurl
import Glibc
import WABiz

final class Engine {
    let account: Account
    /// The login that messages wait for, where the account has a user in place of a token.
    let logIn: LogIn
    let transport: TransportOptions
    let delivery: DeliveryOptions
    let poller: Poller
    let multi: Multi
    private let mark = ProcessMark()

    /// Every message that is not finished, by ticket, but for one whose caller blocks.
    var jobs: [UInt64: Job] = [:]
    private var lastTicket: UInt64 = 0
    private(set) var roads: Roads
    /// Lanes that have something to start.
    var ring = LaneRing()
    /// Lanes that came into the ring and may have to watch a deadline there.
    var arrivals: ContiguousArray<Lane> = []
    /// Jobs and lanes that wait for a moment.
    var timed = TimedHeap()
    /// Slots that are free, and all there are.
    var idle: ContiguousArray<Slot> = []
    var slots: ContiguousArray<Slot> = []
    var inFlight = 0
    var desks = Desks()
    /// The message whose caller blocks; there is one at most. Queues keep nobody alive: without this it would be gone before it went out.
    private var awaitedJob: Job?
    /// What became of it.
    var awaited: Ending?
    var numbers = Statistics()
    let log: RequestLog?
    private(set) var isDraining = false

    init(_ live: LiveAccount, _ transport: TransportOptions, _ delivery: DeliveryOptions) throws(Failure) {
        account = live.opened
        logIn = LogIn(live)
        log = if let descriptor = delivery.logDescriptor { try RequestLog(descriptor) } else { nil }
        self.transport = transport
        self.delivery = delivery
        poller = try Poller()
        multi = try Multi(poller, connections: delivery.maxInFlight, isHTTP2: transport.usesHTTP2 && !account.isPlain)
        roads = Roads(account, delivery)
    }

    /// Cuts what is under way. In a child process libcurl's handles are left alone, and only our own memory is given back.
    deinit {
        let isForeign = isForeign
        for slot in slots {
            guard let job = slot.job else { continue }
            if !isForeign { unsafe multi.remove(slot.handle) }
            // Slot and job hold each other.
            slot.job = nil
            job.slot = nil
        }
        // Before the handle that holds their connections and sessions.
        idle.removeAll()
        slots.removeAll()
    }

    /// True in a process other than the one that opened it.
    var isForeign: Bool { mark.isForeign }

    // MARK: In

    /// Queues a message.
    /// - Parameter isAwaited: whether the caller keeps what is posted where it lies, and takes the outcome by `finish`.
    /// - Throws: `.full`, `.cancelled` once draining, `.badArgument`, `.noMemory`.
    @unsafe func submit(_ posting: Posting, _ options: SubmitOptions, owner: UInt32, isAwaited: Bool = false) throws(Failure) -> Job {
        guard !isDraining else { throw Failure(.cancelled, "The client was drained and takes no more messages; open another one.", retry: .backoff) }
        guard jobs.count < delivery.maxQueued else {
            throw Failure(
                .full, "\(delivery.maxQueued) messages are queued already. Step, and submit again; or raise \"max_queued\".", retry: .backoff)
        }
        let route = try unsafe roads.sender(options.account).route(for: posting)
        let job = try unsafe Job(lastTicket + 1, owner, posting, route, Terms(options, delivery), now: Clock.milliseconds, isAwaited: isAwaited)
        lastTicket = job.ticket
        if isAwaited { awaitedJob = job } else { jobs[job.ticket] = job }
        desks.opened(owner)
        route.lane.unfinished += 1
        // A row of an outbox was let in because it can go: it stands behind nobody else's.
        if owner == 0 { queue(job) } else { queueFirst(job) }
        return job
    }

    /// Takes a message back; its outcome comes as any other.
    /// - Throws: `.notFound` when there is no such ticket, or its outcome is known.
    func cancel(_ ticket: UInt64, owner: UInt32) throws(Failure) {
        guard let job = jobs[ticket], job.owner == owner else {
            throw Failure(.notFound, "Ticket \(ticket) is not known, or its outcome is; nothing was cancelled.")
        }
        cut(job, "The message was cancelled")
    }

    // MARK: Out

    /// True when this owner has nothing queued, under way or to be handed out.
    func isIdle(_ owner: UInt32) -> Bool { desks.isIdle(owner) }

    /// Works, and hands out this owner's outcomes as soon as there is one.
    /// - Parameter timeout: milliseconds; negative: as long as it takes.
    func step(_ timeout: Int, owner: UInt32) -> [Outcome] {
        _ = run(until: end(timeout)) { desks.hasOutcomes(owner) || desks.isIdle(owner) }
        defer { settle() }
        return desks.take(owner)
    }

    /// Nobody comes for this owner's outcomes any more.
    func leave(_ owner: UInt32) {
        desks.leave(owner)
        settle()
    }

    /// Works until the message whose caller blocks is finished.
    func finish() throws(Failure) -> Receipt {
        defer {
            awaitedJob = nil
            settle()
        }
        while true {
            switch awaited.take() {
            case .taken(let receipt): return receipt
            case .lost(let failure): throw failure
            case nil: _ = run(until: Clock.never, looks: false) { awaited != nil }
            }
        }
    }

    /// Takes no more messages, works until nothing is left or the time is over, cuts the rest and hands out everything.
    func drain(_ timeout: Int, owner: UInt32) -> [Outcome] {
        isDraining = true
        let moment = end(timeout)
        while !jobs.isEmpty, Clock.milliseconds < moment {
            _ = run(until: moment) { jobs.isEmpty }
        }
        for job in jobs.values.sorted(by: { $0.ticket < $1.ticket }) { cut(job, "The client was drained") }
        defer { settle() }
        return desks.take(owner)
    }

    private func end(_ timeout: Int) -> Int64 { timeout < 0 ? Clock.never : Clock.milliseconds.plus(Int64(timeout)) }

    /// What callers wait on, or -1.
    var descriptor: Int32 {
        let descriptor = poller.descriptor
        settle()
        return descriptor
    }

    /// Before a call returns: the descriptor tells when there is something to do.
    func settle() {
        guard poller.isWatched else { return }
        let hasWork = desks.hasOutcomes || !ring.isEmpty && inFlight < delivery.maxInFlight
        let moment = hasWork ? 0 : nextWake
        if moment != Clock.never { poller.arm(at: moment) }
    }

    /// The document of `wabiz_client_stats`.
    var statistics: Tree {
        let now = Clock.milliseconds
        let tree = numbers.document
        let inLanes = roads.lanes.reduce(0) { $0 + $1.count }
        tree.set("queued", .integer(inLanes))
        tree.set("in_flight", .integer(inFlight))
        tree.set("waiting", .integer(max(0, jobs.count - inLanes - inFlight)))
        tree.set("numbers", .array(roads.lanes.map { $0.document(now) }))
        return tree
    }
}
