// The webhook corpus: Tests/Corpus/webhooks/NAME.json is a body, NAME.events.json what must come out. Adding a case is
// adding the two files. `payload` of an expected event is a JSON Pointer to the item in the body: the event must hold
// exactly those bytes.
import Foundation
import Testing
@testable import WABiz

struct WebhookCase: Sendable, CustomTestStringConvertible {
    let name: String
    let body: [UInt8]
    let expected: [UInt8]

    var testDescription: String { name }

    static let all: [WebhookCase] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Corpus/webhooks")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let names = files.map(\.lastPathComponent).filter { $0.hasSuffix(".json") && !$0.hasSuffix(".events.json") }.map { String($0.dropLast(5)) }
        return names.sorted().map { name in
            WebhookCase(
                name: name, body: contents(of: folder.appending(path: "\(name).json")),
                expected: contents(of: folder.appending(path: "\(name).events.json")))
        }
    }()

    private static func contents(of file: URL) -> [UInt8] { (try? Data(contentsOf: file)).map { Array($0) } ?? [] }
}

/// Equal in meaning: members in any order, numbers by value, texts decoded.
func means(_ left: JSONView, _ right: JSONView) -> Bool {
    if left.isObject, right.isObject {
        return left.count == right.count
            && left.members.allSatisfy { name, value in member(name.string ?? "", of: right).map { means(value, $0) } ?? false }
    }
    if left.isArray, right.isArray { return left.count == right.count && zip(left.elements, right.elements).allSatisfy(means) }
    if left.isNumber, right.isNumber { return left.number == right.number }
    if left.isString, right.isString { return left.string == right.string }
    return left.raw == right.raw
}

private func member(_ name: String, of object: JSONView) -> JSONView? { object.members.first { $0.name.string == name }?.value }

private func resolve(_ pointer: String, in root: JSONView) -> JSONView? {
    pointer.split(separator: "/").reduce(root) { view, step in
        guard let view else { return nil }
        if view.isObject { return member(String(step), of: view) }
        return Int(step).flatMap { index in view.elements.dropFirst(index).first { _ in true } }
    }
}

