// Template messages: the template, its components, their parameters and buttons.

enum TemplateShapes {
    static let template = ObjectShape(
        name: "template",
        members: [
            Member("name", .string(StringShape(limits: [Limits.templateName], format: .templateName)), required: .all, "the name of the approved template."),
            Member("language", .object(language), required: .all, "the language of the approved template."),
            Member("components", .array(ArrayShape(element: .variant(component), rules: [.oneOfAKind, .buttons, .textBesideOthers])), "the values of its variables, media and buttons."),
            Member("namespace", .string(StringShape()), allowed: .onPremises, rule: "T12", "the namespace of the account; required by clients before v2.41."),
        ])

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
            .init("header", .object(header)),
            .init("body", .object(body)),
            .init("button", .variant(button)),
            .init("carousel", .unchecked(array: false)),
            .init("limited_time_offer", .unchecked(array: false)),
            .init("order_status", .unchecked(array: false)),
            .init("tap_target_configuration", .unchecked(array: false)),
            .init("footer", .unchecked(array: false), misplaced: .warning),
            .init("call_permission_request", .unchecked(array: false), misplaced: .warning),
        ],
        ignoresCase: true)

    private static func plain(_ name: StaticString, _ parameters: ArrayShape) -> ObjectShape {
        ObjectShape(
            name: name,
            members: [
                Member("parameters", .array(parameters), "the values, in the order of the template's variables."),
                .misplaced("sub_type", .error, rule: "T03", "only buttons have a sub_type."),
                .misplaced("index", .error, rule: "T03", "only buttons have an index."),
            ])
    }

    private static let header = plain(
        "template.header",
        ArrayShape(limits: [Limits.templateHeaderParameters], element: .variant(headerParameter), rules: [.namedParameters]))

    private static let body = plain("template.body", ArrayShape(element: .variant(bodyParameter), rules: [.namedParameters]))

    // MARK: Parameters

    private static func text(_ name: StaticString, _ limit: Limit, named: Bool = true) -> Shape {
        var members = [Member("text", .string(StringShape(limits: [limit], format: .parameterText, emptyWarns: .onPremises)), required: .all, "the value.")]
        if named {
            members.append(Member("parameter_name", .string(StringShape(limits: [Limits.parameterName], format: .parameterName)), "the variable's name, in templates with named variables."))
        }
        return .object(ObjectShape(name: name, members: members))
    }

    private static func holding(_ name: StaticString, _ member: StaticString, _ shape: ObjectShape) -> Shape {
        .object(ObjectShape(name: name, members: [Member(member, .object(shape), required: .all, "the value of this parameter.")]))
    }

    private static let headerParameter = VariantShape(
        name: "template.header.parameters", discriminator: "type",
        cases: [
            .init("text", text("template.header.text", Limits.templateHeaderText)),
            .init("image", holding("template.header.image", "image", MediaShapes.media("template.image", []))),
            .init("video", holding("template.header.video", "video", MediaShapes.media("template.video", []))),
            .init("document", holding("template.header.document", "document", MediaShapes.media("template.document", .filename, rules: [.documentIsPDF]))),
            .init("location", holding("template.header.location", "location", MediaShapes.headerLocation)),
            .init("product", .unchecked(array: false)),
            .init("gif", .unchecked(array: false)),
            .init("currency", .unchecked(array: false), misplaced: .warning),
            .init("date_time", .unchecked(array: false), misplaced: .warning),
        ],
        ignoresCase: true)

    private static let bodyParameter = VariantShape(
        name: "template.body.parameters", discriminator: "type",
        cases: [
            .init("text", text("template.body.text", Limits.templateText)),
            .init("currency", holding("template.body.currency", "currency", currency)),
            .init("date_time", holding("template.body.date_time", "date_time", dateTime)),
            .init("image", .unchecked(array: false), misplaced: .warning, rule: "T11"),
            .init("video", .unchecked(array: false), misplaced: .warning, rule: "T11"),
            .init("document", .unchecked(array: false), misplaced: .warning, rule: "T11"),
            .init("location", .unchecked(array: false), misplaced: .warning, rule: "T11"),
        ],
        ignoresCase: true)

    private static let currency = ObjectShape(
        name: "template.currency",
        members: [
            Member("fallback_value", .string(StringShape(limits: [Limits.fallbackValue])), required: .all, "the text that is shown."),
            Member("code", .string(StringShape(format: .currencyCode)), required: .all, "the currency by ISO 4217."),
            Member("amount_1000", .number(NumberShape()), required: .all, "the amount times 1000, an integer."),
        ])

    private static func part(_ limit: Limit? = nil) -> Shape { .number(NumberShape(limits: limit.map { [$0] } ?? [], text: .accepted)) }

    /// The Cloud API shows the fallback value and ignores the rest.
    private static let dateTime = ObjectShape(
        name: "template.date_time",
        members: [
            Member("fallback_value", .string(StringShape(limits: [Limits.fallbackValue])), required: .all, "the text that is shown."),
            Member("day_of_week", .string(StringShape(integer: .accepted)), "1 to 7, or the name of the day."),
            Member("year", part(), "the year."),
            Member("month", part(Limits.month), "1 to 12."),
            Member("day_of_month", part(Limits.dayOfMonth), "1 to 31."),
            Member("hour", part(Limits.hour), "0 to 23."),
            Member("minute", part(Limits.minute), "0 to 59."),
            Member("calendar", .string(StringShape(words: ["GREGORIAN", "SOLAR_HIJRI"], otherWord: .warning)), "the calendar of the date."),
            Member("timestamp", part(), allowed: .onPremises, "seconds since 1970."),
        ])

    // MARK: Buttons

    private static let button = VariantShape(
        name: "template.button", discriminator: "sub_type",
        cases: [
            .init("quick_reply", button(.array(parameters(quickReplyParameter)))),
            .init("url", button(.array(parameters(urlParameter)))),
            .init("copy_code", button(.unchecked(array: true))),
            .init("catalog", button(.unchecked(array: true), optional: true)),
            .init("mpm", button(.unchecked(array: true))),
            .init("flow", button(.unchecked(array: true), optional: true)),
            // Meta's own sample of a call button has no index.
            .init("voice_call", button(.unchecked(array: true), optional: true, indexAbsence: .warning)),
            .init("order_details", button(.unchecked(array: true))),
            .init("reminder", button(.unchecked(array: true), optional: true), misplaced: .warning),
        ],
        ignoresCase: true, otherWord: .warning)

    private static func parameters(_ element: VariantShape) -> ArrayShape {
        ArrayShape(limits: [Limits.templateButtonParameters], element: .variant(element))
    }

    private static func button(_ parameters: Shape, optional: Bool = false, indexAbsence: Issue.Severity = .error) -> Shape {
        .object(
            ObjectShape(
                name: "template.button",
                members: [
                    Member(
                        "index", .number(NumberShape(limits: [Limits.templateButtonIndex], text: .accepted)), required: .all, absence: indexAbsence, rule: "T03",
                        "the position of the button in the template, 0 to 9."),
                    Member("parameters", parameters, required: optional ? [] : .all, "the values of the button; leave a button without any out."),
                ]))
    }

    private static let quickReplyParameter = VariantShape(
        name: "template.quick_reply.parameters", discriminator: "type",
        cases: [
            .init(
                "payload",
                .object(
                    ObjectShape(
                        name: "template.quick_reply",
                        members: [Member("payload", .string(StringShape(limits: [Limits.quickReplyPayload])), required: .all, "what the webhook brings back when the button is tapped.")]))),
            .init("text", text("template.quick_reply", Limits.emptyPayload, named: false)),
        ],
        ignoresCase: true)

    private static let urlParameter = VariantShape(
        name: "template.url.parameters", discriminator: "type",
        cases: [
            .init(
                "text",
                .object(
                    ObjectShape(
                        name: "template.url",
                        members: [
                            Member("text", .string(StringShape(limits: [Limits.urlSuffix, Limits.wholeURL], format: .parameterText, emptyWarns: .onPremises)), required: .all, "what is put behind the URL of the template."),
                            Member("payment_link_preview", .boolean, "shows a preview of a payment link (India)."),
                        ])))
        ],
        ignoresCase: true)
}
