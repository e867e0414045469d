// The action of carousels: 2 to 10 cards, either with a picture and buttons or with a product each.

enum CarouselShapes {
    static let action = InteractiveActions.action(
        "interactive.carousel.action",
        [
            Member(
                "cards",
                .array(ArrayShape(limits: [Limits.cards], element: .variant(card), rules: [.distinctCards, .orderedCards, .cardsAlike, .oneCatalog])),
                required: .all, rule: "I16", "the cards, in the order of card_index.")
        ])

    private static let card = VariantShape(
        name: "interactive.cards", discriminator: "type", cases: [.init("cta_url", .object(mediaCard)), .init("product", .object(productCard))], ignoresCase: true)

    private static let index = Member(
        "card_index", .number(NumberShape(limits: [Limits.cardIndex])), required: .all, rule: "I16", "the position of the card, from 0.")

    // MARK: Cards with a picture

    private static let mediaCard = ObjectShape(
        name: "interactive.card",
        members: [
            index,
            Member("header", .variant(header), required: .all, rule: "I02", "the picture or film of the card."),
            Member(
                "body",
                .object(
                    ObjectShape(
                        name: "interactive.card.body",
                        members: [Member("text", .string(StringShape(limits: [Limits.cardBody])), required: .all, "the text of the card, with at most 2 line breaks.")],
                        rules: [.fewLines])),
                "the text of the card."),
            Member("action", .object(action(rules: [.linkOrReplies])), required: .all, rule: "I16", "the button or buttons of the card."),
        ])

    private static let header = InteractiveShapes.headers(
        [.image, .video], other: .error, rule: "I02",
        media: [
            (.image, "image", InteractiveShapes.mediaHeader("image", MediaShapes.media("interactive.card.image", [], rules: [.linkRatherThanID]))),
            (.video, "video", InteractiveShapes.mediaHeader("video", MediaShapes.media("interactive.card.video", [], rules: [.linkRatherThanID]))),
            (.document, "document", InteractiveShapes.mediaHeader("document", MediaShapes.media("interactive.card.document", .filename))),
        ])

    private static func action(rules: [Rule]) -> ObjectShape {
        ObjectShape(
            name: "interactive.card.action",
            members: [
                Member("name", .string(StringShape(words: ["cta_url"])), "\"cta_url\" for a link."),
                Member("parameters", .object(link), "the text and the URL of a link."),
                Member("buttons", .array(ArrayShape(limits: [Limits.cardButtons], element: .variant(quickReply))), "quick replies."),
            ],
            rules: rules)
    }

    private static let link = ObjectShape(
        name: "interactive.card.parameters",
        members: [
            InteractiveActions.text("display_text", Limits.displayText, "what the button says."),
            Member("url", .string(StringShape(format: .url)), required: .all, "where it leads."),
        ])

    private static let quickReply = VariantShape(
        name: "interactive.card.buttons", discriminator: "type",
        cases: [
            .init(
                "quick_reply",
                .object(
                    ObjectShape(
                        name: "interactive.card.buttons",
                        members: [
                            Member(
                                "quick_reply",
                                .object(
                                    ObjectShape(
                                        name: "interactive.card.quick_reply",
                                        members: [
                                            InteractiveActions.text("id", Limits.cardButtonID, once: Limits.cardButtonIDOnce, "what the webhook brings back, your own."),
                                            InteractiveActions.text("title", Limits.cardButtonTitle, "what the button says."),
                                        ])),
                                required: .all, "the button.")
                        ])))
        ],
        ignoresCase: true)

    // MARK: Cards with a product

    private static let productCard = ObjectShape(
        name: "interactive.product_card",
        members: [
            index,
            .misplaced("header", .error, rule: "I02", "the catalog shows the product's picture."),
            .misplaced("body", .error, rule: "interactive.product_card.body", "the catalog shows the product's text."),
            Member(
                "action",
                .object(
                    ObjectShape(
                        name: "interactive.product_card.action",
                        members: [
                            InteractiveActions.text("product_retailer_id", Limits.productID, once: Limits.productIDOnce, "the id of the product in the catalog."),
                            InteractiveActions.text("catalog_id", Limits.catalogID, "the id of the catalog, the same on every card."),
                        ])),
                required: .all, rule: "I16", "the product of the card."),
        ])
}
