// A message that has passed the rules. There is no other way to have one, so "was this checked?" is answered by the type.

/// A checked message, ready to post.
public struct Message: Sendable {
    /// Meta's own JSON as it is posted. On-Premises `status=read` posts it to `/v1/messages/{message_id}`.
    public let payload: [UInt8]
    /// The message type (`text`, `template`, …), or `read` for a status=read message.
    public let type: String
    public let api: API
    /// The inbound message to mark as read, when `type` is `read`.
    public let readMessageID: String?
    /// Whom it goes to, as the pair rule counts; nil for groups and for a mark as read.
    package let recipientKey: UInt64?
    /// What did not refuse the message but deserves a look.
    public let warnings: [Issue]

    /// Checks a complete payload or a short form, both described in `wabiz.h`.
    /// - Throws: `.badJSON`, or `.invalid` with every issue.
    public init(json: [UInt8], options: MessageOptions = MessageOptions()) throws(Failure) {
        self = try unsafe json.withUnsafeBufferPointer { (json) throws(Failure) in
            try unsafe Message(borrowing: UnsafeRawBufferPointer(json), options: options)
        }
    }

    /// The same for a text that the caller keeps until this returns.
    @unsafe package init(borrowing json: UnsafeRawBufferPointer, options: MessageOptions) throws(Failure) {
        self = try unsafe Self.examine(json, options) { (report, message, id) throws(Failure) in
            guard report.isValid, let type = report.type else { throw report.failure }
            let isPut = id != nil && options.api == .onPremises
            return Message(
                payload: isPut ? Self.readOnPremises : message.raw, type: type, api: options.api, readMessageID: id,
                recipientKey: id == nil ? RecipientKey.of(message) : nil, warnings: report.issues)
        }
    }

    init(payload: [UInt8], type: String, api: API, readMessageID: String?, recipientKey: UInt64? = nil, warnings: [Issue]) {
        self.payload = payload
        self.type = type
        self.api = api
        self.readMessageID = readMessageID
        self.recipientKey = recipientKey
        self.warnings = warnings
    }

    /// Checks without building: every issue of the message, warnings too.
    /// - Throws: `.badJSON` alone; an invalid message is a report.
    public static func report(json: [UInt8], options: MessageOptions = MessageOptions()) throws(Failure) -> Report {
        try unsafe json.withUnsafeBufferPointer { (json) throws(Failure) in
            try unsafe examine(UnsafeRawBufferPointer(json), options) { (report, _, _) throws(Failure) in report }
        }
    }

    static func examine<Result>(
        _ json: UnsafeRawBufferPointer, _ options: MessageOptions, _ body: (Report, JSONView, String?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe Tape.read(json) { (document) throws(Failure) in try examine(document, options, body) }
    }

    /// Expands a short form, checks, and hands over the report, the payload and the id of a status=read message.
    static func examine<Result>(
        _ document: JSONView, _ options: MessageOptions, _ body: (Report, JSONView, String?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard ShortForm.isShort(document) else {
            var walk = Validation(options: options)
            let type = walk.checkMessage(document)?.description
            return try body(Report(type: type, issues: walk.issues, omitted: walk.omitted), document, readID(document, type))
        }
        return try expand(document, options, body)
    }

    private static func expand<Result>(
        _ document: JSONView, _ options: MessageOptions, _ body: (Report, JSONView, String?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let short = ShortForm(document, api: options.api, mapped: false)
        var names = Validation(options: options)
        names.checkRepeatedNames(document)
        var wasRead = false
        do {
            return try Tape.read(short.payload) { (payload) throws(Failure) in
                wasRead = true
                var walk = Validation(options: options, isShort: true)
                let type = walk.checkMessage(payload)?.description
                var issues = short.issues
                // Where everything came from is only worked out when there is something to lead back.
                if !(walk.issues.isEmpty && short.issues.isEmpty && names.issues.isEmpty) {
                    issues = lead(walk.issues, back: ShortForm(document, api: options.api, mapped: true), names.issues)
                }
                return try body(Report(type: type, issues: issues, omitted: walk.omitted + names.omitted + short.omitted), payload, readID(payload, type))
            }
        } catch where !wasRead {
            // The caller's text was JSON; only its expansion reaches a bound of the reader.
            throw Failure(.badJSON, "Written out, this short form goes beyond \(JSONBounds.depth) levels or \(JSONBounds.bytes) bytes; make it smaller.")
        }
    }

    /// Names that are repeated in the caller's document are repeated in the payload, where they were copied: one issue is enough.
    private static func lead(_ issues: [Issue], back short: borrowing ShortForm, _ repeated: [Issue]) -> [Issue] {
        var pointers = short.pointers
        let known = Set(repeated.map(\.path))
        let led = issues.compactMap { issue -> Issue? in
            var issue = issue
            issue.path = pointers.callersPointer(for: issue)
            return issue.code == .notUnique && issue.rule == "J01" && known.contains(issue.path) ? nil : issue
        }
        return short.issues + led + repeated
    }

    private static func readID(_ message: JSONView, _ type: String?) -> String? {
        type == "read" ? message["message_id"]?.string : nil
    }
}

extension Report {
    /// The failure of a build or send.
    var failure: Failure {
        let errors = issues.filter { $0.severity == .error }
        let count = errors.count == 1 ? "1 problem" : "\(errors.count) problems"
        let first = errors.first.map { " The first, at \($0.path.isEmpty ? "the root" : $0.path): \($0.message)" } ?? ""
        return Failure(.invalid, "Meta would refuse this message: \(count).\(first)", retry: .afterFix, issues: issues)
    }
}
