// The outbox in Swift concurrency: rows go out while somebody reads, beside the client's own messages, and the end waits for what
// is under way.
import Foundation
import Testing
import WABiz
import WABizAsync
import WABizClient

private typealias Server = LoopbackServer

@Suite struct AsyncOutboxTests {
    private let answer = Server.Act.answer(Server.http(200, Server.accepted))

    private func open(_ server: Server, _ more: String = "") throws -> AsyncClient {
        try AsyncClient(config: Array(#"{"access_token":"t","phone_number_id":"900","base_url":"\#(server.url)","proxy":"","pair_interval_ms":0\#(more)}"#.utf8))
    }

    private func states(_ document: [UInt8]) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(document)) as? [String: Any]
        return (object?["outcomes"] as? [[String: Any]] ?? []).map { $0["state"] as? String ?? "" }
    }

    private func count(_ state: String, _ outbox: AsyncOutbox) async throws -> Int {
        let stats = try await outbox.use { (outbox) throws(Failure) in try outbox.stats().bytes }
        let object = try JSONSerialization.jsonObject(with: Data(stats)) as? [String: Any]
        return (object?["rows"] as? [String: Int])?[state] ?? -1
    }

    @Test func rowsGoOutWhileSomebodyReads() async throws {
        let scene = try OutboxScene()
        let server = try Server(answer)
        defer { server.stop() }
        let client = try open(server)
        let outbox = try AsyncOutbox(OutboxOptions(path: scene.path, phoneNumberID: "900"), client: client)
        _ = try await outbox.put(Array(#"{"messages":[\#(Array(repeating: outboxText, count: 9).joined(separator: ","))]}"#.utf8))
        #expect(server.requests.isEmpty)
        async let own = client.send(json: Array(outboxText.utf8))
        var found: [String] = []
        for try await document in outbox.outcomes() {
            found += try states(document)
            if found.count == 9 { break }
        }
        #expect(found == Array(repeating: "accepted", count: 9))
        _ = try await own
        await outbox.drain()
        #expect(try await count("accepted", outbox) == 9 && server.requests.count == 10)
        await client.close()
    }

    @Test func theEndWaitsForWhatIsUnderWay() async throws {
        let scene = try OutboxScene()
        let server = try Server(answer)
        defer { server.stop() }
        let client = try open(server, #","max_in_flight":1"#)
        let outbox = try AsyncOutbox(OutboxOptions(path: scene.path, phoneNumberID: "900"), client: client)
        _ = try await outbox.put(Array(#"{"messages":[\#(Array(repeating: outboxText, count: 50).joined(separator: ","))]}"#.utf8))
        let reader = Task {
            var count = 0
            for try await document in outbox.outcomes() { count += try states(document).count }
            return count
        }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        await outbox.drain()
        let read = try await reader.value
        let accepted = try await count("accepted", outbox)
        #expect(accepted == server.requests.count && read == accepted)
        #expect(try await count("sending", outbox) == 0)
        await client.close()
    }

    @Test func aFailureReachesTheReader() async throws {
        let scene = try OutboxScene()
        let server = try Server(answer)
        defer { server.stop() }
        let client = try open(server)
        let outbox = try AsyncOutbox(config: Array(#"{"path":"\#(scene.path)","api":"on_premises"}"#.utf8), client: client)
        await #expect(throws: Failure.self) { for try await _ in outbox.outcomes() {} }
        await outbox.drain()
        await client.close()
    }

    /// Sixty messages to as many people, for an outbox that keeps eight rows for its reader and has four under way.
    private func crowd(_ server: Server, _ scene: OutboxScene) async throws -> (AsyncClient, AsyncOutbox) {
        let client = try open(server, #","max_in_flight":4"#)
        let outbox = try AsyncOutbox(OutboxOptions(path: scene.path, phoneNumberID: "900"), client: client, unread: 8)
        let texts = (0..<60).map { #"{"to":"+1555100\#(1000 + $0)","text":"Hello"}"# }
        _ = try await outbox.put(Array(#"{"messages":[\#(texts.joined(separator: ","))]}"#.utf8))
        return (client, outbox)
    }

    /// Until it waits for its reader, who has read so many rows: more than half of eight are unread then, or all are sent.
    private func untilHeld(_ outbox: AsyncOutbox, read: Int) async throws {
        while try await count("accepted", outbox) < min(60, read + 5) { try await Task.sleep(for: .milliseconds(2)) }
        while try await count("sending", outbox) > 0 { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test func aSlowReaderHoldsSendingBack() async throws {
        let scene = try OutboxScene()
        let server = try Server(answer)
        defer { server.stop() }
        let (client, outbox) = try await crowd(server, scene)
        var found: [String] = []
        for try await document in outbox.outcomes() {
            found += try states(document)
            try await untilHeld(outbox, read: found.count)
            // Up to seven are unread when a step brings four more and begins four.
            let sent = server.requests.count
            #expect(sent <= found.count + 15, "\(found.count) read, \(sent) sent")
            if found.count == 60 { break }
        }
        #expect(found == Array(repeating: "accepted", count: 60))
        await outbox.drain()
        #expect(server.requests.count == 60)
        await client.close()
    }

    @Test func whatAReaderLeavesIsTheNextOnes() async throws {
        let scene = try OutboxScene()
        let server = try Server(answer)
        defer { server.stop() }
        let (client, outbox) = try await crowd(server, scene)
        var found: Set<String> = []
        var count = 0
        while count < 60 {
            for try await document in outbox.outcomes() {
                let object = try JSONSerialization.jsonObject(with: Data(document)) as? [String: Any]
                let ids = (object?["outcomes"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
                count += ids.count
                found.formUnion(ids)
                try await untilHeld(outbox, read: count)
                break
            }
        }
        #expect(found.count == 60 && count == 60)
        await outbox.drain()
        await client.close()
    }

    @Test func aReaderThatIsCancelledLeavesNothingWaiting() async throws {
        let scene = try OutboxScene()
        let server = try Server(answer)
        defer { server.stop() }
        let client = try open(server)
        let outbox = try AsyncOutbox(OutboxOptions(path: scene.path, phoneNumberID: "900"), client: client)
        let first = outbox.outcomes()
        let reader = Task { for try await _ in first {} }
        reader.cancel()
        try await reader.value
        _ = try await outbox.put(Array(outboxText.utf8))
        var found: [String] = []
        for try await document in outbox.outcomes() {
            found = try states(document)
            break
        }
        #expect(found == ["accepted"])
        await outbox.drain()
        await client.close()
    }
}
