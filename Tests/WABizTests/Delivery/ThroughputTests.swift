// The pace of a number: never more than the limit in any one second, whatever the caller's times; the full limit when it
// is asked for; slower after errors and headers, and back again.
import Testing
@testable import WABiz

/// Asks until it may go, as the engine does, being late by what `lateness` says.
private func go(_ pace: inout Throughput, _ now: Int64, lateness: () -> Int64 = { 0 }) -> Int64 {
    var now = now
    while let again = pace.take(now) {
        #expect(again > now)
        now = again + lateness()
    }
    return now
}

private func most(_ times: [Int64], in window: Int64 = 1000) -> Int {
    var first = 0
    var most = 0
    for (index, time) in times.enumerated() {
        while times[first] <= time - window { first += 1 }
        most = max(most, index - first + 1)
    }
    return most
}

@Suite struct ThroughputTests {
    @Test func aBurstThenTheRestSpreadOut() {
        var pace = Throughput(limit: 80)
        let times = (0..<240).map { _ in go(&pace, 0) }
        #expect(times.prefix(80).allSatisfy { $0 == 0 })
        #expect(times[80] == 1006)
        // No more bursts: 12.6 ms between two.
        #expect(zip(times.dropFirst(80), times.dropFirst(81)).allSatisfy { 12...13 ~= $1 - $0 })
        #expect(most(times) == 80)
    }

    @Test func idleTimeBringsTheBurstBack() {
        var pace = Throughput(limit: 20)
        _ = (0..<60).map { _ in go(&pace, 0) }
        let later = (0..<20).map { _ in go(&pace, 10_000) }
        #expect(later.allSatisfy { $0 == 10_000 })
        #expect(go(&pace, 10_000) == 11_006)
    }

    @Test(arguments: [1, 2, 3, 7, 20, 80, 250, 999, 1000]) func noSecondHoldsMore(_ limit: Int) {
        var numbers = SeededNumbers(seed: UInt64(limit))
        var pace = Throughput(limit: limit)
        var now: Int64 = 5_000
        var times: [Int64] = []
        for _ in 0..<20_000 {
            // Now and then nobody asks for a while; else they come thick.
            if Int.random(in: 0..<500, using: &numbers) == 0 { now += Int64.random(in: 0...3000, using: &numbers) }
            now += Int64.random(in: 0...1, using: &numbers)
            now = go(&pace, now) { Int64.random(in: 0...3, using: &numbers) }
            times.append(now)
        }
        #expect(most(times) == limit)
    }

    @Test func aMinuteHoldsSixtySecondsOfMessages() {
        for (limit, lateness) in [(80, 0), (80, 1), (80, 2), (70, 1), (20, 2), (1000, 1)] as [(Int, Int64)] {
            var numbers = SeededNumbers(seed: 3)
            var pace = Throughput(limit: limit)
            var times: [Int64] = []
            var now: Int64 = 0
            while true {
                now = go(&pace, now) { Int64.random(in: 0...lateness, using: &numbers) }
                guard now < 60_000 else { break }
                times.append(now)
            }
            let wanted = limit * 60
            #expect(abs(times.count - wanted) * 100 <= wanted, "\(limit), \(lateness): \(times.count)")
            #expect(most(times) <= limit)
            // The same by the seconds of the clock.
            let seconds = Dictionary(grouping: times) { $0 / 1000 }
            #expect(seconds.values.allSatisfy { $0.count <= limit })
        }
    }

    @Test func whatLeavesLateComesBackLate() {
        var numbers = SeededNumbers(seed: 9)
        for limit in [1, 5, 80] {
            var pace = Throughput(limit: limit)
            var left: [Int64] = []
            var onTheWay: [(number: UInt64, leaves: Int64)] = []
            var now: Int64 = 0
            for _ in 0..<3000 {
                // Time goes on; those whose connection stands by now leave.
                while let again = pace.take(now) {
                    let next = min(again, onTheWay.map(\.leaves).min() ?? again)
                    now = max(next, now)
                    for item in onTheWay where item.leaves <= now {
                        pace.left(item.number, item.leaves)
                        left.append(item.leaves)
                    }
                    onTheWay.removeAll { $0.leaves <= now }
                }
                onTheWay.append((pace.taken &- 1, now + Int64.random(in: 0...300, using: &numbers)))
            }
            #expect(most(left.sorted()) <= limit, "\(limit)")
        }
    }

    @Test func whoLeftLongAgoChangesNothing() {
        var pace = Throughput(limit: 2)
        let first = pace.taken &- 1
        #expect(pace.take(0) == nil)
        #expect(pace.take(0) == nil)
        pace.left(first, 50_000)
        pace.left(77, 50_000)
        pace.left(.max, 50_000)
        #expect(pace.take(1006) == nil)
    }

    @Test func aClockThatGoesBackDoesNoHarm() {
        var pace = Throughput(limit: 2)
        #expect(pace.take(10_000) == nil)
        #expect(pace.take(3_000) == nil)
        #expect(pace.take(2_000) == 11_006)
        #expect(pace.take(11_006) == nil)
    }

