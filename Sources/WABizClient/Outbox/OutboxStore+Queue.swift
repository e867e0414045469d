// Which rows come next: due ones by priority, timers, sequences, rows of processes that are gone; and lists, counts, pruning.
import WABiz

extension OutboxStore {
    // MARK: Due

    /// Rows that may be sent now, the most urgent first.
    func due(_ account: String, now: Int, limit: Int) throws(Failure) -> [OutboxRow] {
        var found: [OutboxRow] = []
        for priority in 0...2 where found.count < limit {
            found += try rows("SELECT * FROM outbox WHERE due IS NOT NULL AND account = ?1 AND priority = ?2 AND due <= ?3 ORDER BY due, number LIMIT ?4") { (statement) throws(Failure) in
                try statement.bind(1, account)
                statement.bind(2, priority)
                statement.bind(3, now)
                statement.bind(4, limit - found.count)
            }
        }
        return found
    }

    /// When the next row may be sent; nil when none is queued.
    func nextDue(_ account: String) throws(Failure) -> Int? {
        var next: Int?
        for priority in 0...2 {
            let first = try number("SELECT due FROM outbox WHERE due IS NOT NULL AND account = ?1 AND priority = ?2 ORDER BY due LIMIT 1") { (statement) throws(Failure) in
                try statement.bind(1, account)
                statement.bind(2, priority)
            }
            next = [next, first].compactMap(\.self).min()
        }
        return next
    }

    // MARK: Timers

    func ringing(now: Int, limit: Int) throws(Failure) -> [OutboxRow] {
        try rows("SELECT * FROM outbox WHERE timer IS NOT NULL AND timer <= ?1 ORDER BY timer LIMIT ?2") { (statement) throws(Failure) in
            statement.bind(1, now)
            statement.bind(2, limit)
        }
    }

    func nextTimer() throws(Failure) -> Int? {
        try number("SELECT timer FROM outbox WHERE timer IS NOT NULL ORDER BY timer LIMIT 1") { (_) throws(Failure) in }
    }

    // MARK: Sequences

