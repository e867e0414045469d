// The rows of the field "messages": what people send, what became of what the business sent, errors and clicks.
// The fields that carry copies of messages (echoes, history, standby) take their members from here.

extension WebhookTable {
    static let messages = WebhookField(
        "messages",
        EventPlace(
            rows: [message, status, error, userAction],
            context: [EventMember("conversation_context", .object, "what an agent that handed the conversation over says about it")]))

    // MARK: Inbound messages

    static let message = EventRow(
        array: "messages", kind: "message", "a message that a person sent to the business number",
        key: KeyRule(parts: [Path("id")]), person: sender, time: Path("timestamp"), members: messageMembers, types: messageTypes)

    static let sender = Person(userIDs: [Path("from_user_id")], phones: [Path("from")])

    static let messageMembers = [
        EventMember("message_id", .id, Path("id"), "id of the message, to reply to it or mark it as read"),
        EventMember("from", .id, "phone number of whoever wrote it; absent when it is hidden"),
        EventMember("from_user_id", .id, "business-scoped user id of whoever wrote it"),
        EventMember("from_parent_user_id", .id, "the same for the parent portfolio"),
        EventMember("group_id", .id, "the group it was written in"),
        EventMember("type", .text, "Meta's message type"),
        EventMember("context_id", .id, Path("context", "id"), "id of the message that it answers or quotes"),
        EventMember("context_from", .id, Path("context", "from"), "who wrote that message"),
        EventMember("forwarded", .bool, Path("context", "forwarded"), "it was forwarded up to five times"),
        EventMember("frequently_forwarded", .bool, Path("context", "frequently_forwarded"), "it was forwarded more often than that"),
        EventMember("referred_product", .object, Path("context", "referred_product"), "the product it asks about: catalog_id, product_retailer_id"),
        EventMember("referral", .object, "the ad or post that led here: source_id, headline, ctwa_clid, ..."),
        EventMember("identity", .object, or: Path("system", "identity"), "hash and time of the person's changed identity key"),
        EventMember("errors", .errors, "why Meta could not deliver the content"),
    ]

    static let messageTypes = [
        EventType("text", said(Path("text", "body"), "the text")),
        EventType("image", media(Path("image")), caption(Path("image", "caption"))),
        EventType("audio", media(Path("audio"))),
        // On-Premises only; the Cloud API sends voice notes as audio with "voice": true.
        EventType("voice", media(Path("voice"))),
        EventType("video", media(Path("video")), caption(Path("video", "caption"))),
        EventType("document", media(Path("document")), caption(Path("document", "caption"))),
        EventType("sticker", media(Path("sticker"))),
        EventType("location",
            EventMember("location", .object, "latitude and longitude, for places also name, address and url")),
        EventType("contacts",
            EventMember("contacts", .array, "the shared contacts"),
            EventMember("vcard", .text, or: Path("contacts", "vcard"), "the first of them as RFC 6350 text, after a request for contact info"),
            EventMember("origin", .text, or: Path("contacts", "origin"), "contact_request or other")),
        EventType("reaction",
            EventMember("reaction", .reaction, "the message reacted to and the emoji, \"\" when it was taken back")),
        EventType("button",
            said(Path("button", "text"), "the label of the tapped template button"),
            EventMember("reply_id", .id, Path("button", "payload"), "the button's payload"),
            EventMember("reply_title", .text, Path("button", "text"), "the button's label")),
        interactive,
        EventType("order",
            said(Path("order", "text"), "what was written with the order"),
            EventMember("order", .object, "catalog_id and product_items; quantities and prices may be strings")),
        EventType("system",
            EventMember("system", .object, "what changed: type, body, ..."),
            EventMember("new_wa_id", .id, Path("system", "wa_id"), or: Path("system", "new_wa_id"), "the person's new phone number"),
            EventMember("new_user_id", .id, Path("system", "user_id"), "the person's new business-scoped user id")),
        EventType("edit",
            EventMember("original_message_id", .id, Path("edit", "original_message_id"), "the message that was changed"),
            EventMember(
                "text", .text, Path("edit", "message", "text", "body"), or: Path("edit", "message", "image", "caption"),
                Path("edit", "message", "video", "caption"), Path("edit", "message", "document", "caption"), meaning: "the new text or caption")),
        EventType("revoke",
            EventMember("original_message_id", .id, Path("revoke", "original_message_id"), "the message that was deleted")),
        EventType("unsupported",
            EventMember("unsupported_type", .text, Path("unsupported", "type"), "what the person sent, as Meta calls it")),
        // No members of their own: the first opens the window for free-form messages; the others come without content.
        EventType("request_welcome"), EventType("unknown"), EventType("ephemeral"),
    ]

