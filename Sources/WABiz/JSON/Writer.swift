// Emits JSON that carries raw slices of what was read, so that a number keeps its spelling, an escape its form and an
// unknown member its place: events, expanded short forms, outcomes with the caller's tag.

/// An append-only JSON text. The caller keeps begin and end in pairs.
public struct JSONWriter: ~Copyable {
    /// The text so far.
    public private(set) var text: TextMemory
    private var needsComma = false

    public init(capacity: Int = 512) { text = TextMemory(capacity: capacity) }

    /// The text so far, copied.
    public var bytes: [UInt8] { text.array }

    /// Begins anew, in the memory that it has.
    mutating func clear() {
        text.cut(to: 0)
        needsComma = false
    }

    /// The text, for whoever keeps it.
    public consuming func finish() -> TextMemory { text }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member's name, plain ASCII without anything to escape.
    public mutating func name(_ name: StaticString) {
        separate()
        text.append(name, between: UInt8(ascii: "\""), and: UInt8(ascii: "\""))
        text.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member's name as it was read.
    public mutating func name(_ name: JSONView) {
        raw(name)
        text.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member whose value is a text; nothing when there is none.
    mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        self.name(name)
        string(text)
    }

    /// A value as it was read.
    public mutating func raw(_ view: JSONView) {
        separate()
        unsafe text.append(view.slice)
    }

    /// A value that is JSON text already.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        text.append(json)
    }

    /// A value that is JSON text already, where it lies.
    mutating func raw(_ json: borrowing TextMemory) {
        separate()
        text.append(json)
    }

    /// Writes a value with what `write` appends to the text; takes back what was written when it says that there is none.
    mutating func value(_ write: (inout TextMemory) -> Bool) -> Bool {
        let (length, hadComma) = (text.count, needsComma)
        separate()
        if write(&text) { return true }
        text.cut(to: length)
        needsComma = hadComma
        return false
    }

    public mutating func string(_ string: String) {
        separate()
        var string = string
        string.withUTF8 { unsafe quote($0) }
    }

    public mutating func string(_ word: StaticString) {
        separate()
        word.withUTF8Buffer { unsafe quote($0) }
    }

    private mutating func quote(_ utf8: UnsafeBufferPointer<UInt8>) {
        text.append(UInt8(ascii: "\""))
        // Most strings hold nothing to escape.
        if unsafe isPlain(utf8) {
            unsafe text.append(UnsafeRawBufferPointer(utf8))
        } else {
            for unsafe byte in unsafe utf8 { escape(byte) }
        }
        text.append(UInt8(ascii: "\""))
    }

    /// Whether nothing in there has to be escaped, eight bytes at a time. It may say no where yes is true: then each byte is asked.
    private func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let bytes = UnsafeRawBufferPointer(utf8)
        var at = 0
        while at + 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let found = (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- (ones &* 0x20)) & ~word
            if found & tops != 0 { return false }
            at += 8
        }
        return unsafe bytes[at...].allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    public mutating func integer(_ number: Int) {
        separate()
        text.append(decimal: number)
    }

    public mutating func bool(_ bool: Bool) { literal(bool ? "true" : "false") }
    public mutating func null() { literal("null") }

    private mutating func literal(_ word: StaticString) {
        separate()
        unsafe text.append(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        text.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        text.append(bracket)
        needsComma = true
    }

    @inline(__always) private mutating func separate() {
        if needsComma { text.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            text.append(UInt8(ascii: "\\"))
            text.append(byte)
        case 0..<0x20:
            text.append([UInt8(ascii: "\\"), UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        default: text.append(byte)
        }
    }

    private func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ (value &- 10) }
}
