// Meta's GET verification request: whoever owns the endpoint proves it by knowing the verify token, and echoes the
// challenge. Reads the raw query string and says what to answer.

/// What to answer to Meta's GET verification request.
public struct Challenge: Sendable {
    /// 200, 400 (a part is missing) or 403 (the token does not match, or none is configured).
    public let httpStatus: Int
    /// The response's whole body: the challenge, or nothing.
    public let body: String
    /// Why the request is refused: `.unauthentic` or `.badArgument`; nil when it is not.
    public let failure: Failure?

    /// `{"http_status":200,"body":"…"}`, with `error` when the request is refused.
    public var document: [UInt8] {
        let tree: Tree = ["http_status": .integer(httpStatus), "body": .string(body)]
        tree.set("error", failure?.details)
        return tree.bytes
    }

    /// - Parameters:
    ///   - query: the URL's raw query string, percent-encoded, with or without the `?`. The names `hub.mode`,
    ///     `hub.challenge` and `hub.verify_token` may have underscores for dots, as some frameworks rewrite them.
    ///   - verifyToken: what was typed in the app dashboard; nil or blank refuses everything.
    init(query: String, verifyToken: String?) {
        do {
            body = try Challenge.answer(to: Parameters(query), verifyToken: Array((verifyToken ?? "").utf8))
            httpStatus = 200
            failure = nil
        } catch {
            body = ""
            httpStatus = error.code == .unauthentic ? 403 : 400
            failure = error
        }
    }

    private static func answer(to parameters: Parameters, verifyToken: [UInt8]) throws(Failure) -> String {
        guard !isBlank(verifyToken) else {
            throw Failure(.unauthentic, "No verify token is configured, so nobody is verified; pass the token that you typed in the app dashboard.")
        }
        guard let mode = parameters.mode else { throw missing("hub.mode") }
        guard mode == Array("subscribe".utf8) else {
            throw .badArgument("hub.mode is not \"subscribe\"; this is no verification request of Meta's.")
        }
        guard let token = parameters.verifyToken else { throw missing("hub.verify_token") }
        guard let challenge = parameters.challenge, !challenge.isEmpty else { throw missing("hub.challenge") }
        guard Digest.isEqual(token, verifyToken) else {
            throw Failure(.unauthentic, "The verify token does not match; check that the app dashboard holds the one that is configured here.")
        }
        // The challenge is echoed as it came: what cannot stand in a text is refused, not repaired.
        guard let text = String(validating: challenge, as: UTF8.self), !challenge.contains(0) else {
            throw .badArgument("hub.challenge is not UTF-8 text; pass the raw query string as received.")
        }
        return text
    }

    private static func missing(_ name: String) -> Failure {
        .badArgument("\(name) is missing; pass the raw query string of Meta's GET request.")
    }
}

/// The three parameters of a query string, decoded. Of a repeated one the last counts.
private struct Parameters {
    var mode: [UInt8]?
    var challenge: [UInt8]?
    var verifyToken: [UInt8]?

    init(_ query: String) {
        let text = query.utf8.first == UInt8(ascii: "?") ? query.utf8.dropFirst() : query.utf8[...]
        for pair in text.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first else { continue }
            let value = parts.count > 1 ? decoded(parts[1]) : []
            switch String(decoding: decoded(name), as: UTF8.self) {
            case "hub.mode", "hub_mode": mode = value
            case "hub.challenge", "hub_challenge": challenge = value
            case "hub.verify_token", "hub_verify_token": verifyToken = value
            default: continue
            }
        }
    }
}

/// Decodes `%41` and `+`. A percent sign without two hexadecimal digits behind it stands for itself.
private func decoded(_ text: Substring.UTF8View) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
        let digits = rest.prefix(2).compactMap(hexDigit)
        if byte == UInt8(ascii: "%"), digits.count == 2 {
            rest = rest.dropFirst(2)
            bytes.append(UInt8(truncatingIfNeeded: digits[0] << 4 | digits[1]))
        } else {
            bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
        }
    }
    return bytes
}
