// Owns one SQLite connection: opens it with the settings that several processes and a power cut ask for, runs statements,
// and leaves it alone in a child process. It knows nothing of what is stored.
import CSQLite
import Glibc
import WABiz

/// What a database file is for: whose it is and which form its tables have.
struct DatabaseKind {
    /// Written into the file's header, so that no other file is taken for ours.
    let application: Int32
    /// Counts up when the tables change.
    let version: Int
    /// Makes the tables of a new file.
    let schema: StaticString
    /// Step `i` makes version `i + 2` of version `i + 1`; a new file has `schema` at once.
    var migrations: [StaticString] = []
    /// True when a commit must survive a power cut; else the last ones may be lost, and nothing is damaged.
    var isDurable = false
}

/// One connection serves one thread at a time.
@safe final class Database {
    private let handle: OpaquePointer
    private let owner = getpid()

    private init(adopting handle: OpaquePointer) { unsafe self.handle = handle }

    /// In a child process the connection is left behind on purpose: releasing it would drop the parent's locks.
    deinit {
        if !isForeign { unsafe sqlite3_close_v2(handle) }
    }

    /// True in a process other than the one that opened it.
    var isForeign: Bool { getpid() != owner }

    /// Opens a file, or a database in memory.
    /// - Parameters:
    ///   - path: nil is memory. A new file is readable by its owner only.
    ///   - busyTimeout: milliseconds to wait for another process that writes.
    /// - Throws: `.storage`, also when the file is of another kind or newer than this library.
    static func open(path: String?, _ kind: DatabaseKind, busyTimeout: Int) throws(Failure) -> Database {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        if let path { claim(path) }
        // A path stands for itself: SQLite gives names that begin with a colon a meaning of their own.
        let name = path.map { $0.hasPrefix("/") ? $0 : "./" + $0 } ?? ":memory:"
        let code = unsafe sqlite3_open_v2(name, &handle, flags, nil)
        guard let handle = unsafe handle else { throw Failure(.noMemory, "SQLite has no memory for a connection.", retry: .backoff) }
        let database = unsafe Database(adopting: handle)
        guard code == SQLITE_OK else { throw database.failure("could not be opened") }
        unsafe sqlite3_busy_timeout(handle, Int32(clamping: busyTimeout))
        try database.prepareFile(kind, isFile: path != nil, busyTimeout: busyTimeout)
        return database
    }

