// Memory that bytes grow in: malloc's, so that a finished document goes to C as it stands, and one of megabytes grows where it
// lies (realloc moves pages, not bytes) instead of standing there twice.
import Glibc

/// Bytes in memory of `malloc`, with room for a NUL behind them. Freed with the value, unless somebody takes them over.
@safe public struct TextMemory: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>?
    public private(set) var count = 0
    /// Bytes there is room for; one more is kept for the NUL.
    private var capacity = 0
    /// True once there was no memory for something that was appended: what is here is not whole.
    public private(set) var isExhausted = false

    public init(capacity: Int = 0) {
        unsafe start = nil
        if capacity > 0 { _ = unsafe room(for: capacity) }
    }

    /// A copy of these bytes.
    public init(_ bytes: [UInt8]) {
        self.init(capacity: bytes.count)
        append(bytes)
    }

    deinit { unsafe free(start) }

    /// The bytes; valid until the next change.
    public var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: start, count: count) }

    /// The bytes, copied.
    public var array: [UInt8] { unsafe [UInt8](bytes) }

    @inline(__always) mutating func append(_ byte: UInt8) {
        guard let end = unsafe room(for: 1) else { return }
        unsafe end.pointee = byte
        count &+= 1
    }

    /// Makes room for so many bytes in all.
    public mutating func reserve(_ whole: Int) {
        if whole > count { _ = unsafe room(for: whole &- count) }
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, let end = unsafe room(for: bytes.count) else { return }
        unsafe memcpy(end, base, bytes.count)
        count &+= bytes.count
    }

    /// Appends another text; this one is not whole when that one is not.
    mutating func append(_ other: borrowing TextMemory) {
        if other.isExhausted { isExhausted = true }
        unsafe append(other.bytes)
    }

    mutating func append(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { bytes in unsafe append(bytes) }
    }

    /// Appends a text between two bytes.
    @inline(__always) mutating func append(_ text: StaticString, between first: UInt8, and last: UInt8) {
        let length = text.utf8CodeUnitCount
        guard let end = unsafe room(for: length &+ 2) else { return }
        unsafe end.pointee = first
        unsafe memcpy(end + 1, text.utf8Start, length)
        unsafe end[length &+ 1] = last
        count &+= length &+ 2
    }

    /// Appends a number in decimal digits.
    mutating func append(decimal number: Int) {
        // 19 digits and a sign.
        let most = 20
        guard let end = unsafe room(for: most) else { return }
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        var length = 1
        while rest >= 10 {
            rest /= 10
            length &+= 1
        }
        let digits = unsafe end + (number < 0 ? 1 : 0)
        rest = number.magnitude
        for place in (0..<length).reversed() {
            unsafe digits[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count &+= length
    }

    /// Appends a number as 16 lower-case hexadecimal digits.
    mutating func append(hex number: UInt64) {
        guard let end = unsafe room(for: 16) else { return }
        for place in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: number &>> UInt64(truncatingIfNeeded: 60 &- place &* 4)) & 15
            unsafe end[place] = Digest.hexDigit(digit)
        }
        count &+= 16
    }

    /// Takes back what was appended behind `length` bytes.
    mutating func cut(to length: Int) {
        if length >= 0, length < count { count = length }
    }

    /// Where the next `more` bytes go; nil when there is no memory for them, or was none before.
    @inline(__always) private mutating func room(for more: Int) -> UnsafeMutablePointer<UInt8>? {
        if more > capacity &- count, !grow(by: more) { return nil }
        return unsafe start.map { unsafe $0 + count }
    }

    @inline(never) private mutating func grow(by more: Int) -> Bool {
        let (needed, isBeyond) = count.addingReportingOverflow(more)
        // Half as much again: what is never written to costs no memory, and small texts grow seldom.
        let wanted = max(needed, min(capacity, Int.max / 4) / 2 * 3)
        guard !isExhausted, !isBeyond, wanted < Int.max, let larger = unsafe realloc(start, wanted + 1) else {
            isExhausted = true
            return false
        }
        unsafe start = larger.assumingMemoryBound(to: UInt8.self)
        capacity = wanted
        return true
    }

    /// Hands the bytes over with a NUL behind them, for `free`; nil when there was no memory for them.
    public consuming func take() -> UnsafeMutablePointer<CChar>? {
        guard let end = unsafe room(for: 0) ?? emptied(), !isExhausted else { return nil }
        unsafe end.pointee = 0
        let taken = unsafe start
        unsafe start = nil
        return unsafe UnsafeMutableRawPointer(taken)?.assumingMemoryBound(to: CChar.self)
    }

    /// The beginning of memory for no bytes.
    private mutating func emptied() -> UnsafeMutablePointer<UInt8>? {
        _ = grow(by: 0)
        return unsafe start
    }
}
