// Walks what the tape recorded: borrowed views of one value, its members and elements. Names and words are compared as
// bytes; text is decoded only when asked for. A view is valid as long as the closure that Tape.read handed it to.

@safe public struct JSONView {
    private let text: UnsafePointer<UInt8>
    private let tokens: UnsafePointer<Token>
    private let index: UInt32

    init(text: UnsafePointer<UInt8>, tokens: UnsafePointer<Token>, index: UInt32) {
        unsafe self.text = text
        unsafe self.tokens = tokens
        self.index = index
    }

    @inline(__always) private var token: Token { unsafe tokens[Int(index)] }
    @inline(__always) private func at(_ index: UInt32) -> JSONView { unsafe JSONView(text: text, tokens: tokens, index: index) }
    @inline(__always) private func kind(is kind: JSONKind) -> Bool { token.info & 7 == kind.rawValue }

    // MARK: What it is

    public var isNull: Bool { kind(is: .null) }
    public var isString: Bool { kind(is: .string) }
    public var isObject: Bool { kind(is: .object) }
    public var isArray: Bool { kind(is: .array) }
    public var isInteger: Bool { kind(is: .integer) }
    public var isNumber: Bool { kind(is: .integer) || kind(is: .real) }
    /// True or false; nil when it is no boolean.
    public var bool: Bool? { kind(is: .true) ? true : kind(is: .false) ? false : nil }

    /// The word for its kind, as JSON calls it.
    public var kindName: StaticString {
        switch JSONKind(rawValue: token.info & 7) {
        case .null, nil: "null"
        case .true, .false: "boolean"
        case .integer: "integer"
        case .real: "number"
        case .string: "string"
        case .object: "object"
        case .array: "array"
        }
    }

    /// Its bytes as they were written, quotes and brackets included.
    public var slice: UnsafeRawBufferPointer {
        let token = token
        return unsafe UnsafeRawBufferPointer(start: text + Int(token.start), count: Int(token.end &- token.start))
    }

    /// Its bytes as they were written, copied.
    public var raw: [UInt8] { unsafe [UInt8](slice) }

    /// Its place in the text; two views of one tape with the same offset are the same value.
    public var offset: Int { Int(token.start) }

    // MARK: Strings

    /// True when the string holds backslash escapes, so that its bytes are not its text.
    public var isEscaped: Bool { token.info & Token.escaped != 0 }

    /// The bytes between the quotes, escapes and all.
    var inside: UnsafeBufferPointer<UInt8> {
        let token = token
        return unsafe UnsafeBufferPointer(start: text + Int(token.start) + 1, count: Int(token.end &- token.start) - 2)
    }

    /// How many bytes stand between the quotes; the text has no more characters than that, in any unit.
    public var writtenLength: Int { isString ? Int(token.end &- token.start) - 2 : 0 }

    /// The text of a string; nil for other kinds. An unpaired surrogate escape becomes U+FFFD.
    public var string: String? {
        guard isString else { return nil }
        if !isEscaped { return unsafe String(decoding: inside, as: UTF8.self) }
        return unsafe String(decoding: unescaped(inside), as: UTF8.self)
    }

    /// The text of a string as UTF-8.
    public var utf8: [UInt8]? {
        guard isString else { return nil }
        return unsafe isEscaped ? unescaped(inside) : [UInt8](inside)
    }

    /// Compares text byte for byte. `word` is ASCII.
    @inline(__always) public func equals(_ word: StaticString) -> Bool {
        let token = token
        let count = word.utf8CodeUnitCount
        guard token.info & (7 | Token.escaped) == JSONKind.string.rawValue else { return equalsEscaped(word) }
        // Most names differ in length already.
        guard Int(token.end &- token.start) == count + 2 else { return false }
        return unsafe sameBytes(text + Int(token.start) + 1, word.utf8Start, count)
    }

    @inline(never) private func equalsEscaped(_ word: StaticString) -> Bool { unsafe isEscaped && matchesEscaped(inside, word, ignoringCase: false) }

    /// Compares text, ASCII letters without case. `word` is ASCII and lower case.
    public func equalsIgnoringCase(_ word: StaticString) -> Bool {
        guard isString else { return false }
        let inside = unsafe inside
        if isEscaped { return unsafe matchesEscaped(inside, word, ignoringCase: true) }
        guard inside.count == word.utf8CodeUnitCount else { return false }
        let wanted = unsafe word.utf8Start
        for index in 0..<inside.count {
            let byte = unsafe inside[index]
            guard unsafe (0x41...0x5A ~= byte ? byte | 0x20 : byte) == wanted[index] else { return false }
        }
        return true
    }

