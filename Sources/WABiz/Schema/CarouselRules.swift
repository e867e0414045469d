// The rules of carousels: which cards may stand side by side.

extension Rule {
    static let distinctCards = Rule("I16", "card_index is unique.") { cards, walk in
        guard cards.count <= Limits.cards.max else { return }
        var seen: UInt32 = 0
        for (position, card) in cards.elements.enumerated() {
            guard let index = card["card_index"]?.integer, 0...Limits.cardIndex.max ~= index else { continue }
            if seen & (1 << UInt32(index)) != 0 {
                walk.report(.error(.notUnique, "Another card has the index \(index) already."), rule: RuleName("I16"), at: [.index(position), .named("card_index")])
            }
            seen |= 1 << UInt32(index)
        }
    }

    static let orderedCards = Rule("I17", "card_index counts 0, 1, 2 … in the order of the array.") { cards, walk in
        for (position, card) in cards.elements.enumerated() {
            guard let index = card["card_index"]?.integer, index != position else { continue }
            return walk.report(.warning(.mismatch, "The cards are shown by card_index; better count 0, 1, 2 in the order of the array."), rule: RuleName("I17"), at: [.index(position), .named("card_index")])
        }
    }

    /// What a card lets the person do; cards of one carousel do the same.
    private static func kind(of card: JSONView) -> (word: StaticString, buttons: Int)? {
        guard let action = card["action"], action.isObject else { return nil }
        if card["type"]?.equalsIgnoringCase("product") == true { return ("a product", 0) }
        guard card["type"]?.equalsIgnoringCase("cta_url") == true else { return nil }
        if let buttons = action["buttons"] { return action["name"] == nil && action["parameters"] == nil && buttons.count > 0 ? ("quick replies", buttons.count) : nil }
        return action["name"] != nil || action["parameters"] != nil ? ("a link", 0) : nil
    }

    static let cardsAlike = Rule("I16", "All cards have the same kind of action and the same number of buttons.") { cards, walk in
        guard let first = cards.elements.lazy.compactMap({ kind(of: $0) }).first(where: { _ in true }) else { return }
        for (position, card) in cards.elements.enumerated() {
            guard let other = kind(of: card) else { continue }
            if other.word.description != first.word.description {
                walk.report(.error(.mismatch, "This card has \(other.word), an earlier one \(first.word); all cards are of one kind."), rule: RuleName("I16"), at: [.index(position)])
            } else if other.buttons != first.buttons {
                walk.report(
                    .error(.mismatch, "This card has \(other.buttons) buttons, an earlier one \(first.buttons); all cards have as many."), rule: RuleName("I16"),
                    at: [.index(position), .named("action"), .named("buttons")])
            }
        }
    }

    static let oneCatalog = Rule("I16", "The products of all cards are of one catalog.") { cards, walk in
        var first: JSONView?
        for (position, card) in cards.elements.enumerated() {
            guard card["type"]?.equalsIgnoringCase("product") == true, let catalog = card["action"]?["catalog_id"], catalog.writtenLength > 0 else { continue }
            guard let known = first else {
                first = catalog
                continue
            }
            if !catalog.sameText(as: known) {
                walk.report(
                    .error(.mismatch, "This card is of another catalog than the first; all are of one."), rule: RuleName("I16"),
                    at: [.index(position), .named("action"), .named("catalog_id")])
            }
        }
    }

    static let linkOrReplies = Rule("I16", "A card has a link (name and parameters) or quick replies (buttons).") { action, walk in
        let hasLink = action["name"] != nil || action["parameters"] != nil
        if hasLink == (action["buttons"] != nil) {
            return walk.report(
                .error(.exactlyOneOf, hasLink ? "A card has a link or quick replies; keep one." : "Add \"name\" and \"parameters\" for a link, or \"buttons\" for quick replies."),
                rule: RuleName("I16"))
        }
        for member in ["name", "parameters"] as [StaticString] where hasLink && action[member] == nil {
            walk.report(.error(.missing, "Add \"\(member)\": a link has \"name\" and \"parameters\"."), rule: RuleName("interactive.card.action", member), at: [.named(member)])
        }
    }

    static let fewLines = Rule("I18", "The text of a card has at most 2 line breaks.", limits: [Limits.cardLineBreaks]) { body, walk in
        // A line break is written as an escape.
        guard let view = body["text"], view.isEscaped, let text = view.string else { return }
        let breaks = text.reduce(0) { $0 + ($1.isNewline ? 1 : 0) }
        let limit = Limits.cardLineBreaks
        guard breaks > limit.max else { return }
        walk.reportLimit(limit, .tooMany, "There are \(breaks) line breaks; a card has at most \(limit.max).", limit.max, breaks, RuleName("I18"), at: [.named("text")])
    }

    static let linkRatherThanID = Rule("interactive.card.header", "The files of cards are given by link.") { media, walk in
        guard media["id"] != nil, media["link"] == nil else { return }
        walk.report(.warning(.notAllowed, "Meta's page shows links only; better give \"link\"."), rule: RuleName("interactive.card.header"), at: [.named("id")])
    }
}
