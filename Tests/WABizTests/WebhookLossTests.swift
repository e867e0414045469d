// Every byte of information of a webhook is in its events: each scalar and each name of each corpus file is replaced by a
// mark, one at a time, and the mark must come out. Only the fixed words of the envelope may stay behind.
import Foundation
import Testing
@testable import WABiz

@Suite struct WebhookLossTests {
    private static let marks = [#""w4b1z-mark""#, "918273645"]

    /// Bodies with one mark each, and what was marked.
    private static func marked(_ example: WebhookCase) throws -> [(body: [UInt8], mark: String, place: String)] {
        var places: [(range: Range<Int>, isName: Bool)] = []
        try Tape.read(example.body, .tolerant) { collect($0, into: &places) }
        return places.flatMap { range, isName in
            marks.filter { !isName || $0.hasPrefix("\"") }.map { mark in
                var body = example.body
                body.replaceSubrange(range, with: Array(mark.utf8))
                return (body, mark.filter { $0 != "\"" }, Array(example.body[range]).text)
            }
        }
    }

    private static func collect(_ view: JSONView, into places: inout [(range: Range<Int>, isName: Bool)]) {
        if view.isObject {
            for (name, value) in view.members {
                // A member without a value says nothing.
                let isVoid = value.isNull || (value.isArray && value.count == 0)
                if !isVoid { places.append((name.offset..<name.offset + name.raw.count, true)) }
                collect(value, into: &places)
            }
        } else if view.isArray {
            for element in view.elements { collect(element, into: &places) }
        } else {
            places.append((view.offset..<view.offset + view.raw.count, false))
        }
    }

    @Test(arguments: WebhookCase.all) func everyMarkComesOut(_ example: WebhookCase) throws {
        var tried = 0
        for (body, mark, place) in try WebhookLossTests.marked(example) {
            let events = try Webhook.parse(body: body).text
            #expect(events.contains(mark), "\(mark) in place of \(place) is lost in \(events)")
            tried += 1
        }
        #expect(tried > 0 || example.body.count < 5)
    }

    /// What may stay behind, each with the one value that says nothing.
    @Test func onlyFixedWordsStayBehind() throws {
        let body = #"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","messages":[{"id":"a"}]}}]}]}"#
        let events = try Webhook.parse(body: Array(body.utf8)).text
        #expect(events == #"{"events":[{"kind":"message","key":"a","waba_id":"1","message_id":"a","payload":{"id":"a"}}]}"#)
    }

    /// What would be repeated in each event beside it arrives once when it is long.
    @Test func whatIsLongIsNotRepeated() throws {
        let long = String(repeating: "x", count: 5000)
        let items = (0..<100).map { #"{"id":"\#($0)","from":"1"}"# }.joined(separator: ",")
        let value = #"{"contacts":[{"wa_id":"1","x":"\#(long)"}],"conversation_context":{"x":"\#(long)"},"messages":[\#(items)]}"#
        let events = try Webhook.parse(body: Array(#"{"entry":[{"changes":[{"field":"messages","value":\#(value)}]}]}"#.utf8)).text
        #expect(events.components(separatedBy: long).count == 3)
    }
}
