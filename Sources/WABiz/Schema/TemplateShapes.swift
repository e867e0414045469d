// Template messages: the template, its language and its components. Parameters, buttons and cards stand in files of their own.

enum TemplateShapes {
    static let template = ObjectShape(
        name: "template",
        members: [
            Member("name", .string(StringShape(limits: [Limits.templateName], format: .templateName)), required: .all, "the name of the approved template."),
            Member("language", .object(language), required: .all, "the language of the approved template."),
            Member(
                "components", .array(ArrayShape(element: .variant(component), rules: [.oneOfAKind, .buttons, .textBesideOthers, .besideCarousel, .besideOffer])),
                "the values of its variables, media and buttons."),
            Member("namespace", .string(StringShape()), allowed: .onPremises, rule: "T12", "the namespace of the account; required by clients before v2.41."),
        ],
        rules: [.definition])

    static let language = ObjectShape(
        name: "template.language",
        members: [
            Member("code", .string(StringShape(format: .languageCode)), required: .all, "the language of the template, such as en_US."),
            Member(
                "policy", .string(StringShape(words: ["deterministic"], retired: [("fallback", .onPremises)])), required: .onPremises, absence: .warning,
                "\"deterministic\"; \"fallback\" was removed in v2.27.8."),
        ])

    // MARK: Components

    private static let component = VariantShape(
        name: "template.components", discriminator: "type",
        cases: [
            .init("header", .object(header),
                row: .init("the values of the header: one text, file, place or product.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","header":{"image":"https://example.com/a.jpg"}}"#]))),
            .init("body", .object(body),
                row: .init("the values of the body's variables.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","body":["Ada","42"]}"#, #"{"to":"+15550001234","template":"order_shipped","language":"en_US","body":{"customer":"Ada"}}"#]))),
            .init("button", .variant(TemplateButtons.button),
                row: .init("the value of one button.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","buttons":["YES"]}"#]))),
            .init("carousel", .object(TemplateCards.carousel),
                row: .init("two to ten cards.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","cards":[{"header":{"image":"https://example.com/a.jpg"},"body":["Blue"],"buttons":["a"]},{"header":{"image":"https://example.com/b.jpg"},"body":["Red"],"buttons":["b"]}]}"#]))),
            .init("limited_time_offer", .object(offer),
                row: .init("when the offer ends.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","limited_time_offer":1893456000000}"#]))),
            .init("order_status", .object(orderStatus),
                row: .init("the state of an order.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","order_status":{"reference_id":"order-42","order":{"status":"shipped"}}}"#]))),
            .init("tap_target_configuration", .object(tapTarget),
                row: .init("where a tap on the message leads.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","tap_target":{"url":"https://example.com/offer","title":"Offer"}}"#]))),
            // They stand in the definition alone.
            .init("footer", .unchecked(array: false), misplaced: .warning, row: .init("the small text, which has no variables.", .definitionOnly)),
            .init("call_permission_request", .unchecked(array: false), misplaced: .warning,
                row: .init("the question whether the business may call.", .definitionOnly)),
        ],
        ignoresCase: true)

    /// A component that is no button.
    static func plain(_ name: StaticString, _ parameters: ArrayShape, isRequired: Bool = false) -> ObjectShape {
        ObjectShape(
            name: name,
            members: [
                Member("parameters", .array(parameters), required: isRequired ? .all : [], "the values, in the order of the template's variables."),
                .misplaced("sub_type", .error, rule: "T03", "only buttons have a sub_type."),
                .misplaced("index", .error, rule: "T03", "only buttons have an index."),
            ])
    }

    private static let header = plain(
        "template.header",
        ArrayShape(limits: [Limits.templateHeaderParameters], element: .variant(TemplateParameters.header), rules: [.namedParameters]))

    static let body = plain("template.body", ArrayShape(element: .variant(TemplateParameters.body), rules: [.namedParameters]))

    // MARK: Offer, order status, tap target

    /// A component whose one parameter has the component's name.
    private static func single(_ component: StaticString, _ parameters: StaticString, _ parameter: StaticString, _ word: StaticString, _ value: Shape, _ meaning: StaticString) -> ObjectShape {
        let holding = ObjectShape(name: parameter, members: [Member(word, value, required: .all, meaning)])
        return plain(
            component,
            ArrayShape(
                limits: [Limits.templateSingleParameter],
                element: .variant(VariantShape(name: parameters, discriminator: "type", cases: [.init(word, .object(holding))], ignoresCase: true))),
            isRequired: true)
    }

    private static let offer = single(
        "template.limited_time_offer", "template.limited_time_offer.parameters", "template.limited_time_offer.parameter", "limited_time_offer",
        .object(
            ObjectShape(
                name: "template.limited_time_offer",
                members: [
                    Member("expiration_time_ms", .number(NumberShape()), required: .all, rule: "T10", valueRule: "T10", "when the offer ends, in milliseconds since 1970.")
                ], rules: [.offerEnds])),
        "the offer.")

    private static let orderStatus = single(
        "template.order_status", "template.order_status.parameters", "template.order_status.parameter", "order_status",
        .object(OrderShapes.orderStatusParameters), "the state of the order.")

    private static let tapTarget = single(
        "template.tap_target_configuration", "template.tap_target_configuration.parameters", "template.tap_target_configuration.parameter",
        "tap_target_configuration",
        .array(
            ArrayShape(
                limits: [Limits.tapTargets],
                element: .object(
                    ObjectShape(
                        name: "template.tap_target",
                        members: [
                            Member("url", .string(StringShape(format: .url)), required: .all, "where a tap on the message leads."),
                            Member("title", .string(StringShape(limits: [Limits.tapTargetTitle])), required: .all, "the name of that place."),
                        ])))),
        "an array of one target.")
}
