// From a message and an account to the request as it is written on the wire, and no secret in what can be printed.
import Testing
@testable import WABiz

/// A message as if it had passed the rules.
func checkedMessage(_ payload: String, type: String = "text", api: API = .cloud, read: String? = nil) -> Message {
    Message(payload: Array(payload.utf8), type: type, api: api, readMessageID: read, warnings: [])
}

@Suite struct GraphCallTests {
    let cloud = try? Account(accessToken: "EAAGtoken", phoneNumberID: "106", baseURL: "https://graph.example/", headers: [Header("X-A", "b")])
    let onPremises = try? Account(accessToken: "tok", api: .onPremises, baseURL: "https://wa.example:9090/x")

    @Test func postsToTheCloud() throws {
        let call = try Call(checkedMessage(#"{"to":"1"}"#), for: #require(cloud))
        #expect(call.method == .post)
        #expect(call.url == "https://graph.example/v25.0/106/messages")
        #expect(call.headers.map { "\($0.name): \($0.value.text)" } == [
            "Authorization: Bearer EAAGtoken", "Content-Type: application/json", "User-Agent: wabiz/\(WABizLibrary.version)", "X-A: b",
        ])
        #expect(call.body == Array(#"{"to":"1"}"#.utf8))
        #expect(call.purpose == .send)
    }

    @Test func marketingMessagesHaveTheirOwnNode() throws {
        let call = try Call(checkedMessage("{}", type: "template", api: .marketingMessages), for: #require(cloud))
        #expect(call.url == "https://graph.example/v25.0/106/marketing_messages")
    }

    @Test func marksAsReadOnTheCloud() throws {
        let call = try Call(checkedMessage("{}", type: "read", read: "wamid.A="), for: #require(cloud))
        #expect(call.method == .post)
        #expect(call.url == "https://graph.example/v25.0/106/messages")
        #expect(call.purpose == .markRead)
    }

    @Test func postsToThePremises() throws {
        let call = try Call(checkedMessage("{}", api: .onPremises), for: #require(onPremises))
        #expect(call.method == .post)
        #expect(call.url == "https://wa.example:9090/x/v1/messages")
    }

    @Test(arguments: [
        ("gBEGkYiEB1VXAglK1ZEqA1YKPrU", "gBEGkYiEB1VXAglK1ZEqA1YKPrU"), ("a/b?c#d%é", "a%2Fb%3Fc%23d%25%C3%A9"), ("..", "%2E%2E"),
        ("wamid.A-_~=", "wamid.A-_~%3D"),
    ]) func putsReadOnThePremises(_ id: String, _ segment: String) throws {
        let call = try Call(checkedMessage(#"{"status":"read"}"#, type: "read", api: .onPremises, read: id), for: #require(onPremises))
        #expect(call.method == .put)
        #expect(call.url == "https://wa.example:9090/x/v1/messages/" + segment)
        #expect(call.purpose == .markRead)
    }

    @Test func provesTheAppSecret() throws {
        // Computed by: printf EAAGtoken | openssl dgst -sha256 -hmac appsecret
        let account = try Account(accessToken: "EAAGtoken", phoneNumberID: "106", appSecret: "appsecret")
        let call = try Call(checkedMessage("{}"), for: account)
        #expect(call.url == "https://graph.facebook.com/v25.0/106/messages?appsecret_proof=b9f8a6efedec843a1b5e132fd1135ded9be78d0fe0f2779bbf07601db585071e")
    }

    @Test(arguments: [(API.onPremises, API.cloud), (.cloud, .onPremises), (.marketingMessages, .onPremises)])
    func refusesAMessageForAnotherInterface(_ message: API, _ account: API) throws {
        let account = try #require(account == .cloud ? cloud : onPremises)
        #expect { try Call(checkedMessage("{}", api: message), for: account) } throws: { ($0 as? Failure)?.code == .badArgument }
    }

    @Test func printsNoSecret() throws {
        let account = try Account(accessToken: "EAAGtoken", phoneNumberID: "106", appSecret: "appsecret")
        let call = try Call(checkedMessage("{}"), for: account)
        var shown = "\(call) " + String(reflecting: call)
        dump(call, to: &shown)
        #expect(!shown.contains("EAAGtoken"))
        #expect(!shown.contains("appsecret"))
    }
}
