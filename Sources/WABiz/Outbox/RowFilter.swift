// Which rows `list` shows, and the options of `prune`.

public struct RowFilter: Sendable {
    /// Empty: all of them.
    public var states: [RowState] = []
    public var key: String?
    public var messageID: String?
    public var sequence: String?
    /// As rules compare it.
    public var person: String?
    public var phoneNumberID: String?
    public var limit = 100
    /// Rows behind this one.
    public var after: RowID?

    public init() {}

    /// Rows for a person, however the number is written.
    public mutating func setPerson(_ written: String?) { person = written.map(OutboxRow.person) }

    /// - Throws: `.badJSON`, or `.badArgument` naming what is wrong.
    public init(json: [UInt8]?) throws(Failure) {
        guard let json else { return }
        self = try Tape.read(json) { (root) throws(Failure) in
            guard root.isObject else { throw .badArgument("The options are of the kind \(root.kindName); write a JSON object or nothing.") }
            var filter = RowFilter()
            for (name, value) in root.members { try filter.read(name.string ?? "", value) }
            return filter
        }
    }

    private mutating func read(_ name: String, _ value: JSONView) throws(Failure) {
        func text() throws(Failure) -> String {
            guard let text = value.string else { throw .badArgument("The option \"\(name)\" is a text.") }
            return text
        }
        switch name {
        case "state":
            states = []
            if value.isArray {
                for element in value.elements { states.append(try RowFilter.state(element)) }
            } else {
                states = [try RowFilter.state(value)]
            }
        case "key": key = try text()
        case "message_id": messageID = try text()
        case "sequence": sequence = try text()
        case "to": person = OutboxRow.person(try text())
        case "phone_number_id": phoneNumberID = try text()
        case "limit":
            guard let number = value.integer, 1...1000 ~= number else { throw .badArgument("The option \"limit\" is a whole number from 1 to 1000.") }
            limit = number
        case "after":
            if value.isNull { return }
            guard let id = RowID(try text()) else { throw .badArgument("The option \"after\" is the id of a row.") }
            after = id
        default:
            throw .badArgument("There is no option \"\(String(name.prefix(64)))\"; there are \"state\", \"key\", \"message_id\", \"sequence\", \"to\", \"phone_number_id\", \"limit\" and \"after\".")
        }
    }

    private static func state(_ value: JSONView) throws(Failure) -> RowState {
        guard let state = value.string.flatMap(RowState.init(word:)) else {
            throw .badArgument("The option \"state\" is one of " + RowState.allCases.map { "\"\($0.word)\"" }.joined(separator: ", ") + ", or an array of some.")
        }
        return state
    }
}

/// The options of `prune`.
public struct PruneOptions: Sendable {
    /// Milliseconds, in place of the configuration's.
    public var retention: Int?

    public init() {}

    /// - Throws: `.badJSON`, or `.badArgument` naming what is wrong.
    public init(json: [UInt8]?) throws(Failure) {
        guard let json else { return }
        retention = try Tape.read(json) { (root) throws(Failure) in
            guard root.isObject else { throw .badArgument("The options are of the kind \(root.kindName); write a JSON object or nothing.") }
            var retention: Int?
            for (name, value) in root.members {
                guard name.equals("retention_seconds"), let number = value.integer, 0...31_536_000 ~= number else {
                    throw .badArgument("The only option is \"retention_seconds\", a whole number from 0 to 31536000.")
                }
                retention = number * 1000
            }
            return retention
        }
    }
}
