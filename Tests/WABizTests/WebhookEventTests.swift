// What the corpus cannot show: spellings that other readers refuse, keys of repeated deliveries, long lists, bounds.
import Testing
@testable import WABiz

private func envelope(_ value: String, entry: String = #""id":"700100200300400""#, field: String = "messages") -> String {
    #"{"object":"whatsapp_business_account","entry":[{\#(entry),"changes":[{"field":"\#(field)","value":\#(value)}]}]}"#
}

private func events(_ body: String) throws -> [Event] { try Webhook.events(verified: Array(body.utf8)) }
private func event(_ body: String) throws -> Event { try #require(try events(body).first) }
private func text(_ body: String) throws -> String { try Webhook.parse(body: Array(body.utf8)).text }

@Suite struct WebhookEventTests {
    @Test(arguments: ["123456789012345678901234567890", "-0", "1e400", "1.10", #""\u0000""#, #""\ud83d""#, #""\/""#, #""\u00e9""#, "[ 1 ,2 ]", #"{"a":1,"a":2}"#])
    func payloadsKeepEverySpelling(_ odd: String) throws {
        let item = #"{"id":"wamid.1", "odd" : \#(odd), "type":"text","text":{"body":"x"}}"#
        let event = try event(envelope(#"{"messages":[\#(item)]}"#))
        #expect(event.payload.text == item && event.kind == .message && event.text == "x")
    }

    @Test func conveniencesKeepTheirEscapes() throws {
        let body = envelope(#"{"messages":[{"id":"a\/b","type":"te\u0078t","text":{"b\u006fdy":"\ud83d\ude00 \u0000 \ud83d"},"from":"1"}]}"#)
        #expect(try text(body).contains(#""text":"\ud83d\ude00 \u0000 \ud83d""#))
        let event = try event(body)
        #expect(event.text == "😀 \0 \u{FFFD}" && event.key == "a/b")
    }

    @Test func repeatedNamesLoseNothing() throws {
        let found = try events(envelope(#"{"messages":[{"id":"1"}],"messages":[{"id":"2"},{"id":"3","id":"4"}]}"#))
        #expect(found.map(\.key) == ["1", "2", "4"])
        #expect(found.last?.payload.text == #"{"id":"3","id":"4"}"#)
    }

    @Test func numbersAndTextsAreTakenForEachOther() throws {
        let event = try event(
            envelope(#"{"metadata":{"phone_number_id":123456789012345678901234567890},"messages":[{"id":7,"from":15557654321,"timestamp":1767225600,"type":"x"}]}"#, entry: #""id":42"#))
        #expect(event.key == "7" && event.from == "15557654321" && event.timestamp == 1_767_225_600)
        #expect(event.wabaID == "42" && event.phoneNumberID == "123456789012345678901234567890")
    }

    @Test(arguments: [#""soon""#, "1e9", "1.5", #""99999999999999999999""#, "99999999999999999999", "null", "[]", "{}", "true", #""""#])
    func timesThatCannotBeReadAreLeftOut(_ time: String) throws {
        #expect(try event(envelope(#"{"statuses":[{"id":"a","status":"read","timestamp":\#(time)}]}"#)).timestamp == nil)
    }

    @Test func aChangeWithoutFieldIsReadByItsArrays() throws {
        #expect(try event(#"{"entry":[{"changes":[{"value":{"messages":[{"id":"a"}]}}]}]}"#).kind == .message)
        #expect(try event(envelope(#"{"messages":[{"id":"a"}]}"#, field: "messages_of_tomorrow")).kind == .unknown)
    }

    @Test func aThousandItemsAreAThousandEvents() throws {
        let items = (0..<1000).map { #"{"id":"wamid.\#($0)","type":"text","text":{"body":"\#($0)"}}"# }
        let found = try events(envelope(#"{"messages":[\#(items.joined(separator: ","))]}"#))
        #expect(found.map(\.payload.text) == items)
        #expect(found.map(\.key) == (0..<1000).map { "wamid.\($0)" })
    }

    // MARK: Keys

    @Test func aRepeatedDeliveryHasTheSameKey() throws {
        let one = #"{"object":"whatsapp_business_account","entry":[{"id":"1","time":5,"changes":[{"field":"f\u00e9","value":{"b":[1,{"d":"a\/b","c":null}],"a":"\ud83d\ude00\u0009"}}]}]}"#
        let two = #"{ "entry":[ {"changes":[{"value":{"a":"😀\t","b":[1, {"c":null,"d":"a/b"}]}, "field":"fé"}],"time":5,"id":"1"}],"object":"whatsapp_business_account"}"#
        let first = try event(one).key, second = try event(two).key
        #expect(first == second && first?.utf8.count == 64)
    }

    /// Written down byte by byte, so that keys stay the same from version to version.
    @Test func canonicalTextIsFixed() throws {
        let spellings = [
            (#" { "b" : [ 1 , {} , [ ] ] , "a" : null } "#, #"{"a":null,"b":[1,{},[]]}"#),
            (#"{"a!":1,"a":2,"\u0061 ":3,"":4}"#, #"{"":4,"a":2,"a ":3,"a!":1}"#),
            (#"{"a":1,"A":2,"a":0}"#, #"{"A":2,"a":1,"a":0}"#),
            (#"["\/\u002f\u00E9\ud83d\ude00","\u0022\u005c\"\\","\u0008\t\n\f\u000D\u001F\u0000","\uD83D","\ude00\ud83dx"]"#,
                #"["//é😀","\"\\\"\\","\b\t\n\f\r\u001f\u0000","\ud83d","\ude00\ud83dx"]"#),
            (#"[1.0,1,-0,1e400,10000000000000000000000,true,"é"]"#, #"[1.0,1,-0,1e400,10000000000000000000000,true,"é"]"#),
        ]
        for (written, canonical) in spellings {
            var text: [UInt8] = []
            try Tape.read(Array(written.utf8), .tolerant) { _ = Canonical.write($0, to: &text) }
            #expect(text.text == canonical)
        }
    }

    /// Small objects are put in order on their way, large ones at their end.
    @Test(arguments: [3, 14, 15, 400]) func membersAreSortedHoweverManyThereAre(_ count: Int) throws {
        // "m" stands there twice, before and behind the others.
        let names = (0..<count).map { "\($0 * 7 % count)" }
        let written = #"{"m":1,\#(names.map { #""\#($0)":{"b":0,"a":[]}"# }.joined(separator: ",")),"m":2}"#
        let sorted = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        var text: [UInt8] = []
        try Tape.read(Array(written.utf8), .tolerant) { _ = Canonical.write($0, to: &text) }
        #expect(text.text == "{" + sorted.map { #""\#($0)":{"a":[],"b":0}"# }.joined(separator: ",") + #","m":1,"m":2}"#)
    }

    @Test func whatDiffersHasAnotherKey() throws {
        let bodies = [
            envelope("{}", field: "a"), envelope("{}", field: "b"), envelope(#"{"x":1}"#, field: "a"), envelope(#"{"x":1.0}"#, field: "a"), envelope(#"{"x":"1"}"#, field: "a"),
            envelope("{}", entry: #""id":"1""#, field: "a"), envelope("{}", entry: #""id":"1","time":1"#, field: "a"), envelope("{}", entry: #""id":"1","time":2"#, field: "a"),
            envelope(#"{"x":[1,2]}"#, field: "a"), envelope(#"{"x":[2,1]}"#, field: "a"), envelope(#"{"x":"\ud83d"}"#, field: "a"), envelope(#"{"x":"\ud83c"}"#, field: "a"),
            envelope(#"{"x":1,"x":2}"#, field: "a"), envelope(#"{"x":2,"x":1}"#, field: "a"), envelope(#"{"x":"\u0000"}"#, field: "a"),
        ]
        let keys = try bodies.map { try event($0).key }
        #expect(Set(keys).count == bodies.count)
    }

    @Test func equalItemsBesideTheMessagesHaveTheirOwnKeys() throws {
        let body = envelope(#"{"user_actions":[{"a":1},{"a":1}],"messages":[{"id":"m"}]}"#)
        let keys = try events(body).map(\.key), again = try events(body).map(\.key)
        #expect(Set(keys).count == 3 && keys == again)
    }

    @Test func statusesHaveAKeyPerStatusAndPerson() throws {
        func key(_ more: String) throws -> String? { try event(envelope(#"{"statuses":[{"id":"w"\#(more)}]}"#)).key }
        #expect(try key(#","status":"sent""#) == "w:sent")
        #expect(try key(#","status":"read","recipient_participant_id":"1","recipient_participant_user_id":"US.2""#) == "w:read:US.2")
        #expect(try key(#","status":"read","recipient_participant_id":"1","recipient_participant_user_id":"""#) == "w:read:1")
        #expect(try key("")?.utf8.count == 64)
        #expect(try key(#","status":null"#)?.utf8.count == 64)
    }

    @Test func errorsHaveNone() throws {
        #expect(try text(envelope(#"{"errors":[{"code":1}]}"#)).hasPrefix(#"{"events":[{"kind":"error","key":null,"#))
    }

    // MARK: Contacts

    @Test(arguments: [3, 15, 16, 17, 400]) func contactsGoWithTheirPerson(_ count: Int) throws {
        let people = Array(0..<count)
        let contacts = people.map { #"{"wa_id":"1555\#($0)","user_id":"US.\#($0)","profile":{"name":"P\#($0)"}}"# }
        let items = people.reversed().map { $0.isMultiple(of: 2) ? #"{"id":"\#($0)","from":"+1555\#($0)"}"# : #"{"id":"\#($0)","from_user_id":"US.\#($0)","from":"15550"}"# }
        let found = try events(envelope(#"{"contacts":[\#(contacts.joined(separator: ","))],"messages":[\#(items.joined(separator: ","))]}"#))
        #expect(found.map { $0.contact?.name } == people.reversed().map { "P\($0)" })
    }

    // MARK: Bounds

    /// Very many small items that repeat as much as may be repeated must not fill the memory.
    @Test func eventsBeyondAllMeasureAreRefused() {
        let contact = #"{"wa_id":"1","x":"\(String(repeating: "x", count: 4000))"}"#
        let items = Array(repeating: #"{"id":"a","from":"1"}"#, count: 70_000).joined(separator: ",")
        do {
            _ = try Webhook.parse(body: Array(envelope(#"{"contacts":[\#(contact)],"messages":[\#(items)]}"#).utf8))
            Testing.Issue.record("read")
        } catch {
            #expect(error.code == .badJSON)
        }
    }

    @Test func theDeepestBodyIsReadAgain() throws {
        let deep = String(repeating: "[", count: 2046) + String(repeating: "]", count: 2046)
        #expect(try events(#"{"x":\#(deep)}"#).count == 1)
    }

    /// The answers of a flow are a text: what is no JSON object in it, or deeper than anybody reads, stays in the payload.
    @Test(arguments: [(1, true), (250, true), (300, false)]) func flowAnswersAreRead(_ depth: Int, _ isRead: Bool) throws {
        let text = #"{\"a\":"# + String(repeating: "[", count: depth) + #"1.50"# + String(repeating: "]", count: depth) + "}"
        let body = envelope(#"{"messages":[{"id":"1","type":"interactive","interactive":{"nfm_reply":{"response_json":"\#(text)"}}}]}"#)
        let answer = try event(body).flowResponse?.text
        #expect((answer != nil) == isRead && answer?.contains("1.50") != false)
    }

    @Test func deepPayloadsAreRead() throws {
        let deep = String(repeating: #"{"a":["#, count: 1000) + "1" + String(repeating: "]}", count: 1000)
        let event = try event(envelope(deep, field: "deep"))
        #expect(event.kind == .unknown && event.key?.utf8.count == 64 && event.payload.count > deep.utf8.count)
    }

    @Test func tenMegabytesAreRead() throws {
        let long = String(repeating: "b", count: 10 << 20)
        #expect(try event(envelope(#"{"messages":[{"id":"a","type":"text","text":{"body":"\#(long)"}}]}"#)).text?.utf8.count == 10 << 20)
    }

    // MARK: Typed members

    @Test func typedMembersAreRead() throws {
        let body = envelope(
            #"{"messages":[{"id":"1","type":"audio","audio":{"id":"m","mime_type":"audio/ogg","voice":true}},{"id":"2","type":"location","location":{"latitude":"48.2","longitude":16}},{"id":"3","type":"location","location":{"latitude":1e400,"longitude":16}},{"id":"4","type":"reaction","reaction":{"message_id":"m"}}],"#
                + #""statuses":[{"id":"5","status":"sent","conversation":{"id":"c","origin":{"type":"utility"},"expiration_timestamp":"1767225600"},"pricing":{"billable":true,"pricing_model":"PMP","category":"utility"},"errors":{"code":131050}}]}"#)
        let found = try events(body)
        #expect(found.map(\.messageID) == ["1", "2", "3", "4", "5"])
        #expect(found[0].media?.isVoice == true && found[0].media?.mimeType == "audio/ogg")
        #expect(found[1].location?.latitude == 48.2 && found[1].location?.longitude == 16 && found[2].location == nil)
        #expect(found[3].reaction?.messageID == "m" && found[3].reaction?.emoji == nil)
        #expect(found[4].conversation?.expirationTimestamp == 1_767_225_600 && found[4].conversation?.originType == "utility")
        #expect(found[4].pricing?.isBillable == true && found[4].errors.first?.retry == .never)
    }
}
