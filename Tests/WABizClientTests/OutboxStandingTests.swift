// Where rows stand in the file: new ones, those in flight and all others are kept in different tables, and told as one.
import Foundation
import Testing
@testable import WABiz
@testable import WABizClient

@Suite struct OutboxStandingTests {
    private func move(_ outbox: Outbox, _ number: Int, _ work: (inout OutboxRow) -> RowChange) throws {
        try outbox.store.transaction { () throws(Failure) in
            guard var row = try outbox.store.row(number) else { throw Failure(.notFound, "There is no row \(number).") }
            _ = work(&row)
            try outbox.store.update(&row)
        }
    }

    private func told(_ scene: OutboxScene, _ state: RowState) throws -> [String] {
        var filter = RowFilter()
        filter.states = [state]
        let stats = try scene.object(scene.open().stats().bytes)["rows"] as? [String: Int]
        let rows = try scene.object(scene.open().list(filter))["rows"] as? [[String: Any]]
        #expect(stats?[state.word] == rows?.count)
        #expect(stats?.values.reduce(0, +) == (try scene.open().store.count()))
        return rows?.compactMap { $0["id"] as? String } ?? []
    }

    @Test func aRowInFlightIsToldOnce() throws {
        let scene = try OutboxScene()
        let ids = try (0..<3).map { _ in try scene.put(outboxText)["id"] as? String ?? "" }
        let outbox = try scene.open()
        let now = scene.time * 1000
        // The second one flies for the first time, the third one for the second time: it has a standing from its first.
        try move(outbox, 2) { $0.start(owner: outbox.owner, now: now) }
        try move(outbox, 3) { $0.start(owner: outbox.owner, now: now) }
        try move(outbox, 3) { $0.takeBack(after: 0, now: now) }
        #expect(try told(scene, .queued) == [ids[0], ids[2]] && told(scene, .sending) == [ids[1]])
        try move(outbox, 3) { $0.start(owner: outbox.owner, now: now) }
        #expect(try told(scene, .queued) == [ids[0]] && told(scene, .sending) == [ids[1], ids[2]])
        #expect(try scene.get(ids[2])["attempts"] as? Int == 1 && scene.get(ids[2])["next_at"] == nil)
        #expect(try scene.object(scene.open().stats().bytes)["due"] as? Int == 1)
        try move(outbox, 3) { $0.orphan(RowRules(), now: now) }
        #expect(try told(scene, .uncertain) == [ids[2]] && told(scene, .sending) == [ids[1]])
        #expect(try scene.hear("delivered", tag: ids[2], id: "wamid.3")["moved"] as? Int == 1)
        #expect(try told(scene, .delivered) == [ids[2]])
    }

    @Test func whatOthersWroteIsSeen() throws {
        let scene = try OutboxScene()
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        let (one, other) = (try scene.open(), try scene.open())
        try move(one, 1) { $0.start(owner: one.owner, now: scene.time * 1000) }
        let status = #"{"events":[{"kind":"status","key":"k","status":"delivered","message_id":"wamid.1","tag":"\#(id)","timestamp":\#(scene.time)}]}"#
        _ = try other.apply(Array(status.utf8))
        try move(one, 1) { row in
            #expect(row.state == .delivered && row.messageID == "wamid.1")
            return RowChange()
        }
        #expect(try scene.state(id) == "delivered")
    }
}
