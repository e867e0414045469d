// The machine of the outbox: what each thing that happens does to a row. Pure, and the only place that changes a state.
// The store writes the row and carries out what RowChange asks for. Times are Unix milliseconds.

extension OutboxRow {
    private var onPremises: Bool { api == .onPremises }

    // MARK: Sending

    /// Recorded before anything goes out.
    package mutating func start(owner: Int, now: Int) -> RowChange {
        change(now) { row, _ in
            row.state = .sending
            row.due = nil
            row.timer = nil
            row.owner = owner
            row.attempts += 1
        }
    }

    /// The person's turn comes later.
    package mutating func postpone(by pause: Int, now: Int) -> RowChange {
        change(now) { row, _ in row.due = min(now + pause, row.expiresAt) }
    }

    /// Meta took it.
    /// - Parameters:
    ///   - isSpent: a webhook has already ended the attempt that the receipt belongs to.
    ///   - isLatest: false when the row was begun anew since, maybe by somebody else.
    package mutating func finish(_ receipt: Receipt, isSpent: Bool, isLatest: Bool = true, _ rules: RowRules = RowRules(), now: Int) -> RowChange {
        change(now) { row, change in
            guard !isSpent else {
                // A newer attempt keeps its owner: without one nobody would ever settle it.
                guard isLatest else { return }
                row.owner = nil
                if row.state == .sending { row.becomeUncertain(rules, now) }
                return
            }
            row.owner = nil
            // After a resend by choice there are two ids; both lead here.
            row.messageID = receipt.messageID ?? row.messageID
            row.waID = receipt.waID ?? row.waID
            row.heldText = receipt.messageStatusText
            change.isOutcome = true
            var history = row.history
            history.apply(.accepted, at: now / 1000)
            row.take(history, now)
            if row.state == .accepted {
                row.isHeld = receipt.messageStatus == "held_for_quality_assessment"
                row.error = nil
            }
        }
    }

    /// No receipt came. A webhook may know better already.
    package mutating func finish(_ loss: Failure, _ rules: RowRules, random: UInt64, now: Int) -> RowChange {
        change(now) { row, change in
            row.owner = nil
            guard row.state == .sending || row.state == .uncertain else { return }
            row.error = loss.details.bytes
            let judgement = RowLoss.judge(loss, onPremises: row.onPremises, attempts: row.attempts, random: random)
            row.lose(judgement, rules, &change, now)
        }
    }

    /// It was recorded as begun, and never handed to the wire.
    package mutating func takeBack(after pause: Int, now: Int) -> RowChange {
        change(now) { row, _ in
            guard row.state == .sending else { return }
            row.attempts -= 1
            row.enqueue(at: now + pause)
        }
    }

    /// The process that sent it is gone.
    package mutating func orphan(_ rules: RowRules, now: Int) -> RowChange {
        change(now) { row, _ in
            row.owner = nil
            guard row.state == .sending else { return }
            let loss = Failure(.uncertain, "The process that sent it ended before the answer was recorded.", retry: .uncertain)
            row.error = loss.details.bytes
            row.becomeUncertain(rules, now)
        }
    }

    // MARK: Webhooks

    /// Takes in a status event of its own.
    /// - Parameter isSpent: it is about an earlier attempt, which counts only when that turns out to have arrived.
    package mutating func hear(_ event: Event, isSpent: Bool, _ rules: RowRules, now: Int) -> RowChange {
        change(now) { row, change in
            let status = event.status.flatMap(DeliveryStatus.init)
            if isSpent, (status ?? .accepted) < .delivered { return }
            // What was given up stays so, unless it turns out to be on its way.
            if status == .failed, [.cancelled, .expired, .blocked].contains(row.state) {
                // The same webhook once more must not count when the row was queued again meanwhile.
                change.spend(event.messageID)
                return
            }
            var history = row.history
            let moves = history.apply(event)
            if !isSpent || moves { row.messageID = row.messageID ?? event.messageID }
            guard moves else {
                row.times = history.times
                return
            }
            row.take(history, now)
            guard row.state == .failed else {
                row.isHeld = row.isHeld && row.state == .accepted
                row.error = nil
                return
            }
            row.error = OutboxRow.failure(event).details.bytes
            row.lose(RowLoss.judge(failedWith: history.errorCode, onPremises: row.onPremises), rules, &change, now)
            // After a resend by choice it may be another id than the row's: the same webhook once more must not count again.
            if row.state == .queued { change.spend(event.messageID) }
        }
    }

    // MARK: Time

    /// Its time is over and it did not go out.
    package mutating func expire(now: Int) -> RowChange {
        change(now) { row, change in
            row.end(.expired, now)
            change.isOutcome = true
        }
    }

    /// A rule forbids it since it was put.
    package mutating func block(_ failure: Failure, now: Int) -> RowChange {
        change(now) { row, change in
            row.error = failure.details.bytes
            row.end(.blocked, now)
            change.isOutcome = true
        }
    }

    /// The moment of `timer` has come.
    package mutating func ring(_ rules: RowRules, now: Int) -> RowChange {
        if state == .queued { return expire(now: now) }
        return change(now) { row, change in
            row.timer = nil
            if row.state == .uncertain, rules.uncertain == .resend {
                row.resends += 1
                row.enqueue(at: now)
                return
            }
            change.isOutcome = row.state == .uncertain && rules.uncertain == .report
            row.holds = false
        }
    }

