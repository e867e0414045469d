// The one seam between the outbox and its storage: every SQL statement about rows stands here and in its extensions, so that
// another store can take its place. It decides nothing. Times are Unix milliseconds.
import WABiz

final class OutboxStore {
    let database: Database
    private var prepared: [UInt: Prepared] = [:]

    /// A statement that is kept for the next time.
    private final class Prepared {
        let statement: Statement
        init(_ statement: consuming Statement) { self.statement = statement }
    }

    /// - Throws: `.storage` with a reason.
    init(path: String, busyTimeout: Int) throws(Failure) {
        database = try Database.open(path: path, OutboxSchema.kind, busyTimeout: busyTimeout)
    }

    func transaction<Result: ~Copyable>(_ work: () throws(Failure) -> Result) throws(Failure) -> Result { try database.transaction(work) }

    /// Runs a statement that was prepared before, if it was. It is left ready for the next time, whatever happens.
    func run<Result>(_ sql: StaticString, _ work: (borrowing Statement) throws(Failure) -> Result) throws(Failure) -> Result {
        let address = unsafe UInt(bitPattern: sql.utf8Start)
        let entry: Prepared
        if let known = prepared[address] { entry = known } else {
            entry = Prepared(try database.prepare(sql))
            prepared[address] = entry
        }
        defer { entry.statement.reset() }
        return try work(entry.statement)
    }

    /// Runs a statement to its end and says how many rows it changed.
    @discardableResult
    func change(_ sql: StaticString, _ bind: (borrowing Statement) throws(Failure) -> Void) throws(Failure) -> Int {
        try run(sql) { (statement) throws(Failure) in
            try bind(statement)
            _ = try statement.step()
            return database.changes
        }
    }

    /// The first column of the first row; nil when there is none or it is NULL.
    func number(_ sql: StaticString, _ bind: (borrowing Statement) throws(Failure) -> Void) throws(Failure) -> Int? {
        try run(sql) { (statement) throws(Failure) in
            try bind(statement)
            return try statement.step() ? statement.optionalInteger(0) : nil
        }
    }

    // MARK: Rows

    /// The row of a number.
    func row(_ number: Int) throws(Failure) -> OutboxRow? {
        try run("SELECT * FROM outbox WHERE number = ?1") { (statement) throws(Failure) in
            statement.bind(1, number)
            return try statement.step() ? OutboxStore.read(statement) : nil
        }
    }

    /// The row of an id.
    func row(_ id: RowID) throws(Failure) -> OutboxRow? {
        guard let row = try row(id.number), row.nonce == id.nonce else { return nil }
        return row
    }

    /// Rows that a query names, whole.
    func rows(_ sql: StaticString, _ bind: (borrowing Statement) throws(Failure) -> Void) throws(Failure) -> [OutboxRow] {
        try run(sql) { (statement) throws(Failure) in
            try bind(statement)
            var rows: [OutboxRow] = []
            while try statement.step() { rows.append(OutboxStore.read(statement)) }
            return rows
        }
    }

    /// Stores a new row and gives it its number.
    func insert(_ row: inout OutboxRow) throws(Failure) {
        try run(
            """
            INSERT INTO outbox VALUES (1 + max((SELECT coalesce(max(number), 0) FROM outbox), (SELECT number FROM pruned)), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, \
            ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41, ?42, ?43, ?44)
            """
        ) { (statement) throws(Failure) in
            try OutboxStore.bindPut(row, statement)
            try OutboxStore.bindStanding(row, statement)
            statement.bind(41, row.changedAt)
            try statement.bind(42, row.digest)
            try statement.bind(43, row.fallback)
            try statement.bind(44, row.payload)
            _ = try statement.step()
        }
        row.number = database.lastInserted
    }

    /// Writes where a row stands.
    func update(_ row: OutboxRow) throws(Failure) {
        try change(
            """
            UPDATE outbox SET expires_at = ?18, state = ?19, due = ?20, timer = ?21, waits = ?22, holds = ?23, owner = ?24, attempts = ?25, \
            repeats = ?26, resends = ?27, message_id = ?28, wa_id = ?29, is_held = ?30, held_text = ?31, used_fallback = ?32, error = ?34, \
            accepted_at = ?35, sent_at = ?36, failed_at = ?37, delivered_at = ?38, read_at = ?39, played_at = ?40, changed_at = ?41 \
            WHERE number = ?1
            """
        ) { (statement) throws(Failure) in
            statement.bind(1, row.number)
            statement.bind(18, row.expiresAt)
            try OutboxStore.bindStanding(row, statement)
            statement.bind(41, row.changedAt)
        }
        if row.usedFallback { try updateContent(row) }
    }

