// The forms in which Meta may have written a JSON text that was parsed and written again on its way: without white space,
// with escapes for everything beyond ASCII, with or without escaped slashes. Only to explain a signature that does not match.

struct EscapedForm: ~Copyable {
    /// Meta sends at most 3 MB.
    static let longest = 4 << 20

    private var text: TextMemory
    private let escapesSlashes: Bool

    /// Nil when the body is too long, no UTF-8, or written this way already.
    static func of(_ body: UnsafeRawBufferPointer, escapesSlashes: Bool) -> TextMemory? {
        guard body.count <= longest else { return nil }
        var form = EscapedForm(capacity: body.count + body.count / 4, escapesSlashes: escapesSlashes)
        var scalars = unsafe Scalars(body)
        form.write(&scalars)
        guard scalars.isValid, !form.text.isExhausted, unsafe !form.text.bytes.elementsEqual(body) else { return nil }
        return form.text
    }

    private init(capacity: Int, escapesSlashes: Bool) {
        text = TextMemory(capacity: capacity)
        self.escapesSlashes = escapesSlashes
    }

    /// The characters of UTF-8, up to its end or to what is none.
    @safe private struct Scalars {
        private var bytes: UnsafeRawBufferPointer.Iterator
        private var decoder = UTF8()
        private(set) var isValid = true

        init(_ body: UnsafeRawBufferPointer) { unsafe bytes = body.makeIterator() }

        mutating func next() -> Unicode.Scalar? {
            switch unsafe decoder.decode(&bytes) {
            case .scalarValue(let scalar): return scalar
            case .emptyInput: return nil
            case .error:
                isValid = false
                return nil
            }
        }
    }

    private mutating func write(_ rest: inout Scalars) {
        var isInString = false
        while let scalar = rest.next() {
            guard isInString else {
                isInString = scalar == "\""
                if !(scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t") { append(scalar) }
                continue
            }
            switch scalar {
            case "\"":
                isInString = false
                append(scalar)
            case "\\": escape(&rest)
            case "/": slash()
            default: append(scalar)
            }
        }
    }

    /// An escape that is there already: its digits in small letters, as Meta writes them.
    private mutating func escape(_ rest: inout Scalars) {
        guard let letter = rest.next() else { return text.append(UInt8(ascii: "\\")) }
        if letter == "/" { return slash() }
        text.append(UInt8(ascii: "\\"))
        append(letter)
        guard letter == "u" else { return }
        for _ in 0..<4 {
            guard let digit = rest.next() else { return }
            if digit.isASCII, let byte = UInt8(exactly: digit.value) {
                text.append(0x41...0x46 ~= byte ? byte | 0x20 : byte)
            }
        }
    }

    private mutating func slash() {
        if escapesSlashes { text.append(UInt8(ascii: "\\")) }
        text.append(UInt8(ascii: "/"))
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        guard !scalar.isASCII else { return text.append(UInt8(truncatingIfNeeded: scalar.value)) }
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
            text.append(UInt8(ascii: "\\"))
            text.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] { text.append(Digest.hexDigit(UInt8(truncatingIfNeeded: unit >> shift & 15))) }
        }
    }
}
