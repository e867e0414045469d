// The typed builder of carousels: cards with a picture and a link or replies, or cards with a product.

/// One card of a carousel.
public struct Card {
    private let type: String
    private let header: Heading?
    private let body: String?
    private let action: Tree

    /// A picture or film, and a button with a link.
    public static func link(_ header: Heading, button: String, url: String, body: String? = nil) -> Card {
        Card(type: "cta_url", header: header, body: body, action: Draft.named("cta_url", .texts(("display_text", button), ("url", url))))
    }

    /// A picture or film, and buttons that answer.
    public static func replies(_ header: Heading, _ buttons: [ReplyButton], body: String? = nil) -> Card {
        let buttons = buttons.map { button -> Tree in ["type": "quick_reply", "quick_reply": button.tree] }
        return Card(type: "cta_url", header: header, body: body, action: ["buttons": .array(buttons)])
    }

    public static func product(_ productID: String, catalogID: String) -> Card {
        Card(type: "product", header: nil, body: nil, action: ["product_retailer_id": .string(productID), "catalog_id": .string(catalogID)])
    }

    fileprivate func tree(at index: Int) -> Tree {
        .object([
            ("card_index", .integer(index)), ("type", .string(type)), ("header", header?.tree), ("body", body.map { ["text": .string($0)] }), ("action", action),
        ])
    }
}

extension Draft {
    /// - Parameter cards: shown in this order.
    public static func carousel(to recipient: Recipient, body: String, _ cards: [Card]) -> Draft {
        interactive("carousel", to: recipient, body: body, action: ["cards": .array(cards.enumerated().map { $1.tree(at: $0) })])
    }
}
