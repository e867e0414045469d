// How much is under way at once, how fast it goes out and how often it is tried. The numbers of Meta's are in messages.md
// 7.4: 80 messages a second and one in 6 seconds to one person after a burst of 45; On-Premises 70 a second.

public struct DeliveryOptions: Sendable {
    /// Requests under way at once, 1 to 1000.
    public let maxInFlight: Int
    /// Messages handed over and not finished, 1 to 10000000.
    public let maxQueued: Int
    /// Attempts in all, 1 to 100; 1: never again.
    public let maxAttempts: Int
    /// Milliseconds from the submit, 1 to 2592000000 (30 days): no attempt begins after it.
    public let deadline: Int
    /// Sends again what may have gone out: somebody may get it twice.
    public let resendUncertain: Bool
    /// Messages a second of each number, 1 to 1000; 0: no pace; nil: 80, On-Premises 70.
    public let messagesPerSecond: Int?
    /// Milliseconds between two messages to one recipient once the burst is used up, 0 to 600000; 0: no rule; nil: 6000,
    /// On-Premises no rule, unless `pairBurst` is there.
    public let pairInterval: Int?
    /// Messages to one recipient without a pause, 1 to 1000; nil: 45.
    public let pairBurst: Int?
    /// A descriptor that gets one JSON line per request and decision; it stays the caller's.
    public let logDescriptor: Int32?

    /// - Throws: `.badArgument` that names everything wrong at once.
    public init(
        maxInFlight: Int = 64, maxQueued: Int = 4096, maxAttempts: Int = 4, deadline: Int = 60_000, resendUncertain: Bool = false,
        messagesPerSecond: Int? = nil, pairInterval: Int? = nil, pairBurst: Int? = nil, logDescriptor: Int32? = nil
    ) throws(Failure) {
        var problems = Problems()
        self.init(
            DeliveryFields(
                maxInFlight: maxInFlight, maxQueued: maxQueued, maxAttempts: maxAttempts, deadline: deadline,
                resendUncertain: resendUncertain, messagesPerSecond: messagesPerSecond, pairInterval: pairInterval, pairBurst: pairBurst,
                log: logDescriptor.map(Int.init)), &problems)
        try problems.raise()
    }

    init(_ fields: DeliveryFields, _ problems: inout Problems) {
        fields.check(&problems)
        maxInFlight = fields.maxInFlight ?? 64
        maxQueued = fields.maxQueued ?? 4096
        maxAttempts = fields.maxAttempts ?? 4
        deadline = fields.deadline ?? 60_000
        resendUncertain = fields.resendUncertain ?? false
        messagesPerSecond = fields.messagesPerSecond
        pairInterval = fields.pairInterval
        pairBurst = fields.pairBurst
        logDescriptor = fields.log.map(Int32.init(truncatingIfNeeded:))
    }
}

extension DeliveryOptions {
    /// Bounds that the options of one message have, too.
    package static let attempts = 1...100
    package static let deadlines = 1...2_592_000_000

    package var policy: RetryPolicy { RetryPolicy(maxAttempts: maxAttempts, deadline: Int64(deadline), resendUncertain: resendUncertain) }

    /// The pace of one number.
    package func throughput(for api: API) -> Throughput { Throughput(limit: messagesPerSecond ?? (api == .onPremises ? 70 : 80)) }

    /// The pair rule of one number. On-Premises it is off: the client there queues by itself.
    package func pairRule(for api: API) -> PairRule {
        let standard = api == .onPremises && pairBurst == nil ? 0 : 6000
        return PairRule(interval: pairInterval ?? standard, burst: pairBurst ?? 45)
    }
}

/// The same as it was written, before it is checked.
struct DeliveryFields {
    var maxInFlight: Int?
    var maxQueued: Int?
    var maxAttempts: Int?
    var deadline: Int?
    var resendUncertain: Bool?
    var messagesPerSecond: Int?
    var pairInterval: Int?
    var pairBurst: Int?
    var log: Int?

    func check(_ problems: inout Problems) {
        problems.check("max_in_flight", maxInFlight, 1...1000, "requests")
        problems.check("max_queued", maxQueued, 1...10_000_000, "messages")
        problems.check("max_attempts", maxAttempts, DeliveryOptions.attempts, "attempts")
        problems.check("deadline_ms", deadline, DeliveryOptions.deadlines, "milliseconds")
        problems.check("messages_per_second", messagesPerSecond, 0...1000, "messages")
        problems.check("pair_interval_ms", pairInterval, 0...600_000, "milliseconds")
        problems.check("pair_burst", pairBurst, 1...1000, "messages")
        problems.check("log", log, 0...Int(Int32.max), "descriptors")
    }
}
