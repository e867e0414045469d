// The builders of template messages write what the table takes, and plain() leaves no format mark that works.
import Testing
@testable import WABiz

@Suite struct TemplateBuilderTests {
    private func components(_ template: Template) throws -> JSONValue {
        try JSONValue(text: String(decoding: Draft.template(to: "+15550001234", template).json(), as: UTF8.self))["template"]?["components"] ?? .null
    }

    private func expect(_ template: Template, _ json: String, api: API = .cloud) throws {
        #expect(try components(template) == JSONValue(text: json))
        let report = try Message.report(json: Draft.template(to: "+15550001234", template).json(for: api), options: MessageOptions(api: api))
        #expect(report.issues.allSatisfy { $0.severity == .warning }, "\(issueLines(report))")
    }

    @Test func writesEveryButton() throws {
        let template = Template(
            "t", language: "en",
            buttons: [
                .quickReply(payload: "P"), .url(suffix: "42"), .copyCode("SAVE20"), .catalog(thumbnail: "pot"), .catalog(),
                .products(thumbnail: "pot", sections: [("Small", ["pot", "pan"])]), .flow(token: "tok", data: ["guests": 2]), .flow(),
                .voiceCall(minutes: 60, payload: "ticket"), .voiceCall(minutes: 5, index: 9),
            ])
        try expect(
            template,
            """
            [{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"P"}]},
            {"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"42"}]},
            {"type":"button","sub_type":"copy_code","index":"2","parameters":[{"type":"coupon_code","coupon_code":"SAVE20"}]},
            {"type":"button","sub_type":"catalog","index":"3","parameters":[{"type":"action","action":{"thumbnail_product_retailer_id":"pot"}}]},
            {"type":"button","sub_type":"catalog","index":"4"},
            {"type":"button","sub_type":"mpm","index":"5","parameters":[{"type":"action","action":{"thumbnail_product_retailer_id":"pot","sections":
            [{"title":"Small","product_items":[{"product_retailer_id":"pot"},{"product_retailer_id":"pan"}]}]}}]},
            {"type":"button","sub_type":"flow","index":"6","parameters":[{"type":"action","action":{"flow_token":"tok","flow_action_data":{"guests":2}}}]},
            {"type":"button","sub_type":"flow","index":"7"},
            {"type":"button","sub_type":"voice_call","index":"8","parameters":[{"type":"ttl_minutes","ttl_minutes":60},{"type":"payload","payload":"ticket"}]},
            {"type":"button","sub_type":"voice_call","index":"9","parameters":[{"type":"ttl_minutes","ttl_minutes":5}]}]
            """)
    }

    @Test func writesAnOrder() throws {
        let amount: Tree = ["value": 2500, "offset": 100]
        let order: Tree = [
            "reference_id": "order-42", "type": "digital-goods", "payment_type": "br", "currency": "BRL", "total_amount": amount,
            "payment_settings": [["type": "payment_link", "payment_link": ["uri": "https://example.com/pay"]]],
            "order": [
                "status": "pending", "subtotal": amount, "tax": ["value": 0, "offset": 100],
                "items": [["retailer_id": "cake", "name": "Cake", "amount": amount, "quantity": 1]],
            ],
        ]
        try expect(
            Template("t", language: "en", buttons: [.orderDetails(order)]),
            "[{\"type\":\"button\",\"sub_type\":\"order_details\",\"index\":\"0\",\"parameters\":[{\"type\":\"action\",\"action\":{\"order_details\":\(order.text)}}]}]")
    }

    @Test func writesCarousels() throws {
        try expect(
            Template("t", language: "en", body: ["Ada"]).carousel([
                .init(.image(.id("1")), body: ["a"], buttons: [.url(suffix: "a")]), .init(.image(.id("2")), body: ["b"], buttons: [.url(suffix: "b")], index: 3),
            ]),
            """
            [{"type":"body","parameters":[{"type":"text","text":"Ada"}]},{"type":"carousel","cards":[
            {"card_index":0,"components":[{"type":"header","parameters":[{"type":"image","image":{"id":"1"}}]},{"type":"body","parameters":[{"type":"text","text":"a"}]},
            {"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"a"}]}]},
            {"card_index":3,"components":[{"type":"header","parameters":[{"type":"image","image":{"id":"2"}}]},{"type":"body","parameters":[{"type":"text","text":"b"}]},
            {"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"b"}]}]}]}]
            """)
    }

    @Test func writesOtherComponents() throws {
        try expect(
            Template("t", language: "en", header: .product("pot", catalog: "7")).tapTarget(url: "https://example.com", title: "Shop")
                .orderStatus(referenceID: "o", status: "shipped", description: "Soon"),
            """
            [{"type":"header","parameters":[{"type":"product","product":{"product_retailer_id":"pot","catalog_id":"7"}}]},
            {"type":"tap_target_configuration","parameters":[{"type":"tap_target_configuration","tap_target_configuration":[{"url":"https://example.com","title":"Shop"}]}]},
            {"type":"order_status","parameters":[{"type":"order_status","order_status":{"reference_id":"o","order":{"status":"shipped","description":"Soon"}}}]}]
            """)
        try expect(
            Template("t", language: "en", header: .gif(.id("1")), buttons: [.copyCode("A1")]).offerEnding(atMilliseconds: 1_893_456_000_000),
            """
            [{"type":"header","parameters":[{"type":"gif","gif":{"id":"1"}}]},
            {"type":"limited_time_offer","parameters":[{"type":"limited_time_offer","limited_time_offer":{"expiration_time_ms":1893456000000}}]},
            {"type":"button","sub_type":"copy_code","index":"0","parameters":[{"type":"coupon_code","coupon_code":"A1"}]}]
            """, api: .marketingMessages)
    }
}

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("Hello", "Hello"), ("", ""), ("*bold*", "∗bold∗"), ("_italic_", "ˍitalicˍ"), ("~gone~", "∼gone∼"), ("```code```", "ˋˋˋcodeˋˋˋ"),
        ("snake_case 2*3", "snake_case 2*3"), ("a *b* c", "a ∗b∗ c"), ("*", "∗"), ("a*", "a∗"), ("*a", "∗a"), ("a`b", "aˋb"),
        ("é*x*é", "é∗x∗é"), ("_*~a~*_", "ˍ∗∼a∼∗ˍ"), ("a__b", "aˍˍb"), ("* item\n_x_", "∗ item\nˍxˍ"), ("👍*👍", "👍∗👍"),
    ])
    func leavesNoMarkThatWorks(_ text: String, _ plain: String) {
        #expect(Draft.plain(text) == plain)
        #expect(Draft.plain(plain) == plain)
        #expect(Draft.plain(text).count == text.count && Draft.plain(text).unicodeScalars.count == text.unicodeScalars.count)
    }
}
