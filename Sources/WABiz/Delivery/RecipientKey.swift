// Whom a message goes to, as one number: the pair rule counts by it. "+1 (555) 000-1234" and "15550001234" are one person.

enum RecipientKey {
    /// Nil for groups, which the pair rule does not know, and for what goes to nobody.
    static func of(_ payload: JSONView) -> UInt64? {
        guard payload["recipient_type"]?.equals("group") != true else { return nil }
        // Meta takes the phone number where both are there.
        return payload["to"]?.withText(key).flatMap { $0 } ?? payload["recipient"]?.withText(key).flatMap { $0 }
    }

    /// Of a person as an outbox knows them.
    static func of(person: String) -> UInt64? {
        var person = person
        return person.withUTF8 { unsafe key(TextBytes($0)) }
    }

    /// Phone numbers keep their digits, so that no two of them share a key; anything else is hashed.
    private static func key(_ text: TextBytes) -> UInt64? {
        guard !text.isEmpty else { return nil }
        var digits: UInt64 = 1
        var count = 0
        for byte in text {
            if WebAddress.isDigit(byte) {
                count += 1
                digits = digits &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
            } else if !isMark(byte) || count > 17 {
                return hash(text)
            }
        }
        return 1...17 ~= count ? digits : hash(text)
    }

    /// What phone numbers are written with beside digits.
    static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): true
        default: false
        }
    }

    /// Above every phone number's key.
    private static func hash(_ text: TextBytes) -> UInt64 {
        var hasher = Hasher()
        for byte in text { hasher.combine(byte) }
        return UInt64(UInt(bitPattern: hasher.finalize())) | 1 << 63
    }
}
