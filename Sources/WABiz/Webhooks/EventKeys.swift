// The keys of events, as a store of seen ones keeps them: read from a document of events, or from a list of keys.

/// What identifies the events of a document, in their order.
public struct EventKeys: Sendable {
    /// 16 bytes of SHA-256 for each event: bounded however long the key is, and the store holds no phone number.
    /// Nil for an event without a key, which is always new.
    public let digests: [[UInt8]?]

    /// - Parameter json: `{"events":[…]}` as the library wrote it, or `{"keys":["…",null,…]}`.
    /// - Throws: `.badJSON`, or `.badArgument` when it is neither.
    public init(json: [UInt8]) throws(Failure) {
        digests = try Tape.read(json, .tolerant, depth: EventWalk.depth) { (root) throws(Failure) in
            var digests: [[UInt8]?] = []
            if let events = root["events"], events.isArray {
                digests.reserveCapacity(events.count)
                for event in events.elements { digests.append(try EventKeys.digest(event["key"])) }
            } else if let keys = root["keys"], keys.isArray {
                digests.reserveCapacity(keys.count)
                for key in keys.elements { digests.append(try EventKeys.digest(key)) }
            } else {
                throw .badArgument("Pass the document of events as it came, or {\"keys\":[…]} with the keys of some.")
            }
            return digests
        }
    }

    private static func digest(_ key: JSONView?) throws(Failure) -> [UInt8]? {
        guard let key, key.isString || key.isNull else {
            throw .badArgument("An event has no \"key\"; pass the document of events as it came. A key is a string or null.")
        }
        guard key.isString else { return nil }
        // Canonical, so that a key is the same however its escapes are written.
        var text: [UInt8] = []
        guard Canonical.write(key, to: &text), let digest = Digest.sha256(text) else {
            throw Failure(.noMemory, "libcrypto could not compute SHA-256; free memory and check its configuration.")
        }
        return Array(digest.bytes.prefix(16))
    }
}

/// How a store of seen keys is kept.
public struct SeenOptions: Sendable {
    /// The SQLite file; nil keeps the keys in memory.
    public var path: String?
    /// Seconds that a key is kept. Meta repeats for up to 7 days.
    public var keepSeconds = 7 * 86_400
    /// Beyond this many the oldest are forgotten.
    public var maxKeys = 1_000_000
    /// Milliseconds to wait for another process that writes.
    public var busyTimeout = 5000

    public init(path: String? = nil) { self.path = path }

    /// - Throws: `.badJSON`, or `.badArgument` that names everything wrong at once.
    public init(json: [UInt8]?) throws(Failure) {
        guard let json else { return }
        self = try Tape.read(json) { (root) throws(Failure) in try SeenOptions(root) }
    }

    private init(_ root: JSONView) throws(Failure) {
        guard root.isObject else { throw .badArgument("The configuration is a JSON object; this is of kind \(root.kindName).") }
        var problems = Problems()
        func number(_ name: String, _ value: JSONView, _ range: ClosedRange<Int>) -> Int? {
            guard let number = value.integer, range.contains(number) else {
                problems.add(name, "write a whole number from \(range.lowerBound) to \(range.upperBound).")
                return nil
            }
            return number
        }
        for (name, value) in root.members {
            let name = name.string ?? ""
            switch name {
            case "path":
                path = value.string
                if value.writtenLength == 0 { problems.add(name, "write the path of a file, or leave it out to keep keys in memory.") }
            case "keep_seconds": keepSeconds = number(name, value, 1...31_536_000) ?? keepSeconds
            case "max_keys": maxKeys = number(name, value, 1...1_000_000_000) ?? maxKeys
            case "busy_timeout_ms": busyTimeout = number(name, value, 0...600_000) ?? busyTimeout
            default: problems.add(String(name.prefix(64)), "no such member; known are path, keep_seconds, max_keys, busy_timeout_ms.")
            }
        }
        try problems.raise(of: "store of seen keys")
    }
}

/// The option of one call: `{"now":…}`.
public struct ClockOption: Sendable {
    /// Unix seconds that stand in for the clock.
    public let now: Int?

    /// - Throws: `.badJSON`, or `.badArgument` naming what is wrong.
    public init(json: [UInt8]?) throws(Failure) {
        guard let json else {
            now = nil
            return
        }
        now = try Tape.read(json) { (root) throws(Failure) in
            guard root.isObject else { throw .badArgument("The options are of the kind \(root.kindName); write a JSON object or nothing.") }
            var now: Int?
            for (name, value) in root.members {
                guard name.equals("now") else { throw .badArgument("There is no option \"\(name.string ?? "")\"; there is \"now\".") }
                guard let number = value.integer, 0...ClockOption.latest ~= number else {
                    throw .badArgument("The option \"now\" is a number of seconds since 1970, an integer.")
                }
                now = number
            }
            return now
        }
    }

    /// The end of the year 9999.
    private static let latest = 253_402_300_799
}
