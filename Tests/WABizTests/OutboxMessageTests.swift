// What goes into the outbox: configuration, options, the row of a message, what is posted of it, and the rules of put.
import Testing
@testable import WABiz

private let now = 1_767_225_600_000

private func make(_ message: String, _ options: String? = nil, config: String = "") throws -> OutboxRow {
    let outbox = try OutboxOptions(json: Array(#"{"path":"x","phone_number_id":"1"\#(config)}"#.utf8))
    return try OutboxRow(Array(message.utf8), PutOptions(json: options.map { Array($0.utf8) }, api: .cloud), outbox, now: now)
}

private func read(_ messages: String, _ options: String? = nil) throws -> PutRequest {
    try PutRequest(
        Array(messages.utf8), PutOptions(json: options.map { Array($0.utf8) }, api: .cloud), OutboxOptions(path: "x", phoneNumberID: "1"), now: now)
}

private let text = #"{"to":"+1 (555) 000-1234","text":"Hello"}"#
private func template(_ to: String = "+15550001234") -> String { #"{"to":"\#(to)","template":"t","language":"en"}"# }

@Suite struct OutboxMessageTests {
    @Test func theIDTravelsAndTheTagStays() throws {
        var row = try make(#"{"to":"+15550001234","text":"Hi","tag":"order \"7\""}"#)
        #expect(row.tag == Array(#""order \"7\"""#.utf8))
        #expect(!String(decoding: row.payload, as: UTF8.self).contains("biz_opaque"))
        row.number = 5
        row.nonce = 6
        let wire = String(decoding: row.wireMessage.payload, as: UTF8.self)
        #expect(wire.hasPrefix(#"{"biz_opaque_callback_data":"00000000000000050000000000000006","#))
        #expect(try Message(json: row.wireMessage.payload).type == "text")
        #expect(try make(#"{"to":"+15550001234","text":"Hi","tag":"a"}"#, #"{"tag":{"n":1.50}}"#).tag == Array(#"{"n":1.50}"#.utf8))
        row.api = .onPremises
        #expect(row.wireMessage.payload == row.payload)
    }

    @Test func theDigestIsOfTheMessageAndNotOfItsSpelling() throws {
        let key = #"{"key":"k"}"#
        let one = try make(#"{"messaging_product":"whatsapp","to":"+15550001234","type":"text","text":{"body":"é"}}"#, key)
        let same = try make(#"{ "type":"text", "text":{"body":"\u00e9"},"to":"+15550001234","messaging_product":"whatsapp" }"#, key)
        #expect(one.digest == same.digest && one.digest.count == 32)
        for other in [#"{"to":"+15550001234","text":"e"}"#, #"{"to":"+15550001235","text":"é"}"#, #"{"to":"+15550001234","text":"é","tag":"x"}"#] {
            #expect(try make(other, key).digest != one.digest)
        }
        #expect(try make(text, key).digest != make(text, #"{"key":"k","phone_number_id":"2"}"#).digest)
        let marketing = try make(
            #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"1","type":"template","template":{"name":"t","language":{"code":"en"}}}"#,
            #"{"key":"k","api":"marketing_messages"}"#)
        #expect(try make(template(), key).digest != marketing.digest && marketing.category == .marketing && marketing.priority == 2)
        #expect(try make(text).digest.isEmpty)
    }

    /// Digests stand in files, beside the keys that they are compared under: none of these may ever become another.
    @Test(arguments: [
        (
            #"{ "type":"text", "text":{"body":"\u00e9\n\u2028\/ \"x\""},"to":"+15550001234","messaging_product":"whatsapp","biz_opaque_callback_data":"t" }"#, "cloud",
            "c34385f56a8a2c95f80e98c0aa814ff534b1434cfd9bb4ae75997c85fd3ed12f"
        ),
        (#"{"to":"+1 (555) 000-1234","text":"Hello","preview_url":true}"#, "cloud", "5656a6410a70788518e2b92617afa89bdaabd3354710bc54d19d6fc48d92fc04"),
        (
            #"{"to":"+15550001234","template":"t","language":"en"}"#, "marketing_messages",
            "c1fe4586cac7af219054fbadfc2649b6219477ebc41a41e686bfe123c17553ab"
        ),
    ])
    func storedDigestsStayTheSame(_ message: String, _ api: String, _ digest: String) throws {
        #expect(try Digest(raw: make(message, #"{"key":"k","api":"\#(api)"}"#).digest)?.hex == digest)
        // Among others, too: what one message leaves behind is not the next one's.
        func element(_ message: String, _ key: String) -> String { #"{"message":\#(message),"key":"\#(key)"}"# }
        let elements = [element(message, "a"), message, element(template("+15550009999"), "b"), element(message, "c")].joined(separator: ",")
        let rows = try read(#"{"messages":[\#(elements)]}"#, #"{"api":"\#(api)"}"#).rows
        #expect(rows.map { Digest(raw: $0.digest)?.hex == digest } == [true, false, false, true])
        #expect(rows[0].payload == rows[3].payload && rows[0].tag == rows[3].tag && rows[2].tag == nil && rows[2].person == "15550009999")
    }

    @Test func contentIsComparedByPerson() throws {
        #expect(try make(text).contentDigest() == make(#"{"to":"+15550001234","text":"Hello"}"#).contentDigest())
        #expect(try make(text).contentDigest() == make(#"{"to":"+15550001234","text":"Hello","tag":"other"}"#).contentDigest())
        #expect(try make(text).contentDigest() != make(#"{"to":"+15550001234","text":"Hello!"}"#).contentDigest())
        #expect(try make(text).contentDigest() != make(#"{"to":"+15550001235","text":"Hello"}"#).contentDigest())
    }

    @Test func categoriesGivePriorityAndLife() throws {
        #expect(try make(text).category == .service)
        #expect(try make(template()).category == .unknown)
        let code = try make(template(), #"{"template_category":"authentication"}"#)
        #expect(code.category == .authentication && code.priority == 0 && code.expiresAt == now + 600_000)
        let definitions = #"{"templates":[{"name":"t","language":"en","category":"MARKETING"}]}"#
        let marketing = try make(template(), definitions)
        #expect(marketing.category == .marketing && marketing.priority == 2 && marketing.expiresAt == now + 30 * 86_400_000)
        #expect(try make(template(), #"{"template_category":"marketing","priority":0}"#).priority == 0)
    }

    @Test func timesAndSequencesAreTakenOver() throws {
        let row = try make(text, #"{"send_at":1767229200,"expires_at":1767232800,"sequence":"s","after":"read","sequence_timeout_seconds":5,"sequence_failure":"skip"}"#)
        #expect(row.due == 1_767_229_200_000 && row.expiresAt == 1_767_232_800_000 && row.holds && row.after == .read)
        #expect(row.sequenceTimeout == 5000 && row.sequenceFailure == .skip)
        let plain = try make(text, config: #","after":"sent","sequence_failure":"skip","sequence_timeout_seconds":9"#)
        #expect(plain.after == .sent && plain.sequenceFailure == .skip && plain.sequenceTimeout == 9000 && !plain.holds && plain.due == now)
    }

    @Test(arguments: [
        #"{"to":"1","text":""}"#, #"{"read":"wamid.1"}"#, #"{"#,
    ])
    func aMessageThatIsNoneIsRefused(_ message: String) { #expect(throws: Failure.self) { try make(message) } }

    @Test(arguments: [
        #"{"keyy":"x"}"#, #"{"key":""}"#, #"{"key":5}"#, #"{"send_at":-1}"#, #"{"send_at":2,"expires_at":1}"#, #"{"send_at":1767229200,"expires_at":1767229200}"#,
        #"{"priority":3}"#, #"{"after":"accepted"}"#, #"{"sequence_failure":"no"}"#, #"{"fallback":"x"}"#, #"{"fallback":{"to":"+15550001234","text":"x"}}"#,
        #"{"fallback":{"to":"+15550009999","template":"t","language":"en"}}"#, #"{"phone_number_id":"a"}"#, #"{"api":"on_premises"}"#, #"{"key":"a","key":"b"}"#,
        #"{"sequence_timeout_seconds":0}"#, "[]",
    ])
    func optionsThatAreNoneAreRefused(_ options: String) {
        #expect { try make(text, options) } throws: { [.badArgument, .invalid].contains(($0 as? Failure)?.code) }
    }

    @Test func theFallbackIsChecked() throws {
        let row = try make(text, #"{"fallback":{"to":"+15550001234","template":"t","language":"en"},"template_category":"utility"}"#)
        #expect(row.fallback != nil && row.fallbackCategory == .utility && row.category == .service)
        #expect { try make(text, #"{"fallback":{"to":"+15550001234","template":"","language":"en"}}"#) } throws: {
            ($0 as? Failure)?.issues.first?.path.hasPrefix("/fallback/") == true
        }
    }

    @Test(arguments: [
        "{}", #"{"path":""}"#, #"{"path":"x"}"#, #"{"path":"x","phone_number_id":"a"}"#, #"{"path":"x","api":"on_premises","uncertain":"wait"}"#,
        #"{"path":"x","api":"on_premises","phone_number_id":"1"}"#, #"{"path":"x","phone_number_id":"1","uncertain":"hope"}"#,
        #"{"path":"x","phone_number_id":"1","marketing_seconds":[0]}"#, #"{"path":"x","phone_number_id":"1","lease_seconds":4}"#,
        #"{"path":"x","phone_number_id":"1","window":true}"#, #"{"path":"x","phone_number_id":"1","paht":1}"#, #"{"path":"x","path":"y","phone_number_id":"1"}"#,
        #"{"path":"x","phone_number_id":"1","api":"marketing_messages"}"#, "[]", "{",
    ])
    func configurationsThatAreNoneAreRefused(_ config: String) {
        #expect(throws: Failure.self) { try OutboxOptions(json: Array(config.utf8)) }
    }

    @Test func configurationsAreRead() throws {
        let options = try OutboxOptions(json: Array(#"{"path":"x","phone_number_id":"1","uncertain":"resend","uncertain_seconds":1,"marketing_seconds":[1,2],"window":"ignore","repeat_seconds":3,"expire_seconds":4,"retention_seconds":5,"key_retention_seconds":6,"lease_seconds":7,"busy_timeout_ms":8,"now":9}"#.utf8))
        #expect(options.uncertain == .resend && options.rules.uncertainWait == 1000 && options.rules.marketingPauses == [1000, 2000] && !options.checksWindow)
        #expect(options.repeatInterval == 3000 && options.rules.expireAfter == 4000 && options.retention == 5000 && options.keyRetention == 6000)
        #expect(options.lease == 7000 && options.busyTimeout == 8 && options.now == 9)
        #expect(try OutboxOptions(json: Array(#"{"path":"x","api":"on_premises","uncertain":"resend"}"#.utf8)).phoneNumberID.isEmpty)
    }

    // MARK: Rules

    private func word(_ ruling: PutRules.Ruling) -> String {
        switch ruling {
        case .go(let warnings): "go" + warnings.map { " " + $0.code }.joined()
        case .goAsFallback: "fallback"
        case .refuse(let failure): failure.reason ?? ""
        }
    }

    @Test func theWindowIsUnknownOpenOrClosed() throws {
        let row = try make(text)
        let withFallback = try make(text, #"{"fallback":{"to":"+15550001234","template":"t","language":"en"},"template_category":"marketing"}"#)
        var facts = PersonFacts()
        func rule(_ row: OutboxRow, checks: Bool = true) -> String { word(PutRules.rule(row, facts, checksWindow: checks, now: now)) }
        #expect(rule(row) == "go window_unknown" && rule(row, checks: false) == "go")
        facts.heardAt = now - 86_400_000 + 1
        #expect(rule(row) == "go")
        facts.heardAt = now - 86_400_000
        #expect(rule(row) == "window_closed" && rule(row, checks: false) == "go" && rule(withFallback) == "fallback")
        facts.heardAt = now + 5
        #expect(rule(row) == "go")
        facts.heardAt = 0
        facts.hasStopped = true
        #expect(rule(withFallback) == "stopped")
        #expect(rule(try make(template())) == "go")
        #expect(rule(try make(#"{"messaging_product":"whatsapp","recipient_type":"group","to":"Y2FwaV9","type":"text","text":{"body":"x"}}"#)) == "go")
    }

    @Test func theStopListIsForMarketing() throws {
        var facts = PersonFacts()
        facts.hasStopped = true
        facts.heardAt = now
        for (category, wanted) in [("marketing", "stopped"), ("utility", "go"), ("authentication", "go")] {
            let row = try make(template(), #"{"template_category":"\#(category)"}"#)
            #expect(word(PutRules.rule(row, facts, checksWindow: true, now: now)) == wanted)
        }
        #expect(word(PutRules.rule(try make(text), facts, checksWindow: true, now: now)) == "go")
    }

    @Test func peopleAreComparedByTheirDigits() {
        #expect(OutboxRow.person("+1 (555) 000-12.34") == "15550001234")
        #expect(OutboxRow.person("US.13491208655302741918") == "US.13491208655302741918")
        #expect(OutboxRow.person("") == "" && OutboxRow.person("+") == "+")
        let long = String(repeating: "+1 ", count: 40)
        #expect(OutboxRow.person(long) == String(repeating: "1", count: 40) && OutboxRow.person(long + "é") == long + "é")
    }

    @Test(arguments: [
        (#""+1 (555) 000-1234""#, "15550001234"), (#""\u002b15550001234""#, "15550001234"), ("15550001234", "15550001234"),
    ])
    func aPersonIsReadWhereItStands(_ to: String, _ person: String) throws {
        #expect(try make(#"{"messaging_product":"whatsapp","to":\#(to),"type":"text","text":{"body":"x"}}"#).person == person)
    }

    @Test func manyAreReadAtOnce() throws {
        let request = try read(#"{"messages":[\#(text),{"message":\#(text),"key":"k","priority":0}]}"#, #"{"sequence":"s"}"#)
        #expect(request.isMany && request.rows.map(\.priority) == [1, 0] && request.rows.map(\.key) == [nil, "k"] && request.rows.allSatisfy { $0.sequence == "s" })
        #expect(try !read(text).isMany)
        #expect { try read(#"{"messages":[{"to":"1","text":""},{"message":{"to":"1","text":""}}]}"#) } throws: {
            let paths = ($0 as? Failure)?.issues.filter { $0.severity == .error }.map(\.path)
            return paths == ["/messages/0/text", "/messages/1/message/text"]
        }
        for wrong in [#"{"messages":[]}"#, #"{"messages":[\#(text)],"key":"k"}"#, #"{"messages":[5]}"#, #"{"messages":[{"message":\#(text),"kee":"k"}]}"#] {
            #expect(throws: Failure.self) { try read(wrong) }
        }
        #expect(throws: Failure.self) { try read(#"{"messages":[\#(text)]}"#, #"{"key":"k"}"#) }
        // The options of all before the first message.
        #expect { try read(#"{"messages":[{"to":"1","text":""},{"message":\#(text),"priority":3}]}"#) } throws: {
            ($0 as? Failure)?.code == .badArgument && ($0 as? Failure)?.message.hasPrefix("Message 1: ") == true
        }
    }
}
