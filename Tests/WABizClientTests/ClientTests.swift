// The client against a server that answers well, badly and not at all. Every test asks two things: what is the caller
// told, and how many posts reached the server?
import Testing
import WABiz
import WABizClient

private typealias Server = LoopbackServer

private let token = "EAAG-secret-token"

private func open(_ baseURL: String, _ more: String = "") throws -> Client {
    try Client(config: Array(#"{"access_token":"\#(token)","phone_number_id":"106","base_url":"\#(baseURL)","proxy":"","max_attempts":1,"pair_interval_ms":0\#(more)}"#.utf8))
}

private func hello() -> [UInt8] { Array(#"{"to":"+15550001234","text":"Hello"}"#.utf8) }

/// Sends and expects a failure that holds no token.
private func failure(_ client: Client, _ json: [UInt8] = hello()) throws -> Failure? {
    do throws(Failure) {
        let receipt = try client.send(json: json)
        Issue.record("a receipt: \(receipt.document.text)")
        return nil
    } catch {
        #expect(!error.document.text.contains(token))
        #expect(!error.document.text.contains("appsecret_proof"))
        return error
    }
}

@Suite struct ClientTests {
    // MARK: Good answers

    @Test func aMessageGoesOut() throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server.url, #","headers":{"X-Trace":"abc"}"#)
        let receipt = try client.send(json: hello())
        #expect(receipt.document.text == #"{"message_id":"wamid.T","wa_id":"15550001234","input":"15550001234","message_status":"accepted","http_status":200}"#)
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /v25.0/106/messages HTTP/1.1\r\n"))
        for line in ["Authorization: Bearer \(token)", "Content-Type: application/json", "User-Agent: wabiz/\(WABizLibrary.version)", "X-Trace: abc"] {
            #expect(request.contains("\r\n\(line)\r\n"), "\(line)")
        }
        #expect(!request.lowercased().contains("expect:"))
        let payload = try Message(json: hello()).payload
        #expect(request.hasSuffix("\r\n\r\n" + String(decoding: payload, as: UTF8.self)))
    }

    @Test func connectionsAreKept() throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        var client: Client? = try open(server.url)
        for _ in 0..<20 { _ = try client?.send(json: hello()) }
        #expect(server.requests.count == 20)
        #expect(server.connections == 1)
        client = nil
        #expect(server.waitUntilClosed())
    }

    @Test func largeBodiesGoOutWithoutAsking() throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        // Above 1 MiB libcurl would ask first, and wait a second for the answer.
        let padding = String(repeating: "ä", count: 600_000)
        _ = try open(server.url).send(
            json: Array(#"{"messaging_product":"whatsapp","to":"+15550001234","type":"text","text":{"body":"Hello"},"new":"\#(padding)"}"#.utf8))
        #expect(server.requests.first?.lowercased().contains("expect:") == false)
        #expect(server.requests.first?.hasSuffix(padding + "\"}") == true)
    }

    @Test func marksAsRead() throws {
        let server = try Server(.answer(Server.http(200, #"{"success":true}"#)))
        defer { server.stop() }
        let receipt = try open(server.url).send(json: Array(#"{"read":"wamid.A"}"#.utf8))
        #expect(receipt.success == true)
    }

    @Test func onPremisesPutsItsReads() throws {
        let server = try Server(.answer(Server.http(201, #"{"messages":[{"id":"gBEG"}],"meta":{}}"#)), .answer(Server.http(200, "{}")), .answer(Server.http(200, "")))
        defer { server.stop() }
        let client = try Client(config: Array(#"{"access_token":"\#(token)","api":"on_premises","base_url":"\#(server.url)/"}"#.utf8))
        #expect(try client.send(json: hello()).messageID == "gBEG")
        #expect(try client.send(json: Array(#"{"read":"a/b"}"#.utf8)).success == true)
        #expect(try client.send(json: Array(#"{"read":"a/b"}"#.utf8)).success == true)
        let lines = server.requests.map { String($0.prefix { $0 != "\r\n" }) }
        #expect(lines == ["POST /v1/messages HTTP/1.1", "PUT /v1/messages/a%2Fb HTTP/1.1", "PUT /v1/messages/a%2Fb HTTP/1.1"])
        #expect(server.requests.last?.hasSuffix(#"{"status":"read"}"#) == true)
    }

    // MARK: Nothing leaves

    @Test func wrongMessagesDoNotLeave() throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server.url)
        #expect(try failure(client, Array(#"{"to":"+15550001234","text":""}"#.utf8))?.code == .invalid)
        #expect(try failure(client, Array("{".utf8))?.code == .badJSON)
        #expect { try client.send(json: hello(), options: Array(#"{"api":"on_premises"}"#.utf8)) } throws: { ($0 as? Failure)?.code == .badArgument }
        #expect { try client.send(json: hello(), options: Array(#"{"nothing":1}"#.utf8)) } throws: { ($0 as? Failure)?.code == .badArgument }
        #expect(server.connections == 0)
    }

    @Test func refusedPortsAreUnreachable() throws {
        let failure = try failure(open("http://127.0.0.1:\(Server.refusedPort())"))
        #expect(failure?.code == .unreachable)
        #expect(failure?.retry == .backoff)
        #expect(failure?.message.contains("onnect") == true)
    }

    @Test func unknownHostsAreUnreachable() throws {
        let failure = try failure(open("https://nonexistent.invalid", #","app_secret":"appsecret""#))
        #expect(failure?.code == .unreachable)
        #expect(failure?.message.contains("nonexistent.invalid") == true)
    }

    /// The handshake never ends: the connection's time runs out before anything was written.
    @Test func serversThatDoNotShakeHandsAreUnreachable() throws {
        let server = try Server(.silence)
        defer { server.stop() }
        let failure = try failure(open("https://127.0.0.1:\(server.port)", #","connect_timeout_ms":300"#))
        #expect(failure?.code == .unreachable)
        #expect(server.requests.isEmpty)
    }

    @Test func proxiesThatAreNotThereAreUnreachable() throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let proxy = "http://user:proxy-password@127.0.0.1:\(try Server.refusedPort())"
        let client = try Client(config: Array(#"{"access_token":"\#(token)","phone_number_id":"1","base_url":"\#(server.url)","proxy":"\#(proxy)","max_attempts":1,"pair_interval_ms":0}"#.utf8))
        let failure = try failure(client)
        #expect(failure?.code == .unreachable)
        #expect(failure?.message.contains("proxy-password") == false)
        #expect(server.connections == 0)
    }

    @Test func proxiesAreAsked() throws {
        let proxy = try Server(.answer(Server.http(200, Server.accepted)))
        defer { proxy.stop() }
        let nowhere = "http://127.0.0.1:\(try Server.refusedPort())"
        let client = try Client(config: Array(#"{"access_token":"\#(token)","phone_number_id":"1","base_url":"\#(nowhere)","proxy":"\#(proxy.url)","max_attempts":1,"pair_interval_ms":0}"#.utf8))
        #expect(try client.send(json: hello()).messageID == "wamid.T")
        #expect(proxy.requests.first?.hasPrefix("POST \(nowhere)/v25.0/1/messages HTTP/1.1\r\n") == true)
    }

    /// A Swift caller's own options are held to the same rule as the JSON configuration.
    @Test func plainHTTPDoesNotGoThroughAProxyElsewhere() throws {
        let account = try Account(accessToken: token, phoneNumberID: "1", baseURL: "http://127.0.0.1:1")
        let transport = try TransportOptions(proxy: "http://proxy.example:3128")
        #expect { try Client(account, transport: transport) } throws: { ($0 as? Failure)?.code == .badArgument }
    }

    @Test func aMissingCertificateFileIsABadArgument() {
        #expect { try open("https://127.0.0.1:1", #","ca_file":"/no/such/file.pem""#) } throws: {
            ($0 as? Failure)?.code == .badArgument && ($0 as? Failure)?.message.contains("ca_file") == true
        }
    }

    // MARK: Refusals

    @Test func graphErrorsAreRefusals() throws {
        let body = #"{"error":{"message":"(#131056) Pair rate limit hit \#(token)","code":131056,"error_data":{"details":"Too many"},"fbtrace_id":"Ab1"}}"#
        let server = try Server(.answer(Server.http(400, body)))
        defer { server.stop() }
        let failure = try failure(open(server.url))
        #expect(failure?.code == .refused)
        #expect(failure?.retry == .backoff)
        #expect(failure?.graph?.httpStatus == 400)
        #expect(failure?.graph?.details == "Too many")
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func redirectsAreNotFollowed(_ status: Int) throws {
        let elsewhere = try Server(.answer(Server.http(200, Server.accepted)))
        defer { elsewhere.stop() }
        let server = try Server(.answer(Server.http(status, "", "Location: \(elsewhere.url)/x\r\n")))
        defer { server.stop() }
        let failure = try failure(open(server.url))
        #expect(failure?.code == .refused)
        #expect(failure?.retry == .afterFix)
        #expect(server.requests.count == 1)
        #expect(elsewhere.connections == 0)
    }

    @Test func aLargeErrorPageIsARefusal() throws {
        let server = try Server(.answer(Server.http(404, String(repeating: "x", count: 2 << 20))))
        defer { server.stop() }
        let failure = try failure(open(server.url))
        #expect(failure?.code == .refused)
        #expect(failure?.graph?.httpStatus == 404)
    }

    // MARK: It left

    @Test(arguments: ["", "<html>hello</html>", "{}", #"{"messages":[]}"#]) func answersWithoutAMessageAreUncertain(_ body: String) throws {
        let server = try Server(.answer(Server.http(200, body)))
        defer { server.stop() }
        let failure = try failure(open(server.url))
        #expect(failure?.code == .uncertain)
        #expect(failure?.retry == .uncertain)
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + LoopbackServer.accepted,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"messages\":", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1", "nonsense\r\n\r\n",
    ]) func cutAnswersAreUncertain(_ answer: String) throws {
        let server = try Server(.answerThenClose(answer))
        defer { server.stop() }
        #expect(try failure(open(server.url))?.code == .uncertain)
        #expect(server.requests.count == 1)
    }

    @Test func hangingUpOnANewConnectionIsUncertain() throws {
        for act in [Server.Act.reset, .close] {
            let server = try Server(act, .answer(Server.http(200, Server.accepted)))
            defer { server.stop() }
            #expect(try failure(open(server.url))?.code == .uncertain)
            #expect(server.requests.count == 1)
        }
    }

    /// libcurl alone posts again here and reports success.
    @Test func hangingUpOnAKeptConnectionIsUncertainAndNotRepeated() throws {
        for act in [Server.Act.reset, .close] {
            let server = try Server(.answer(Server.http(200, Server.accepted)), act, .answer(Server.http(200, Server.accepted)))
            defer { server.stop() }
            let client = try open(server.url)
            _ = try client.send(json: hello())
            let failure = try failure(client)
            #expect(failure?.code == .uncertain)
            #expect(failure?.message.contains("kept connection") == true)
            #expect(server.requests.count == 2)
            _ = try client.send(json: hello())
            #expect(server.requests.count == 3)
        }
    }

    /// Closed while nothing was under way: the next message goes out on a new connection, once.
    @Test func aConnectionClosedInBetweenIsReplaced() throws {
        let server = try Server(.answerThenClose(Server.http(200, Server.accepted)), .answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server.url)
        _ = try client.send(json: hello())
        #expect(server.waitUntilClosed())
        _ = try client.send(json: hello())
        #expect(server.requests.count == 2)
        #expect(server.connections == 2)
    }

    @Test func silenceIsUncertain() throws {
        let server = try Server(.silence, .answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server.url, #","timeout_ms":2000"#)
        #expect(try failure(client)?.code == .uncertain)
        #expect(server.requests.count == 1)
        #expect(try client.send(json: hello()).messageID == "wamid.T")
    }

    @Test func anUnmarkedReadIsHarmless() throws {
        let server = try Server(.close)
        defer { server.stop() }
        let failure = try failure(open(server.url), Array(#"{"read":"wamid.A"}"#.utf8))
        #expect(failure?.code == .uncertain)
        #expect(failure?.retry == .backoff)
    }

    @Test func oversizedAnswersAreUncertain() throws {
        let padding = String(repeating: " ", count: 1 << 20)
        let server = try Server(.answer(Server.http(200, Server.accepted + padding)), .answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server.url)
        let failure = try failure(client)
        #expect(failure?.code == .uncertain)
        #expect(failure?.message.contains("larger than 1048576 bytes") == true)
        #expect(try client.send(json: hello()).messageID == "wamid.T")
    }
}
