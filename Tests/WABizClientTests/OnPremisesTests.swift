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
