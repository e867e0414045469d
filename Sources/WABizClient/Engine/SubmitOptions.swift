// What a caller may say about one message beside the message itself: its options for checking, and how it is to be delivered.
public import WABiz

/// How one message is to be delivered.
public struct SubmitOptions: Sendable {
    /// JSON text that comes back in the outcome.
    public var tag: [UInt8]?
    /// Sends by another number or token than the client's.
    public var account: AccountOverride?
    /// 1 to 100; nil: the client's.
    public var maxAttempts: Int?
    /// Milliseconds from the submit, 1 to 2592000000; nil: the client's.
    public var deadline: Int?
    /// Sends again what may have gone out; nil: the client's.
    public var resendUncertain: Bool?

    public init(
        tag: [UInt8]? = nil, account: AccountOverride? = nil, maxAttempts: Int? = nil, deadline: Int? = nil, resendUncertain: Bool? = nil
    ) {
        self.tag = tag
        self.account = account
        self.maxAttempts = maxAttempts
        self.deadline = deadline
        self.resendUncertain = resendUncertain
    }

    /// Reads the options document of `wabiz.h`, both what the check and what the delivery is told.
    /// - Throws: `.badJSON`, or `.badArgument` naming what is wrong.
    static func read(_ json: UnsafeRawBufferPointer?, _ api: API) throws(Failure) -> (check: MessageOptions, delivery: SubmitOptions) {
        var delivery = SubmitOptions()
        let check = try unsafe MessageOptions(borrowing: json, defaults: MessageOptions(api: api), names: names) { (name, value) throws(Failure) in
            try delivery.take(name, value)
        }
        return (check, delivery)
    }

    private static let names = #"; for delivery "tag", "account", "max_attempts", "deadline_ms" and "resend_uncertain""#

    private mutating func take(_ name: JSONView, _ value: JSONView) throws(Failure) -> Bool {
        if name.equals("tag") {
            tag = value.raw
        } else if name.equals("account") {
            account = try AccountOverride(value)
        } else if name.equals("max_attempts") {
            maxAttempts = try SubmitOptions.number(value, DeliveryOptions.attempts, "max_attempts")
        } else if name.equals("deadline_ms") {
            deadline = try SubmitOptions.number(value, DeliveryOptions.deadlines, "deadline_ms")
        } else if name.equals("resend_uncertain") {
            guard let bool = value.bool else { throw .badArgument("The option \"resend_uncertain\" is true or false.") }
            resendUncertain = bool
        } else {
            return false
        }
        return true
    }

    /// Checks what was not read by `read(_:_:)`.
    /// - Throws: `.badArgument` for a number out of its bounds or a tag that is no JSON.
    func check() throws(Failure) {
        if let maxAttempts { try SubmitOptions.check(maxAttempts, DeliveryOptions.attempts, "max_attempts") }
        if let deadline { try SubmitOptions.check(deadline, DeliveryOptions.deadlines, "deadline_ms") }
        guard let tag else { return }
        do throws(Failure) {
            try Tape.read(tag) { _ in }
        } catch {
            throw .badArgument("The tag is not JSON: \(error.message)")
        }
    }

    private static func number(_ value: JSONView, _ range: ClosedRange<Int>, _ name: String) throws(Failure) -> Int {
        guard let number = value.integer else { throw .badArgument("The option \"\(name)\" is an integer.") }
        try check(number, range, name)
        return number
    }

    private static func check(_ number: Int, _ range: ClosedRange<Int>, _ name: String) throws(Failure) {
        guard range ~= number else { throw .badArgument("The option \"\(name)\" is an integer from \(range.lowerBound) to \(range.upperBound).") }
    }
}
