// Canonical JSON: one spelling for equal documents, to be hashed into the keys of events that carry no id of their own.
// No white space, members sorted by name, one form for every escape. Numbers keep their spelling.

enum Canonical {
    /// Appends the canonical text of a value. Works on a list of what is left to write: no recursion.
    static func write(_ value: JSONView, to text: inout [UInt8]) {
        var left: [Step] = [.value(value)]
        while let step = left.popLast() {
            switch step {
            case .byte(let byte): text.append(byte)
            case .name(let name):
                text.append(contentsOf: name)
                text.append(UInt8(ascii: ":"))
            case .value(let value) where value.isObject:
                text.append(UInt8(ascii: "{"))
                push(Member.sorted(value), on: &left)
            case .value(let value) where value.isArray:
                text.append(UInt8(ascii: "["))
                push(value, on: &left)
            case .value(let value): scalar(value, to: &text)
            }
        }
    }

    private enum Step {
        case value(JSONView)
        case name([UInt8])
        case byte(UInt8)
    }

    private struct Member {
        let name: [UInt8]
        let order: Int
        let value: JSONView

        /// Members by the bytes of their canonical names; repeated names stay in their order.
        static func sorted(_ object: JSONView) -> [Member] {
            var members: [Member] = []
            members.reserveCapacity(object.count)
            for (name, value) in object.members {
                var spelling: [UInt8] = []
                scalar(name, to: &spelling)
                members.append(Member(name: spelling, order: members.count, value: value))
            }
            return members.sorted { left, right in
                if left.name == right.name { return left.order < right.order }
                return left.name.lexicographicallyPrecedes(right.name)
            }
        }
    }

    // What is pushed last is written first.
    private static func push(_ members: [Member], on left: inout [Step]) {
        left.append(.byte(UInt8(ascii: "}")))
        for (index, member) in members.enumerated().reversed() {
            left.append(.value(member.value))
            left.append(.name(member.name))
            if index > 0 { left.append(.byte(UInt8(ascii: ","))) }
        }
    }

    private static func push(_ array: JSONView, on left: inout [Step]) {
        left.append(.byte(UInt8(ascii: "]")))
        for (index, element) in Array(array.elements).enumerated().reversed() {
            left.append(.value(element))
            if index > 0 { left.append(.byte(UInt8(ascii: ","))) }
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
