// An RSA private key for the time of one decryption: read from PEM, used, freed. Nothing of it stays, and nothing of it is
// in a message.
import CCrypto

enum PrivateKey {
    enum Problem: Error {
        /// The text is no PEM of a private key, or the passphrase does not open it.
        case unreadable
        /// The key is of another kind than RSA.
        case notRSA
        /// The message was not encrypted for this key.
        case undecipherable
    }

    /// RSA-OAEP with SHA-256, also in its mask, and no label.
    /// - Parameters:
    ///   - pem: a private key as PEM text, PKCS#8 or PKCS#1, encrypted or not.
    ///   - passphrase: NUL-terminated; nil for a key that is not encrypted. Nobody is asked at a terminal.
    static func decrypt(
        _ message: WipedBytes, pem: UnsafeRawBufferPointer, passphrase: UnsafePointer<CChar>?
    ) throws(Problem) -> WipedBytes {
        // The host may use libcrypto too: its own errors stay as they are.
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        guard let length = Int32(exactly: pem.count), let key = unsafe wabiz_read_private_key(pem.baseAddress, length, passphrase) else {
            throw .unreadable
        }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else { throw .notRSA }
        guard let plain = unsafe decrypt(message, key) else { throw .undecipherable }
        return plain
    }

    private static func decrypt(_ message: WipedBytes, _ key: OpaquePointer) -> WipedBytes? {
        guard let context = unsafe EVP_PKEY_CTX_new(key, nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_decrypt_init(context) == 1, unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1, unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1
        else { return nil }
        let plain = unsafe WipedBytes(count: Int(EVP_PKEY_get_size(key)))
        var length = plain.count
        let isPlain = unsafe message.withBytes { message in
            unsafe plain.withMutableBytes { plain in
                unsafe EVP_PKEY_decrypt(
                    context, plain.baseAddress?.assumingMemoryBound(to: UInt8.self), &length,
                    message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count) == 1
            }
        }
        guard isPlain else { return nil }
        plain.shorten(to: length)
        return plain
    }
}
