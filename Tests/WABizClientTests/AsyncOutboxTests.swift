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
}
