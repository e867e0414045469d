// The header X-Hub-Signature-256: HMAC-SHA256 of the raw request bytes under the app secret. Signs, and verifies against
// one secret or several while one is being rotated. Verify before any parser touches the bytes.

enum Signature {
    /// Checks that whoever knows one of the secrets signed exactly these bytes.
    ///
    /// Only the form that Meta documents is accepted: `sha256=` and 64 lower-case hexadecimal digits. Upper-case digits
    /// are refused although they name the same number: Meta never writes them, so such a header was made or changed by
    /// somebody else, and a second spelling of a signature would slip past whatever compares the header as text.
    /// The older `sha1=` header is no substitute.
    ///
    /// - Parameters:
    ///   - header: the value of the header; nil when the request has none.
    ///   - secrets: app secrets separated by line ends. Blank lines are skipped; nothing else is trimmed.
    /// - Throws: `.unauthentic`; the message never holds a secret or the signature.
    static func verify(body: UnsafeRawBufferPointer, header: String?, secrets: String?) throws(Failure) {
        let secrets = list(secrets)
        guard !secrets.isEmpty else {
            throw refusal(
                "No app secret is configured, so no webhook is accepted; pass the app secret of the app that receives it.",
                retry: .afterFix)
        }
        guard let header else {
            throw refusal("The header X-Hub-Signature-256 is missing; only Meta's signed requests are accepted.")
        }
        let given = try digest(in: header)
        var isAuthentic = false
        for secret in secrets {
            // Every secret is tried, so that the time taken does not tell which one fits.
            let fits = unsafe try digest(of: body, under: secret).matches(given)
            isAuthentic = fits || isAuthentic
        }
        guard isAuthentic else {
            if unsafe wasWrittenAgain(body, given, secrets) {
                throw refusal(
                    "The signature does not match the body because it was parsed and written again on its way: with Meta's escapes "
                        + "(\\u00e9 for é, \\/ for /) and without white space it would match. Pass the raw bytes as received.")
            }
            throw refusal(
                "The signature does not match the body. Check that the secret is the app secret (no access token, no verify token) "
                    + "and that the body is the raw bytes as received, not text that was parsed and written again.")
        }
    }

    /// The header's value for these bytes: `sha256=` and 64 lower-case hexadecimal digits.
    /// - Throws: `.badArgument` when the secret is blank.
    static func sign(body: UnsafeRawBufferPointer, secret: String) throws(Failure) -> String {
        let secret = Array(secret.utf8)
        guard !isBlank(secret) else { throw .badArgument("The secret is blank; pass the app secret.") }
        return unsafe try "sha256=" + digest(of: body, under: secret).hex
    }

    private static func digest(of body: UnsafeRawBufferPointer, under secret: [UInt8]) throws(Failure) -> Digest {
        guard let digest = unsafe Digest.hmacSHA256(key: secret, message: body) else {
            throw Failure(.noMemory, "libcrypto could not compute HMAC-SHA256; free memory and check its configuration.")
        }
        return digest
    }

    /// True when Meta signed another spelling of the same document. It only explains a refusal and never lifts it.
    private static func wasWrittenAgain(_ body: UnsafeRawBufferPointer, _ given: Digest, _ secrets: [[UInt8]]) -> Bool {
        for escapesSlashes in [true, false] {
            guard let form = unsafe EscapedForm.of(body, escapesSlashes: escapesSlashes) else { continue }
            for secret in secrets where Digest.hmacSHA256(key: secret, message: form)?.matches(given) == true { return true }
        }
        return false
    }

    private static func digest(in header: String) throws(Failure) -> Digest {
        let text = Array(header.utf8)
        let prefix = Array("sha256=".utf8)
        guard text.starts(with: prefix) else {
            throw refusal("The signature does not begin with \"sha256=\"; pass the value of X-Hub-Signature-256, not of X-Hub-Signature.")
        }
        guard let digest = Digest(hex: text.dropFirst(prefix.count)) else {
            throw refusal("The signature is not \"sha256=\" and 64 lower-case hexadecimal digits; pass the header's value unchanged.")
        }
        return digest
    }

    /// The secrets of a text with one on each line.
    static func list(_ secrets: String?) -> [[UInt8]] {
        guard let secrets else { return [] }
        return secrets.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let secret = Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
            return isBlank(secret) ? nil : secret
        }
    }

    /// The same body and header are refused again: the verdict is to drop them, unless the configuration is at fault.
    private static func refusal(_ message: String, retry: Verdict = .never) -> Failure {
        Failure(.unauthentic, message, retry: retry)
    }
}

/// True for nothing but white space: a secret or token like that is a slip of the configuration and opens nothing.
func isBlank(_ text: [UInt8]) -> Bool {
    text.allSatisfy { $0 == 0x20 || 0x09...0x0D ~= $0 }
}
