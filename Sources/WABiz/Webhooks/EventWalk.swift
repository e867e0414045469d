// Walks a webhook body and makes one event of each item of each array of each change of each entry, in order.
//
// Nothing is dropped. A body without entries, an entry without changes and a change without items that the table knows
// arrive whole as kind "unknown"; where there are items, each other member beside them does, an array element by element.
// Of a repeated name every occurrence is walked.

struct EventWalk: ~Copyable {
    private var writer: EventWriter

    /// A body of many empty items would grow beyond all measure: each event repeats the ids around it.
    private static let bound = 4 * JSONBounds.bytes

    /// How deep a document of events may be: a body that is unknown as a whole lies a few levels further in.
    static let depth = JSONBounds.depth + 8

    /// Walks `root`; the result holds the events.
    /// - Throws: `.badJSON` when the root is no object or the events would need more than 256 MiB.
    static func events(in root: JSONView, length: Int, keepsPlaces: Bool = false) throws(Failure) -> EventWriter {
        guard root.isObject else {
            throw Failure(.badJSON, "A JSON object was expected, as the body of a webhook is one; found \(root.kindName).")
        }
        // Room for nearly all events without growing; what is not written to costs no memory.
        var walk = EventWalk(writer: EventWriter(capacity: length * 3 + 512, keepsPlaces: keepsPlaces))
        try walk.body(root)
        return walk.writer
    }

    // MARK: From the body to the change

    private mutating func body(_ root: JSONView) throws(Failure) {
        let scope = EventScope()
        if root.members.contains(where: { $0.name.equals("entry") && $0.value.isArray }) {
            var rest = Rest(.body, root, scope)
            for (name, value) in root.members {
                if name.equals("entry"), value.isArray {
                    for element in value.elements {
                        if element.isObject { try entry(element) } else { try part(element, name, &rest) }
                    }
                } else if !(name.equals("object") && value.equals("whatsapp_business_account")) {
                    try parts(value, name, &rest)
                }
            }
        } else if root["object"] == nil, let place = WebhookTable.field(holding: root)?.place {
            // On-Premises: no envelope, the arrays lie in the body itself.
            var scope = scope
            scope.isOnPremises = root["metadata"] == nil && root["messaging_product"] == nil
            var rest = Rest(.body, root, scope)
            try items(of: root, place, scope, &rest)
        } else {
            try unknown(root, .body, scope)
        }
    }

    private mutating func entry(_ entry: JSONView) throws(Failure) {
        var scope = EventScope()
        scope.entry = EntryStamp(entry)
        // "changed_fields" in place of changes, say, when the dashboard's option "Include Values" is off.
        guard entry.members.contains(where: { $0.name.equals("changes") && $0.value.isArray && $0.value.count > 0 }) else {
            return try unknown(entry, .entry, scope)
        }
        var rest = Rest(.entry, entry, scope)
        for (name, value) in entry.members {
            if name.equals("changes"), value.isArray {
                for element in value.elements {
                    if element.isObject { try change(element, scope) } else { try part(element, name, &rest) }
                }
            } else if !scope.entry.holds(value), !(name.equals("object") && value.equals("whatsapp_business_account")) {
                try parts(value, name, &rest)
            }
        }
    }

    private mutating func change(_ change: JSONView, _ scope: EventScope) throws(Failure) {
        var scope = scope
        let value = change["value"]
        scope.field = change["field"]
        // Samples of Meta's have it one level too deep.
        let word = scope.field ?? value?["field"]
        guard let field = WebhookTable.field(word, value), let value else { return try unknown(change: change, value, scope) }
        scope.namedField = word.flatMap { $0.isString && !$0.equals(WebhookTable.messages.field) ? $0 : nil }
        var rest = Rest(.change, change, scope)
        if let whole = field.whole {
            guard value.isObject, value.count > 0, change.members.allSatisfy({ !$0.name.equals("value") || $0.value.offset == value.offset })
            else { return try unknown(change: change, value, scope) }
            describe(value, in: &scope)
            rest.scope = scope
            writer.item(value, whole, nil, key: .change, inChange: Whole.change.key(of: change, scope), contact: nil, scope)
            try checkBound()
        } else if !change.members.contains(where: { $0.name.equals("value") && WebhookTable.holdsItems($0.value, field.place) }) {
            return try unknown(change: change, value, scope)
        }
        for (name, member) in change.members {
            if name.equals("value"), member.isObject {
                if let place = field.place { try items(of: member, place, scope, &rest) }
            } else if !(member.isString && member.offset == scope.field?.offset) {
                try parts(member, name, &rest)
            }
        }
    }

