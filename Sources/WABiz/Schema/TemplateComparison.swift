// Holds a template message against the template's own definition, so that what Meta reports as 132000, 132001, 132012, 132018 and
// 131008 is found before sending. Looks past whatever the tables have refused already.

extension Rule {
    static let definition = Rule(
        "template.definition", "With options.templates: the template exists, and its values fit it in number, kind and name."
    ) { template, walk in
        if let definitions = walk.options.templates { walk.compare(template, definitions) }
    }
}

extension Validation {
    private static let rule = RuleName("template.definition")

    /// The code of this dialect for a code of the Cloud API.
    private func graph(_ code: Int) -> Int {
        guard api == .onPremises else { return code }
        return switch code {
        case 131008: 1008
        case 132000: 2000
        case 132001: 2001
        case 132012: 2012
        case 132015: 2061
        case 132016: 2062
        default: 2006
        }
    }

    private mutating func refuse(
        _ code: Issue.Code, _ graphCode: Int, _ message: @autoclosure () -> String, at parts: [PathPart] = [], limit: Int? = nil, found: Int? = nil
    ) {
        let graphCode = graph(graphCode)
        report(.error(code, message(), graph: graphCode), rule: Self.rule, at: parts, limit: limit, unit: limit == nil ? nil : .items, found: found)
    }

    fileprivate mutating func compare(_ template: JSONView, _ definitions: TemplateDefinitions) {
        guard let name = template["name"]?.string, let language = template["language"]?["code"]?.string else { return }
        let namesakes = definitions.templates.filter { $0.name == name }
        guard !namesakes.isEmpty else {
            return refuse(.notOneOf, 132001, "The account has no template of this name.", at: [.named("name")])
        }
        guard let definition = namesakes.first(where: { $0.language == language }) else {
            let languages = namesakes.prefix(10).map(\.language).joined(separator: ", ")
            return refuse(.notOneOf, 132001, "This template does not exist in this language, but in: \(languages).", at: [.named("language"), .named("code")])
        }
        warnOfStatus(definition)
        guard let content = definition.content else { return }
        compare(template["components"], content, isNamed: definition.isNamed)
    }

    private mutating func warnOfStatus(_ definition: TemplateDefinition) {
        let (code, message): (Int, String)
        switch definition.status {
        case "PAUSED": (code, message) = (132015, "This template is paused; Meta refuses it until the pause ends.")
        case "DISABLED": (code, message) = (132016, "This template is disabled; create a new one.")
        case "PENDING", "REJECTED", "IN_APPEAL", "DELETED", "PENDING_DELETION":
            (code, message) = (132001, "This template is not approved (\(definition.status ?? "")); Meta does not find it.")
        default: return
        }
        let graphCode = graph(code)
        report(.warning(.notAllowed, message, graph: graphCode), rule: Self.rule, at: [.named("name")])
    }

    /// The components of a template or of a card.
    private mutating func compare(_ components: JSONView?, _ content: TemplateDefinition.Content, isNamed: Bool) {
        if let components, !components.isArray { return }
        inside(.named("components")) { walk in
            walk.compareHeader(Placed(components, "header"), content, isNamed)
            walk.compareTexts(Placed(components, "body"), content.body, isNamed, "body")
            walk.compareButtons(components, content.buttons)
            walk.compareOffer(Placed(components, "limited_time_offer"), content)
            walk.compareCards(Placed(components, "carousel"), content, isNamed)
        }
    }

    /// The first component of a kind and its position.
    private struct Placed {
        let view: JSONView
        let position: Int

        init?(_ components: JSONView?, _ kind: StaticString) {
            guard let components, let found = components.elements.enumerated().first(where: { $0.element["type"]?.equalsIgnoringCase(kind) == true })
            else { return nil }
            (position, view) = found
        }
    }

    // MARK: Header and body

    private mutating func compareHeader(_ header: Placed?, _ content: TemplateDefinition.Content, _ isNamed: Bool) {
        switch content.header {
        case .text(let variables): compareTexts(header, variables, isNamed, "header")
        case .media(let kind):
            guard let header else {
                return refuse(.missing, 132012, "The header of this template is of the kind \(kind); add a header component with it.")
            }
            let parameters = header.view["parameters"]
            let place: [PathPart] = [.index(header.position), .named("parameters")]
            guard let parameters else {
                return refuse(.missing, 132012, "The header of this template is of the kind \(kind); add the parameter with it.", at: place)
            }
            guard let type = parameters.element(0)?["type"]?.string, type.lowercased() != kind else { return }
            refuse(.mismatch, 132012, "The header of this template is of the kind \(kind).", at: place + [.index(0), .named("type")])
        case nil:
            guard !content.hasOddHeader, let header, let parameters = header.view["parameters"], parameters.count > 0 else { return }
            refuse(.notAllowed, 132000, "This template has no header; remove the component.", at: [.index(header.position)])
        }
    }

