// Every typed builder writes the payload that Meta documents, for each dialect, and what it writes passes the check.
import Testing
@testable import WABiz

@Suite struct DraftTests {
    private static let link = "https://example.com/a.jpg"
    private static let wamid = "wamid.HBgLMTU1NTAwMDEyMzQ"

    /// A builder, what it writes around nothing but the content, and whether the dialect only warns.
    private func expect(_ draft: Draft, cloud: String, onPremises: String?, warnings: Int = 0) throws {
        for (api, json) in [(API.cloud, cloud), (.onPremises, onPremises)] {
            guard let json else { continue }
            let written = try JSONValue(text: String(decoding: draft.json(for: api), as: UTF8.self))
            #expect(written == (try JSONValue(text: json)), "\(api)")
            let message = try Message(draft, options: MessageOptions(api: api))
            #expect(message.api == api && message.warnings.count <= warnings, "\(message.warnings)")
        }
    }

    /// The same content in both dialects.
    private func expect(_ draft: Draft, _ type: String, _ content: String, warnings: Int = 0) throws {
        let rest = #""recipient_type":"individual","to":"+15550001234","type":"\#(type)","\#(type)":\#(content)}"#
        try expect(draft, cloud: #"{"messaging_product":"whatsapp","# + rest, onPremises: "{" + rest, warnings: warnings)
    }

    @Test func text() throws {
        try expect(.text(to: "+15550001234", "Grüße \"quoted\"\n"), "text", #"{"body":"Grüße \"quoted\"\n"}"#)
        try expect(
            .text(to: "+15550001234", "https://example.com", previewURL: true),
            cloud: #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"+15550001234","type":"text","text":{"body":"https://example.com","preview_url":true}}"#,
            onPremises: #"{"recipient_type":"individual","to":"+15550001234","type":"text","text":{"body":"https://example.com"},"preview_url":true}"#)
    }

    @Test func media() throws {
        try expect(.image(to: "+15550001234", .link(Self.link), caption: "Look"), "image", #"{"link":"https://example.com/a.jpg","caption":"Look"}"#)
        try expect(.image(to: "+15550001234", .id("1")), "image", #"{"id":"1"}"#)
        try expect(.video(to: "+15550001234", .id("1"), caption: "Look"), "video", #"{"id":"1","caption":"Look"}"#)
        try expect(.audio(to: "+15550001234", .id("1")), "audio", #"{"id":"1"}"#)
        try expect(.sticker(to: "+15550001234", .id("1")), "sticker", #"{"id":"1"}"#)
        try expect(.document(to: "+15550001234", .id("1"), filename: "a.pdf"), "document", #"{"id":"1","filename":"a.pdf"}"#)
        try expect(
            .document(to: "+15550001234", .id("1"), filename: "a.pdf", caption: "Bill"),
            cloud: #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"+15550001234","type":"document","document":{"id":"1","filename":"a.pdf","caption":"Bill"}}"#,
            onPremises: nil)
        try expect(
            .audio(to: "+15550001234", .id("1"), voice: true),
            cloud: #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"+15550001234","type":"audio","audio":{"id":"1","voice":true}}"#, onPremises: nil)
        let provided = Draft.image(to: "15550001234", .provided(link: Self.link, provider: "files"))
        #expect(try Message(provided, options: MessageOptions(api: .onPremises)).warnings.isEmpty)
        #expect(try Message(provided).warnings.contains { $0.rule == "X13" })
    }

    @Test func location() throws {
        let whole = Draft.location(to: "+15550001234", latitude: 48.2082, longitude: -0.1, name: "Shop", address: "1 Main Square")
        try expect(whole, "location", #"{"latitude":48.2082,"longitude":-0.1,"name":"Shop","address":"1 Main Square"}"#)
        try expect(.location(to: "+15550001234", latitude: 90, longitude: -180), "location", #"{"latitude":90.0,"longitude":-180.0}"#, warnings: 2)
        for number in [Double.nan, .infinity, -.infinity, .greatestFiniteMagnitude, 91] {
            let failure = #expect(throws: Failure.self) { try Message(.location(to: "+15550001234", latitude: number, longitude: 0)) }
            #expect(failure?.code == .invalid && failure?.issues.first?.path == "/location/latitude")
        }
    }

    @Test func reaction() throws {
        try expect(.reaction(to: "+15550001234", "👍🏽", on: Self.wamid), "reaction", #"{"message_id":"\#(Self.wamid)","emoji":"👍🏽"}"#, warnings: 1)
        try expect(.reaction(to: "+15550001234", "", on: Self.wamid), "reaction", #"{"message_id":"\#(Self.wamid)","emoji":""}"#, warnings: 1)
    }

    @Test func templates() throws {
        try expect(.template(to: "+15550001234", Template("hello", language: "en_US")), "template", #"{"name":"hello","language":{"policy":"deterministic","code":"en_US"}}"#)
        let template = Template(
            "order", language: "en", header: .document(.link("https://example.com/42.pdf"), filename: "42.pdf"),
            body: ["Ada", .text("x"), .currency("$1", code: "USD", amount1000: 1000), .dateTime("today")],
            buttons: [.quickReply(payload: "P"), .url(suffix: "42", index: 3)])
        try expect(
            .template(to: "+15550001234", template), "template",
            """
            {"name":"order","language":{"policy":"deterministic","code":"en"},"components":[
            {"type":"header","parameters":[{"type":"document","document":{"link":"https://example.com/42.pdf","filename":"42.pdf"}}]},
            {"type":"body","parameters":[{"type":"text","text":"Ada"},{"type":"text","text":"x"},
            {"type":"currency","currency":{"fallback_value":"$1","code":"USD","amount_1000":1000}},{"type":"date_time","date_time":{"fallback_value":"today"}}]},
            {"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"P"}]},
            {"type":"button","sub_type":"url","index":"3","parameters":[{"type":"text","text":"42"}]}]}
            """)
    }

    @Test func templateHeaders() throws {
        let headers: [(Template.Parameter, String)] = [
            ("Order", #"{"type":"text","text":"Order"}"#), (.image(.id("1")), #"{"type":"image","image":{"id":"1"}}"#),
            (.video(.link(Self.link)), #"{"type":"video","video":{"link":"https://example.com/a.jpg"}}"#), (.document(.id("1")), #"{"type":"document","document":{"id":"1"}}"#),
            (.named("order", "42"), #"{"type":"text","text":"42","parameter_name":"order"}"#),
            (
                .location(latitude: 48.2082, longitude: 16.3738, name: "Depot", address: "1 Main Square"),
                #"{"type":"location","location":{"latitude":"48.2082","longitude":"16.3738","name":"Depot","address":"1 Main Square"}}"#
            ),
        ]
        for (header, json) in headers {
            try expect(
                .template(to: "+15550001234", Template("t", language: "en", header: header)), "template",
                #"{"name":"t","language":{"policy":"deterministic","code":"en"},"components":[{"type":"header","parameters":[\#(json)]}]}"#)
        }
        let old = Draft.template(to: "15550001234", Template("t", language: "en", namespace: "cf72"))
        #expect(try Message(old, options: MessageOptions(api: .onPremises)).warnings.isEmpty)
    }

    @Test func markAsRead() throws {
        try expect(
            .markAsRead(Self.wamid), cloud: #"{"messaging_product":"whatsapp","status":"read","message_id":"\#(Self.wamid)"}"#,
            onPremises: #"{"status":"read","message_id":"\#(Self.wamid)"}"#)
        try expect(
            .markAsRead(Self.wamid, typing: true),
            cloud: #"{"messaging_product":"whatsapp","status":"read","message_id":"\#(Self.wamid)","typing_indicator":{"type":"text"}}"#, onPremises: nil)
        let put = try Message(.markAsRead("gBEGk"), options: MessageOptions(api: .onPremises))
        #expect(put.payload == Array(#"{"status":"read"}"#.utf8) && put.readMessageID == "gBEGk" && put.type == "read")
    }

    @Test func aroundTheContent() throws {
        let draft = Draft.text(to: .user("US.1"), "Hi").replying(to: Self.wamid).tagged("order 42").tagged("order 43").adding("category", "utility")
        #expect(
            try JSONValue(text: String(decoding: draft.json(), as: UTF8.self))
                == JSONValue(
                    text: #"{"messaging_product":"whatsapp","recipient_type":"individual","recipient":"US.1","type":"text","context":{"message_id":"\#(Self.wamid)"},"biz_opaque_callback_data":"order 43","category":"utility","text":{"body":"Hi"}}"#))
        #expect(try Message(draft).warnings.isEmpty)
        let group = Draft.image(to: .group("Y2FwaV9ncm91cDox"), .id("1"))
        #expect(try Message(group).warnings.isEmpty)
        #expect(throws: Failure.self) { try Message(group, options: MessageOptions(api: .onPremises)) }
        let marketing = Draft.template(to: "+15550001234", Template("promo", language: "en")).adding("product_policy", "STRICT")
        #expect(try Message(marketing, options: MessageOptions(api: .marketingMessages)).warnings.isEmpty)
    }

    /// What no JSON of ours may hold is refused, not sent in another form.
    @Test func whatCannotBeSent() throws {
        let failure = #expect(throws: Failure.self) { try Message(.text(to: "+15550001234", "a\u{0}b")) }
        #expect(failure?.code == .badJSON || failure?.code == .invalid)
        #expect(throws: Failure.self) { try Message(.text(to: "+15550001234", "")) }
        #expect(throws: Failure.self) { try Message(.text(to: "nobody", "Hi")) }
    }

    /// A new type of the table needs a builder: this switch names each.
    @Test func everyCheckedTypeHasABuilder() throws {
        for type in MessageTable.types where type.isChecked {
            let draft: Draft? =
                switch "\(type.word)" {
                case "text": .text(to: "+15550001234", "Hi")
                case "image": .image(to: "+15550001234", .id("1"))
                case "audio": .audio(to: "+15550001234", .id("1"))
                case "video": .video(to: "+15550001234", .id("1"))
                case "document": .document(to: "+15550001234", .id("1"))
                case "sticker": .sticker(to: "+15550001234", .id("1"))
                case "location": .location(to: "+15550001234", latitude: 1, longitude: 2)
                case "reaction": .reaction(to: "+15550001234", "👍", on: Self.wamid)
                case "template": .template(to: "+15550001234", Template("t", language: "en"))
                // Their builders have tests of their own: CatalogueDraftTests.
                case "contacts", "interactive", "hsm", "pin": nil
                default: { Testing.Issue.record("\(type.word) has no builder"); return nil }()
                }
            if let draft { #expect(try Message(draft).type == "\(type.word)") }
        }
    }
}
