// The webhook table as a document: what wabiz_describe("webhooks") prints.

extension Webhook {
    /// `{"fields":[{"field":"messages","arrays":[{"array":"messages","kind":"message","key":…,"members":[…],"types":[…]}]}],…}`.
    public static var description: Tree {
        [
            "fields": .array(WebhookTable.fields.map(field)),
            "envelope": .array(envelope.map { ["name": .string($0.0), "source": .string($0.1), "meaning": .string($0.2)] }),
            "unknown": .string(
                "Every other field arrives whole as kind \"unknown\" with its field; a member beside known items with its field and member."),
        ]
    }

    private static func field(_ field: WebhookField) -> Tree {
        ["field": text(field.field), "arrays": .array(field.rows.map(row))]
    }

    private static func row(_ row: EventRow) -> Tree {
        [
            "array": text(row.array), "kind": text(row.kind), "meaning": text(row.meaning), "key": key(row.key),
            "members": .array(row.members.map(member)), "types": .array(row.types.map(type)),
        ]
    }

    private static func type(_ type: EventType) -> Tree {
        let tree: Tree = ["type": text(type.type), "members": .array(type.members.map(member))]
        tree.set("key", type.key.map(key))
        return tree
    }

    private static func member(_ member: EventMember) -> Tree {
        let sources = [member.source, member.otherwise].compactMap(\.self).map(\.text).filter { !$0.isEmpty }
        return ["name": text(member.name), "sources": .array(sources.map(Tree.string)), "meaning": text(member.meaning)]
    }

    private static func key(_ rule: KeyRule) -> Tree {
        if rule.isNone { return .null }
        let last = rule.last.map(\.text).joined(separator: " | ")
        return .string(rule.parts.map(\.text).joined(separator: ":") + (last.isEmpty ? "" : "[:\(last)]"))
    }

    private static func text(_ word: StaticString) -> Tree { .string("\(word)") }

    /// The members that events of every kind may have.
    private static let envelope: [(String, String, String)] = [
        ("kind", "", "message, status, error or unknown"),
        ("key", "", "the same for a repeated delivery; null where every delivery counts"),
        ("waba_id", "entry.id", "id of the WhatsApp Business Account"),
        ("business_portfolio_id", "entry.id", "in its place where Meta names the business portfolio"),
        ("phone_number_id", "value.metadata.phone_number_id", "id of the business number"),
        ("display_phone_number", "value.metadata.display_phone_number", "the business number"),
        ("timestamp", "entry.time", "Unix seconds; of kinds error and unknown when the notification was sent"),
        ("field", "change.field", "of kind unknown: the webhook field"),
        ("member", "", "of kind unknown: the name of the member, when it is not a whole change, entry or body"),
        ("profile_name", "contacts[].profile.name", "the person's display name"),
        ("contact", "contacts[]", "the person's contact, matched by user id, then by phone number"),
        ("payload", "", "the item as Meta sent it, byte for byte"),
    ]
}
