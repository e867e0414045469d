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
        let tree: Tree = ["field": text(field.field), "arrays": .array(field.rows.map(row))]
        tree.set("alias", field.alias.map(text))
        let context = field.place.map(contexts) ?? []
        if !context.isEmpty { tree.set("context", .array(context.map(member))) }
        return tree
    }

    /// What places say about the items in them.
    private static func contexts(_ place: EventPlace) -> [EventMember] {
        place.context + place.inner.flatMap { contexts($0.place) }
    }

    private static func row(_ path: String, _ row: EventRow) -> Tree {
        let tree: Tree = [
            "array": path.isEmpty ? .null : .string(path), "kind": text(row.kind), "meaning": text(row.meaning), "key": key(row.key, of: path),
            "members": .array(row.members.list.map(member)), "types": .array(row.types.map(type)),
        ]
        tree.set("timestamp", row.time.map { .string($0.text) })
        return tree
    }

    private static func type(_ type: EventType) -> Tree {
        let tree: Tree = ["type": text(type.type), "members": .array(type.members.list.map(member))]
        tree.set("key", type.key.map { key($0) })
        return tree
    }

    private static func member(_ member: EventMember) -> Tree {
        let sources = ([member.source] + member.others).map(\.text).filter { !$0.isEmpty }
        return [
            "name": text(member.name), "form": .string(member.form.rawValue), "sources": .array(sources.map(Tree.string)),
            "meaning": text(member.meaning),
        ]
    }

    private static func key(_ rule: KeyRule, of path: String = "items") -> Tree {
        switch rule.basis {
        case .none: return .null
        case .change: return path.isEmpty ? "sha256(change)" : "sha256(change):number"
        case .parts:
            let prefix = rule.prefix.utf8CodeUnitCount > 0 ? ["\(rule.prefix)"] : []
            let last = rule.last.map(\.text).joined(separator: " | ")
            return .string((prefix + rule.parts.map(\.text)).joined(separator: ":") + (last.isEmpty ? "" : "[:\(last)]"))
        }
    }

    private static func text(_ word: StaticString) -> Tree { .string("\(word)") }

    /// The members that events of every kind may have.
    private static let envelope: [(String, String, String)] = [
        ("kind", "", "message, status, ... as listed with the fields, or unknown"),
        ("key", "", "the same for a repeated delivery; null where every delivery counts"),
        ("waba_id", "entry.id", "id of the WhatsApp Business Account"),
        ("business_portfolio_id", "entry.id", "in its place where Meta names the business portfolio"),
        ("phone_number_id", "value.metadata.phone_number_id", "id of the business number"),
        ("display_phone_number", "value.metadata.display_phone_number", "the business number"),
        ("timestamp", "entry.time", "Unix seconds: when it happened, or when the notification was sent where the item has no time"),
        ("entry_time", "entry.time", "Unix seconds: when the notification was sent, beside an item's own timestamp"),
        ("field", "change.field", "the webhook field, of all but known items of messages"),
        ("member", "", "of kind unknown: the name of the member, when it is not a whole change, entry or body"),
        ("profile_name", "contacts[].profile.name", "the person's display name"),
        ("contact", "contacts[]", "the person's contact, matched by user id, then by phone number"),
        ("payload", "", "the item as Meta sent it, byte for byte"),
    ]
}
