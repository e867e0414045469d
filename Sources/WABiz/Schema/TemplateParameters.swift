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

    private static let image = VariantShape.Case("image", holding("template.header.image", "image", MediaShapes.media("template.image", [])))
    private static let video = VariantShape.Case("video", holding("template.header.video", "video", MediaShapes.media("template.video", [])))
    private static let product = VariantShape.Case("product", holding("template.header.product", "product", productShape))

    static let header = VariantShape(
        name: "template.header.parameters", discriminator: "type",
        cases: [
            .init("text", text("template.header.text", Limits.templateHeaderText)),
            image, video,
            .init("document", holding("template.header.document", "document", MediaShapes.media("template.document", .filename, rules: [.documentIsPDF]))),
            .init("location", holding("template.header.location", "location", MediaShapes.headerLocation)),
            product,
            .init(
                "gif", holding("template.header.gif", "gif", MediaShapes.media("template.gif", [])), misplaced: .error, in: [.cloud, .onPremises],
                rule: "template.header.gif"),
            .init("currency", .unchecked(array: false), misplaced: .warning),
            .init("date_time", .unchecked(array: false), misplaced: .warning),
        ],
        ignoresCase: true)

    /// The cards of a carousel show a picture, a film or a product.
    static let cardHeader = VariantShape(
        name: "template.card.header.parameters", discriminator: "type", cases: [image, video, product], ignoresCase: true)

    private static let productShape = ObjectShape(
        name: "template.product",
        members: [
            Member("product_retailer_id", .string(StringShape(limits: [Limits.productID, Limits.productIDOnce])), required: .all, "the product's id in the catalogue."),
            Member("catalog_id", .string(StringShape(limits: [Limits.catalogID])), required: .all, "the catalogue's id."),
        ])

    static let body = VariantShape(
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
