// The forms in which Meta may have written a JSON text that was parsed and written again on its way: without white space,
// with escapes for everything beyond ASCII, with or without escaped slashes. Only to explain a signature that does not match.

struct EscapedForm {
    /// Meta sends at most 3 MB.
    static let longest = 4 << 20

    private var text: [UInt8] = []
    private let escapesSlashes: Bool

    /// Nil when the body is too long, no UTF-8, or written this way already.
    static func of(_ body: UnsafeRawBufferPointer, escapesSlashes: Bool) -> [UInt8]? {
        guard body.count <= longest else { return nil }
        let bytes = unsafe [UInt8](body)
        guard let string = String(validating: bytes, as: UTF8.self) else { return nil }
        var form = EscapedForm(escapesSlashes: escapesSlashes)
        form.text.reserveCapacity(bytes.count + bytes.count / 4)
        form.write(string.unicodeScalars)
        return form.text == bytes ? nil : form.text
    }

    private init(escapesSlashes: Bool) { self.escapesSlashes = escapesSlashes }

    private mutating func write(_ scalars: String.UnicodeScalarView) {
        var isInString = false
        var rest = scalars.makeIterator()
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
    private mutating func escape(_ rest: inout String.UnicodeScalarView.Iterator) {
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
            text.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
            for shift in [12, 8, 4, 0] { text.append(Digest.hexDigit(UInt8(truncatingIfNeeded: unit >> shift & 15))) }
        }
    }
}
