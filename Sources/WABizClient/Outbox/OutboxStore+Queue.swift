// Which rows come next: due ones by priority, timers, sequences, rows of processes that are gone; and lists, counts, pruning.
import WABiz

extension OutboxStore {
    // MARK: Due

    /// Rows that may be sent now, the most urgent first.
    func due(_ account: String, now: Int, limit: Int) throws(Failure) -> [OutboxRow] {
        var found: [OutboxRow] = []
        for priority in 0...2 where found.count < limit {
            try run(
                """
                SELECT m.*, s.* FROM queue q CROSS JOIN message m ON m.number = q.number LEFT JOIN standing s ON s.number = q.number \
                WHERE q.account = ?1 AND q.priority = ?2 AND q.due <= ?3 ORDER BY q.due, q.number LIMIT ?4
                """
            ) { (statement) throws(Failure) in
                try statement.bind(1, account)
                statement.bind(2, priority)
                statement.bind(3, now)
                statement.bind(4, limit - found.count)
                while try statement.step() { found.append(OutboxStore.read(statement, mayFly: false)) }
            }
        }
        return found
    }

    /// When the next row may be sent; nil when none is queued.
    func nextDue(_ account: String) throws(Failure) -> Int? {
        var next: Int?
        for priority in 0...2 {
            let first = try number("SELECT min(due) FROM queue WHERE account = ?1 AND priority = ?2") { (statement) throws(Failure) in
                try statement.bind(1, account)
                statement.bind(2, priority)
            }
            next = [next, first].compactMap(\.self).min()
        }
        return next
    }

    // MARK: Timers

    func ringing(now: Int, limit: Int) throws(Failure) -> [OutboxRow] {
        try rows("SELECT m.*, s.*, f.* FROM standing s CROSS JOIN message m ON m.number = s.number LEFT JOIN flight f ON f.number = s.number WHERE s.timer IS NOT NULL AND s.timer <= ?1 ORDER BY s.timer LIMIT ?2") { (statement) throws(Failure) in
            statement.bind(1, now)
            statement.bind(2, limit)
        }
    }

    func nextTimer() throws(Failure) -> Int? {
        try number("SELECT timer FROM standing WHERE timer IS NOT NULL ORDER BY timer LIMIT 1") { (_) throws(Failure) in }
    }

    // MARK: Sequences