    private static let interactive = EventType("interactive",
        said(Path("interactive", "button_reply", "title"), or: Path("interactive", "list_reply", "title"), "the title of the tapped button or row"),
        EventMember("interactive_type", .text, Path("interactive", "type"), "button_reply, list_reply, nfm_reply, call_permission_reply, payment_method"),
        EventMember("reply_id", .id, Path("interactive", "button_reply", "id"), or: Path("interactive", "list_reply", "id"), "id of the button or row"),
        EventMember("reply_title", .text, Path("interactive", "button_reply", "title"), or: Path("interactive", "list_reply", "title"), "its title"),
        EventMember("flow_response", .json, Path("interactive", "nfm_reply", "response_json"), "what a flow or address form was answered with, read from its text"),
        EventMember("flow_name", .text, Path("interactive", "nfm_reply", "name"), "flow or address_message"),
        EventMember("call_permission_reply", .object, Path("interactive", "call_permission_reply"), "response, is_permanent, expiration_timestamp, response_source"),
        EventMember("payment_method", .object, Path("interactive", "payment_method"), "the card chosen: payment_method, reference_id, last_four_digits, credential_id"))

    static func said(_ source: Path, or otherwise: Path? = nil, _ meaning: StaticString) -> EventMember {
        EventMember("text", .text, source, or: otherwise, meaning)
    }

    private static func caption(_ source: Path) -> EventMember { said(source, "the caption") }

    private static func media(_ source: Path) -> EventMember {
        EventMember("media", .object, source, "media id, mime_type, sha256 and what else describes the file")
    }

    // MARK: Statuses

    static let status = EventRow(
        array: "statuses", kind: "status", "what became of a message that the business sent",
        key: statusKey(), person: recipient, time: Path("timestamp"), members: statusMembers, types: statusTypes())

    static func statusKey(prefix: StaticString = "") -> KeyRule {
        KeyRule(prefix: prefix, parts: [Path("id"), Path("status")], last: [participantUserID, participant, participantOtherwise])
    }

    static let recipient = Person(
        userIDs: [participantUserID, Path("recipient_user_id")],
        phones: [participant, participantOtherwise, Path("recipient_id"), Path("message", "recipient_id")])

    static let statusMembers = [
        EventMember("message_id", .id, Path("id"), "id that the send was answered with"),
        EventMember("status", .text, "sent, delivered, read, played, failed, ..."),
        EventMember("type", .text, "payment, call or message, where Meta says so"),
        EventMember("recipient_id", .id, or: Path("message", "recipient_id"), "phone number or group id; absent when it is hidden"),
        EventMember("recipient_user_id", .id, "the person's business-scoped user id"),
        // Spelled the second way until May 2026, and the third in Meta's text.
        EventMember(
            "recipient_parent_user_id", .id, Path("recipient_parent_user_id"), or: Path("parent_recipient_user_id"), Path("parent_user_id"),
            meaning: "the same for the parent portfolio"),
        EventMember("recipient_type", .text, "group or individual"),
        EventMember("group_id", .id, "the group it was sent to"),
        EventMember("participant_id", .id, participant, or: participantOtherwise, "in a group: the phone number of the person concerned"),
        EventMember("participant_user_id", .id, participantUserID, "in a group: the business-scoped user id of the person concerned"),
        EventMember("participant_parent_user_id", .id, Path("recipient_participant_parent_user_id"), "the same for the parent portfolio"),
        EventMember("recipient_identity_key_hash", .text, "hash of the person's identity key, when the check is enabled"),
        // A table of Meta's has the second spelling.
        EventMember("tag", .text, Path("biz_opaque_callback_data"), or: Path("biz_opaque_callback_date"), "the tag that was set when sending"),
        EventMember("template_id", .id, "the template of a direct send"),
        // A sample of Meta's closes the conversation too late.
        EventMember("pricing", .object, or: Path("conversation", "pricing"), "billable, pricing_model, type, category"),
        EventMember("conversation", .object, "id, origin, expiration_timestamp"),
        EventMember("errors", .errors, "why it failed"),
    ]

    static func statusTypes(prefix: StaticString = "") -> [EventType] {
        let key = KeyRule(
            prefix: prefix,
            parts: [
                Path("id"), Path("payment", "transaction", "id"), Path("payment", "transaction", "status"),
                Path("payment", "transaction", "updated_timestamp"),
            ])
        return [
            EventType("payment", key: key,
                EventMember("payment", .object, "reference_id, amount, currency, transaction; look the payment up before you trust it"))
        ]
    }

    private static let participant = Path("recipient_participant_id")
    /// The groups page spells it the other way round.
    private static let participantOtherwise = Path("participant_recipient_id")
    private static let participantUserID = Path("recipient_participant_user_id")

    // MARK: Errors and clicks

    static let error = EventRow(
        array: "errors", kind: "error", "an error of the system, the app or the account that belongs to no message",
        key: .none,
        members: [EventMember("errors", .errors, Path(), "the error, as a list of one")])

    private static let userAction = EventRow(
        array: "user_actions", kind: "user_action", "a tap on a link of a marketing message; Meta says not whose",
        time: Path("timestamp"),
        members: [
            EventMember("action_type", .text, "marketing_messages_link_click"),
            EventMember(
                "marketing_messages_link_click_data", .object, "click_component (cta or body), product_id, click_id, tracking_token"),
        ])
}

extension EventMember {
    /// A member that has the same name in the item, with another place to look.
    convenience init(_ name: StaticString, _ form: Form, or otherwise: Path, _ meaning: StaticString) {
        self.init(name, form, Path(name), or: otherwise, meaning)
    }
}