    /// A change that the table does not know, or whose value is not what the table expects.
    private mutating func unknown(change: JSONView, _ value: JSONView?, _ scope: EventScope) throws(Failure) {
        var scope = scope
        describe(value, in: &scope)
        try unknown(change, .change, scope)
    }

    // MARK: Items

    /// The items of a place, and what lies beside them. Recursion ends with the table, which is three places deep.
    private mutating func items(of value: JSONView, _ place: EventPlace, _ scope: EventScope, _ rest: inout Rest) throws(Failure) {
        var scope = scope
        var contacts = Contacts()
        var contactsName: JSONView?
        for (name, member) in value.members {
            if name.equals("metadata") { describe(metadata: member, in: &scope) }
            if name.equals("contacts"), member.isArray {
                contacts.add(member)
                contactsName = name
            }
        }
        let carried = carry(place, of: value, in: &scope)
        rest.scope = scope
        for (name, member) in value.members {
            if member.isArray, let row = place.row(of: name) {
                for item in member.elements {
                    guard item.isObject else {
                        try part(item, name, &rest)
                        continue
                    }
                    let contact = row.person.flatMap { contacts.claim(for: item, $0) }
                    try event(item, row, contact: contact, scope, &rest)
                }
            } else if !place.inner.isEmpty, let inner = place.inner(of: name) {
                try places(in: member, name, inner, scope, &rest)
                rest.scope = scope
            } else if !isContext(name, member, of: value, scope), !carried.contains(member.offset) {
                try parts(member, name, &rest)
            }
        }
        guard let contactsName else { return }
        for contact in contacts.unclaimed() { try part(contact, contactsName, &rest) }
    }

    private mutating func event(
        _ item: JSONView, _ row: EventRow, contact: JSONView?, _ scope: EventScope, _ rest: inout Rest
    ) throws(Failure) {
        let type = row.type(of: item)
        let rule = type?.key ?? row.key
        writer.item(item, row, type, key: rule, inChange: rule.basis == .change ? rest.nextKey() : nil, contact: contact, scope)
        try checkBound()
    }

    /// The places that a member is: an object, or an array of objects.
    private mutating func places(
        in member: JSONView, _ name: JSONView, _ inner: InnerPlace, _ scope: EventScope, _ rest: inout Rest
    ) throws(Failure) {
        if member.isObject, WebhookTable.holdsItems(member, inner.place) { return try items(of: member, inner.place, scope, &rest) }
        guard member.isArray else { return try parts(member, name, &rest) }
        for element in member.elements {
            rest.scope = scope
            if element.isObject, WebhookTable.holdsItems(element, inner.place) {
                try items(of: element, inner.place, scope, &rest)
            } else if element.isObject, let row = inner.row {
                try event(element, row, contact: nil, scope, &rest)
            } else {
                try part(element, name, &rest)
            }
        }
    }

    /// Notes what the place says about its items, for each of their events; answers the offsets of what was noted. What is
    /// long is not repeated, and what an item says itself is not overruled: both arrive as parts.
    private func carry(_ place: EventPlace, of value: JSONView, in scope: inout EventScope) -> [Int] {
        var offsets: [Int] = []
        for member in place.context {
            guard let found = member.source.find(in: value), found.fits(member.form), unsafe found.slice.count <= EventWalk.repeatable,
                !place.rows.contains(where: { says(member, $0, value) })
            else { continue }
            scope.carried.append((member.name, member.form, found))
            offsets.append(found.offset)
        }
        return offsets
    }

    /// True when a row of the same arrays has a member of this name and one of the items holds it.
    private func says(_ member: EventMember, _ row: EventRow, _ value: JSONView) -> Bool {
        guard row.members.list.contains(where: { $0.name.isSame(member.name) }) else { return false }
        return value.members.contains { name, array in
            name.equals(row.array) && array.elements.contains { member.source.find(in: $0) != nil }
        }
    }

    /// Bytes of what may be repeated in each event beside it.
    private static let repeatable = 4096

