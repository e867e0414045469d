// The rules of arrays, as MessageGenerator+Rules has those of objects: unique ids, totals, and cards that are alike.
@testable import WABiz

extension MessageGenerator {
    /// Decides what the cards of a carousel have in common, before they are made.
    mutating func prepare(_ place: String) {
        if place == "interactive.carousel.action.cards" {
            only["interactive.cards"] = [once(in: 3) ? "product" : "cta_url"]
            cards.replies = once(in: 2) ? 0 : number(1...3)
        } else if place == "template.carousel.cards" {
            only["template.card.header.parameters"] = once(in: 3) ? ["product"] : ["image", "video"]
            cards.hasBody = once(in: 2)
            cards.buttons = number(0...2)
        }
    }

    mutating func putRight(_ elements: inout [JSONValue], _ shape: ArrayShape, _ place: String) {
        for rule in shape.rules where rule.dialects.contains(dialect) {
            switch "\(rule.code)" {
            case "I06": putButtonsRight(&elements)
            case "I08": limit(&elements, "rows", to: 10)
            case "I12": limit(&elements, "product_items", to: 30)
            case "I09": putTitlesRight(&elements, shape)
            case "I11": putRowsRight(&elements)
            case "I16": putCardsRight(&elements)
            case "T05": putNamesRight(&elements)
            case "T09" where place == "template.carousel.cards": index(&elements)
            case "T09" where place == "template.card.components": elements = cardComponents(shape)
            case "T09": if elements.contains(where: { $0.word("type") == "carousel" }) { elements.removeAll { $0.word("type") == "header" } }
            case "template.components": keepOneOfAKind(&elements)
            case "T04": putTemplateButtonsRight(&elements, most: place == "template.card.components" ? 2 : 10)
            default: break
            }
        }
        only["interactive.cards"] = place == "interactive.carousel.action.cards" ? nil : only["interactive.cards"]
    }

    /// Changes texts that stand twice.
    private func distinguish(_ text: JSONValue?, _ seen: inout Set<String>) -> JSONValue? {
        guard let text = text?.text else { return text }
        if seen.insert(text).inserted { return .string(text) }
        var count = 0
        while !seen.insert("n\(count)").inserted { count += 1 }
        return .string("n\(count)")
    }

    // MARK: Buttons and sections

    private func putButtonsRight(_ buttons: inout [JSONValue]) {
        var ids: Set<String> = [], titles: Set<String> = []
        for index in buttons.indices {
            buttons[index].change("reply") {
                $0.set("id", distinguish($0["id"], &ids))
                $0.set("title", distinguish($0["title"], &titles))
            }
        }
        // Links come first, two at most.
        let links = buttons.filter { $0.word("type") == "cta_url" }, replies = buttons.filter { $0.word("type") != "cta_url" }
        buttons = links.prefix(2) + replies
    }

    /// Takes elements out of the longest parts until all parts together have no more.
    private func limit(_ parts: inout [JSONValue], _ name: String, to most: Int) {
        while parts.reduce(0, { $0 + ($1[name]?.elements.count ?? 0) }) > most {
            let longest = parts.indices.max { (parts[$0][name]?.elements.count ?? 0) < (parts[$1][name]?.elements.count ?? 0) }
            guard let longest else { return }
            parts[longest].change(name) { $0.elements.removeLast() }
        }
    }

    private mutating func putTitlesRight(_ sections: inout [JSONValue], _ shape: ArrayShape) {
        guard sections.count > 1, case .object(let section) = shape.element else { return }
        for index in sections.indices { add("title", to: &sections[index], of: section) }
    }

    private func putRowsRight(_ sections: inout [JSONValue]) {
        var ids: Set<String> = []
        for index in sections.indices {
            sections[index].change("rows") { rows in
                rows = .array(rows.elements.map { row in
                    var row = row
                    row.set("id", distinguish(row["id"], &ids))
                    return row
                })
            }
        }
    }

    // MARK: Cards

    /// Counts the cards from 0, seldom from elsewhere.
    private mutating func index(_ cards: inout [JSONValue]) {
        let indices = once(in: 6) ? Array(0...9).shuffled(using: &texts.numbers) : Array(0...9)
        for (position, index) in zip(cards.indices, indices) { cards[position].set("card_index", .number("\(index)")) }
    }

    private mutating func putCardsRight(_ cards: inout [JSONValue]) {
        index(&cards)
        guard let catalog = cards.first?["action"]?["catalog_id"] else { return }
        for position in cards.indices { cards[position].change("action") { $0.set("catalog_id", catalog) } }
    }

    /// One header, and the body and buttons that all cards of this carousel have.
    private mutating func cardComponents(_ shape: ArrayShape) -> [JSONValue] {
        guard case .variant(let component) = shape.element else { return [] }
        var words = ["header"] + (cards.hasBody ? ["body"] : [])
        if cards.buttons > 0 { words += Array(repeating: "button", count: number(1...cards.buttons)) }
        return words.shuffled(using: &texts.numbers).compactMap { variant(component, word: $0) }
    }

    // MARK: Templates

    /// All texts have a name, each its own, or none has.
    private mutating func putNamesRight(_ parameters: inout [JSONValue]) {
        let named = parameters.contains { $0["parameter_name"] != nil } && !once(in: 3)
        for index in parameters.indices {
            let isText = parameters[index].word("type") == "text"
            parameters[index].set("parameter_name", named && isText ? .string("name_\(index)") : nil)
        }
        guard named, once(in: 3), let first = parameters.firstIndex(where: { $0["parameter_name"] != nil }), let name = texts.text(.parameterName, 1, 40),
            !name.hasPrefix("name_")
        else { return }
        parameters[first].set("parameter_name", .string(name))
    }

    private func keepOneOfAKind(_ components: inout [JSONValue]) {
        var seen: Set<String> = []
        let once: Set<String> = ["header", "body", "carousel", "limited_time_offer", "tap_target_configuration"]
        components = components.filter { !once.contains($0.word("type")) || seen.insert($0.word("type")).inserted }
    }

    private mutating func putTemplateButtonsRight(_ components: inout [JSONValue], most: Int) {
        var indices = Array(0...9).shuffled(using: &texts.numbers)
        var count = 0
        components = components.compactMap { component in
            guard component.word("type") == "button" else { return component }
            count += 1
            guard count <= most, let index = indices.popLast() else { return nil }
            var component = component
            if component["index"] != nil { component.set("index", .number("\(index)")) }
            return component
        }
    }
}
