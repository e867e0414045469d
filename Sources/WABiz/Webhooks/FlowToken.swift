// The signature of a flow token: a JSON Web Token (HS256, RFC 7515) under the app secret, which Meta adds since Flow JSON 7.3.

enum FlowToken {
    /// Does nothing when the request carries no signature of its token.
    /// - Throws: `.unauthentic` with `httpStatus` 427 when it does and none of the secrets made it.
    static func verify(_ request: JSONView, secrets: String?) throws(Failure) {
        guard let signed = request["flow_token_signature"], !signed.isNull else { return }
        guard let text = signed.utf8, let payload = payload(of: text, secrets), belongs(payload, to: request["flow_token"]) else {
            throw Failure(
                .unauthentic, "The signature of the flow token does not match. Answer 427: the token is not good, and the flow's button is switched off.",
                retry: .never
            ).answered(with: 427)
        }
    }

    /// The payload of a token that one of the secrets signed.
    private static func payload(of text: [UInt8], _ secrets: String?) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = bytes(parts[0]), let payload = bytes(parts[1]), let given = bytes(parts[2]), given.count == Digest.length
        else { return nil }
        guard (try? Tape.read(header, .tolerant, { $0["alg"]?.equals("HS256") })) == true else { return nil }
        let message = Array(text.dropLast(parts[2].count + 1))
        var isAuthentic = false
        for secret in Signature.list(secrets) {
            let fits = Digest.hmacSHA256(key: secret, message: message).map { Digest.isEqual($0.bytes, given) } ?? false
            isAuthentic = fits || isAuthentic
        }
        return isAuthentic ? payload : nil
    }

    /// What is signed must be this token and no other, where the payload names one.
    private static func belongs(_ payload: [UInt8], to token: JSONView?) -> Bool {
        let same = try? Tape.read(payload, .tolerant) { payload in
            guard let named = payload["flow_token"], named.isString else { return payload.isObject }
            return named.utf8 == token?.utf8
        }
        return same ?? false
    }

    private static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        unsafe Base64.decode(text, .url)?.withBytes { unsafe [UInt8]($0) }
    }
}
