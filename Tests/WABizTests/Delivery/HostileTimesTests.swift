// Nothing in the delivery policies traps, whatever the times, limits and codes are.
import Testing
@testable import WABiz

private struct Extremes {
    var numbers: SeededNumbers

    mutating func time() -> Int64 {
        let odd: [Int64] = [.min, .min + 1, -1, 0, 1, 999, 1004, .max / 1000, .max - 1, .max]
        return Bool.random(using: &numbers) ? odd.randomElement(using: &numbers) ?? 0 : Int64.random(in: .min ... .max, using: &numbers)
    }

    mutating func number() -> Int { Int(time()) }
}

@Suite struct HostileTimesTests {
    @Test(arguments: 1...200) func anything(_ seed: Int) {
        var extremes = Extremes(numbers: SeededNumbers(seed: UInt64(seed)))
        let small = Int.random(in: -2...1100, using: &extremes.numbers)
        var pace = Throughput(limit: seed.isMultiple(of: 2) ? small : extremes.number())
        var rule = PairRule(interval: extremes.number(), burst: extremes.number())
        for _ in 0..<300 {
            let now = extremes.time()
            let policy = RetryPolicy(maxAttempts: extremes.number(), deadline: extremes.time(), resendUncertain: true)
            let loss = Failure(.refused, "x", retry: .backoff, graph: GraphError(code: [131056, 131057, 4, extremes.number()].randomElement(using: &extremes.numbers)))
            if case .again(let at) = policy.decide(
                loss, attempts: extremes.number(), waitHint: extremes.time(), now: now, started: extremes.time(), random: extremes.numbers.next())
            {
                #expect(at >= now)
            }
            if let again = pace.take(now) { #expect(again > now) }
            pace.left(UInt64(truncatingIfNeeded: extremes.number()), extremes.time())
            pace.left(pace.taken &- 1, extremes.time())
            let reasons: [Slowdown] = [.code(extremes.number()), .httpStatus(429), .usage(extremes.number())]
            pace.slow(reasons[seed % 3], wait: Bool.random(using: &extremes.numbers) ? extremes.time() : nil, extremes.time())
            #expect(0...max(pace.limit, 0) ~= pace.effective)
            _ = pace.isFresh(extremes.time())
            _ = pace.document(extremes.time()).text
            let recipient = UInt64.random(in: 0...3, using: &extremes.numbers)
            if let turn = rule.reserve(recipient, now, latest: extremes.time()) { #expect(turn >= now) }
            rule.refused(recipient, again: extremes.time(), extremes.time())
            rule.giveBack(recipient, extremes.time())
        }
    }
}
