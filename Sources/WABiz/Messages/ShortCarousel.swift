// The short form of interactive carousels: each card is written like an interactive message of its own.

extension ShortForm {
    /// `{"header":{"image":"…"},"body":"…"}` with `"link"` and `"button"`, or with `"buttons"`; or `{"product":"…"}` with the
    /// card's `catalog_id` or that of the whole message. Meta's own cards pass as they are.
    mutating func expandCarousel(_ document: JSONView, _ cards: JSONView) {
        let place = "/interactive/action/cards"
        pointers.add(place, "/cards", cards)
        let catalog = document["catalog_id"]
        if catalog != nil { consumed.append("catalog_id") }
        writer.name("cards")
        guard cards.isArray else { return writer.raw(cards) }
        writer.beginArray()
        for (position, card) in cards.elements.enumerated() {
            if !card.isObject || card["type"] != nil || card["action"] != nil {
                writer.raw(card)
            } else {
                expand(Card(view: card, position: position, place: pointers.place("\(place)/\(position)"), caller: pointers.place("/cards/\(position)")), catalog)
            }
        }
        writer.endArray()
    }

    private struct Card {
        let view: JSONView
        let position: Int
        /// Where it is written, and where the caller wrote it.
        let place: String
        let caller: String

        var isProduct: Bool { view["product"] != nil }
    }

    private mutating func expand(_ card: Card, _ catalog: JSONView?) {
        let (place, caller) = (card.place, card.caller)
        pointers.add(place, caller, card.view)
        for made in ["type", "action", "action/parameters"] { pointers.add("\(place)/\(made)", caller, nil) }
        writer.beginObject()
        writer.name("card_index")
        if let index = card.view["card_index"] { writer.raw(index) } else { writer.integer(card.position) }
        type(card.isProduct ? "product" : "cta_url")
        pointers.add("\(place)/header", caller + "/header", nil)
        if let header = card.view["header"] { expandHeading(header, place: pointers.place("\(place)/header"), caller: pointers.place(caller + "/header")) }
        pointers.add("\(place)/body", caller + "/body", nil)
        if let body = card.view["body"] { object("body") { $0.raw("text", body) } }
        object("action") { short in
            if card.isProduct { short.expandProduct(card, catalog) } else { short.expandTaps(card) }
        }
        copyMembers(card.view) { name in Self.cardWords.contains { name.equals($0) } }
        writer.endObject()
    }

    private static let cardWords: [StaticString] = ["card_index", "header", "body", "button", "link", "buttons", "product", "catalog_id"]

    private mutating func expandProduct(_ card: Card, _ catalog: JSONView?) {
        let place = pointers.place("\(card.place)/action")
        supply(card, "product", as: "product_retailer_id", place)
        if card.view["catalog_id"] != nil { return supply(card, "catalog_id", as: "catalog_id", place) }
        pointers.add("\(place)/catalog_id", "/catalog_id", catalog)
        if let catalog { raw("catalog_id", catalog) }
    }

    /// A link, or replies; what is neither or both the rules refuse.
    private mutating func expandTaps(_ card: Card) {
        if let buttons = card.view["buttons"] {
            expandReplies(buttons, "quick_reply", place: pointers.place("\(card.place)/action/buttons"), caller: pointers.place(card.caller + "/buttons"))
        }
        guard card.view["link"] != nil || card.view["button"] != nil else { return }
        text("name", "cta_url")
        object("parameters") { short in
            let place = short.pointers.place("\(card.place)/action/parameters")
            short.supply(card, "button", as: "display_text", place)
            short.supply(card, "link", as: "url", place)
        }
    }

    private mutating func supply(_ card: Card, _ short: StaticString, as name: StaticString, _ place: String) {
        let value = card.view[short]
        pointers.add("\(place)/\(name)", "\(card.caller)/\(short)", value)
        if let value { raw(name, value) }
    }
}
