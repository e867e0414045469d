// Rows in the file: what was put is one row of `message`, and where it stands one of `standing`, once anything happened to it.
import WABiz

extension OutboxStore {
    // MARK: Reading

    /// The row of a number.
    func row(_ number: Int) throws(Failure) -> OutboxRow? {
        if let row = known(number) { return row }
        return try run("SELECT m.*, s.*, f.* FROM message m LEFT JOIN standing s ON s.number = m.number LEFT JOIN flight f ON f.number = m.number WHERE m.number = ?1") { (statement) throws(Failure) in
            statement.bind(1, number)
            return try statement.step() ? OutboxStore.read(statement) : nil
        }
    }

    /// The row of an id.
    func row(_ id: RowID) throws(Failure) -> OutboxRow? {
        guard let row = try row(id.number), row.nonce == id.nonce else { return nil }
        return row
    }

    /// Rows that a query names: all columns of `message`, of `standing` and of `flight`.
    func rows(_ sql: StaticString, _ bind: (borrowing Statement) throws(Failure) -> Void) throws(Failure) -> [OutboxRow] {
        try run(sql) { (statement) throws(Failure) in
            try bind(statement)
            var rows: [OutboxRow] = []
            while try statement.step() { rows.append(OutboxStore.read(statement)) }
            return rows
        }
    }

    // MARK: Writing

    /// Stores a new row and gives it its number. It has a standing only when that is not the one of every new row.
    func insert(_ row: inout OutboxRow) throws(Failure) {
        let number = if let nextNumber { nextNumber } else { try freeNumber() }
        nextNumber = number &+ 1
        row.number = number
        try write(row)
        if let due = row.due, row.isNew {
            try enqueue(row, due)
            row.stored.due = due
        } else {
            try update(&row)
        }
    }

    private func write(_ row: OutboxRow) throws(Failure) {
        try unsafe row.payload.withUnsafeBufferPointer { (payload) throws(Failure) in
            _ = try change("INSERT INTO message VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)") { (statement) throws(Failure) in
                try OutboxStore.bind(row, statement)
                try unsafe statement.bind(21, inPlace: payload)
            }
        }
    }

    /// Behind every row that ever was in the file.
    private func freeNumber() throws(Failure) -> Int {
        try number("SELECT 1 + max((SELECT coalesce(max(number), 0) FROM message), (SELECT number FROM pruned))") { (_) throws(Failure) in } ?? 1
    }

    /// Writes where a row stands.
    func update(_ row: inout OutboxRow) throws(Failure) {
        // When a row begins, nothing else changes.
        let begins = row.state == .sending && !row.stored.flies && row.usedFallback == row.stored.usedFallback
        if !begins { try writeStanding(row) }
        if row.state == .sending, !row.stored.flies { try takeOff(row) }
        if row.stored.flies, row.state != .sending { try land(row) }
        if row.due != row.stored.due {
            if let due = row.stored.due { try dequeue(row, due) }
            if let due = row.due { try enqueue(row, due) }
        }
        if row.holds != row.stored.holds { try row.holds ? hold(row) : letGo(row) }
        if row.usedFallback, !row.stored.usedFallback { try replaceMessage(row) }
        row.stored = StoredStanding(of: row, exists: row.stored.exists || !begins)
        know(row)
    }

    private func takeOff(_ row: OutboxRow) throws(Failure) {
        try change("INSERT INTO flight VALUES (?1, ?2, ?3, ?4)") { (statement) throws(Failure) in
            statement.bind(1, row.number)
            statement.bind(2, row.owner ?? 0)
            statement.bind(3, row.attempts)
            statement.bind(4, row.changedAt)
        }
    }

    private func land(_ row: OutboxRow) throws(Failure) {
        try change("DELETE FROM flight WHERE number = ?1") { (statement) throws(Failure) in statement.bind(1, row.number) }
    }

    private func writeStanding(_ row: OutboxRow) throws(Failure) {
        if !row.stored.exists {
            try change(
                "INSERT INTO standing VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)"
            ) { (statement) throws(Failure) in try OutboxStore.bindStanding(row, statement) }
        } else if row.messageID != row.stored.messageID {
            try change(
                """
                UPDATE standing SET state = ?2, due = ?3, timer = ?4, waits = ?5, holds = ?6, owner = ?7, attempts = ?8, repeats = ?9, resends = ?10, \
                expires_at = ?11, changed_at = ?12, message_id = ?13, wa_id = ?14, is_held = ?15, held_text = ?16, used_fallback = ?17, error = ?18, \
                accepted_at = ?19, sent_at = ?20, failed_at = ?21, delivered_at = ?22, read_at = ?23, played_at = ?24 WHERE number = ?1
                """
            ) { (statement) throws(Failure) in try OutboxStore.bindStanding(row, statement) }
        } else {
            // Naming the id would write its index again.
            try change(
                """
                UPDATE standing SET state = ?2, due = ?3, timer = ?4, waits = ?5, holds = ?6, owner = ?7, attempts = ?8, repeats = ?9, resends = ?10, \
                expires_at = ?11, changed_at = ?12, wa_id = ?14, is_held = ?15, held_text = ?16, used_fallback = ?17, error = ?18, \
                accepted_at = ?19, sent_at = ?20, failed_at = ?21, delivered_at = ?22, read_at = ?23, played_at = ?24 WHERE number = ?1
                """
            ) { (statement) throws(Failure) in try OutboxStore.bindStanding(row, statement) }
        }
    }

