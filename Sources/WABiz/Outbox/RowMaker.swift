// Makes rows of messages: checks each, takes its payload apart where it was read, and keeps for the next message the memory that one
// needed. The tape of a whole call is enough: a payload that the caller wrote complete is not read a second time.

package struct RowMaker: ~Copyable {
    private let outbox: OutboxOptions
    /// Unix milliseconds.
    private let now: Int
    private var payload = JSONWriter()
    private var canonical = CanonicalText()
    /// What stands before the canonical text where it is hashed.
    private var heading = TextMemory()
    private var digest = KeptDigest()

    /// - Parameter now: Unix milliseconds.
    package init(_ outbox: OutboxOptions, now: Int) {
        self.outbox = outbox
        self.now = now
    }

    /// A checked message as a row that is not stored yet.
    /// - Throws: `.invalid`, `.badJSON`, `.badArgument`.
    mutating func row(of document: JSONView, _ options: PutOptions) throws(Failure) -> OutboxRow {
        guard (options.message.api == .onPremises) == (outbox.api == .onPremises) else {
            throw .badArgument("The message is for \"\(options.message.api.rawValue)\" and the outbox for \"\(outbox.api.rawValue)\"; open one for each.")
        }
        guard options.phoneNumberID == nil || outbox.api == .cloud else {
            throw .badArgument("The option \"phone_number_id\" has no meaning for \"on_premises\"; leave it out.")
        }
        return try Message.examine(document, options.message) { (report, written, _) throws(Failure) in
            guard report.isValid, let type = report.type else { throw report.failure }
            guard type != "read" else { throw RowMaker.markAsRead }
            var row = OutboxRow()
            row.account = options.phoneNumberID ?? outbox.phoneNumberID
            row.api = options.message.api
            row.type = type
            try read(written, options, into: &row)
            if let fallback = options.fallback { try readFallback(fallback, options, into: &row) }
            try settle(options, &row)
            return row
        }
    }

    private static var markAsRead: Failure { .badArgument("A mark as read is not stored: send it with the client, and again when it fails.") }

    // MARK: Parts

    /// Takes the payload apart: the caller's callback data, the person, what it is for, and what is compared under a key.
    private mutating func read(_ written: JSONView, _ options: PutOptions, into row: inout OutboxRow) throws(Failure) {
        row.tag = try readPayload(written, into: &row.payload)
        row.isGroup = written["recipient_type"]?.equalsIgnoringCase("group") == true
        row.person = RowMaker.person(written, row.isGroup)
        row.category = RowMaker.category(written, options.message)
        // Nobody asks for the digest of a message without a key.
        if options.key != nil { row.digest = try digest(of: written, row.account, row.api) }
    }

    /// Copies a payload without the callback data, which it hands back as JSON.
    private mutating func readPayload(_ written: JSONView, into bytes: inout [UInt8]) throws(Failure) -> [UInt8]? {
        var tag: [UInt8]?
        payload.clear()
        payload.beginObject()
        for (name, value) in written.members {
            if name.equals("biz_opaque_callback_data") {
                tag = value.raw
            } else {
                payload.name(name)
                payload.raw(value)
            }
        }
        payload.endObject()
        guard !payload.text.isExhausted else { throw Failure(.noMemory, "There is no memory for the message; free some.", retry: .backoff) }
        bytes = payload.bytes
        return tag
    }

    private mutating func readFallback(_ written: [UInt8], _ options: PutOptions, into row: inout OutboxRow) throws(Failure) {
        let message: Message
        do throws(Failure) {
            message = try Message(json: written, options: options.message)
            guard message.type != "read" else { throw RowMaker.markAsRead }
        } catch { throw error.inside("/fallback", of: "The fallback") }
        guard message.type == "template" else { throw .badArgument("The option \"fallback\" is a template message: only those go out when the window is closed.") }
        let (person, category) = try Tape.read(message.payload) { (root) throws(Failure) in
            let isGroup = root["recipient_type"]?.equalsIgnoringCase("group") == true
            var bytes: [UInt8] = []
            _ = try readPayload(root, into: &bytes)
            row.fallback = bytes
            return (RowMaker.person(root, isGroup), RowMaker.category(root, options.message))
        }
        guard person == row.person else { throw .badArgument("The option \"fallback\" is for somebody else than the message; write the same \"to\".") }
        row.fallbackCategory = category
    }

    /// `to` outweighs `recipient`, as Meta reads them.
    private static func person(_ root: JSONView, _ isGroup: Bool) -> String {
        guard let to = root["to"], !to.isNull else { return root["recipient"]?.string ?? "" }
        if !isGroup, let digits = to.withText({ OutboxRow.digits($0) }) ?? nil { return digits }
        let written = to.string ?? String(decoding: to.raw, as: UTF8.self)
        return isGroup ? written : OutboxRow.person(written)
    }

    private static func category(_ root: JSONView, _ options: MessageOptions) -> RowCategory {
        if options.api == .marketingMessages { return .marketing }
        // Direct Send: Meta makes a template of it.
        if let direct = root["category"]?.string.flatMap({ TemplateCategory(rawValue: $0.lowercased()) }) { return RowCategory(direct) }
        guard let template = root["template"] ?? root["hsm"], template.isObject else { return .service }
        if let category = options.templateCategory ?? options.templates?.definition(of: template)?.category { return RowCategory(category) }
        return .unknown
    }

    /// SHA-256 of account, dialect and canonical text, told apart by their lengths. It stands in files: it never changes.
    private mutating func digest(of written: JSONView, _ account: String, _ api: API) throws(Failure) -> [UInt8] {
        canonical.clear()
        canonical.append(written)
        heading.cut(to: 0)
        for part in [account, api.rawValue] {
            var part = part
            heading.append(decimal: part.utf8.count)
            heading.append(UInt8(ascii: ":"))
            part.withUTF8 { unsafe heading.append(UnsafeRawBufferPointer($0)) }
        }
        heading.append(decimal: canonical.text.count)
        heading.append(UInt8(ascii: ":"))
        guard !heading.isExhausted, !canonical.text.isExhausted, let digest = unsafe digest.sha256(heading.bytes, canonical.text.bytes) else { throw OutboxRow.noDigest }
        return digest.bytes
    }

    // MARK: Options

    /// What Meta gives authentication templates by default: a code that comes later is of no use.
    private static let codeLife = 600_000

    /// What the options say, or the outbox where they say nothing.
    private func settle(_ options: PutOptions, _ row: inout OutboxRow) throws(Failure) {
        row.key = options.key
        row.tag = options.tag ?? row.tag
        if let tag = row.tag, tag.count > 65_536 { throw .badArgument("\"tag\" is longer than 65536 bytes.") }
        row.priority = options.priority ?? row.category.priority
        row.putAt = now
        row.changedAt = now
        row.sendAt = options.sendAt.map { $0 * 1000 } ?? now
        let life = row.category == .authentication ? min(outbox.rules.expireAfter, RowMaker.codeLife) : outbox.rules.expireAfter
        row.expiresAt = options.expiresAt.map { $0 * 1000 } ?? max(now, row.sendAt) + life
        guard row.expiresAt > row.sendAt else { throw .badArgument("The message expires before it may be sent: set \"expires_at\" behind \"send_at\".") }
        row.sequence = options.sequence
        row.holds = row.sequence != nil
        row.after = options.after ?? outbox.after
        row.sequenceTimeout = options.sequenceTimeout ?? outbox.sequenceTimeout
        row.sequenceFailure = options.sequenceFailure ?? outbox.sequenceFailure
        row.due = min(max(row.sendAt, now), row.expiresAt)
    }
}
