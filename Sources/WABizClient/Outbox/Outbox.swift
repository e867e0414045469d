// The outbox: messages stored until it is known what became of them. Here is the handle with put, get, list, cancel, retry,
// resume, prune and stats; webhooks are taken in by Outbox+Apply.swift. What happens to a row is decided in WABiz/Outbox.
import Glibc
public import WABiz

/// One outbox serves one thread at a time; several processes may share its file. After `fork()` the child opens its own.
public final class Outbox {
    public let options: OutboxOptions
    let store: OutboxStore
    /// Who sends: this handle, in the file and at the client's.
    let owner: Int
    let desk: UInt32
    /// What is under way.
    var flights = Flights()
    /// True after `drain`, until the next `step`: nothing is begun.
    var isDraining = false
    /// What a host waits on, once it has asked for it.
    var bell: OutboxBell?

    /// - Throws: `.storage` with a reason when the file cannot be used.
    public init(_ options: OutboxOptions) throws(Failure) {
        self.options = options
        owner = Int(truncatingIfNeeded: Outbox.random() >> 1)
        store = try OutboxStore(path: options.path, owner: owner, busyTimeout: options.busyTimeout)
        desk = UInt32(truncatingIfNeeded: Outbox.random()) | 1
    }

    /// What is still under way becomes uncertain: nobody is there any more to take in its answers.
    deinit {
        guard flights.hasHeld, !store.database.isForeign else { return }
        flights.client?.leave(owner: desk)
        try? store.forget(owner)
    }

    /// - Parameter config: the JSON configuration that wabiz.h lists.
    public convenience init(config: [UInt8]) throws(Failure) { try self.init(OutboxOptions(json: config)) }

    /// What `wabiz_outbox_open` tells of it: `{"schema":3,"rows":17}`.
    public func document() throws(Failure) -> Tree {
        ["schema": .integer(OutboxSchema.kind.version), "rows": .integer(try store.count())]
    }

    // MARK: Put

    /// Stores a message, or many of them in one transaction. They are on the disk when it returns.
    /// - Parameters:
    ///   - json: a complete payload or short form, or `{"messages":[…]}`.
    ///   - options: the options document of wabiz.h, or nil.
    /// - Returns: `{"id":…,"state":…,"new":…}`, or `{"rows":[…]}`.
    /// - Throws: `.invalid`, `.badJSON`, `.badArgument`, `.blocked`, `.conflict`, `.storage`, `.forked`: nothing was stored.
    public func put(_ json: [UInt8], options written: [UInt8]? = nil) throws(Failure) -> [UInt8] {
        try unsafe json.withUnsafeBufferPointer { (json) throws(Failure) in
            guard let written else { return try unsafe put(borrowing: UnsafeRawBufferPointer(json), options: nil).array }
            return try unsafe written.withUnsafeBufferPointer { (written) throws(Failure) in
                try unsafe put(borrowing: UnsafeRawBufferPointer(json), options: UnsafeRawBufferPointer(written)).array
            }
        }
    }

    /// The same for texts that the caller keeps until this returns.
    @unsafe package func put(borrowing json: UnsafeRawBufferPointer, options written: UnsafeRawBufferPointer?) throws(Failure) -> TextMemory {
        try checkProcess()
        defer { ring() }
        let given = try unsafe PutOptions(borrowing: written, api: options.api)
        let now = milliseconds(given.message.now)
        var request = try unsafe PutRequest(borrowing: json, given, options, now: now)
        return try store.transaction { () throws(Failure) in try put(&request, now) }
    }

    private func put(_ request: inout PutRequest, _ now: Int) throws(Failure) -> TextMemory {
        var json = JSONWriter(capacity: min(request.rows.count, 1000) * 320)
        var nonces = Nonces(for: request.rows.count)
        if request.isMany {
            json.beginObject()
            json.name("rows")
            json.beginArray()
        }
        for index in request.rows.indices {
            do { try put(&request.rows[index], &nonces, now, &json) } catch {
                guard request.isMany else { throw error }
                guard error.code == .blocked else { throw error.inside("/messages/\(index)", of: "Message \(index)") }
                // Of one among many it is the answer.
                json.raw(error.document.bytes)
            }
        }
        if request.isMany {
            json.endArray()
            json.endObject()
        }
        return json.finish()
    }

