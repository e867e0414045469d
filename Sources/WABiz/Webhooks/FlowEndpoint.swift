// The data endpoint of flows: opens Meta's encrypted requests and seals the answers. Pure functions; the one-time key of a
// request travels between the two in an opaque text, the session.

public enum FlowEndpoint {
    /// Verifies a request, then opens it.
    /// - Parameters:
    ///   - body: the raw bytes as received.
    ///   - signature: the value of the header `X-Hub-Signature-256`; nil when it is missing.
    ///   - secrets: the app secret, or several separated by line ends; nil or all blank refuses everything.
    ///   - key: the private key as PEM text; `passphrase` opens it when it is encrypted.
    /// - Returns: the document of `wabiz_flow_receive`.
    /// - Throws: with `httpStatus` 432 (not signed by the secret), 421 (cannot be decrypted: Meta fetches the public key and tries
    ///   again) or 427 (the signature of the flow token does not match).
    public static func receive(
        body: UnsafeRawBufferPointer, signature: String?, secrets: String?, key: UnsafeRawBufferPointer, passphrase: UnsafePointer<CChar>?
    ) throws(Failure) -> [UInt8] {
        do {
            unsafe try Signature.verify(body: body, header: signature, secrets: secrets)
        } catch {
            throw error.answered(with: 432)
        }
        return unsafe try open(body, key, passphrase) { (request) throws(Failure) in try FlowToken.verify(request, secrets: secrets) }
    }

    /// Opens a request that was verified before.
    public static func decrypt(
        body: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, passphrase: UnsafePointer<CChar>?
    ) throws(Failure) -> [UInt8] {
        unsafe try open(body, key, passphrase) { _ in }
    }

    /// Seals the answer to a request.
    /// - Parameters:
    ///   - session: what opening the request gave; good for one answer.
    ///   - response: a JSON object, encrypted byte for byte.
    /// - Returns: `{"http_status":200,"content_type":"text/plain","body":"…"}`.
    public static func encrypt(session: UnsafeRawBufferPointer, response: [UInt8]) throws(Failure) -> [UInt8] {
        let session = unsafe try FlowSession(text: session)
        let isObject = try Tape.read(response, .tolerant) { $0.isObject }
        guard isObject else { throw .badArgument("The response is a JSON object, such as {\"screen\":\"NEXT\",\"data\":{}}.") }
        var writer = JSONWriter(capacity: response.count * 2 + 128)
        writer.beginObject()
        writer.name("http_status")
        writer.integer(200)
        writer.name("content_type")
        writer.string("text/plain" as StaticString)
        writer.name("body")
        writer.raw([UInt8(ascii: "\"")] + Base64.encode(try session.seal(response)) + [UInt8(ascii: "\"")])
        writer.endObject()
        return writer.bytes
    }

    private static func open(
        _ body: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer, _ passphrase: UnsafePointer<CChar>?,
        check: (JSONView) throws(Failure) -> Void
    ) throws(Failure) -> [UInt8] {
        let envelope: FlowEnvelope
        do {
            envelope = try unsafe Tape.read(body, .tolerant) { (root) throws(Failure) in try FlowEnvelope(root) }
        } catch {
            throw error.answered(with: 421)
        }
        let session = FlowSession(key: unsafe try envelope.sessionKey(key, passphrase), iv: envelope.iv)
        let request = try session.open(envelope.data)
        guard (try? Tape.read(request, .tolerant, { $0.isObject })) == true else { throw FlowSession.undecipherable }
        return try Tape.read(request, .tolerant) { (view) throws(Failure) in
            try check(view)
            return FlowRequest(view).document(session)
        }
    }
}

/// The three texts of an encrypted request.
private struct FlowEnvelope {
    let data: WipedBytes
    let encryptedKey: WipedBytes
    let iv: WipedBytes

    init(_ root: JSONView) throws(Failure) {
        data = try FlowEnvelope.bytes("encrypted_flow_data", root)
        encryptedKey = try FlowEnvelope.bytes("encrypted_aes_key", root)
        iv = try FlowEnvelope.bytes("initial_vector", root)
        guard iv.count == FlowSession.ivLength else { throw FlowEnvelope.malformed("initial_vector") }
    }

    private static func bytes(_ name: StaticString, _ root: JSONView) throws(Failure) -> WipedBytes {
        guard let text = root[name]?.utf8, let bytes = Base64.decode(text), bytes.count > 0 else { throw malformed(name) }
        return bytes
    }

    private static func malformed(_ name: StaticString) -> Failure {
        Failure(.unauthentic, "This is no encrypted request of a flow: \"\(name)\" is missing or not what it should be.", retry: .never)
    }

    func sessionKey(_ pem: UnsafeRawBufferPointer, _ passphrase: UnsafePointer<CChar>?) throws(Failure) -> WipedBytes {
        do {
            let key = unsafe try PrivateKey.decrypt(encryptedKey, pem: pem, passphrase: passphrase)
            guard key.count == FlowSession.keyLength else { throw PrivateKey.Problem.undecipherable }
            return key
        } catch PrivateKey.Problem.unreadable {
            throw Failure.badArgument("The private key cannot be read: pass it as PEM text, with its passphrase when it is encrypted.").answered(with: 421)
        } catch PrivateKey.Problem.notRSA {
            throw Failure.badArgument("The private key is of another kind; flows use RSA with 2048 bits.").answered(with: 421)
        } catch {
            throw FlowSession.undecipherable
        }
    }
}

/// The one-time key of a request and its initial vector.
struct FlowSession {
    static let keyLength = 16
    static let ivLength = 16
    private static let mark = Array("flow1.".utf8)

    private let key: WipedBytes
    private let iv: WipedBytes

