// What a row of the webhook table is made of: where an item's array lies, which key the item has, and which members its
// event carries beside the payload.

/// Where a value lies inside an item; no names at all mean the item itself.
struct Path: Sendable {
    private let first: StaticString?
    private let second: StaticString?
    private let third: StaticString?

    init(_ first: StaticString? = nil, _ second: StaticString? = nil, _ third: StaticString? = nil) {
        self.first = first
        self.second = second
        self.third = third
    }

    /// The value there; nil when there is none or only null.
    @inline(__always) func find(in item: JSONView) -> JSONView? {
        // Written out, because this runs for every member of every event and a loop over names would allocate.
        guard let first else { return item }
        var found = item[first]
        if let second { found = found?[second] }
        if let third { found = found?[third] }
        guard let found, !found.isNull else { return nil }
        return found
    }

    /// The names with dots between them.
    var text: String { [first, second, third].compactMap { $0.map(String.init(describing:)) }.joined(separator: ".") }
}

/// A member of an event and where its value comes from.
struct EventMember: Sendable {
    /// How the value is written.
    enum Form: Sendable {
        /// A string; an integer is written as a string of its digits. For ids and phone numbers.
        case id
        /// A string as it was read.
        case text
        /// An integer, from an integer or a string of digits. For times in Unix seconds and codes.
        case integer
        /// An object as it was read.
        case object
        /// `{"message_id":"…","emoji":"…"}`; a removed reaction has the emoji "".
        case reaction
        /// The errors of an array, or one error, each with Meta's name and our verdict.
        case errors
    }

    let name: StaticString
    let form: Form
    let source: Path
    /// Where to look when the first place holds nothing of this form: an older or misspelt place.
    let otherwise: Path?
    let meaning: StaticString

    init(_ name: StaticString, _ form: Form, _ source: Path, or otherwise: Path? = nil, _ meaning: StaticString) {
        self.name = name
        self.form = form
        self.source = source
        self.otherwise = otherwise
        self.meaning = meaning
    }
}

/// How the de-duplication key of an item is made: the values of the paths, joined by ":". A value that is missing makes
/// the key the SHA-256 of the item instead (EventKey.swift).
struct KeyRule: Sendable {
    let parts: [Path]
    /// Of these the first that is there is joined behind the parts.
    var last: [Path] = []
    /// Items of this kind have no key: every delivery counts.
    var isNone = false

    static let none = KeyRule(parts: [], isNone: true)
}

/// Whose contact belongs to an item: compared with `contacts[]` by business-scoped user id, then by phone number.
struct Person: Sendable {
    let userIDs: [Path]
    let phones: [Path]
}

/// What items of one `type` have beyond the other items of their array.
final class EventType: Sendable {
    let type: StaticString
    /// In place of the row's.
    let key: KeyRule?
    let members: [EventMember]

    init(_ type: StaticString, key: KeyRule? = nil, _ members: EventMember...) {
        self.type = type
        self.key = key
        self.members = members
    }
}

/// One array of one webhook field. Its items become events. A class, so that handing a row on copies one reference.
final class EventRow: Sendable {
    let array: StaticString
    let kind: StaticString
    let meaning: StaticString
    let key: KeyRule
    let person: Person?
    let members: [EventMember]
    let types: [EventType]

    init(
        array: StaticString, kind: StaticString, _ meaning: StaticString, key: KeyRule, person: Person? = nil, members: [EventMember],
        types: [EventType] = []
    ) {
        self.array = array
        self.kind = kind
        self.meaning = meaning
        self.key = key
        self.person = person
        self.members = members
        self.types = types
    }

    /// The row of the item's own type.
    func type(of item: JSONView) -> EventType? {
        guard !types.isEmpty, let word = item["type"] else { return nil }
        return types.first { word.equals($0.type) }
    }
}

/// The arrays of one webhook field.
final class WebhookField: Sendable {
    let field: StaticString
    let rows: [EventRow]

    init(_ field: StaticString, rows: [EventRow]) {
        self.field = field
        self.rows = rows
    }

    func row(of name: JSONView) -> EventRow? { rows.first { name.equals($0.array) } }
}
