// The pace of one phone number: at most so many messages in any one second, however they are spread. It keeps the times
// of the last ones; a token comes back one second after its message left. Errors and headers of Meta's lower the pace,
// time raises it again. The clock is the caller's: milliseconds of one monotone clock.

package struct Throughput: Sendable {
    /// Messages in one second; 0: no pace.
    package let limit: Int
    /// What it is now, 1 to `limit`.
    package private(set) var effective: Int
    /// Why it is less, or stopped; nil when it is neither.
    package private(set) var why: Slowdown?
    /// Nothing goes before this time.
    package private(set) var stoppedUntil: Int64?

    /// Start times of the last messages, never falling, in a ring. Message n lies at n modulo `limit`.
    private var times: [Int64] = []
    /// How many were taken so far; `left(_:_:)` calls the last of them by one less.
    package private(set) var taken: UInt64 = 0
    private var look: Look?
    /// Whether the second was used up: tokens are then spread over it in place of being taken in one burst each second.
    private var isSaturated = false
    /// Microseconds: when the next one is due while saturated.
    private var due: Int64 = 0
    /// When the pace was last lowered, how low, and since when it recovers.
    private var cutAt: Int64?
    private var cutTo: Int
    private var recoversFrom: Int64 = 0

    /// A second, and 6 ms for the unlike ways to the server that two messages take: it counts them as they arrive.
    static let window: Int64 = 1006
    /// Every so many milliseconds a lowered pace rises by a tenth of the limit.
    static let step: Int64 = 5000
    /// How long to stop when a quota is used up and nobody says until when.
    static let unnamedStop: Int64 = 60_000
    /// No server's wish stops it for longer.
    static let longestStop: Int64 = 86_400_000
    /// Microseconds that a late caller may catch up.
    private static let slack: Int64 = 20_000

    /// - Parameter limit: 1 to 1000 messages in a second; what is below means no pace, what is above counts as 1000.
    package init(limit: Int) {
        self.limit = min(max(limit, 0), 1000)
        effective = self.limit
        cutTo = self.limit
    }

    /// Takes one message's turn.
    /// - Returns: nil when it may go now; else when to ask again, which is later than `now`.
    package mutating func take(_ now: Int64) -> Int64? {
        guard limit > 0 else { return nil }
        let now = max(now, time(back: 1) ?? .min)
        recover(now)
        if let stoppedUntil { return stoppedUntil }
        if let back = time(back: effective)?.plus(Throughput.window), back > now {
            if !isSaturated { due = back.times(1000) }
            isSaturated = true
            return back
        }
        // Half a second in which nobody wanted the turn that was due: a burst may go again.
        if isSaturated, now.minus(Throughput.window / 2) > due / 1000 { isSaturated = false }
        if isSaturated {
            let next = due / 1000 + (due % 1000 > 0 ? 1 : 0)
            if next > now { return next }
            due = max(due, now.times(1000).minus(Throughput.slack)).plus(Throughput.window * 1000 / Int64(effective))
        }
        note(now)
        return nil
    }

    /// How many of so many messages could go until a moment, which counts as less than a second away, and when the next one could.
    package func turns(_ most: Int, until moment: Int64, _ now: Int64) -> (count: Int, next: Int64?) {
        guard limit > 0 else { return (most, nil) }
        let moment = min(moment, now.plus(Throughput.window - 1))
        var pace = self
        pace.look = Look(start: taken)
        var (time, count) = (now, 0)
        while count < most {
            guard let next = pace.take(time) else {
                count += 1
                continue
            }
            guard next <= moment, next > time else { return (count, next) }
            time = next
        }
        return (count, nil)
    }

    /// Says that a message really left, when that is later than it was taken (a connection had to be made first): its
    /// token comes back a second after this.
    /// - Parameter number: one less than `taken` said when it was taken.
    package mutating func left(_ number: UInt64, _ now: Int64) {
        guard number < taken, taken - number <= UInt64(times.count) else { return }
        // Those after it count as not earlier, so that the times never fall.
        for later in number..<taken {
            let slot = slot(later)
            guard times.indices.contains(slot), times[slot] < now else { return }
            times[slot] = now
        }
    }

    /// Nothing is known that a new one would not know: it may be forgotten.
    package func isFresh(_ now: Int64) -> Bool {
        var copy = self
        copy.recover(now)
        return copy.why == nil && (time(back: 1)?.plus(Throughput.window) ?? .min) <= now
    }

    // MARK: Slowing down

    /// Lowers the pace: an error cuts it by half, a quota used to 90 % and more to what is left of it.
    /// - Parameter wait: milliseconds that the server asked to wait; nothing goes before.
    package mutating func slow(_ reason: Slowdown, wait: Int64? = nil, _ now: Int64) {
        guard limit > 0 else { return }
        recover(now)
        var wait = max(wait ?? 0, 0)
        switch reason {
        case .code, .httpStatus:
            // What was in flight at the same time tells of the same jam: one cut per second.
            if cutAt.map({ now.minus($0) >= Throughput.window }) ?? true {
                cut(to: effective / 2, reason, now)
                cutAt = now
            }
        case .usage(let percent):
            guard percent >= 90 || wait > 0 else { return }
            if percent >= 100, wait == 0 { wait = Throughput.unnamedStop }
            // 90 %: half the pace; 99 %: a twentieth.
            cut(to: min(effective, limit * (100 - min(max(percent, 90), 100)) / 20), reason, now)
        }
        recoversFrom = now.plus(min(wait, Throughput.longestStop))
        guard wait > 0 else { return }
        stoppedUntil = max(stoppedUntil ?? .min, recoversFrom)
        why = reason
    }

    private mutating func cut(to target: Int, _ reason: Slowdown, _ now: Int64) {
        effective = min(max(target, 1), limit)
        cutTo = effective
        why = reason
    }

    /// Undoes slowing down as time goes by.
    private mutating func recover(_ now: Int64) {
        if let until = stoppedUntil, until <= now { stoppedUntil = nil }
        guard why != nil, stoppedUntil == nil else { return }
        let steps = max(now.minus(recoversFrom), 0) / Throughput.step
        let gained = steps.times(Int64(max(limit / 10, 1)))
        effective = Int(clamping: min(Int64(cutTo).plus(gained), Int64(limit)))
        if effective == limit {
            why = nil
            cutAt = nil
        }
    }

    // MARK: The ring

    /// Turns taken for the sake of an answer alone. The ring is shared with the pace that was asked, and stays as it is: no token
    /// comes back within the second of a look, so that its first and its last time are all that is ever asked for.
    private struct Look {
        let start: UInt64
        var first: Int64 = 0
        var last: Int64 = 0
    }

    private func slot(_ number: UInt64) -> Int { Int(number % UInt64(max(limit, 1))) }

    /// The start time of the message so many before the next one, or nil when there were not so many.
    private func time(back: Int) -> Int64? {
        guard back > 0, UInt64(back) <= taken else { return nil }
        let number = taken - UInt64(back)
        if let look, number >= look.start { return number == look.start ? look.first : look.last }
        let slot = slot(number)
        return times.indices.contains(slot) ? times[slot] : nil
    }

    private mutating func note(_ now: Int64) {
        if let look {
            self.look?.last = now
            if taken == look.start { self.look?.first = now }
        } else {
            let slot = slot(taken)
            if times.indices.contains(slot) { times[slot] = now } else { times.append(now) }
        }
        taken &+= 1
    }
}

extension Throughput {
    /// For `stats`: `{"limit":80,"effective":40,"why":"Meta's error 130429","stopped_ms":0}`.
    package func document(_ now: Int64) -> Tree {
        var state = self
        state.recover(now)
        return .object([
            ("limit", .integer(state.limit)), ("effective", .integer(state.effective)),
            ("why", state.why.map { .string($0.description) }),
            ("stopped_ms", state.stoppedUntil.map { .integer(Int(clamping: $0.minus(now))) }),
        ])
    }
}