    /// Makes the file before SQLite does, which would let everybody read it; also its companions take its mode.
    private static func claim(_ path: String) {
        let descriptor = unsafe Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOCTTY, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    private func prepareFile(_ kind: DatabaseKind, isFile: Bool, busyTimeout: Int) throws(Failure) {
        if isFile { try useWriteAheadLog(busyTimeout) }
        try execute(kind.isDurable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        try execute("PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192")
        if kind.isDurable { try checkIntegrity() }
        if try form(kind) == kind.version { return }
        try transaction { () throws(Failure) in
            // Another process may have been first.
            let form = try form(kind)
            if form == kind.version { return }
            if form == 0 {
                try execute(kind.schema)
            } else {
                for step in kind.migrations.dropFirst(form - 1) { try execute(step) }
            }
            try execute(text: "PRAGMA application_id = \(kind.application); PRAGMA user_version = \(kind.version)")
        }
    }

    /// Looks at every page; what stands on a damaged one must not be built upon.
    private func checkIntegrity() throws(Failure) {
        let check = try prepare("PRAGMA quick_check(1)")
        guard try check.step(), check.text(0) != "ok" else { return }
        throw Failure(.storage, "The database is damaged: \(check.text(0) ?? ""). Keep the file, and go on with a backup or a new one.").because("corrupt")
    }

    /// The change to the log needs the file alone, and SQLite does not always wait for it by itself.
    private func useWriteAheadLog(_ busyTimeout: Int) throws(Failure) {
        var waited = 0
        while true {
            do {
                return try execute("PRAGMA journal_mode = WAL")
            } catch {
                guard error.retry == .backoff, waited < busyTimeout else { throw error }
                usleep(10_000)
                waited += 10
            }
        }
    }

    /// The version of the tables in the file; 0 for a new one.
    private func form(_ kind: DatabaseKind) throws(Failure) -> Int {
        // In one view of the file: another process may be making it just now.
        try execute("SAVEPOINT look")
        defer { _ = unsafe sqlite3_exec(handle, "RELEASE look", nil, nil, nil) }
        let application = try integer("PRAGMA application_id")
        let version = try integer("PRAGMA user_version")
        let tables = try integer("SELECT count(*) FROM sqlite_master")
        if application == 0, version == 0, tables == 0 { return 0 }
        guard application == Int(kind.application), version > 0 else {
            throw Failure(.storage, "The file is a database of something else; name another file.").because("foreign")
        }
        guard version <= kind.version, version + kind.migrations.count >= kind.version else {
            throw Failure(.storage, "The file has the form \(version) and this library reads form \(kind.version); update the library or name another file.")
                .because("newer")
        }
        return version
    }

    // MARK: Statements

    func execute(_ sql: StaticString) throws(Failure) { try execute(text: "\(sql)") }

    private func execute(text: String) throws(Failure) {
        guard unsafe sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK else { throw failure("could not be changed") }
    }

    func prepare(_ sql: StaticString) throws(Failure) -> Statement {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(handle, "\(sql)", -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else { throw failure("could not be read") }
        return unsafe Statement(adopting: statement, of: self)
    }

    /// The first column of a query's first row; 0 when there is none.
    func integer(_ sql: StaticString) throws(Failure) -> Int {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : 0
    }

    /// How many rows the last statement changed.
    var changes: Int { unsafe Int(sqlite3_changes(handle)) }

    /// All of it or nothing; the file is locked for others from the start, so that nothing has to be tried twice.
    func transaction<Result: ~Copyable>(_ work: () throws(Failure) -> Result) throws(Failure) -> Result {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try work()
            try execute("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends a transaction that failed. SQLite may have rolled back already, and says so.
    func rollBack() { _ = unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }

    /// A failure in SQLite's words. Waiting helps where another process writes, and nowhere else.
    func failure(_ what: String) -> Failure {
        let code = unsafe sqlite3_errcode(handle) & 0xFF
        let words = unsafe String(cString: sqlite3_errmsg(handle))
        if code == SQLITE_NOMEM { return Failure(.noMemory, "SQLite has no memory.", retry: .backoff) }
        let isBusy = code == SQLITE_BUSY || code == SQLITE_LOCKED
        let advice = isBusy ? "Try again; another process writes for long." : "Check the path, its rights and the space on the disk."
        return Failure(.storage, "The database \(what): \(words). \(advice)", retry: isBusy ? .backoff : .afterFix).because(Database.reason(code))
    }

    /// One word for what was in the way.
    private static func reason(_ code: Int32) -> String {
        switch code {
        case SQLITE_BUSY, SQLITE_LOCKED: "busy"
        case SQLITE_FULL: "full"
        case SQLITE_READONLY, SQLITE_PERM: "read_only"
        case SQLITE_CORRUPT: "corrupt"
        case SQLITE_NOTADB: "foreign"
        default: "io"
        }
    }
}

/// A prepared statement. Parameters count from 1, columns from 0.
@safe struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let database: Database
    /// Where short texts stand while they are bound: SQLite would make a copy of each on the heap. One place for each parameter.
    private let texts: UnsafeMutableRawPointer
    private let places: Int32

    private static let place = 64

    fileprivate init(adopting handle: OpaquePointer, of database: Database) {
        unsafe self.handle = handle
        self.database = database
        unsafe places = sqlite3_bind_parameter_count(handle)
        unsafe texts = .allocate(byteCount: Int(places) * Statement.place, alignment: 8)
    }

    deinit {
        if !database.isForeign { unsafe sqlite3_finalize(handle) }
        unsafe texts.deallocate()
    }

    func bind(_ index: Int32, _ number: Int) { unsafe sqlite3_bind_int64(handle, index, sqlite3_int64(number)) }

    /// Without memory for the copy the parameter stays NULL, and `step` fails or finds nothing.
    func bind(_ index: Int32, _ bytes: [UInt8]) throws(Failure) {
        let code = unsafe bytes.withUnsafeBytes { unsafe wabiz_sqlite_bind_blob(handle, index, $0.baseAddress, sqlite3_uint64($0.count)) }
        guard code == SQLITE_OK else { throw database.failure("took no value") }
    }

    /// Without a copy: the bytes must stay where they are until the statement has ended, and nothing reads them after that.
    @unsafe func bind(_ index: Int32, inPlace bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
        guard unsafe sqlite3_bind_blob64(handle, index, bytes.baseAddress, sqlite3_uint64(bytes.count), nil) == SQLITE_OK else {
            throw database.failure("took no value")
        }
    }

    func bind(_ index: Int32, _ number: Int?) {
        if let number { bind(index, number) } else { unsafe sqlite3_bind_null(handle, index) }
    }

    func bind(_ index: Int32, _ bytes: [UInt8]?) throws(Failure) {
        if let bytes { try bind(index, bytes) } else { unsafe sqlite3_bind_null(handle, index) }
    }

    func bind(_ index: Int32, _ text: String?) throws(Failure) {
        guard var text else {
            unsafe sqlite3_bind_null(handle, index)
            return
        }
        let code = text.withUTF8 { utf8 in
            let place = Int(index - 1) * Statement.place
            guard utf8.count <= Statement.place, 1...max(places, 1) ~= index else {
                return unsafe utf8.withMemoryRebound(to: CChar.self) { unsafe wabiz_sqlite_bind_text(handle, index, $0.baseAddress, sqlite3_uint64($0.count)) }
            }
            if let start = utf8.baseAddress { unsafe (texts + place).copyMemory(from: start, byteCount: utf8.count) }
            return unsafe sqlite3_bind_text(handle, index, (texts + place).assumingMemoryBound(to: CChar.self), Int32(utf8.count), nil)
        }
        guard code == SQLITE_OK else { throw database.failure("took no value") }
    }

    /// True when there is a row to read; false at the end, and then the statement can be used again.
    func step() throws(Failure) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            unsafe sqlite3_reset(handle)
            return false
        default:
            let failure = database.failure("could not be read or written")
            unsafe sqlite3_reset(handle)
            throw failure
        }
    }

    /// Makes every parameter NULL.
    func unbind() { unsafe sqlite3_clear_bindings(handle) }

    /// Makes the statement usable again before its end was reached.
    func reset() { unsafe sqlite3_reset(handle) }

    func integer(_ column: Int32) -> Int { unsafe Int(sqlite3_column_int64(handle, column)) }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    func optionalInteger(_ column: Int32) -> Int? { isNull(column) ? nil : integer(column) }

    /// Nil for SQL's NULL.
    func bytes(_ column: Int32) -> [UInt8]? {
        if isNull(column) { return nil }
        let start = unsafe sqlite3_column_blob(handle, column)
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// Nil for SQL's NULL.
    func text(_ column: Int32) -> String? {
        if isNull(column) { return nil }
        let start = unsafe sqlite3_column_blob(handle, column)
        return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self)
    }
}
