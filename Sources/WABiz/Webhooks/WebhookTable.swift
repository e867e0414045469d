// The webhook table: which arrays of which fields become events of which kind, with which key and members. The walker
// (EventWalk.swift) and the description read it. A field that is not here arrives whole as kind "unknown".
//
// Sources of the facts: Meta's webhook reference (messages, statuses, errors), its page on business-scoped user ids
// (2026) and the On-Premises webhook reference.

enum WebhookTable {
    static let messages = WebhookField("messages", rows: [message, status, error])
    static let fields = [messages]

    /// The rows of a change. One without a readable `field` is read as `messages`, by the names of its arrays.
    static func field(_ word: JSONView?) -> WebhookField? {
        guard let word, word.isString else { return messages }
        return fields.first { word.equals($0.field) }
    }

    // MARK: Inbound messages

    private static let message = EventRow(
        array: "messages", kind: "message", "a message that a person sent to the business number",
        key: KeyRule(parts: [Path("id")]),
        person: Person(userIDs: [Path("from_user_id")], phones: [Path("from")]),
        members: [
            EventMember("message_id", .id, Path("id"), "id of the message, to reply to it or mark it as read"),
            EventMember("timestamp", .integer, Path("timestamp"), "when it was sent, Unix seconds"),
            EventMember("from", .id, Path("from"), "the person's phone number; absent when it is hidden"),
            EventMember("from_user_id", .id, Path("from_user_id"), "the person's business-scoped user id"),
            EventMember("group_id", .id, Path("group_id"), "the group it was written in"),
            EventMember("type", .text, Path("type"), "Meta's message type"),
            EventMember("context_id", .id, Path("context", "id"), "id of the message that it answers or quotes"),
            EventMember("errors", .errors, Path("errors"), "why Meta could not deliver the content"),
        ],
        types: messageTypes)

    private static let messageTypes = [
        EventType("text", said(Path("text", "body"), "the text")),
        EventType("image", media(Path("image")), caption(Path("image", "caption"))),
        EventType("audio", media(Path("audio"))),
        // On-Premises only; the Cloud API sends voice notes as audio with "voice": true.
        EventType("voice", media(Path("voice"))),
        EventType("video", media(Path("video")), caption(Path("video", "caption"))),
        EventType("document", media(Path("document")), caption(Path("document", "caption"))),
        EventType("sticker", media(Path("sticker"))),
        EventType("location",
            EventMember("location", .object, Path("location"), "latitude and longitude, for places also name, address and url")),
        EventType("reaction",
            EventMember("reaction", .reaction, Path("reaction"), "the message reacted to and the emoji, \"\" when it was taken back")),
        EventType("button",
            said(Path("button", "text"), "the label of the tapped template button"),
            EventMember("reply_id", .id, Path("button", "payload"), "the button's payload"),
            EventMember("reply_title", .text, Path("button", "text"), "the button's label")),
        EventType("interactive",
            said(Path("interactive", "button_reply", "title"), or: Path("interactive", "list_reply", "title"), "the title of the tapped button or row"),
            EventMember("reply_id", .id, Path("interactive", "button_reply", "id"), or: Path("interactive", "list_reply", "id"), "id of the button or row"),
            EventMember("reply_title", .text, Path("interactive", "button_reply", "title"), or: Path("interactive", "list_reply", "title"), "its title")),
    ]

    private static func said(_ source: Path, or otherwise: Path? = nil, _ meaning: StaticString) -> EventMember {
        EventMember("text", .text, source, or: otherwise, meaning)
    }

    private static func caption(_ source: Path) -> EventMember { said(source, "the caption") }

    private static func media(_ source: Path) -> EventMember {
        EventMember("media", .object, source, "media id, mime_type, sha256 and what else describes the file")
    }

    // MARK: Statuses

    private static let status = EventRow(
        array: "statuses", kind: "status", "what became of a message that the business sent",
        key: KeyRule(parts: [Path("id"), Path("status")], last: [participantUserID, participant, participantOtherwise]),
        person: Person(
            userIDs: [participantUserID, Path("recipient_user_id")],
            phones: [participant, participantOtherwise, Path("recipient_id"), Path("message", "recipient_id")]),
        members: [
            EventMember("message_id", .id, Path("id"), "id that the send was answered with"),
            EventMember("timestamp", .integer, Path("timestamp"), "when it happened, Unix seconds"),
            EventMember("status", .text, Path("status"), "sent, delivered, read, played, failed, ..."),
            EventMember("type", .text, Path("type"), "payment, call or message, where Meta says so"),
            EventMember("recipient_id", .id, Path("recipient_id"), or: Path("message", "recipient_id"), "phone number or group id; absent when it is hidden"),
            EventMember("recipient_user_id", .id, Path("recipient_user_id"), "the person's business-scoped user id"),
            EventMember("participant_id", .id, participant, or: participantOtherwise, "in a group: the phone number of the person concerned"),
            EventMember("participant_user_id", .id, participantUserID, "in a group: the business-scoped user id of the person concerned"),
            EventMember("tag", .text, Path("biz_opaque_callback_data"), "the tag that was set when sending"),
            EventMember("pricing", .object, Path("pricing"), "billable, pricing_model, type, category"),
            EventMember("conversation", .object, Path("conversation"), "id, origin, expiration_timestamp"),
            EventMember("errors", .errors, Path("errors"), "why it failed"),
        ],
        types: [
            EventType("payment", key: payment,
                EventMember("payment", .object, Path("payment"), "reference_id, amount, currency, transaction; look the payment up before you trust it"))
        ])

    private static let participant = Path("recipient_participant_id")
    /// The groups page spells it the other way round.
    private static let participantOtherwise = Path("participant_recipient_id")
    private static let participantUserID = Path("recipient_participant_user_id")

    private static let payment = KeyRule(parts: [
        Path("id"), Path("payment", "transaction", "id"), Path("payment", "transaction", "status"),
        Path("payment", "transaction", "updated_timestamp"),
    ])

    // MARK: Errors

    private static let error = EventRow(
        array: "errors", kind: "error", "an error of the system, the app or the account that belongs to no message",
        key: .none,
        members: [EventMember("errors", .errors, Path(), "the error, as a list of one")])
}