    /// Whether a row before it is in the way of a row's sequence.
    func isHeldBack(_ account: String, _ sequence: String, before number: Int) throws(Failure) -> Bool {
        try self.number("SELECT 1 FROM hold WHERE account = ?1 AND sequence = ?2 AND number < ?3 LIMIT 1") { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, sequence)
            statement.bind(3, number)
        } != nil
    }

    /// The first row of a sequence that is in the way of others.
    func head(_ account: String, _ sequence: String) throws(Failure) -> OutboxRow? {
        try rows(
            """
            SELECT m.*, s.*, f.* FROM hold h CROSS JOIN message m ON m.number = h.number LEFT JOIN standing s ON s.number = h.number \
            LEFT JOIN flight f ON f.number = h.number \
            WHERE h.account = ?1 AND h.sequence = ?2 ORDER BY h.number LIMIT 1
            """
        ) { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, sequence)
        }.first
    }

    /// Rows of a sequence that wait behind another.
    func waiting(_ account: String, _ sequence: String, behind number: Int) throws(Failure) -> [OutboxRow] {
        try rows(
            """
            SELECT m.*, s.*, f.* FROM hold h CROSS JOIN message m ON m.number = h.number CROSS JOIN standing s ON s.number = h.number \
            LEFT JOIN flight f ON f.number = h.number \
            WHERE h.account = ?1 AND h.sequence = ?2 AND h.number > ?3 AND s.waits = 1 ORDER BY h.number
            """
        ) { (statement) throws(Failure) in
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
    func deadOwners(_ now: Int) throws(Failure) -> [Int] {
        // Most of the time all of them are this one's: counting is cheaper than looking.
        if try number("SELECT count(*) FROM flight", { (_) throws(Failure) in }) == underWayCount { return [] }
        return try run("SELECT DISTINCT owner FROM flight WHERE owner <> ?3 AND owner NOT IN (SELECT id FROM owner WHERE until > ?1 AND until <= ?2)") { (statement) throws(Failure) in
            statement.bind(1, now)
            statement.bind(2, now + OutboxStore.longestLease)
            statement.bind(3, owner)
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
        try rows("SELECT m.*, s.*, f.* FROM flight f CROSS JOIN message m ON m.number = f.number LEFT JOIN standing s ON s.number = f.number WHERE f.owner = ?1") { (statement) throws(Failure) in statement.bind(1, owner) }
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
                SELECT m.*, s.*, f.* FROM message m LEFT JOIN standing s ON s.number = m.number LEFT JOIN flight f ON f.number = m.number \
                WHERE m.number = ?6 AND m.number > ?1 AND (?2 = 0 OR ?2 & (1 << CASE WHEN f.number IS NULL THEN coalesce(s.state, 0) ELSE 1 END)) AND (?3 IS NULL OR m.sequence = ?3) AND (?4 IS NULL OR m.person = ?4) \
                AND (?5 IS NULL OR m.account = ?5) LIMIT ?7
                """, bind)
        }
        return try rows(
            """
            SELECT m.*, s.*, f.* FROM message m LEFT JOIN standing s ON s.number = m.number LEFT JOIN flight f ON f.number = m.number \
            WHERE m.number > ?1 AND (?2 = 0 OR ?2 & (1 << CASE WHEN f.number IS NULL THEN coalesce(s.state, 0) ELSE 1 END)) AND (?3 IS NULL OR m.sequence = ?3) AND (?4 IS NULL OR m.person = ?4) \
            AND (?5 IS NULL OR m.account = ?5) AND ?6 IS NULL ORDER BY m.number LIMIT ?7
            """, bind)
    }

    /// How many rows are in each state.
    func counts() throws(Failure) -> [RowState: Int] {
        var counts = try run("SELECT state, count(*) FROM standing WHERE number NOT IN (SELECT number FROM flight) GROUP BY state") { (statement) throws(Failure) in
            var counts: [RowState: Int] = [:]
            while try statement.step() { if let state = RowState(rawValue: statement.integer(0)) { counts[state] = statement.integer(1) } }
            return counts
        }
        counts[.sending] = try number("SELECT count(*) FROM flight") { (_) throws(Failure) in }
        // The others have no standing yet.
        counts[.queued, default: 0] += try count() - counts.values.reduce(0, +)
        return counts
    }

    /// How many rows there are.
    func count() throws(Failure) -> Int { try number("SELECT count(*) FROM message") { (_) throws(Failure) in } ?? 0 }

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
            SELECT (SELECT count(*) FROM queue WHERE due <= ?1), (SELECT min(due) FROM queue), \
            (SELECT count(*) FROM person WHERE stopped = 1), (SELECT count(*) FROM person WHERE heard > ?1 - ?2), \
            (SELECT count(*) FROM unmatched), (SELECT count(*) FROM key)
            """
        ) { (statement) throws(Failure) in
            statement.bind(1, now)
            statement.bind(2, PutRules.window)
            guard try statement.step() else { return Totals() }
            return Totals(
                due: statement.integer(0), next: [statement.optionalInteger(1), try nextTimer()].compactMap(\.self).min(), stopped: statement.integer(2),
                windows: statement.integer(3), statuses: statement.integer(4), keys: statement.integer(5))
        }
    }

    // MARK: Pruning

    /// Rows that were put before a moment, from the oldest on: nobody keeps an index for what happens once a day.
    func old(putBefore moment: Int, behind number: Int, limit: Int) throws(Failure) -> [(number: Int, isAtRest: Bool, changedAt: Int)] {
        try run(
            """
            SELECT m.number, s.state > 1 AND s.due IS NULL AND s.timer IS NULL, s.changed_at, m.put_at \
            FROM message m LEFT JOIN standing s ON s.number = m.number WHERE m.number > ?1 ORDER BY m.number LIMIT ?2
            """
        ) { (statement) throws(Failure) in
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
