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
    static func verify(
        body: UnsafeRawBufferPointer, header: UnsafeRawBufferPointer?, secrets: UnsafeRawBufferPointer?
    ) throws(Failure) {
        var rest = unsafe secrets ?? UnsafeRawBufferPointer(start: nil, count: 0)
        guard let first = unsafe nextSecret(&rest) else {
            throw refusal(
                "No app secret is configured, so no webhook is accepted; pass the app secret of the app that receives it.",
                retry: .afterFix)
        }
        guard let header = unsafe header else {
            throw refusal("The header X-Hub-Signature-256 is missing; only Meta's signed requests are accepted.")
        }
        let given = unsafe try digest(in: header)
        var isAuthentic = false
        var secret: UnsafeRawBufferPointer? = unsafe first
        while let one = unsafe secret {
            // Every secret is tried, so that the time taken does not tell which one fits.
            let fits = unsafe try digest(of: body, under: one).matches(given)
            isAuthentic = fits || isAuthentic
            unsafe secret = nextSecret(&rest)
        }
        guard isAuthentic else { throw unsafe mismatch(body, given, secrets) }
    }

    private static func mismatch(_ body: UnsafeRawBufferPointer, _ given: Digest, _ secrets: UnsafeRawBufferPointer?) -> Failure {
        if unsafe wasWrittenAgain(body, given, secrets) {
            return refusal(
                "The signature does not match the body because it was parsed and written again on its way: with Meta's escapes "
                    + "(\\u00e9 for é, \\/ for /) and without white space it would match. Pass the raw bytes as received.")
        }
        return refusal(
            "The signature does not match the body. Check that the secret is the app secret (no access token, no verify token) "
                + "and that the body is the raw bytes as received, not text that was parsed and written again.")
    }

    /// The same with header and secrets as Swift strings.
    static func verify(body: UnsafeRawBufferPointer, header: String?, secrets: String?) throws(Failure) {
        let header = header.map { Array($0.utf8) }, secrets = secrets.map { Array($0.utf8) }
        unsafe try withBytes(header) { (header) throws(Failure) in
            unsafe try withBytes(secrets) { (secrets) throws(Failure) in unsafe try verify(body: body, header: header, secrets: secrets) }
        }
    }

    private static func withBytes(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Void) throws(Failure) {
        guard let bytes else { return try body(nil) }
        unsafe try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in unsafe try body(UnsafeRawBufferPointer(buffer)) }
    }

    /// The header's value for these bytes: `sha256=` and 64 lower-case hexadecimal digits.
    /// - Throws: `.badArgument` when the secret is blank.
    static func sign(body: UnsafeRawBufferPointer, secret: String) throws(Failure) -> String {
        let secret = Array(secret.utf8)
        guard !isBlank(secret) else { throw .badArgument("The secret is blank; pass the app secret.") }
        return try unsafe secret.withUnsafeBufferPointer { (secret) throws(Failure) in
            unsafe try "sha256=" + digest(of: body, under: UnsafeRawBufferPointer(secret)).hex
        }
    }

    private static func digest(of body: UnsafeRawBufferPointer, under secret: UnsafeRawBufferPointer) throws(Failure) -> Digest {
        guard let digest = unsafe Digest.hmacSHA256(key: secret, message: body) else {
            throw Failure(.noMemory, "libcrypto could not compute HMAC-SHA256; free memory and check its configuration.")
        }
        return digest
    }

    /// True when Meta signed another spelling of the same document. It only explains a refusal and never lifts it.
    private static func wasWrittenAgain(_ body: UnsafeRawBufferPointer, _ given: Digest, _ secrets: UnsafeRawBufferPointer?) -> Bool {
        for escapesSlashes in [true, false] {
            guard let form = unsafe EscapedForm.of(body, escapesSlashes: escapesSlashes) else { continue }
            var rest = unsafe secrets ?? UnsafeRawBufferPointer(start: nil, count: 0)
            while let secret = unsafe nextSecret(&rest) {
                if unsafe Digest.hmacSHA256(key: secret, message: form.bytes)?.matches(given) == true { return true }
            }
        }
        return false
    }

    private static func digest(in header: UnsafeRawBufferPointer) throws(Failure) -> Digest {
        let prefix: StaticString = "sha256="
        let length = prefix.utf8CodeUnitCount
        guard header.count >= length, prefix.withUTF8Buffer({ unsafe header.prefix(length).elementsEqual($0) }) else {
            throw refusal("The signature does not begin with \"sha256=\"; pass the value of X-Hub-Signature-256, not of X-Hub-Signature.")
        }
        guard let digest = unsafe Digest(hex: header.dropFirst(length)) else {
            throw refusal("The signature is not \"sha256=\" and 64 lower-case hexadecimal digits; pass the header's value unchanged.")
        }
        return digest
    }

    /// Takes the next secret from a text with one on each line; blank lines are skipped. Nil when there is none left.
    private static func nextSecret(_ text: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        while unsafe !text.isEmpty {
            let end = unsafe text.firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            var line = unsafe text[..<end]
            unsafe text = UnsafeRawBufferPointer(rebasing: text[min(end + 1, text.count)...])
            if unsafe line.last == UInt8(ascii: "\r") { unsafe line = line.dropLast() }
            if unsafe !isBlank(line) { return unsafe UnsafeRawBufferPointer(rebasing: line) }
        }
        return nil
    }

    /// The secrets of a text with one on each line.
    static func list(_ secrets: String?) -> [[UInt8]] {
        unsafe Array((secrets ?? "").utf8).withUnsafeBytes { text in
            var rest = unsafe text
            var list: [[UInt8]] = []
            while let secret = unsafe nextSecret(&rest) { unsafe list.append([UInt8](secret)) }
            return list
        }
    }

    /// The same body and header are refused again: the verdict is to drop them, unless the configuration is at fault.
    private static func refusal(_ message: String, retry: Verdict = .never) -> Failure {
        Failure(.unauthentic, message, retry: retry)
    }
}

/// True for nothing but white space: a secret or token like that is a slip of the configuration and opens nothing.
func isBlank(_ text: some Sequence<UInt8>) -> Bool {
    text.allSatisfy { $0 == 0x20 || 0x09...0x0D ~= $0 }
}
