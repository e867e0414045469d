// Recognises the scalars of JSON in bytes that may hold anything: names, strings, numbers and words, with their UTF-8.
// The tape (Tape.swift) asks for one after the other; every read is bounded by `end`.

@safe struct Scanner {
    private let text: UnsafePointer<UInt8>
    private let end: Int
    private let tolerance: JSONTolerance
    private var at = 0

    init(text: UnsafePointer<UInt8>, end: Int, tolerance: JSONTolerance) {
        unsafe self.text = text
        self.end = end
        self.tolerance = tolerance
    }

    var isAtEnd: Bool { at == end }
    var offset: UInt32 { UInt32(truncatingIfNeeded: at) }
    /// The byte here; 0 at the end, which no JSON text holds outside of strings and is refused inside.
    var peek: UInt8 { byte(at) }
    mutating func advance() { at += 1 }

    @inline(__always) private func byte(_ index: Int) -> UInt8 { unsafe index < end ? text[index] : 0 }

    mutating func skipSpace() {
        while true {
            switch byte(at) {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    mutating func expect(_ wanted: UInt8, _ message: String) throws(Failure) {
        guard byte(at) == wanted else { throw failure(message) }
        at += 1
    }

    func failure(_ message: String) -> Failure {
        var line = 1
        var lineStart = 0
        for index in 0..<min(at, end) where byte(index) == 0x0A {
            line += 1
            lineStart = index + 1
        }
        let place = isAtEnd ? "The text ends too early" : "Line \(line), column \(at - lineStart + 1)"
        return Failure(
            .badJSON, "\(place): \(message)", position: TextPosition(line: line, column: at - lineStart + 1, byte: at))
    }

    mutating func name() throws(Failure) -> Token {
        guard byte(at) == UInt8(ascii: "\"") else { throw failure("A member's name in double quotes belongs here.") }
        return try string()
    }

    mutating func scalar() throws(Failure) -> Token {
        switch byte(at) {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .true)
        case UInt8(ascii: "f"): return try word("false", .false)
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw failure("A JSON value belongs here.")
        }
    }

    private mutating func word(_ word: StaticString, _ kind: JSONKind) throws(Failure) -> Token {
        let start = at
        for offset in 0..<word.utf8CodeUnitCount {
            guard unsafe byte(start + offset) == word.utf8Start[offset] else { throw failure("A JSON value belongs here.") }
        }
        at += word.utf8CodeUnitCount
        // Jansson reads a whole run of letters as one word, so that "nullx" is no value.
        switch byte(at) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            throw failure("A JSON value belongs here.")
        default: return token(kind, from: start)
        }
    }

    private func token(_ kind: JSONKind, from start: Int, flags: UInt32 = 0) -> Token {
        Token(start: UInt32(truncatingIfNeeded: start), end: offset, next: 0, info: kind.rawValue | flags)
    }

    // MARK: Numbers

    private mutating func digits() -> Int {
        let start = at
        while byte(at) &- UInt8(ascii: "0") < 10 { at += 1 }
        return at - start
    }

    private mutating func number() throws(Failure) -> Token {
        let start = at
        if byte(at) == UInt8(ascii: "-") { at += 1 }
        if byte(at) == UInt8(ascii: "0") {
            at += 1
            guard byte(at) &- UInt8(ascii: "0") >= 10 else { throw failure("A number has no leading zero.") }
        } else {
            guard digits() > 0 else { throw failure("A digit belongs here.") }
        }
        var isReal = false
        if byte(at) == UInt8(ascii: ".") {
            isReal = true
            at += 1
            guard digits() > 0 else { throw failure("A digit belongs behind the decimal point.") }
        }
        var hasExponent = false
        if byte(at) | 0x20 == UInt8(ascii: "e") {
            isReal = true
            hasExponent = true
            at += 1
            if byte(at) == UInt8(ascii: "+") || byte(at) == UInt8(ascii: "-") { at += 1 }
            guard digits() > 0 else { throw failure("A digit belongs in the exponent.") }
        }
        if tolerance == .strict {
            // Only a long number can be too large; the usual short one is not looked at again.
            if !isReal, at - start >= 19, Int64(spelling(from: start)) == nil {
                throw failure("The integer does not fit 64 bits; write it as a string if it is an id.")
            }
            if isReal, hasExponent || at - start > 300, Double(spelling(from: start))?.isFinite != true {
                throw failure("The number is too large for a double.")
            }
        }
        return token(isReal ? .real : .integer, from: start)
    }

    private func spelling(from start: Int) -> String {
        unsafe String(decoding: UnsafeBufferPointer(start: text + start, count: at - start), as: UTF8.self)
    }

    // MARK: Strings

    /// Most strings are plain and end at their first mark.
    @inline(__always) private mutating func string() throws(Failure) -> Token {
        let start = at
        at += 1
        skipPlain()
        guard byte(at) == UInt8(ascii: "\"") else { return try rest(of: start) }
        at += 1
        return token(.string, from: start)
    }

    @inline(never) private mutating func rest(of start: Int) throws(Failure) -> Token {
        var flags: UInt32 = 0
        while true {
            skipPlain()
            let first = byte(at)
            switch first {
            case UInt8(ascii: "\""):
                at += 1
                return token(.string, from: start, flags: flags)
            case UInt8(ascii: "\\"):
                flags = Token.escaped
                try escape()
            case 0..<0x20:
                throw failure(isAtEnd ? "A string is not closed." : "Write control characters in strings as escapes, such as \\n.")
            case 0..<0x80: at += 1
            default: try multibyte(first)
            }
        }
    }

    /// Goes over plain ASCII eight bytes at a time, up to the first byte that ends it; the last seven bytes of a text are left.
    /// A borrow only ever reaches bytes above one that is marked, so that the lowest mark is always right.
    @inline(__always) private mutating func skipPlain() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while at + 8 <= end {
            // The first byte is the lowest, whatever the machine.
            let word = UInt64(littleEndian: unsafe UnsafeRawPointer(text + at).loadUnaligned(as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let special = word | (quote &- ones) | (backslash &- ones) | (word &- (ones &* 0x20))
            let marks = special & tops
            if marks != 0 {
                at += marks.trailingZeroBitCount >> 3
                return
            }
            at += 8
        }
    }

    private mutating func escape() throws(Failure) {
        switch byte(at + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            guard tolerance == .strict else { return }
            switch unit {
            case 0: throw failure("\\u0000 cannot be sent in a string.")
            case 0xD800..<0xDC00:
                guard byte(at) == UInt8(ascii: "\\"), byte(at + 1) == UInt8(ascii: "u"), case 0xDC00..<0xE000 = try codeUnit() else {
                    throw failure("A high surrogate escape needs its low one behind it.")
                }
            case 0xDC00..<0xE000: throw failure("A low surrogate escape needs its high one before it.")
            default: return
            }
        default: throw failure("Not an escape that JSON knows.")
        }
    }

    private mutating func codeUnit() throws(Failure) -> UInt32 {
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = hexDigit(byte(at + offset)) else { throw failure("Four hexadecimal digits belong behind \\u.") }
            unit = unit << 4 | digit
        }
        at += 6
        return unit
    }

    /// One character of two to four bytes: no overlong form, no surrogate, nothing above U+10FFFF.
    private mutating func multibyte(_ first: UInt8) throws(Failure) {
        let second = byte(at + 1)
        let length: Int
        switch (first, second) {
        case (0xC2...0xDF, 0x80...0xBF): length = 2
        case (0xE0, 0xA0...0xBF), (0xE1...0xEC, 0x80...0xBF), (0xED, 0x80...0x9F), (0xEE...0xEF, 0x80...0xBF): length = 3
        case (0xF0, 0x90...0xBF), (0xF1...0xF3, 0x80...0xBF), (0xF4, 0x80...0x8F): length = 4
        default: throw failure("The bytes here are not UTF-8.")
        }
        for offset in 2..<max(length, 2) where byte(at + offset) & 0xC0 != 0x80 { throw failure("The bytes here are not UTF-8.") }
        at += length
    }
}

/// The value of a hexadecimal digit.
@inline(__always) func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte) - 0x57
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte) - 0x37
    default: nil
    }
}