    /// Stores a row and writes its answer; where it throws, nothing was written.
    private func put(_ row: inout OutboxRow, _ nonces: inout Nonces, _ now: Int, _ json: inout JSONWriter) throws(Failure) {
        if let key = row.key, try isAnswered(row, under: key, now, &json) { return }
        let warnings = try admit(&row, now)
        let content = options.repeatInterval > 0 ? try row.contentDigest() : nil
        if let content { try refuseRepetition(content, now) }
        row.nonce = nonces.next()
        if let sequence = row.sequence, try store.isHeldBack(row.account, sequence, before: .max) { row.wait() }
        try store.insert(&row)
        if let key = row.key { try store.take(key, row) }
        if let content { try store.noteContent(content, of: row) }
        row.writeAnswer("new", true, warnings: warnings, to: &json)
    }

    /// Answers for a key that is taken by the same message; false when the key is free.
    private func isAnswered(_ row: OutboxRow, under key: String, _ now: Int, _ json: inout JSONWriter) throws(Failure) -> Bool {
        try store.dropKey(key, now: now)
        guard let taken = try store.key(key) else { return false }
        guard taken.digest == row.digest else {
            throw Failure(.conflict, "The key \"\(key)\" is taken by a different message; its row is \(taken.id). Use a new key for a new message.", retry: .never)
        }
        let known = try store.row(taken.id) ?? OutboxRow(pruned: taken.id, taken.state)
        known.writeAnswer("new", false, to: &json)
        return true
    }

    /// The rules about the person; the fallback takes over where they say so.
    private func admit(_ row: inout OutboxRow, _ now: Int) throws(Failure) -> [PutWarning] {
        // Nothing is forbidden to codes and utility templates.
        guard row.category == .marketing || row.category == .service else { return [] }
        switch PutRules.rule(row, try store.facts(row.account, row.person), checksWindow: options.checksWindow, now: now) {
        case .go(let warnings): return warnings
        case .refuse(let failure): throw failure
        case .goAsFallback:
            _ = row.takeFallback()
            return []
        }
    }

    private func refuseRepetition(_ content: [UInt8], _ now: Int) throws(Failure) {
        guard let number = try store.content(content, since: now - options.repeatInterval), let last = try store.row(number) else { return }
        switch last.state {
        case .failed, .expired, .cancelled, .blocked: return
        default: throw PutRules.repeated
        }
    }

    // MARK: Look

    /// A row with its message.
    /// - Throws: `.notFound`, `.storage`, `.forked`.
    public func get(_ id: String) throws(Failure) -> [UInt8] {
        try checkProcess()
        var json = JSONWriter()
        try row(id).write(to: &json, withMessage: true)
        return json.bytes
    }

    /// `{"rows":[…],"next":…}`.
    public func list(_ filter: RowFilter = RowFilter()) throws(Failure) -> [UInt8] {
        try checkProcess()
        let rows = try store.list(filter)
        let shown = rows.prefix(filter.limit)
        var json = JSONWriter()
        json.beginObject()
        json.name("rows")
        json.beginArray()
        for row in shown { row.write(to: &json) }
        json.endArray()
        json.name("next")
        if rows.count > shown.count, let last = shown.last { json.string(last.id.description) } else { json.null() }
        json.endObject()
        return json.bytes
    }

    /// Counts; it reads every row.
    public func stats() throws(Failure) -> Tree {
        try checkProcess()
        let now = milliseconds(nil)
        let counts = try store.counts()
        let totals = try store.totals(now)
        return .object([
            ("rows", .object(RowState.allCases.map { ($0.word, .integer(counts[$0] ?? 0)) })),
            ("due", .integer(totals.due)),
            ("next_at", totals.next.map { .integer($0 / 1000) } ?? .null),
            ("stopped", .integer(totals.stopped)),
            ("windows", .integer(totals.windows)),
            ("statuses", .integer(totals.statuses)),
            ("keys", .integer(totals.keys)),
        ])
    }

    // MARK: Change

