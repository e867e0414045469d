// Canonical JSON: one spelling for equal documents, to be hashed into the keys of events that carry no id of their own and compared
// under the keys of an outbox. No white space, members sorted by name, one form for every escape. Numbers keep their spelling.

enum Canonical {
    /// Appends the canonical text of a value. False when there was no memory for it.
    static func write(_ root: JSONView, to text: inout [UInt8]) -> Bool {
        var canonical = CanonicalText()
        canonical.append(root)
        unsafe text.append(contentsOf: canonical.text.bytes)
        return !canonical.text.isExhausted
    }
}

/// Canonical texts, in memory that is kept for the next one.
struct CanonicalText: ~Copyable {
    private(set) var text = TextMemory()
    /// The objects and arrays that are being written, the innermost last: no recursion.
    private var open: [Container] = []
    /// The members of all open objects that are not written yet: those of the innermost last, and its next one at the end.
    private var members: [Member] = []

    private struct Container {
        var elements: JSONView.Elements
        /// How many of `members` belong to objects around this one; nil for an array.
        let floor: Int?
        var isEmpty = true
    }

    private struct Member {
        let name: JSONView
        let value: JSONView
    }

    /// Begins anew.
    mutating func clear() { text.cut(to: 0) }

    /// Appends the canonical text of a value.
    mutating func append(_ root: JSONView) {
        begin(root)
        while let innermost = open.indices.last {
            guard let value = next(innermost) else {
                text.append(open[innermost].floor == nil ? UInt8(ascii: "]") : UInt8(ascii: "}"))
                open.removeLast()
                continue
            }
            begin(value)
        }
    }

    /// Writes a scalar; opens anything else.
    private mutating func begin(_ value: JSONView) {
        guard value.isObject || value.isArray else { return scalar(value) }
        text.append(value.isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        open.append(Container(elements: value.elements, floor: value.isObject ? members.count : nil))
        if value.isObject { sort(value) }
    }

    /// What is written next of a container; a comma, and a member's name, come before it.
    private mutating func next(_ innermost: Int) -> JSONView? {
        guard let floor = open[innermost].floor else {
            guard let element = open[innermost].elements.next() else { return nil }
            separate(innermost)
            return element
        }
        guard members.count > floor, let member = members.popLast() else { return nil }
        separate(innermost)
        scalar(member.name)
        text.append(UInt8(ascii: ":"))
        return member.value
    }

    private mutating func separate(_ innermost: Int) {
        if !open[innermost].isEmpty { text.append(UInt8(ascii: ",")) }
        open[innermost].isEmpty = false
    }

    // MARK: Members

    /// Most objects have so few members that each finds its place among those before it at less cost than any other way.
    private static let fewest = 16

    /// Appends the members of an object, the first one last, by the UTF-8 of their names; repeated names stay in their order.
    private mutating func sort(_ object: JSONView) {
        let floor = members.count
        let isSmall = object.count <= Self.fewest
        for (name, value) in object.members {
            members.append(Member(name: name, value: value))
            guard isSmall else { continue }
            var place = members.count - 1
            while place > floor, !Self.precedes(name, members[place - 1].name) {
                members.swapAt(place, place - 1)
                place -= 1
            }
        }
        guard !isSmall else { return }
        unsafe members.withUnsafeMutableBufferPointer { all in
            var own = unsafe UnsafeMutableBufferPointer(rebasing: all[floor...])
            unsafe own.sort { left, right in
                if Self.precedes(right.name, left.name) { return true }
                return right.name.offset < left.name.offset && !Self.precedes(left.name, right.name)
            }
        }
    }

    private static func precedes(_ left: JSONView, _ right: JSONView) -> Bool {
        if left.isEscaped || right.isEscaped { return (left.utf8 ?? []).lexicographicallyPrecedes(right.utf8 ?? []) }
        let (left, right) = unsafe (left.inside, right.inside)
        var same = 0
        while same < left.count, same < right.count, unsafe left[same] == right[same] { same &+= 1 }
        return unsafe same < right.count && (same == left.count || left[same] < right[same])
    }

    // MARK: Scalars

    private mutating func scalar(_ value: JSONView) {
        guard value.isString, value.isEscaped else { return unsafe text.append(value.slice) }
        text.append(UInt8(ascii: "\""))
        var escapes = unsafe EscapedText(value.inside)
        while let unit = escapes.next() { write(unit) }
        text.append(UInt8(ascii: "\""))
    }

    /// Writes what an escape stands for: itself where JSON allows it, else in the shortest escape.
    private mutating func write(_ unit: EscapedText.Unit) {
        switch unit {
        case .plain(let bytes): unsafe text.append(bytes)
        case .scalar("\""): text.append([UInt8(ascii: "\\"), UInt8(ascii: "\"")])
        case .scalar("\\"): text.append([UInt8(ascii: "\\"), UInt8(ascii: "\\")])
        case .scalar(let scalar) where scalar.value < 0x20: text.append(Self.escape(scalar.value))
        case .scalar(let scalar): for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { text.append(byte) }
        case .surrogate(let half): text.append(Self.escape(half))
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

/// The inside of a string with escapes, which the tape has checked, unit by unit and without loss. Valid no longer than the tape.
@safe private struct EscapedText {
    @safe enum Unit {
        /// Bytes up to the next escape.
        case plain(UnsafeRawBufferPointer)
        case scalar(Unicode.Scalar)
        /// Half of a surrogate pair whose other half is missing.
        case surrogate(UInt32)
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var at = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { unsafe self.text = text }

    /// 0 behind the end.
    private func byte(_ index: Int) -> UInt8 { unsafe index < text.count ? text[index] : 0 }

    mutating func next() -> Unit? {
        guard unsafe at < text.count else { return nil }
        guard byte(at) == UInt8(ascii: "\\") else { return plain() }
        at += 2
        switch byte(at - 1) {
        case UInt8(ascii: "u"): return unicode()
        case UInt8(ascii: "b"): return .scalar("\u{8}")
        case UInt8(ascii: "f"): return .scalar("\u{C}")
        case UInt8(ascii: "n"): return .scalar("\n")
        case UInt8(ascii: "r"): return .scalar("\r")
        case UInt8(ascii: "t"): return .scalar("\t")
        case let letter: return .scalar(Unicode.Scalar(letter))
        }
    }

    private mutating func plain() -> Unit {
        let start = at
        while unsafe at < text.count, unsafe text[at] != UInt8(ascii: "\\") { at &+= 1 }
        return unsafe .plain(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text[start..<at])))
    }

    private mutating func unicode() -> Unit {
        let first = digits(at)
        at += 4
        if let scalar = Unicode.Scalar(first) { return .scalar(scalar) }
        let second = digits(at + 2)
        guard first < 0xDC00, byte(at) == UInt8(ascii: "\\"), byte(at + 1) == UInt8(ascii: "u"), 0xDC00..<0xE000 ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF))
        else { return .surrogate(first) }
        at += 6
        return .scalar(scalar)
    }

    private func digits(_ index: Int) -> UInt32 { (0..<4).reduce(0) { $0 << 4 | (hexDigit(byte(index + $1)) ?? 0) } }
}
