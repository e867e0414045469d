// Decides whether a message that did not get through is tried again, and when. All values in, all values out: the time,
// the random number and what the server's headers asked for are arguments. Every pause of the library stands here.

/// When to try again, and when to give up. Times are milliseconds of one monotone clock.
package struct RetryPolicy: Sendable {
    /// Attempts in all, the first included. 1: never again.
    package var maxAttempts: Int
    /// Milliseconds since the message was handed over, after which no attempt begins.
    package var deadline: Int64
    /// Whether a message that may have gone out is sent again, and so perhaps twice.
    package var resendUncertain: Bool

    package enum Decision: Sendable, Equatable {
        /// Try again at this time, not before.
        case again(at: Int64)
        case giveUp
    }

    package init(maxAttempts: Int = 4, deadline: Int64 = 60_000, resendUncertain: Bool = false) {
        self.maxAttempts = maxAttempts
        self.deadline = deadline
        self.resendUncertain = resendUncertain
    }

    /// - Parameters:
    ///   - loss: what became of the last attempt.
    ///   - attempts: how many were made, the lost one included.
    ///   - waitHint: milliseconds that the server asked to wait (Retry-After, usage headers): never less than this.
    ///   - started: when the message was handed over.
    ///   - random: 64 random bits, for the jitter.
    package func decide(_ loss: Failure, attempts: Int, waitHint: Int64?, now: Int64, started: Int64, random: UInt64) -> Decision {
        guard attempts < maxAttempts, allows(loss) else { return .giveUp }
        let pause = max(RetryPolicy.pause(loss, attempts: attempts, random), waitHint ?? 0, 0)
        let again = now.plus(pause)
        return again <= last(started) ? .again(at: again) : .giveUp
    }

    /// The last moment at which an attempt may begin.
    package func last(_ started: Int64) -> Int64 { started.plus(max(deadline, 0)) }

    /// Whether such a loss may be followed by another attempt at all. The verdict on Meta's code is the only judge: Meta's
    /// `is_transient` is part of it where the table of error codes does not know the code.
    package func allows(_ loss: Failure) -> Bool {
        guard [.refused, .unreachable, .uncertain].contains(loss.code) else { return false }
        return switch loss.retry {
        case .backoff: true
        case .uncertain: resendUncertain
        case .never, .afterFix, .waitWindow: false
        }
    }

    // MARK: Pauses

    /// Full jitter: anything from nothing to this, doubled with every attempt. Callers that were refused together spread out.
    static let firstPause: Int64 = 500
    static let longestPause: Int64 = 60_000
    /// Meta's rule for the pair rate limit: 4^X seconds, X = 0, 1, 2, …; longer than a day is never asked for.
    static let longestPairPause: Int64 = 86_400_000
    /// An account in maintenance mode is being upgraded, which takes about a minute: a message is not tried again within the default
    /// deadline, which ends sooner. Its number slows down meanwhile, so that few messages are lost to it.
    static let maintenancePause: Int64 = 60_000

    static func pause(_ loss: Failure, attempts: Int, _ random: UInt64) -> Int64 {
        let code = loss.code == .refused ? loss.graph?.code : nil
        if code == MetaCode.pairRateLimit { return power(4, attempts, of: 1000, atMost: longestPairPause) }
        let longest = power(2, attempts, of: firstPause, atMost: longestPause)
        let jitter = Int64(truncatingIfNeeded: random.multipliedFullWidth(by: UInt64(longest.magnitude) + 1).high)
        return code.map(MetaCode.maintenance.contains) == true ? maintenancePause.plus(jitter) : jitter
    }

    /// `first` times `base` to the power of the attempts but one, up to a bound.
    private static func power(_ base: Int64, _ attempts: Int, of first: Int64, atMost longest: Int64) -> Int64 {
        var pause = first
        var rest = attempts
        while rest > 1, pause < longest {
            pause = pause.times(base)
            rest -= 1
        }
        return min(pause, longest)
    }
}

/// Codes of Meta's that the engine treats in a way of their own.
package enum MetaCode {
    /// Too many messages to one person; other recipients are not affected.
    package static let pairRateLimit = 131056
    /// The account is in maintenance, often because its throughput is being upgraded.
    static let maintenance: Set = [131057, 2_494_100]
    /// What slows down On-Premises: too many requests, overload, the rate limits for messages and for spam.
    static let onPremisesThrottles: Set = [1015, 1016, 429, 471]
}
