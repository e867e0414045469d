// Logging in to an On-Premises client: the calls, the answers, when a token ends, and which password is tried.
import Testing
@testable import WABiz

private let account = try! Account(
    api: .onPremises, baseURL: "https://wa.example:9090", user: "admin", password: "Secret-1é", newPassword: "Secret-22", headers: [Header("X-Shop", "1")])
private let plain = try! Account(api: .onPremises, baseURL: "https://wa.example", user: "admin", password: "pass")

private func opened(_ account: Account = account) throws -> Session { Session(try #require(account.login)) }

private func answer(_ body: String, status: Int = 200) -> Answer { Answer(status: status, body: Array(body.utf8)) }

private func refusal(_ code: Int?, status: Int) -> Failure { Failure(.refused, "no", graph: GraphError(code: code, httpStatus: status)) }

@Suite struct SessionTests {
    @Test func theCallThatLogsIn() throws {
        let call = try opened().call(for: account)
        #expect(call.method == .post)
        #expect(call.url == "https://wa.example:9090/v1/users/login")
        #expect(call.headers.map(\.name) == ["Authorization", "Content-Type", "User-Agent", "X-Shop"])
        // base64("admin:Secret-1é")
        #expect(call.headers.first?.value.text == "Basic YWRtaW46U2VjcmV0LTHDqQ==")
        #expect(call.body.isEmpty)
        #expect(call.struckOut("Secret-1é YWRtaW46U2VjcmV0LTHDqQ== Secret-22") == "(secret) (secret) (secret)")
    }

    @Test func answersWithAToken() throws {
        let call = try opened().call(for: account)
        let token = try answer(#"{"users":[{"token":"eyJ.a-b","expires_after":"2021-09-14 15:29:26+00:00"}],"meta":{}}"#).token(for: call)
        #expect(token.text.text == "eyJ.a-b")
        #expect(token.endsAt == 1_631_633_366)
        #expect(try answer(#"{"users":[{"token":"t","expires_after":"soon"}]}"#).token(for: call).endsAt == nil)
        #expect(!"\(token)".contains("eyJ"))
    }

    @Test(arguments: ["", "{}", "<html>", #"{"users":[]}"#, #"{"users":[{"token":""}]}"#, #"{"users":[{"token":"a\r\nX-Evil: 1"}]}"#, #"{"users":[{"token":7}]}"#])
    func answersWithoutOne(_ body: String) throws {
        let call = try opened().call(for: account)
        #expect { try answer(body).token(for: call) } throws: { ($0 as? Failure)?.code == .unreachable && ($0 as? Failure)?.retry == .backoff }
    }

    @Test func refusalsKeepThePasswordToThemselves() throws {
        let call = try opened().call(for: account)
        #expect { try answer(#"{"errors":[{"code":1005,"title":"Access denied","details":"Secret-1é is wrong"}]}"#, status: 401).token(for: call) } throws: {
            guard let failure = $0 as? Failure else { return false }
            return failure.code == .refused && failure.retry == .afterFix && Session.isOutdated(failure) && !failure.document.text.contains("Secret-1")
        }
        #expect(!Session.isOutdated(refusal(1005, status: 403)))
        #expect(!Session.isOutdated(Failure(.unreachable, "x")))
    }

    // MARK: Tokens

    @Test func aTokenEndsAMinuteEarly() throws {
        var session = try opened()
        #expect(session.token(0) == nil)
        session.begin(LoginToken(text: Secret("one"), endsAt: 2000), unixTime: 1000, 5_000)
        #expect(session.token(5_000)?.text == "one")
        #expect(session.token(944_999)?.text == "one")
        #expect(session.token(945_000) == nil)
    }

    @Test func clocksThatDisagreeMakeNoLoopOfLogins() throws {
        var session = try opened()
        for expiry in [0, -5, Int.min, 1000] {
            session.begin(LoginToken(text: Secret("one"), endsAt: expiry), unixTime: 1000, 0)
            #expect(session.token(59_999) != nil)
            #expect(session.token(60_000) == nil)
        }
        session.begin(LoginToken(text: Secret("one"), endsAt: nil), unixTime: 1000, 0)
        #expect(session.token(604_799_999) != nil)
        #expect(session.token(604_800_000) == nil)
        session.begin(LoginToken(text: Secret("one"), endsAt: .max), unixTime: .min, .max)
        #expect(session.token(0) != nil)
    }

    @Test func onlyTheTokenThatWasRefusedIsLost() throws {
        var session = try opened()
        session.begin(LoginToken(text: Secret("one"), endsAt: nil), unixTime: 0, 0)
        let old = session.generation
        session.lost(old)
        #expect(session.token(1) == nil)
        session.begin(LoginToken(text: Secret("two"), endsAt: nil), unixTime: 0, 1)
        session.lost(old)
        #expect(session.token(2)?.text == "two")
    }

    @Test func theAccountCarriesTheToken() throws {
        let loggedIn = try account.loggedIn(Secret("eyJ"))
        #expect(loggedIn.authorization.map(\.value.text) == ["Bearer eyJ"])
        #expect(loggedIn.login == nil)
        #expect(loggedIn.baseURL == account.baseURL)
        #expect(try Call(healthFor: loggedIn).headers.map(\.name) == ["Authorization", "User-Agent", "X-Shop"])
        #expect(throws: Failure.self) { try account.loggedIn(Secret("a b")) }
    }

    // MARK: Passwords

    @Test func theFirstLoginChangesThePassword() throws {
        var session = try opened()
        #expect(session.refused(refusal(1024, status: 400)) == true)
        let call = session.call(for: account)
        #expect(String(decoding: call.body, as: UTF8.self) == #"{"new_password":"Secret-22"}"#)
        #expect(call.headers.first?.value.text == "Basic YWRtaW46U2VjcmV0LTHDqQ==")
        session.begin(LoginToken(text: Secret("t"), endsAt: nil), unixTime: 0, 0)
        // base64("admin:Secret-22")
        #expect(session.call(for: account).headers.first?.value.text == "Basic YWRtaW46U2VjcmV0LTIy")
        #expect(session.call(for: account).body.isEmpty)
    }

    @Test func anEarlierRunHasChangedIt() throws {
        var session = try opened()
        #expect(session.refused(refusal(1005, status: 401)) == true)
        #expect(session.call(for: account).headers.first?.value.text == "Basic YWRtaW46U2VjcmV0LTIy")
        // Neither holds: the failure stands, and the next login starts over.
        #expect(session.refused(refusal(1005, status: 401)) == false)
        #expect(session.call(for: account).headers.first?.value.text == "Basic YWRtaW46U2VjcmV0LTHDqQ==")
    }

    @Test func otherRefusalsStand() throws {
        var session = try opened()
        #expect(session.refused(refusal(1015, status: 429)) == false)
        #expect(session.refused(Failure(.unreachable, "x")) == false)
        var without = try opened(plain)
        #expect(without.refused(refusal(1005, status: 401)) == false)
        #expect(without.refused(refusal(1024, status: 400)) == false)
    }

    // MARK: Contacts and health

    @Test func contactsAreAskedFor() throws {
        let check = try ContactCheck(contacts: Array(#"["+1 (631) 555-1004","16315551000"]"#.utf8), options: nil)
        let call = try Call(check, for: account.loggedIn(Secret("t")))
        #expect(call.url == "https://wa.example:9090/v1/contacts")
        #expect(call.headers.map(\.name) == ["Authorization", "Content-Type", "User-Agent", "X-Shop"])
        #expect(String(decoding: call.body, as: UTF8.self) == #"{"blocking":"wait","contacts":["+1 (631) 555-1004","16315551000"]}"#)
        let forced = try ContactCheck(contacts: Array(#"["1"]"#.utf8), options: Array(#"{"blocking":"no_wait","force_check":true}"#.utf8))
        #expect(String(decoding: forced.body, as: UTF8.self) == #"{"blocking":"no_wait","contacts":["1"],"force_check":true}"#)
    }

    @Test func contactsThatCannotBe() {
        for (contacts, options) in [
            ("[]", nil), ("{}", nil), ("[1]", nil), (#"[""]"#, nil), (#"["abc"]"#, nil), (#"["1\n"]"#, nil), ("[", nil),
            (#"["1"]"#, "[]"), (#"["1"]"#, #"{"blocking":"maybe"}"#), (#"["1"]"#, #"{"force_check":1}"#), (#"["1"]"#, #"{"block":true}"#),
            ("[" + Array(repeating: #""1""#, count: 10_001).joined(separator: ",") + "]", nil),
        ] as [(String, String?)] {
            #expect(throws: Failure.self) { try ContactCheck(contacts: Array(contacts.utf8), options: options.map { Array($0.utf8) }) }
        }
    }

    @Test func contactsAreAnswered() throws {
        let call = try Call(ContactCheck(["1"]), for: account)
        let body = #"{"contacts":[{"input":"1-631-555-1002","status":"valid","wa_id":"16315551002"},{"input":"6315551003","status":"invalid"},"#
            + #"{"input":"7","status":"processing","new":1},7],"meta":{"api_status":"stable"}}"#
        let contacts = try answer(body).checkedContacts(for: call)
        #expect(
            contacts.document.text
                == #"{"contacts":[{"input":"1-631-555-1002","status":"valid","wa_id":"16315551002"},{"input":"6315551003","status":"invalid"},"#
                + #"{"input":"7","status":"processing"},{"input":"","status":""}],"http_status":200}"#)
        for body in ["{}", "", #"{"contacts":{}}"#] {
            #expect { try answer(body).checkedContacts(for: call) } throws: { ($0 as? Failure)?.code == .unreachable }
        }
    }

    @Test(arguments: [
        (#"{"health":{"gateway_status":"connected"}}"#, true, #"[{"gateway_status":"connected"}]"#),
        (#"{"health":{"gateway_status":"disconnected"}}"#, false, #"[{"gateway_status":"disconnected"}]"#),
        (
            #"{"health":{"h1:c1":{"gateway_status":"connected","role":"primary_master"},"h2:c2":{"gateway_status":"connecting","role":"coreapp"}}}"#, true,
            #"[{"name":"h1:c1","gateway_status":"connected","role":"primary_master"},{"name":"h2:c2","gateway_status":"connecting","role":"coreapp"}]"#
        ),
        (#"{"health":{"h1:c1":{"gateway_status":"connected"},"h2:c2":{"errors":[{"code":1011}]}}}"#, false, #"[{"name":"h1:c1","gateway_status":"connected"},{"name":"h2:c2"}]"#),
        (#"{"health":{}}"#, false, "[]"),
    ]) func health(_ body: String, _ isHealthy: Bool, _ nodes: String) throws {
        let call = try Call(healthFor: account)
        #expect(call.method == .get)
        #expect(call.url == "https://wa.example:9090/v1/health")
        let health = try answer(body).health(for: call)
        #expect(health.document.text == #"{"healthy":\#(isHealthy),"nodes":\#(nodes),"http_status":200}"#)
    }

    @Test func theCloudHasNeither() throws {
        let cloud = try Account(accessToken: "t", phoneNumberID: "1")
        #expect { try Call(healthFor: cloud) } throws: { ($0 as? Failure)?.code == .badArgument }
        #expect { try Call(ContactCheck(["1"]), for: cloud) } throws: { ($0 as? Failure)?.code == .badArgument }
    }
}
