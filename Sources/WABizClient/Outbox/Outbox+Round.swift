// One round of an outbox's step: what came back, what time brought and what begins are recorded in one transaction; only then
// is anything handed to the client.
import WABiz

extension Outbox {
    /// What one transaction did.
    private struct Round {
        var outcomes: [OutboxRow] = []
        var started: [OutboxRow] = []
        var moves = Moves()
    }

    /// - Returns: rows to hand out.
    func round(_ client: Client) throws(Failure) -> [OutboxRow] {
        try takeBack()
        let now = milliseconds(nil)
        let account = options.api == .onPremises ? "" : client.account.phoneNumberID
        let room = isDraining ? nil : client.room(flights.tickets)
        guard try hasWork(account, room, now) else { return [] }
        let landed = flights.landed
        let round = try store.transaction { () throws(Failure) in
            var round = Round()
            for outcome in landed { try record(outcome, now, &round) }
            try recover(now)
            for row in try store.ringing(now: now, limit: Outbox.batch) { try ring(row, now, &round) }
            if let room { try begin(account, room, now, &round) }
            if !round.started.isEmpty || flights.count > landed.count { try store.renew(owner, until: now + options.lease) }
            return round
        }
        flights.close(landed)
        if !round.started.isEmpty { flights.hasHeld = true }
        try handOver(round.started, to: client)
        return round.outcomes + round.moves.blocked
    }

    /// Milliseconds that a row may wait for its turn at the client.
    private static let longestWait = 60_000
    /// How many rows a round looks at because of the time.
    private static let batch = 1000

    /// Looks without locking: most rounds of a waiting step have nothing to record.
    private func hasWork(_ account: String, _ room: Room?, _ now: Int) throws(Failure) -> Bool {
        if !flights.landed.isEmpty { return true }
        if let room, room.count > 0, let due = try store.nextDue(account), due <= now { return true }
        if let timer = try store.nextTimer(), timer <= now { return true }
        if try !store.deadOwners(now).isEmpty { return true }
        guard !flights.isEmpty else { return false }
        // A sign of life well before the lease is over, and again when somebody took it away.
        return try store.lease(owner) ?? 0 < now + options.lease / 2
    }

    // MARK: What came back

    private func record(_ outcome: Outcome, _ now: Int, _ round: inout Round) throws(Failure) {
        guard let flight = flights[outcome.ticket], var row = try store.row(flight.row) else { return }
        let change: RowChange
        switch outcome.result {
        case .success(let receipt): change = try record(receipt, &row, isLatest: row.attempts == flight.attempt, now, &round.moves)
        case .failure(let failure):
            // Its lease was lost and somebody else tries it anew: a loss of ours says nothing about that.
            guard row.attempts == flight.attempt else { return }
            change = row.finish(failure, options.rules, random: Outbox.random(), now: now)
            try carryOut(change, &row, now, &round.moves)
        }
        if change.isOutcome { round.outcomes.append(row) }
    }

    private func record(_ receipt: Receipt, _ row: inout OutboxRow, isLatest: Bool, _ now: Int, _ moves: inout Moves) throws(Failure) -> RowChange {
        let isSpent = if let id = receipt.messageID { try store.isSpent(id) } else { false }
        let former = row.messageID
        let change = row.finish(receipt, isSpent: isSpent, isLatest: isLatest, options.rules, now: now)
        try carryOut(change, &row, now, &moves)
        if let waID = receipt.waID, !row.isGroup { try store.learn(row.account, row.person, is: waID, now: now) }
        guard change.isOutcome, let id = receipt.messageID else { return change }
        // After a resend by choice the first one counts only when it turns out to have arrived.
        if let former, former != id { try store.note(former, of: row.number, isSpent: true) }
        _ = try absorb(id, &row, now, &moves)
        return change
    }

    /// Rows of processes that are gone: they may have gone out.
    private func recover(_ now: Int) throws(Failure) {
        let dead = try store.deadOwners(now)
        for owner in dead {
            for row in try store.sending(owner) { try orphan(row, now) }
            try store.forget(owner)
        }
        if !dead.isEmpty { try store.forgetOwners(before: now - Outbox.unmatchedLife) }
    }