    /// A row before it in its sequence is in the way. It still has an end.
    package mutating func wait() {
        waits = true
        due = nil
        timer = expiresAt
    }

    /// The row before it in its sequence is out of the way.
    package mutating func release(now: Int) {
        waits = false
        timer = nil
        due = min(max(sendAt, now), expiresAt)
    }

    // MARK: The caller

    /// True when it did not go out and never will.
    package mutating func cancel(now: Int) -> (RowChange, Bool) {
        let isTaken = state == .queued
        let change = change(now) { row, _ in
            if isTaken { row.end(.cancelled, now) }
            if row.state == .uncertain {
                row.timer = nil
                row.holds = false
            }
        }
        return (change, isTaken)
    }

    /// Queues it again, on its own: the rows behind it in its sequence may have gone.
    package mutating func retry(_ rules: RowRules, now: Int) -> RowChange {
        change(now) { row, change in
            guard row.state.isRetriable else { return }
            if row.state == .uncertain { row.resends += 1 }
            change.spend(row.messageID)
            row.forgetAttempt()
            row.repeats = 0
            row.error = nil
            if row.expiresAt <= now { row.expiresAt = now + rules.expireAfter }
            row.enqueue(at: now)
        }
    }

    /// The template takes the place of a free-form message whose window is closed. False when there is none.
    package mutating func takeFallback() -> Bool {
        guard let fallback, !usedFallback else { return false }
        payload = fallback
        type = "template"
        category = fallbackCategory
        usedFallback = true
        return true
    }

    // MARK: Inside

    /// Runs a transition and works out what follows from the states before and after it.
    private mutating func change(_ now: Int, _ work: (inout OutboxRow, inout RowChange) -> Void) -> RowChange {
        let before = self
        var change = RowChange()
        work(&self, &change)
        if self != before { changedAt = now }
        change.moved = state != before.state
        if holds, after.isReached(at: state) {
            holds = false
            timer = nil
        }
        change.releases = before.holds && !holds
        // The caller's own cancellation is no failure; everything else that ended short of `after` is one.
        change.stopsSequence = change.releases && sequenceFailure == .stop && state != .cancelled && !after.isReached(at: state)
        return change
    }

    /// What is known from webhooks and answers, as the fold of statuses keeps it.
    private var history: MessageState {
        var history = MessageState()
        for status in DeliveryStatus.allCases { if let time = times[status] { history.apply(status, at: time) } }
        if let delivery = state.delivery { history.apply(delivery) }
        return history
    }

    private mutating func take(_ history: MessageState, _ now: Int) {
        times = history.times
        guard let status = history.status else { return }
        let wasWithMeta = state == .accepted || state == .sent || state == .delivered
        state = RowState(status)
        due = nil
        waits = false
        if !holds { timer = nil } else if !wasWithMeta { timer = now + sequenceTimeout }
    }

    private mutating func lose(_ loss: RowLoss, _ rules: RowRules, _ change: inout RowChange, _ now: Int) {
        switch loss {
        case .again(let pause): return enqueue(at: now + pause)
        case .uncertain: return becomeUncertain(rules, now)
        case .marketing:
            let pause = repeats < rules.marketingPauses.count ? rules.marketingPauses[repeats] : nil
            if let pause, now + pause < expiresAt {
                repeats += 1
                change.spend(messageID)
                forgetAttempt()
                return enqueue(at: now + pause)
            }
        case .windowClosed:
            change.closesWindow = true
            let lost = messageID
            if takeFallback() {
                change.spend(lost)
                forgetAttempt()
                return enqueue(at: now)
            }
        case .stopped: change.stopsPerson = true
        case .final: break
        }
        end(.failed, now)
        change.isOutcome = true
    }

    private mutating func becomeUncertain(_ rules: RowRules, _ now: Int) {
        state = .uncertain
        due = nil
        timer = rules.uncertain != .wait ? now + rules.uncertainWait : holds ? now + sequenceTimeout : nil
    }

    /// Never later than its end, when it is looked at and expires.
    private mutating func enqueue(at time: Int) {
        state = .queued
        waits = false
        timer = nil
        owner = nil
        due = min(time, expiresAt)
    }

    private mutating func end(_ final: RowState, _ now: Int) {
        state = final
        due = nil
        timer = nil
        waits = false
        isHeld = false
        holds = false
        owner = nil
    }

    private mutating func forgetAttempt() {
        messageID = nil
        isHeld = false
        heldText = nil
        times = StatusTimes()
    }

    /// The failure that a webhook tells of.
    private static func failure(_ event: Event) -> Failure {
        let problem = event.errors.first
        var error = GraphError(code: problem?.code, name: problem?.name, message: problem?.message ?? problem?.title, details: problem?.details)
        if error.message == nil { error.message = problem?.title }
        return Failure(
            .refused, "Meta took the message and could not deliver it\(error.name.map { ": " + $0 } ?? "").", retry: problem?.retry ?? .never, graph: error)
    }
}
