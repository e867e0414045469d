// The store of seen keys: two steps, time, bounds, restart, other processes, files that are not ours.
import Foundation
import Testing
import WABiz
@testable import WABizClient

private func keys(_ keys: String?...) throws -> EventKeys {
    let list = keys.map { $0.map { "\"\($0)\"" } ?? "null" }.joined(separator: ",")
    return try EventKeys(json: Array("{\"keys\":[\(list)]}".utf8))
}

private func temporaryFile() -> String {
    FileManager.default.temporaryDirectory.appending(path: "wabiz-seen-\(UUID().uuidString).db").path(percentEncoded: false)
}

private func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
}

@Suite struct SeenTests {
    @Test func checkingNotesNothing() throws {
        let seen = try Seen()
        #expect(try seen.check(keys("a", "b", "a", nil, nil), now: 1000).new == [0, 1, 3, 4])
        #expect(try seen.check(keys("a", "b", "a"), now: 1000).repeated == [2])
        #expect(try seen.mark(keys("a", nil, "a"), now: 1000).marked == 1)
        #expect(try seen.check(keys("a", "b", nil), now: 1000).new == [1, 2])
        #expect(try seen.mark(keys("a", "b"), now: 1000).marked == 1)
    }

    @Test func keysAreKeptForTheirTime() throws {
        var options = SeenOptions()
        options.keepSeconds = 100
        let seen = try Seen(options)
        _ = try seen.mark(keys("a"), now: 1000)
        #expect(try seen.check(keys("a"), now: 1099).new == [])
        #expect(try seen.check(keys("a"), now: 1100).new == [0])
        // A repetition is repeated for as long again.
        _ = try seen.mark(keys("a"), now: 1099)
        #expect(try seen.check(keys("a"), now: 1198).new == [])
        // A clock that goes back forgets nothing and shortens nothing.
        _ = try seen.mark(keys("a"), now: 5)
        #expect(try seen.check(keys("a"), now: 1198).new == [] && seen.check(keys("a"), now: 5).new == [])
        #expect(try seen.mark(keys("b"), now: 5000).marked == 1)
        #expect(try seen.mark(keys("a"), now: 5000).marked == 1)
    }

