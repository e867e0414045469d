// The machine of the outbox: every state against everything that can happen, and the rules one by one.
import Testing
@testable import WABiz

private let now = 1_767_225_600_000
private let rules = RowRules()

private func event(_ status: String, code: Int? = nil, at time: Int = 1_767_225_600, id: String = "wamid.1") -> Event {
    let errors = code.map { #","errors":[{"code":\#($0),"title":"t","retry":"never"}]"# } ?? ""
    let json = #"{"kind":"status","status":"\#(status)","message_id":"\#(id)","timestamp":\#(time)\#(errors)}"#
    do {
        return try Tape.read(Array(json.utf8)) { (view: JSONView) throws(Failure) -> Event in Event(view) }
    } catch {
        fatalError("no event: \(error)")
    }
}

private func row(_ state: RowState = .queued, sequence: String? = nil) -> OutboxRow {
    var row = OutboxRow()
    row.number = 7
    row.person = "15550001234"
    row.payload = Array(#"{"to":"+15550001234"}"#.utf8)
    row.state = state
    row.expiresAt = now + 30 * 86_400_000
    row.sequence = sequence
    row.holds = sequence != nil && [.queued, .sending, .accepted, .sent, .uncertain].contains(state)
    row.sequenceTimeout = 1000
    if state == .queued { row.due = now }
    if state == .sending { row.owner = 1 }
    if state == .sending || state.delivery != nil { row.attempts = 1 }
    if state.delivery != nil { row.messageID = "wamid.1" }
    return row
}

private func refused(_ code: Int, _ verdict: Verdict) -> Failure {
    Failure(.refused, "refused", retry: verdict, graph: GraphError(code: code))
}

/// The receipt of a message that was taken.
private func taken(_ id: String, waID: String? = nil, status: String = "accepted") -> Receipt {
    let contact = waID.map { #","contacts":[{"wa_id":"\#($0)"}]"# } ?? ""
    let answer = Array(#"{"messages":[{"id":"\#(id)","message_status":"\#(status)"}]\#(contact)}"#.utf8)
    guard let receipt = unsafe answer.withUnsafeBytes({ unsafe Answer.accepted($0, status: 200) }) else { fatalError("no receipt: \(id)") }
    return receipt
}

/// Everything that can happen to a row.
private let happenings: [(name: String, act: @Sendable (inout OutboxRow) -> RowChange)] = [
    ("receipt", { $0.finish(taken("wamid.1", status: "accepted"), isSpent: false, now: now) }),
    ("spent receipt", { $0.finish(taken("wamid.1"), isSpent: true, now: now) }),
    ("unreachable", { $0.finish(Failure(.unreachable, "x", retry: .backoff), rules, random: 1, now: now) }),
    ("uncertain", { $0.finish(Failure(.uncertain, "x", retry: .uncertain), rules, random: 1, now: now) }),
    ("refused", { $0.finish(refused(131026, .never), rules, random: 1, now: now) }),
    ("refused with 131000", { $0.finish(refused(131000, .uncertain), rules, random: 1, now: now) }),
    ("held back", { $0.finish(refused(131049, .waitWindow), rules, random: 1, now: now) }),
    ("taken back", { $0.takeBack(after: 10, now: now) }),
    ("orphan", { $0.orphan(rules, now: now) }),
    ("sent", { $0.hear(event("sent"), isSpent: false, rules, now: now) }),
    ("delivered", { $0.hear(event("delivered"), isSpent: false, rules, now: now) }),
    ("read", { $0.hear(event("read"), isSpent: false, rules, now: now) }),
    ("failed", { $0.hear(event("failed", code: 131026), isSpent: false, rules, now: now) }),
    ("failed with 131049", { $0.hear(event("failed", code: 131049), isSpent: false, rules, now: now) }),
    ("failed with 131050", { $0.hear(event("failed", code: 131050), isSpent: false, rules, now: now) }),
    ("spent sent", { $0.hear(event("sent"), isSpent: true, rules, now: now) }),
    ("spent failed", { $0.hear(event("failed", code: 131049), isSpent: true, rules, now: now) }),
    ("cancel", { $0.cancel(now: now).0 }),
    ("retry", { $0.retry(rules, now: now) }),
    ("timer", { $0.ring(rules, now: now) }),
]

@Suite struct OutboxRowTests {
    /// What the store and the indexes rely on.
    private func expectSound(_ row: OutboxRow, _ name: String) {
        #expect((row.due != nil) == (row.state == .queued && !row.waits), "\(name) \(row.state)")
        if row.state != .sending, row.state != .queued, row.timer != nil { #expect(row.state == .uncertain || row.holds, "\(name) \(row.state)") }
        if row.state == .cancelled || row.state == .expired || row.state == .blocked || row.state == .failed { #expect(!row.holds, "\(name)") }
        if let due = row.due { #expect(due <= row.expiresAt) }
    }

    @Test(arguments: RowState.allCases) func everythingThatHappensLeavesASoundRow(state: RowState) {
        for sequence in [nil, "s"] {
            for (name, act) in happenings {
                var one = row(state, sequence: sequence)
                // A timer rings only where one was set.
                if name == "timer" { guard one.timer != nil || state == .uncertain || one.holds, state != .sending, state != .queued else { continue } }
                let first = act(&one)
                expectSound(one, name)
                #expect(first.moved == (one.state != state), "\(name)")
                // And anything may follow anything.
                for (next, follow) in happenings where next != "timer" {
                    var two = one
                    _ = follow(&two)
                    expectSound(two, "\(name), \(next)")
                }
            }
        }
    }

    @Test func nothingGoesOutAgainUnlessARuleSaysSo() {
        let again: Set = ["retry", "held back", "failed with 131049", "unreachable", "taken back"]
        for state in RowState.allCases where state != .queued {
            for (name, act) in happenings where name != "timer" {
                var one = row(state)
                _ = act(&one)
                if one.state == .queued { #expect(again.contains(name), "\(state) \(name)") }
                // Only what is known not to have arrived is queued again without the caller.
                if one.state == .queued, name != "retry" {
                    #expect([.sending, .uncertain, .accepted, .sent].contains(state), "\(state) \(name)")
                }
            }
        }
    }

    @Test func statusesInAnyOrderGiveTheSameState() {
        let words = ["sent", "delivered", "read", "failed"]
        for a in words { for b in words { for c in words { for d in words where Set([a, b, c, d]).count == 4 {
            var one = row(.accepted)
            for word in [a, b, c, d] { _ = one.hear(event(word, code: word == "failed" ? 131026 : nil), isSpent: false, rules, now: now) }
            #expect(one.state == .read)
        } } } }
        var one = row(.accepted)
        _ = one.hear(event("failed", code: 131026), isSpent: false, rules, now: now)
        #expect(one.state == .failed && one.error != nil)
        _ = one.hear(event("sent"), isSpent: false, rules, now: now)
        #expect(one.state == .failed)
        _ = one.hear(event("delivered"), isSpent: false, rules, now: now)
        #expect(one.state == .delivered && one.error == nil)
    }

    @Test func aWebhookBeforeTheAnswerCounts() {
        var one = row(.sending)
        #expect(one.hear(event("delivered"), isSpent: false, rules, now: now).moved)
        #expect(one.state == .delivered && one.messageID == "wamid.1")
        let change = one.finish(Failure(.uncertain, "no answer", retry: .uncertain), rules, random: 1, now: now)
        #expect(!change.moved && one.state == .delivered && one.owner == nil)
        var two = row(.sending)
        _ = two.hear(event("sent"), isSpent: false, rules, now: now)
        let receipt = two.finish(taken("wamid.1", waID: "15550001234"), isSpent: false, now: now)
        #expect(!receipt.moved && receipt.isOutcome && two.state == .sent && two.waID == "15550001234")
    }

    // MARK: Uncertain

    @Test func anUncertainRowIsReportedResentOrLeftAlone() {
        for policy in UncertainPolicy.allCases {
            var rules = RowRules()
            rules.uncertain = policy
            var one = row(.sending)
            #expect(one.orphan(rules, now: now).moved && one.state == .uncertain)
            #expect(one.timer == (policy == .wait ? nil : now + 900_000))
            guard policy != .wait else { continue }
            let change = one.ring(rules, now: now + 900_000)
            #expect(one.timer == nil)
            if policy == .report { #expect(one.state == .uncertain && change.isOutcome && one.resends == 0) }
            if policy == .resend { #expect(one.state == .queued && one.due == now + 900_000 && one.resends == 1) }
        }
    }

    @Test func aWebhookProvesWhatNoAnswerDid() {
        var one = row(.sending)
        _ = one.finish(Failure(.uncertain, "cut", retry: .uncertain), rules, random: 1, now: now)
        #expect(one.state == .uncertain && one.error != nil)
        #expect(one.hear(event("sent"), isSpent: false, rules, now: now).moved)
        #expect(one.state == .sent && one.timer == nil && one.error == nil)
    }

    @Test func aProofStopsAResend() {
        var rules = RowRules()
        rules.uncertain = .resend
        var one = row(.uncertain)
        one.timer = now
        _ = one.ring(rules, now: now)
        #expect(one.state == .queued)
        _ = one.hear(event("delivered"), isSpent: false, rules, now: now)
        #expect(one.state == .delivered && one.due == nil && one.resends == 1)
    }

    // MARK: Losses

    @Test func marketingIsHeldBackAtGrowingIntervals() {
        for (api, code) in [(API.cloud, 131049), (.onPremises, 1026)] {
            var one = row(.accepted)
            one.api = api
            var time = now
            for hours in [24, 48, 96] {
                one.messageID = "wamid.\(hours)"
                let change = one.hear(event("failed", code: code, id: "wamid.\(hours)"), isSpent: false, rules, now: time)
                #expect(one.state == .queued && one.due == time + hours * 3_600_000 && change.spends == ["wamid.\(hours)"] && one.messageID == nil)
                time = one.due ?? 0
                // The same webhook once more changes nothing.
                let before = one
                #expect(!one.hear(event("failed", code: code, id: "wamid.\(hours)"), isSpent: true, rules, now: time).moved)
                #expect(one == before)
                _ = one.start(owner: 1, now: time)
                _ = one.finish(taken("wamid.x"), isSpent: false, now: time)
            }
            _ = one.hear(event("failed", code: code), isSpent: false, rules, now: time)
            #expect(one.state == .failed && one.repeats == 3)
        }
    }

    @Test func bothIDsOfAResentRowAreSpent() {
        var one = row(.accepted)
        let change = one.hear(event("failed", code: 131049, id: "wamid.2"), isSpent: false, rules, now: now)
        #expect(one.state == .queued && change.spends == ["wamid.1", "wamid.2"])
    }

    @Test func marketingIsNotHeldBackBeyondItsEnd() {
        var one = row(.accepted)
        one.expiresAt = now + 3_600_000
        _ = one.hear(event("failed", code: 131049), isSpent: false, rules, now: now)
        #expect(one.state == .failed)
    }

    @Test func anOptOutStopsThePerson() {
        var one = row(.accepted)
        #expect(one.hear(event("failed", code: 131050), isSpent: false, rules, now: now).stopsPerson)
        #expect(one.state == .failed)
        var two = row(.sending)
        #expect(two.finish(refused(131050, .never), rules, random: 1, now: now).stopsPerson)
    }

    @Test func aClosedWindowTakesTheFallback() {
        for code in [131047, 470] {
            var one = row(.accepted)
            one.api = code == 470 ? .onPremises : .cloud
            #expect(one.hear(event("failed", code: code), isSpent: false, rules, now: now).closesWindow)
            #expect(one.state == .failed)
            var two = row(.accepted)
            two.api = one.api
            two.fallback = Array(#"{"type":"template"}"#.utf8)
            two.fallbackCategory = .utility
            let change = two.hear(event("failed", code: code), isSpent: false, rules, now: now)
            #expect(change.closesWindow && two.state == .queued && two.usedFallback && two.category == .utility && change.spends == ["wamid.1"])
            // Only once.
            two.state = .accepted
            two.due = nil
            _ = two.hear(event("failed", code: code, id: "wamid.2"), isSpent: false, rules, now: now)
            #expect(two.state == .failed)
        }
    }

    @Test func lossesAreJudged() {
        func judge(_ failure: Failure, _ attempts: Int = 1, onPremises: Bool = false, random: UInt64 = .max) -> RowLoss {
            RowLoss.judge(failure, onPremises: onPremises, attempts: attempts, random: random)
        }
        #expect(judge(Failure(.unreachable, "x")) == .again(after: 1000))
        #expect(judge(Failure(.unreachable, "x"), 100) == .again(after: 60_000))
        #expect(judge(Failure(.unreachable, "x"), 3, random: 0) == .again(after: 2000))
        for attempts in 1...5 { #expect(judge(refused(131056, .backoff), attempts) == .again(after: [1, 4, 16, 64, 256][attempts - 1] * 1000)) }
        #expect(judge(refused(190, .afterFix)) == .again(after: 60_000))
        #expect(judge(refused(131042, .afterFix)) == .again(after: 60_000))
        #expect(judge(refused(1024, .afterFix), onPremises: true) == .again(after: 60_000))
        #expect(judge(Failure(.refused, "x", graph: GraphError(code: nil, httpStatus: 401)), onPremises: true) == .again(after: 60_000))
        #expect(judge(refused(134101, .waitWindow)) == .again(after: 600_000))
        #expect(judge(refused(131048, .waitWindow)) == .again(after: 3_600_000))
        #expect(judge(refused(132015, .waitWindow)) == .final)
        #expect(judge(refused(132000, .afterFix)) == .final)
        #expect(judge(refused(131000, .uncertain)) == .uncertain)
        #expect(judge(Failure(.refused, "502", retry: .uncertain, graph: nil)) == .uncertain)
        #expect(judge(Failure(.invalid, "x")) == .final)
        // The On-Premises numbers mean other things.
        #expect(judge(refused(1026, .never)) == .final)
        #expect(judge(refused(1026, .never), onPremises: true) == .marketing)
        #expect(RowLoss.judge(failedWith: 132015, onPremises: false) == .final)
        #expect(RowLoss.judge(failedWith: nil, onPremises: false) == .final)
    }

    @Test func nothingBeginsBehindItsEnd() {
        var one = row(.sending)
        one.expiresAt = now + 10
        _ = one.finish(Failure(.unreachable, "x"), rules, random: 1, now: now)
        #expect(one.due == now + 10)
        _ = one.expire(now: now + 10)
        #expect(one.state == .expired && one.error != nil)
    }

    // MARK: Sequences

    @Test func aSequenceWaitsForItsStep() {
        for step in SequenceStep.allCases {
            var one = row(.sending, sequence: "s")
            one.after = step
            #expect(!one.finish(taken("wamid.1", status: "held_for_quality_assessment"), isSpent: false, now: now).releases)
            #expect(one.isHeld && one.holds && one.timer == now + 1000)
            for (rank, word) in ["sent", "delivered", "read"].enumerated() {
                let change = one.hear(event(word), isSpent: false, rules, now: now)
                #expect(change.releases == (rank == step.rawValue) && !change.stopsSequence && !one.isHeld)
            }
            #expect(one.timer == nil)
        }
    }

    @Test func aFailureStopsOrSkips() {
        for failure in SequenceFailure.allCases {
            for (name, act) in happenings where ["refused", "failed", "failed with 131050"].contains(name) {
                var one = row(.sending, sequence: "s")
                one.sequenceFailure = failure
                let change = act(&one)
                #expect(change.releases && change.stopsSequence == (failure == .stop), "\(name)")
            }
            // Patience ends.
            var late = row(.accepted, sequence: "s")
            late.sequenceFailure = failure
            late.timer = now
            let change = late.ring(rules, now: now)
            #expect(late.state == .accepted && change.releases && change.stopsSequence == (failure == .stop))
            // The caller's own decision stops nothing.
            var cancelled = row(.queued, sequence: "s")
            cancelled.sequenceFailure = failure
            let (taken, isCancelled) = cancelled.cancel(now: now)
            #expect(isCancelled && taken.releases && !taken.stopsSequence)
            // Held and then dropped by Meta.
            var held = row(.accepted, sequence: "s")
            held.isHeld = true
            held.sequenceFailure = failure
            #expect(held.hear(event("failed", code: 132015), isSpent: false, rules, now: now).stopsSequence == (failure == .stop))
        }
    }

    @Test func anUncertainRowHoldsItsSequenceUntilItIsSettled() {
        var one = row(.sending, sequence: "s")
        #expect(!one.orphan(rules, now: now).releases && one.holds)
        var proved = one
        #expect(proved.hear(event("delivered"), isSpent: false, rules, now: now).releases)
        #expect(one.ring(rules, now: now + 900_000).stopsSequence)
        var waiting = RowRules()
        waiting.uncertain = .wait
        var patient = row(.sending, sequence: "s")
        _ = patient.orphan(waiting, now: now)
        #expect(patient.timer == now + 1000)
        #expect(patient.ring(waiting, now: now + 1000).stopsSequence && patient.state == .uncertain)
    }

    @Test func idsAreReadAsTheyAreWritten() {
        for id in [RowID(number: 1, nonce: 0), RowID(number: .max, nonce: .max), RowID(number: 4711, nonce: 0x0123_4567_89AB_CDEF)] {
            #expect(RowID(id.description) == id)
            #expect(id.description.utf8.count == 32)
        }
        for text in ["", "x", String(repeating: "0", count: 32), String(repeating: "f", count: 32), String(repeating: "A", count: 32), "00000000000000010000000000000000 "] {
            #expect(RowID(text) == nil)
        }
    }
}
