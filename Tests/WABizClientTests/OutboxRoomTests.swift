// How many rows a step begins: no more than the client can send at once, so that a crash leaves none in the dark that never
// left. And On-Premises, where a login comes first and no webhook settles anything.
import Foundation
import Testing
@testable import WABiz
@testable import WABizClient

private typealias Server = LoopbackServer

private let accepted = Server.Act.answer(
    Server.http(200, #"{"messaging_product":"whatsapp","contacts":[{"input":"1","wa_id":"1"}],"messages":[{"id":"wamid.1"}]}"#))

private func open(_ server: Server, _ more: String) throws -> Client {
    try Client(config: Array(#"{"access_token":"t","phone_number_id":"900","base_url":"\#(server.url)","proxy":"",\#(more)}"#.utf8))
}

private func openOnPremises(_ server: Server) throws -> Client {
    try Client(config: Array(#"{"api":"on_premises","user":"admin","password":"Secret-pass-1","base_url":"\#(server.url)","proxy":""}"#.utf8))
}

private let loggedIn = Server.Act.answer(
    Server.http(200, #"{"users":[{"token":"T1","expires_after":"2999-01-01 00:00:00+00:00"}],"meta":{}}"#))

extension OutboxScene {
    /// The ids of rows for as many people.
    fileprivate func putMany(_ count: Int) throws -> [String] {
        try (0..<count).map { try put(#"{"to":"+1555000100\#($0)","text":"Hello"}"#)["id"] as? String ?? "" }
    }
}

@Suite struct OutboxRoomTests {
    @Test func rowsWaitForThePaceInTheQueue() throws {
        let scene = try OutboxScene()
        let server = try Server(.silence)
        defer { server.stop() }
        let ids = try scene.putMany(9)
        let (outbox, client, start) = (try scene.open(), try open(server, #""messages_per_second":1"#), Date())
        for _ in 0..<5 { _ = try outbox.step(client, timeout: 0) }
        let begun = try ids.filter { try scene.state($0) == "sending" }.count
        let seconds = Date().timeIntervalSince(start)
        #expect(begun >= 1 && Double(begun) <= 2 + seconds, "after \(seconds) s")
        for id in ids.dropFirst(begun) { #expect(try scene.get(id)["attempts"] as? Int == 0) }
    }

    @Test func rowsWaitForASlotInTheQueue() throws {
        let scene = try OutboxScene()
        let server = try Server(.silence)
        defer { server.stop() }
        let ids = try scene.putMany(5)
        let (outbox, client) = (try scene.open(), try open(server, #""max_in_flight":2"#))
        for _ in 0..<3 { _ = try outbox.step(client, timeout: 10) }
        #expect(try ids.map(scene.state) == ["sending", "sending", "queued", "queued", "queued"])
    }

    @Test func rowsWaitForTheirPersonsTurnInTheQueue() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted)
        defer { server.stop() }
        let ids = try (0..<4).map { try scene.put(#"{"to":"+15550001234","text":"\#($0)"}"#)["id"] as? String ?? "" }
        let other = try scene.putMany(1)[0]
        let client = try open(server, #""pair_interval_ms":60000,"pair_burst":2"#)
        #expect(try scene.steps(scene.open(), client, 100) == ["accepted", "accepted", "accepted"])
        #expect(try scene.state(other) == "accepted" && ids.map(scene.state) == ["accepted", "accepted", "queued", "queued"])
        let times = try ids.suffix(2).map { try scene.get($0)["next_at"] as? Int ?? 0 }
        #expect(59...60 ~= times[1] - times[0] || times[1] - times[0] == 61)
        #expect(times[0] > scene.time && times[0] <= scene.time + 60 && server.requests.count == 3)
        // Somebody else's clock says that the time has come; the client knows better.
        scene.time += 120
        #expect(try scene.steps(scene.open(), client, 50).isEmpty)
        #expect(try scene.get(ids[3])["attempts"] as? Int == 0)
    }

    @Test func rowsWaitBehindNobodyElsesQueue() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted)
        defer { server.stop() }
        let (outbox, client) = (try scene.open(), try open(server, #""max_in_flight":1,"pair_interval_ms":0"#))
        for _ in 0..<30 { try client.submit(json: Array(outboxText.utf8)) }
        let id = try scene.putMany(1)[0]
        #expect(try scene.steps(outbox, client) == ["accepted"])
        while !client.isIdle { _ = try client.step() }
        let requests = server.requests
        #expect(requests.count == 31 && requests.prefix(3).contains { $0.contains(id) })
    }

    @Test func aClosedOutboxLeavesNothingAtTheClient() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted)
        defer { server.stop() }
        try scene.put(outboxText)
        let client = try open(server, #""pair_interval_ms":0"#)
        do { _ = try scene.open().step(client, timeout: 0) }
        // What comes back for an outbox that is gone keeps the descriptor of nobody readable.
        while server.requests.isEmpty { _ = try client.step(timeout: 10) }
        _ = try client.submit(json: Array(outboxText.utf8))
        while !client.isIdle { _ = try client.step(timeout: 1000) }
        var watched = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
        var quiet = false
        for _ in 0..<100 where !quiet {
            quiet = poll(&watched, 1, 100) == 0
            _ = try client.step(timeout: 0)
        }
        #expect(quiet)
    }

    // MARK: On-Premises

    @Test func onPremisesALoginComesFirst() throws {
        let scene = try OutboxScene()
        scene.change = { ($0.api, $0.phoneNumberID, $0.uncertain) = (.onPremises, "", .report) }
        let sent = Server.Act.answer(Server.http(200, #"{"messages":[{"id":"gBEGkYiEB1VXAglK1ZEqA1YKPrU"}],"meta":{}}"#))
        let sentence = "Message has been held because quality assessment is pending"
        let held = Server.Act.answer(Server.http(200, #"{"messages":[{"id":"g2","message_status":"\#(sentence)"}],"meta":{}}"#))
        let server = try Server(loggedIn, sent, held, .close)
        defer { server.stop() }
        let ids = try scene.putMany(2)
        let (outbox, client) = (try scene.open(), try openOnPremises(server))
        #expect(try scene.steps(outbox, client) == ["accepted", "accepted"])
        #expect(server.requests.map { String($0.prefix(18)) } == ["POST /v1/users/log", "POST /v1/messages ", "POST /v1/messages "])
        for request in server.requests.dropFirst() {
            #expect(request.contains("\r\nAuthorization: Bearer T1\r\n") && !request.contains("biz_opaque") && !ids.contains { request.contains($0) })
        }
        let rows = try ids.map(scene.get).filter { $0["held"] as? Bool == true }
        #expect(rows.map { $0["message_status_text"] as? String } == [sentence])
        // Nothing can settle it but the caller: it is reported.
        let lost = try scene.put(#"{"to":"15550001234","text":"Hi"}"#)["id"] as? String ?? ""
        #expect(try scene.steps(outbox, client, 300).isEmpty)
        #expect(try scene.state(lost) == "uncertain")
        scene.time += 900
        #expect(try scene.steps(scene.open(), try openOnPremises(server), 50) == ["uncertain"])
        #expect(server.requests.count == 4)
        expectFailure(.badArgument) { _ = try Outbox(config: Array(#"{"path":"x.db","api":"on_premises","uncertain":"wait"}"#.utf8)) }
    }

    @Test func onPremisesALoginThatFailsLeavesRowsInTheQueue() throws {
        let scene = try OutboxScene()
        scene.change = { ($0.api, $0.phoneNumberID) = (.onPremises, "") }
        let server = try Server(.answer(Server.http(401, #"{"errors":[{"code":1005,"title":"no"}],"meta":{}}"#)))
        defer { server.stop() }
        let ids = try scene.putMany(3)
        let (outbox, client) = (try scene.open(), try openOnPremises(server))
        #expect(try scene.steps(outbox, client, 50).isEmpty)
        #expect(try ids.map(scene.state) == ["queued", "queued", "queued"])
        #expect(!server.requests.isEmpty && server.requests.allSatisfy { $0.hasPrefix("POST /v1/users/login") })
    }
}
