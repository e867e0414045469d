// Many messages at once, from Swift: every ticket gets one outcome, each owner gets its own, and nothing is left over.
import Testing
import WABiz
import WABizClient

private typealias Server = LoopbackServer

@Suite struct EngineTests {
    private let hello = Array(#"{"to":"+15550001234","text":"Hello"}"#.utf8)

    private func open(_ server: Server, _ more: String = "") throws -> Client {
        try Client(config: Array(#"{"access_token":"t","phone_number_id":"106","base_url":"\#(server.url)","proxy":"","pair_interval_ms":0\#(more)}"#.utf8))
    }

    private func tags(_ outcomes: [Outcome]) -> [String] {
        outcomes.map { String(decoding: $0.tag ?? [], as: UTF8.self) }.sorted()
    }

    @Test func everyTicketGetsOneOutcome() throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server, #","max_in_flight":8,"messages_per_second":1000"#)
        let message = try Message(json: hello)
        var waiting: Set<UInt64> = []
        for number in 0..<50 { waiting.insert(try client.submit(message, SubmitOptions(tag: Array("\(number)".utf8)))) }
        #expect(waiting == Set(1...50))
        #expect(!client.isIdle)
        while !client.isIdle {
            for outcome in try client.step() {
                #expect(waiting.remove(outcome.ticket) != nil)
                #expect(outcome.attempts == 1)
                #expect(outcome.tag == Array("\(outcome.ticket - 1)".utf8))
                #expect(try outcome.result.get().messageID == "wamid.T")
            }
        }
        #expect(waiting.isEmpty)
        #expect(server.requests.count == 50)
        #expect(server.connections <= 8)
    }

    @Test func ownersGetTheirOwn() throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server)
        let message = try Message(json: hello)
        _ = try client.submit(message, SubmitOptions(tag: Array("1".utf8)), owner: 0)
        let others = try client.submit(message, SubmitOptions(tag: Array("2".utf8)), owner: 7)
        #expect(throws: Failure.self) { try client.cancel(others) }
        var (mine, theirs): ([Outcome], [Outcome]) = ([], [])
        while !client.isIdle(owner: 7) { theirs += try client.step(timeout: -1, owner: 7) }
        while !client.isIdle { mine += try client.step() }
        #expect(tags(mine) == ["1"])
        #expect(tags(theirs) == ["2"])
        // Nobody waits for what belongs to somebody else.
        _ = try client.submit(message, SubmitOptions(), owner: 7)
        #expect(try client.step().isEmpty)
        #expect(try client.drain().isEmpty)
        #expect(try client.step(timeout: 0, owner: 7).count == 1)
    }

    @Test func aCancelledMessageNeverLeaves() throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server)
        let ticket = try client.submit(json: hello, options: Array(#"{"tag":{"row":1}}"#.utf8))
        try client.cancel(ticket)
        let outcome = try #require(try client.step().first)
        #expect(outcome.tag == Array(#"{"row":1}"#.utf8))
        guard case .failure(let failure) = outcome.result else { throw failure("a receipt") }
        #expect(failure.code == .cancelled)
        #expect(failure.retry == .backoff)
        #expect(client.isIdle)
        #expect(server.requests.isEmpty)
    }

    @Test func otherNumbersHaveTheirOwnPath() throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server)
        let account = AccountOverride(phoneNumberID: "777", accessToken: "EAAG-other")
        _ = try client.send(Message(json: hello), SubmitOptions(account: account))
        _ = try client.send(json: hello)
        #expect(server.requests.first?.hasPrefix("POST /v25.0/777/messages ") == true)
        #expect(server.requests.first?.contains("Bearer EAAG-other\r\n") == true)
        #expect(server.requests.last?.hasPrefix("POST /v25.0/106/messages ") == true)
        #expect(!"\(account)".contains("EAAG"))
        #expect(!String(reflecting: account).contains("EAAG"))
        #expect(throws: Failure.self) { try client.submit(json: hello, options: Array(#"{"account":{"phone_number_id":"../x"}}"#.utf8)) }
        #expect(client.isIdle)
    }

    @Test func aClientThatGoesCutsWhatIsUnderWay() throws {
        let server = try Server(.silence)
        defer { server.stop() }
        var client: Client? = try open(server)
        for _ in 0..<20 { _ = try client?.submit(json: hello) }
        while server.requests.count < 20 { _ = try client?.step(timeout: 5) }
        client = nil
        #expect(server.waitUntilClosed())
    }

    private func failure(_ what: String) -> any Error { Failure(.notFound, what) }
}