@Suite struct WebhookCorpusTests {
    @Test func isThere() {
        #expect(WebhookCase.all.count >= 140)
        for example in WebhookCase.all { #expect(!example.expected.isEmpty, "\(example.name) has no .events.json") }
    }

    @Test(arguments: WebhookCase.all) func becomesItsEvents(_ example: WebhookCase) throws {
        let document = try Webhook.parse(body: example.body)
        try Tape.read(example.body, .tolerant) { (body) throws(Failure) in
            try Tape.read(document, .tolerant) { (document) throws(Failure) in
                try Tape.read(example.expected) { expected in compare(document, expected, body) }
            }
        }
    }

    private func compare(_ document: JSONView, _ expected: JSONView, _ body: JSONView) {
        let events = Array(document["events"]?.elements ?? document.elements)
        let wanted = Array(expected["events"]?.elements ?? expected.elements)
        #expect(events.count == wanted.count, "\(document.raw.text)")
        for (event, wanted) in zip(events, wanted) {
            #expect(event.members.compactMap(\.name.string).sorted() == wanted.members.compactMap(\.name.string).sorted())
            for (name, value) in wanted.members {
                let name = name.string ?? ""
                let found = member(name, of: event)
                if name == "payload" {
                    #expect(found?.raw == value.string.flatMap { resolve($0, in: body) }?.raw, "\(value.raw.text)")
                } else {
                    #expect(found.map { means($0, value) } == true, "\(name): \(found?.raw.text ?? "absent"), expected \(value.raw.text)")
                }
            }
        }
    }

    /// The typed events say the same as the document.
    @Test(arguments: WebhookCase.all) func typedEventsAgree(_ example: WebhookCase) throws {
        let events = try Webhook.events(verified: example.body)
        try Tape.read(example.expected) { expected in
            let wanted = Array(expected["events"]?.elements ?? expected.elements)
            #expect(events.count == wanted.count)
            for (event, wanted) in zip(events, wanted) {
                #expect(event.kind.rawValue == wanted["kind"]?.string && event.key == wanted["key"]?.string)
                #expect(event.timestamp == wanted["timestamp"]?.integer && event.wabaID == wanted["waba_id"]?.string)
                #expect(event.from == wanted["from"]?.string && event.text == wanted["text"]?.string && event.type == wanted["type"]?.string)
                #expect(event.replyID == wanted["reply_id"]?.string && event.contextID == wanted["context_id"]?.string)
                #expect(event.media?.id == wanted["media"]?["id"]?.string && event.location?.name == wanted["location"]?["name"]?.string)
                #expect((event.reaction?.emoji ?? "") == (wanted["reaction"]?["emoji"]?.string ?? ""))
                #expect(event.status == wanted["status"]?.string && event.messageID == wanted["message_id"]?.string)
                #expect(event.callID == wanted["call_id"]?.string && event.to == wanted["to"]?.string && event.event == wanted["event"]?.string)
                #expect(event.originalMessageID == wanted["original_message_id"]?.string && event.entryTimestamp == wanted["entry_time"]?.integer)
                #expect(event.referral?.sourceID == wanted["referral"]?["source_id"]?.string && event.order?.items.count == wanted["order"]?["product_items"]?.count)
                #expect((event.flowResponse == nil) == (wanted["flow_response"] == nil))
                #expect(event.recipientID == wanted["recipient_id"]?.string && event.tag == wanted["tag"]?.string)
                #expect(event.pricing?.category == wanted["pricing"]?["category"]?.string)
                #expect(event.errors.map(\.code) == (wanted["errors"]?.elements.map { $0["code"]?.integer } ?? []))
                #expect(event.errors.map { $0.retry?.rawValue } == (wanted["errors"]?.elements.map { $0["retry"]?.string } ?? []))
                #expect(event.contact?.name == wanted["profile_name"]?.string && event.field == wanted["field"]?.string)
            }
        }
    }

    /// One case for each example of Meta's reference, in its order: kinds of messages, statuses, other fields, On-Premises.
    private static let examples = [
        "envelope", "signature-vector", "text", "image", "audio-voice-note", "video-forwarded", "document", "sticker",
        "location-place", "contacts", "reaction", "button", "button-reply", "list-reply", "flow-reply", "address-reply",
        "call-permission-reply", "payment-method", "order", "system-number-changed", "system-identity-changed", "referral",
        "referred-product", "request-welcome", "unsupported", "edit", "revoke", "user-id-only", "group", "user-actions-alone",
        "value-errors", "status-sent", "status-delivered", "status-read", "status-played", "status-failed", "status-group-participant",
        "status-payment", "template-rejected", "template-quality-misnamed", "template-components", "template-category-impending",
        "template-category-changed", "template-correct-category", "phone-number-quality", "phone-number-name", "account-ban",
        "account-partner-removed", "account-alert", "account-review", "account-settings", "business-capability", "security-pin-reset",
        "user-preference-stop", "user-id-update", "business-username", "call-connect", "call-terminate", "call-status",
        "flow-endpoint-errors", "flow-status-change", "history-chunk", "history-declined",
        "message-echo", "state-sync-add", "group-create", "group-participants-remove", "group-settings", "group-suspend",
        "payment-configuration", "partner-solution", "automatic-event-purchase", "messaging-handover", "standby-message",
        "on-premises-voice", "on-premises-status-failed", "on-premises-unknown-type", "on-premises-errors",
    ]

    @Test func everyExampleOfTheReferenceIsThere() {
        #expect(Set(WebhookCorpusTests.examples).count == WebhookCorpusTests.examples.count && WebhookCorpusTests.examples.count == 78)
        let names = Set(WebhookCase.all.map(\.name))
        for example in WebhookCorpusTests.examples { #expect(names.contains(example), "\(example)") }
    }

    /// A row without a case in the corpus would be untested.
    @Test func everyMemberOfTheTableIsInTheCorpus() throws {
        var seen: Set<String> = []
        for example in WebhookCase.all {
            try Tape.read(example.expected) { expected in
                for event in expected["events"]?.elements ?? expected.elements {
                    let kind = event["kind"]?.string ?? "", type = event["type"]?.string ?? ""
                    for (name, _) in event.members {
                        seen.insert("\(kind).\(name.string ?? "")")
                        seen.insert("\(kind).\(type).\(name.string ?? "")")
                    }
                }
            }
        }
        for row in WebhookTable.fields.flatMap(\.rows).map(\.row) {
            let isThere = seen.contains("\(row.kind).payload")
            #expect(isThere, "\(row.kind) in \(row.array)")
            // Types without members of their own come as messages only.
            for type in row.types where row.kind.isSame("message") || !type.members.list.isEmpty {
                let name = "\(row.kind).\(type.type).payload"
                let isThere = seen.contains(name)
                #expect(isThere, "\(name)")
            }
            let names = row.members.list.map { "\(row.kind).\($0.name)" } + row.types.flatMap { type in type.members.list.map { "\(row.kind).\(type.type).\($0.name)" } }
            let missing = names.filter { !seen.contains($0) }
            #expect(missing.isEmpty, "\(row.kind) in \(row.array)")
        }
    }

    @Test func theDescriptionHoldsEveryMember() throws {
        let text = Webhook.description.text
        try Tape.read(Array(text.utf8)) { root in
            #expect(root.isObject)
            for row in WebhookTable.fields.flatMap(\.rows).map(\.row) {
                for member in row.members.list + row.types.flatMap(\.members.list) { #expect(text.contains("\"name\":\"\(member.name)\"")) }
            }
        }
    }
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}
