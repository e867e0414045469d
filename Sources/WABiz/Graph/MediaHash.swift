// The SHA-256 of a media file, in both spellings of Meta's: base64 in webhooks, hexadecimal in the metadata of the media
// endpoint and on the On-Premises API. Length and alphabet tell which; the bytes are compared.

package struct MediaHash: Sendable, Equatable {
    /// 32 bytes.
    package let bytes: [UInt8]

    init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 hexadecimal digits of either case, or 44 characters of base64 (43 without the sign at the end; also the
    /// alphabet that is safe in URLs). Nil for anything else.
    package init?(_ text: String) {
        let written = Array(text.utf8)
        let bytes = written.count == 64 ? MediaHash.bytes(hex: written) : MediaHash.bytes(base64: written)
        guard let bytes else { return nil }
        self.init(bytes: bytes)
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func bytes(hex: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in hex {
            guard let value = hexDigit(digit) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | UInt8(truncatingIfNeeded: value))
                high = nil
            } else {
                high = UInt8(truncatingIfNeeded: value)
            }
        }
        return bytes
    }

    private static func bytes(base64 text: [UInt8]) -> [UInt8]? {
        guard text.count == 43 || text.count == 44 && text.last == UInt8(ascii: "=") else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for letter in text.prefix(43) {
            guard let value = value(base64: letter) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    private static func value(base64 letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