    private func enqueue(_ row: OutboxRow, _ due: Int) throws(Failure) {
        try change("INSERT INTO queue VALUES (?1, ?2, ?3, ?4)") { (statement) throws(Failure) in try OutboxStore.bindPlace(row, due, statement) }
    }

    private func dequeue(_ row: OutboxRow, _ due: Int) throws(Failure) {
        try change("DELETE FROM queue WHERE account = ?1 AND priority = ?2 AND due = ?3 AND number = ?4") { (statement) throws(Failure) in
            try OutboxStore.bindPlace(row, due, statement)
        }
    }

    private static func bindPlace(_ row: OutboxRow, _ due: Int, _ statement: borrowing Statement) throws(Failure) {
        try statement.bind(1, row.account)
        statement.bind(2, row.priority)
        statement.bind(3, due)
        statement.bind(4, row.number)
    }

    private func hold(_ row: OutboxRow) throws(Failure) {
        guard let sequence = row.sequence else { return }
        try change("INSERT INTO hold VALUES (?1, ?2, ?3)") { (statement) throws(Failure) in
            try statement.bind(1, row.account)
            try statement.bind(2, sequence)
            statement.bind(3, row.number)
        }
    }

    private func letGo(_ row: OutboxRow) throws(Failure) {
        guard let sequence = row.sequence else { return }
        try change("DELETE FROM hold WHERE account = ?1 AND sequence = ?2 AND number = ?3") { (statement) throws(Failure) in
            try statement.bind(1, row.account)
            try statement.bind(2, sequence)
            statement.bind(3, row.number)
        }
    }

    /// The fallback has taken the message's place.
    private func replaceMessage(_ row: OutboxRow) throws(Failure) {
        try change("UPDATE message SET type = ?2, category = ?3, payload = ?4 WHERE number = ?1") { (statement) throws(Failure) in
            statement.bind(1, row.number)
            try statement.bind(2, row.type)
            statement.bind(3, row.category.rawValue)
            try statement.bind(4, row.payload)
        }
    }

    /// Forgets a row at which nothing is left to do, and the message ids that lead to it.
    func delete(_ row: OutboxRow) throws(Failure) {
        for sql: StaticString in ["DELETE FROM message WHERE number = ?1", "DELETE FROM standing WHERE number = ?1", "DELETE FROM wire WHERE number = ?1"] {
            try change(sql) { (statement) throws(Failure) in statement.bind(1, row.number) }
        }
        // Nobody would ever let the next one go.
        if row.stored.holds { try letGo(row) }
        forgetKnown(row.number)
    }

    // MARK: Columns

    private static let apis: [API] = [.cloud, .onPremises, .marketingMessages]

    /// All but the payload.
    private static func bind(_ row: OutboxRow, _ statement: borrowing Statement) throws(Failure) {
        statement.bind(1, row.number)
        statement.bind(2, Int(bitPattern: UInt(row.nonce)))
        try statement.bind(3, row.account)
        statement.bind(4, apis.firstIndex(of: row.api))
        try statement.bind(5, row.type)
        statement.bind(6, row.category.rawValue)
        statement.bind(7, row.priority)
        try statement.bind(8, row.person)
        statement.bind(9, row.isGroup ? 1 : 0)
        try statement.bind(10, row.key)
        try statement.bind(11, row.tag)
        try statement.bind(12, row.sequence)
        statement.bind(13, row.after.rawValue)
        statement.bind(14, row.sequenceFailure.rawValue)
        statement.bind(15, row.sequenceTimeout)
        statement.bind(16, row.putAt)
        statement.bind(17, row.sendAt)
        statement.bind(18, row.expiresAt)
        statement.bind(19, row.fallbackCategory.rawValue)
        try statement.bind(20, row.fallback)
    }

