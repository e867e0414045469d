// The typed builders of interactive messages: reply buttons, lists, products, flows, links, calls and requests.

/// What stands above the body of an interactive message.
public enum Heading: Sendable, ExpressibleByStringLiteral {
    case text(String)
    case image(Media)
    case video(Media)
    case document(Media, filename: String? = nil)

    public init(stringLiteral text: String) { self = .text(text) }

    var tree: Tree {
        switch self {
        case .text(let text): ["type": "text", "text": .string(text)]
        case .image(let file): ["type": "image", "image": file.tree()]
        case .video(let file): ["type": "video", "video": file.tree()]
        case .document(let file, let filename): ["type": "document", "document": file.tree(("filename", filename.map(Tree.string)))]
        }
    }
}

/// A button that answers.
public struct ReplyButton: Sendable {
    /// What the webhook brings back, your own.
    public let id: String
    /// What the button says.
    public let title: String

    public init(id: String, title: String) {
        self.id = id
        self.title = title
    }

    var tree: Tree { ["id": .string(id), "title": .string(title)] }
}

/// A part of a list.
public struct ListSection {
    public struct Row {
        fileprivate let tree: Tree

        /// - Parameter id: what the webhook brings back, your own.
        public init(id: String, title: String, description: String? = nil) { tree = .texts(("id", id), ("title", title), ("description", description)) }
    }

    fileprivate let tree: Tree

    /// - Parameter title: needed when there are several sections.
    public init(_ title: String? = nil, rows: [Row]) { tree = .object([("title", title.map(Tree.string)), ("rows", .array(rows.map(\.tree)))]) }
}

/// A part of a list of products.
public struct ProductSection {
    fileprivate let tree: Tree

    /// - Parameters:
    ///   - title: needed when there are several sections.
    ///   - products: the products' ids in the catalog.
    public init(_ title: String? = nil, products: [String]) {
        tree = .object([("title", title.map(Tree.string)), ("product_items", .array(products.map { ["product_retailer_id": .string($0)] }))])
    }
}

extension Draft {
    static func interactive(
        _ type: String, to recipient: Recipient, header: Heading? = nil, body: String? = nil, footer: String? = nil, action: Tree
    ) -> Draft {
        Draft(
            "interactive",
            .object([
                ("type", .string(type)), ("header", header?.tree), ("body", body.map { ["text": .string($0)] }), ("footer", footer.map { ["text": .string($0)] }),
                ("action", action),
            ]), to: recipient)
    }

    static func named(_ name: String, _ parameters: Tree? = nil) -> Tree { .object([("name", .string(name)), ("parameters", parameters)]) }

    // MARK: Buttons and lists

    public static func buttons(to recipient: Recipient, body: String, _ buttons: [ReplyButton], header: Heading? = nil, footer: String? = nil) -> Draft {
        interactive(
            "button", to: recipient, header: header, body: body, footer: footer,
            action: ["buttons": .array(buttons.map { ["type": "reply", "reply": $0.tree] })])
    }

    /// - Parameter button: what the button that opens the list says.
    public static func list(to recipient: Recipient, body: String, button: String, sections: [ListSection], header: String? = nil, footer: String? = nil) -> Draft {
        interactive(
            "list", to: recipient, header: header.map(Heading.text), body: body, footer: footer,
            action: ["button": .string(button), "sections": .array(sections.map(\.tree))])
    }

    // MARK: Products

    public static func product(to recipient: Recipient, _ productID: String, catalogID: String, body: String? = nil, footer: String? = nil) -> Draft {
        interactive(
            "product", to: recipient, body: body, footer: footer, action: ["catalog_id": .string(catalogID), "product_retailer_id": .string(productID)])
    }

    public static func productList(
        to recipient: Recipient, header: String, body: String, catalogID: String, sections: [ProductSection], footer: String? = nil
    ) -> Draft {
        interactive(
            "product_list", to: recipient, header: .text(header), body: body, footer: footer,
            action: ["catalog_id": .string(catalogID), "sections": .array(sections.map(\.tree))])
    }

    /// - Parameter thumbnail: the id of the product whose picture is shown; the first of the catalog without it.
    public static func catalog(to recipient: Recipient, body: String, thumbnail: String? = nil, footer: String? = nil) -> Draft {
        interactive(
            "catalog_message", to: recipient, body: body, footer: footer,
            action: named("catalog_message", thumbnail.map { ["thumbnail_product_retailer_id": .string($0)] }))
    }

    // MARK: Links, calls, requests

    /// - Parameter paymentLinkPreview: shows a preview of a payment link (India).
    public static func ctaURL(
        to recipient: Recipient, body: String, button: String, url: String, header: Heading? = nil, footer: String? = nil, paymentLinkPreview: Bool? = nil
    ) -> Draft {
        let parameters = Tree.texts(("display_text", button), ("url", url))
        parameters.set("payment_link_preview", paymentLinkPreview.map(Tree.bool))
        return interactive("cta_url", to: recipient, header: header, body: body, footer: footer, action: named("cta_url", parameters))
    }

    public static func locationRequest(to recipient: Recipient, body: String) -> Draft {
        interactive("location_request_message", to: recipient, body: body, action: named("send_location"))
    }

    /// - Parameters:
    ///   - button: what the button says; "Call Now" without it.
    ///   - minutes: how long the button works.
    ///   - payload: what the webhook of the call brings back.
    public static func voiceCall(to recipient: Recipient, body: String, button: String? = nil, minutes: Int? = nil, payload: String? = nil) -> Draft {
        let parameters = Tree.object([
            ("display_text", button.map(Tree.string)), ("ttl_minutes", minutes.map(Tree.integer)), ("payload", payload.map(Tree.string)),
        ])
        return interactive("voice_call", to: recipient, body: body, action: named("voice_call", parameters.unlessEmpty))
    }

    public static func callPermission(to recipient: Recipient, body: String? = nil) -> Draft {
        interactive("call_permission_request", to: recipient, body: body, action: named("call_permission_request"))
    }

    /// Asks for the person's phone number.
    public static func contactRequest(to recipient: Recipient, body: String) -> Draft {
        interactive("request_contact_info", to: recipient, body: body, action: named("request_contact_info"))
    }
}
