// How an attempt ended, and what follows: the outcome, or another attempt. An outcome never says less than what may have
// happened: once an attempt may have reached somebody, nothing after it makes that undone.
import CCurl
import WABiz

extension Engine {
    /// A transfer has ended.
    func land(_ job: Job, _ slot: Slot, _ code: CURLcode) {
        guard !job.isLogIn else { return landLogIn(job, slot, code) }
        let route = job.route
        let (hints, hasLeft) = (slot.takeHints(), slot.hasLeft)
        slot.count(in: &numbers, job, isAnswered: code == CURLE_OK)
        let ending = ending(of: slot, code, for: route.call)
        log?.write(
            .request(
                ticket: job.ticket, attempt: Int(job.attempts), number: job.route.lane.name, LogLine.Ending(ending.result.map { $0.httpStatus }),
                microseconds: slot.microseconds))
        release(slot)
        switch ending {
        case .taken(let receipt):
            if let hints { slow(job.route.lane, hints, after: nil, Clock.milliseconds) }
            finish(job, receipt)
        case .lost(let failure):
            let now = Clock.milliseconds
            slow(job.route.lane, hints ?? UsageHeaders(), after: failure, now)
            guard !putBack(job, failure) else { return }
            lost(job, failure, hasLeft: hasLeft, hints, now)
        }
    }

    private func ending(of slot: Slot, _ code: CURLcode, for call: Call) -> Ending {
        if let receipt = slot.receipt(code) { return .taken(receipt) }
        do throws(Failure) {
            return .taken(try slot.answer(code, for: call).receipt(for: call))
        } catch {
            return .lost(error)
        }
    }

    private func slow(_ lane: Lane, _ hints: UsageHeaders, after failure: Failure?, _ now: Int64) {
        guard let (reason, wait) = hints.slowdown(after: failure, onPremises: account.api == .onPremises) else { return }
        lane.throughput.slow(reason, wait: wait, now)
        guard let log else { return }
        let pace = lane.throughput
        log.write(
            .pace(number: lane.name, limit: pace.limit, effective: pace.effective, stopped: pace.stoppedUntil.map { $0.minus(now) }, why: pace.why))
    }

    /// Tries again, or gives up.
    /// - Parameter hasLeft: whether the attempt may have reached Meta, and so used up a turn of the pair rule.
    func lost(_ job: Job, _ failure: Failure, hasLeft: Bool, _ hints: UsageHeaders?, _ now: Int64) {
        let decision = job.policy.decide(
            failure, attempts: Int(job.attempts), waitHint: hints?.wait, now: now, started: job.submitted, random: UInt64.random(in: .min ... .max))
        let isPairLimit = failure.code == .refused && failure.graph?.code == MetaCode.pairRateLimit
        guard case .again(var again) = decision else {
            if isPairLimit, let recipient = job.recipient { job.route.lane.pairRule.refused(recipient, again: now.plus(hints?.wait ?? 0), now) }
            if !hasLeft { giveTurnBack(job) }
            return finish(job, failure)
        }
        if failure.code == .refused { numbers.noteRefusal(failure) }
        job.note(failure)
        if hasLeft { job.needsTurn = job.recipient != nil }
        if isPairLimit, let turn = pushOn(job, again, now) { again = turn }
        log?.write(.retry(ticket: job.ticket, after: again.minus(now), LogLine.Ending(failure)))
        job.state = .waiting
        timed.set(job, at: again)
    }

    /// Meta's pair limit is stricter than what was kept to: the recipient gets nothing before that moment, and then this job first.
    private func pushOn(_ job: Job, _ again: Int64, _ now: Int64) -> Int64? {
        guard let recipient = job.recipient else { return nil }
        job.route.lane.pairRule.refused(recipient, again: again, now)
        let turn = job.route.lane.pairRule.reserve(recipient, now, latest: job.deadline)
        if turn != nil { job.needsTurn = false }
        return turn
    }

    func release(_ slot: Slot) {
        slot.job?.slot = nil
        slot.job = nil
        inFlight -= 1
        idle.append(slot)
    }

    // MARK: Ends without an answer

    /// The deadline has passed before an attempt could begin.
    func expire(_ job: Job) {
        leave(job)
        giveTurnBack(job)
        finish(
            job,
            job.loss ?? Failure(.unreachable, "The message did not leave before its deadline. It is safe to send it again.", retry: .backoff))
    }

    /// Under the pair rule its turn would come after its deadline: better to say so at once.
    func refuseTurn(_ job: Job) {
        leave(job)
        finish(
            job,
            job.loss
                ?? Failure(
                    .unreachable,
                    "The message did not leave: so many wait for this recipient that its turn would come after its deadline. Send it again later, or with a longer \"deadline_ms\".",
                    retry: .backoff))
    }

    /// Ends a job that is not finished.
    func cut(_ job: Job, _ what: String) {
        guard job.state == .flying, let slot = job.slot else {
            leave(job)
            giveTurnBack(job)
            return finish(job, Failure(.cancelled, "\(what) before it left.", retry: .backoff))
        }
        let call = job.route.call
        let handle = unsafe slot.handle
        BrokenPipes.blocked { unsafe multi.remove(handle) }
        let failure: Failure
        if slot.hasLeft {
            slot.count(in: &numbers, job, isAnswered: false)
            failure = Failure(call.purpose.codeOfLoss, "\(what) when it had left. \(call.purpose.advice)", retry: call.purpose.repeatVerdict)
        } else {
            giveTurnBack(job)
            failure = Failure(.cancelled, "\(what) before it left.", retry: .backoff)
        }
        release(slot)
        finish(job, failure)
    }

    /// A turn that was reserved for an attempt which did not leave.
    private func giveTurnBack(_ job: Job) {
        guard !job.needsTurn, let recipient = job.recipient else { return }
        job.needsTurn = true
        job.route.lane.pairRule.giveBack(recipient, Clock.milliseconds)
    }

    // MARK: The outcome

    private func finish(_ job: Job, _ receipt: Receipt) {
        numbers.noteSuccess()
        close(job, .taken(receipt))
    }

    func finish(_ job: Job, _ failure: Failure) {
        let failure = job.honest(failure)
        numbers.noteLoss(failure)
        log?.write(.outcome(ticket: job.ticket, attempts: Int(job.attempts), LogLine.Ending(failure)))
        close(job, .lost(failure))
    }

    /// The one place where a job ends.
    private func close(_ job: Job, _ ending: Ending) {
        job.state = .finished
        job.route.lane.unfinished -= 1
        if job.isAwaited {
            awaited = ending
            desks.closed()
        } else {
            jobs[job.ticket] = nil
            desks.closed(job.owner, Outcome(ticket: job.ticket, tag: job.tag, attempts: Int(job.attempts), result: ending.result))
        }
    }
}
