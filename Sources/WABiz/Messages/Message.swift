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
    /// What did not refuse the message but deserves a look.
    public let warnings: [Issue]
}