    /// True for the members of a value that say something about its items and hold nothing that events do not carry.
    private func isContext(_ name: JSONView, _ member: JSONView, of value: JSONView, _ scope: EventScope) -> Bool {
        if name.equals("messaging_product") { return member.equals("whatsapp") }
        if name.equals("contacts") { return member.isArray }
        guard name.equals("metadata"), member.isObject else { return false }
        return member.members.allSatisfy { _, value in
            value.offset == scope.phoneNumberID?.offset || value.offset == scope.displayPhoneNumber?.offset
        }
    }

    private func describe(metadata: JSONView, in scope: inout EventScope) {
        if let id = metadata["phone_number_id"].flatMap(EntryStamp.word) { scope.phoneNumberID = id }
        if let number = metadata["display_phone_number"].flatMap(EntryStamp.word) { scope.displayPhoneNumber = number }
    }

    /// What the value of a change that arrives whole says about itself.
    private func describe(_ value: JSONView?, in scope: inout EventScope) {
        guard let value, value.isObject else { return }
        if let metadata = value["metadata"] { describe(metadata: metadata, in: &scope) }
        for path in EventWalk.phoneNumberIDs where scope.phoneNumberID == nil {
            scope.phoneNumberID = path.find(in: value).flatMap(EntryStamp.word)
        }
        for path in EventWalk.displayPhoneNumbers where scope.displayPhoneNumber == nil {
            scope.displayPhoneNumber = path.find(in: value).flatMap(EntryStamp.word)
        }
        scope.accountID = Path("waba_info", "waba_id").find(in: value).flatMap(EntryStamp.word)
        scope.entryIsAccount = !isAboutPortfolio(value, scope.field ?? scope.namedField)
    }

    private static let phoneNumberIDs = [Path("recipient", "phone_number_id"), Path("phone_number_settings", "phone_number_id")]
    private static let displayPhoneNumbers = [Path("display_phone_number"), Path("recipient", "display_phone_number")]

    /// True where Meta puts the id of a business portfolio into the entry in place of the account's.
    private func isAboutPortfolio(_ value: JSONView, _ field: JSONView?) -> Bool {
        guard let field else { return false }
        if field.equals("partner_solutions") { return true }
        guard field.equals("account_update"), let event = value["event"]?.utf8 else { return false }
        return event.starts(with: Array("PARTNER_".utf8)) || event == Array("AD_ACCOUNT_LINKED".utf8)
            || event == Array("MM_LITE_TERMS_SIGNED".utf8)
    }

    // MARK: What the table does not know

    private enum Whole {
        case body, entry, change

        /// Entry's id and time are no part of a change, but of its key.
        func key(of view: JSONView, _ scope: EventScope) -> [UInt8]? {
            switch self {
            case .body: EventKey.hash("body", view)
            case .entry: EventKey.hash("entry", view)
            case .change: EventKey.hash("change", view, entry: scope.entry)
            }
        }
    }

    /// What lies beside the items of one body, entry or change: counted, and keyed after the whole.
    private struct Rest {
        let kind: Whole
        let whole: JSONView
        var scope: EventScope
        private var count = 0
        /// Made when it is first needed, which is seldom.
        private var wholeKey: [UInt8]??

        init(_ kind: Whole, _ whole: JSONView, _ scope: EventScope) {
            self.kind = kind
            self.whole = whole
            self.scope = scope
        }

        mutating func nextKey() -> [UInt8]? {
            if wholeKey == nil { wholeKey = .some(kind.key(of: whole, scope)) }
            defer { count += 1 }
            return EventKey.part(count, of: wholeKey ?? nil)
        }
    }

    private mutating func unknown(_ view: JSONView, _ kind: Whole, _ scope: EventScope) throws(Failure) {
        writer.unknown(view, key: kind.key(of: view, scope), scope)
        try checkBound()
    }

    /// One event for a member, or for each element of an array; none for null.
    private mutating func parts(_ value: JSONView, _ name: JSONView, _ rest: inout Rest) throws(Failure) {
        if value.isArray {
            for element in value.elements { try part(element, name, &rest) }
        } else if !value.isNull {
            try part(value, name, &rest)
        }
    }

    private mutating func part(_ payload: JSONView, _ name: JSONView, _ rest: inout Rest) throws(Failure) {
        writer.unknown(payload, key: rest.nextKey(), member: name, rest.scope)
        try checkBound()
    }

    private func checkBound() throws(Failure) {
        guard writer.json.text.count <= EventWalk.bound else {
            throw Failure(.badJSON, "The events of this body need more than \(EventWalk.bound) bytes; Meta sends at most 3 MB and 1000 items. Split it.")
        }
    }
}
