// Digests over OpenSSL's libcrypto: SHA-256, HMAC-SHA256, hexadecimal text and comparison in constant time.
// Nearly all are one-shot calls, which own nothing between calls.
import CCrypto

/// The 32 bytes that SHA-256 and HMAC-SHA256 answer.
package struct Digest: Sendable {
    static let length = 32

    private var code: InlineArray<32, UInt8>

    package var bytes: [UInt8] { unsafe withBytes { unsafe [UInt8]($0) } }

    /// Fetched once: libcrypto looks `EVP_sha256()` up anew in each call, which costs as much as hashing 500 bytes. It is never
    /// changed or freed.
    private nonisolated(unsafe) static let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)

    /// SHA-256 of a message. Nil when libcrypto refuses the algorithm or has no memory.
    static func sha256(_ message: UnsafeRawBufferPointer) -> Digest? {
        unsafe collect { output, written in
            unsafe EVP_Digest(start(of: message), message.count, output, written, algorithm, nil) == 1
        }
    }

    package static func sha256(_ message: [UInt8]) -> Digest? {
        unsafe message.withUnsafeBytes { unsafe sha256($0) }
    }

    /// HMAC-SHA256 of a message under a key of any length. Nil when libcrypto refuses or has no memory.
    ///
    /// Written out after RFC 2104, with libcrypto's SHA-256: its own HMAC() takes 1.23 us for a webhook of 670 bytes where this takes
    /// 0.55, because it fetches and sets up a good deal in each call. Keeping a keyed context would be no slower, but is state.
    static func hmacSHA256(key: UnsafeRawBufferPointer, message: UnsafeRawBufferPointer) -> Digest? {
        guard key.count <= blockLength else {
            guard let short = unsafe sha256(key) else { return nil }
            return unsafe short.withBytes { unsafe hmacSHA256(key: $0, message: message) }
        }
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        defer { unsafe EVP_MD_CTX_free(context) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: blockLength, alignment: 8) { pad -> Digest? in
            defer { unsafe OPENSSL_cleanse(pad.baseAddress, pad.count) }
            unsafe pad.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe pad.copyMemory(from: key)
            unsafe mask(pad, 0x36)
            guard let inner = unsafe hash(UnsafeRawBufferPointer(pad), message, context) else { return nil }
            unsafe mask(pad, 0x36 ^ 0x5C)
            return unsafe inner.withBytes { unsafe hash(UnsafeRawBufferPointer(pad), $0, context) }
        }
    }

    /// Bytes that SHA-256 takes at a time; RFC 2104 calls it B.
    private static let blockLength = 64

    private static func mask(_ pad: UnsafeMutableRawBufferPointer, _ byte: UInt8) {
        for index in pad.indices { unsafe pad[index] ^= byte }
    }

    /// SHA-256 of two parts, one behind the other.
    fileprivate static func hash(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ context: OpaquePointer) -> Digest? {
        unsafe collect { output, written in
            unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1
                && EVP_DigestUpdate(context, start(of: first), first.count) == 1
                && EVP_DigestUpdate(context, start(of: second), second.count) == 1
                && EVP_DigestFinal_ex(context, output, written) == 1
        }
    }

    static func hmacSHA256(key: [UInt8], message: UnsafeRawBufferPointer) -> Digest? {
        unsafe key.withUnsafeBytes { unsafe hmacSHA256(key: $0, message: message) }
    }

    static func hmacSHA256(key: [UInt8], message: [UInt8]) -> Digest? {
        unsafe message.withUnsafeBytes { unsafe hmacSHA256(key: key, message: $0) }
    }

    /// HMAC-SHA256 of two parts, one behind the other, without joining them in memory.
    static func hmacSHA256(key: WipedBytes, parts first: WipedBytes, _ second: UnsafeRawBufferPointer) -> Digest? {
        let secret = unsafe key.withBytes { unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count) }
        guard let secret = unsafe secret, let context = unsafe EVP_MD_CTX_new() else {
            unsafe EVP_PKEY_free(secret)
            return nil
        }
        defer {
            unsafe EVP_MD_CTX_free(context)
            unsafe EVP_PKEY_free(secret)
        }
        guard unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, secret) == 1,
            unsafe first.withBytes({ unsafe EVP_DigestSignUpdate(context, start(of: $0), $0.count) }) == 1,
            unsafe EVP_DigestSignUpdate(context, start(of: second), second.count) == 1
        else { return nil }
        return unsafe collect { output, written in
            var length = length
            let isDone = unsafe EVP_DigestSignFinal(context, output, &length) == 1
            unsafe written.pointee = UInt32(truncatingIfNeeded: length)
            return isDone
        }
    }

    /// True when both are the same, found without telling by the time taken where they differ.
    func matches(_ other: Digest) -> Bool {
        unsafe withBytes { mine in
            unsafe other.withBytes { theirs in unsafe CRYPTO_memcmp(start(of: mine), start(of: theirs), Digest.length) == 0 }
        }
    }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe withUnsafeBytes(of: code) { unsafe body($0) }
    }

    /// Compares texts of any length through their digests: neither content nor length shows in the time taken, but for
    /// the time that hashing the longer text takes. Two empty texts are equal; refuse blank secrets before asking.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard let left = sha256(left), let right = sha256(right) else { return false }
        return left.matches(right)
    }

    /// 64 lower-case hexadecimal digits.
    var hex: String { String(decoding: hexBytes, as: UTF8.self) }

    /// The same as ASCII.
    package var hexBytes: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(Digest.hexDigit(byte >> 4))
            text.append(Digest.hexDigit(byte & 15))
        }
        return text
    }

    /// Reads exactly 64 lower-case hexadecimal digits; nil for anything else.
    init?(hex: some Collection<UInt8>) {
        guard hex.count == Digest.length * 2 else { return nil }
        code = InlineArray(repeating: 0)
        for (index, digit) in hex.enumerated() {
            guard let value = Digest.value(digit), index < Digest.length * 2 else { return nil }
            code[index / 2] = code[index / 2] << 4 | value
        }
    }

    /// Takes 32 bytes as they are; nil for another number.
    init?(raw bytes: [UInt8]) {
        guard bytes.count == Digest.length else { return nil }
        code = InlineArray(repeating: 0)
        for (index, byte) in bytes.enumerated() where index < Digest.length { code[index] = byte }
    }

    private init() { code = InlineArray(repeating: 0) }

    static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ (value &- 10)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit &- UInt8(ascii: "a") &+ 10
        default: nil
        }
    }

    /// Lets libcrypto write its 32 bytes.
    private static func collect(
        _ write: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt32>) -> Bool
    ) -> Digest? {
        // libcrypto writes 64 bytes for the longest digest that it knows.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { buffer in
            var written: UInt32 = 0
            guard let output = buffer.baseAddress, unsafe write(output, &written), written == length else { return nil }
            var digest = Digest()
            for index in 0..<length { unsafe digest.code[index] = buffer[index] }
            return digest
        }
    }
}

/// SHA-256 of many texts, one after the other: what libcrypto needs for one is kept for the next.
@safe struct KeptDigest: ~Copyable {
    private var context: OpaquePointer?

    init() { unsafe context = nil }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Of two parts, one behind the other. Nil when libcrypto refuses the algorithm or has no memory.
    mutating func sha256(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Digest? {
        unsafe context = context ?? EVP_MD_CTX_new()
        guard let context = unsafe context else { return nil }
        return unsafe Digest.hash(first, second, context)
    }
}

/// Where bytes begin; a valid address for no bytes too, because libcrypto reads a NULL key as "the key of last time".
private func start(of bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
    let nothing: StaticString = ""
    return unsafe bytes.baseAddress ?? UnsafeRawPointer(nothing.utf8Start)
}