    private mutating func compareTexts(_ component: Placed?, _ variables: [String], _ isNamed: Bool, _ kind: StaticString) {
        let wanted = "\(variables.count) variable\(variables.count == 1 ? "" : "s")"
        guard let component else {
            guard !variables.isEmpty else { return }
            return refuse(.missing, 132000, "The \(kind) of this template has \(wanted); add a \(kind) component with the values.", limit: variables.count, found: 0)
        }
        let parameters = component.view["parameters"]
        if let parameters, !parameters.isArray { return }
        let count = parameters?.count ?? 0
        let place: [PathPart] = [.index(component.position), .named("parameters")]
        if count != variables.count {
            refuse(
                // Without an array there is nothing whose count could be named: the member is what is missing.
                parameters == nil ? .missing : count < variables.count ? .tooFew : .tooMany, 132000, "The \(kind) of this template has \(wanted); there are \(count) values.", at: place,
                limit: variables.count, found: count)
        }
        for (index, parameter) in (parameters ?? component.view).elements.enumerated() {
            compareText(parameter, variables, isNamed, kind, place + [.index(index)])
        }
    }

    private mutating func compareText(_ parameter: JSONView, _ variables: [String], _ isNamed: Bool, _ kind: StaticString, _ place: [PathPart]) {
        guard parameter.isObject else { return }
        // Only the body knows amounts and dates; what is no value of a text at all is of the wrong kind.
        if kind.description == "header", let type = parameter["type"], type.isString, !type.equalsIgnoringCase("text") {
            return refuse(.mismatch, 132012, "The header of this template is text.", at: place + [.named("type")])
        }
        let name = parameter["parameter_name"]
        if isNamed {
            guard let name else {
                guard parameter["type"]?.equalsIgnoringCase("text") == true, !variables.isEmpty else { return }
                return refuse(.missing, 132012, "The variables of this template have names; add \"parameter_name\".", at: place + [.named("parameter_name")])
            }
            guard let text = name.string, !variables.contains(text), !variables.isEmpty else { return }
            refuse(.notOneOf, 132012, "The \(kind) of this template has the variables \(variables.prefix(20).joined(separator: ", ")).", at: place + [.named("parameter_name")])
        } else if name != nil {
            refuse(.notAllowed, 132012, "The variables of this template have no names; remove \"parameter_name\".", at: place + [.named("parameter_name")])
        }
    }

    // MARK: Buttons

    private mutating func compareButtons(_ components: JSONView?, _ buttons: [TemplateDefinition.Button]) {
        var given: Set<Int> = []
        let list = components.map { Array($0.elements) } ?? []
        for (position, component) in list.enumerated() where component["type"]?.equalsIgnoringCase("button") == true {
            guard let index = component["index"]?.lenientInteger else { continue }
            given.insert(index)
            guard buttons.indices.contains(index) else {
                // An index out of the range of all templates has an issue already.
                guard (Limits.templateButtonIndex.min...Limits.templateButtonIndex.max).contains(index) else { continue }
                refuse(.notAllowed, 132018, "This template has \(buttons.count) buttons, counted from 0.", at: [.index(position), .named("index")])
                continue
            }
            compare(component, buttons[index], [.index(position)])
        }
        for (index, button) in buttons.enumerated() where button.need == .required && !given.contains(index) {
            guard let word = button.subType else { continue }
            refuse(.missing, 131008, "The button at index \(index) needs a value; add a button component with the sub_type \(word).")
        }
    }

    private mutating func compare(_ component: JSONView, _ button: TemplateDefinition.Button, _ place: [PathPart]) {
        guard button.isKnown, let given = component["sub_type"], given.isString else { return }
        guard let word = button.subType, button.need != .none else {
            return refuse(.notAllowed, 132018, "This button of the template takes no value; leave the component out.", at: place)
        }
        if !given.equalsIgnoringCase(word) {
            refuse(.mismatch, 132012, "This button of the template has the sub_type \(word).", at: place + [.named("sub_type")])
        }
    }

    // MARK: Offer and carousel

    private mutating func compareOffer(_ offer: Placed?, _ content: TemplateDefinition.Content) {
        if offer == nil, content.offerEnds {
            refuse(.missing, 131008, "The offer of this template ends; add a limited_time_offer component with the time.")
        } else if let offer, !content.hasOffer {
            refuse(.notAllowed, 132012, "This template is no limited-time offer; remove the component.", at: [.index(offer.position)])
        }
    }

    private mutating func compareCards(_ carousel: Placed?, _ content: TemplateDefinition.Content, _ isNamed: Bool) {
        guard let definitions = content.cards, let first = definitions.first else {
            if let carousel { refuse(.notAllowed, 132012, "This template has no carousel; remove the component.", at: [.index(carousel.position)]) }
            return
        }
        guard let carousel else {
            return refuse(.missing, 132012, "This template has a carousel; add a carousel component with its cards.")
        }
        guard let cards = carousel.view["cards"], cards.isArray else { return }
        let isOfProducts = content.isOfProducts
        if !isOfProducts, cards.count != definitions.count {
            refuse(
                cards.count < definitions.count ? .tooFew : .tooMany, 132000, "This template has \(definitions.count) cards; there are \(cards.count).",
                at: [.index(carousel.position), .named("cards")], limit: definitions.count, found: cards.count)
        }
        for (position, card) in cards.elements.enumerated() {
            let index = card["card_index"]?.integer ?? position
            guard let definition = isOfProducts ? first : definitions.indices.contains(index) ? definitions[index] : nil else { continue }
            inside(.index(carousel.position)) { walk in
                walk.inside(.named("cards")) { walk in
                    walk.inside(.index(position)) { $0.compare(card["components"], definition, isNamed: isNamed) }
                }
            }
        }
    }
}
