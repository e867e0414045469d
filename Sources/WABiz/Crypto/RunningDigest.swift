// SHA-256 of bytes that come piece by piece: what is downloaded or uploaded is hashed on its way, so that a file of
// 100 MB needs no second reading and no memory.
import CCrypto

/// A hash that is being computed. One use: after `finish()` it takes nothing more.
@safe package final class RunningDigest {
    private let context: OpaquePointer?
    private var isSound: Bool

    package init() {
        unsafe context = EVP_MD_CTX_new()
        unsafe isSound = context != nil && EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    package func add(_ bytes: UnsafeRawBufferPointer) {
        guard isSound, let base = bytes.baseAddress else { return }
        unsafe isSound = EVP_DigestUpdate(context, base, bytes.count) == 1
    }

    /// The hash; nil when libcrypto refuses the algorithm or has no memory.
    package func finish() -> MediaHash? {
        guard isSound else { return nil }
        isSound = false
        var succeeded = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            var written: UInt32 = 0
            if let output = buffer.baseAddress { succeeded = unsafe EVP_DigestFinal_ex(context, output, &written) == 1 }
            count = succeeded ? min(Int(written), buffer.count) : 0
        }
        return succeeded ? MediaHash(bytes: bytes) : nil
    }
}
