// The members that an event carries beside its payload: where in the item the value of each lies, and how it is written.

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

    @inline(__always) func mayHold(_ path: Path) -> Bool { mayHold(path.mark) }
    @inline(__always) func mayHold(_ mark: UInt64) -> Bool { mark & marks == mark }

    private static func mark(_ name: JSONView) -> UInt64 {
        name.isEscaped ? .max : unsafe mark(length: name.writtenLength, first: name.slice[1])
    }

    static func mark(_ name: StaticString) -> UInt64 {
        unsafe mark(length: name.utf8CodeUnitCount, first: name.utf8CodeUnitCount > 0 ? name.utf8Start[0] : UInt8(ascii: "\""))
    }

    private static func mark(length: Int, first: UInt8) -> UInt64 { 1 << UInt64((length &* 7 &+ Int(first)) & 63) }
}

/// A member of an event and where its value comes from. A class, so that walking over the members of a row copies none.
final class EventMember: Sendable {
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
    convenience init(_ name: StaticString, _ form: Form, _ meaning: StaticString) { self.init(name, form, Path(name), meaning) }
}

/// The members of a row or type, with a mark for each: most are not in most items, and are passed over by their mark alone.
struct EventMembers: Sendable {
    let list: [EventMember]
    /// The mark of the first name of each; 0, which every object may hold, where there is more than one place to look.
    let marks: [UInt64]

    init(_ list: [EventMember]) {
        self.list = list
        marks = list.map { $0.others.isEmpty ? $0.source.mark : 0 }
    }
}
