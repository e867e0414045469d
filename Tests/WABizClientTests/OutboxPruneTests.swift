// What an outbox forgets and what it keeps: numbers are given once, ids go with their rows, windows and names grow old, the stop
// list stays; and a person who changes their number or id takes both along.
import Foundation
import Testing
@testable import WABiz
@testable import WABizClient

private let marketing = #"{"template_category":"marketing"}"#
private let template = #"{"to":"+15550001234","template":"t","language":"en"}"#

@Suite struct OutboxPruneTests {
    /// A row with two of Meta's ids, both live, that is at rest.
    private func rowWithTwoIDs(_ scene: OutboxScene) throws -> String {
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        try scene.hear("delivered", tag: id, id: "wamid.one")
        try scene.hear("read", tag: id, id: "wamid.two")
        return id
    }

    @Test func numbersAndIDsAreNotGivenAgain() throws {
        let scene = try OutboxScene()
        scene.change = { $0.retention = 0 }
        let first = try rowWithTwoIDs(scene)
        #expect(try scene.open().prune().text.hasPrefix(#"{"rows":1,"#))
        let second = try scene.put(outboxText)["id"] as? String ?? ""
        #expect(try #require(RowID(second)).number > #require(RowID(first)).number)
        for id in ["wamid.one", "wamid.two"] { #expect(try scene.hear("read", id: id, key: "late \(id)")["unknown"] as? Int == 1) }
        #expect(try scene.state(second) == "queued")
    }

    @Test func windowsGrowOldAndTheStopListStays() throws {
        let scene = try OutboxScene()
        scene.change = { $0.retention = 3_600_000 }
        let preference = #"{"kind":"user_preference","key":"p","phone_number_id":"900","wa_id":"15550009999","category":"marketing_messages","value":"stop","timestamp":1}"#
        try scene.apply(#"{"kind":"message","key":"m","phone_number_id":"900","from":"15550001234","type":"text","timestamp":\#(scene.time)}"#, preference)
        let outbox = try scene.open()
        try outbox.store.learn("900", "5551", is: "15550001234", now: scene.time * 1000)
        try outbox.store.learn("900", "5559", is: "15550009999", now: scene.time * 1000)
        func left() throws -> [Int] {
            let outbox = try scene.open()
            _ = try outbox.prune()
            return [try outbox.store.database.integer("SELECT count(*) FROM person"), try outbox.store.database.integer("SELECT count(*) FROM alias")]
        }
        scene.time += 86_400 + 3599
        #expect(try left() == [2, 2])
        #expect(try scene.object(scene.open().stats().bytes)["windows"] as? Int == 0)
        expectFailure(.blocked, "window_closed") { _ = try scene.put(outboxText) }
        scene.time += 1
        // Who is on the stop list keeps their other name as well.
        #expect(try left() == [1, 1])
        #expect(((try scene.put(outboxText)["warnings"]) as? [[String: Any]])?.first?["code"] as? String == "window_unknown")
        expectFailure(.blocked, "stopped") { _ = try scene.put(#"{"to":"5559","template":"t","language":"en"}"#, marketing) }
    }

    @Test func aNewIdentityTakesStopListAndWindowAlong() throws {
        for change in [
            #""kind":"user_id_update","wa_id":"15550002222","user_id":{"previous":"US.1","current":"US.2"}"#,
            #""kind":"message","type":"system","from":"15550001111","from_user_id":"US.1","new_wa_id":"15550002222","new_user_id":"US.2","system":{"type":"user_changed_number"}"#,
        ] {
            let scene = try OutboxScene()
            try scene.apply(
                #"{"kind":"message","key":"m","phone_number_id":"900","from":"15550001111","from_user_id":"US.1","type":"text","timestamp":\#(scene.time)}"#,
                #"{"kind":"user_preference","key":"p","phone_number_id":"900","wa_id":"15550001111","user_id":"US.1","category":"marketing_messages","value":"stop","timestamp":5}"#,
                #"{"key":"c","phone_number_id":"900",\#(change),"timestamp":\#(scene.time)}"#)
            for new in [#""to":"+15550002222""#, #""recipient":"US.2""#] {
                expectFailure(.blocked, "stopped") { _ = try scene.put(#"{\#(new),"template":"t","language":"en"}"#, marketing) }
                #expect(try scene.put(#"{\#(new),"text":"Hello"}"#)["warnings"] == nil)
            }
            #expect(try scene.put(#"{"to":"+15550003333","text":"Hello"}"#)["warnings"] != nil)
            // What they said last counts, under whatever name.
            try scene.apply(#"{"kind":"user_preference","key":"r","phone_number_id":"900","wa_id":"15550002222","user_id":"US.2","category":"marketing_messages","value":"resume","timestamp":9}"#)
            try scene.put(#"{"recipient":"US.2","template":"t","language":"en"}"#, marketing)
        }
    }

    @Test func whatIsSaidOfAnOldIDHoldsForTheNewOne() throws {
        let scene = try OutboxScene()
        try scene.apply(
            #"{"kind":"user_id_update","key":"c","phone_number_id":"900","user_id":{"previous":"US.1","current":"US.2"},"timestamp":1}"#,
            #"{"kind":"user_preference","key":"p","phone_number_id":"900","user_id":"US.1","category":"marketing_messages","value":"stop","timestamp":5}"#)
        expectFailure(.blocked, "stopped") { _ = try scene.put(#"{"recipient":"US.2","template":"t","language":"en"}"#, marketing) }
    }

    @Test func theRuleAgainstRepetitionOutlivesPruning() throws {
        let scene = try OutboxScene()
        scene.change = { $0.retention = 0; $0.repeatInterval = 60_000 }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        try scene.hear("read", tag: id)
        scene.time += 59
        #expect(try scene.open().prune().text.hasPrefix(#"{"rows":0,"#))
        expectFailure(.blocked, "repeated") { _ = try scene.put(outboxText) }
        scene.time += 1
        #expect(try scene.open().prune().text.hasPrefix(#"{"rows":1,"#))
        try scene.put(outboxText)
    }
}
