// From a message to a row and from a row to what is posted: our id takes the place of the caller's own callback data on the
// wire, and what is compared under a key does not depend on how the JSON is written.

extension OutboxRow {
    /// A checked message as a row that is not stored yet.
    /// - Parameter now: Unix milliseconds.
    /// - Throws: `.invalid`, `.badJSON`, `.badArgument`.
    package init(_ json: [UInt8], _ options: PutOptions, _ outbox: OutboxOptions, now: Int) throws(Failure) {
        self.init()
        var options = options
        options.message.now = options.message.now ?? now / 1000
        let message = try OutboxRow.check(json, options, outbox)
        account = options.phoneNumberID ?? outbox.phoneNumberID
        api = message.api
        type = message.type
        try read(message.payload, options)
        if let written = options.fallback { try readFallback(written, options, outbox) }
        key = options.key
        tag = options.tag ?? tag
        if let tag, tag.count > 65_536 { throw .badArgument("\"tag\" is longer than 65536 bytes.") }
        priority = options.priority ?? category.priority
        putAt = now
        changedAt = now
        sendAt = options.sendAt.map { $0 * 1000 } ?? now
        let life = category == .authentication ? min(outbox.rules.expireAfter, OutboxRow.codeLife) : outbox.rules.expireAfter
        expiresAt = options.expiresAt.map { $0 * 1000 } ?? max(now, sendAt) + life
        guard expiresAt > sendAt else { throw .badArgument("The message expires before it may be sent: set \"expires_at\" behind \"send_at\".") }
        sequence = options.sequence
        holds = sequence != nil
        after = options.after ?? outbox.after
        sequenceTimeout = options.sequenceTimeout ?? outbox.sequenceTimeout
        sequenceFailure = options.sequenceFailure ?? outbox.sequenceFailure
        due = min(max(sendAt, now), expiresAt)
    }

    /// What Meta gives authentication templates by default: a code that comes later is of no use.
    private static let codeLife = 600_000

    private static func check(_ json: [UInt8], _ options: PutOptions, _ outbox: OutboxOptions) throws(Failure) -> Message {
        guard (options.message.api == .onPremises) == (outbox.api == .onPremises) else {
            throw .badArgument("The message is for \"\(options.message.api.rawValue)\" and the outbox for \"\(outbox.api.rawValue)\"; open one for each.")
        }
        guard options.phoneNumberID == nil || outbox.api == .cloud else {
            throw .badArgument("The option \"phone_number_id\" has no meaning for \"on_premises\"; leave it out.")
        }
        let message = try Message(json: json, options: options.message)
        guard message.type != "read" else {
            throw .badArgument("A mark as read is not stored: send it with the client, and again when it fails.")
        }
        return message
    }

    /// Takes the payload apart: the caller's callback data, the person, what it is for, and the digest.
    private mutating func read(_ written: [UInt8], _ options: PutOptions) throws(Failure) {
        let parts = try Tape.read(written) { (root) throws(Failure) in try PayloadParts(root, options, api) }
        (payload, tag, person, isGroup, category) = (parts.payload, parts.tag, parts.person, parts.isGroup, parts.category)
        digest = try OutboxRow.digest([Array(account.utf8), Array(api.rawValue.utf8), parts.canonical])
    }

    private mutating func readFallback(_ written: [UInt8], _ options: PutOptions, _ outbox: OutboxOptions) throws(Failure) {
        let message: Message
        do { message = try OutboxRow.check(written, options, outbox) } catch { throw error.inside("/fallback", of: "The fallback") }
        guard message.type == "template" else { throw .badArgument("The option \"fallback\" is a template message: only those go out when the window is closed.") }
        let parts = try Tape.read(message.payload) { (root) throws(Failure) in try PayloadParts(root, options, api) }
        guard parts.person == person else { throw .badArgument("The option \"fallback\" is for somebody else than the message; write the same \"to\".") }
        fallback = parts.payload
        fallbackCategory = parts.category
    }

    /// SHA-256 of some parts, told apart by their lengths.
    static func digest(_ parts: [[UInt8]]) throws(Failure) -> [UInt8] {
        var text: [UInt8] = []
        for part in parts {
            text.append(contentsOf: "\(part.count):".utf8)
            text.append(contentsOf: part)
        }
        guard let digest = Digest.sha256(text) else {
            throw Failure(.noMemory, "libcrypto could not compute SHA-256; free memory and check its configuration.")
        }
        return digest.bytes
    }

