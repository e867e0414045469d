// The rules of buttons, lists, product lists, links and carousels, by the codes of the reference's section 4.

/// The text of an id or title at a place, as it is written, and where it stands.
private struct Repeated {
    private var seen: [JSONView] = []

    /// True when the same text was met before.
    mutating func met(_ text: JSONView?) -> Bool {
        guard let text, text.isString, text.writtenLength > 0 else { return false }
        if seen.contains(where: { text.sameText(as: $0) }) { return true }
        if seen.isEmpty { seen.reserveCapacity(32) }
        // Arrays are bounded by their limits; what lies beyond is refused for its number.
        if seen.count < 64 { seen.append(text) }
        return false
    }
}

/// Whether a text begins or ends with white space.
private func hasBlankEnds(_ view: JSONView) -> Bool {
    guard view.writtenLength > 0, let first = unsafe view.slice.dropFirst().first, let last = unsafe view.slice.dropLast().last else { return false }
    // Most ids begin and end with a plain letter or digit and are not decoded.
    guard view.isEscaped || first <= 0x20 || last <= 0x20 || first >= 0x80 || last >= 0x80 else { return false }
    return view.string.map { $0.first?.isWhitespace == true || $0.last?.isWhitespace == true } ?? false
}

extension Rule {
    // MARK: Buttons

    static let distinctButtons = Rule("I06", "Ids and titles of buttons are unique in the message.") { buttons, walk in
        var ids = Repeated(), titles = Repeated()
        for (index, button) in buttons.elements.enumerated() {
            guard let reply = button["reply"] else { continue }
            if ids.met(reply["id"]) {
                walk.report(.error(.notUnique, "Another button has this id already."), rule: RuleName("I06"), at: [.index(index), .named("reply"), .named("id")])
            }
            if titles.met(reply["title"]) {
                walk.report(.error(.notUnique, "Another button has this title already."), rule: RuleName("I06"), at: [.index(index), .named("reply"), .named("title")])
            }
        }
    }

    static let linksFirst = Rule("I06", "In Direct Send at most two links stand before the reply buttons.", in: .cloud, limits: [Limits.directSendLinks]) { buttons, walk in
        var links = 0
        var replies = 0
        for (index, button) in buttons.elements.enumerated() {
            let isLink = button["type"]?.equalsIgnoringCase("cta_url") == true
            links += isLink ? 1 : 0
            replies += button["type"]?.equalsIgnoringCase("reply") == true ? 1 : 0
            guard isLink, replies > 0 else { continue }
            walk.report(.error(.notAllowed, "Links stand before the reply buttons."), rule: RuleName("I06"), at: [.index(index)])
        }
        guard links > Limits.directSendLinks.max else { return }
        let count = links
        walk.reportLimit(Limits.directSendLinks, .tooMany, "There are \(count) links; at most \(Limits.directSendLinks.max) are allowed.", Limits.directSendLinks.max, count, RuleName("I06"))
    }

    static let trimmedReplyID = Rule("I07", "The id of a reply button has no white space at its ends.") { reply, walk in
        guard let id = reply["id"], hasBlankEnds(id) else { return }
        walk.report(.error(.badFormat, "Remove the white space at the ends of the id."), rule: RuleName("I07"), at: [.named("id")])
    }

    static let trimmedRowID = Rule("I07", "The id of a row should have no white space at its ends.") { row, walk in
        guard let id = row["id"], hasBlankEnds(id) else { return }
        walk.report(.warning(.badFormat, "Better remove the white space at the ends of the id."), rule: RuleName("I07"), at: [.named("id")])
    }

    // MARK: Sections

    static let titledSections = Rule("I09", "Each section has a title when there are several.") { sections, walk in
        guard sections.count > 1 else { return }
        for (index, section) in sections.elements.enumerated() where section.isObject && section["title"] == nil {
            walk.report(.error(.missing, "Add \"title\": with several sections each has one."), rule: RuleName("I09"), at: [.index(index), .named("title")])
        }
    }

    static let rowsInAll = Rule("I08", "All sections together have at most 10 rows.", limits: [Limits.rows]) { sections, walk in
        countInAll(sections, "rows", Limits.rows, sections.count > Limits.sections.max, "I08", &walk)
    }

    static let productsInAll = Rule("I12", "All sections together have at most 30 products.", limits: [Limits.products]) { sections, walk in
        countInAll(sections, "product_items", Limits.products, sections.count > Limits.productSections.max, "I12", &walk)
    }

    /// Too many sections are refused already; that their rows are too many then is no news.
    private static func countInAll(_ sections: JSONView, _ member: StaticString, _ limit: Limit, _ isRefused: Bool, _ code: StaticString, _ walk: inout Validation) {
        guard !isRefused else { return }
        let count = sections.elements.reduce(0) { $0 + ($1[member]?.count ?? 0) }
        guard count > limit.max else { return }
        walk.reportLimit(limit, .tooMany, "All sections together have \(count); at most \(limit.max) are allowed.", limit.max, count, RuleName(code))
    }

    static let distinctRows = Rule("I11", "Ids of rows are unique over all sections; titles better are.") { sections, walk in
        var ids = Repeated(), titles = Repeated()
        for (index, section) in sections.elements.enumerated() {
            for (position, row) in (section["rows"]?.elements ?? section.elements).enumerated() {
                if ids.met(row["id"]) {
                    walk.report(.error(.notUnique, "Another row has this id already."), rule: RuleName("I11"), at: [.index(index), .named("rows"), .index(position), .named("id")])
                }
                if titles.met(row["title"]) {
                    walk.report(
                        .warning(.notUnique, "Another row has this title already; people cannot tell them apart."), rule: RuleName("interactive.list.rows.title"),
                        at: [.index(index), .named("rows"), .index(position), .named("title")])
                }
            }
        }
    }

    static let distinctProducts = Rule("interactive.product_list.product_items", "A product stands in the list once.") { sections, walk in
        var ids = Repeated()
        for (index, section) in sections.elements.enumerated() {
            for (position, item) in (section["product_items"]?.elements ?? section.elements).enumerated() where ids.met(item["product_retailer_id"]) {
                walk.report(
                    .warning(.notUnique, "This product stands in the list already."), rule: RuleName("interactive.product_list.product_items"),
                    at: [.index(index), .named("product_items"), .index(position), .named("product_retailer_id")])
            }
        }
    }

    // MARK: Links

    static let previewWithoutHeader = Rule("I22", "payment_link_preview is not together with a header.", in: .cloud) { interactive, walk in
        guard interactive["header"] != nil, interactive["action"]?["parameters"]?["payment_link_preview"]?.bool == true else { return }
        walk.report(
            .error(.notAllowed, "The preview takes the place of the header; remove one of them."), rule: RuleName("I22"),
            at: [.named("action"), .named("parameters"), .named("payment_link_preview")])
    }
}