    @Test func theOldestAreForgottenFirst() throws {
        var options = SeenOptions()
        options.maxKeys = 10
        let seen = try Seen(options)
        var forgotten = 0
        for number in 0..<25 { forgotten += try seen.mark(keys("k\(number)"), now: 1000 + number).forgotten }
        #expect(forgotten == 15)
        for number in 0..<25 { #expect(try seen.check(keys("k\(number)"), now: 1030).new.isEmpty == (number >= 15)) }
    }

    @Test func aFileSurvivesARestart() throws {
        let path = temporaryFile()
        defer { remove(path) }
        do { _ = try Seen(SeenOptions(path: path)).mark(keys("a", "é"), now: 1000) }
        let again = try Seen(SeenOptions(path: path))
        #expect(try again.check(keys("a", "\\u00e9", "c"), now: 1000).new == [2])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let content = try Data(contentsOf: URL(filePath: path))
        #expect(content.starts(with: Data("SQLite format 3".utf8)))
    }

    /// Each key is new to exactly one of several connections, which write in turns.
    @Test func severalConnectionsShareAFile() throws {
        let path = temporaryFile()
        defer { remove(path) }
        let one = try Seen(SeenOptions(path: path)), two = try Seen(SeenOptions(path: path))
        for number in 0..<50 {
            let first = number.isMultiple(of: 2) ? one : two, second = number.isMultiple(of: 2) ? two : one
            #expect(try first.mark(keys("k\(number)"), now: 1000).marked == 1)
            #expect(try second.check(keys("k\(number)"), now: 1000).new == [])
            #expect(try second.mark(keys("k\(number)"), now: 1000).marked == 0)
        }
    }

    @Test func processesThatStartTogetherShareAFile() throws {
        let path = temporaryFile()
        defer { remove(path) }
        let marked = Marked()
        DispatchQueue.concurrentPerform(iterations: 8) { worker in
            do {
                let seen = try Seen(SeenOptions(path: path))
                for number in 0..<100 { marked.add(try seen.mark(keys("k\(number)"), now: 1000).marked) }
            } catch {
                Testing.Issue.record(error, "worker \(worker)")
            }
        }
        #expect(marked.sum == 100)
    }

    private final class Marked: @unchecked Sendable {
        private let lock = NSLock()
        private(set) var sum = 0
        func add(_ count: Int) { lock.withLock { sum += count } }
    }

    @Test func aLockedFileIsBusyAndNothingIsNoted() throws {
        let path = temporaryFile()
        defer { remove(path) }
        var options = SeenOptions(path: path)
        options.busyTimeout = 0
        let one = try Seen(options)
        let other = try Database.open(path: path, DatabaseKind(application: 0x5742_7365, version: 1, schema: ""), busyTimeout: 0)
        try other.execute("BEGIN IMMEDIATE")
        do {
            _ = try one.mark(keys("a"), now: 1)
            Testing.Issue.record("marked")
        } catch {
            #expect((error as? Failure)?.code == .storage && (error as? Failure)?.retry == .backoff)
        }
        try other.execute("COMMIT")
        #expect(try one.check(keys("a"), now: 1).new == [0] && one.mark(keys("a"), now: 1).marked == 1)
    }

    @Test func filesThatAreNotOursAreLeftAlone() throws {
        for content in ["not a database, but long enough to look like one of some other kind " + String(repeating: "x", count: 4096)] {
            let path = temporaryFile()
            defer { remove(path) }
            try Data(content.utf8).write(to: URL(filePath: path))
            #expect(throws: Failure.self) { try Seen(SeenOptions(path: path)) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
        }
        let path = temporaryFile()
        defer { remove(path) }
        do { _ = try Database.open(path: path, DatabaseKind(application: 77, version: 1, schema: "CREATE TABLE t (a)"), busyTimeout: 0) }
        #expect(throws: Failure.self) { try Seen(SeenOptions(path: path)) }
        #expect(throws: Failure.self) { try Seen(SeenOptions(path: "/nowhere/at/all.db")) }
        let newer = temporaryFile()
        defer { remove(newer) }
        do { _ = try Database.open(path: newer, DatabaseKind(application: 0x5742_7365, version: 2, schema: "CREATE TABLE t (a)"), busyTimeout: 0) }
        #expect(throws: Failure.self) { try Seen(SeenOptions(path: newer)) }
    }

    @Test(arguments: [#"{"path":""}"#, #"{"path":1}"#, #"{"max_keys":0}"#, #"{"keep_seconds":"7"}"#, #"{"busy_timeout_ms":-1}"#, #"{"patth":"x"}"#, "[]", "{"])
    func badConfigurationsAreRefused(_ config: String) {
        #expect(throws: Failure.self) { try Seen(config: Array(config.utf8)) }
    }

    @Test(arguments: [#"{}"#, #"{"events":{}}"#, #"{"events":[{}]}"#, #"{"events":[7]}"#, #"{"keys":[7]}"#, #"[]"#, #"{"keys":["#])
    func whatHoldsNoKeysIsRefused(_ document: String) {
        #expect(throws: Failure.self) { try EventKeys(json: Array(document.utf8)) }
    }

    @Test func aThousandEventsOfAWebhook() throws {
        let items = (0..<1000).map { "{\"id\":\"wamid.\($0)\"}" }.joined(separator: ",")
        let body = Array("{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[\(items)],\"errors\":[{\"code\":1}]}}]}]}".utf8)
        let events = try EventKeys(json: Webhook.parse(body: body))
        let seen = try Seen()
        #expect(try seen.check(events).new.count == 1001)
        #expect(try seen.mark(events).marked == 1000)
        #expect(try seen.check(events).new == [1000])
    }
}
