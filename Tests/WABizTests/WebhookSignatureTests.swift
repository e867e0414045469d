// Signatures and the verification request: what is accepted, and everything that looks like it and is refused.
import Testing
@testable import WABiz

private let line =
    #"{"object":"whatsapp_business_account","entry":[{"id":"100","time":1767225600,"changes":[{"field":"security","value":{"event":"PIN_CHANGED","note":"caf\u00e9 \/ \ud83d\ude00"}}]}]}"#
private let secret = "test-app-secret"
private let signature = "sha256=ab5d8d6826a87532389f22d4308362e7eea8c7e379e47f3c99700a13bf2c4f50"

private func failure(_ header: String?, _ secrets: String?, body: String = line) -> Failure? {
    do {
        _ = try Webhook.receive(body: Array(body.utf8), signature: header, secrets: secrets)
        return nil
    } catch {
        return error
    }
}

@Suite struct WebhookSignatureTests {
    @Test func signsTheKnownVectors() throws {
        #expect(line.utf8.count == 179)
        #expect(try Webhook.sign(body: Array(line.utf8), secret: secret) == signature)
        #expect(try Webhook.sign(body: [], secret: secret) == "sha256=a7dfadfa864dba471c925e814eca5ee032a7ded01574b16ac33dd477b5d6d0f7")
        #expect(
            try Webhook.sign(body: Array("what do ya want for nothing?".utf8), secret: "Jefe")
                == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func acceptsTheRightSignature() { #expect(failure(signature, secret) == nil) }

    @Test func refusesABodyThatWasWrittenAgain() {
        let again = line.replacing(#"\u00e9"#, with: "é").replacing(#"\/"#, with: "/").replacing(#"\ud83d\ude00"#, with: "😀")
        #expect(again.utf8.count == 166)
        #expect(failure(signature, secret, body: again)?.code == .unauthentic)
        #expect(failure("sha256=74041e5ba65e83542c923960e6163e6e1821e5c810bc3151713096ee4834854f", secret, body: again) == nil)
    }

    static let malformed: [String?] = {
        let hex = signature.dropFirst(7)
        return [
            nil, "", " ", "sha256", "sha256=", String(hex), "sha256:\(hex)", "SHA256=\(hex)", " \(signature)", "\(signature) ", "\(signature)\n",
            "sha256= \(hex)", "sha256=\(hex.uppercased())", "sha256=\(hex)0", "sha256=\(hex.dropLast())", "sha256=\(hex.dropLast())g", "sha256=\(hex)\(hex)",
            "sha1=\(hex)", "sha1=3f2a8d9f5b0c8b0d5a6b1f1e2d3c4b5a69788796", "\(signature),\(signature)", "sha256=\(String(repeating: "0", count: 64))",
            "sha256=\(String(repeating: "é", count: 32))",
        ]
    }()

    @Test(arguments: malformed) func refusesEveryOtherForm(_ header: String?) {
        #expect(failure(header, secret)?.code == .unauthentic)
    }

    @Test func refusesABodyChangedByOneByte() {
        let bytes = Array(line.utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: Failure.self) { try Webhook.receive(body: changed, signature: signature, secrets: secret) }
        }
    }

    /// HMAC under the empty key is easy to compute for everybody: a blank secret must not be one.
    @Test(arguments: [nil, "", " ", "\t", "\n", "\r\n", " \n\t\r\n\n "] as [String?]) func refusesEverythingWithoutASecret(_ secrets: String?) throws {
        let keyless = try #require(Digest.hmacSHA256(key: [], message: Array(line.utf8))).hex
        for header in [signature, "sha256=\(keyless)"] {
            let refusal = failure(header, secrets)
            #expect(refusal?.code == .unauthentic && refusal?.retry == .afterFix)
        }
        if let secrets { #expect(throws: Failure.self) { try Webhook.sign(body: Array(line.utf8), secret: secrets) } }
    }

    @Test(arguments: ["\(secret)\nnew", "old\n\(secret)", "old\r\n\(secret)\r\n", "\n\n \n\(secret)\n\n", "a\nb\n\(secret)\nc"])
    func triesEverySecret(_ secrets: String) { #expect(failure(signature, secrets) == nil) }

    @Test(arguments: ["old\nnew", " \(secret)", "\(secret) ", "\(secret)\r\r\n", "old,\(secret)", "old \(secret)", "test-app\n-secret"])
    func altersNoSecret(_ secrets: String) { #expect(failure(signature, secrets)?.code == .unauthentic) }

    @Test func failuresHoldNoSecretAndNoSignature() throws {
        for header in [nil, "sha256=00", signature.replacing("a", with: "b")] {
            let text = try #require(failure(header, "hush-hush\n\(secret)")).document.text
            #expect(!text.contains("hush-hush") && !text.contains(secret) && !text.contains("5d8d6826"))
        }
    }

    @Test func verifiesBeforeItReads() {
        #expect(failure(nil, secret, body: "no JSON")?.code == .unauthentic)
        #expect(failure(try? Webhook.sign(body: Array("no JSON".utf8), secret: secret), secret, body: "no JSON")?.code == .badJSON)
    }
}

@Suite struct WebhookChallengeTests {
    private func answer(_ query: String, _ token: String? = "oak-tree") -> Challenge { Webhook.challenge(query: query, verifyToken: token) }

    static let good: [(String, String)] = [
        ("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=oak-tree", "1158201444"),
        ("?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=oak-tree", "1158201444"),
        ("hub_verify_token=oak-tree&hub_challenge=007&hub_mode=subscribe", "007"),
        ("hub%2Emode=subscribe&hub%5fchallenge=7&hub.verify%5Ftoken=%6fak%2Dtree", "7"),
        ("a=1&&=&hub.mode=subscribe&b&hub.challenge=a%26b%3Dc+d%2B&hub.verify_token=oak-tree&", "a&b=c d+"),
        ("hub.mode=x&hub.mode=subscribe&hub.challenge=a=b&hub.verify_token=oak-tree", "a=b"),
        ("hub.mode=subscribe&hub.challenge=100%&hub.verify_token=oak-tree", "100%"),
    ]

    @Test(arguments: good) func echoesTheChallenge(_ query: String, _ challenge: String) {
        let answer = answer(query)
        #expect(answer.httpStatus == 200 && answer.body == challenge && answer.failure == nil)
        #expect(answer.document == Tree.object([("http_status", 200), ("body", .string(challenge))]).bytes)
    }

    @Test func decodesTheToken() {
        #expect(answer("hub.mode=subscribe&hub.challenge=7&hub.verify_token=oak%2Btree+%C3%A9", "oak+tree é").httpStatus == 200)
    }

    @Test(arguments: ["oak-tre", "oak-treee", "Oak-tree", "oak-tree ", "oak%2dtree"]) func refusesAnotherToken(_ token: String) throws {
        let answer = answer("hub.mode=subscribe&hub.challenge=7&hub.verify_token=oak-tree", token)
        #expect(answer.httpStatus == 403 && answer.body.isEmpty && answer.failure?.code == .unauthentic)
        let text = String(decoding: answer.document, as: UTF8.self)
        #expect(text.hasPrefix(#"{"http_status":403,"body":"","error":{"code":"unauthentic""#) && !text.contains(token))
    }

    @Test(arguments: [nil, "", " ", "\t\n"] as [String?]) func refusesEverythingWithoutAToken(_ token: String?) {
        for sent in ["", "+", "oak-tree", "%09%0A"] {
            #expect(answer("hub.mode=subscribe&hub.challenge=7&hub.verify_token=\(sent)", token).httpStatus == 403)
        }
    }

    @Test(arguments: [
        "", "?", "hub.challenge=7&hub.verify_token=oak-tree", "hub.mode=subscribe&hub.verify_token=oak-tree", "hub.mode=subscribe&hub.challenge=7",
        "hub.mode=subscribe&hub.challenge=&hub.verify_token=oak-tree", "hub.mode=unsubscribe&hub.challenge=7&hub.verify_token=oak-tree",
        "hub.mode=Subscribe&hub.challenge=7&hub.verify_token=oak-tree", "hub.mode=subscribe&hub.challenge=%FF&hub.verify_token=oak-tree",
        "hub.mode=subscribe&hub.challenge=1%002&hub.verify_token=oak-tree", "hub.mode=subscribe;hub.challenge=7;hub.verify_token=oak-tree", "%", "%%%&=%f",
    ]) func refusesWhatIsIncomplete(_ query: String) {
        let answer = answer(query)
        #expect(answer.httpStatus == 400 && answer.body.isEmpty && answer.failure?.code == .badArgument)
    }
}
