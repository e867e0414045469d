// When a lost message is tried again: every verdict, every code of the table, deadlines, and jitter within its bounds.
import Testing
@testable import WABiz

private func refused(_ code: Int?, _ verdict: Verdict, status: Int = 400) -> Failure {
    Failure(.refused, "no", retry: verdict, graph: GraphError(code: code, httpStatus: status))
}

private let unreachable = Failure(.unreachable, "no way", retry: .backoff)
private let uncertain = Failure(.uncertain, "who knows", retry: .uncertain)

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy()
    private let resending = RetryPolicy(resendUncertain: true)

    private func isTried(_ loss: Failure, _ policy: RetryPolicy, attempts: Int = 1) -> Bool {
        policy.decide(loss, attempts: attempts, waitHint: nil, now: 1000, started: 1000, random: 7) != .giveUp
    }

    // MARK: Verdicts

    @Test func verdictsOfRefusals() {
        #expect(isTried(refused(130429, .backoff), policy))
        #expect(!isTried(refused(131026, .never), policy))
        #expect(!isTried(refused(190, .afterFix), policy))
        #expect(!isTried(refused(131048, .waitWindow), policy))
        #expect(!isTried(refused(131000, .uncertain), policy))
        #expect(isTried(refused(131000, .uncertain), resending))
        #expect(!isTried(refused(131026, .never), resending))
        #expect(!isTried(refused(190, .afterFix), resending))
        #expect(!isTried(refused(131048, .waitWindow), resending))
    }

    @Test func lossesOfTheWire() {
        #expect(isTried(unreachable, policy))
        #expect(!isTried(Failure(.unreachable, "certificate", retry: .afterFix), resending))
        #expect(!isTried(uncertain, policy))
        #expect(isTried(uncertain, resending))
        // Marking as read again does no harm: its loss says so.
        #expect(isTried(Failure(.uncertain, "read", retry: .backoff), policy))
    }

    @Test(arguments: Failure.Code.allCases) func whatIsNoLossIsNeverTriedAgain(_ code: Failure.Code) {
        let isLoss = [.refused, .unreachable, .uncertain].contains(code)
        for verdict in Verdict.allCases {
            let allowed = isLoss && (verdict == .backoff || verdict == .uncertain)
            #expect(isTried(Failure(code, "x", retry: verdict), resending) == allowed)
        }
    }

    @Test func everyCodeOfTheTable() {
        let patient = RetryPolicy(deadline: 600_000, resendUncertain: false)
        for row in ErrorTable.rows {
            let loss = refused(row.codes.lowerBound, row.verdict)
            #expect(isTried(loss, patient) == (row.verdict == .backoff), "\(row.codes)")
        }
    }

    @Test func answersCarryTheirVerdictHere() throws {
        let account = try Account(accessToken: "EAAGtoken", phoneNumberID: "1")
        let call = try Call(checkedMessage("{}"), for: account)
        func loss(_ status: Int, _ body: String) -> Failure? {
            do throws(Failure) { _ = try Answer(status: status, body: Array(body.utf8)).receipt(for: call) } catch { return error }
            return nil
        }
        let cases: [(status: Int, body: String, tried: Bool, triedWhenAllowed: Bool)] = [
            (429, "<html>", true, true), (503, "<html>", false, true), (500, #"{"error":{"code":131000}}"#, false, true),
            (500, #"{"error":{"code":131016}}"#, true, true), (400, #"{"error":{"code":130429}}"#, true, true),
            (400, #"{"error":{"code":999999,"is_transient":true}}"#, true, true), (400, #"{"error":{"code":999999}}"#, false, false),
            (401, #"{"error":{"code":190}}"#, false, false), (200, "", false, true),
        ]
        for item in cases {
            let loss = try #require(loss(item.status, item.body))
            #expect(isTried(loss, policy) == item.tried, "\(item)")
            #expect(isTried(loss, resending) == item.triedWhenAllowed, "\(item)")
        }
    }

    // MARK: Attempts and deadline

    @Test func attemptsAreCounted() {
        #expect(isTried(unreachable, policy, attempts: 3))
        #expect(!isTried(unreachable, policy, attempts: 4))
        #expect(!isTried(unreachable, policy, attempts: .max))
        #expect(!isTried(unreachable, RetryPolicy(maxAttempts: 1)))
    }

    @Test func noAttemptBeginsBehindTheDeadline() {
        let loss = refused(MetaCode.pairRateLimit, .backoff)
        func at(_ now: Int64) -> RetryPolicy.Decision { policy.decide(loss, attempts: 2, waitHint: nil, now: now, started: 0, random: 0) }
        #expect(at(56_000) == .again(at: 60_000))
        #expect(at(56_001) == .giveUp)
        #expect(policy.last(5) == 60_005)
    }

    @Test func theServersWishIsTheLeast() {
        func decide(_ hint: Int64) -> RetryPolicy.Decision {
            policy.decide(unreachable, attempts: 1, waitHint: hint, now: 0, started: 0, random: .max)
        }
        #expect(decide(7_000) == .again(at: 7_000))
        #expect(decide(3) == .again(at: 500))
        #expect(decide(60_000) == .again(at: 60_000))
        #expect(decide(60_001) == .giveUp)
        #expect(decide(.max) == .giveUp)
        #expect(decide(.min) == .again(at: 500))
    }

    // MARK: Pauses

    @Test func pairRateGrowsByFour() {
        let patient = RetryPolicy(maxAttempts: 100, deadline: .max)
        let loss = refused(MetaCode.pairRateLimit, .backoff)
        for (attempts, seconds) in [(1, 1), (2, 4), (3, 16), (4, 64), (5, 256), (9, 65_536), (10, 86_400), (99, 86_400)] as [(Int, Int64)] {
            let decision = patient.decide(loss, attempts: attempts, waitHint: nil, now: 10, started: 0, random: .max)
            #expect(decision == .again(at: 10 + seconds * 1000))
        }
    }

    @Test func maintenanceIsWaitedFor() {
        let patient = RetryPolicy(deadline: 600_000)
        for code in [131057, 2_494_100] {
            let decision = patient.decide(refused(code, .backoff, status: 500), attempts: 1, waitHint: nil, now: 0, started: 0, random: 0)
            #expect(decision == .again(at: 60_000))
        }
    }

    @Test func jitterFillsItsBoundsAndNoMore() {
        var numbers = SeededNumbers(seed: 5)
        for attempts in 1...12 {
            let bound = Int64(min(500 << (attempts - 1), 60_000))
            #expect(RetryPolicy.pause(unreachable, attempts: attempts, 0) == 0)
            #expect(RetryPolicy.pause(unreachable, attempts: attempts, .max) == bound)
            let pauses = (0..<4000).map { _ in RetryPolicy.pause(unreachable, attempts: attempts, numbers.next()) }
            #expect(pauses.allSatisfy { 0...bound ~= $0 })
            // Every eighth of the range is met about equally often.
            for eighth in 0..<Int64(8) {
                let count = pauses.count { $0 * 8 / (bound + 1) == eighth }
                #expect(350...650 ~= count, "\(attempts), \(eighth)")
            }
        }
    }
}