    /// What the rule against repetition compares: the same content for the same person, whatever the number is spelt like.
    package func contentDigest() throws(Failure) -> [UInt8] {
        let content = try Tape.read(payload) { (root) throws(Failure) in PayloadParts.content(root) }
        return try OutboxRow.digest([Array(account.utf8), Array(person.utf8)] + content)
    }

    /// The message as it is posted: with our id, where the dialect has a place for it.
    package var wireMessage: Message {
        guard api != .onPremises else { return Message(payload: payload, type: type, api: api, readMessageID: nil, recipientKey: recipientKey, warnings: []) }
        var wire: [UInt8] = []
        wire.reserveCapacity(payload.count + 72)
        wire.append(contentsOf: #"{"biz_opaque_callback_data":""#.utf8)
        wire.append(contentsOf: id.description.utf8)
        wire.append(UInt8(ascii: "\""))
        let rest = payload.drop { $0 != UInt8(ascii: "{") }.dropFirst().drop { $0 <= 0x20 }
        if rest.first != UInt8(ascii: "}") { wire.append(UInt8(ascii: ",")) }
        wire.append(contentsOf: rest)
        return Message(payload: wire, type: type, api: api, readMessageID: nil, recipientKey: recipientKey, warnings: [])
    }

    /// Whom the pair rule counts it for.
    package var recipientKey: UInt64? { isGroup ? nil : RecipientKey.of(person: person) }
}

/// A checked payload taken apart.
private struct PayloadParts {
    /// Without the callback data.
    var payload: [UInt8]
    /// The callback data, as JSON.
    var tag: [UInt8]?
    var person: String
    var isGroup: Bool
    var category: RowCategory
    /// All of it in one spelling.
    var canonical: [UInt8] = []

    init(_ root: JSONView, _ options: PutOptions, _ api: API) throws(Failure) {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in root.members {
            if name.equals("biz_opaque_callback_data") {
                tag = value.raw
            } else {
                writer.name(name)
                writer.raw(value)
            }
        }
        writer.endObject()
        payload = writer.bytes
        isGroup = root["recipient_type"]?.equalsIgnoringCase("group") == true
        person = PayloadParts.person(root, isGroup)
        category = PayloadParts.category(root, options.message, api)
        Canonical.write(root, to: &canonical)
    }

    /// `to` outweighs `recipient`, as Meta reads them.
    private static func person(_ root: JSONView, _ isGroup: Bool) -> String {
        guard let to = root["to"], !to.isNull else { return root["recipient"]?.string ?? "" }
        let written = to.string ?? String(decoding: to.raw, as: UTF8.self)
        return isGroup ? written : OutboxRow.person(written)
    }

    private static func category(_ root: JSONView, _ options: MessageOptions, _ api: API) -> RowCategory {
        if api == .marketingMessages { return .marketing }
        // Direct Send: Meta makes a template of it.
        if let direct = root["category"]?.string.flatMap({ TemplateCategory(rawValue: $0.lowercased()) }) { return RowCategory(direct) }
        guard let template = root["template"] ?? root["hsm"], template.isObject else { return .service }
        if let category = options.templateCategory ?? options.templates?.definition(of: template)?.category { return RowCategory(category) }
        return .unknown
    }

    /// The members that make the content, by name.
    static func content(_ root: JSONView) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        for (name, value) in root.members {
            if name.equals("to") || name.equals("recipient") || name.equals("recipient_type") || name.equals("messaging_product") { continue }
            var part = name.utf8 ?? []
            part.append(0)
            Canonical.write(value, to: &part)
            parts.append(part)
        }
        return parts.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

extension OutboxRow {
    /// A recipient as rules compare it: the digits of a phone number, anything else as it is.
    package static func person(_ written: String) -> String {
        let digits = written.utf8.filter { 0x30...0x39 ~= $0 }
        let isPhone = !digits.isEmpty && written.utf8.allSatisfy { 0x30...0x39 ~= $0 || phoneMarks.contains($0) }
        return isPhone ? String(decoding: digits, as: UTF8.self) : written
    }

    private static let phoneMarks = Set(" +-().".utf8)
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