    /// Whether a row before it is in the way of a row's sequence.
    func isHeldBack(_ account: String, _ sequence: String, before number: Int) throws(Failure) -> Bool {
        try self.number("SELECT 1 FROM outbox WHERE holds = 1 AND account = ?1 AND sequence = ?2 AND number < ?3 LIMIT 1") { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, sequence)
            statement.bind(3, number)
        } != nil
    }

    /// The first row of a sequence that is in the way of others.
    func head(_ account: String, _ sequence: String) throws(Failure) -> OutboxRow? {
        try rows("SELECT * FROM outbox WHERE holds = 1 AND account = ?1 AND sequence = ?2 ORDER BY number LIMIT 1") { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, sequence)
        }.first
    }

    /// Rows of a sequence that wait behind another.
    func waiting(_ account: String, _ sequence: String, behind number: Int) throws(Failure) -> [OutboxRow] {
        try rows("SELECT * FROM outbox WHERE holds = 1 AND account = ?1 AND sequence = ?2 AND number > ?3 AND waits = 1 ORDER BY number") { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, sequence)
            statement.bind(3, number)
        }
    }

    // MARK: Owners

    /// Says that an owner is alive.
    func renew(_ owner: Int, until: Int) throws(Failure) {
        try change("INSERT INTO owner VALUES (?1, ?2) ON CONFLICT DO UPDATE SET until = excluded.until") { (statement) throws(Failure) in
            statement.bind(1, owner)
            statement.bind(2, until)
        }
    }

    /// Until when an owner holds its rows; nil when it holds none.
    func lease(_ owner: Int) throws(Failure) -> Int? {
        try number("SELECT until FROM owner WHERE id = ?1") { (statement) throws(Failure) in statement.bind(1, owner) }
    }

    func forget(_ owner: Int) throws(Failure) {
        try change("DELETE FROM owner WHERE id = ?1") { (statement) throws(Failure) in statement.bind(1, owner) }
    }

    /// Owners of rows under way that are gone: without a lease, or with one that is over. A lease that ends too far ahead was
    /// given before the clock was put back.
    func deadOwners(but own: Int, now: Int) throws(Failure) -> [Int] {
        try run("SELECT DISTINCT owner FROM outbox WHERE state = 1 AND owner <> ?3 AND owner NOT IN (SELECT id FROM owner WHERE until > ?1 AND until <= ?2)") { (statement) throws(Failure) in
            statement.bind(1, now)
            statement.bind(2, now + OutboxStore.longestLease)
            statement.bind(3, own)
            var owners: [Int] = []
            while try statement.step() { owners.append(statement.integer(0)) }
            return owners
        }
    }

    /// Leases are an hour long at most; the same again for clocks that are set.
    static let longestLease = 7_200_000

    /// Forgets owners of long ago, who hold nothing any more.
    func forgetOwners(before moment: Int) throws(Failure) {
        try change("DELETE FROM owner WHERE until <= ?1") { (statement) throws(Failure) in statement.bind(1, moment) }
    }

    func sending(_ owner: Int) throws(Failure) -> [OutboxRow] {
        try rows("SELECT * FROM outbox WHERE state = 1 AND owner = ?1") { (statement) throws(Failure) in statement.bind(1, owner) }
    }

    // MARK: Lists and counts

    /// Rows of a filter, one more than its limit when there are more.
    func list(_ filter: RowFilter) throws(Failure) -> [OutboxRow] {
        let number = try filter.messageID.map { (id) throws(Failure) in try wire(id)?.number ?? 0 }
        let key = try filter.key.map { (key) throws(Failure) in try self.key(key)?.id.number ?? 0 }
        // One number that both lookups agree on; 0 is no row.
        let only = number == nil || key == nil || number == key ? number ?? key : 0
        let states = filter.states.reduce(0) { $0 | 1 << $1.rawValue }
        let bind = { (statement: borrowing Statement) throws(Failure) in
            statement.bind(1, filter.after?.number ?? 0)
            statement.bind(2, states)
            try statement.bind(3, filter.sequence)
            try statement.bind(4, filter.person)
            try statement.bind(5, filter.phoneNumberID)
            statement.bind(6, only)
            statement.bind(7, filter.limit + 1)
        }
        if only != nil {
            return try rows(
                """
                SELECT * FROM outbox WHERE number = ?6 AND number > ?1 AND (?2 = 0 OR ?2 & (1 << state)) AND (?3 IS NULL OR sequence = ?3) \
                AND (?4 IS NULL OR person = ?4) AND (?5 IS NULL OR account = ?5) LIMIT ?7
                """, bind)
        }
        return try rows(
            """
            SELECT * FROM outbox WHERE number > ?1 AND (?2 = 0 OR ?2 & (1 << state)) AND (?3 IS NULL OR sequence = ?3) \
            AND (?4 IS NULL OR person = ?4) AND (?5 IS NULL OR account = ?5) AND ?6 IS NULL ORDER BY number LIMIT ?7
            """, bind)
    }

    /// How many rows are in each state.
    func counts() throws(Failure) -> [RowState: Int] {
        try run("SELECT state, count(*) FROM outbox GROUP BY state") { (statement) throws(Failure) in
            var counts: [RowState: Int] = [:]
            while try statement.step() { if let state = RowState(rawValue: statement.integer(0)) { counts[state] = statement.integer(1) } }
            return counts
        }
    }

    /// How many rows there are.
    func count() throws(Failure) -> Int { try number("SELECT count(*) FROM outbox") { (_) throws(Failure) in } ?? 0 }

    /// What `stats` tells beside the states.
    struct Totals {
        /// Rows that could be sent now.
        var due = 0
        /// When something is to be done by time.
        var next: Int?
        var stopped = 0
        var windows = 0
        var statuses = 0
        var keys = 0
    }

    func totals(_ now: Int) throws(Failure) -> Totals {
        try run(
            """
            SELECT (SELECT count(*) FROM outbox WHERE due IS NOT NULL AND due <= ?1), (SELECT min(due) FROM outbox WHERE due IS NOT NULL), \
            (SELECT count(*) FROM person WHERE stopped = 1), (SELECT count(*) FROM person WHERE heard > ?1 - 86400000), \
            (SELECT count(*) FROM unmatched), (SELECT count(*) FROM key)
            """
        ) { (statement) throws(Failure) in
            statement.bind(1, now)
            guard try statement.step() else { return Totals() }
            return Totals(
                due: statement.integer(0), next: [statement.optionalInteger(1), try nextTimer()].compactMap(\.self).min(), stopped: statement.integer(2),
                windows: statement.integer(3), statuses: statement.integer(4), keys: statement.integer(5))
        }
    }

    // MARK: Pruning

    /// Rows that were put before a moment, from the oldest on: nobody keeps an index for what happens once a day.
    func old(putBefore moment: Int, behind number: Int, limit: Int) throws(Failure) -> [(number: Int, isAtRest: Bool, changedAt: Int)] {
        try run("SELECT number, due IS NULL AND timer IS NULL AND state > 1, changed_at, put_at FROM outbox WHERE number > ?1 ORDER BY number LIMIT ?2") { (statement) throws(Failure) in
            statement.bind(1, number)
            statement.bind(2, limit)
            var rows: [(number: Int, isAtRest: Bool, changedAt: Int)] = []
            while try statement.step() {
                if statement.integer(3) > moment { break }
                rows.append((statement.integer(0), statement.integer(1) == 1, statement.integer(2)))
            }
            return rows
        }
    }

    /// Rows up to this one may be gone: their numbers are not given again.
    func notePruned(_ number: Int) throws(Failure) {
        try change("UPDATE pruned SET number = max(number, ?1)") { (statement) throws(Failure) in statement.bind(1, number) }
    }

    /// Keys whose time is over. - Returns: how many, as for the next two.
    func forgetKeys(until moment: Int) throws(Failure) -> Int {
        try change("DELETE FROM key WHERE until <= ?1") { (statement) throws(Failure) in statement.bind(1, moment) }
    }

    func forgetStatuses(before moment: Int) throws(Failure) -> Int {
        try change("DELETE FROM unmatched WHERE time <= ?1") { (statement) throws(Failure) in statement.bind(1, moment) }
    }

    @discardableResult
    func forgetContent(before moment: Int) throws(Failure) -> Int {
        try change("DELETE FROM content WHERE time <= ?1") { (statement) throws(Failure) in statement.bind(1, moment) }
    }
}
