// Canonical JSON: one spelling for equal documents, to be hashed into the keys of events that carry no id of their own.
// No white space, members sorted by name, one form for every escape. Numbers keep their spelling.

enum Canonical {
    /// Appends the canonical text of a value. What is open waits in a list: no recursion.
    static func write(_ root: JSONView, to text: inout [UInt8]) {
        var open: [Container] = []
        var next: JSONView? = root
        while true {
            if let value = next {
                if value.isObject || value.isArray {
                    text.append(value.isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
                    open.append(Container(value))
                } else {
                    scalar(value, to: &text)
                }
            }
            guard let innermost = open.indices.last else { return }
            next = open[innermost].next(to: &text)
            if next == nil {
                text.append(open[innermost].isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
                open.removeLast()
            }
        }
    }

    /// An object or array that is being written.
    private struct Container {
        let isObject: Bool
        private let members: [Member]
        private var elements: JSONView.Elements
        private var written = 0

        init(_ value: JSONView) {
            isObject = value.isObject
            members = value.isObject ? Member.sorted(value) : []
            elements = value.elements
        }

        /// What is written next; a comma, and a member's name, come before it.
        mutating func next(to text: inout [UInt8]) -> JSONView? {
            let member = isObject && written < members.count ? members[written] : nil
            guard let value = isObject ? member?.value : elements.next() else { return nil }
            if written > 0 { text.append(UInt8(ascii: ",")) }
            if let member {
                scalar(member.name, to: &text)
                text.append(UInt8(ascii: ":"))
            }
            written += 1
            return value
        }
    }

    private struct Member {
        let name: JSONView
        let value: JSONView

        /// Members by the UTF-8 of their names; repeated names stay in their order.
        static func sorted(_ object: JSONView) -> [Member] {
            var members: [Member] = []
            members.reserveCapacity(object.count)
            for (name, value) in object.members { members.append(Member(name: name, value: value)) }
            members.sort { left, right in
                if precedes(left.name, right.name) { return true }
                return left.name.offset < right.name.offset && !precedes(right.name, left.name)
            }
            return members
        }

        private static func precedes(_ left: JSONView, _ right: JSONView) -> Bool {
            if left.isEscaped || right.isEscaped { return (left.utf8 ?? []).lexicographicallyPrecedes(right.utf8 ?? []) }
            return unsafe left.slice.dropFirst().dropLast().lexicographicallyPrecedes(right.slice.dropFirst().dropLast())
        }
    }

    private static func scalar(_ value: JSONView, to text: inout [UInt8]) {
        guard value.isString, value.isEscaped else {
            unsafe text.append(contentsOf: value.slice)
            return
        }
        text.append(UInt8(ascii: "\""))
        var escapes = EscapedText(value.raw.dropFirst().dropLast())
        while let unit = escapes.next() { write(unit, to: &text) }
        text.append(UInt8(ascii: "\""))
    }

    /// Writes what an escape stands for: itself where JSON allows it, else in the shortest escape.
    private static func write(_ unit: EscapedText.Unit, to text: inout [UInt8]) {
        switch unit {
        case .byte(let byte): text.append(byte)
        case .scalar("\""): text.append(contentsOf: Array("\\\"".utf8))
        case .scalar("\\"): text.append(contentsOf: Array("\\\\".utf8))
        case .scalar(let scalar) where scalar.value < 0x20: text.append(contentsOf: escape(scalar.value))
        case .scalar(let scalar): text.append(contentsOf: String(Character(scalar)).utf8)
        case .surrogate(let half): text.append(contentsOf: escape(half))
        }
    }

    private static func escape(_ unit: UInt32) -> [UInt8] {
        switch unit {
        case 0x08: return Array("\\b".utf8)
        case 0x09: return Array("\\t".utf8)
        case 0x0A: return Array("\\n".utf8)
        case 0x0C: return Array("\\f".utf8)
        case 0x0D: return Array("\\r".utf8)
        default:
            let digits = String(unit, radix: 16)
            return Array("\\u".utf8) + Array(String(repeating: "0", count: max(0, 4 - digits.count)).utf8) + Array(digits.utf8)
        }
    }
}

/// The inside of a string with escapes, which the tape has checked, unit by unit and without loss.
private struct EscapedText {
    enum Unit {
        case byte(UInt8)
        case scalar(Unicode.Scalar)
        /// Half of a surrogate pair whose other half is missing.
        case surrogate(UInt32)
    }

    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { rest = text }

    mutating func next() -> Unit? {
        guard let byte = rest.popFirst() else { return nil }
        guard byte == UInt8(ascii: "\\") else { return .byte(byte) }
        switch rest.popFirst() {
        case UInt8(ascii: "u"): return unicode()
        case UInt8(ascii: "b"): return .scalar("\u{8}")
        case UInt8(ascii: "f"): return .scalar("\u{C}")
        case UInt8(ascii: "n"): return .scalar("\n")
        case UInt8(ascii: "r"): return .scalar("\r")
        case UInt8(ascii: "t"): return .scalar("\t")
        case let letter?: return .scalar(Unicode.Scalar(letter))
        case nil: return nil
        }
    }

    private mutating func unicode() -> Unit {
        let first = EscapedText.digits(rest.prefix(4))
        rest = rest.dropFirst(4)
        if let scalar = Unicode.Scalar(first) { return .scalar(scalar) }
        let second = EscapedText.digits(rest.dropFirst(2).prefix(4))
        guard first < 0xDC00, rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]), 0xDC00..<0xE000 ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF))
        else { return .surrogate(first) }
        rest = rest.dropFirst(6)
        return .scalar(scalar)
    }

    private static func digits(_ text: ArraySlice<UInt8>) -> UInt32 {
        text.reduce(0) { $0 << 4 | (hexDigit($1) ?? 0) }
    }
}
