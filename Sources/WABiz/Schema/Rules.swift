// The rules between fields, by the codes of the reference's section 4. Each looks at one object and adds what it finds.

extension Rule {
    // MARK: Envelope

    static let recipient = Rule("X01", "At least one of to and recipient is present and not empty; when both are, to wins.", in: .graph) { message, walk in
        let hasTo = isFilled(message["to"])
        let hasRecipient = isFilled(message["recipient"])
        if !hasTo && !hasRecipient {
            walk.report(.error(.missing, "Add \"to\" with the phone number, or \"recipient\" with the business-scoped user id."), rule: RuleName("X01"), at: [.named("to")])
        } else if hasTo && hasRecipient {
            walk.report(.warning(.exactlyOneOf, "\"to\" and \"recipient\" are both given; Meta takes \"to\"."), rule: RuleName("X01"))
        }
    }

    static let onPremisesRecipient = Rule("X02", "to is required.", in: .onPremises) { message, walk in
        if !isFilled(message["to"]) {
            walk.report(.error(.missing, "Add \"to\" with the WhatsApp id or phone number."), rule: RuleName("X02"), at: [.named("to")])
        }
    }

    /// A group's id is opaque; everything else in `to` is a phone number.
    static let phoneNumber = Rule("message.to", "A phone number, or the id of a group when recipient_type is group.") { message, walk in
        guard let to = message["to"], isFilled(to), to.isString || to.isInteger, message["recipient_type"]?.equals("group") != true else { return }
        let text = to.string ?? String(decoding: to.raw, as: UTF8.self)
        // The warning of an integer in its place is enough: it has no + by nature.
        guard let complaint = Format.phone.check(text, walk.api), to.isString || complaint.severity == .error else { return }
        walk.report(complaint, rule: RuleName("message.to"), at: [.named("to")])
    }

    static let individualOnly = Rule("X06", "recipient_type is individual; groups exist in the Cloud API only.", in: [.onPremises, .marketing]) { message, walk in
        if message["recipient_type"]?.equals("group") == true {
            walk.report(.error(.notOneOf, "Only \"individual\" is possible in the \(walk.api.rawValue) dialect."), rule: RuleName("X06"), at: [.named("recipient_type")])
        }
    }

    static let group = Rule("X07", "A group takes text, media, template and pin messages, and no recipient.", in: .cloud) { message, walk in
        guard message["recipient_type"]?.equals("group") == true else { return }
        if message["recipient"] != nil {
            walk.report(.error(.notAllowed, "A message to a group has its id in \"to\"; remove \"recipient\"."), rule: RuleName("X07"), at: [.named("recipient")])
        }
        switch MessageTable.index(of: message).map({ MessageTable.types[$0].groups }) {
        case .refused:
            walk.report(.error(.notAllowed, "Groups do not take messages of this type."), rule: RuleName("X07"), at: [.named("type")])
        case .undocumented:
            walk.report(.warning(.notAllowed, "Meta does not document messages of this type to groups."), rule: RuleName("X07"), at: [.named("type")])
        case .taken, .only, nil: break
        }
    }

    static let pinNeedsGroup = Rule("X08", "A pin message goes to a group.", in: .cloud) { message, walk in
        if message["recipient_type"]?.equals("group") != true {
            walk.report(.error(.mismatch, "Only groups have pinned messages: set \"recipient_type\" to \"group\"."), rule: RuleName("X08"), at: [.named("recipient_type")])
        }
    }

    static let otherContent = Rule("X04", "Only the content that type names is there.") { message, walk in
        guard let index = MessageTable.index(of: message) else { return }
        let type = MessageTable.types[index].word
        let others = MessageTable.types.enumerated().filter { $0.offset != index && message[$0.element.word] != nil }.map(\.element.word)
        guard !others.isEmpty else { return }
        let message = "The type is \"\(type)\"\(message["type"] == nil ? " when none is given" : ""), but there is \(listing(others)) too; keep the one that is meant."
        walk.report(Complaint(severity: walk.isShort ? .error : .warning, code: .exactlyOneOf, message: message), rule: RuleName("X04"))
    }

    static let contextOfReaction = Rule("X09", "A reaction names its target itself and takes no context.", in: .graph) { message, walk in
        if message["context"] != nil {
            walk.report(.warning(.notAllowed, "A reaction names its target in \"reaction\"; remove \"context\"."), rule: RuleName("X09"), at: [.named("context")])
        }
    }

