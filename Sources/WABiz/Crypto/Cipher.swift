// AES over libcrypto's EVP interface: GCM with 128-bit keys for flow requests, CBC with 256-bit keys for flow media.
// Every context is freed, and wiped by that, before a function returns.
import CCrypto

enum Cipher {
    static let tagLength = 16

    /// AES-128-GCM without further data. Nil when the tag does not match.
    /// - Parameter sealed: the ciphertext and its 16-byte tag.
    static func openGCM(_ sealed: UnsafeRawBufferPointer, key: WipedBytes, iv: WipedBytes) -> [UInt8]? {
        guard sealed.count >= tagLength, key.count == 16, iv.count > 0 else { return nil }
        let length = sealed.count - tagLength
        var tag = unsafe [UInt8](sealed[length...])
        return unsafe run(EVP_aes_128_gcm(), key, iv, encrypts: false, UnsafeRawBufferPointer(rebasing: sealed[..<length]), room: length) { context in
            unsafe tag.withUnsafeMutableBytes {
                unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength), $0.baseAddress) == 1
            }
        }
    }

    /// AES-128-GCM without further data: the ciphertext and its 16-byte tag. Nil when libcrypto has no memory.
    static func sealGCM(_ plain: UnsafeRawBufferPointer, key: WipedBytes, iv: WipedBytes) -> [UInt8]? {
        guard key.count == 16, iv.count > 0 else { return nil }
        var tag = [UInt8](repeating: 0, count: tagLength)
        let sealed = unsafe run(EVP_aes_128_gcm(), key, iv, encrypts: true, plain, room: plain.count, after: { (context: OpaquePointer) in
            unsafe tag.withUnsafeMutableBytes {
                unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), $0.baseAddress) == 1
            }
        })
        return sealed.map { $0 + tag }
    }

    /// AES-256-CBC with PKCS#7 padding, into memory that has room for the ciphertext's length.
    /// - Returns: the plain bytes' number; nil when the padding is wrong.
    static func openCBC(_ sealed: UnsafeRawBufferPointer, key: WipedBytes, iv: WipedBytes, into plain: UnsafeMutableRawBufferPointer) -> Int? {
        guard key.count == 32, iv.count == 16, sealed.count > 0, sealed.count % 16 == 0, plain.count >= sealed.count else { return nil }
        return unsafe transform(EVP_aes_256_cbc(), key, iv, encrypts: false, sealed, into: plain, before: { _ in true }, after: { _ in true })
    }

    private static func run(
        _ cipher: OpaquePointer?, _ key: WipedBytes, _ iv: WipedBytes, encrypts: Bool, _ input: UnsafeRawBufferPointer, room: Int,
        before: (OpaquePointer) -> Bool = { _ in true }, after: (OpaquePointer) -> Bool = { _ in true }
    ) -> [UInt8]? {
        var length: Int?
        let output = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            unsafe length = transform(
                cipher, key, iv, encrypts: encrypts, input, into: UnsafeMutableRawBufferPointer(buffer), before: before, after: after)
            count = min(length ?? 0, room)
        }
        return length == nil ? nil : output
    }

    /// - Parameters:
    ///   - before: what to tell the context when its key and iv are set.
    ///   - after: what to ask it when all is written.
    private static func transform(
        _ cipher: OpaquePointer?, _ key: WipedBytes, _ iv: WipedBytes, encrypts: Bool, _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer, before: (OpaquePointer) -> Bool, after: (OpaquePointer) -> Bool
    ) -> Int? {
        guard let inputLength = Int32(exactly: input.count), let ivLength = Int32(exactly: iv.count), let context = unsafe EVP_CIPHER_CTX_new()
        else { return nil }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let direction: Int32 = encrypts ? 1 : 0
        guard unsafe EVP_CipherInit_ex(context, cipher, nil, nil, nil, direction) == 1 else { return nil }
        // Only GCM takes other lengths than its own.
        if unsafe EVP_CIPHER_CTX_get_iv_length(context) != ivLength {
            guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, ivLength, nil) == 1 else { return nil }
        }
        let isKeyed = unsafe key.withBytes { key in
            unsafe iv.withBytes { iv in
                unsafe EVP_CipherInit_ex(
                    context, nil, nil, key.baseAddress?.assumingMemoryBound(to: UInt8.self), iv.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    direction) == 1
            }
        }
        guard isKeyed, unsafe before(context) else { return nil }
        var scratch: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        return unsafe withUnsafeMutableBytes(of: &scratch) { scratch in
            // No output needs no memory, but libcrypto takes NULL for further data.
            let target = unsafe (output.count == 0 ? scratch.baseAddress : output.baseAddress)?.assumingMemoryBound(to: UInt8.self)
            let source = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            var written: Int32 = 0
            var rest: Int32 = 0
            guard let target = unsafe target else { return nil }
            if inputLength > 0 {
                guard unsafe EVP_CipherUpdate(context, target, &written, source, inputLength) == 1 else { return nil }
            }
            guard unsafe EVP_CipherFinal_ex(context, target + Int(written), &rest) == 1, unsafe after(context) else { return nil }
            return Int(written) + Int(rest)
        }
    }
}
