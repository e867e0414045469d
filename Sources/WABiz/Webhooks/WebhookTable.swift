// The webhook table: which fields there are, and which arrays or values of them become events of which kind, with which
// key and members. The walker (EventWalk.swift) and the description read it. A field that is not here arrives whole as
// kind "unknown".
//
// Sources of the facts: Meta's webhook reference, its pages on business-scoped user ids (2026), calling, groups, payments
// and flows, and the On-Premises webhook reference.

enum WebhookTable {
    static let fields: [WebhookField] =
        [messages] + peopleFields + coexistenceFields + [calls] + groupFields + [standby] + templateFields + accountFields + serviceFields

    /// The row of a change. Without a readable `field` it is told by the names of the arrays in its value.
    static func field(_ word: JSONView?, _ value: JSONView?) -> WebhookField? {
        guard let word, word.isString else { return value.flatMap(field(holding:)) }
        // Nearly all webhooks are of the first.
        guard !messages.isNamed(word) else { return messages }
        guard let found = fields.first(where: { $0.isNamed(word) }) else { return nil }
        // Meta's page prints the field of another webhook over this one; the members tell.
        guard templateStatus.isNamed(word), let value, value["event"] == nil, value["new_quality_score"] != nil else { return found }
        return templateQuality
    }

    /// The field whose arrays a value holds. The four fields of groups cannot be told apart by that.
    static func field(holding value: JSONView) -> WebhookField? {
        if holdsItems(value, messages.place) { return messages }
        return (peopleFields + coexistenceFields + [calls, standby]).first { holdsItems(value, $0.place) }
    }

    /// True when a place holds at least one thing that becomes an event of a known kind.
    static func holdsItems(_ value: JSONView, _ place: EventPlace?) -> Bool {
        guard let place else { return false }
        return value.members.contains { name, member in
            guard member.count > 0 else { return false }
            if member.isArray, place.hasRow(of: name) { return true }
            guard !place.inner.isEmpty, let inner = place.inner(of: name) else { return false }
            if member.isObject { return holdsItems(member, inner.place) }
            return member.elements.contains { $0.isObject && (inner.row != nil || holdsItems($0, inner.place)) }
        }
    }
}