    static let directSend = Rule("D01", "ttl_seconds and direct_send_config need a category, each within its bounds.", in: .cloud) { message, walk in
        let category = message["category"]
        let isUtility = category?.equals("utility") == true
        let isAuthentication = category?.equals("authentication") == true
        if let ttl = message["ttl_seconds"], ttl.isInteger {
            if !isUtility && !isAuthentication {
                walk.report(.error(.notAllowed, "\"ttl_seconds\" needs \"category\" utility or authentication."), rule: RuleName("D01"), at: [.named("ttl_seconds")])
            } else {
                let limit = isUtility ? Limits.utilityTTL : Limits.authenticationTTL
                let value = ttl.number ?? 0
                if value < Double(limit.min) || value > Double(limit.max) {
                    let bound = value < Double(limit.min) ? limit.min : limit.max
                    walk.reportLimit(limit, .outOfRange, "Write \(limit.min) to \(limit.max) seconds.", bound, ttl.integer, RuleName("D01"), at: [.named("ttl_seconds")])
                }
            }
        }
        if message["direct_send_config"] != nil, !isUtility {
            walk.report(.error(.notAllowed, "\"direct_send_config\" needs \"category\" utility."), rule: RuleName("D01"), at: [.named("direct_send_config")])
        }
    }

    // MARK: Media

    static let idOrLink = Rule("X11", "Exactly one of id and link.") { media, walk in
        let both = media["id"] != nil && media["link"] != nil
        guard both || media["id"] == nil && media["link"] == nil else { return }
        walk.report(
            .error(.exactlyOneOf, both ? "\"id\" and \"link\" are both given; keep one." : "Add \"id\" with the media id, or \"link\" with the URL."),
            rule: RuleName("X11"))
    }

    static let providerNeedsLink = Rule("X13", "provider goes with link.", in: .onPremises) { media, walk in
        if media["provider"] != nil, media["link"] == nil {
            walk.report(.error(.notAllowed, "\"provider\" names who serves the link; it needs \"link\"."), rule: RuleName("X13"), at: [.named("provider")])
        }
    }

    static let documentIsPDF = Rule("T08", "The document of a template header is a PDF.") { document, walk in
        let (member, text): (StaticString, String?) =
            if let filename = document["filename"]?.string { ("filename", filename) } else { ("link", document["link"]?.string.map(pathOfURL)) }
        guard let text, let dot = text.lastIndex(of: "."), !text[dot...].contains("/"), text[dot...].lowercased() != ".pdf" else { return }
        walk.report(.warning(.badFormat, "Template headers take PDF documents only; this ends in \(text[dot...].prefix(12))."), rule: RuleName("T08"), at: [.named(member)])
    }

    // MARK: Templates

    static let oneOfAKind = Rule("template.components", "At most one header and one body component.") { components, walk in
        for word in ["header", "body", "carousel", "limited_time_offer", "tap_target_configuration"] as [StaticString] {
            for index in indices(of: components, where: { $0["type"]?.equalsIgnoringCase(word) == true }).dropFirst() {
                walk.report(.error(.notUnique, "There is a \(word) component already; a template has one."), rule: RuleName("template.components"), at: [.index(index)])
            }
        }
    }

    static let buttons = Rule("T04", "At most 10 buttons, each index once.") { components, walk in
        let buttons = indices(of: components) { $0["type"]?.equalsIgnoringCase("button") == true }
        if buttons.count > Limits.templateButtons.max {
            walk.reportLimit(Limits.templateButtons, .tooMany, "There are \(buttons.count) buttons; a template has at most 10.", 10, buttons.count, RuleName("T04"))
        }
        var seen: Set<Int> = []
        for (position, component) in components.elements.enumerated() where buttons.contains(position) {
            guard let index = component["index"]?.lenientInteger, !seen.insert(index).inserted else { continue }
            walk.report(.error(.notUnique, "Another button has the index \(index) already."), rule: RuleName("T04"), at: [.index(position), .named("index")])
        }
    }

    static let textBesideOthers = Rule("template.body.text", "Body text above 1024 characters is for templates with nothing but a body.") { components, walk in
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

    static let namedParameters = Rule("T05", "All parameters of a component have a name, each its own, or none has.") { parameters, walk in
        let named = parameters.elements.filter { $0["parameter_name"] != nil }.count
        guard named > 0 else { return }
        if named < parameters.count {
            return walk.report(.error(.mismatch, "Some of these parameters have a \"parameter_name\" and some do not; name all or none."), rule: RuleName("T05"))
        }
        var seen: Set<String> = []
        for (index, parameter) in parameters.elements.enumerated() {
            guard let name = parameter["parameter_name"]?.string, !seen.insert(name).inserted else { continue }
            walk.report(.error(.notUnique, "Another parameter has this name already."), rule: RuleName("T05"), at: [.index(index), .named("parameter_name")])
        }
    }
}

private func isFilled(_ view: JSONView?) -> Bool {
    guard let view else { return false }
    return !view.isNull && !(view.isString && view.writtenLength == 0)
}

private func indices(of array: JSONView, where condition: (JSONView) -> Bool) -> [Int] {
    array.elements.enumerated().filter { condition($0.element) }.map(\.offset)
}

/// A URL without its query and fragment.
private func pathOfURL(_ url: String) -> String { String(url.prefix { $0 != "?" && $0 != "#" }.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" }) }