    /// Parameters that are not bound are NULL, which stands for 0 and for nothing.
    private static func bindStanding(_ row: OutboxRow, _ statement: borrowing Statement) throws(Failure) {
        statement.unbind()
        statement.bind(1, row.number)
        statement.bind(2, row.state.rawValue)
        if let due = row.due { statement.bind(3, due) }
        if let timer = row.timer { statement.bind(4, timer) }
        if row.waits { statement.bind(5, 1) }
        if row.holds { statement.bind(6, 1) }
        if let owner = row.owner { statement.bind(7, owner) }
        if row.attempts != 0 { statement.bind(8, row.attempts) }
        if row.repeats != 0 { statement.bind(9, row.repeats) }
        if row.resends != 0 { statement.bind(10, row.resends) }
        statement.bind(11, row.expiresAt)
        statement.bind(12, row.changedAt)
        if let messageID = row.messageID { try statement.bind(13, messageID) }
        if let waID = row.waID { try statement.bind(14, waID) }
        if row.isHeld { statement.bind(15, 1) }
        if let heldText = row.heldText { try statement.bind(16, heldText) }
        if row.usedFallback { statement.bind(17, 1) }
        if let error = row.error { try statement.bind(18, error) }
        for status in DeliveryStatus.allCases { if let time = row.times[status] { statement.bind(19 + Int32(status.rawValue), time) } }
    }

    /// Where the columns of `standing` and `flight` begin.
    private static let standing: Int32 = 21
    private static let flight: Int32 = 45

    /// Reads a row of `SELECT m.*, s.*, f.*`. Words that this library does not know cannot be in a file of its form.
    /// - Parameter mayFly: false when the query names rows of the queue, and leaves out `f.*`.
    static func read(_ statement: borrowing Statement, mayFly: Bool = true) -> OutboxRow {
        var row = OutboxRow()
        row.number = statement.integer(0)
        row.nonce = UInt64(UInt(bitPattern: statement.integer(1)))
        row.account = statement.text(2) ?? ""
        let api = statement.integer(3)
        row.api = apis.indices.contains(api) ? apis[api] : .cloud
        row.type = statement.text(4) ?? ""
        row.category = RowCategory(rawValue: statement.integer(5)) ?? .unknown
        row.priority = statement.integer(6)
        row.person = statement.text(7) ?? ""
        row.isGroup = statement.integer(8) == 1
        row.key = statement.text(9)
        row.tag = statement.bytes(10)
        row.sequence = statement.text(11)
        row.after = SequenceStep(rawValue: statement.integer(12)) ?? .delivered
        row.sequenceFailure = SequenceFailure(rawValue: statement.integer(13)) ?? .stop
        row.sequenceTimeout = statement.integer(14)
        row.putAt = statement.integer(15)
        row.sendAt = statement.integer(16)
        row.expiresAt = statement.integer(17)
        row.fallbackCategory = RowCategory(rawValue: statement.integer(18)) ?? .unknown
        row.fallback = statement.bytes(19)
        row.payload = statement.bytes(20) ?? []
        if statement.isNull(standing) { row.standAsNew() } else { readStanding(&row, statement) }
        if mayFly, !statement.isNull(flight) { readFlight(&row, statement) }
        return row
    }

    private static func readStanding(_ row: inout OutboxRow, _ statement: borrowing Statement) {
        row.state = RowState(rawValue: statement.integer(standing + 1)) ?? .uncertain
        row.due = statement.optionalInteger(standing + 2)
        row.timer = statement.optionalInteger(standing + 3)
        row.waits = statement.integer(standing + 4) == 1
        row.holds = statement.integer(standing + 5) == 1
        row.owner = statement.optionalInteger(standing + 6)
        row.attempts = statement.integer(standing + 7)
        row.repeats = statement.integer(standing + 8)
        row.resends = statement.integer(standing + 9)
        row.expiresAt = statement.integer(standing + 10)
        row.changedAt = statement.integer(standing + 11)
        row.messageID = statement.text(standing + 12)
        row.waID = statement.text(standing + 13)
        row.isHeld = statement.integer(standing + 14) == 1
        row.heldText = statement.text(standing + 15)
        row.usedFallback = statement.integer(standing + 16) == 1
        row.error = statement.bytes(standing + 17)
        for status in DeliveryStatus.allCases { row.times[status] = statement.optionalInteger(standing + 18 + Int32(status.rawValue)) }
        row.stored = StoredStanding(of: row)
    }

    private static func readFlight(_ row: inout OutboxRow, _ statement: borrowing Statement) {
        let hasStanding = row.stored.exists
        row.state = .sending
        row.due = nil
        row.timer = nil
        row.owner = statement.integer(flight + 1)
        row.attempts = statement.integer(flight + 2)
        row.changedAt = statement.integer(flight + 3)
        row.stored = StoredStanding(of: row, exists: hasStanding)
    }
}
