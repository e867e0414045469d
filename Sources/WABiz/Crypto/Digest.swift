// Digests over OpenSSL's libcrypto: SHA-256, HMAC-SHA256, hexadecimal text and comparison in constant time.
// Nearly all are one-shot calls, which own nothing between calls.
import CCrypto

/// The 32 bytes that SHA-256 and HMAC-SHA256 answer.
package struct Digest: Sendable {
    static let length = 32

    package let bytes: [UInt8]

    /// SHA-256 of a message. Nil when libcrypto refuses the algorithm or has no memory.
    static func sha256(_ message: UnsafeRawBufferPointer) -> Digest? {
        unsafe collect { output, written in
            unsafe EVP_Digest(start(of: message), message.count, output, written, EVP_sha256(), nil) == 1
        }
    }

    package static func sha256(_ message: [UInt8]) -> Digest? {
        unsafe message.withUnsafeBytes { unsafe sha256($0) }
    }

    /// HMAC-SHA256 of a message under a key of any length. Nil when libcrypto refuses or has no memory.
    static func hmacSHA256(key: UnsafeRawBufferPointer, message: UnsafeRawBufferPointer) -> Digest? {
        // The C interface takes the key's length as int. Longer keys than that are hashed first, as HMAC itself does.
        guard let keyLength = Int32(exactly: key.count) else {
            guard let short = unsafe sha256(key) else { return nil }
            return unsafe hmacSHA256(key: short.bytes, message: message)
        }
        let text = unsafe start(of: message).assumingMemoryBound(to: UInt8.self)
        return unsafe collect { output, written in
            unsafe HMAC(EVP_sha256(), start(of: key), keyLength, text, message.count, output, written) != nil
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
        unsafe bytes.withUnsafeBytes { mine in
            unsafe other.bytes.withUnsafeBytes { theirs in
                unsafe mine.count == theirs.count && CRYPTO_memcmp(start(of: mine), start(of: theirs), mine.count) == 0
            }
        }
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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Digest.length)
        var high: UInt8?
        for digit in hex {
            guard let value = Digest.value(digit) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        self.bytes = bytes
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Takes 32 bytes as they are; nil for another number.
    init?(raw bytes: [UInt8]) {
        guard bytes.count == Digest.length else { return nil }
        self.bytes = bytes
    }

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

    /// Lets one call of libcrypto write its 32 bytes.
    private static func collect(
        _ write: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt32>) -> Bool
    ) -> Digest? {
        var succeeded = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            var written: UInt32 = 0
            if let output = buffer.baseAddress { succeeded = unsafe write(output, &written) }
            count = succeeded ? min(Int(written), buffer.count) : 0
        }
        return succeeded && bytes.count == length ? Digest(bytes: bytes) : nil
    }
}

/// Where bytes begin; a valid address for no bytes too, because libcrypto reads a NULL key as "the key of last time".
private func start(of bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
    let nothing: StaticString = ""
    return unsafe bytes.baseAddress ?? UnsafeRawPointer(nothing.utf8Start)
}
