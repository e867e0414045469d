// What the store keeps beside rows: keys, Meta's ids, statuses without a row, people, and content that was put lately.
import WABiz

extension OutboxStore {
    // MARK: Keys

    /// A key that is taken.
    struct Key {
        var digest: [UInt8]
        var id: RowID
        /// The last state of a row that is gone.
        var state: RowState
    }

    func key(_ key: String) throws(Failure) -> Key? {
        try run("SELECT digest, number, nonce, state FROM key WHERE key = ?1") { (statement) throws(Failure) in
            try statement.bind(1, key)
            guard try statement.step() else { return nil }
            return Key(
                digest: statement.bytes(0) ?? [],
                id: RowID(number: statement.integer(1), nonce: UInt64(UInt(bitPattern: statement.integer(2)))),
                state: RowState(rawValue: statement.integer(3)) ?? .queued)
        }
    }

    func take(_ key: String, _ row: OutboxRow) throws(Failure) {
        try change("INSERT INTO key VALUES (?1, ?2, ?3, ?4, ?5, NULL)") { (statement) throws(Failure) in
            try statement.bind(1, key)
            try statement.bind(2, row.digest)
            statement.bind(3, row.number)
            statement.bind(4, Int(bitPattern: UInt(row.nonce)))
            statement.bind(5, row.state.rawValue)
        }
    }

    /// The key stays for a while when its row goes.
    func retire(_ key: String, _ state: RowState, until: Int) throws(Failure) {
        try change("UPDATE key SET state = ?2, until = ?3 WHERE key = ?1") { (statement) throws(Failure) in
            try statement.bind(1, key)
            statement.bind(2, state.rawValue)
            statement.bind(3, until)
        }
    }

    /// A key whose time is over is free, whether anybody pruned or not.
    func dropKey(_ key: String, now: Int) throws(Failure) {
        try change("DELETE FROM key WHERE key = ?1 AND until <= ?2") { (statement) throws(Failure) in
            try statement.bind(1, key)
            statement.bind(2, now)
        }
    }

    // MARK: Meta's ids

    /// The row of a message id, and whether it belongs to an attempt that is over.
    func wire(_ messageID: String) throws(Failure) -> (number: Int, isSpent: Bool)? {
        try run("SELECT number, spent FROM wire WHERE message_id = ?1 UNION ALL SELECT number, 0 FROM standing WHERE message_id = ?1") { (statement) throws(Failure) in
            try statement.bind(1, messageID)
            var found: (number: Int, isSpent: Bool)?
            while try statement.step() { found = (statement.integer(0), found?.isSpent == true || statement.integer(1) == 1) }
            return found
        }
    }

    /// Whether a message id belongs to an attempt that is over.
    func isSpent(_ messageID: String) throws(Failure) -> Bool {
        guard try lookForStrays().ids else { return false }
        return try number("SELECT spent FROM wire WHERE message_id = ?1") { (statement) throws(Failure) in try statement.bind(1, messageID) } == 1
    }

    /// Inside a transaction.
    private func lookForStrays() throws(Failure) -> Strays {
        if let strays { return strays }
        let found = try run("SELECT EXISTS (SELECT 1 FROM wire), EXISTS (SELECT 1 FROM unmatched), EXISTS (SELECT 1 FROM alias)") { (statement) throws(Failure) in
            guard try statement.step() else { return Strays(ids: true, statuses: true, names: true) }
            return Strays(ids: statement.integer(0) == 1, statuses: statement.integer(1) == 1, names: statement.integer(2) == 1)
        }
        strays = found
        return found
    }

    /// Notes a message id beside the row's own. Once spent it stays so.
    func note(_ messageID: String, of number: Int, isSpent: Bool) throws(Failure) {
        strays?.ids = true
        try change("INSERT INTO wire VALUES (?1, ?2, ?3) ON CONFLICT (message_id) DO UPDATE SET spent = max(spent, excluded.spent)") { (statement) throws(Failure) in
            try statement.bind(1, messageID)
            statement.bind(2, number)
            statement.bind(3, isSpent ? 1 : 0)
        }
    }

    // MARK: Statuses without a row

    func keep(_ event: [UInt8], key: String, messageID: String, now: Int) throws(Failure) {
        strays?.statuses = true
        try change("INSERT INTO unmatched VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING") { (statement) throws(Failure) in
            try statement.bind(1, messageID)
            try statement.bind(2, key)
            statement.bind(3, now)
            try statement.bind(4, event)
        }
    }

    /// Takes out what was kept for a message id.
    func takeUnmatched(_ messageID: String, since: Int) throws(Failure) -> [[UInt8]] {
        guard try lookForStrays().statuses else { return [] }
        let events = try run("SELECT event FROM unmatched WHERE message_id = ?1 AND time > ?2 ORDER BY time, key") { (statement) throws(Failure) in
            try statement.bind(1, messageID)
            statement.bind(2, since)
            var events: [[UInt8]] = []
            while try statement.step() { events.append(statement.bytes(0) ?? []) }
            return events
        }
        if !events.isEmpty {
            try change("DELETE FROM unmatched WHERE message_id = ?1") { (statement) throws(Failure) in try statement.bind(1, messageID) }
        }
        return events
    }

    // MARK: People