    /// The fallback has taken the message's place.
    private func updateContent(_ row: OutboxRow) throws(Failure) {
        try change("UPDATE outbox SET type = ?2, category = ?3, payload = ?4 WHERE number = ?1 AND category <> ?3") { (statement) throws(Failure) in
            statement.bind(1, row.number)
            try statement.bind(2, row.type)
            statement.bind(3, row.category.rawValue)
            try statement.bind(4, row.payload)
        }
    }

    /// Forgets a row and the message ids that lead to it.
    func delete(_ row: OutboxRow) throws(Failure) {
        for sql: StaticString in ["DELETE FROM outbox WHERE number = ?1", "DELETE FROM wire WHERE number = ?1"] {
            try change(sql) { (statement) throws(Failure) in statement.bind(1, row.number) }
        }
    }

    // MARK: Columns

    private static let apis: [API] = [.cloud, .onPremises, .marketingMessages]

    private static func bindPut(_ row: OutboxRow, _ statement: borrowing Statement) throws(Failure) {
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
        statement.bind(33, row.fallbackCategory.rawValue)
    }

    private static func bindStanding(_ row: OutboxRow, _ statement: borrowing Statement) throws(Failure) {
        statement.bind(19, row.state.rawValue)
        statement.bind(20, row.due)
        statement.bind(21, row.timer)
        statement.bind(22, row.waits ? 1 : 0)
        statement.bind(23, row.holds ? 1 : 0)
        statement.bind(24, row.owner)
        statement.bind(25, row.attempts)
        statement.bind(26, row.repeats)
        statement.bind(27, row.resends)
        try statement.bind(28, row.messageID)
        try statement.bind(29, row.waID)
        statement.bind(30, row.isHeld ? 1 : 0)
        try statement.bind(31, row.heldText)
        statement.bind(32, row.usedFallback ? 1 : 0)
        try statement.bind(34, row.error)
        for (offset, status) in DeliveryStatus.allCases.enumerated() { statement.bind(35 + Int32(offset), row.times[status]) }
    }

    /// Reads a row of `SELECT *`. Words that this library does not know cannot be in a file of its form.
    static func read(_ statement: borrowing Statement) -> OutboxRow {
        var row = OutboxRow()
        row.number = statement.integer(0)
        row.nonce = UInt64(UInt(bitPattern: statement.integer(1)))
        row.account = statement.text(2) ?? ""
        row.api = apis.indices.contains(statement.integer(3)) ? apis[statement.integer(3)] : .cloud
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
        readStanding(&row, statement)
        row.changedAt = statement.integer(40)
        row.digest = statement.bytes(41) ?? []
        row.fallback = statement.bytes(42)
        row.payload = statement.bytes(43) ?? []
        return row
    }

    private static func readStanding(_ row: inout OutboxRow, _ statement: borrowing Statement) {
        row.state = RowState(rawValue: statement.integer(18)) ?? .uncertain
        row.due = statement.optionalInteger(19)
        row.timer = statement.optionalInteger(20)
        row.waits = statement.integer(21) == 1
        row.holds = statement.integer(22) == 1
        row.owner = statement.optionalInteger(23)
        row.attempts = statement.integer(24)
        row.repeats = statement.integer(25)
        row.resends = statement.integer(26)
        row.messageID = statement.text(27)
        row.waID = statement.text(28)
        row.isHeld = statement.integer(29) == 1
        row.heldText = statement.text(30)
        row.usedFallback = statement.integer(31) == 1
        row.fallbackCategory = RowCategory(rawValue: statement.integer(32)) ?? .unknown
        row.error = statement.bytes(33)
        for (offset, status) in DeliveryStatus.allCases.enumerated() {
            if let time = statement.optionalInteger(34 + Int32(offset)) { row.times[status] = time }
        }
    }
}
