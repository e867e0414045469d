// What is posted of a checked message, where it lies. A caller who blocks keeps his text until the outcome is known, and nothing of it
// has to be copied.

/// Valid no longer than the closure that it is shown to.
@unsafe package struct Posting {
    /// Meta's own JSON.
    package let payload: UnsafeRawBufferPointer
    package let api: API
    /// Whether it marks a message as read, and which one.
    package let isRead: Bool
    package let readMessageID: String?
    /// Whom it goes to, as the pair rule counts.
    package let recipientKey: UInt64?
}

extension Message {
    /// What On-Premises takes in place of the whole message, whose id stands in the URL.
    static let readOnPremises = Array(#"{"status":"read"}"#.utf8)

    /// Checks a text as `init(borrowing:options:)` does and shows what is to be posted.
    /// - Throws: as that does, and what `body` throws.
    @unsafe package static func check<Result>(
        _ json: UnsafeRawBufferPointer, _ options: MessageOptions, _ body: (Posting) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe examine(json, options) { (report, message, id) throws(Failure) in
            guard report.isValid, let type = report.type else { throw report.failure }
            let isRead = type == "read", key = id == nil ? RecipientKey.of(message) : nil
            guard isRead, options.api == .onPremises else {
                return try unsafe body(Posting(payload: message.slice, api: options.api, isRead: isRead, readMessageID: id, recipientKey: key))
            }
            return try unsafe readOnPremises.withUnsafeBufferPointer { (payload) throws(Failure) in
                try unsafe body(Posting(payload: UnsafeRawBufferPointer(payload), api: options.api, isRead: true, readMessageID: id, recipientKey: key))
            }
        }
    }

    /// Shows what is to be posted of this one.
    @unsafe package func posting<Result>(_ body: (Posting) throws(Failure) -> Result) throws(Failure) -> Result {
        try unsafe payload.withUnsafeBufferPointer { (payload) throws(Failure) in
            try unsafe body(
                Posting(
                    payload: UnsafeRawBufferPointer(payload), api: api, isRead: type == "read", readMessageID: readMessageID, recipientKey: recipientKey))
        }
    }
}
