// Files of older forms are brought up when they are opened: every row stands where it stood, and what led to it still does.
import CSQLite
import Foundation
import Testing
@testable import WABiz
@testable import WABizClient

@Suite struct OutboxFormTests {
    /// Tests/Corpus/outbox/form-2.sql says how it was made.
    private static let formTwo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Corpus/outbox/form-2.sql")

    /// What form 2 had beside form 1.
    private static let backToFormOne = """
        INSERT INTO wire VALUES ('wamid.left', 17, 0); DROP TABLE pruned; DROP INDEX wire_number; ALTER TABLE alias DROP COLUMN seen;
        CREATE INDEX wire_spent ON wire (number) WHERE spent = 1; PRAGMA user_version = 1
        """

    private func scene(_ statements: String...) throws -> OutboxScene {
        let scene = try OutboxScene()
        scene.change = { $0.repeatInterval = 3_600_000 }
        var handle: OpaquePointer?
        try #require(sqlite3_open(scene.path, &handle) == SQLITE_OK)
        defer { sqlite3_close(handle) }
        for statement in statements {
            try #require(sqlite3_exec(handle, statement, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle)))")
        }
        return scene
    }

    /// Every table and index with its columns.
    private func shape(_ scene: OutboxScene) throws -> [String] {
        try scene.open().store.run(
            "SELECT m.type || ' ' || m.name || ' ' || coalesce(c.name || c.type || c.[notnull] || c.pk, '') FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c ORDER BY 1"
        ) { (statement) throws(Failure) in
            var names: [String] = []
            while try statement.step() { names.append(statement.text(0) ?? "") }
            return names
        }
    }

    @Test(arguments: [false, true]) func aFileOfAnOlderFormIsBroughtUp(_ isFormOne: Bool) throws {
        let written = try String(contentsOf: OutboxFormTests.formTwo, encoding: .utf8)
        let scene = isFormOne ? try scene(written, OutboxFormTests.backToFormOne) : try scene(written)
        #expect(try scene.open().document().text == #"{"schema":3,"rows":10}"#)
        let fresh = try OutboxScene()
        #expect(try shape(scene) == shape(fresh))
        #expect(try scene.open().store.database.integer("PRAGMA user_version") == 3)

        let rows = try #require(try scene.object(scene.open().list())["rows"] as? [[String: Any]])
        let states = ["queued", "queued", "sent", "queued", "sending", "delivered", "uncertain", "sent", "cancelled", "queued"]
        #expect(rows.map { $0["state"] as? String } == states)
        #expect(rows[0]["id"] as? String == "000000000000000130a8c0fab5ae3c51")
        #expect(rows[0]["key"] as? String == "a key" && (rows[0]["tag"] as? [String: Any])?["mine"] as? Int == 1)
        #expect(rows[3]["waits"] as? Bool == true && rows[3]["sequence"] as? String == "order-42")
        #expect(rows[5]["message_id"] as? String == "wamid.delivered" && (rows[5]["times"] as? [String: Int])?["delivered"] == scene.time)
        #expect(rows[6]["next_at"] as? Int == scene.time + 900)
        let stats = try scene.object(scene.open().stats().bytes)
        #expect(stats["due"] as? Int == 2 && stats["stopped"] as? Int == 1 && stats["windows"] as? Int == 1 && stats["statuses"] as? Int == 1)
        #expect((stats["rows"] as? [String: Int])?["queued"] == 4 && (stats["rows"] as? [String: Int])?["sending"] == 1)
    }

    @Test func manyMayMakeTheFileAtOnce() throws {
        for _ in 0..<500 {
            let scene = try OutboxScene()
            let path = scene.path
            let refusals = Refusals()
            DispatchQueue.concurrentPerform(iterations: 6) { _ in
                do { _ = try Outbox(OutboxOptions(path: path, phoneNumberID: "900")) } catch { refusals.add("\(error)") }
            }
            #expect(refusals.all == [])
        }
    }

    private final class Refusals: @unchecked Sendable {
        private let lock = NSLock()
        private var texts: [String] = []

        func add(_ text: String) { lock.withLock { texts.append(text) } }
        var all: [String] { lock.withLock { texts } }
    }

    @Test func whatLedToARowOfAnOlderFileStillDoes() throws {
        let scene = try scene(String(contentsOf: OutboxFormTests.formTwo, encoding: .utf8))
        // The key and its digest, the rule against repetition, the stop list.
        let complete = #"{"messaging_product":"whatsapp","to":"+15550000001","type":"text","text":{"body":"due"}}"#
        #expect(try scene.put(complete, #"{"key":"a key"}"#)["new"] as? Bool == false)
        expectFailure(.blocked, "repeated") { _ = try scene.put(complete) }
        let offer = #"{"to":"+15550000008","template":"offer","language":"en"}"#
        expectFailure(.blocked, "stopped") { _ = try scene.put(offer, #"{"template_category":"marketing"}"#) }
        // Meta's ids, also that of an attempt that is over.
        #expect(try scene.hear("delivered", id: "wamid.first")["moved"] as? Int == 1)
        #expect(try scene.hear("failed", id: "wamid.failed", code: 131026)["moved"] as? Int == 0)
        #expect(try scene.hear("delivered", id: "wamid.failed.2")["moved"] as? Int == 1)
        #expect(try scene.hear("sent", id: "wamid.other")["unknown"] as? Int == 1)
        // The sequence goes on, and the next row gets a number of its own.
        #expect(try scene.get("00000000000000044608b1502915dc26")["waits"] == nil)
        #expect(try RowID(scene.put(#"{"to":"+15550000020","text":"new"}"#)["id"] as? String ?? "")?.number == 11)
    }
}
