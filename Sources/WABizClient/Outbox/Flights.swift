// What an outbox has under way at a client: which row each ticket stands for, and what came back and is not recorded yet.
import WABiz

struct Flights {
    struct Flight {
        var row: Int
        /// Which attempt it is: what is known of an older one must not end a newer one.
        var attempt: Int
    }

    /// The client that they are at. It belongs to the caller, who may close it at any time.
    private(set) weak var client: Client?
    private var rows: [UInt64: Flight] = [:]
    /// Outcomes that are not recorded yet, because storing them failed or nobody came back for them.
    private(set) var landed: [Outcome] = []
    /// Rows that were recorded as begun and that the client did not take.
    var refused: [OutboxRow] = []
    /// True once a row was begun by this handle.
    var hasHeld = false

    var count: Int { rows.count }
    var tickets: some Sequence<UInt64> { rows.keys }
    var isEmpty: Bool { rows.isEmpty }

    /// Rows whose client is gone, and with it whatever it knew of them.
    var lost: [Flight] { client == nil ? Array(rows.values) : [] }

    /// - Throws: `.badArgument` while there is something under way at another client.
    mutating func use(_ other: Client) throws(Failure) {
        guard client !== other else { return }
        guard client == nil || rows.isEmpty else {
            throw .badArgument("This outbox has rows under way at another client: step with that one until nothing is under way, or close it.")
        }
        client = other
    }

    subscript(ticket: UInt64) -> Flight? { rows[ticket] }

    mutating func began(_ ticket: UInt64, _ row: OutboxRow) { rows[ticket] = Flight(row: row.number, attempt: row.attempts) }

    mutating func land(_ outcomes: [Outcome]) { landed += outcomes }

    /// They are recorded.
    mutating func close(_ outcomes: [Outcome]) {
        for outcome in outcomes { rows[outcome.ticket] = nil }
        landed.removeFirst(min(outcomes.count, landed.count))
    }

    mutating func forgetAll() {
        rows = [:]
        landed = []
    }
}
