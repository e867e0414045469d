// The typed builder of contact cards.

/// A contact card: a name, and what is known of the person. Texts are passed on as they are.
public struct Contact {
    public struct Name {
        fileprivate let tree: Tree

        /// - Parameter formatted: the whole name as it is shown; at least one part should stand beside it.
        public init(_ formatted: String, first: String? = nil, last: String? = nil, middle: String? = nil, prefix: String? = nil, suffix: String? = nil) {
            tree = .texts(
                ("formatted_name", formatted), ("first_name", first), ("last_name", last), ("middle_name", middle), ("prefix", prefix), ("suffix", suffix))
        }
    }

    /// A phone number, an e-mail address, a page or an address.
    public struct Entry {
        fileprivate let tree: Tree

        /// - Parameters:
        ///   - type: CELL, MAIN, IPHONE, HOME, WORK or a word of yours.
        ///   - whatsAppID: digits; with it the card has a button to write to the person.
        public static func phone(_ number: String, type: String? = nil, whatsAppID: String? = nil) -> Entry {
            Entry(tree: .texts(("phone", number), ("type", type), ("wa_id", whatsAppID)))
        }
        public static func email(_ address: String, type: String? = nil) -> Entry { Entry(tree: .texts(("email", address), ("type", type))) }
        public static func url(_ url: String, type: String? = nil) -> Entry { Entry(tree: .texts(("url", url), ("type", type))) }

        /// - Parameter countryCode: two letters of ISO 3166.
        public static func address(
            street: String? = nil, city: String? = nil, state: String? = nil, zip: String? = nil, country: String? = nil, countryCode: String? = nil, type: String? = nil
        ) -> Entry {
            Entry(
                tree: .texts(
                    ("street", street), ("city", city), ("state", state), ("zip", zip), ("country", country), ("country_code", countryCode), ("type", type)))
        }
    }

    let tree: Tree

    /// - Parameter birthday: YYYY-MM-DD.
    public init(
        _ name: Name, phones: [Entry] = [], emails: [Entry] = [], urls: [Entry] = [], addresses: [Entry] = [], company: String? = nil, department: String? = nil,
        title: String? = nil, birthday: String? = nil
    ) {
        let organization = Tree.texts(("company", company), ("department", department), ("title", title))
        func list(_ entries: [Entry]) -> Tree? { Tree.array(entries.map(\.tree)).unlessEmpty }
        tree = .object([
            ("name", name.tree), ("birthday", birthday.map(Tree.string)), ("phones", list(phones)), ("emails", list(emails)), ("urls", list(urls)),
            ("addresses", list(addresses)), ("org", organization.unlessEmpty),
        ])
    }
}

extension Tree {
    /// Itself, or nothing at all when it has no content. (A bare `nil` could be read as JSON's null here.)
    var unlessEmpty: Tree? { isEmpty ? Tree?.none : self }

    /// The texts that there are.
    static func texts(_ members: (String, String?)...) -> Tree { .object(members.map { ($0, $1.map(Tree.string)) }) }
}

extension Draft {
    public static func contacts(to recipient: Recipient, _ contacts: [Contact]) -> Draft {
        Draft("contacts", .array(contacts.map(\.tree)), to: recipient)
    }
}
