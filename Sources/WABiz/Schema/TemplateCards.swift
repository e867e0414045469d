// The carousel of a template: two to ten cards, each with a header and often buttons.

enum TemplateCards {
    static let carousel = ObjectShape(
        name: "template.carousel",
        members: [
            Member(
                "cards", .array(ArrayShape(limits: [Limits.templateCards], element: .object(card), rules: [.cards])), required: .all, rule: "T09",
                "the cards, in the order in which they are shown."),
            .misplaced("sub_type", .error, rule: "T03", "only buttons have a sub_type."),
            .misplaced("index", .error, rule: "T03", "only buttons have an index."),
        ])

    private static let card = ObjectShape(
        name: "template.card",
        members: [
            Member("card_index", .number(NumberShape(limits: [Limits.templateCardIndex])), required: .all, "the position of the card, 0 to 9."),
            Member("components", .array(ArrayShape(element: .variant(component), rules: [.cardComponents, .cardButtons])), required: .all, "header, body and buttons of the card."),
        ])

    private static let component = VariantShape(
        name: "template.card.components", discriminator: "type",
        cases: [
            .init("header", .object(header)),
            .init("body", .object(TemplateShapes.plain("template.card.body", ArrayShape(element: .variant(TemplateParameters.body), rules: [.namedParameters])))),
            .init("button", .variant(TemplateButtons.cardButton)),
        ],
        ignoresCase: true)

    private static let header = TemplateShapes.plain(
        "template.card.header", ArrayShape(limits: [Limits.templateHeaderParameters], element: .variant(TemplateParameters.cardHeader)), isRequired: true)
}
