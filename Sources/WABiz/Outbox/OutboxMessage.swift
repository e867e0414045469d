// What a row says of its message: what is posted, where our id takes the place of the caller's own callback data on the wire, and what
// is compared, which does not depend on how the JSON is written. Rows are made in RowMaker.swift.

extension OutboxRow {
    /// A checked message as a row that is not stored yet.
    /// - Parameter now: Unix milliseconds.
    /// - Throws: `.invalid`, `.badJSON`, `.badArgument`.
    package init(_ json: [UInt8], _ options: PutOptions, _ outbox: OutboxOptions, now: Int) throws(Failure) {
        var maker = RowMaker(outbox, now: now)
        var options = options
        options.message.now = options.message.now ?? now / 1000
        self = try Tape.read(json) { [options] (document) throws(Failure) in try maker.row(of: document, options) }
    }

    /// What the rule against repetition compares: the same content for the same person, whatever the number is spelt like.
    package func contentDigest() throws(Failure) -> [UInt8] {
        let content = try Tape.read(payload) { (root) throws(Failure) in try OutboxRow.content(root) }
        return try OutboxRow.digest([Array(account.utf8), Array(person.utf8)] + content)
    }

    /// The members that make the content, by name.
    private static func content(_ root: JSONView) throws(Failure) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        for (name, value) in root.members {
            if name.equals("to") || name.equals("recipient") || name.equals("recipient_type") || name.equals("messaging_product") { continue }
            var part = name.utf8 ?? []
            part.append(0)
            guard Canonical.write(value, to: &part) else { throw noDigest }
            parts.append(part)
        }
        return parts.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// SHA-256 of some parts, told apart by their lengths.
    private static func digest(_ parts: [[UInt8]]) throws(Failure) -> [UInt8] {
        var text: [UInt8] = []
        for part in parts {
            text.append(contentsOf: "\(part.count):".utf8)
            text.append(contentsOf: part)
        }
        guard let digest = Digest.sha256(text) else { throw OutboxRow.noDigest }
        return digest.bytes
    }

    static var noDigest: Failure { Failure(.noMemory, "libcrypto could not compute SHA-256; free memory and check its configuration.") }

    /// The message as it is posted: with our id, where the dialect has a place for it.
    package var wireMessage: Message {
        guard api != .onPremises else { return Message(payload: payload, type: type, api: api, readMessageID: nil, recipientKey: recipientKey, warnings: []) }
        var wire: [UInt8] = []
        wire.reserveCapacity(payload.count + 72)
        wire.append(contentsOf: #"{"biz_opaque_callback_data":""#.utf8)
        wire.append(contentsOf: id.description.utf8)
        wire.append(UInt8(ascii: "\""))
        let rest = (payload.firstIndex(of: UInt8(ascii: "{")).map { payload[($0 + 1)...] } ?? []).drop { $0 <= 0x20 }
        if rest.first != UInt8(ascii: "}") { wire.append(UInt8(ascii: ",")) }
        wire.append(contentsOf: rest)
        return Message(payload: wire, type: type, api: api, readMessageID: nil, recipientKey: recipientKey, warnings: [])
    }

    /// Whom the pair rule counts it for.
    package var recipientKey: UInt64? { isGroup ? nil : RecipientKey.of(person: person) }
}

extension OutboxRow {
    /// A recipient as rules compare it: the digits of a phone number, anything else as it is.
    package static func person(_ written: String) -> String {
        var written = written
        return written.withUTF8 { unsafe digits(TextBytes($0)) } ?? written
    }

    /// The digits of a phone number; nil for anything else.
    static func digits(_ written: TextBytes) -> String? {
        guard written.allSatisfy({ WebAddress.isDigit($0) || RecipientKey.isMark($0) }) else { return nil }
        let digits = unsafe String(unsafeUninitializedCapacity: written.count) { buffer in
            var count = 0
            for byte in written where WebAddress.isDigit(byte) {
                unsafe buffer[count] = byte
                count += 1
            }
            return count
        }
        return digits.isEmpty ? nil : digits
    }
}

extension Failure {
    /// The same failure for a part of a larger document.
    package func inside(_ pointer: String, of what: String) -> Failure {
        var failure = self
        failure.message = "\(what): \(message)"
        for index in failure.issues.indices { failure.issues[index].path = pointer + failure.issues[index].path }
        return failure
    }
}