    init(key: WipedBytes, iv: WipedBytes) {
        self.key = key
        self.iv = iv
    }

    init(text: UnsafeRawBufferPointer) throws(Failure) {
        guard unsafe text.starts(with: FlowSession.mark),
            let bytes = unsafe Base64.decode(UnsafeRawBufferPointer(rebasing: text.dropFirst(FlowSession.mark.count))),
            bytes.count == FlowSession.keyLength + FlowSession.ivLength, let key = bytes.part(0..<FlowSession.keyLength),
            let iv = bytes.part(FlowSession.keyLength..<bytes.count)
        else { throw .badArgument("This is no session; pass the \"session\" that opening the request gave, unchanged.") }
        self.key = key
        self.iv = iv
    }

    /// The opaque text. It holds the request's key.
    var text: [UInt8] {
        let both = WipedBytes(count: key.count + iv.count)
        unsafe both.withMutableBytes { both in
            unsafe key.withBytes { unsafe both.copyMemory(from: $0) }
            unsafe iv.withBytes { unsafe UnsafeMutableRawBufferPointer(rebasing: both.dropFirst(key.count)).copyMemory(from: $0) }
        }
        return unsafe FlowSession.mark + both.withBytes { unsafe Base64.encode($0) }
    }

    func open(_ data: WipedBytes) throws(Failure) -> [UInt8] {
        guard let plain = unsafe data.withBytes({ unsafe Cipher.openGCM($0, key: key, iv: iv) }) else { throw FlowSession.undecipherable }
        return plain
    }

    /// The answer goes under the same key with every bit of the vector turned over.
    func seal(_ plain: [UInt8]) throws(Failure) -> [UInt8] {
        let turned = WipedBytes(count: iv.count)
        unsafe turned.withMutableBytes { turned in
            unsafe iv.withBytes { iv in for index in 0..<min(turned.count, iv.count) { unsafe turned[index] = ~iv[index] } }
        }
        guard let sealed = unsafe plain.withUnsafeBytes({ unsafe Cipher.sealGCM($0, key: key, iv: turned) }) else {
            throw Failure(.noMemory, "libcrypto could not encrypt; free memory and check its configuration.", retry: .backoff)
        }
        return sealed
    }

    /// One failure for every step, so that it does not tell an attacker how far he came.
    static let undecipherable = Failure(
        .unauthentic, "The request cannot be decrypted. Answer 421: Meta then fetches the public key and tries again. If that does not help, upload the public key that belongs to this private key.",
        retry: .never
    ).answered(with: 421)
}

/// A request in the clear.
private struct FlowRequest {
    private let view: JSONView

    init(_ view: JSONView) { self.view = view }

    private enum Kind: String {
        case request
        case healthCheck = "health_check"
        case error
    }

    private var kind: Kind {
        if view["action"]?.equals("ping") == true { return .healthCheck }
        guard let data = view["data"], data["error_message"] != nil, (data["error"] ?? data["error_key"])?.isString == true else { return .request }
        return .error
    }

    /// `{"kind":"request","request":{…},"session":"…"}`; with `answer` where the protocol leaves no choice.
    func document(_ session: FlowSession) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.name("kind")
        writer.string(kind.rawValue)
        writer.name("request")
        writer.raw(view)
        writer.name("session")
        writer.raw([UInt8(ascii: "\"")] + session.text + [UInt8(ascii: "\"")])
        switch kind {
        case .request: break
        case .healthCheck: answer(#"{"data":{"status":"active"}}"#, &writer)
        case .error: answer(#"{"data":{"acknowledged":true}}"#, &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    private func answer(_ json: String, _ writer: inout JSONWriter) {
        writer.name("answer")
        writer.raw(Array(json.utf8))
    }
}

// The same for bytes that are held in arrays and texts.
extension FlowEndpoint {
    public static func receive(body: [UInt8], signature: String?, secrets: String?, key: String, passphrase: String? = nil) throws(Failure) -> [UInt8] {
        try unsafe withKey(key, passphrase, body) { (body, key, passphrase) throws(Failure) in
            unsafe try receive(body: body, signature: signature, secrets: secrets, key: key, passphrase: passphrase)
        }
    }

    public static func decrypt(body: [UInt8], key: String, passphrase: String? = nil) throws(Failure) -> [UInt8] {
        try unsafe withKey(key, passphrase, body) { (body, key, passphrase) throws(Failure) in
            unsafe try decrypt(body: body, key: key, passphrase: passphrase)
        }
    }

    public static func encrypt(session: String, response: [UInt8]) throws(Failure) -> [UInt8] {
        let text = Array(session.utf8)
        return try unsafe text.withUnsafeBufferPointer { (text) throws(Failure) in
            unsafe try encrypt(session: UnsafeRawBufferPointer(text), response: response)
        }
    }

    private static func withKey(
        _ key: String, _ passphrase: String?, _ body: [UInt8],
        _ work: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafePointer<CChar>?) throws(Failure) -> [UInt8]
    ) throws(Failure) -> [UInt8] {
        let key = Array(key.utf8), word = passphrase.map { $0.utf8.map { CChar(bitPattern: $0) } + [0] }
        return try unsafe body.withUnsafeBufferPointer { (body) throws(Failure) in
            try unsafe key.withUnsafeBufferPointer { (key) throws(Failure) in
                guard let word else { return try unsafe work(UnsafeRawBufferPointer(body), UnsafeRawBufferPointer(key), nil) }
                return try unsafe word.withUnsafeBufferPointer { (word) throws(Failure) in
                    try unsafe work(UnsafeRawBufferPointer(body), UnsafeRawBufferPointer(key), word.baseAddress)
                }
            }
        }
    }
}
