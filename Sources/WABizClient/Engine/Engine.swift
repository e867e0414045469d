// The delivery engine: takes messages, keeps them in lanes, sends as many at once as it may, and hands out what became of
// them. It has no thread: everything happens in the calls of its client. Every ticket gets exactly one outcome.
import CCurl
import Glibc
import WABiz

final class Engine {
    let account: Account
    let transport: TransportOptions
    let delivery: DeliveryOptions
    let poller: Poller
    let multi: Multi
    let process = getpid()

    /// Every message that is not finished, by ticket.
    private var jobs: [UInt64: Job] = [:]
    private var lastTicket: UInt64 = 0
    private var ring = LaneRing()
    /// Lanes that came into the ring and may have to watch a deadline there.
    private var arrivals: ContiguousArray<Lane> = []
    private var timed = TimedHeap()
    private var roads: Roads
    private var idle: ContiguousArray<Slot> = []
    private var inFlight = 0
    private var desks = Desks()
    private(set) var isDraining = false

    init(_ account: Account, _ transport: TransportOptions, _ delivery: DeliveryOptions) throws(Failure) {
        self.account = account
        self.transport = transport
        self.delivery = delivery
        poller = try Poller()
        multi = try Multi(poller, connections: delivery.maxInFlight, isHTTP2: false)
        roads = Roads(account)
    }

    /// Cuts what is under way. In a child process libcurl's handles are left alone, and only our own memory is given back.
    deinit {
        let isForeign = isForeign
        for job in jobs.values {
            guard let slot = job.slot else { continue }
            if !isForeign { unsafe multi.remove(slot.handle) }
            // Slot and job hold each other.
            slot.job = nil
            job.slot = nil
        }
        // Before the handle that holds their connections and sessions.
        idle.removeAll()
    }

    /// True in a process other than the one that opened it.
    var isForeign: Bool { getpid() != process }

    /// What it is doing: `{"queued":…,"in_flight":…}`.
    var statistics: Tree { ["queued": .integer(jobs.count - inFlight), "in_flight": .integer(inFlight)] }

    // MARK: In

    /// Queues a message.
    /// - Throws: `.full`, `.cancelled` once draining, `.badArgument`, `.noMemory`.
    func submit(_ message: Message, _ options: SubmitOptions, owner: UInt32, isAwaited: Bool = false) throws(Failure) -> Job {
        guard !isDraining else { throw Failure(.cancelled, "The client was drained and takes no more messages; open another one.", retry: .backoff) }
        guard jobs.count < delivery.maxQueued else {
            throw Failure(
                .full, "\(delivery.maxQueued) messages are queued already. Step, and submit again; or raise \"max_queued\".", retry: .backoff)
        }
        let route = try roads.sender(options.account).route(for: message)
        let terms = Terms(tag: options.tag, deadline: Int64(options.deadline ?? delivery.deadline))
        let job = try Job(
            ticket: lastTicket + 1, owner: owner, route: route, payload: message.payload, terms: terms, now: Clock.milliseconds, isAwaited: isAwaited)
        lastTicket = job.ticket
        jobs[job.ticket] = job
        desks.opened(owner)
        queue(job)
        return job
    }

    private func queue(_ job: Job) {
        let lane = job.route.lane
        if lane.isOvertaken(by: job) { timed.set(job, at: job.deadline) }
        lane.append(job)
        enter(lane)
    }

    private func enter(_ lane: Lane) {
        guard !lane.isInRing else { return }
        ring.append(lane)
        arrivals.append(lane)
    }

    /// Takes a message back; its outcome comes as any other.
    /// - Throws: `.notFound` when there is no such ticket, or its outcome is known.
    func cancel(_ ticket: UInt64, owner: UInt32) throws(Failure) {
        guard let job = jobs[ticket], job.owner == owner else {
            throw Failure(.notFound, "Ticket \(ticket) is not known, or its outcome is; nothing was cancelled.")
        }
        cut(job, "The message was cancelled")
    }

    // MARK: The wheel

    /// When there is something to do although no socket is ready: 0 for now.
    private var nextWake: Int64 { min(multi.due, timed.earliest) }

    /// Starts what may start, and takes in what is finished without waiting for anybody.
    private func advance() {
        repeat {
            fire()
            start()
            // Whatever was added begins now; what ends by that makes room for more.
            if multi.due <= Clock.milliseconds { multi.tick() }
        } while collect() && !ring.isEmpty
    }

    /// One look at the sockets, waiting at most so many milliseconds for one of them; forever when negative.
    private func look(_ milliseconds: Int64) -> Poller.Wait {
        let wake = nextWake
        var wait = milliseconds
        if wake != Clock.never {
            let rest = max(0, wake - Clock.milliseconds)
            wait = wait < 0 ? rest : min(wait, rest)
        }
        let ended = poller.wait(Int32(clamping: wait)) { socket, events in multi.act(socket, events) }
        _ = collect()
        return ended
    }

    /// Works until `isDone`, until the time is over, or a signal came.
    /// - Parameter moment: when to end at the latest.
    private func run(until moment: Int64, _ isDone: () -> Bool) -> Poller.Wait {
        BrokenPipes.blocked {
            advance()
            while true {
                let done = isDone()
                let now = Clock.milliseconds
                let wait = done ? 0 : moment == Clock.never ? -1 : max(0, moment - now)
                let ended = look(wait)
                // What became free is used before the caller looks at what came in.
                advance()
                if done || isDone() || ended == .interrupted || wait == 0 { return ended }
            }
        }
    }

    /// What libcurl has finished. - Returns: whether there was anything.
    private func collect() -> Bool {
        var any = false
        while let (easy, code) = unsafe multi.finished() {
            any = true
            let slot = unsafe Slot.of(easy)
            unsafe multi.remove(easy)
            guard let slot, let job = slot.job else { continue }
            land(job, slot, code)
        }
        return any
    }

