// Interactive messages: what their subtypes share (header, body, footer) and the row of each subtype.

enum InteractiveShapes {
    /// The content of a message of the type interactive.
    static let interactive = VariantShape(
        name: "interactive", discriminator: "type", cases: subtypes(button: InteractiveActions.button, callHeader: refusedHeader(.warning)) + undocumented, ignoresCase: true)

    /// The same in a message that has a `category`: Direct Send takes more buttons, and a header above a call button.
    static let directSend = VariantShape(
        name: "interactive", discriminator: "type", cases: subtypes(button: InteractiveActions.directSendButton, callHeader: header(.text)) + undocumented, ignoresCase: true)

    private static func subtypes(button: ObjectShape, callHeader: Member) -> [VariantShape.Case] {
        [
            .init("button", subtype("interactive.button", [header(), body, footer], button), row: .buttonMessage),
            .init("list", subtype("interactive.list", [header(.text, rule: "I04"), listBody, footer], InteractiveActions.list), row: .listMessage),
            .init("product", subtype("interactive.product", [refusedHeader(.error), optionalBody, footer], InteractiveActions.product),
                row: .productMessage),
            .init("product_list", subtype("interactive.product_list", [header(.text, rule: "I03", required: .all), body, footer], InteractiveActions.productList),
                row: .productListMessage),
            .init("catalog_message", subtype("interactive.catalog_message", [refusedHeader(.warning), body, footer], InteractiveActions.catalog),
                row: .catalogMessage),
            .init("flow", subtype("interactive.flow", [header(.text, other: .warning), body, footer], FlowShapes.action), row: .flowMessage),
            .init("location_request_message", subtype("interactive.location_request_message", [refusedHeader(.warning), body, refusedFooter(.warning)], InteractiveActions.locationRequest),
                row: .locationRequestMessage),
            .init("address_message", subtype("interactive.address_message", [header(), body, footer], AddressShapes.action, [.headerOfAddress]),
                row: .addressMessage),
            .init("order_details", subtype("interactive.order_details", [header(.image), body, footer], OrderShapes.details),
                row: .orderDetailsMessage),
            .init("order_status", subtype("interactive.order_status", [header(), body, footer], OrderShapes.status), row: .orderStatusMessage),
            onlyCloud("cta_url", subtype("interactive.cta_url", [header(), body, footer], InteractiveActions.ctaURL, [.previewWithoutHeader]),
                row: .ctaUrlMessage),
            onlyCloud("voice_call", subtype("interactive.voice_call", [callHeader, body, refusedFooter(.warning)], InteractiveActions.voiceCall),
                row: .voiceCallMessage),
            onlyCloud("call_permission_request", subtype("interactive.call_permission_request", [refusedHeader(.error), optionalBody, refusedFooter(.error)], InteractiveActions.callPermission),
                row: .callPermissionRequestMessage),
            onlyCloud("carousel", subtype("interactive.carousel", [refusedHeader(.error), body, refusedFooter(.error)], CarouselShapes.action),
                row: .carouselMessage),
            onlyCloud("request_contact_info", contactRequest, row: .requestContactInfoMessage),
            // One page of Meta's prints this name; it was seen to be refused.
            .init(
                "contact_request", contactRequest, misplaced: .warning,
                row: .init("request_contact_info under another name.", .none("Its name is request_contact_info; write \"request\": \"contact\"."))),
        ]
    }

    /// Words that the server lists and no page describes.
    private static let undocumented: [VariantShape.Case] =
        (["galaxy_message", "menu_options", "message_with_link", "message_with_link_status", "form_message"] as [StaticString]).map {
            .init($0, .unchecked(array: false), misplaced: .warning, row: .undocumented)
        }

    private static let contactRequest = subtype(
        "interactive.request_contact_info", [refusedHeader(.warning), body, refusedFooter(.warning)], InteractiveActions.contactRequest)