    private func orphan(_ row: OutboxRow, _ now: Int) throws(Failure) {
        var row = row
        var moves = Moves()
        let change = row.orphan(options.rules, now: now)
        try carryOut(change, &row, now, &moves)
    }

    /// The client was closed with rows under way; what it knew of them is gone with it.
    func abandonFlights() throws(Failure) {
        let lost = flights.lost
        let landed = flights.landed
        try store.transaction { () throws(Failure) in
            let now = milliseconds(nil)
            var round = Round()
            for outcome in landed { try record(outcome, now, &round) }
            for flight in lost {
                guard let row = try store.row(flight.row), row.attempts == flight.attempt, row.state == .sending, row.owner == owner else { continue }
                try orphan(row, now)
            }
        }
        flights.forgetAll()
    }

    // MARK: Time

    private func ring(_ found: OutboxRow, _ now: Int, _ round: inout Round) throws(Failure) {
        // One that rang before it may have released or blocked it.
        guard var row = try store.row(found.number), let timer = row.timer, timer <= now else { return }
        let change = row.ring(options.rules, now: now)
        try carryOut(change, &row, now, &round.moves)
        if change.isOutcome { round.outcomes.append(row) }
    }

    // MARK: What begins

    /// No more rows than the client can send at once: what would wait there stays in the queue, where a crash does it no harm.
    private func begin(_ account: String, _ room: Room, _ now: Int, _ round: inout Round) throws(Failure) {
        var room = room
        var left = Outbox.batch
        while room.count > 0, left > 0 {
            var rows = try store.due(account, now: now, limit: min(room.count, left))
            if rows.isEmpty { return }
            left -= rows.count
            for index in rows.indices {
                let change = try start(&rows[index], &room, now)
                try carryOut(change, &rows[index], now, &round.moves)
                if rows[index].state == .sending { round.started.append(rows[index]) }
                if change.isOutcome { round.outcomes.append(rows[index]) }
            }
        }
    }

    /// Begins a row, unless its time is over, a rule forbids it since it was put, or the person's turn comes later.
    private func start(_ row: inout OutboxRow, _ room: inout Room, _ now: Int) throws(Failure) -> RowChange {
        guard now < row.expiresAt else { return row.expire(now: now) }
        if row.category == .marketing || row.category == .service {
            switch PutRules.rule(row, try store.facts(row.account, row.person), checksWindow: options.checksWindow, now: now) {
            case .go: break
            case .refuse(let failure): return row.block(failure, now: now)
            case .goAsFallback: _ = row.takeFallback()
            }
        }
        let wait = room.take(row.recipientKey)
        return wait == 0 ? row.start(owner: owner, now: now) : row.postpone(by: wait, now: now)
    }

    /// Hands over what is recorded as begun. What the client does not take goes back into the queue.
    func handOver(_ rows: [OutboxRow], to client: Client) throws(Failure) {
        guard !rows.isEmpty else { return }
        let now = milliseconds(nil)
        for row in rows {
            do throws(Failure) {
                // No attempt begins behind the row's end; and none waits at the client for long, should it have to.
                let rest = max(1, min(row.expiresAt - now, Outbox.longestWait))
                let terms = SubmitOptions(maxAttempts: 1, deadline: rest, resendUncertain: false)
                flights.began(try client.submit(row.wireMessage, terms, owner: desk), row)
            } catch {
                flights.refused.append(row)
            }
        }
        try takeBack()
        // They begin now, whether or not the caller waits.
        flights.land(try client.step(timeout: 0, owner: desk))
    }

    /// What the client did not take: once more in a second.
    private func takeBack() throws(Failure) {
        guard !flights.refused.isEmpty else { return }
        let rows = flights.refused
        try store.transaction { () throws(Failure) in
            let now = milliseconds(nil)
            for number in rows.map(\.number) {
                guard var row = try store.row(number), row.owner == owner else { continue }
                var moves = Moves()
                let change = row.takeBack(after: Outbox.poll, now: now)
                try carryOut(change, &row, now, &moves)
            }
        }
        flights.refused = []
    }
}
