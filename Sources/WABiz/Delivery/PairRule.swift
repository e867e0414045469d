// Meta's pair rate limit, kept before Meta has to: to one person one message per 6 seconds, after a burst of up to 45 that
// is borrowed from the quota that follows. It is the generic cell rate algorithm, one time per recipient, and what has
// recovered is forgotten. Milliseconds of one monotone clock, which is the caller's.

package struct PairRule: Sendable {
    /// Milliseconds per message; 0: no rule.
    package let interval: Int64
    /// How many may go at once.
    package let burst: Int
    /// The caller's recipient key to the time at which its whole burst is back.
    private var whole: [UInt64: Int64] = [:]
    private var sweepAt = PairRule.smallest

    /// A provider has thousands of numbers, each with a rule of its own.
    private static let smallest = 64

    package init(interval: Int, burst: Int) {
        self.interval = Int64(max(interval, 0))
        self.burst = max(burst, 1)
    }

    /// How many recipients are remembered.
    package var count: Int { whole.count }

    /// Nothing is known that a new one would not know: it may be forgotten.
    package func isFresh(_ now: Int64) -> Bool { whole.values.allSatisfy { $0 <= now } }

    private var pace: Pace { Pace(interval: interval, tolerance: tolerance) }

    /// How far ahead of its quota a recipient may be.
    private var tolerance: Int64 { interval.times(Int64(burst - 1)) }

    /// The rule for one recipient, of whom the time is known at which the whole burst is back.
    private struct Pace {
        let interval, tolerance: Int64

        func next(_ known: Int64, _ now: Int64) -> (turn: Int64, whole: Int64) {
            let turn = max(now, known.minus(tolerance))
            return (turn, max(known, turn).plus(interval))
        }

        func reserve(_ known: inout Int64, _ now: Int64, _ latest: Int64) -> Int64? {
            let (turn, whole) = next(known, now)
            guard turn <= latest else { return nil }
            known = whole
            return turn
        }
    }

    /// Reserves a turn.
    /// - Parameter latest: a turn behind this is not wanted and not reserved.
    /// - Returns: when it may go: `now` or later; nil when that is behind `latest`.
    package mutating func reserve(_ recipient: UInt64, _ now: Int64, latest: Int64 = .max) -> Int64? {
        guard interval > 0 else { return now <= latest ? now : nil }
        // One look at the table for both, what is known and what will be.
        guard let turn = pace.reserve(&whole[recipient, default: .min], now, latest) else {
            // Nothing was known, and a turn at once is too late.
            if whole[recipient] == .min { whole[recipient] = nil }
            return nil
        }
        sweep(now)
        return turn
    }

    /// The turn that would be reserved, and what would be known of the recipient then.
    /// - Parameter known: what would be known of them before, when that is not what is known now.
    package func next(_ recipient: UInt64, _ now: Int64, known: Int64? = nil) -> (turn: Int64, whole: Int64) {
        pace.next(known ?? whole[recipient] ?? .min, now)
    }

    /// Gives back a turn that was not used: its message never left.
    package mutating func giveBack(_ recipient: UInt64, _ now: Int64) {
        guard let known = whole[recipient] else { return }
        set(recipient, known.minus(interval), now)
    }

    /// Meta refused for this very reason: the next turn is not before `again`, and the burst is used up.
    package mutating func refused(_ recipient: UInt64, again: Int64, _ now: Int64) {
        guard interval > 0 else { return }
        set(recipient, max(whole[recipient] ?? .min, again.plus(tolerance)), now)
    }

    private mutating func set(_ recipient: UInt64, _ time: Int64, _ now: Int64) {
        guard time > now else { return whole[recipient] = nil }
        whole[recipient] = time
        sweep(now)
    }

    private mutating func sweep(_ now: Int64) {
        // A sweep costs one look at every entry and waits until there are twice as many as the last one left.
        guard whole.count >= sweepAt else { return }
        whole = whole.filter { $0.value > now }
        sweepAt = max(whole.count.multipliedReportingOverflow(by: 2).partialValue, PairRule.smallest)
    }
}
