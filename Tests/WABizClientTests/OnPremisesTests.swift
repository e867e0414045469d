// An On-Premises client over the wire: login, contacts, health, media, and what happens when a token ends. The server is on
// loopback and counts what reached it.
import Foundation
import Testing
import WABiz
import WABizClient

private func open(_ server: LoopbackServer, _ more: String = "", user: String = #""user":"admin","password":"Secret-pass-1""#) throws -> Client {
    try Client(config: Array(#"{\#(user),"api":"on_premises","base_url":"\#(server.url)","proxy":""\#(more)}"#.utf8))
}

private func loggedIn(_ token: String, expires: String = "2999-01-01 00:00:00+00:00") -> LoopbackServer.Act {
    .answer(LoopbackServer.http(200, #"{"users":[{"token":"\#(token)","expires_after":"\#(expires)"}],"meta":{}}"#))
}

private let healthy = LoopbackServer.Act.answer(LoopbackServer.http(200, #"{"health":{"gateway_status":"connected"}}"#))
private func refused(_ status: Int, _ code: Int) -> LoopbackServer.Act {
    .answer(LoopbackServer.http(status, #"{"errors":[{"code":\#(code),"title":"no","details":"Secret-pass-1 and admin"}],"meta":{}}"#))
}

private func failure<Value>(_ work: () throws -> Value) -> Failure? {
    do {
        _ = try work()
        return nil
    } catch { return error as? Failure }
}

@Suite struct OnPremisesTests {
    @Test func contactsAndHealthByToken() throws {
        let server = try LoopbackServer(
            .answer(LoopbackServer.http(200, #"{"contacts":[{"input":"+1 631 555 1001","status":"valid","wa_id":"16315551001"}],"meta":{}}"#)), healthy)
        defer { server.stop() }
        let client = try open(server, user: #""access_token":"EAAG-token""#)
        #expect(try client.contacts(ContactCheck(["+1 631 555 1001"])).contacts.first?.waID == "16315551001")
        #expect(try client.health().isHealthy)
        let requests = server.requests
        #expect(requests.count == 2)
        #expect(requests[0].hasPrefix("POST /v1/contacts HTTP/1.1\r\n"))
        #expect(requests[0].contains("\r\nAuthorization: Bearer EAAG-token\r\n"))
        #expect(requests[0].hasSuffix("\r\n\r\n" + #"{"blocking":"wait","contacts":["+1 631 555 1001"]}"#))
        #expect(requests[1].hasPrefix("GET /v1/health HTTP/1.1\r\n"))
        #expect(server.connections == 1)
    }

    @Test func aLoginComesFirstAndServesAll() throws {
        let server = try LoopbackServer(loggedIn("T1"), healthy)
        defer { server.stop() }
        let client = try open(server, #","headers":{"X-Shop":"7"}"#)
        for _ in 0..<3 { #expect(try client.health().isHealthy) }
        let requests = server.requests
        #expect(requests.count == 4)
        #expect(requests[0].hasPrefix("POST /v1/users/login HTTP/1.1\r\n"))
        #expect(requests[0].contains("\r\nAuthorization: Basic \(Data("admin:Secret-pass-1".utf8).base64EncodedString())\r\n"))
        #expect(requests[0].contains("\r\nContent-Length: 0\r\n"))
        #expect(requests.dropFirst().allSatisfy { $0.contains("\r\nAuthorization: Bearer T1\r\n") })
        #expect(requests.allSatisfy { $0.contains("\r\nX-Shop: 7\r\n") })
    }

    @Test func aTokenThatEndedIsRenewedOnce() throws {
        let server = try LoopbackServer(loggedIn("T1"), refused(401, 1005), loggedIn("T2"), healthy)
        defer { server.stop() }
        let client = try open(server)
        #expect(try client.health().isHealthy)
        #expect(server.requests.map { String($0.prefix(20)) } == ["POST /v1/users/login", "GET /v1/health HTTP/", "POST /v1/users/login", "GET /v1/health HTTP/"])
        #expect(server.requests.last?.contains("Bearer T2") == true)
    }

    @Test func whoIsRefusedWithANewTokenIsRefused() throws {
        let server = try LoopbackServer(loggedIn("T1"), refused(401, 1005), loggedIn("T2"), refused(401, 1005))
        defer { server.stop() }
        let loss = failure { try open(server).health() }
        #expect(loss?.code == .refused)
        #expect(loss?.graph?.code == 1005)
        #expect(server.requests.count == 4)
    }

    @Test func aRefusedLoginSaysSoAndShowsNoPassword() throws {
        let server = try LoopbackServer(refused(401, 1005))
        defer { server.stop() }
        let client = try open(server)
        for asked in 1...2 {
            let loss = try #require(failure { try client.health() })
            #expect(loss.code == .refused)
            #expect(loss.retry == .afterFix)
            #expect(loss.message.contains("login failed"))
            #expect(!loss.document.text.contains("Secret-pass"))
            #expect(server.requests.count == asked)
        }
    }

    @Test func theFirstLoginSetsThePassword() throws {
        let server = try LoopbackServer(refused(400, 1024), loggedIn("T1"), healthy)
        defer { server.stop() }
        let client = try open(server, #","new_password":"Secret-pass-2""#)
        #expect(try client.health().isHealthy)
        #expect(server.requests[1].hasSuffix("\r\n\r\n" + #"{"new_password":"Secret-pass-2"}"#))
    }

    @Test func mediaFilesLogInToo() throws {
        let server = try LoopbackServer(
            loggedIn("T1"), .answer(LoopbackServer.http(200, #"{"media":[{"id":"m-1"}]}"#)), refused(401, 1005), loggedIn("T2"),
            .answer(LoopbackServer.http(200, "{}")))
        defer { server.stop() }
        let client = try open(server)
        let uploaded = try client.upload(Array("%PDF-1.4 x".utf8), options: UploadOptions(type: "application/pdf", filename: "a.pdf"))
        #expect(uploaded.id == "m-1")
        try client.delete(MediaReference(id: "m-1"))
        #expect(server.requests.map { String($0.prefix(21)) } == ["POST /v1/users/login ", "POST /v1/media HTTP/1", "DELETE /v1/media/m-1 ", "POST /v1/users/login ", "DELETE /v1/media/m-1 "])
        #expect(server.requests[1].hasSuffix("%PDF-1.4 x"))
    }

    // MARK: Messages

    private static let sent = LoopbackServer.Act.answer(LoopbackServer.http(201, #"{"messages":[{"id":"gBEG"}],"meta":{}}"#))
    private static let hello = Array(#"{"to":"+15550001234","text":"Hello"}"#.utf8)

    private func paths(_ server: LoopbackServer) -> [String] {
        server.requests.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    }

    @Test func messagesWaitForOneLogin() throws {
        let server = try LoopbackServer(loggedIn("T1"), Self.sent)
        defer { server.stop() }
        let client = try open(server, #","messages_per_second":0"#)
        for _ in 0..<200 { try client.submit(json: Self.hello) }
        var outcomes: [Outcome] = []
        while !client.isIdle { outcomes += try client.step() }
        #expect(outcomes.count == 200)
        #expect(outcomes.allSatisfy { (try? $0.result.get().messageID) == "gBEG" && $0.attempts == 1 })
        #expect(paths(server).count { $0 == "POST /v1/users/login" } == 1)
        #expect(server.requests.dropFirst().allSatisfy { $0.contains("\r\nAuthorization: Bearer T1\r\n") && $0.hasPrefix("POST /v1/messages HTTP/1.1") })
    }

    @Test func sendAndFilesShareTheLogin() throws {
        let server = try LoopbackServer(loggedIn("T1"), Self.sent, healthy, .answer(LoopbackServer.http(200, "{}")))
        defer { server.stop() }
        let client = try open(server)
        #expect(try client.send(json: Self.hello).messageID == "gBEG")
        #expect(try client.health().isHealthy)
        #expect(try client.send(json: Array(#"{"read":"a/b"}"#.utf8)).success == true)
        #expect(paths(server) == ["POST /v1/users/login", "POST /v1/messages", "GET /v1/health", "PUT /v1/messages/a%2Fb"])
        #expect(server.requests.last?.contains("\r\nAuthorization: Bearer T1\r\n") == true)
    }

    @Test func anEndedTokenIsRenewedForAMessage() throws {
        let server = try LoopbackServer(loggedIn("T1"), Self.sent, refused(401, 1005), loggedIn("T2"), Self.sent)
        defer { server.stop() }
        let client = try open(server, #","max_attempts":1"#)
        #expect(try client.send(json: Self.hello).messageID == "gBEG")
        let ticket = try client.submit(json: Self.hello)
        let outcomes = try client.step()
        #expect(outcomes.map(\.ticket) == [ticket])
        #expect(outcomes.first?.attempts == 1)
        #expect((try? outcomes.first?.result.get().messageID) == "gBEG")
        #expect(paths(server) == ["POST /v1/users/login", "POST /v1/messages", "POST /v1/messages", "POST /v1/users/login", "POST /v1/messages"])
        #expect(server.requests.last?.contains("Bearer T2") == true)
    }

    @Test func aMessageThatIsRefusedWithANewTokenIsRefused() throws {
        let server = try LoopbackServer(loggedIn("T1"), refused(401, 1005), loggedIn("T2"), refused(401, 1005))
        defer { server.stop() }
        let client = try open(server)
        let loss = try #require(failure { try client.send(json: Self.hello) })
        #expect(loss.code == .refused)
        #expect(loss.graph?.httpStatus == 401)
        #expect(paths(server).count == 4)
    }

    @Test func aRefusedLoginEndsAllThatWait() throws {
        let server = try LoopbackServer(refused(401, 1005))
        defer { server.stop() }
        let client = try open(server)
        for _ in 0..<50 { try client.submit(json: Self.hello) }
        var outcomes: [Outcome] = []
        while !client.isIdle { outcomes += try client.step() }
        #expect(outcomes.count == 50)
        for outcome in outcomes {
            let loss = failure { try outcome.result.get() }
            #expect(loss?.code == .refused)
            #expect(loss?.retry == .afterFix)
            #expect(loss?.document.text.contains("Secret-pass") == false)
        }
        #expect(paths(server) == ["POST /v1/users/login"])
    }

    @Test func aLoginThatFailsForNowIsTriedAgain() throws {
        let server = try LoopbackServer(refused(503, 1016), .close, loggedIn("T1"), Self.sent)
        defer { server.stop() }
        let client = try open(server, #","max_attempts":10"#)
        for _ in 0..<5 { try client.submit(json: Self.hello) }
        var outcomes: [Outcome] = []
        while !client.isIdle { outcomes += try client.step() }
        #expect(outcomes.count == 5)
        #expect(outcomes.allSatisfy { (try? $0.result.get().messageID) == "gBEG" && $0.attempts > 1 })
        #expect(paths(server).count { $0 == "POST /v1/messages" } == 5)
    }

    @Test func whoeverWaitsForASilentLoginKeepsItsDeadline() throws {
        let server = try LoopbackServer(.silence)
        defer { server.stop() }
        let client = try open(server)
        let loss = failure { try client.send(json: Self.hello, options: Array(#"{"deadline_ms":2000}"#.utf8)) }
        #expect(loss?.code == .unreachable)
        #expect(paths(server) == ["POST /v1/users/login"])
        let ticket = try client.submit(json: Self.hello)
        try client.cancel(ticket)
        let cancelled = try client.drain().map { outcome in failure { try outcome.result.get() }?.code }
        #expect(cancelled == [.cancelled])
    }

    @Test func whoBringsATokenDoesNotLogIn() throws {
        let server = try LoopbackServer(Self.sent)
        defer { server.stop() }
        let client = try open(server)
        #expect(try client.send(json: Self.hello, options: Array(#"{"account":{"access_token":"EAAG-own"}}"#.utf8)).messageID == "gBEG")
        #expect(paths(server) == ["POST /v1/messages"])
        #expect(server.requests.first?.contains("Bearer EAAG-own") == true)
    }

    @Test func nobodyThere() throws {
        let client = try Client(
            config: Array(#"{"user":"a","password":"b","api":"on_premises","base_url":"http://127.0.0.1:\#(LoopbackServer.refusedPort())","proxy":""}"#.utf8))
        let loss = failure { try client.contacts(ContactCheck(["1"])) }
        #expect(loss?.code == .unreachable)
        #expect(loss?.retry == .backoff)
    }

    @Test func theCloudHasNeither() throws {
        let server = try LoopbackServer(healthy)
        defer { server.stop() }
        let client = try Client(config: Array(#"{"access_token":"t","phone_number_id":"1","base_url":"\#(server.url)","proxy":""}"#.utf8))
        #expect(failure { try client.health() }?.code == .badArgument)
        #expect(failure { try client.contacts(ContactCheck(["1"])) }?.code == .badArgument)
        #expect(server.requests.isEmpty)
    }
}