    private func land(_ job: Job, _ slot: Slot, _ code: CURLcode) {
        let call = job.route.call
        let result: Result<Receipt, Failure>
        do throws(Failure) {
            result = .success(try slot.answer(code, for: call).receipt(for: call))
        } catch {
            result = .failure(error)
        }
        release(slot)
        finish(job, result)
    }

    private func release(_ slot: Slot) {
        slot.job?.slot = nil
        slot.job = nil
        inFlight -= 1
        idle.append(slot)
    }

    // MARK: Start

    private func start() {
        guard !ring.isEmpty else { return }
        let now = Clock.milliseconds
        while inFlight < delivery.maxInFlight, let lane = ring.first {
            guard let job = lane.first else {
                ring.removeFirst()
                continue
            }
            lane.remove(job)
            timed.remove(job)
            if lane.isEmpty { ring.removeFirst() } else { ring.turn() }
            if job.deadline < now { expire(job) } else { launch(job) }
        }
        watchDeadlines()
    }

    /// A lane that could not start everything at once watches the deadline of its first.
    private func watchDeadlines() {
        for lane in arrivals where lane.place < 0 && lane.deadline != Clock.never { timed.set(lane, at: Clock.after(lane.deadline, 1)) }
        arrivals.removeAll(keepingCapacity: true)
    }

    private func launch(_ job: Job) {
        do throws(Failure) {
            let slot = try freeSlot()
            do throws(Failure) {
                try slot.load(job)
            } catch {
                idle.append(slot)
                throw error
            }
            guard unsafe multi.add(slot.handle) else {
                slot.job = nil
                idle.append(slot)
                throw Failure(.noMemory, "libcurl has no memory for a request.", retry: .backoff)
            }
            job.slot = slot
            job.state = .flying
            job.attempts += 1
            inFlight += 1
        } catch {
            finish(job, .failure(error))
        }
    }

    private func freeSlot() throws(Failure) -> Slot {
        if let slot = idle.popLast() { return slot }
        return try Slot(account, transport, multi)
    }

    // MARK: Time

    /// Does what has come due.
    private func fire() {
        guard timed.earliest != Clock.never else { return }
        let now = Clock.milliseconds
        while let item = timed.popDue(now) {
            if let job = item as? Job {
                expire(job)
            } else if let lane = item as? Lane {
                while let job = lane.expired(now) { expire(job) }
                if lane.deadline != Clock.never { timed.set(lane, at: Clock.after(lane.deadline, 1)) }
            }
        }
    }

    private func expire(_ job: Job) {
        leaveQueue(job)
        finish(job, .failure(Failure(.unreachable, "The message did not leave before its deadline. It is safe to send it again.", retry: .backoff)))
    }

    private func leaveQueue(_ job: Job) {
        timed.remove(job)
        if job.state == .queued || job.state == .due { job.route.lane.remove(job) }
        job.state = .waiting
    }

    // MARK: Out

    private func finish(_ job: Job, _ result: Result<Receipt, Failure>) {
        job.state = .finished
        jobs[job.ticket] = nil
        if job.isAwaited {
            job.result = result
            desks.closed(job.owner, nil)
        } else {
            desks.closed(job.owner, Outcome(ticket: job.ticket, tag: job.tag, attempts: job.attempts, result: result))
        }
    }

    /// Ends a job that is not finished.
    private func cut(_ job: Job, _ what: String) {
        guard job.state == .flying, let slot = job.slot else {
            leaveQueue(job)
            return finish(job, .failure(Failure(.cancelled, "\(what) before it left.", retry: .backoff)))
        }
        let call = job.route.call
        let handle = unsafe slot.handle
        BrokenPipes.blocked { unsafe multi.remove(handle) }
        let failure =
            slot.hasLeft
            ? Failure(call.purpose.codeOfLoss, "\(what) when it had left. \(call.purpose.advice)", retry: call.purpose.repeatVerdict)
            : Failure(.cancelled, "\(what) before it left.", retry: .backoff)
        release(slot)
        finish(job, .failure(failure))
    }

    /// True when this owner has nothing queued, under way or to be handed out.
    func isIdle(_ owner: UInt32) -> Bool { desks.isIdle(owner) }

    /// Works, and hands out this owner's outcomes as soon as there is one.
    /// - Parameter timeout: milliseconds; negative: as long as it takes.
    func step(_ timeout: Int, owner: UInt32) -> [Outcome] {
        let moment = timeout < 0 ? Clock.never : Clock.after(Clock.milliseconds, Int64(timeout))
        _ = run(until: moment) { desks.hasOutcomes(owner) || desks.isIdle(owner) }
        defer { settle() }
        return desks.take(owner)
    }

    /// Works until one message is finished.
    func finish(_ job: Job) -> Result<Receipt, Failure> {
        defer { settle() }
        while true {
            if let result = job.result { return result }
            _ = run(until: Clock.never) { job.result != nil }
        }
    }

    /// Takes no more messages, works until nothing is left or the time is over, cuts the rest and hands out everything.
    func drain(_ timeout: Int, owner: UInt32) -> [Outcome] {
        isDraining = true
        let moment = timeout < 0 ? Clock.never : Clock.after(Clock.milliseconds, Int64(timeout))
        while !jobs.isEmpty, Clock.milliseconds < moment {
            _ = run(until: moment) { jobs.isEmpty }
        }
        for job in jobs.values.sorted(by: { $0.ticket < $1.ticket }) { cut(job, "The client was drained") }
        defer { settle() }
        return desks.take(owner)
    }

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
}
