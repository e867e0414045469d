// The pair rule: Meta's own example, the long-time rate for random senders, other recipients, bounded memory.
import Testing
@testable import WABiz

@Suite struct PairRuleTests {
    @Test func aBurstOfTwentyNeedsAPauseOfTwoMinutes() {
        // With a burst of 20 nothing is left after 20 messages: the quota of two minutes is used up.
        var rule = PairRule(interval: 6000, burst: 20)
        for _ in 0..<20 { #expect(rule.reserve(1, 0) == 0) }
        #expect(rule.reserve(1, 0) == 6000)
        // Meta's numbers: after 20 of 45 the whole burst is back 120 seconds later, not sooner.
        for (pause, whole) in [(120_000, 45), (119_999, 44), (60_000, 35), (0, 25)] as [(Int64, Int)] {
            var rule = PairRule(interval: 6000, burst: 45)
            for _ in 0..<20 { #expect(rule.reserve(1, 0) == 0) }
            var count = 0
            while rule.reserve(1, pause, latest: pause) != nil { count += 1 }
            #expect(count == whole)
        }
    }

    @Test func afterTheBurstOnePerSixSeconds() {
        var rule = PairRule(interval: 6000, burst: 45)
        let turns = (0..<100).compactMap { _ in rule.reserve(7, 1000) }
        #expect(turns.prefix(45).allSatisfy { $0 == 1000 })
        #expect(Array(turns.dropFirst(45)) == (1...55).map { 1000 + 6000 * $0 })
        #expect(rule.reserve(8, 1000) == 1000)
    }

    @Test(arguments: 1...20) func neverMoreThanTheQuota(_ seed: Int) {
        var numbers = SeededNumbers(seed: UInt64(seed))
        let interval = Int64.random(in: 1...9000, using: &numbers)
        let burst = Int.random(in: 1...60, using: &numbers)
        var rule = PairRule(interval: Int(interval), burst: burst)
        var now: Int64 = 0
        var turns: [Int64] = []
        for _ in 0..<2000 {
            now += Int64.random(in: 0...interval * 2, using: &numbers) / Int64.random(in: 1...8, using: &numbers)
            if let turn = rule.reserve(1, now) { turns.append(turn) }
        }
        #expect(turns.count == 2000)
        #expect(zip(turns, turns.dropFirst()).allSatisfy { $0 <= $1 })
        // In any stretch of time: a burst, and one for every interval in it.
        for first in turns.indices {
            for last in [first + 1, first + burst, first + 2 * burst, first + 200] where last < turns.count {
                let quota = Int64(burst) + (turns[last] - turns[first]) / interval
                #expect(Int64(last - first + 1) <= quota)
            }
        }
    }

    @Test func whatComesTooLateIsNotReserved() {
        var rule = PairRule(interval: 6000, burst: 1)
        #expect(rule.reserve(1, 0, latest: 5999) == 0)
        #expect(rule.reserve(1, 0, latest: 5999) == nil)
        #expect(rule.reserve(1, 0, latest: 6000) == 6000)
        #expect(rule.reserve(1, 0, latest: 20_000) == 12_000)
        rule.giveBack(1, 0)
        #expect(rule.reserve(1, 0) == 12_000)
    }

    @Test func aRefusalPushesOnlyThisRecipientOn() {
        var rule = PairRule(interval: 6000, burst: 45)
        #expect(rule.reserve(1, 0) == 0)
        rule.refused(1, again: 4000, 100)
        #expect(rule.reserve(1, 200) == 4000)
        #expect(rule.reserve(1, 200) == 10_000)
        #expect(rule.reserve(2, 200) == 200)
        // The burst comes back in time.
        #expect(rule.reserve(1, 4_000_000) == 4_000_000)
        #expect(rule.reserve(1, 4_000_000) == 4_000_000)
    }

    @Test func withoutARuleEverythingGoesAtOnce() {
        var rule = PairRule(interval: 0, burst: 45)
        rule.refused(1, again: 4000, 0)
        for _ in 0..<1000 { #expect(rule.reserve(1, 3) == 3) }
        #expect(rule.count == 0)
        #expect(rule.reserve(1, 5, latest: 4) == nil)
    }

    @Test func whoHasRecoveredIsForgotten() {
        var rule = PairRule(interval: 6000, burst: 45)
        for recipient in 0..<UInt64(200_000) {
            // 100 a second: 600 of them are within their 6 seconds.
            _ = rule.reserve(recipient, Int64(recipient) * 10)
            #expect(rule.count <= 1300)
        }
        #expect(rule.count >= 600)
        // The rule of a number that sends little stays small.
        var quiet = PairRule(interval: 6000, burst: 45)
        for recipient in 0..<UInt64(2000) {
            _ = quiet.reserve(recipient, Int64(recipient) * 1000)
            #expect(quiet.count <= 64)
        }
    }

    @Test func theNextTurnIsToldBeforeItIsReserved() {
        var rule = PairRule(interval: 6000, burst: 2)
        let first = rule.next(1, 100)
        let second = rule.next(1, 100, known: first.whole)
        #expect(first.turn == 100 && second.turn == 100 && rule.next(1, 100, known: second.whole).turn == 6100)
        for turn in [100, 100, 6100] { #expect(rule.reserve(1, 100) == Int64(turn)) }
    }
}
