// Folding statuses: whatever their order and however often they come, the state is the same.
import Testing
@testable import WABiz

private func statuses(_ items: [String]) throws -> [Event] {
    let body = #"{"entry":[{"changes":[{"field":"messages","value":{"statuses":[\#(items.joined(separator: ","))]}}]}]}"#
    return try Webhook.events(verified: Array(body.utf8))
}

private func status(_ word: String, _ time: Int, _ more: String = "") -> String {
    #"{"id":"w","status":"\#(word)","timestamp":"\#(time)"\#(more)}"#
}

@Suite struct MessageStateTests {
    @Test(arguments: [
        (["sent", "delivered", "read", "played"], DeliveryStatus.played), (["read", "delivered"], .read), (["failed", "sent"], .failed),
        (["sent", "failed", "delivered"], .delivered), (["delivered", "failed"], .delivered), (["read", "failed", "sent"], .read),
        (["accepted"], .accepted), (["deleted", "sent", "warning"], .sent), (["PENDING", "ERROR"], .failed),
    ])
    func neverMovesBack(_ words: [String], _ wanted: DeliveryStatus) throws {
        #expect(try MessageState.fold(statuses(words.enumerated().map { status($0.element, 1000 + $0.offset) }))["w"]?.status == wanted)
    }

    @Test func saysWhetherItMoved() {
        var state = MessageState()
        let moves = [DeliveryStatus.accepted, .accepted, .sent, .sent, .accepted, .delivered, .failed].map { state.apply($0) }
        #expect(moves == [true, false, true, false, false, true, false])
    }

    /// Any permutation with any repetitions gives the same state, with its times and error.
    @Test(arguments: [0x5EED, UInt64.random(in: 0 ... .max)]) func theOrderDoesNotMatter(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let people = ["", #","recipient_participant_user_id":"US.1""#, #","recipient_participant_id":"15550000002""#]
        let words = DeliveryStatus.allCases.map { "\($0)" } + ["deleted", "warning"]
        for round in 0..<300 {
            let items = (0..<Int.random(in: 1...7, using: &random)).map { _ in
                let word = words.randomElement(using: &random) ?? "sent"
                let error = word == "failed" ? #","errors":[{"code":\#([131026, 131049, 470].randomElement(using: &random) ?? 1)}]"# : ""
                return status(word, Int.random(in: 1000...1003, using: &random), error + (people.randomElement(using: &random) ?? ""))
            }
            let wanted = try MessageState.fold(statuses(items))
            for _ in 0..<5 {
                let again = items + items.filter { _ in Bool.random(using: &random) }
                let found = try MessageState.fold(statuses(again.shuffled(using: &random)))
                #expect(found == wanted, "seed \(seed), round \(round): \(items)")
            }
        }
    }

    @Test func keepsTimesAndTheFirstError() throws {
        let items = [
            status("failed", 1005, #","errors":[{"code":131049}]"#), status("failed", 1002, #","errors":[{"code":131026}]"#),
            status("delivered", 1009), status("delivered", 1008),
        ]
        let state = try #require(try MessageState.fold(statuses(items))["w"])
        #expect(state.status == .delivered && state.times == [.failed: 1002, .delivered: 1008] && state.errorCode == 131026)
    }

    @Test func aGroupHasAStateForEachPerson() throws {
        let items = [
            status("sent", 1000), status("read", 1002, #","recipient_participant_id":"1""#),
            status("failed", 1001, #","recipient_participant_id":"2","errors":[{"code":131026}]"#),
        ]
        let state = try #require(try MessageState.fold(statuses(items))["w"])
        #expect(state.status == .read && state.participants["1"]?.status == .read && state.participants["2"]?.status == .failed)
        #expect(try MessageState.fold(statuses([status("sent", 1), items[2]]))["w"]?.status == .sent)
    }

    @Test func paymentsAndCallsAreNoDelivery() throws {
        let items = [status("failed", 1, #","type":"payment""#), status("captured", 1, #","type":"payment""#), status("sent", 2, #","type":"call""#)]
        #expect(try MessageState.fold(statuses(items)).isEmpty)
    }
}