    private static func onlyCloud(_ word: StaticString, _ shape: Shape, row: TableRow) -> VariantShape.Case {
        .init(word, shape, misplaced: .warning, in: .onPremises, row: row)
    }

    private static func subtype(_ name: StaticString, _ around: [Member], _ action: ObjectShape, _ rules: [Rule] = []) -> Shape {
        .object(
            ObjectShape(
                name: name, members: around + [Member("action", .object(action), required: .all, rule: "I01", "what the person can do.")], rules: rules))
    }

    // MARK: Header

    struct Kinds: OptionSet, Sendable {
        let rawValue: UInt8
        static let text = Kinds(rawValue: 1)
        static let image = Kinds(rawValue: 2)
        static let video = Kinds(rawValue: 4)
        static let document = Kinds(rawValue: 8)
        static let all: Kinds = [.text, .image, .video, .document]
    }

    /// - Parameter other: what a header of another kind is worth.
    private static func header(_ kinds: Kinds = .all, other: Issue.Severity = .error, rule: StaticString = "I02", required: Dialects = []) -> Member {
        Member("header", .variant(headers(kinds, other: other, rule: rule, media: mediaHeaders)), required: required, rule: rule, "what stands above the body.")
    }

    static func headers(_ kinds: Kinds, other: Issue.Severity, rule: StaticString, media: [(Kinds, StaticString, Shape)]) -> VariantShape {
        VariantShape(
            name: "interactive.header", discriminator: "type",
            cases: ([(.text, "text", textHeader)] + media).map { kind, word, shape in
                .init(word, shape, misplaced: kinds.contains(kind) ? nil : other, rule: kinds.contains(kind) ? nil : rule)
            },
            ignoresCase: true)
    }

    private static func refusedHeader(_ severity: Issue.Severity) -> Member {
        .misplaced("header", severity, rule: "I02", "messages of this kind have no header.")
    }

    private static let textHeader = Shape.object(
        ObjectShape(
            name: "interactive.header",
            members: [
                Member("text", .string(StringShape(limits: [Limits.headerText])), required: .all, "the headline, without format marks."),
                .misplaced("sub_text", .warning, rule: "interactive.header.sub_text", "only Meta's OpenAPI document has it."),
            ]))

    private static let mediaHeaders: [(Kinds, StaticString, Shape)] = [
        (.image, "image", mediaHeader("image", MediaShapes.media("interactive.header.image", []))),
        (.video, "video", mediaHeader("video", MediaShapes.media("interactive.header.video", []))),
        (.document, "document", mediaHeader("document", MediaShapes.media("interactive.header.document", .filename))),
    ]

    static func mediaHeader(_ word: StaticString, _ media: ObjectShape) -> Shape {
        .object(ObjectShape(name: "interactive.header", members: [Member(word, .object(media), required: .all, "the file, by link or id.")]))
    }

    // MARK: Body and footer

    private static func textPart(_ part: StaticString, _ name: StaticString, _ limits: [Limit], required: Dialects, rule: StaticString?, _ meaning: StaticString) -> Member {
        let shape = ObjectShape(name: name, members: [Member("text", .string(StringShape(limits: limits)), required: .all, meaning)])
        return Member(part, .object(shape), required: required, rule: rule, meaning)
    }

    private static let body = textPart("body", "interactive.body", [Limits.interactiveBody], required: .all, rule: "I05", "the text of the message.")
    private static let optionalBody = textPart("body", "interactive.body", [Limits.interactiveBody], required: [], rule: nil, "the text of the message.")
    private static let listBody = textPart(
        "body", "interactive.list.body", [Limits.listBody, Limits.listBodyOnce], required: .all, rule: "I05", "the text of the message.")
    private static let footer = textPart("footer", "interactive.footer", [Limits.footerText], required: [], rule: nil, "the small text below.")

    private static func refusedFooter(_ severity: Issue.Severity) -> Member {
        .misplaced("footer", severity, rule: "interactive.footer", "messages of this kind have no footer.")
    }
}
