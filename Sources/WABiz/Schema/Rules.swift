// The rules between fields, by the codes of the reference's section 4. Each looks at one object and adds what it finds.

extension Rule {
    // MARK: Envelope

    static let recipient = Rule("X01", "At least one of to and recipient is present and not empty; when both are, to wins.", in: .graph) { message, walk in
        let hasTo = isFilled(message["to"]), hasRecipient = isFilled(message["recipient"])
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
        guard let to = message["to"], isFilled(to), to.isString || to.isInteger, isToPerson(message) else { return }
        // An integer has no + by nature, and its minus is no hyphen.
        var written: String { String(decoding: to.raw, as: UTF8.self) }
        var number: String { written.utf8.first == UInt8(ascii: "-") ? "minus" : "+" + written }
        let complaint = to.isString ? Format.phone.check(to, walk.api) : Format.phone.check(number, walk.api)
        if let complaint { walk.report(complaint, rule: RuleName("message.to"), at: [.named("to")]) }
    }

    static let individualOnly = Rule("X06", "recipient_type is individual; groups exist in the Cloud API only.", in: [.onPremises, .marketing]) { message, walk in
        if message["recipient_type"]?.equals("group") == true {
            let api = walk.api
            walk.report(.error(.notOneOf, "Only \"individual\" is possible in the \(api.rawValue) dialect."), rule: RuleName("X06"), at: [.named("recipient_type")])
        }
    }

    static let group = Rule("X07", "A group takes text, media, template and pin messages, and no recipient.", in: .cloud) { message, walk in
        guard message["recipient_type"]?.equals("group") == true else { return }
        if message["recipient"] != nil {
            walk.report(.error(.notAllowed, "A message to a group has its id in \"to\"; remove \"recipient\"."), rule: RuleName("X07"), at: [.named("recipient")])
        }
        let place = walk.typePlace(message)
        switch walk.row.map({ MessageTable.types[$0].groups }) {
        case .refused:
            walk.report(.error(.notAllowed, "Groups do not take messages of this type."), rule: RuleName("X07"), at: [place])
        case .undocumented:
            walk.report(.warning(.notAllowed, "Meta does not document messages of this type to groups."), rule: RuleName("X07"), at: [place])
        case .taken, .only, nil: break
        }
    }

    static let pinNeedsGroup = Rule("X08", "A pin message goes to a group.", in: .cloud) { message, walk in
        if isToPerson(message) {
            let isSaid = message["recipient_type"] != nil
            walk.report(
                .error(isSaid ? .mismatch : .missing, "Only groups have pinned messages: set \"recipient_type\" to \"group\"."), rule: RuleName("X08"),
                at: [.named("recipient_type")])
        }
    }

    static let otherContent = Rule("X04", "Only the content that type names is there.") { message, walk in
        guard let row = walk.row else { return }
        // A message has few members, and nearly none has two contents.
        guard message.members.contains(where: { (MessageTable.words.position(of: $0.name) ?? row) != row }) else { return }
        let type = MessageTable.types[row].word
        let others = MessageTable.types.indices.filter { $0 != row && message[MessageTable.types[$0].word] != nil }.map { MessageTable.types[$0].word }
        guard !others.isEmpty else { return }
        let isShort = walk.isShort
        let text = isShort
            ? "There are \(listing([type] + others, "and")), but a message has one content; keep one."
            : "The type is \"\(type)\", but there is \(listing(others, "and")) too; keep the one that is meant."
        walk.report(Complaint(severity: isShort ? .error : .warning, code: .exactlyOneOf, message: text), rule: RuleName("X04"))
    }

    static let contentOfRead = Rule("X19", "status=read has no content.") { message, walk in
        let contents = MessageTable.types.map(\.word).filter { message[$0] != nil }
        guard !contents.isEmpty else { return }
        if walk.isShort {
            return walk.report(.error(.exactlyOneOf, "There are \"read\" and \(listing(contents, "and")); send them one after the other."), rule: RuleName("X19"))
        }
        for content in contents {
            walk.report(.warning(.notAllowed, "A message that marks as read has no content; send \"\(content)\" on its own."), rule: RuleName("X19"), at: [.named(content)])
        }
    }

    static let contextOfReaction = Rule("X09", "A reaction names its target itself and takes no context.", in: .graph) { message, walk in
        if message["context"] != nil {
            walk.report(.warning(.notAllowed, "A reaction names its target in \"reaction\"; remove \"context\"."), rule: RuleName("X09"), at: [.named("context")])
        }
    }

    static let directSend = Rule("D01", "ttl_seconds and direct_send_config need a category, each within its bounds.", in: .cloud, limits: [Limits.utilityTTL, Limits.authenticationTTL]) { message, walk in
        let category = message["category"]
        let isUtility = category?.equals("utility") == true
        let isAuthentication = category?.equals("authentication") == true
        // A category that there is not is refused as such.
        guard category == nil || isUtility || isAuthentication || category?.equals("service") == true else { return }
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
        let member: StaticString = document["filename"]?.isString == true ? "filename" : "link"
        guard let bytes = document[member]?.utf8, let ending = ending(of: member.description == "link" ? pathOfURL(bytes) : bytes[...]) else { return }
        guard !ending.lowercased().elementsEqual("pdf") else { return }
        walk.report(.warning(.badFormat, "Template headers take PDF documents only; this ends in .\(String(String.UnicodeScalarView(ending.unicodeScalars.prefix(12))))."), rule: RuleName("T08"), at: [.named(member)])
    }
}

/// Null is there, of the wrong kind: its own member says so.
/// False for a group, and for what is no type of recipient at all.
private func isToPerson(_ message: JSONView) -> Bool { message["recipient_type"].map { $0.equals("individual") } ?? true }

private func isFilled(_ view: JSONView?) -> Bool {
    guard let view else { return false }
    return !(view.isString && view.writtenLength == 0)
}

// Bytes, not characters: going backwards over the characters of a hostile text takes quadratic time.

/// The path of a URL, without host, query and fragment.
private func pathOfURL(_ url: [UInt8]) -> ArraySlice<UInt8> {
    let slash = UInt8(ascii: "/")
    return url.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }.drop { $0 != slash }.dropFirst(2).drop { $0 != slash }
}

/// What stands behind the last dot of the last part of a path; nil without one.
private func ending(of path: ArraySlice<UInt8>) -> String? {
    guard let dot = path.lastIndex(of: UInt8(ascii: ".")), !path[dot...].contains(UInt8(ascii: "/")) else { return nil }
    return String(decoding: path[dot...].dropFirst(), as: UTF8.self)
}
