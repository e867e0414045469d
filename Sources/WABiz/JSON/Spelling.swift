// What the bytes of a string or number spell: escapes decoded or compared in place, decimal digits as a value. The scanner has
// checked the escapes before.

/// Compares text that may hold escapes with an ASCII word, up to the first difference and without a copy: a document may hold
/// a million escaped names, and each is compared with many words.
func matchesEscaped(_ bytes: UnsafeBufferPointer<UInt8>, _ word: StaticString, ignoringCase: Bool) -> Bool {
    func byte(_ index: Int) -> UInt8 { unsafe index < bytes.count ? bytes[index] : 0 }
    var at = 0
    for index in 0..<word.utf8CodeUnitCount {
        guard at < bytes.count else { return false }
        var unit = UInt32(byte(at))
        if unit != UInt8(ascii: "\\") {
            at += 1
        } else if byte(at + 1) == UInt8(ascii: "u") {
            unit = (2..<6).reduce(0) { $0 << 4 | (hexDigit(byte(at + $1)) ?? 0) }
            at += 6
        } else {
            unit = UInt32(simpleEscape(byte(at + 1)))
            at += 2
        }
        if ignoringCase, 0x41...0x5A ~= unit { unit |= 0x20 }
        guard unsafe unit == UInt32(word.utf8Start[index]) else { return false }
    }
    return at == bytes.count
}

/// Decodes backslash escapes that the scanner has already checked. An unpaired surrogate becomes U+FFFD.
func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    func byte(_ index: Int) -> UInt8 { unsafe index < bytes.count ? bytes[index] : 0 }
    func unit(_ index: Int) -> UInt32? {
        guard byte(index) == UInt8(ascii: "\\"), byte(index + 1) == UInt8(ascii: "u") else { return nil }
        return (2..<6).reduce(0) { $0 << 4 | (hexDigit(byte(index + $1)) ?? 0) }
    }
    var at = 0
    while at < bytes.count {
        guard byte(at) == UInt8(ascii: "\\") else {
            text.append(byte(at))
            at += 1
            continue
        }
        guard var scalar = unit(at) else {
            text.append(simpleEscape(byte(at + 1)))
            at += 2
            continue
        }
        at += 6
        if 0xD800..<0xDC00 ~= scalar, let low = unit(at), 0xDC00..<0xE000 ~= low {
            scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            at += 6
        }
        text.append(contentsOf: String(Unicode.Scalar(scalar).map(Character.init) ?? "\u{FFFD}").utf8)
    }
    return text
}

private func simpleEscape(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
}

/// The value of decimal digits, with or without a sign before them; nil for anything else and beyond 64 bits.
func decimal(_ text: UnsafeRawBufferPointer) -> Int? {
    let isNegative = unsafe text.first == UInt8(ascii: "-")
    let digits = unsafe text.dropFirst(isNegative || text.first == UInt8(ascii: "+") ? 1 : 0)
    guard unsafe !digits.isEmpty else { return nil }
    var value = 0
    for unsafe byte in unsafe digits {
        let digit = byte &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        // Towards its sign, because the least integer has no positive counterpart.
        let (tens, isBeyond) = value.multipliedReportingOverflow(by: 10)
        let (sum, isPast) = isNegative ? tens.subtractingReportingOverflow(Int(digit)) : tens.addingReportingOverflow(Int(digit))
        guard !isBeyond, !isPast else { return nil }
        value = sum
    }
    return value
}