    /// `{"id":…,"state":…,"cancelled":…}`.
    public func cancel(_ id: String) throws(Failure) -> [UInt8] {
        try checkProcess()
        defer { ring() }
        return try store.transaction { () throws(Failure) in
            let now = milliseconds(nil)
            var row = try row(id)
            let (change, isCancelled) = row.cancel(now: now)
            var moves = Moves()
            try carryOut(change, &row, now, &moves)
            return row.answer("cancelled", isCancelled).bytes
        }
    }

    /// `{"id":…,"state":…,"retried":…}`.
    /// - Throws: `.notFound`, `.blocked`, `.storage`, `.forked`.
    public func retry(_ id: String) throws(Failure) -> [UInt8] {
        try checkProcess()
        defer { ring() }
        return try store.transaction { () throws(Failure) in
            let now = milliseconds(nil)
            var row = try row(id)
            let change = row.retry(options.rules, now: now)
            guard change.moved else { return row.answer("retried", false).bytes }
            let warnings = try admit(&row, now)
            var moves = Moves()
            try carryOut(change, &row, now, &moves)
            return row.answer("retried", true, warnings: warnings).bytes
        }
    }

    /// Takes a person off the stop list: `{"person":…,"resumed":…}`.
    public func resume(_ person: String) throws(Failure) -> Tree {
        try checkProcess()
        let person = OutboxRow.person(person)
        guard !person.isEmpty else { throw .badArgument("\"person\" is a phone number or a user id.") }
        return try store.transaction { () throws(Failure) in
            let wasStopped = try store.facts(options.phoneNumberID, person).hasStopped
            for name in try store.names(options.phoneNumberID, person) {
                try store.stop(options.phoneNumberID, name, false, at: milliseconds(nil) / 1000)
            }
            return ["person": .string(person), "resumed": .bool(wasStopped)]
        }
    }

    /// Forgets what is old: `{"rows":…,"keys":…,"statuses":…,"more":…}`.
    public func prune(_ written: PruneOptions? = nil) throws(Failure) -> Tree {
        try checkProcess()
        let now = milliseconds(nil)
        let retention = written?.retention ?? options.retention
        return try store.transaction { () throws(Failure) in
            // The rule against repetition asks what became of a row.
            let (rows, more) = try pruneRows(changedBefore: now - max(retention, options.repeatInterval), now)
            let people = try store.forgetPeople(before: now - retention, limit: Outbox.pruned)
            let keys = try store.forgetKeys(until: now)
            let statuses = try store.forgetStatuses(before: now - Outbox.unmatchedLife)
            try store.forgetContent(before: now - options.repeatInterval)
            return ["rows": .integer(rows), "keys": .integer(keys), "statuses": .integer(statuses), "more": .bool(more || people >= Outbox.pruned)]
        }
    }

    /// How many rows one call removes at most.
    private static let pruned = 10_000
    /// How long a status waits for its row.
    static let unmatchedLife = 86_400_000

    private func pruneRows(changedBefore moment: Int, _ now: Int) throws(Failure) -> (count: Int, more: Bool) {
        var count = 0
        var last = 0
        while count < Outbox.pruned {
            let rows = try store.old(putBefore: moment, behind: last, limit: 1000)
            guard let end = rows.last else { return (count, false) }
            last = end.number
            for found in rows where found.isAtRest && found.changedAt <= moment {
                guard let row = try store.row(found.number) else { continue }
                if let key = row.key { try store.retire(key, row.state, until: now + options.keyRetention) }
                try store.delete(row)
                try store.notePruned(row.number)
                count += 1
            }
        }
        return (count, true)
    }

    // MARK: Inside

    private func row(_ id: String) throws(Failure) -> OutboxRow {
        guard let name = RowID(id), let row = try store.row(name) else {
            throw Failure(.notFound, "There is no row of this id; it may have been pruned.", retry: .never)
        }
        return row
    }

    /// Unix milliseconds: of an option, of the configuration, or of the clock.
    func milliseconds(_ now: Int?) -> Int {
        if let seconds = now ?? options.now { return seconds * 1000 }
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
    }

    static func random() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    func checkProcess() throws(Failure) {
        guard store.database.isForeign else { return }
        throw Failure(.forked, "This outbox belongs to the parent process. Open a new one after fork().")
    }
}
