// The configuration of an outbox as wabiz.h lists it. What it does not know is refused: a misspelt "retention_seconds" must
// not be passed over in silence.

/// How an outbox is kept. Seconds are stored as the rules use them, in milliseconds.
public struct OutboxOptions: Sendable {
    /// The SQLite file.
    public var path: String
    /// `.cloud`, which serves marketing messages too, or `.onPremises`.
    public var api = API.cloud
    /// The number that rows are sent from; empty for On-Premises.
    public var phoneNumberID = ""
    /// Whether free-form messages to closed windows are refused.
    public var checksWindow = true
    /// Milliseconds for which the same content is not put again for the same person; 0: no such rule.
    public var repeatInterval = 0
    /// What rows of sequences wait for, and what becomes of a sequence that fails, where a row says nothing.
    public var after = SequenceStep.delivered
    public var sequenceTimeout = 86_400_000
    public var sequenceFailure = SequenceFailure.stop
    public var retention = 30 * 86_400_000
    public var keyRetention = 30 * 86_400_000
    public var lease = 60_000
    /// Milliseconds to wait for another process that writes.
    public var busyTimeout = 5000
    /// Unix seconds that stand in for the clock.
    public var now: Int?
    package var rules = RowRules()

    /// What becomes of an uncertain row that no webhook settles, and when.
    public var uncertain: UncertainPolicy {
        get { rules.uncertain }
        set { rules.uncertain = newValue }
    }

    public init(path: String, phoneNumberID: String = "") {
        self.path = path
        self.phoneNumberID = phoneNumberID
    }

    /// - Throws: `.badJSON`, or `.badArgument` that names everything wrong at once.
    public init(json: [UInt8]) throws(Failure) {
        self.init(path: "")
        var problems = Problems()
        var given: Set<String> = []
        try Tape.read(json) { (root) throws(Failure) in
            guard root.isObject else { throw .badArgument("The configuration is a JSON object; this is of kind \(root.kindName).") }
            for (name, value) in root.members {
                let name = name.string ?? ""
                if !given.insert(name).inserted { problems.add(String(name.prefix(64)), "stands there twice; keep one.") }
                read(name, value, &problems)
            }
        }
        check(given, &problems)
        try problems.raise(of: "outbox")
    }

    private mutating func read(_ name: String, _ value: JSONView, _ problems: inout Problems) {
        func number(_ range: ClosedRange<Int>) -> Int? {
            if let number = value.integer, range.contains(number) { return number }
            problems.add(name, "write a whole number from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        func seconds(_ range: ClosedRange<Int>, _ otherwise: Int) -> Int { number(range).map { $0 * 1000 } ?? otherwise }
        func word<Value>(_ words: [(String, Value)]) -> Value? {
            if let found = words.first(where: { $0.0 == value.string }) { return found.1 }
            problems.add(name, "write " + words.map { "\"\($0.0)\"" }.joined(separator: " or ") + ".")
            return nil
        }
        switch name {
        case "path": path = value.string ?? ""
        case "api": api = word([("cloud", .cloud), ("on_premises", .onPremises)]) ?? api
        case "phone_number_id": phoneNumberID = value.string ?? ""
        case "uncertain": rules.uncertain = word(UncertainPolicy.allCases.map { ($0.rawValue, $0) }) ?? rules.uncertain
        case "uncertain_seconds": rules.uncertainWait = seconds(0...2_592_000, rules.uncertainWait)
        case "marketing_seconds": readPauses(value, &problems)
        case "window": checksWindow = word([("check", true), ("ignore", false)]) ?? checksWindow
        case "repeat_seconds": repeatInterval = seconds(0...31_536_000, 0)
        case "expire_seconds": rules.expireAfter = seconds(1...31_536_000, rules.expireAfter)
        case "after": after = word(SequenceStep.allCases.map { ($0.word, $0) }) ?? after
        case "sequence_timeout_seconds": sequenceTimeout = seconds(1...31_536_000, sequenceTimeout)
        case "sequence_failure": sequenceFailure = word(SequenceFailure.allCases.map { ($0.word, $0) }) ?? sequenceFailure
        case "retention_seconds": retention = seconds(0...31_536_000, retention)
        case "key_retention_seconds": keyRetention = seconds(0...315_360_000, keyRetention)
        case "lease_seconds": lease = seconds(5...3600, lease)
        case "busy_timeout_ms": busyTimeout = number(0...600_000) ?? busyTimeout
        case "now": now = number(0...OutboxOptions.latest)
        default: problems.add(String(name.prefix(64)), "no such member; known are \(OutboxOptions.members).")
        }
    }

    private mutating func readPauses(_ value: JSONView, _ problems: inout Problems) {
        let pauses = value.elements.compactMap { view in view.integer.flatMap { 1...31_536_000 ~= $0 ? $0 * 1000 : nil } }
        guard value.isArray, value.count <= 16, pauses.count == value.count else {
            return problems.add("marketing_seconds", "write an array of up to 16 whole numbers from 1 to 31536000.")
        }
        rules.marketingPauses = pauses
    }

    private func check(_ given: Set<String>, _ problems: inout Problems) {
        if path.isEmpty || path.utf8.contains(0) { problems.add("path", "write the path of a file.") }
        let isNumber = !phoneNumberID.isEmpty && phoneNumberID.utf8.count <= 64 && phoneNumberID.utf8.allSatisfy { 0x30...0x39 ~= $0 }
        if api == .cloud, !isNumber { problems.add("phone_number_id", "write the id of the number that is sent from, digits.") }
        if api == .onPremises, given.contains("phone_number_id") { problems.add("phone_number_id", "leave it out: On-Premises has none.") }
        if api == .onPremises, rules.uncertain == .wait {
            problems.add("uncertain", "write \"report\" or \"resend\": On-Premises sends nothing back that could settle it.")
        }
    }

    private static let members = """
        path, api, phone_number_id, uncertain, uncertain_seconds, marketing_seconds, window, repeat_seconds, expire_seconds, after, \
        sequence_timeout_seconds, sequence_failure, retention_seconds, key_retention_seconds, lease_seconds, busy_timeout_ms, now
        """

    /// The end of the year 9999.
    static let latest = 253_402_300_799
}