    /// Whether two strings say the same text, however they are escaped.
    func sameText(as other: JSONView) -> Bool {
        guard isString, other.isString else { return false }
        if isEscaped || other.isEscaped { return utf8 == other.utf8 }
        return unsafe writtenLength == other.writtenLength && inside.elementsEqual(other.inside)
    }

    /// Hashes the text of a string: the same text has the same hash, however it is escaped.
    func hashText(into hasher: inout Hasher) {
        if isEscaped, let utf8 {
            unsafe utf8.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        } else {
            unsafe hasher.combine(bytes: UnsafeRawBufferPointer(inside))
        }
    }

    // MARK: Numbers

    /// The value of an integer; nil for other kinds and beyond 64 bits.
    public var integer: Int? { kind(is: .integer) ? unsafe decimal(slice) : nil }

    /// The value of an integer or of a string of decimal digits: Meta writes ids and times both ways.
    public var lenientInteger: Int? {
        guard isString else { return integer }
        guard writtenLength <= JSONView.longestInteger else { return nil }
        return unsafe isEscaped ? string.flatMap { Int($0) } : decimal(UnsafeRawBufferPointer(inside))
    }

    /// 19 digits and a sign.
    private static let longestInteger = 20

    /// The value of a number; nil for other kinds. May be infinite in a tolerant reading.
    public var number: Double? { isNumber ? Double(spelling) : nil }

    private var spelling: String { unsafe String(decoding: slice, as: UTF8.self) }

    // MARK: Inside

    /// How many members or elements; 0 for scalars.
    public var count: Int { isObject || isArray ? Int(token.info / Token.one) : 0 }

    /// The member of this name, the last one when it stands there several times; nil when this is no object.
    public subscript(name: StaticString) -> JSONView? {
        guard isObject else { return nil }
        let end = token.next
        let count = name.utf8CodeUnitCount
        let length = UInt32(truncatingIfNeeded: count) &+ 2
        let wanted = unsafe name.utf8Start
        let first = unsafe wanted.pointee
        var cursor = index &+ 1
        // No member's value is the first token.
        var found: UInt32 = 0
        while cursor < end {
            let written = unsafe tokens[Int(cursor)]
            if written.info & Token.escaped != 0 {
                if at(cursor).equals(name) { found = cursor &+ 1 }
            } else if written.end &- written.start == length, unsafe text[Int(written.start) &+ 1] == first {
                // Most names differ in length or in their first letter already.
                if unsafe sameBytes(text + (Int(written.start) &+ 1), wanted, count) { found = cursor &+ 1 }
            }
            cursor = unsafe tokens[Int(cursor) &+ 1].next
        }
        return found == 0 ? nil : at(found)
    }

    /// The members of an object in order, repeated names included; empty for other kinds.
    public var members: Members { Members(cursor: isObject ? index + 1 : token.next, end: token.next, view: self) }
    /// The elements of an array in order; empty for other kinds.
    public var elements: Elements { Elements(cursor: isArray ? index + 1 : token.next, end: token.next, view: self) }

    /// The element at a position; nil outside of the array.
    public func element(_ position: Int) -> JSONView? {
        guard position >= 0, position < count else { return nil }
        for (index, element) in elements.enumerated() where index == position { return element }
        return nil
    }

    public struct Members: Sequence, IteratorProtocol {
        fileprivate var cursor: UInt32
        fileprivate let end: UInt32
        fileprivate let view: JSONView

        public mutating func next() -> (name: JSONView, value: JSONView)? {
            guard cursor < end else { return nil }
            let name = view.at(cursor)
            let value = view.at(cursor + 1)
            cursor = value.token.next
            return (name, value)
        }
    }

    public struct Elements: Sequence, IteratorProtocol {
        fileprivate var cursor: UInt32
        fileprivate let end: UInt32
        fileprivate let view: JSONView

        public mutating func next() -> JSONView? {
            guard cursor < end else { return nil }
            let element = view.at(cursor)
            cursor = element.token.next
            return element
        }
    }

    /// Every object inside, this one included, without recursion.
    public var objects: Objects { Objects(cursor: index, end: token.next, view: self) }

    public struct Objects: Sequence, IteratorProtocol {
        fileprivate var cursor: UInt32
        fileprivate let end: UInt32
        fileprivate let view: JSONView

        public mutating func next() -> JSONView? {
            while cursor < end {
                let candidate = view.at(cursor)
                cursor += 1
                if candidate.isObject { return candidate }
            }
            return nil
        }
    }
}
