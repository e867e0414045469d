// The `action` of each interactive subtype: what the person can tap. Flows, addresses, carousels and orders have files of their own.

enum InteractiveActions {
    /// Every member that some action has. What belongs to another subtype is refused under rule I01.
    private static let known: [StaticString] = [
        "buttons", "button", "sections", "catalog_id", "product_retailer_id", "name", "parameters", "cards",
    ]

    static func action(_ name: StaticString, _ members: [Member], _ rules: [Rule] = []) -> ObjectShape {
        let others = known.filter { word in !members.contains { $0.name.description == word.description } }
        return ObjectShape(
            name: name, members: members + others.map { .misplaced($0, .error, rule: "I01", "another kind of interactive message has it.") }, rules: rules)
    }

    /// An action that is told by its name.
    static func named(_ word: StaticString, _ name: StaticString, _ parameters: Member? = nil) -> ObjectShape {
        action(name, [Member("name", .string(StringShape(words: [word])), required: .all, "the name of the action.")] + (parameters.map { [$0] } ?? []))
    }

    static func text(_ name: StaticString, _ limit: Limit, once: Limit? = nil, required: Dialects = .all, _ meaning: StaticString) -> Member {
        Member(name, .string(StringShape(limits: [limit] + (once.map { [$0] } ?? []))), required: required, meaning)
    }

    // MARK: Reply buttons

    static let button = action(
        "interactive.button.action",
        [
            Member(
                "buttons",
                .array(ArrayShape(limits: [Limits.replyButtons], element: .variant(buttons(link: .init("cta_url", linkButton, misplaced: .error, rule: "I06"))), rules: [.distinctButtons])),
                required: .all, rule: "I06", "one to three buttons.")
        ])

    static let directSendButton = action(
        "interactive.button.action",
        [
            Member(
                "buttons",
                .array(ArrayShape(limits: [Limits.directSendButtons], element: .variant(buttons(link: .init("cta_url", linkButton))), rules: [.distinctButtons, .linksFirst])),
                required: .all, rule: "I06", "up to ten buttons: at most two links, then replies.")
        ])

    private static func buttons(link: VariantShape.Case) -> VariantShape {
        VariantShape(name: "interactive.buttons", discriminator: "type", cases: [.init("reply", replyButton), link], ignoresCase: true)
    }

    private static let replyButton = Shape.object(
        ObjectShape(
            name: "interactive.buttons",
            members: [
                Member(
                    "reply",
                    .object(
                        ObjectShape(
                            name: "interactive.button",
                            members: [
                                text("id", Limits.replyID, "what the webhook brings back, your own."),
                                text("title", Limits.replyTitle, "what the button says, without format marks."),
                            ],
                            rules: [.trimmedReplyID])),
                    required: .all, "the button.")
            ]))

    private static let linkButton = Shape.object(
        ObjectShape(
            name: "interactive.buttons",
            members: [
                Member(
                    "cta_url",
                    .object(
                        ObjectShape(
                            name: "interactive.link_button",
                            members: [text("display_text", Limits.displayText, "what the button says."), Member("url", .string(StringShape(format: .url)), required: .all, "where it leads.")])),
                    required: .all, "the button.")
            ]))

    // MARK: Lists

    static let list = action(
        "interactive.list.action",
        [
            text("button", Limits.listButton, "what the button that opens the list says."),
            Member(
                "sections", .array(ArrayShape(limits: [Limits.sections], element: .object(section), rules: [.rowsInAll, .titledSections, .distinctRows])),
                required: .all, rule: "I08", "the sections of the list."),
        ])

    private static let section = ObjectShape(
        name: "interactive.list.sections",
        members: [
            text("title", Limits.sectionTitle, required: [], "the title of the section; needed when there are several."),
            Member("rows", .array(ArrayShape(limits: [Limits.sectionRows], element: .object(row))), required: .all, rule: "I10", "the rows, at most 10 in all sections together."),
            .misplaced("product_items", .error, rule: "I10", "a product_list has products."),
        ])

    private static let row = ObjectShape(
        name: "interactive.list.rows",
        members: [
            text("id", Limits.rowID, "what the webhook brings back, your own."),
            text("title", Limits.rowTitle, "what the row says, without format marks."),
            text("description", Limits.rowDescription, required: [], "the small text below."),
        ],
        rules: [.trimmedRowID])

    // MARK: Products

    private static let catalogID = text("catalog_id", Limits.catalogID, "the id of the catalog.")
    private static let productID = text("product_retailer_id", Limits.productID, once: Limits.productIDOnce, "the id of the product in the catalog.")

    static let product = action("interactive.product.action", [catalogID, productID])

    static let productList = action(
        "interactive.product_list.action",
        [
            catalogID,
            Member(
                "sections",
                .array(ArrayShape(limits: [Limits.productSections], element: .object(productSection), rules: [.productsInAll, .titledSections, .distinctProducts])),
                required: .all, rule: "I12", "the sections of products."),
        ])

    private static let productSection = ObjectShape(
        name: "interactive.product_list.sections",
        members: [
            text("title", Limits.sectionTitle, required: [], "the title of the section; needed when there are several."),
            Member(
                "product_items",
                .array(ArrayShape(limits: [Limits.sectionProducts], element: .object(ObjectShape(name: "interactive.product_list.product_items", members: [productID])))),
                required: .all, rule: "I10", "the products, at most 30 in all sections together."),
            .misplaced("rows", .error, rule: "I10", "a list has rows."),
        ])

    static let catalog = named(
        "catalog_message", "interactive.catalog_message.action",
        Member(
            "parameters",
            .object(
                ObjectShape(
                    name: "interactive.catalog_message.parameters",
                    members: [
                        Member(
                            "thumbnail_product_retailer_id", .string(StringShape(limits: [Limits.productID, Limits.productIDOnce])), required: .all, absence: .warning,
                            "the product whose picture is shown.")
                    ])),
            required: .all, absence: .warning, "the thumbnail; without it some accounts are refused."))

    // MARK: Links, places, calls, contacts

    static let ctaURL = named(
        "cta_url", "interactive.cta_url.action",
        Member(
            "parameters",
            .object(
                ObjectShape(
                    name: "interactive.cta_url.parameters",
                    members: [
                        text("display_text", Limits.displayText, "what the button says."),
                        Member("url", .string(StringShape(format: .url)), required: .all, "where it leads."),
                        Member("payment_link_preview", .boolean, "shows a preview of a payment link (India)."),
                    ])),
            required: .all, "the text and the URL of the button."))

    static let locationRequest = named("send_location", "interactive.location_request_message.action")

    static let voiceCall = named(
        "voice_call", "interactive.voice_call.action",
        Member(
            "parameters",
            .object(
                ObjectShape(
                    name: "interactive.voice_call.parameters",
                    members: [
                        text("display_text", Limits.callText, required: [], "what the button says; \"Call Now\" without it."),
                        Member("ttl_minutes", .number(NumberShape(limits: [Limits.callMinutes])), "how long the button works, in minutes; a week without it."),
                        text("payload", Limits.callPayload, required: [], "what the webhook of the call brings back."),
                    ])),
            "the text and the life time of the button."))

    static let callPermission = named("call_permission_request", "interactive.call_permission_request.action")
    static let contactRequest = named("request_contact_info", "interactive.request_contact_info.action")
}
