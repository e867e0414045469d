// What stands in place of a template's variables: the parameters of headers and bodies.

enum TemplateParameters {
    static func text(_ name: StaticString, _ limit: Limit, named: Bool = true) -> Shape {
        var members = [Member("text", .string(StringShape(limits: limit.min > 0 ? [limit] : [Limits.parameterFilled, limit], format: .parameterText, emptyWarns: .onPremises)), required: .all, "the value.")]
        if named {
            members.append(Member("parameter_name", .string(StringShape(limits: [Limits.parameterName], format: .parameterName)), "the variable's name, in templates with named variables."))
        }
        return .object(ObjectShape(name: name, members: members))
    }

    private static func holding(_ name: StaticString, _ member: StaticString, _ shape: ObjectShape) -> Shape {
        .object(ObjectShape(name: name, members: [Member(member, .object(shape), required: .all, "the value of this parameter.")]))
    }

    private static let image = VariantShape.Case(
        "image", holding("template.header.image", "image", MediaShapes.media("template.image", [])),
        row: .init("a picture.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","header":{"image":"https://example.com/a.jpg"}}"#])))
    private static let video = VariantShape.Case(
        "video", holding("template.header.video", "video", MediaShapes.media("template.video", [])),
        row: .init("a film.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","header":{"video":"1234567890123456"}}"#])))
    private static let product = VariantShape.Case(
        "product", holding("template.header.product", "product", productShape),
        row: .init("a product of a catalog.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","header":{"product":{"product_retailer_id":"pot-12","catalog_id":"1112"}}}"#])))

    static let header = VariantShape(
        name: "template.header.parameters", discriminator: "type",
        cases: [
            .init(
                "text", text("template.header.text", Limits.templateHeaderText),
                row: .init("the value of the headline's variable.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","header":"Order 42"}"#]))),
            image, video,
            .init(
                "document", holding("template.header.document", "document", MediaShapes.media("template.document", .filename, rules: [.documentIsPDF])),
                row: .init("a PDF document.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","header":{"document":"https://example.com/42.pdf","filename":"42.pdf"}}"#]))),
            .init(
                "location", holding("template.header.location", "location", MediaShapes.headerLocation),
                row: .init("a place on the map.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","header":{"location":{"latitude":"48.2","longitude":"16.4","name":"Depot","address":"1 Main Square"}}}"#]))),
            product,
            .init(
                "gif", holding("template.header.gif", "gif", MediaShapes.media("template.gif", [])), misplaced: .error, in: [.cloud, .onPremises],
                rule: "template.header.gif",
                row: .init("an MP4 film without end, in marketing messages.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","header":{"gif":"1234567890123456"}}"#]))),
            .init("currency", .unchecked(array: false), misplaced: .warning, row: .init("a value of bodies.", .misplaced)),
            .init("date_time", .unchecked(array: false), misplaced: .warning, row: .init("a value of bodies.", .misplaced)),
        ],
        ignoresCase: true)

    /// The cards of a carousel show a picture, a film or a product.
    static let cardHeader = VariantShape(
        name: "template.card.header.parameters", discriminator: "type", cases: [image.detail, video.detail, product.detail], ignoresCase: true)

    private static let productShape = ObjectShape(
        name: "template.product",
        members: [
            Member("product_retailer_id", .string(StringShape(limits: [Limits.productID, Limits.productIDOnce])), required: .all, "the product's id in the catalogue."),
            Member("catalog_id", .string(StringShape(limits: [Limits.catalogID])), required: .all, "the catalogue's id."),
        ])

    static let body = VariantShape(
        name: "template.body.parameters", discriminator: "type",
        cases: [
            .init(
                "text", text("template.body.text", Limits.templateText),
                row: .init("a text.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","body":["Ada","42"]}"#, #"{"to":"+15550001234","template":"order_shipped","language":"en_US","body":{"customer":"Ada"}}"#]))),
            .init(
                "currency", holding("template.body.currency", "currency", currency),
                row: .init("an amount of money.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","body":[{"currency":{"fallback_value":"$10","code":"USD","amount_1000":10000}}]}"#]))),
            .init(
                "date_time", holding("template.body.date_time", "date_time", dateTime),
                row: .init("a date.", .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","body":[{"date_time":{"fallback_value":"25 February 2026"}}]}"#]))),
            .init("image", .unchecked(array: false), misplaced: .warning, rule: "T11", row: .init("a value of headers.", .misplaced)),
            .init("video", .unchecked(array: false), misplaced: .warning, rule: "T11", row: .init("a value of headers.", .misplaced)),
            .init("document", .unchecked(array: false), misplaced: .warning, rule: "T11", row: .init("a value of headers.", .misplaced)),
            .init("location", .unchecked(array: false), misplaced: .warning, rule: "T11", row: .init("a value of headers.", .misplaced)),
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
            Member("day_of_week", .string(StringShape(format: .dayOfWeek, integer: .accepted)), "1 to 7, or the name of the day."),
            Member("year", part(), "the year."),
            Member("month", part(Limits.month), "1 to 12."),
            Member("day_of_month", part(Limits.dayOfMonth), "1 to 31."),
            Member("hour", part(Limits.hour), "0 to 23."),
            Member("minute", part(Limits.minute), "0 to 59."),
            Member("calendar", .string(StringShape(words: ["GREGORIAN", "SOLAR_HIJRI"], otherWord: .warning)), "the calendar of the date."),
            Member("timestamp", part(), allowed: .onPremises, "seconds since 1970."),
        ])
}

extension Format {
    static let dayOfWeek = Format(
        name: "day of the week", meaning: "1 to 7, or the English name of the day.", examples: ["MONDAY", "5"], counterexamples: ["", "0", "8", "1.0", "Someday"]
    ) { text, _ in
        let isKnown = ["1", "2", "3", "4", "5", "6", "7", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"].contains(text.string.uppercased())
        return isKnown ? nil : .warning(.badFormat, "Write a number from 1 to 7 or the name of the day, such as MONDAY.")
    }
}
