// What the webhook table is made of: where items lie in a change, which key each has, and which members (EventMember.swift)
// its event carries beside the payload.

/// How the de-duplication key of an item is made: the values of the paths, joined by ":". A value that is missing makes
/// the key the SHA-256 of the item instead (EventKey.swift).
final class KeyRule: Sendable {
    enum Basis: Sendable {
        case parts
        /// Items without an id: the SHA-256 of their change, and their number in it.
        case change
        /// Items of this kind have no key: every delivery counts.
        case none
    }

    /// Stands before the parts, so that other events about the same id have other keys.
    let prefix: StaticString
    let parts: [Path]
    /// Of these the first that is there is joined behind the parts.
    let last: [Path]
    let basis: Basis

    init(prefix: StaticString = "", parts: [Path] = [], last: [Path] = [], basis: Basis = .parts) {
        self.prefix = prefix
        self.parts = parts
        self.last = last
        self.basis = basis
    }

    static let none = KeyRule(basis: .none)
    static let change = KeyRule(basis: .change)
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
    let members: EventMembers

    init(_ type: StaticString, key: KeyRule? = nil, _ members: EventMember...) {
        self.type = type
        self.key = key
        self.members = EventMembers(members)
    }
}

/// What becomes of the items of one array, or of a whole value. A class, so that handing a row on copies one reference.
final class EventRow: Sendable {
    /// The array's name; "" for a value that is one item.
    let array: StaticString
    let kind: StaticString
    let meaning: StaticString
    let key: KeyRule
    let person: Person?
    /// Where the item says when it happened. Items that do not have the time of their entry.
    let time: Path?
    let members: EventMembers
    let types: [EventType]
    /// The words of `types`: searching a list of objects counts references for each.
    private let words: [StaticString]

    init(
        array: StaticString = "", kind: StaticString, _ meaning: StaticString, key: KeyRule = .change, person: Person? = nil,
        time: Path? = nil, members: [EventMember], types: [EventType] = []
    ) {
        self.array = array
        self.kind = kind
        self.meaning = meaning
        self.key = key
        self.person = person
        self.time = time
        self.members = EventMembers(members)
        self.types = types
        words = types.map(\.type)
    }

    /// The row of the item's own type.
    func type(of item: JSONView) -> EventType? {
        guard !words.isEmpty, let word = item["type"] else { return nil }
        return words.firstIndex { word.equals($0) }.map { types[$0] }
    }
}

/// An object whose members hold items: the value of a change, or an object further in.
final class EventPlace: Sendable {
    /// Arrays of items.
    let rows: [EventRow]
    /// What the object says about its items; each of their events carries it.
    let context: [EventMember]
    /// Members that are places themselves.
    let inner: [InnerPlace]
    /// The names of the arrays of `rows`.
    private let arrays: [StaticString]

    init(rows: [EventRow], context: [EventMember] = [], inner: [InnerPlace] = []) {
        self.rows = rows
        self.context = context
        self.inner = inner
        arrays = rows.map(\.array)
    }

    func row(of name: JSONView) -> EventRow? { arrays.firstIndex { name.equals($0) }.map { rows[$0] } }
    func hasRow(of name: JSONView) -> Bool { arrays.contains { name.equals($0) } }
    func inner(of name: JSONView) -> InnerPlace? { inner.first { name.equals($0.name) } }
}

/// A place, or an array of places, inside another.
final class InnerPlace: Sendable {
    let name: StaticString
    let place: EventPlace
    /// What becomes of an element of an array that holds no items.
    let row: EventRow?

    init(_ name: StaticString, _ place: EventPlace, empty row: EventRow? = nil) {
        self.name = name
        self.place = place
        self.row = row
    }
}

/// One webhook field: a place with items, or a value that is one item.
final class WebhookField: Sendable {
    let field: StaticString
    /// Another spelling that was seen.
    let alias: StaticString?
    let place: EventPlace?
    let whole: EventRow?

    init(_ field: StaticString, or alias: StaticString? = nil, _ place: EventPlace) {
        self.field = field
        self.alias = alias
        self.place = place
        whole = nil
    }

    init(_ field: StaticString, or alias: StaticString? = nil, _ meaning: StaticString, time: Path? = nil, _ members: EventMember...) {
        self.field = field
        self.alias = alias
        place = nil
        whole = EventRow(kind: field, meaning, time: time, members: members)
    }

    func isNamed(_ word: JSONView) -> Bool { word.equals(field) || alias.map(word.equals) ?? false }

    /// Every row with the path of its array, for descriptions and tests.
    var rows: [(path: String, row: EventRow)] {
        if let whole { return [("", whole)] }
        return place.map { WebhookField.rows(of: $0, under: "") } ?? []
    }

    private static func rows(of place: EventPlace, under path: String) -> [(path: String, row: EventRow)] {
        place.rows.map { (path + "\($0.array)", $0) }
            + place.inner.flatMap { inner in
                (inner.row.map { [("\(path)\(inner.name)", $0)] } ?? []) + rows(of: inner.place, under: "\(path)\(inner.name).")
            }
    }
}

extension StaticString {
    func isSame(_ other: StaticString) -> Bool {
        guard utf8CodeUnitCount == other.utf8CodeUnitCount else { return false }
        for index in 0..<utf8CodeUnitCount where unsafe utf8Start[index] != other.utf8Start[index] { return false }
        return true
    }
}
