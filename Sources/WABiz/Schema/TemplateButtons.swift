// The buttons of template messages, by sub_type, and what each takes. A button without a value is left out of the message.

enum TemplateButtons {
    static let button = VariantShape(
        name: "template.button", discriminator: "sub_type",
        cases: [
            .init("quick_reply", button(quickReply),
                row: .init("a reply; its payload comes back in the webhook.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","buttons":["YES"]}"#]))),
            .init("url", button(url),
                row: .init("the variable end of a link, or the code of an authentication template.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","buttons":[{"url":"42"}]}"#]))),
            .init("copy_code", button(copyCode),
                row: .init("the code that the button copies.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","buttons":[{"copy_code":"SAVE20"}]}"#]))),
            .init("catalog", button(action("template.catalog.parameters", "template.catalog", catalog), isOptional: true),
                row: .init("the product whose picture stands for the catalog.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","buttons":[{"catalog":"pot-12"}]}"#]))),
            .init("mpm", button(action("template.mpm.parameters", "template.mpm", products)),
                row: .init("the products, in sections.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","buttons":[{"mpm":{"thumbnail_product_retailer_id":"pot-12","sections":[{"title":"Small","product_items":[{"product_retailer_id":"pot-12"}]}]}}]}"#]))),
            .init("flow", button(action("template.flow.parameters", "template.flow", flow), isOptional: true),
                row: .init("the token and the data of a flow.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","buttons":[{"flow":"tok-42"}]}"#]))),
            // Meta's own sample of a call button has no index.
            .init("voice_call", button(voiceCall, isOptional: true, indexAbsence: .warning),
                row: .init("how long the call button works, and what its webhook brings.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","buttons":[{"voice_call":{"ttl_minutes":60,"payload":"ticket-42"}}]}"#]))),
            .init("order_details", button(action("template.order_details.parameters", "template.order_details", orderDetails)),
                row: .init("an order to be paid.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","buttons":[{"order_details":{"reference_id":"order-42","type":"digital-goods","payment_type":"br","payment_settings":[{"type":"payment_link","payment_link":{"uri":"https://example.com/pay/42"}}],"currency":"BRL","total_amount":{"value":5000,"offset":100},"order":{"status":"pending","items":[{"retailer_id":"cake","name":"Cake","amount":{"value":2500,"offset":100},"quantity":2}],"subtotal":{"value":5000,"offset":100},"tax":{"value":0,"offset":100}}}}]}"#]))),
            // The server lists it, no page describes it.
            .init("reminder", .unchecked(array: false), misplaced: .warning, row: .undocumented),
        ],
        ignoresCase: true, otherWord: .warning, rule: "T03")

    /// Cards have the same buttons, but for those that belong to a whole message.
    static let cardButton = VariantShape(
        name: "template.card.button", discriminator: "sub_type",
        cases: [.init("quick_reply", button(quickReply)), .init("url", button(url))], ignoresCase: true, otherWord: .warning, rule: "T03")

    private static func button(_ parameters: VariantShape, isOptional: Bool = false, indexAbsence: Issue.Severity = .error) -> Shape {
        .object(
            ObjectShape(
                name: "template.button",
                members: [
                    Member(
                        "index", .number(NumberShape(limits: [Limits.templateButtonIndex], text: .accepted)), required: .all, absence: indexAbsence, rule: "T03",
                        "the position of the button in the template, 0 to 9."),
                    Member(
                        "parameters", .array(ArrayShape(limits: [Limits.templateButtonParameters], element: .variant(parameters))), required: isOptional ? [] : .all,
                        "the values of the button; leave a button without any out."),
                ]))
    }

    private static func parameters(_ name: StaticString, _ cases: VariantShape.Case...) -> VariantShape {
        VariantShape(name: name, discriminator: "type", cases: cases, ignoresCase: true)
    }

    // MARK: Simple values

    private static let quickReply = parameters(
        "template.quick_reply.parameters",
        .init(
            "payload",
            .object(
                ObjectShape(
                    name: "template.quick_reply",
                    members: [Member("payload", .string(StringShape(limits: [Limits.quickReplyPayload])), required: .all, "what the webhook brings back when the button is tapped.")]))),
        .init("text", TemplateParameters.text("template.quick_reply", Limits.parameterFilled, named: false)))

    private static let url = parameters(
        "template.url.parameters",
        .init(
            "text",
            .object(
                ObjectShape(
                    name: "template.url",
                    members: [
                        Member("text", .string(StringShape(limits: [Limits.parameterFilled, Limits.wholeURL], format: .parameterText, emptyWarns: .onPremises)), required: .all, "what is put behind the URL of the template."),
                        Member("payment_link_preview", .boolean, "shows a preview of a payment link (India)."),
                    ]))))

    private static let copyCode = parameters(
        "template.copy_code.parameters",
        .init(
            "coupon_code",
            .object(
                ObjectShape(
                    name: "template.copy_code",
                    members: [
                        Member("coupon_code", .string(StringShape(limits: [Limits.couponCode, Limits.couponCodeOnce], format: .couponCode)), required: .all, "the code that a tap copies.")
                    ]))))

    private static let voiceCall = parameters(
        "template.voice_call.parameters",
        .init(
            "ttl_minutes",
            .object(
                ObjectShape(
                    name: "template.voice_call",
                    members: [Member("ttl_minutes", .number(NumberShape(limits: [Limits.callMinutes])), required: .all, "for how many minutes the button works.")]))),
        .init(
            "payload",
            .object(
                ObjectShape(
                    name: "template.voice_call",
                    members: [Member("payload", .string(StringShape(limits: [Limits.callPayload])), required: .all, "what the webhook of the call brings back.")]))))

    // MARK: Actions

    private static func action(_ parameters: StaticString, _ name: StaticString, _ action: ObjectShape) -> VariantShape {
        self.parameters(parameters, .init("action", .object(ObjectShape(name: name, members: [Member("action", .object(action), required: .all, "what the button does.")]))))
    }

    private static func thumbnail(required: Dialects = []) -> Member {
        Member(
            "thumbnail_product_retailer_id", .string(StringShape(limits: [Limits.productID, Limits.productIDOnce])), required: required,
            "the product whose picture is shown.")
    }

    private static let catalog = ObjectShape(name: "template.catalog.action", members: [thumbnail()])

    private static let products = ObjectShape(
        name: "template.mpm.action",
        members: [
            thumbnail(required: .all),
            Member("sections", .array(ArrayShape(limits: [Limits.productSections], element: .object(section), rules: [.productsInAll])), required: .all, "the products, in groups."),
        ])

    private static let section = ObjectShape(
        name: "template.mpm.section",
        members: [
            Member("title", .string(StringShape(limits: [Limits.sectionTitle])), required: .all, "the heading of the group."),
            Member(
                "product_items",
                .array(
                    ArrayShape(
                        limits: [Limits.sectionProducts],
                        element: .object(
                            ObjectShape(
                                name: "template.mpm.product",
                                members: [
                                    Member(
                                        "product_retailer_id", .string(StringShape(limits: [Limits.productID, Limits.productIDOnce])), required: .all,
                                        "the product's id in the catalogue.")
                                ])))), required: .all, "the products of the group."),
        ])

    private static let flow = ObjectShape(
        name: "template.flow.action",
        members: [
            Member("flow_token", .string(StringShape()), "a text of yours that names this run of the flow; \"unused\" without it."),
            Member("flow_action_data", .unchecked(array: false), "the data of the flow's first screen."),
        ])

    private static let orderDetails = ObjectShape(
        name: "template.order_details.action",
        members: [Member("order_details", .object(OrderShapes.orderDetailsParameters), required: .all, "the order, as in interactive order_details.")])
}
