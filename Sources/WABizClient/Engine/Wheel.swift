// The engine's wheel: what has come due is done, what may go is started, what libcurl has finished is taken in, and then it
// waits for the next socket or moment. Every call that works turns it.
import CCurl
import WABiz

extension Engine {
    /// Works until `isDone`, until that moment, or until a signal came.
    /// - Parameter looks: whether there is a look at the sockets even if it is done at once, for what has come in meanwhile.
    func run(until moment: Int64, looks: Bool = true, _ isDone: () -> Bool) -> Poller.Wait {
        BrokenPipes.spared {
            poller.enter()
            advance()
            while true {
                let done = isDone()
                if done, !looks { return .over }
                let wait = done ? 0 : moment == Clock.never ? -1 : max(0, moment - Clock.milliseconds)
                let ended = look(wait)
                // What became free is used before the caller looks at what came in.
                advance()
                if done || wait == 0 || ended == .interrupted || isDone() { return ended }
            }
        }
    }

    /// When there is something to do although no socket is ready.
    var nextWake: Int64 { min(multi.due, timed.earliest) }

    /// Starts what may start, and takes in what ends without waiting for anybody.
    private func advance() {
        repeat {
            fire()
            start()
            // Whatever was added begins now; what ends by that makes room for more.
            if multi.due == 0 || multi.due <= Clock.milliseconds { multi.tick() }
            noteDepartures()
        } while collect() && !ring.isEmpty
    }

    /// One look at the sockets, waiting at most so many milliseconds for one of them; forever when negative.
    private func look(_ milliseconds: Int64) -> Poller.Wait {
        let wake = nextWake
        var wait = milliseconds
        if wake != Clock.never, wait != 0 {
            let rest = max(0, wake - Clock.milliseconds)
            wait = wait < 0 ? rest : min(wait, rest)
        }
        let ended = poller.wait(Int32(clamping: wait)) { socket, events in multi.act(socket, events) }
        noteDepartures()
        _ = collect()
        return ended
    }

    /// What libcurl has finished. - Returns: whether there was anything.
    private func collect() -> Bool {
        var any = false
        var speaksHTTP1 = false
        var isLast = false
        while !isLast, let (easy, code, rest) = unsafe multi.finished() {
            any = true
            isLast = rest == 0
            let slot = unsafe Slot.of(easy)
            unsafe multi.remove(easy)
            guard let slot, let job = slot.job else { continue }
            if multi.isBounded, slot.speaksHTTP1 { speaksHTTP1 = true }
            land(job, slot, code)
        }
        if speaksHTTP1 { spread() }
        return any
    }

    /// HTTP/2 was wanted, and the server speaks HTTP/1: whoever waits for a connection to share begins anew with one of its own.
    private func spread() {
        multi.liftBound()
        let now = Clock.milliseconds
        for slot in slots {
            guard let job = slot.job, slot.waitsForConnection else { continue }
            unsafe multi.remove(slot.handle)
            guard unsafe !multi.add(slot.handle, now) else { continue }
            let failure = Failure(.unreachable, "The request did not leave: libcurl has no memory for it.", retry: .backoff)
            release(slot)
            if job.isLogIn { endLogIn(.failure(failure)) } else { lost(job, failure, hasLeft: false, nil, now) }
        }
    }

    // MARK: Queues

    func queue(_ job: Job) {
        let lane = job.route.lane
        if lane.isOvertaken(by: job) { timed.set(job, at: job.deadline.plus(1)) }
        lane.append(job)
        enter(lane)
    }

    /// Before those whose time has not come yet, behind those whose has.
    func queueFirst(_ job: Job) {
        job.route.lane.appendDue(job)
        timed.set(job, at: job.deadline.plus(1))
        enter(job.route.lane)
    }

    func enter(_ lane: Lane) {
        guard !lane.isInRing else { return }
        if lane.isHeld { return watch(lane) }
        ring.append(lane)
        arrivals.append(lane)
    }

