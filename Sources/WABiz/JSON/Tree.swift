// Composes JSON documents with Jansson: reports, failures, receipts, descriptions and what the Swift builders write.
// Reading is the tape's work (Tape.swift); documents that carry the caller's own slices are the writer's (Writer.swift).
import CJansson

/// A JSON value that is being built. Jansson's reference count is its only ownership.
@safe public final class Tree {
    private let value: UnsafeMutablePointer<json_t>
    /// Significant digits that the reals in here need to be read back as the same doubles.
    private var digits: Int32 = 1

    private init(adopting value: UnsafeMutablePointer<json_t>?) {
        // Jansson answers NULL only when memory is gone; its null needs none.
        unsafe self.value = value ?? json_null()
    }

    deinit { unsafe wabiz_json_release(value) }

    // Jansson asks for its hash seed once, before any object exists and before threads meet there.
    private static let seeded: Void = json_object_seed(0)

    public static var null: Tree { unsafe Tree(adopting: json_null()) }
    public static func bool(_ bool: Bool) -> Tree { unsafe Tree(adopting: bool ? json_true() : json_false()) }
    public static func integer(_ number: Int) -> Tree { unsafe Tree(adopting: json_integer(json_int_t(number))) }

    /// A real number; one that JSON cannot say (infinite, not a number) becomes null.
    public static func real(_ number: Double) -> Tree {
        guard number.isFinite else { return .null }
        let tree = unsafe Tree(adopting: json_real(number))
        tree.digits = significantDigits(of: number)
        return tree
    }

    public static func string(_ text: String) -> Tree {
        var text = text
        return text.withUTF8 { utf8 in
            unsafe utf8.withMemoryRebound(to: CChar.self) { unsafe Tree(adopting: json_stringn($0.baseAddress, $0.count)) }
        }
    }

    public static func array(_ elements: [Tree] = []) -> Tree {
        let tree = unsafe Tree(adopting: json_array())
        for element in elements { tree.append(element) }
        return tree
    }

    public static func object(_ members: [(String, Tree?)] = []) -> Tree {
        _ = seeded
        let tree = unsafe Tree(adopting: json_object())
        for (name, member) in members { tree.set(name, member) }
        return tree
    }

    /// Sets a member of an object; nil sets nothing.
    public func set(_ name: String, _ member: Tree?) {
        guard let member else { return }
        var name = name
        name.withUTF8 { utf8 in
            unsafe utf8.withMemoryRebound(to: CChar.self) {
                _ = unsafe json_object_setn_new(value, $0.baseAddress, $0.count, wabiz_json_retain(member.value))
            }
        }
        digits = max(digits, member.digits)
    }

    public func append(_ element: Tree) {
        _ = unsafe json_array_append_new(value, wabiz_json_retain(element.value))
        digits = max(digits, element.digits)
    }

    /// True when this is an object or array without content.
    public var isEmpty: Bool { unsafe json_object_size(value) == 0 && json_array_size(value) == 0 }

    /// The compact text of the document, members in the order they were set.
    public var bytes: [UInt8] {
        let flags = Int(JSON_COMPACT) | Int(JSON_ENCODE_ANY) | Int(wabiz_json_precision(digits))
        func dump(_ capacity: Int) -> (bytes: [UInt8], needed: Int) {
            var needed = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                needed = unsafe buffer.withMemoryRebound(to: CChar.self) {
                    unsafe Int(json_dumpb(value, $0.baseAddress, capacity, flags))
                }
                count = min(needed, capacity)
            }
            return (bytes, needed)
        }
        let (first, needed) = dump(1024)
        return needed <= 1024 ? first : dump(needed).bytes
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// How many digits the shortest spelling of a double has: Swift prints the shortest one that reads back the same.
    private static func significantDigits(of number: Double) -> Int32 {
        let mantissa = number.magnitude.description.utf8.prefix { $0 != UInt8(ascii: "e") }
        let count = mantissa.filter { $0 != UInt8(ascii: ".") }.drop { $0 == UInt8(ascii: "0") }.count
        return Int32(clamping: min(max(count, 1), 17))
    }
}

// No literal for null: in `isEmpty ? nil : tree` it would be a null that is written, where none is meant.
extension Tree: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    public convenience init(dictionaryLiteral elements: (String, Tree)...) {
        _ = Tree.seeded
        unsafe self.init(adopting: json_object())
        for (name, member) in elements { set(name, member) }
    }
    public convenience init(arrayLiteral elements: Tree...) {
        unsafe self.init(adopting: json_array())
        for element in elements { append(element) }
    }
    public convenience init(stringLiteral text: String) {
        let source = Tree.string(text)
        unsafe self.init(adopting: wabiz_json_retain(source.value))
    }
    public convenience init(integerLiteral number: Int) { unsafe self.init(adopting: json_integer(json_int_t(number))) }
    public convenience init(floatLiteral number: Double) {
        let source = Tree.real(number)
        unsafe self.init(adopting: wabiz_json_retain(source.value))
        digits = source.digits
    }
    public convenience init(booleanLiteral bool: Bool) { unsafe self.init(adopting: bool ? json_true() : json_false()) }
}
