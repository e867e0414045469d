// How a message is put into the outbox: the options of one call, or of one element of many. MessageOptions reads them and hands
// over those that it does not know.

/// Options of `put`. Times are Unix seconds.
public struct PutOptions: Sendable {
    public var message = MessageOptions()
    public var key: String?
    /// Any JSON.
    public var tag: [UInt8]?
    public var sendAt: Int?
    public var expiresAt: Int?
    /// 0 goes first, 2 last; nil goes by category.
    public var priority: Int?
    public var sequence: String?
    /// Nil takes the outbox's, as for the next two.
    public var after: SequenceStep?
    /// Milliseconds.
    public var sequenceTimeout: Int?
    public var sequenceFailure: SequenceFailure?
    /// A template message for the same person: JSON, complete or short.
    public var fallback: [UInt8]?
    public var phoneNumberID: String?

    public init() {}

    /// - Throws: `.badJSON`, or `.badArgument` naming what is wrong.
    public init(json: [UInt8]?, api: API) throws(Failure) {
        guard let json else {
            unsafe try self.init(borrowing: nil, api: api)
            return
        }
        self = try unsafe json.withUnsafeBufferPointer { (json) throws(Failure) in
            try unsafe PutOptions(borrowing: UnsafeRawBufferPointer(json), api: api)
        }
    }

    /// The same for a text that the caller keeps until this returns.
    @unsafe package init(borrowing json: UnsafeRawBufferPointer?, api: API) throws(Failure) {
        message.api = api
        guard let json = unsafe json else { return }
        self = try unsafe Tape.read(json) { [defaults = self] (root) throws(Failure) in try PutOptions(root, defaults: defaults) }
    }

    /// - Parameter isElement: `message` stands beside the options.
    init(_ root: JSONView, defaults: PutOptions, isElement: Bool = false) throws(Failure) {
        var own = defaults
        let check = try MessageOptions(root, defaults: defaults.message, names: PutOptions.names) { (name, value) throws(Failure) in
            if isElement, name.equals("message") { return true }
            return try own.read(name.string ?? "", value)
        }
        self = own
        message = check
    }

    private static let names = """
        ; for the outbox "key", "tag", "send_at", "expires_at", "priority", "sequence", "after", "sequence_timeout_seconds", \
        "sequence_failure", "fallback" and "phone_number_id"
        """

    /// False when it is no option of the outbox's own.
    private mutating func read(_ name: String, _ value: JSONView) throws(Failure) -> Bool {
        switch name {
        case "key": key = try PutOptions.name(name, value)
        case "sequence": sequence = try PutOptions.name(name, value)
        case "tag":
            guard unsafe value.slice.count <= 65_536 else { throw .badArgument("The option \"tag\" is longer than 65536 bytes; keep it elsewhere and tag with its name.") }
            tag = value.raw
        case "send_at": sendAt = try PutOptions.number(name, value, 0...OutboxOptions.latest)
        case "expires_at": expiresAt = try PutOptions.number(name, value, 0...OutboxOptions.latest)
        case "priority": priority = try PutOptions.number(name, value, 0...2)
        case "sequence_timeout_seconds": sequenceTimeout = try PutOptions.number(name, value, 1...31_536_000) * 1000
        case "after":
            guard let step = SequenceStep.allCases.first(where: { $0.word == value.string }) else {
                throw .badArgument("The option \"after\" is \"sent\", \"delivered\" or \"read\".")
            }
            after = step
        case "sequence_failure":
            guard let failure = SequenceFailure.allCases.first(where: { $0.word == value.string }) else {
                throw .badArgument("The option \"sequence_failure\" is \"stop\" or \"skip\".")
            }
            sequenceFailure = failure
        case "fallback":
            guard value.isObject else { throw .badArgument("The option \"fallback\" is a template message, an object.") }
            fallback = value.raw
        case "phone_number_id":
            guard let id = value.string, !id.isEmpty, id.utf8.count <= 64, id.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
                throw .badArgument("The option \"phone_number_id\" is the id of the number that is sent from, digits.")
            }
            phoneNumberID = id
        default: return false
        }
        return true
    }

    private static func name(_ name: String, _ value: JSONView) throws(Failure) -> String {
        guard let text = value.string, 1...256 ~= text.utf8.count, !text.utf8.contains(0) else {
            throw .badArgument("The option \"\(name)\" is a text of 1 to 256 bytes.")
        }
        return text
    }

    private static func number(_ name: String, _ value: JSONView, _ range: ClosedRange<Int>) throws(Failure) -> Int {
        guard let number = value.integer, range.contains(number) else {
            throw .badArgument("The option \"\(name)\" is a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}
