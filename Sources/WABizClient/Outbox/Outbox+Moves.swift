// Carries out what a transition asks for: writes the row, lets the next of its sequence go or blocks those behind it, keeps
// the stop list and the windows. Always inside a transaction of the caller's.
import WABiz

/// Rows that moved in one transaction, beside the one that began it.
struct Moves {
    /// Rows that ended because another one did.
    var blocked: [OutboxRow] = []
}

extension Outbox {
    /// - Parameter moment: when what happened did happen, where that is known.
    func carryOut(_ change: RowChange, _ row: inout OutboxRow, _ now: Int, moment: Int? = nil, _ moves: inout Moves) throws(Failure) {
        try store.update(&row)
        for spent in change.spends { try store.note(spent, of: row.number, isSpent: true) }
        if change.stopsPerson || change.closesWindow {
            for name in try store.names(row.account, row.person) {
                if change.stopsPerson { try store.stop(row.account, name, true, at: (moment ?? now) / 1000) }
                if change.closesWindow { try store.closeWindow(row.account, name, heardBefore: moment ?? now) }
            }
        }
        guard change.releases, let sequence = row.sequence else { return }
        if change.stopsSequence { try block(sequence, behind: row, now, &moves) } else { try release(sequence, row.account, now) }
    }

    private func block(_ sequence: String, behind row: OutboxRow, _ now: Int, _ moves: inout Moves) throws(Failure) {
        for var waiting in try store.waiting(row.account, sequence, behind: row.number) {
            _ = waiting.block(PutRules.sequenceStopped, now: now)
            try store.update(&waiting)
            moves.blocked.append(waiting)
        }
    }

    /// Lets the first row of a sequence go, if it waits.
    private func release(_ sequence: String, _ account: String, _ now: Int) throws(Failure) {
        guard var head = try store.head(account, sequence), head.waits else { return }
        head.release(now: now)
        try store.update(&head)
    }

    /// Notes Meta's id of a row, and takes in statuses that came before it. True when they moved the row.
    func absorb(_ messageID: String, _ row: inout OutboxRow, _ now: Int, _ moves: inout Moves) throws(Failure) -> Bool {
        if row.messageID != messageID { try store.note(messageID, of: row.number, isSpent: false) }
        var moved = false
        for bytes in try store.takeUnmatched(messageID, since: now - Outbox.unmatchedLife) {
            let event = try Tape.read(bytes, .tolerant) { (view) throws(Failure) in Event(view) }
            let isSpent = try store.isSpent(messageID)
            let change = row.hear(event, isSpent: isSpent, options.rules, now: now)
            try carryOut(change, &row, now, moment: moment(event.timestamp, now), &moves)
            moved = moved || change.moved
        }
        return moved
    }
}
