// What Meta says when it has taken a message. Accepted is not delivered: that comes by webhook.

public struct Receipt: Sendable {
    /// Meta's id of the message; nil for a mark as read.
    public var messageID: String?
    /// The recipient as WhatsApp knows it; may differ from what was written. Absent for sends by user id.
    public var waID: String?
    /// The recipient as it was written.
    public var input: String?
    public var userID: String?
    public var groupID: String?
    /// `accepted`, `held_for_quality_assessment`, `paused`, or a word of Meta's that is newer than this library.
    public var messageStatus: String?
    /// The sentence in which the On-Premises client says that it holds a message.
    public var messageStatusText: String?
    public var httpStatus: Int
    /// True for a mark as read.
    public var success: Bool?

    /// The receipt document.
    public var document: Tree {
        .object([
            ("message_id", messageID.map(Tree.string)), ("wa_id", waID.map(Tree.string)), ("input", input.map(Tree.string)),
            ("user_id", userID.map(Tree.string)), ("group_id", groupID.map(Tree.string)),
            ("message_status", messageStatus.map(Tree.string)), ("message_status_text", messageStatusText.map(Tree.string)),
            ("success", success.map(Tree.bool)), ("http_status", .integer(httpStatus)),
        ])
    }

    /// Writes the receipt document: the same text as that of `document`, without composing it first.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("message_id", messageID)
        writer.member("wa_id", waID)
        writer.member("input", input)
        writer.member("user_id", userID)
        writer.member("group_id", groupID)
        writer.member("message_status", messageStatus)
        writer.member("message_status_text", messageStatusText)
        if let success {
            writer.name("success")
            writer.bool(success)
        }
        writer.name("http_status")
        writer.integer(httpStatus)
        writer.endObject()
    }

    /// A mark as read that was taken.
    static func read(httpStatus: Int) -> Receipt { Receipt(httpStatus: httpStatus, success: true) }

    /// The receipt in an answer to a send, or nil when it names no message: then nobody knows what became of it.
    static func sent(_ root: JSONView, httpStatus: Int) -> Receipt? {
        var messages = root["messages"]?.elements
        guard let message = messages?.next(), let written = message["id"], written.isString, let id = text(written) else { return nil }
        var receipt = Receipt(messageID: id, httpStatus: httpStatus)
        receipt.groupID = text(message["group_id"])
        receipt.setStatus(text(message["message_status"]))
        var contacts = root["contacts"]?.elements
        let contact = contacts?.next()
        receipt.waID = text(contact?["wa_id"])
        receipt.input = text(contact?["input"])
        receipt.userID = text(contact?["user_id"])
        return receipt
    }

    /// Meta names a state only where it has something to add; a message with an id is accepted.
    private mutating func setStatus(_ written: String?) {
        guard let written, written != "accepted" else { return messageStatus = "accepted" }
        guard written.utf8.contains(UInt8(ascii: " ")) else { return messageStatus = written }
        let isHeld = written.lowercased().split(separator: " ").starts(with: ["message", "has", "been", "held"])
        messageStatus = isHeld ? "held_for_quality_assessment" : written
        messageStatusText = written
    }

    /// The text of a string or a number, without blanks around it; nil when nothing is left.
    private static func text(_ view: JSONView?) -> String? {
        guard let view, view.isString || view.isInteger else { return nil }
        if view.isString, !view.isEscaped, unsafe view.inside.first ?? 0 > 0x20, unsafe view.inside.last ?? 0 > 0x20 { return view.string }
        let bytes = view.utf8 ?? view.raw
        let blank: (UInt8) -> Bool = { $0 <= 0x20 }
        let trimmed = bytes.drop(while: blank).reversed().drop(while: blank).reversed()
        return trimmed.isEmpty ? nil : String(decoding: trimmed, as: UTF8.self)
    }
}