    @Test func withoutALimitEverythingGoes() {
        var pace = Throughput(limit: 0)
        pace.slow(.code(130429), wait: 5000, 0)
        for _ in 0..<5000 { #expect(pace.take(0) == nil) }
        #expect(pace.effective == 0)
        #expect(pace.document(0).text == #"{"limit":0,"effective":0}"#)
    }

    // MARK: Slowing down

    @Test func errorsHalveItOncePerSecond() {
        var pace = Throughput(limit: 80)
        pace.slow(.code(130429), 0)
        pace.slow(.code(130429), 500)
        #expect(pace.effective == 40)
        pace.slow(.httpStatus(429), 1500)
        #expect(pace.effective == 20)
        for time in stride(from: Int64(3000), to: 30_000, by: 1100) { pace.slow(.code(4), time) }
        #expect(pace.effective == 1)
        #expect(pace.document(29_700).text == #"{"limit":80,"effective":1,"why":"Meta's error 4"}"#)
    }

    @Test func itRecoversInSteps() {
        var pace = Throughput(limit: 80)
        pace.slow(.code(130429), 1000)
        func effective(_ now: Int64) -> Int {
            var copy = pace
            _ = copy.take(now)
            return copy.effective
        }
        #expect(effective(5_999) == 40)
        #expect(effective(6_000) == 48)
        #expect(effective(11_000) == 56)
        #expect(effective(25_999) == 72)
        #expect(effective(26_000) == 80)
        #expect(pace.isFresh(26_000))
        #expect(!pace.isFresh(25_999))
    }

    @Test func aLoweredPaceIsKept() {
        var pace = Throughput(limit: 80)
        for _ in 0..<80 { _ = pace.take(0) }
        pace.slow(.code(130429), 10)
        var times: [Int64] = []
        var now: Int64 = 1004
        while now < 5_000 {
            now = go(&pace, now)
            times.append(now)
        }
        #expect(most(times) == 40)
    }

    @Test func quotasSlowAndStop() {
        var pace = Throughput(limit: 80)
        pace.slow(.usage(89), 0)
        #expect(pace.effective == 80)
        pace.slow(.usage(90), 0)
        #expect(pace.effective == 40)
        pace.slow(.usage(99), 10)
        #expect(pace.effective == 4)
        pace.slow(.usage(100), wait: 19 * 60_000, 20)
        #expect(pace.take(30) == 1_140_020)
        #expect(pace.document(20).text == #"{"limit":80,"effective":1,"why":"100 % of the quota used","stopped_ms":1140000}"#)
        #expect(pace.take(1_140_020) == nil)
        #expect(pace.effective == 1)
        #expect(pace.isFresh(1_200_000))
    }

    @Test func usedUpWithoutATimeStopsAMinute() {
        var pace = Throughput(limit: 80)
        pace.slow(.usage(250), 0)
        #expect(pace.take(0) == 60_000)
        var other = Throughput(limit: 80)
        other.slow(.usage(12), wait: 60_000, 0)
        #expect(other.take(0) == 60_000)
        var third = Throughput(limit: 80)
        third.slow(.code(4), wait: .max, 0)
        #expect(third.take(0) == 86_400_000)
    }

    @Test func turnsAreCountedAndNotTaken() {
        var pace = Throughput(limit: 10)
        #expect(pace.turns(7, until: 0, 0) == (7, nil))
        #expect(pace.turns(99, until: 0, 0) == (10, Throughput.window))
        for _ in 0..<4 { #expect(pace.take(0) == nil) }
        #expect(pace.turns(99, until: 0, 0) == (6, Throughput.window))
        #expect(Throughput(limit: 0).turns(99, until: 0, 0) == (99, nil))
    }

    /// A look says what taking would have come to, whatever went before and however slow the pace is by then.
    @Test(arguments: [1, 2, 3, 7, 80, 1000]) func aLookAgreesWithTaking(_ limit: Int) {
        var numbers = SeededNumbers(seed: UInt64(limit))
        var pace = Throughput(limit: limit)
        var now: Int64 = 0
        for _ in 0..<3000 {
            now += Int64.random(in: 0...Int64(3000 / limit + 2), using: &numbers)
            if Int.random(in: 0..<300, using: &numbers) == 0 { pace.slow(.code(130429), wait: Bool.random(using: &numbers) ? nil : 700, now) }
            let (most, ahead) = (Int.random(in: 0...limit + 5, using: &numbers), Int64.random(in: 0..<Throughput.window, using: &numbers))
            var copy = pace
            var (time, count, next) = (now, 0, Int64?.none)
            while count < most, next == nil {
                if let again = copy.take(time) {
                    if again > now + ahead { next = again } else { time = again }
                } else {
                    count += 1
                }
            }
            let found = pace.turns(most, until: now + ahead, now)
            #expect(found.count == count && found.next == next)
            for _ in 0..<Int.random(in: 0...3, using: &numbers) { _ = pace.take(now) }
            if Bool.random(using: &numbers) { pace.left(pace.taken &- 1, now + Int64.random(in: 0...40, using: &numbers)) }
        }
    }

    @Test func aLookEndsWithinASecond() {
        let pace = Throughput(limit: 10)
        #expect(pace.turns(99, until: 5 * Throughput.window, 0) == (10, Throughput.window))
        #expect(pace.turns(99, until: .max, 0) == (10, Throughput.window))
    }

    // MARK: What slows down

    @Test func reasons() {
        func reason(_ code: Int?, status: Int = 400, onPremises: Bool = false) -> Slowdown? {
            Slowdown(Failure(.refused, "x", graph: GraphError(code: code, httpStatus: status)), onPremises: onPremises)
        }
        for code in [4, 17, 341, 613, 80007, 80008, 130429, 131048, 131057, 131064] { #expect(reason(code) == .code(code)) }
        for code in [1, 2, 100, 131026, 131047, 131056, 132000] { #expect(reason(code) == nil) }
        #expect(reason(131056, status: 429) == nil)
        #expect(reason(nil, status: 429) == .httpStatus(429))
        #expect(reason(nil, status: 503) == nil)
        for code in [1015, 1016, 429, 471] { #expect(reason(code, onPremises: true) == .code(code)) }
        for code in [4, 1000, 130429] { #expect(reason(code, onPremises: true) == nil) }
        #expect(Slowdown(Failure(.unreachable, "x", retry: .backoff), onPremises: false) == nil)
    }
}
