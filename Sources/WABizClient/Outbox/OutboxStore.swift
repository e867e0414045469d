// The one seam between the outbox and its storage: every SQL statement about rows stands here and in its extensions, so that
// another store can take its place. It decides nothing. Times are Unix milliseconds.
import WABiz

final class OutboxStore {
    let database: Database
    /// Who writes: this handle.
    let owner: Int
    private var prepared: [UInt: Prepared] = [:]
    /// This one's rows under way as they stand in the file: what comes back for them is recorded without reading them again. Only inside a
    /// transaction, where nobody else can write.
    private var underWay: [Int: OutboxRow] = [:]
    private var isWriting = false
    /// Counts what other connections wrote.
    private var version = 0
    /// The number of the next row of this transaction, once it was looked up.
    var nextNumber: Int?
    /// Which of the tables for what is rare hold anything, once this transaction has looked: mostly they don't.
    var strays: Strays?

    struct Strays {
        /// Further ids of rows.
        var ids: Bool
        /// Statuses that no row knows yet.
        var statuses: Bool
        /// Other names of people.
        var names: Bool
    }

    /// A statement that is kept for the next time.
    private final class Prepared {
        let statement: Statement
        init(_ statement: consuming Statement) { self.statement = statement }
    }

    /// - Throws: `.storage` with a reason.
    init(path: String, owner: Int, busyTimeout: Int) throws(Failure) {
        self.owner = owner
        database = try Database.open(path: path, OutboxSchema.kind, busyTimeout: busyTimeout)
    }

    /// All of it or nothing; the file is locked for others from the start, so that nothing has to be tried twice.
    func transaction<Result: ~Copyable>(_ work: () throws(Failure) -> Result) throws(Failure) -> Result {
        try change("BEGIN IMMEDIATE") { (_) throws(Failure) in }
        isWriting = true
        defer {
            isWriting = false
            nextNumber = nil
            strays = nil
        }
        do {
            let version = try number("PRAGMA data_version") { (_) throws(Failure) in } ?? 0
            if version != self.version { underWay = [:] }
            self.version = version
            let result = try work()
            try change("COMMIT") { (_) throws(Failure) in }
            return result
        } catch {
            database.rollBack()
            underWay = [:]
            throw error
        }
    }

    // MARK: Rows under way

    /// The row as it was written last, if it is under way.
    func known(_ number: Int) -> OutboxRow? { isWriting ? underWay[number] : nil }

    /// It stands in the file like this now.
    func know(_ row: OutboxRow) {
        if row.state == .sending, row.owner == owner { underWay[row.number] = row } else { underWay[row.number] = nil }
    }

    var underWayCount: Int { underWay.count }

    func forgetKnown(_ number: Int) { underWay[number] = nil }

    // MARK: Statements

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
}