    /// The heap wakes the lane when it may go on, and when the first of it has waited too long.
    private func watch(_ lane: Lane) {
        let moment = min(lane.heldUntil ?? Clock.never, lane.deadline.plus(1))
        if moment != Clock.never, lane.place < 0 || moment < lane.wake { timed.set(lane, at: moment) }
    }

    /// Takes a job out of whatever it stands in.
    func leave(_ job: Job) {
        timed.remove(job)
        if job.state == .queued || job.state == .due { job.route.lane.remove(job) }
        job.state = .waiting
    }

    // MARK: Start

    private func start() {
        guard !ring.isEmpty else { return }
        let now = Clock.milliseconds
        unsafe poller.moment.pointee.now = now
        while inFlight < delivery.maxInFlight, let lane = ring.first {
            if let job = lane.first, !hold(lane, job, now) {
                if lane.isEmpty { ring.removeFirst() } else { ring.turn() }
            } else {
                ring.removeFirst()
                if lane.isHeld || lane.isEmpty { watch(lane) } else { enter(lane) }
            }
        }
        while let lane = arrivals.popLast() {
            if !lane.isEmpty { watch(lane) }
        }
    }

    /// Starts the first job of a lane, or puts it aside. - Returns: true when the lane has to wait for its pace.
    private func hold(_ lane: Lane, _ job: Job, _ now: Int64) -> Bool {
        if job.deadline < now {
            expire(job)
            return false
        }
        if job.route.logsIn, logIn.isWanted {
            beginLogIn(lane, now)
            return true
        }
        if job.needsTurn, let recipient = job.recipient {
            guard let turn = lane.pairRule.reserve(recipient, now, latest: job.deadline) else {
                refuseTurn(job)
                return false
            }
            job.needsTurn = false
            if turn > now {
                log?.write(.pair(ticket: job.ticket, wait: turn.minus(now)))
                leave(job)
                timed.set(job, at: turn)
                return false
            }
        }
        if let again = lane.throughput.take(now) {
            lane.heldUntil = again
            return true
        }
        leave(job)
        launch(job, now)
        return false
    }

    func launch(_ job: Job, _ now: Int64) {
        do throws(Failure) {
            if job.route.logsIn { job.route = try logIn.route(for: job.route) }
            let slot = try freeSlot()
            do throws(Failure) {
                try slot.load(job, now)
                guard unsafe multi.add(slot.handle, now) else { throw Failure(.noMemory, "libcurl has no memory for a request.", retry: .backoff) }
            } catch {
                slot.job = nil
                idle.append(slot)
                throw error
            }
            if job.attempts > 0 { numbers.retried += 1 }
            job.slot = slot
            job.state = .flying
            job.attempts += 1
            inFlight += 1
        } catch {
            if job.isLogIn { endLogIn(.failure(error)) } else { finish(job, error) }
        }
    }

    private func freeSlot() throws(Failure) -> Slot {
        if let slot = idle.popLast() { return slot }
        let slot = try Slot(account, transport, multi)
        slots.append(slot)
        return slot
    }

    /// The pace counts from the moment at which a request was written, and that comes late when a connection had to be made first.
    private func noteDepartures() {
        guard multi.takeLateDepartures() else { return }
        for slot in slots {
            guard let job = slot.job, let (turn, moment) = slot.takeLateDeparture() else { continue }
            job.route.lane.throughput.left(turn, moment)
        }
    }

    // MARK: Time

    /// Does what has come due.
    private func fire() {
        guard timed.earliest != Clock.never else { return }
        let now = Clock.milliseconds
        while let item = timed.popDue(now) {
            if let job = item as? Job {
                fire(job)
            } else if let lane = item as? Lane {
                fire(lane, now)
            }
        }
    }

    /// A pause is over, or a deadline has passed in the queue.
    private func fire(_ job: Job) {
        guard job.state == .waiting else { return expire(job) }
        queueFirst(job)
    }

    private func fire(_ lane: Lane, _ now: Int64) {
        while let job = lane.expired(now) { expire(job) }
        if let until = lane.heldUntil, until <= now { lane.heldUntil = nil }
        guard !lane.isEmpty else { return }
        if lane.isHeld || lane.isInRing { watch(lane) } else { enter(lane) }
    }
}
