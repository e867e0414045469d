// Walks a webhook body and makes one event of each item of each array of each change of each entry, in order.
//
// Nothing is dropped. A body without entries, an entry without changes and a change without items that the table knows
// arrive whole as kind "unknown"; where there are items, each other member beside them does, an array element by element.
// Of a repeated name every occurrence is walked.

struct EventWalk {
    private var writer: EventWriter

    /// A body of many empty items would grow beyond all measure: each event repeats the ids around it.
    private static let bound = 4 * JSONBounds.bytes

    /// Walks `root`; the result holds the events.
    /// - Throws: `.badJSON` when the root is no object or the events would need more than 256 MiB.
    static func events(in root: JSONView, length: Int) throws(Failure) -> EventWriter {
        guard root.isObject else {
            throw Failure(.badJSON, "A JSON object was expected, as the body of a webhook is one; found \(root.kindName).")
        }
        var walk = EventWalk(writer: EventWriter(capacity: length * 2 + 512))
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
                } else if !(name.equals("object") && value.isString) {
                    try parts(value, name, &rest)
                }
            }
        } else if root["object"] == nil, holdsItems(root, WebhookTable.messages) {
            // On-Premises: no envelope, the arrays lie in the body itself.
            var scope = scope
            scope.isOnPremises = root["metadata"] == nil && root["messaging_product"] == nil
            var rest = Rest(.body, root, scope)
            try items(of: root, WebhookTable.messages, scope, &rest)
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
            } else if !(name.equals("id") || name.equals("time")) || EntryStamp.word(value) == nil {
                try parts(value, name, &rest)
            }
        }
    }

    private mutating func change(_ change: JSONView, _ scope: EventScope) throws(Failure) {
        var scope = scope
        scope.field = change["field"]
        let field = WebhookTable.field(scope.field)
        guard let field, change.members.contains(where: { $0.name.equals("value") && holdsItems($0.value, field) }) else {
            describe(change["value"], in: &scope)
            return try unknown(change, .change, scope)
        }
        var rest = Rest(.change, change, scope)
        for (name, value) in change.members {
            if name.equals("value"), value.isObject {
                try items(of: value, field, scope, &rest)
            } else if !(name.equals("field") && value.isString) {
                try parts(value, name, &rest)
            }
        }
    }

    // MARK: Items

    /// The items of a change's value, and what lies beside them.
    private mutating func items(of value: JSONView, _ field: WebhookField, _ scope: EventScope, _ rest: inout Rest) throws(Failure) {
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
        rest.scope = scope
        for (name, member) in value.members {
            if member.isArray, let row = field.row(of: name) {
                for item in member.elements {
                    guard item.isObject else {
                        try part(item, name, &rest)
                        continue
                    }
                    let contact = row.person.flatMap { contacts.claim(for: item, $0) }
                    writer.item(item, row, contact: contact, scope)
                    try checkBound()
                }
            } else if !isContext(name, member) {
                try parts(member, name, &rest)
            }
        }
        guard let contactsName else { return }
        for contact in contacts.unclaimed() { try part(contact, contactsName, &rest) }
    }

    /// True for the members of a value that say something about its items and hold nothing that events do not carry.
    private func isContext(_ name: JSONView, _ member: JSONView) -> Bool {
        if name.equals("messaging_product") { return member.isString }
        if name.equals("contacts") { return member.isArray }
        guard name.equals("metadata"), member.isObject else { return false }
        return member.members.allSatisfy { name, value in
            (name.equals("phone_number_id") || name.equals("display_phone_number")) && EntryStamp.word(value) != nil
        }
    }

    private func describe(metadata: JSONView, in scope: inout EventScope) {
        scope.phoneNumberID = metadata["phone_number_id"].flatMap(EntryStamp.word)
        scope.displayPhoneNumber = metadata["display_phone_number"].flatMap(EntryStamp.word)
    }

    /// What the value of a change that arrives whole says about itself.
    private func describe(_ value: JSONView?, in scope: inout EventScope) {
        guard let value else { return }
        if let metadata = value["metadata"] { describe(metadata: metadata, in: &scope) }
        if scope.displayPhoneNumber == nil { scope.displayPhoneNumber = value["display_phone_number"].flatMap(EntryStamp.word) }
        scope.accountID = Path("waba_info", "waba_id").find(in: value).flatMap(EntryStamp.word)
        scope.entryIsAccount = !isAboutPortfolio(value, scope.field)
    }

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
        guard writer.json.bytes.count <= EventWalk.bound else {
            throw Failure(.badJSON, "The events of this body need more than \(EventWalk.bound) bytes; Meta sends at most 3 MB and 1000 items. Split it.")
        }
    }

    private func holdsItems(_ value: JSONView, _ field: WebhookField) -> Bool {
        value.members.contains { $0.value.isArray && $0.value.count > 0 && field.row(of: $0.name) != nil }
    }
}
