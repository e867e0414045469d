// The rules between fields of template messages, by the codes of the reference's section 4: T04 to T10, M01 for categories.

extension Rule {
    // MARK: Components

    static let oneOfAKind = Rule("template.components", "At most one component of each kind, but for buttons.") { components, walk in
        let words: [StaticString] = ["header", "body", "carousel", "limited_time_offer", "tap_target_configuration"]
        var seen = 0
        for (index, component) in components.elements.enumerated() {
            guard let type = component["type"], let word = words.firstIndex(where: { type.equalsIgnoringCase($0) }) else { continue }
            if seen & 1 << word != 0 {
                walk.report(.error(.notUnique, "There is a \(words[word]) component already; a template has one."), rule: RuleName("template.components"), at: [.index(index)])
            }
            seen |= 1 << word
        }
    }

    static let buttons = Rule("T04", "At most 10 buttons, each index once.", limits: [Limits.templateButtons]) { components, walk in
        var count = 0
        var seen = IndexSet()
        for (position, component) in components.elements.enumerated() where component["type"]?.equalsIgnoringCase("button") == true {
            count += 1
            guard let index = component["index"]?.lenientInteger, !seen.insert(index) else { continue }
            walk.report(.error(.notUnique, "Another button has the index \(index) already."), rule: RuleName("T04"), at: [.index(position), .named("index")])
        }
        let limit = Limits.templateButtons
        if count > limit.max {
            walk.reportLimit(limit, .tooMany, "There are \(count) buttons; a template has at most \(limit.max).", limit.max, count, RuleName("T04"))
        }
    }

    static let textBesideOthers = Rule("template.body.text", "Body text above 1024 characters is for templates with nothing but a body.", limits: [Limits.templateTextWithOthers]) { components, walk in
        guard components.count > 1 else { return }
        let limit = Limits.templateTextWithOthers
        for (position, component) in components.elements.enumerated() where component["type"]?.equalsIgnoringCase("body") == true {
            for (index, parameter) in (component["parameters"]?.elements ?? component.elements).enumerated() {
                guard let text = parameter["text"], text.writtenLength > limit.max, let count = text.string?.count, count > limit.max,
                    count <= Limits.templateText.max
                else { continue }
                walk.reportLimit(
                    limit, .tooLong, "This has \(count) characters; beside other components older pages allow \(limit.max).", limit.max, count, RuleName("template.body.text"),
                    at: [.index(position), .named("parameters"), .index(index), .named("text")])
            }
        }
    }

    /// Only text has names: what else stands between named texts is left alone.
    static let namedParameters = Rule("T05", "All text parameters of a component have a name, each its own, or none has.", in: .graph) { parameters, walk in
        var named = 0, unnamed = 0
        var seen = NameSet()
        for (index, parameter) in parameters.elements.enumerated() {
            guard let name = parameter["parameter_name"] else {
                if parameter["type"]?.equalsIgnoringCase("text") == true { unnamed += 1 }
                continue
            }
            named += 1
            if name.isString, !seen.insert(name) {
                walk.report(.error(.notUnique, "Another parameter has this name already."), rule: RuleName("T05"), at: [.index(index), .named("parameter_name")])
            }
        }
        if named > 0, unnamed > 0 {
            walk.report(.error(.mismatch, "Some of these parameters have a \"parameter_name\" and some do not; name all or none."), rule: RuleName("T05"))
        }
    }

    // MARK: Offers

    static let offerEnds = Rule(
        "T10", "The end of an offer is in milliseconds and lies ahead.", in: .graph, limits: [Limits.offerMilliseconds]
    ) { offer, walk in
        guard let end = offer["expiration_time_ms"], end.isInteger, let milliseconds = end.number else { return }
        var place: [Validation.PathPart] { [.named("expiration_time_ms")] }
        let limit = Limits.offerMilliseconds
        let isShort = milliseconds < Double(limit.min)
        let advice = isShort ? "This looks like seconds; write milliseconds since 1970." : "Write a time that lies ahead, in milliseconds since 1970."
        if let now = walk.options.now, milliseconds <= Double(now) * 1000 {
            walk.report(.error(.outOfRange, "The offer has ended already. \(advice)"), rule: RuleName("T10"), at: place, unit: .value, found: end.integer)
        } else if isShort {
            walk.reportLimit(limit, .outOfRange, advice, limit.min, end.integer, RuleName("T10"), at: place)
        }
    }

    static let besideOffer = Rule("T10", "Beside an offer the header is an image or video, and the code's button comes first.", in: .graph) { components, walk in
        guard components.elements.contains(where: { $0["type"]?.equalsIgnoringCase("limited_time_offer") == true }) else { return }
        for (position, component) in components.elements.enumerated() {
            if component["type"]?.equalsIgnoringCase("header") == true, let kind = component["parameters"]?.element(0)?["type"], kind.isString,
                !kind.equalsIgnoringCase("image"), !kind.equalsIgnoringCase("video"), !kind.equalsIgnoringCase("gif")
            {
                walk.report(
                    .warning(.notAllowed, "Limited-time offers have an image or video as header."), rule: RuleName("T10"),
                    at: [.index(position), .named("parameters"), .index(0), .named("type")])
            }
            if component["sub_type"]?.equalsIgnoringCase("copy_code") == true, let index = component["index"]?.lenientInteger, index != 0 {
                walk.report(
                    .warning(.mismatch, "In a limited-time offer the button with the code has the index 0."), rule: RuleName("T10"), at: [.index(position), .named("index")])
            }
        }
    }

