// What the webhook table is made of: where items lie in a change, which key each has, and which members its event
// carries beside the payload.

/// Where a value lies inside an item; no names at all mean the item itself. An array on the way stands for its first element.
struct Path: Sendable {
    private let first: StaticString?
    private let second: StaticString?
    private let third: StaticString?
    private let fourth: StaticString?
    /// The bit of the first name in a set of names; 0 for the item itself.
    let mark: UInt64

    init(_ first: StaticString? = nil, _ second: StaticString? = nil, _ third: StaticString? = nil, _ fourth: StaticString? = nil) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
        mark = first.map(NameMarks.mark) ?? 0
    }

    /// The value there; nil when there is none or only null.
    @inline(__always) func find(in item: JSONView) -> JSONView? {
        // Written out, because this runs for every member of every event and a loop over names would allocate.
        guard let first else { return item }
        var found = item[first]
        if let second { found = Path.step(found, second) }
        if let third { found = Path.step(found, third) }
        if let fourth { found = Path.step(found, fourth) }
        guard let found, !found.isNull else { return nil }
        return found
    }

    private static func step(_ view: JSONView?, _ name: StaticString) -> JSONView? {
        guard let view else { return nil }
        return view.isArray ? view.element(0)?[name] : view[name]
    }

    /// The names with dots between them.
    var text: String { [first, second, third, fourth].compactMap { $0.map(String.init(describing:)) }.joined(separator: ".") }
}

/// Which names an object may have, in one word: most members of a row are not in most items, and are not searched for.
struct NameMarks {
    private var marks: UInt64 = 0

    init(_ object: JSONView) {
        for (name, _) in object.members { marks |= NameMarks.mark(name) }
    }

    @inline(__always) func mayHold(_ path: Path) -> Bool { path.mark & marks == path.mark }

    private static func mark(_ name: JSONView) -> UInt64 {
        name.isEscaped ? .max : unsafe mark(length: name.writtenLength, first: name.slice[1])
    }

    static func mark(_ name: StaticString) -> UInt64 {
        unsafe mark(length: name.utf8CodeUnitCount, first: name.utf8CodeUnitCount > 0 ? name.utf8Start[0] : UInt8(ascii: "\""))
    }

    private static func mark(length: Int, first: UInt8) -> UInt64 { 1 << UInt64((length &* 7 &+ Int(first)) & 63) }
}

/// A member of an event and where its value comes from.
struct EventMember: Sendable {
    /// How the value is written.
    enum Form: String, Sendable {
        /// A string; an integer is written as a string of its digits. For ids and phone numbers.
        case id
        /// A string as it was read.
        case text
        /// An integer, from an integer or a string of digits. For times in Unix seconds and codes.
        case integer
        /// A number or string as it was read: Meta writes it both ways.
        case value
        case bool
        /// An object or array as it was read.
        case object
        case array
        /// The JSON object that a string holds; nothing when the string is no JSON.
        case json
        /// `{"message_id":"…","emoji":"…"}`; a removed reaction has the emoji "".
        case reaction
        /// The errors of an array, or one error, each with Meta's name and our verdict.
        case errors
    }

    let name: StaticString
    let form: Form
    let source: Path
    /// Where to look when the first place holds nothing of this form: other, older or misspelt places.
    let others: [Path]
    let meaning: StaticString

    init(_ name: StaticString, _ form: Form, _ source: Path, or others: Path..., meaning: StaticString) {
        self.name = name
        self.form = form
        self.source = source
        self.others = others
        self.meaning = meaning
    }

    init(_ name: StaticString, _ form: Form, _ source: Path, or otherwise: Path? = nil, _ meaning: StaticString) {
        self.name = name
        self.form = form
        self.source = source
        others = [otherwise].compactMap(\.self)
        self.meaning = meaning
    }

    /// A member that has the same name in the item.
    init(_ name: StaticString, _ form: Form, _ meaning: StaticString) { self.init(name, form, Path(name), meaning) }
}

/// How the de-duplication key of an item is made: the values of the paths, joined by ":". A value that is missing makes
/// the key the SHA-256 of the item instead (EventKey.swift).
struct KeyRule: Sendable {
    enum Basis: Sendable {
        case parts
        /// Items without an id: the SHA-256 of their change, and their number in it.
        case change
        /// Items of this kind have no key: every delivery counts.
        case none
    }

    /// Stands before the parts, so that other events about the same id have other keys.
    var prefix: StaticString = ""
    var parts: [Path] = []
    /// Of these the first that is there is joined behind the parts.
    var last: [Path] = []
    var basis = Basis.parts

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
    let members: [EventMember]

    init(_ type: StaticString, key: KeyRule? = nil, _ members: EventMember...) {
        self.type = type
        self.key = key
        self.members = members
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
    let members: [EventMember]
    let types: [EventType]

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
        self.members = members
        self.types = types
    }

    /// The row of the item's own type.
    func type(of item: JSONView) -> EventType? {
        guard !types.isEmpty, let word = item["type"] else { return nil }
        return types.first { word.equals($0.type) }
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

    init(rows: [EventRow], context: [EventMember] = [], inner: [InnerPlace] = []) {
        self.rows = rows
        self.context = context
        self.inner = inner
    }

    func row(of name: JSONView) -> EventRow? { rows.first { name.equals($0.array) } }
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
