// Base64 (RFC 4648) between texts and bytes. Strict: no white space, the padding complete, no bits left over.

enum Base64 {
    enum Alphabet {
        case standard
        /// `-` and `_`, without padding, as in JSON Web Tokens.
        case url
    }

    static func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        digits.withUTF8Buffer { digits in
            var at = 0
            while at < bytes.count {
                let left = min(3, bytes.count - at)
                var group: UInt32 = 0
                for offset in 0..<3 { unsafe group = group << 8 | (offset < left ? UInt32(bytes[at + offset]) : 0) }
                for index in 0..<4 {
                    unsafe text.append(index <= left ? digits[Int(group >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
                }
                at += 3
            }
        }
        return text
    }

    static func encode(_ bytes: [UInt8]) -> [UInt8] { unsafe bytes.withUnsafeBytes { unsafe encode($0) } }

    /// Nil for anything else than base64.
    static func decode(_ text: some Collection<UInt8>, _ alphabet: Alphabet = .standard) -> WipedBytes? {
        var digits = text.count
        if alphabet == .standard {
            guard digits % 4 == 0 else { return nil }
            let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
            digits -= padding
        }
        guard digits % 4 != 1 else { return nil }
        let bytes = WipedBytes(count: digits * 3 / 4)
        let isGood = unsafe bytes.withMutableBytes { bytes in
            var group: UInt32 = 0
            var bits = 0
            var at = 0
            for digit in text.prefix(digits) {
                guard let value = value(digit, alphabet) else { return false }
                group = group << 6 | value
                bits += 6
                guard bits >= 8 else { continue }
                bits -= 8
                unsafe bytes[at] = UInt8(truncatingIfNeeded: group >> UInt32(bits))
                at += 1
                group &= (1 << UInt32(bits)) - 1
            }
            return group == 0
        }
        return isGood ? bytes : nil
    }

    private static func value(_ digit: UInt8, _ alphabet: Alphabet) -> UInt32? {
        switch (digit, alphabet) {
        case (UInt8(ascii: "A")...UInt8(ascii: "Z"), _): UInt32(digit) - 65
        case (UInt8(ascii: "a")...UInt8(ascii: "z"), _): UInt32(digit) - 71
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), _): UInt32(digit) + 4
        case (UInt8(ascii: "+"), .standard), (UInt8(ascii: "-"), .url): 62
        case (UInt8(ascii: "/"), .standard), (UInt8(ascii: "_"), .url): 63
        default: nil
        }
    }
}