    // MARK: Carousel

    static let besideCarousel = Rule("T09", "A carousel stands beside a body and nothing else.") { components, walk in
        guard components.elements.contains(where: { $0["type"]?.equalsIgnoringCase("carousel") == true }) else { return }
        for (position, component) in components.elements.enumerated() where component["type"]?.equalsIgnoringCase("header") == true {
            walk.report(.error(.notAllowed, "A template with a carousel has no header; the cards have."), rule: RuleName("T09"), at: [.index(position)])
        }
    }

    static let cards = Rule("T09", "Each card_index once and in order; every card has the same kinds of components.") { cards, walk in
        // There are no more indices than cards may be: too many cards repeat them, and are refused for their number.
        let isCountable = cards.count <= Limits.templateCards.max
        var seen = IndexSet()
        var last: Int?
        var first: CardKinds?
        for (position, card) in cards.elements.enumerated() {
            if let index = card["card_index"]?.integer {
                var place: [Validation.PathPart] { [.index(position), .named("card_index")] }
                if isCountable, !seen.insert(index) {
                    walk.report(.error(.notUnique, "Another card has the index \(index) already."), rule: RuleName("T09"), at: place)
                } else if let last, index < last {
                    walk.report(.warning(.mismatch, "The cards should stand in the order of their indices."), rule: RuleName("T09"), at: place)
                }
                last = max(index, last ?? index)
            }
            guard let kinds = CardKinds(card["components"]) else { continue }
            if let first, let complaint = kinds.complaint(beside: first) {
                walk.report(complaint, rule: RuleName("T09"), at: [.index(position)])
            }
            first = first ?? kinds
        }
    }

    static let cardComponents = Rule("T09", "A card has one header and at most one body.") { components, walk in
        for word in ["header", "body"] as [StaticString] {
            var isThere = false
            for (index, component) in components.elements.enumerated() where component["type"]?.equalsIgnoringCase(word) == true {
                if isThere {
                    walk.report(.error(.notUnique, "There is a \(word) component already; a card has one."), rule: RuleName("T09"), at: [.index(index)])
                }
                isThere = true
            }
            if !isThere, word.description == "header", CardKinds(components) != nil {
                walk.report(.error(.missing, "Add a header component with the card's image, video or product."), rule: RuleName("T09"))
            }
        }
    }

    static let cardButtons = Rule("T04", "A card has at most 2 buttons, each index once.", limits: [Limits.templateCardButtons]) { components, walk in
        var count = 0
        var seen = IndexSet()
        for (position, component) in components.elements.enumerated() where component["type"]?.equalsIgnoringCase("button") == true {
            count += 1
            guard let index = component["index"]?.lenientInteger, !seen.insert(index) else { continue }
            walk.report(.error(.notUnique, "Another button of this card has the index \(index) already."), rule: RuleName("T04"), at: [.index(position), .named("index")])
        }
        let limit = Limits.templateCardButtons
        if count > limit.max {
            walk.reportLimit(limit, .tooMany, "There are \(count) buttons; a card has at most \(limit.max).", limit.max, count, RuleName("T04"))
        }
    }
}

/// The indices that were met so far. Nearly all are small, and those cost no allocation.
private struct IndexSet {
    private var small: UInt64 = 0
    private var others: Set<Int> = []

    /// False when the index was there already.
    mutating func insert(_ index: Int) -> Bool {
        guard 0..<64 ~= index else { return others.insert(index).inserted }
        let bit: UInt64 = 1 << UInt64(index)
        defer { small |= bit }
        return small & bit == 0
    }
}

/// What a card is made of, to hold cards against each other.
private struct CardKinds {
    private var hasBody = false
    private var hasButtons = false
    private var header: StaticString?

    /// Nil when one of them is no component of cards: that is the error then.
    init?(_ components: JSONView?) {
        guard let components, components.isArray else { return nil }
        for component in components.elements {
            guard let type = component["type"] else { return nil }
            if type.equalsIgnoringCase("body") {
                hasBody = true
            } else if type.equalsIgnoringCase("button") {
                hasButtons = true
            } else if type.equalsIgnoringCase("header") {
                let kind = component["parameters"]?.element(0)?["type"]
                header = (["image", "video", "product"] as [StaticString]).first { kind?.equalsIgnoringCase($0) == true }
            } else {
                return nil
            }
        }
    }

    func complaint(beside first: CardKinds) -> Complaint? {
        if hasBody != first.hasBody || hasButtons != first.hasButtons {
            return .error(.mismatch, "All cards have the same kinds of components; this one differs from the first.")
        }
        guard let header, let other = first.header, header.description != other.description else { return nil }
        // Meta's pages say that a carousel shows media or products; that all its media are of one kind is their samples' habit.
        return header.description == "product" || other.description == "product"
            ? .error(.mismatch, "A carousel shows products or media, not both.")
            : .warning(.mismatch, "The first card shows another kind of media; Meta's templates show one kind on all cards.")
    }
}
