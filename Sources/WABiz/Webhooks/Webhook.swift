// The receiving side of the library: verify, then read. Bytes and a header go in, events come out; pure functions, free
// of threads and of anything kept between calls.

/// Meta's webhooks: the GET verification request, signed POST notifications and the events inside them.
public enum Webhook {
    /// What to answer to Meta's GET verification request.
    /// - Parameters:
    ///   - query: the URL's raw query string, percent-encoded.
    ///   - verifyToken: what was typed in the app dashboard; nil or blank refuses everything.
    public static func challenge(query: String, verifyToken: String?) -> Challenge {
        Challenge(query: query, verifyToken: verifyToken)
    }

    /// Verifies a notification, then reads it.
    /// - Parameters:
    ///   - body: the raw bytes as received.
    ///   - signature: the value of the header `X-Hub-Signature-256`; nil when it is missing.
    ///   - secrets: the app secret, or several separated by line ends while one is being rotated; nil or all blank
    ///     refuses everything.
    /// - Returns: the document `{"events":[…]}` of wabiz.h.
    /// - Throws: `.unauthentic`; `.badJSON` when the body is no JSON object.
    public static func receive(body: UnsafeRawBufferPointer, signature: String?, secrets: String?) throws(Failure) -> [UInt8] {
        unsafe try Signature.verify(body: body, header: signature, secrets: secrets)
        return unsafe try parse(body: body)
    }

    /// Reads a notification that was verified before, or that carries no signature (On-Premises).
    /// - Returns: the document `{"events":[…]}` of wabiz.h.
    /// - Throws: `.badJSON` when the body is no JSON object.
    public static func parse(body: UnsafeRawBufferPointer) throws(Failure) -> [UInt8] { unsafe try document(of: body).array }

    /// The document of a notification that was verified before, in memory that C can take over.
    package static func document(of body: UnsafeRawBufferPointer) throws(Failure) -> TextMemory {
        unsafe try Tape.read(body, .tolerant) { (root) throws(Failure) in
            try EventWalk.events(in: root, length: body.count).finish()
        }
    }

    /// Verifies a notification with header and secrets as C has them, then reads it as `document(of:)`.
    package static func document(
        of body: UnsafeRawBufferPointer, signature: UnsafeRawBufferPointer?, secrets: UnsafeRawBufferPointer?
    ) throws(Failure) -> TextMemory {
        unsafe try Signature.verify(body: body, header: signature, secrets: secrets)
        return unsafe try document(of: body)
    }

    /// The value of `X-Hub-Signature-256` for these bytes, as Meta signs them; for tests and relays.
    /// - Throws: `.badArgument` when the secret is blank.
    public static func sign(body: UnsafeRawBufferPointer, secret: String) throws(Failure) -> String {
        unsafe try Signature.sign(body: body, secret: secret)
    }

    /// Verifies a notification, then reads it into typed events.
    public static func events(body: UnsafeRawBufferPointer, signature: String?, secrets: String?) throws(Failure) -> [Event] {
        unsafe try Signature.verify(body: body, header: signature, secrets: secrets)
        return unsafe try events(verified: body)
    }

    /// Reads a notification that was verified before into typed events.
    public static func events(verified body: UnsafeRawBufferPointer) throws(Failure) -> [Event] {
        let written = unsafe try Tape.read(body, .tolerant) { (root) throws(Failure) in
            try EventWalk.events(in: root, length: body.count, keepsPlaces: true)
        }
        let places = written.places
        let document = try written.finish()
        var events: [Event] = []
        events.reserveCapacity(places.count)
        for place in places {
            let event = unsafe UnsafeRawBufferPointer(rebasing: document.bytes[place])
            events.append(unsafe try Tape.read(event, .tolerant, depth: EventWalk.depth) { (view) throws(Failure) in Event(view) })
        }
        return events
    }
}

// The same for bytes that are held in an array.
extension Webhook {
    public static func receive(body: [UInt8], signature: String?, secrets: String?) throws(Failure) -> [UInt8] {
        try unsafe body.withUnsafeBufferPointer { (bytes) throws(Failure) in
            unsafe try receive(body: UnsafeRawBufferPointer(bytes), signature: signature, secrets: secrets)
        }
    }

    public static func parse(body: [UInt8]) throws(Failure) -> [UInt8] {
        try unsafe body.withUnsafeBufferPointer { (bytes) throws(Failure) in
            unsafe try parse(body: UnsafeRawBufferPointer(bytes))
        }
    }

    public static func sign(body: [UInt8], secret: String) throws(Failure) -> String {
        try unsafe body.withUnsafeBufferPointer { (bytes) throws(Failure) in
            unsafe try sign(body: UnsafeRawBufferPointer(bytes), secret: secret)
        }
    }

    public static func events(body: [UInt8], signature: String?, secrets: String?) throws(Failure) -> [Event] {
        try unsafe body.withUnsafeBufferPointer { (bytes) throws(Failure) in
            unsafe try events(body: UnsafeRawBufferPointer(bytes), signature: signature, secrets: secrets)
        }
    }

    public static func events(verified body: [UInt8]) throws(Failure) -> [Event] {
        try unsafe body.withUnsafeBufferPointer { (bytes) throws(Failure) in
            unsafe try events(verified: UnsafeRawBufferPointer(bytes))
        }
    }
}