    /// What is known of a person, by any of their names.
    func facts(_ account: String, _ person: String) throws(Failure) -> PersonFacts {
        var facts = PersonFacts()
        for name in try names(account, person) {
            try run("SELECT heard, stopped FROM person WHERE account = ?1 AND person = ?2") { (statement) throws(Failure) in
                try statement.bind(1, account)
                try statement.bind(2, name)
                guard try statement.step() else { return }
                if let heard = statement.optionalInteger(0) { facts.heardAt = max(facts.heardAt ?? .min, heard) }
                facts.hasStopped = facts.hasStopped || statement.integer(1) == 1
            }
        }
        return facts
    }

    /// The number as it was written and as WhatsApp knows it, or a user id and the one that took its place.
    func names(_ account: String, _ person: String) throws(Failure) -> [String] {
        guard try lookForStrays().names else { return [person] }
        let known = try run("SELECT wa_id FROM alias WHERE account = ?1 AND written = ?2") { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, person)
            return try statement.step() ? statement.text(0) : nil
        }
        return [person] + (known.map { [$0] } ?? [])
    }

    /// Notes another name of a person; once a day is often enough for the same.
    func learn(_ account: String, _ written: String, is waID: String, now: Int) throws(Failure) {
        guard written != waID else { return }
        strays?.names = true
        try change(
            """
            INSERT INTO alias VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET wa_id = excluded.wa_id, seen = excluded.seen \
            WHERE wa_id <> excluded.wa_id OR abs(seen - excluded.seen) > 86400000
            """
        ) { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, written)
            try statement.bind(3, waID)
            statement.bind(4, now)
        }
    }

    /// A person has other names from now on: what is known of them by the old ones holds for the new ones too.
    func carryOver(_ account: String, from old: [String], to new: [String]) throws(Failure) {
        for name in old {
            let known = try run("SELECT heard, stopped, asked FROM person WHERE account = ?1 AND person = ?2") { (statement) throws(Failure) -> (heard: Int?, stops: Bool, asked: Int)? in
                try statement.bind(1, account)
                try statement.bind(2, name)
                return try statement.step() ? (statement.optionalInteger(0), statement.integer(1) == 1, statement.integer(2)) : nil
            }
            guard let known else { continue }
            for other in new where other != name {
                if let heard = known.heard { try hear(account, other, at: heard) }
                if known.stops || known.asked > 0 { try stop(account, other, known.stops, at: known.asked) }
            }
        }
    }

    /// A person wrote or called.
    func hear(_ account: String, _ person: String, at time: Int) throws(Failure) {
        try change("INSERT INTO person VALUES (?1, ?2, ?3, 0, 0) ON CONFLICT DO UPDATE SET heard = max(coalesce(heard, 0), excluded.heard)") { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, person)
            statement.bind(3, time)
        }
    }

    /// Meta says that a person wrote too long ago; unless they wrote since.
    func closeWindow(_ account: String, _ person: String, heardBefore: Int) throws(Failure) {
        try change("INSERT INTO person VALUES (?1, ?2, ?4, 0, 0) ON CONFLICT DO UPDATE SET heard = ?4 WHERE coalesce(heard, 0) <= ?3") { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, person)
            statement.bind(3, heardBefore)
            statement.bind(4, heardBefore - PutRules.window)
        }
    }

    /// Puts a person on the stop list or takes them off. What was asked for later counts.
    func stop(_ account: String, _ person: String, _ stops: Bool, at time: Int) throws(Failure) {
        try change("INSERT INTO person VALUES (?1, ?2, NULL, ?3, ?4) ON CONFLICT DO UPDATE SET stopped = ?3, asked = ?4 WHERE ?4 >= asked") { (statement) throws(Failure) in
            try statement.bind(1, account)
            try statement.bind(2, person)
            statement.bind(3, stops ? 1 : 0)
            statement.bind(4, time)
        }
    }

    /// Forgets windows that ended before a moment, and names by which nobody is known any more. The stop list stays.
    /// - Returns: how many were forgotten; `limit` at most of each.
    func forgetPeople(before moment: Int, limit: Int) throws(Failure) -> Int {
        let people = try change(
            """
            DELETE FROM person WHERE (account, person) IN (SELECT account, person FROM person \
            WHERE stopped = 0 AND coalesce(heard, 0) <= ?1 - ?3 AND asked <= ?1 / 1000 LIMIT ?2)
            """
        ) { (statement) throws(Failure) in
            statement.bind(1, moment)
            statement.bind(2, limit)
            statement.bind(3, PutRules.window)
        }
        let names = try change(
            """
            DELETE FROM alias WHERE (account, written) IN (SELECT account, written FROM alias WHERE seen <= ?1 \
            AND NOT EXISTS (SELECT 1 FROM person WHERE person.account = alias.account AND person.person = alias.wa_id) LIMIT ?2)
            """
        ) { (statement) throws(Failure) in
            statement.bind(1, moment)
            statement.bind(2, limit)
        }
        return people + names
    }

    // MARK: Content

    /// The row and time of the same content, when it was put after a moment.
    func content(_ digest: [UInt8], since: Int) throws(Failure) -> Int? {
        try number("SELECT number FROM content WHERE digest = ?1 AND time > ?2") { (statement) throws(Failure) in
            try statement.bind(1, digest)
            statement.bind(2, since)
        }
    }

    func noteContent(_ digest: [UInt8], of row: OutboxRow) throws(Failure) {
        try change("INSERT INTO content VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET number = excluded.number, time = excluded.time") { (statement) throws(Failure) in
            try statement.bind(1, digest)
            statement.bind(2, row.number)
            statement.bind(3, row.putAt)
        }
    }
}
