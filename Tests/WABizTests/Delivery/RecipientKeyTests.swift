// Which spellings are one recipient, and what has none.
import Testing
@testable import WABiz

private func key(_ json: String) throws -> UInt64? { try Message(json: Array(json.utf8)).recipientKey }

@Suite struct RecipientKeyTests {
    @Test func spellingsOfOnePerson() throws {
        let plain = try #require(try key(#"{"to":"15550001234","text":"a"}"#))
        for to in ["+15550001234", "+1 (555) 000-1234", "1-555-000-1234"] {
            #expect(try key(#"{"to":"\#(to)","text":"a"}"#) == plain)
            #expect(try key(#"{"messaging_product":"whatsapp","to":"\#(to)","text":{"body":"a"}}"#) == plain)
        }
        #expect(try key(#"{"to":"15550001235","text":"a"}"#) != plain)
    }

    @Test func userIdsAreOthers() throws {
        func user(_ id: String) throws -> UInt64? {
            try key(#"{"messaging_product":"whatsapp","recipient":"\#(id)","type":"text","text":{"body":"a"}}"#)
        }
        let first = try #require(try user("US.13491208655302741918"))
        #expect(try user("US.13491208655302741918") == first)
        #expect(try user("US.13491208655302741919") != first)
        #expect(first >= 1 << 63)
    }

    @Test func groupsAndReadsHaveNone() throws {
        #expect(try key(#"{"messaging_product":"whatsapp","recipient_type":"group","to":"Y2FwaV9ncm91cDo","type":"text","text":{"body":"a"}}"#) == nil)
        #expect(try key(#"{"read":"wamid.A"}"#) == nil)
    }
}
