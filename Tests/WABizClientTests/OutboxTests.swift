// The outbox on its file: put and its keys, apply, sequences, windows, the stop list, pruning, and files that cannot be used.
import Foundation
import Testing
@testable import WABiz
@testable import WABizClient

/// An outbox in a folder of its own, with a clock that the test sets.
final class OutboxScene {
    let folder = FileManager.default.temporaryDirectory.appending(path: "wabiz-outbox-\(UUID().uuidString)")
    var path: String { folder.appending(path: "out.db").path(percentEncoded: false) }
    var time = 1_767_225_600
    var change: (inout OutboxOptions) -> Void = { _ in }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    func open() throws -> Outbox {
        var options = OutboxOptions(path: path, phoneNumberID: "900")
        options.now = time
        change(&options)
        return try Outbox(options)
    }

    @discardableResult
    func put(_ message: String, _ options: String? = nil) throws -> [String: Any] {
        try object(open().put(Array(message.utf8), options: options.map { Array($0.utf8) }))
    }

    func get(_ id: String) throws -> [String: Any] { try object(open().get(id)) }
    func state(_ id: String) throws -> String { try get(id)["state"] as? String ?? "" }

    /// One status, by our id or by Meta's.
    @discardableResult
    func hear(_ status: String, tag: String? = nil, id: String = "wamid.1", code: Int? = nil, key: String? = nil) throws -> [String: Any] {
        var event = #"{"kind":"status","key":"\#(key ?? id + status)","status":"\#(status)","message_id":"\#(id)","timestamp":\#(time)"#
        if let tag { event += #","tag":"\#(tag)""# }
        if let code { event += #","errors":[{"code":\#(code),"title":"t","retry":"never"}]"# }
        return try apply(event + "}")
    }

    @discardableResult
    func apply(_ events: String...) throws -> [String: Any] {
        try object(open().apply(Array(#"{"events":[\#(events.joined(separator: ","))]}"#.utf8)))
    }

    func object(_ json: [UInt8]) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
    }
}

let outboxText = #"{"to":"+15550001234","text":"Hello"}"#
private let template = #"{"to":"+15550001234","template":"t","language":"en"}"#

func expectFailure(
    _ code: Failure.Code, _ reason: String? = nil, sourceLocation: SourceLocation = #_sourceLocation, _ work: () throws -> Void
) {
    do {
        try work()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch {
        let failure = error as? Failure
        #expect(failure?.code == code && (reason == nil || failure?.reason == reason), "\(error)", sourceLocation: sourceLocation)
    }
}

@Suite struct OutboxTests {
    @Test func aMessageIsStoredAndFoundAgain() throws {
        let scene = try OutboxScene()
        let put = try scene.put(#"{"to":"+15550001234","text":"Hi","tag":"mine"}"#, #"{"key":"k-1"}"#)
        #expect(put["new"] as? Bool == true && put["state"] as? String == "queued")
        let row = try scene.get(put["id"] as? String ?? "")
        #expect(row["key"] as? String == "k-1" && row["tag"] as? String == "mine" && row["to"] as? String == "15550001234")
        #expect((row["message"] as? [String: Any])?["biz_opaque_callback_data"] == nil)
        #expect(throws: Failure.self) { try scene.get("00000000000000010000000000000000") }
        #expect(try scene.open().document().text == #"{"schema":3,"rows":1}"#)
    }

    @Test func aKeyIsIdempotent() throws {
        let scene = try OutboxScene()
        let first = try scene.put(outboxText, #"{"key":"k"}"#)
        let again = try scene.put(#"{ "text":"Hello", "to":"+15550001234" }"#, #"{"key":"k","priority":0}"#)
        #expect(again["id"] as? String == first["id"] as? String && again["new"] as? Bool == false)
        #expect(throws: Failure.self, performing: { try scene.put(#"{"to":"+15550001234","text":"Other"}"#, #"{"key":"k"}"#) })
        expectFailure(.conflict) { _ = try scene.put(outboxText, #"{"key":"k","phone_number_id":"901"}"#) }
        #expect(try scene.open().document().text == #"{"schema":3,"rows":1}"#)
    }

    @Test func keysOutliveTheirRows() throws {
        let scene = try OutboxScene()
        scene.change = { $0.retention = 0; $0.keyRetention = 100_000 }
        let first = try scene.put(outboxText, #"{"key":"k"}"#)
        let id = first["id"] as? String ?? ""
        #expect(try scene.open().prune().text.hasPrefix(#"{"rows":0"#))
        _ = try scene.open().cancel(id)
        #expect(try scene.open().prune().text == #"{"rows":1,"keys":0,"statuses":0,"more":false}"#)
        #expect(try scene.put(outboxText, #"{"key":"k"}"#)["new"] as? Bool == false)
        #expect(try scene.put(outboxText, #"{"key":"k"}"#)["state"] as? String == "cancelled")
        expectFailure(.conflict) { _ = try scene.put(#"{"to":"1","text":"Other"}"#, #"{"key":"k"}"#) }
        expectFailure(.notFound) { _ = try scene.get(id) }
        scene.time += 100
        #expect(try scene.put(outboxText, #"{"key":"k"}"#)["new"] as? Bool == true)
    }

    @Test func manyAreStoredTogetherOrNotAtAll() throws {
        let scene = try OutboxScene()
        let rows = try scene.put(#"{"messages":[\#(outboxText),{"message":\#(outboxText),"key":"a"},{"message":\#(outboxText),"key":"a"}]}"#)["rows"] as? [[String: Any]]
        #expect(rows?.map { $0["new"] as? Bool } == [true, true, false])
        expectFailure(.conflict) { _ = try scene.put(#"{"messages":[\#(outboxText),{"message":{"to":"1","text":"x"},"key":"a"}]}"#) }
        #expect(try scene.open().document().text == #"{"schema":3,"rows":2}"#)
        try scene.apply(#"{"kind":"user_preference","key":"p","phone_number_id":"900","wa_id":"15550001234","category":"marketing_messages","value":"stop","timestamp":1}"#)
        let mixed = try scene.put(#"{"messages":[{"message":\#(template),"template_category":"marketing"},\#(outboxText)]}"#)["rows"] as? [[String: Any]]
        #expect((mixed?[0]["error"] as? [String: Any])?["reason"] as? String == "stopped" && mixed?[1]["new"] as? Bool == true)
    }

    /// The random half of an id is drawn for many rows at a time.
    @Test(arguments: [1, 2, 33, 70]) func noTwoRowsShareAnID(_ count: Int) throws {
        let scene = try OutboxScene()
        let ids = try (0..<2).flatMap { _ in
            let rows = try scene.put(#"{"messages":[\#(Array(repeating: outboxText, count: count).joined(separator: ","))]}"#)["rows"] as? [[String: Any]]
            return rows?.compactMap { $0["id"] as? String } ?? []
        }
        #expect(ids.count == 2 * count && Set(ids.map { $0.suffix(16) }).count == 2 * count)
        #expect(ids.map { Int($0.prefix(16), radix: 16) } == (1...2 * count).map { $0 })
        for id in ids { #expect(try scene.state(id) == "queued") }
    }

    @Test func statusesMoveRowsForward() throws {
        let scene = try OutboxScene()
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        let applied = try scene.hear("delivered", tag: id)
        #expect(applied["moved"] as? Int == 1)
        let row = (applied["rows"] as? [[String: Any]])?.first
        #expect(row?["event"] as? Int == 0 && row?["id"] as? String == id && row?["state"] as? String == "delivered")
        // Late, repeated, and now by Meta's id alone.
        #expect(try scene.hear("sent")["moved"] as? Int == 0)
        #expect(try scene.hear("delivered")["moved"] as? Int == 0)
        #expect(try scene.hear("read")["moved"] as? Int == 1)
        #expect(try scene.state(id) == "read")
        #expect(try scene.get(id)["message_id"] as? String == "wamid.1")
    }

    @Test func foreignStatusesAreCountedAndKeptForADay() throws {
        let scene = try OutboxScene()
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        #expect(try scene.hear("failed", id: "wamid.9", code: 131026)["unknown"] as? Int == 1)
        #expect(try scene.hear("sent", tag: "00000000000000010000000000000001", id: "wamid.8")["unknown"] as? Int == 1)
        // The second status carries our id, and brings the first one with it.
        #expect(try scene.hear("sent", tag: id, id: "wamid.9")["moved"] as? Int == 1)
        #expect(try scene.state(id) == "failed")
        scene.time += 86_401
        #expect(try scene.open().prune().text.contains(#""statuses":1"#))
    }

    @Test func heldBackMarketingIsQueuedAgainOnce() throws {
        let scene = try OutboxScene()
        let id = try scene.put(template, #"{"template_category":"marketing"}"#)["id"] as? String ?? ""
        try scene.hear("sent", tag: id)
        try scene.hear("failed", tag: id, code: 131049)
        #expect(try scene.state(id) == "queued")
        #expect(try scene.get(id)["next_at"] as? Int == scene.time + 86_400)
        #expect(try scene.get(id)["repeats"] as? Int == 1)
        #expect(try scene.hear("failed", tag: id, code: 131049)["moved"] as? Int == 0)
        #expect(try scene.get(id)["repeats"] as? Int == 1)
        // The message that was given up turns out to have arrived: it is not sent again.
        #expect(try scene.hear("delivered", tag: id)["moved"] as? Int == 1)
        #expect(try scene.state(id) == "delivered")
    }

    @Test func aPersonWhoStopsIsLeftAlone() throws {
        let scene = try OutboxScene()
        func preference(_ value: String, _ time: Int, _ person: String = #""wa_id":"15550001234""#) throws {
            try scene.apply(#"{"kind":"user_preference","key":"\#(value)\#(time)","phone_number_id":"900",\#(person),"category":"marketing_messages","value":"\#(value)","timestamp":\#(time)}"#)
        }
        let marketing = #"{"template_category":"marketing"}"#
        try preference("stop", 10)
        expectFailure(.blocked, "stopped") { _ = try scene.put(template, marketing) }
        try scene.put(template, #"{"template_category":"utility"}"#)
        try scene.put(template, #"{"template_category":"marketing","phone_number_id":"901"}"#)
        // What was said before does not count, however late it comes.
        try preference("resume", 9)
        expectFailure(.blocked, "stopped") { _ = try scene.put(template, marketing) }
        try preference("resume", 11)
        try scene.put(template, marketing)
        // 131050 stops as well, and the caller can lift it.
        let id = try scene.put(template, marketing)["id"] as? String ?? ""
        try scene.hear("failed", tag: id, id: "wamid.5", code: 131050)
        expectFailure(.blocked, "stopped") { _ = try scene.put(template, marketing) }
        expectFailure(.blocked, "stopped") { _ = try scene.open().retry(id) }
        #expect(try scene.open().resume("+1 555 000-1234").text == #"{"person":"15550001234","resumed":true}"#)
        try scene.put(template, marketing)
        #expect(try scene.object(scene.open().retry(id))["retried"] as? Bool == true)
    }

    @Test func theWindowOpensAndCloses() throws {
        let scene = try OutboxScene()
        let warnings = try scene.put(outboxText)["warnings"] as? [[String: Any]]
        #expect(warnings?.first?["code"] as? String == "window_unknown")
        try scene.apply(#"{"kind":"message","key":"m","phone_number_id":"900","from":"15550001234","type":"text","timestamp":\#(scene.time)}"#)
        #expect(try scene.put(outboxText)["warnings"] == nil)
        scene.time += 86_400
        expectFailure(.blocked, "window_closed") { _ = try scene.put(outboxText) }
        let put = try scene.put(outboxText, #"{"fallback":\#(template),"template_category":"utility"}"#)
        #expect(put["fallback"] as? Bool == true)
        let row = try scene.get(put["id"] as? String ?? "")
        #expect(row["type"] as? String == "template" && (row["message"] as? [String: Any])?["template"] != nil)
        // A call opens it as well; old events and changes of number do not.
        try scene.apply(#"{"kind":"message","key":"n","phone_number_id":"900","from":"15550001234","type":"system","timestamp":\#(scene.time)}"#)
        expectFailure(.blocked, "window_closed") { _ = try scene.put(outboxText) }
        try scene.apply(#"{"kind":"call","key":"c","phone_number_id":"900","from":"15550001234","direction":"USER_INITIATED","timestamp":\#(scene.time)}"#)
        try scene.put(outboxText)
        // Meta knows better.
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        scene.time += 5
        try scene.hear("failed", tag: id, id: "wamid.7", code: 131047)
        expectFailure(.blocked, "window_closed") { _ = try scene.put(outboxText) }
    }

    @Test func theSameContentIsRefusedForAWhile() throws {
        let scene = try OutboxScene()
        scene.change = { $0.repeatInterval = 60_000 }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        expectFailure(.blocked, "repeated") { _ = try scene.put(#"{"to":"15550001234","text":"Hello","tag":"x"}"#) }
        try scene.put(#"{"to":"15550001235","text":"Hello"}"#)
        _ = try scene.open().cancel(id)
        try scene.put(outboxText)
        expectFailure(.blocked, "repeated") { _ = try scene.put(outboxText) }
        scene.time += 60
        try scene.put(outboxText)
    }

    @Test func aSequenceGoesOneByOne() throws {
        let scene = try OutboxScene()
        let ids = try (0..<3).map { _ in try scene.put(outboxText, #"{"sequence":"s"}"#)["id"] as? String ?? "" }
        let other = try scene.put(outboxText, #"{"sequence":"s","phone_number_id":"901"}"#)["id"] as? String ?? ""
        #expect(try scene.get(ids[0])["waits"] == nil && scene.get(other)["waits"] == nil)
        #expect(try scene.get(ids[1])["waits"] as? Bool == true)
        try scene.hear("sent", tag: ids[0])
        #expect(try scene.get(ids[1])["waits"] as? Bool == true)
        try scene.hear("delivered", tag: ids[0])
        #expect(try scene.get(ids[1])["waits"] == nil && scene.get(ids[2])["waits"] as? Bool == true)
        _ = try scene.open().cancel(ids[1])
        #expect(try scene.get(ids[2])["waits"] == nil)
    }

    @Test func aSequenceStopsOrSkips() throws {
        for failure in ["stop", "skip"] {
            let scene = try OutboxScene()
            let ids = try (0..<3).map { _ in try scene.put(outboxText, #"{"sequence":"s","sequence_failure":"\#(failure)"}"#)["id"] as? String ?? "" }
            let applied = try scene.hear("failed", tag: ids[0], code: 131026)
            #expect(try scene.state(ids[1]) == (failure == "stop" ? "blocked" : "queued"))
            #expect(applied["moved"] as? Int == (failure == "stop" ? 3 : 1))
            if failure == "stop" {
                #expect(((try scene.get(ids[2])["error"]) as? [String: Any])?["reason"] as? String == "sequence_stopped")
                #expect((applied["rows"] as? [[String: Any]])?.last?["event"] is NSNull)
                // What is put from now on begins anew.
                #expect(try scene.get(scene.put(outboxText, #"{"sequence":"s"}"#)["id"] as? String ?? "")["waits"] == nil)
                #expect(try scene.object(scene.open().retry(ids[1]))["retried"] as? Bool == true)
            }
        }
    }

    @Test func listsAreFilteredAndPaged() throws {
        let scene = try OutboxScene()
        var ids: [String] = []
        for number in 0..<5 { ids.append(try scene.put(outboxText, #"{"key":"k\#(number)","sequence":"\#(number % 2)"}"#)["id"] as? String ?? "") }
        _ = try scene.open().cancel(ids[0])
        try scene.hear("sent", tag: ids[1])
        func list(_ options: String?) throws -> ([String], String?) {
            let answer = try scene.object(scene.open().list(RowFilter(json: options.map { Array($0.utf8) })))
            return ((answer["rows"] as? [[String: Any]])?.compactMap { $0["id"] as? String } ?? [], answer["next"] as? String)
        }
        #expect(try list(nil) == (ids, nil))
        #expect(try list(#"{"limit":2}"#) == (Array(ids[0...1]), ids[1]))
        #expect(try list(#"{"limit":2,"after":"\#(ids[1])"}"#) == (Array(ids[2...3]), ids[3]))
        #expect(try list(#"{"limit":2,"after":"\#(ids[3])"}"#) == ([ids[4]], nil))
        #expect(try list(#"{"state":"cancelled"}"#).0 == [ids[0]])
        #expect(try list(#"{"state":["cancelled","sent"]}"#).0 == Array(ids[0...1]))
        #expect(try list(#"{"key":"k3"}"#).0 == [ids[3]])
        #expect(try list(#"{"key":"k3","message_id":"wamid.1"}"#).0 == [])
        #expect(try list(#"{"message_id":"wamid.1"}"#).0 == [ids[1]])
        #expect(try list(#"{"sequence":"1"}"#).0 == [ids[1], ids[3]])
        #expect(try list(#"{"to":"+1 555 0001234"}"#).0 == ids && list(#"{"to":"2"}"#).0 == [])
        #expect(try list(#"{"phone_number_id":"1"}"#).0 == [])
        for wrong in [#"{"state":"gone"}"#, #"{"limit":0}"#, #"{"after":"x"}"#, #"{"kee":1}"#, "[]"] { #expect(throws: Failure.self) { try list(wrong) } }
    }

    @Test func statsCount() throws {
        let scene = try OutboxScene()
        try scene.put(outboxText)
        try scene.put(outboxText, #"{"send_at":\#(scene.time + 100)}"#)
        let stats = try scene.object(scene.open().stats().bytes)
        #expect((stats["rows"] as? [String: Int])?["queued"] == 2 && stats["due"] as? Int == 1 && stats["next_at"] as? Int == scene.time)
    }

    @Test func onPremisesRowsAreFoundByMessageIDAlone() throws {
        let scene = try OutboxScene()
        scene.change = { $0.api = .onPremises; $0.phoneNumberID = "" }
        let id = try scene.put(#"{"to":"15550001234","text":"Hi"}"#)["id"] as? String ?? ""
        #expect(try scene.get(id)["phone_number_id"] == nil && scene.get(id)["api"] as? String == "on_premises")
    }

    // MARK: Files

    @Test func aFileOfSomethingElseIsRefused() throws {
        let scene = try OutboxScene()
        _ = try Seen(SeenOptions(path: scene.path))
        expectFailure(.storage, "foreign") { _ = try scene.open() }
        try Data("no database at all, but long enough to be looked at as one".utf8).write(to: URL(filePath: scene.path))
        expectFailure(.storage, "foreign") { _ = try scene.open() }
    }

    @Test func aNewerFileIsRefused() throws {
        let scene = try OutboxScene()
        do {
            let outbox = try scene.open()
            try outbox.store.database.execute("PRAGMA user_version = 4")
        }
        expectFailure(.storage, "newer") { _ = try scene.open() }
    }

    @Test func aDamagedFileIsFoundAtOpen() throws {
        let scene = try OutboxScene()
        try scene.put(#"{"messages":[\#(Array(repeating: outboxText, count: 500).joined(separator: ","))]}"#)
        let file = try #require(FileHandle(forUpdatingAtPath: scene.path))
        let size = try file.seekToEnd()
        #expect(size > 100_000)
        for page in stride(from: UInt64(8192), to: size, by: 4096) {
            try file.seek(toOffset: page)
            try file.write(contentsOf: Data(repeating: 0xEE, count: 512))
        }
        try file.close()
        expectFailure(.storage, "corrupt") { _ = try scene.open() }
    }

    @Test func aFailedPutLosesNothing() throws {
        let scene = try OutboxScene()
        let outbox = try scene.open()
        let id = try scene.object(outbox.put(Array(outboxText.utf8)))["id"] as? String ?? ""
        // As few pages as it has now: the disk is full for SQLite.
        let pages = try outbox.store.database.integer("PRAGMA page_count")
        #expect(pages > 5)
        try outbox.store.database.execute("PRAGMA max_page_count = 1")
        let many = #"{"messages":[\#(Array(repeating: outboxText, count: 200).joined(separator: ","))]}"#
        expectFailure(.storage, "full") { _ = try outbox.put(Array(many.utf8)) }
        #expect(try outbox.document().text == #"{"schema":3,"rows":1}"#)
        #expect(try scene.state(id) == "queued")
        try outbox.store.database.execute("PRAGMA max_page_count = 1000000")
        _ = try outbox.put(Array(many.utf8))
        #expect(try outbox.document().text == #"{"schema":3,"rows":201}"#)
    }

    @Test func aLockedFileSaysBusy() throws {
        let scene = try OutboxScene()
        scene.change = { $0.busyTimeout = 20 }
        let one = try scene.open()
        let two = try scene.open()
        try one.store.database.execute("BEGIN IMMEDIATE")
        expectFailure(.storage, "busy") { _ = try two.put(Array(outboxText.utf8)) }
        try one.store.database.execute("ROLLBACK")
        _ = try two.put(Array(outboxText.utf8))
    }
}
