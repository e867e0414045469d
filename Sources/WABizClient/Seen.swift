// Remembers which events were handled, for as long as Meta may repeat them. In two steps, so that nothing is lost: `check`
// says what is new and notes nothing; `mark` is called once the events are handled. A crash between repeats an event.
import Glibc
public import WABiz

/// One store serves one thread at a time. A file may be shared by several processes. After `fork()` the child opens its own.
public final class Seen {
    public let options: SeenOptions
    private let database: Database

    private static let kind = DatabaseKind(
        application: 0x5742_7365, version: 1,
        schema: """
            CREATE TABLE seen (key BLOB PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
            CREATE INDEX seen_by_time ON seen (time);
            CREATE TABLE total (keys INTEGER NOT NULL);
            INSERT INTO total VALUES (0)
            """)

    /// - Throws: `.storage` when the file cannot be used.
    public init(_ options: SeenOptions = SeenOptions()) throws(Failure) {
        self.options = options
        database = try Database.open(path: options.path, Seen.kind, busyTimeout: options.busyTimeout)
    }

    /// - Parameter config: the JSON configuration that wabiz.h lists; nil keeps the keys in memory.
    public convenience init(config: [UInt8]?) throws(Failure) { try self.init(SeenOptions(json: config)) }

    /// What `wabiz_seen_open` tells of it.
    public var document: Tree {
        [
            "storage": options.path == nil ? "memory" : "file", "keep_seconds": .integer(options.keepSeconds),
            "max_keys": .integer(options.maxKeys),
        ]
    }

    /// Which events were not marked before, by their number from 0. Of events with the same key the first is new.
    public struct Check: Sendable {
        public let new: [Int]
        public let repeated: [Int]

        /// `{"new":[0,2],"repeated":[1]}`.
        public var document: Tree {
            ["new": .array(new.map(Tree.integer)), "repeated": .array(repeated.map(Tree.integer))]
        }
    }

    /// - Parameter now: Unix seconds; nil asks the clock.
    /// - Throws: `.storage`, `.forked`.
    public func check(_ keys: EventKeys, now: Int? = nil) throws(Failure) -> Check {
        try checkProcess()
        let query = try database.prepare("SELECT 1 FROM seen WHERE key = ?1 AND time > ?2")
        query.bind(2, oldest(now))
        var new: [Int] = []
        var repeated: [Int] = []
        var here: Set<[UInt8]> = []
        for (number, digest) in keys.digests.enumerated() {
            guard let digest else {
                new.append(number)
                continue
            }
            try query.bind(1, digest)
            let wasMarked = try query.step()
            query.reset()
            let isFirst = here.insert(digest).inserted
            if wasMarked || !isFirst { repeated.append(number) } else { new.append(number) }
        }
        return Check(new: new, repeated: repeated)
    }

    /// How many keys were new to the store, and how many it forgot before their time to make room.
    public struct Mark: Sendable {
        public let marked: Int
        public let forgotten: Int

        /// `{"marked":2,"forgotten":0}`.
        public var document: Tree { ["marked": .integer(marked), "forgotten": .integer(forgotten)] }
    }

    /// Notes the keys, all or none. One that was noted before is kept for another full time.
    /// - Throws: `.storage`, `.forked`.
    public func mark(_ keys: EventKeys, now: Int? = nil) throws(Failure) -> Mark {
        try checkProcess()
        let time = now ?? Glibc.time(nil)
        return try database.transaction { () throws(Failure) in
            let expired = try remove("DELETE FROM seen WHERE time <= ?1", oldest(time))
            let added = try insert(keys, time)
            let total = try database.integer("SELECT keys FROM total") - expired + added
            let forgotten = total > options.maxKeys ? try remove("DELETE FROM seen WHERE key IN (SELECT key FROM seen ORDER BY time LIMIT ?1)", total - options.maxKeys) : 0
            let update = try database.prepare("UPDATE total SET keys = ?1")
            update.bind(1, total - forgotten)
            _ = try update.step()
            return Mark(marked: added, forgotten: forgotten)
        }
    }

    private func insert(_ keys: EventKeys, _ time: Int) throws(Failure) -> Int {
        let insert = try database.prepare("INSERT INTO seen (key, time) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING")
        let update = try database.prepare("UPDATE seen SET time = max(time, ?2) WHERE key = ?1")
        insert.bind(2, time)
        update.bind(2, time)
        var added = 0
        for case let digest? in keys.digests {
            try insert.bind(1, digest)
            _ = try insert.step()
            if database.changes > 0 {
                added += 1
            } else {
                try update.bind(1, digest)
                _ = try update.step()
            }
        }
        return added
    }

    private func remove(_ sql: StaticString, _ value: Int) throws(Failure) -> Int {
        let delete = try database.prepare(sql)
        delete.bind(1, value)
        _ = try delete.step()
        return database.changes
    }

    /// Keys of this time and before are as good as gone.
    private func oldest(_ now: Int?) -> Int { (now ?? time(nil)) - options.keepSeconds }

    private func checkProcess() throws(Failure) {
        guard database.isForeign else { return }
        throw Failure(.forked, "This store belongs to the parent process. Open a new one after fork().")
    }
}
