// The typed event for Swift users, read from the same document that C and Python get.

/// One item of a webhook. Members that do not apply to its kind and type, or that Meta left out, are nil.
public struct Event: Sendable {
    /// Open: kinds are added as the library learns fields.
    public struct Kind: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A message that a person sent.
        public static let message = Kind(rawValue: "message")
        /// What became of a message that the business sent.
        public static let status = Kind(rawValue: "status")
        /// An error that belongs to no message.
        public static let error = Kind(rawValue: "error")
        /// A message that the business sent by other means, such as the phone app.
        public static let messageEcho = Kind(rawValue: "message_echo")
        /// An old message, from before the number joined: do not answer it.
        public static let history = Kind(rawValue: "history")
        /// A copy of a message that another app answers.
        public static let standbyMessage = Kind(rawValue: "standby_message")
        /// A person stops or resumes marketing messages.
        public static let userPreference = Kind(rawValue: "user_preference")
        /// A call begins, ends or leaves something behind; and what became of a call of the business.
        public static let call = Kind(rawValue: "call")
        public static let callStatus = Kind(rawValue: "call_status")
        /// Something that the library does not know yet, whole in `payload`.
        public static let unknown = Kind(rawValue: "unknown")
    }

    public let kind: Kind
    /// The same for a repeated delivery. Nil for errors, which must not be de-duplicated. Keep keys for 7 days.
    public let key: String?
    /// The WhatsApp Business Account.
    public let wabaID: String?
    /// In place of `wabaID` where Meta names the business portfolio.
    public let businessPortfolioID: String?
    /// The business number that the event belongs to.
    public let phoneNumberID: String?
    public let displayPhoneNumber: String?
    /// Unix seconds.
    public let timestamp: Int?
    /// Unix seconds: when Meta sent the notification, beside a `timestamp` of the item's own.
    public let entryTimestamp: Int?
    /// The webhook field, unless it is `messages`; of unknown events also the member's name when it is not a whole change.
    public let field: String?
    public let member: String?

    /// The inbound message, or the message that the status is about.
    public let messageID: String?
    /// The person's phone number; nil when it is hidden.
    public let from: String?
    /// The person's business-scoped user id.
    public let fromUserID: String?
    public let groupID: String?
    /// Of echoes, old messages and calls: to whom.
    public let to: String?
    public let callID: String?
    /// Of fields that say what happened: Meta's word for it.
    public let event: String?
    public let contact: Contact?
    /// Meta's message type.
    public let type: String?
    /// What the person said: body, caption, title of the tapped button or row.
    public let text: String?
    /// What was tapped: the id of the button or row, the payload of a template button.
    public let replyID: String?
    public let replyTitle: String?
    public let media: Media?
    public let location: Location?
    public let reaction: Reaction?
    /// The message that it answers or quotes.
    public let contextID: String?
    /// The message that was edited or revoked.
    public let originalMessageID: String?
    public let referral: Referral?
    public let order: Order?
    /// What a flow or address form was answered with: a JSON object.
    public let flowResponse: [UInt8]?
    public let errors: [Problem]

    /// `sent`, `delivered`, `read`, `played`, `failed`, …
    public let status: String?
    public let recipientID: String?
    public let recipientUserID: String?
    /// In a group: the person concerned.
    public let participantID: String?
    public let participantUserID: String?
    /// The tag that was set when sending.
    public let tag: String?
    public let pricing: Pricing?
    public let conversation: Conversation?

    /// The item as Meta sent it, byte for byte.
    public let payload: [UInt8]

    /// Reads one event of an events document.
    public init(_ view: JSONView) {
        kind = Kind(rawValue: view["kind"]?.string ?? "unknown")
        key = view["key"]?.string
        wabaID = view["waba_id"]?.string
        businessPortfolioID = view["business_portfolio_id"]?.string
        phoneNumberID = view["phone_number_id"]?.string
        displayPhoneNumber = view["display_phone_number"]?.string
        timestamp = view["timestamp"]?.integer
        entryTimestamp = view["entry_time"]?.integer
        field = view["field"]?.string
        member = view["member"]?.string
        messageID = view["message_id"]?.string
        from = view["from"]?.string
        fromUserID = view["from_user_id"]?.string
        groupID = view["group_id"]?.string
        to = view["to"]?.string
        callID = view["call_id"]?.string
        event = view["event"]?.string
        contact = view["contact"].map(Contact.init)
        type = view["type"]?.string
        text = view["text"]?.string
        replyID = view["reply_id"]?.string
        replyTitle = view["reply_title"]?.string
        media = view["media"].map(Media.init)
        location = view["location"].flatMap(Location.init)
        reaction = view["reaction"].flatMap(Reaction.init)
        contextID = view["context_id"]?.string
        originalMessageID = view["original_message_id"]?.string
        referral = view["referral"].map(Referral.init)
        order = view["order"].map(Order.init)
        flowResponse = view["flow_response"]?.raw
        errors = view["errors"].map { $0.elements.map(Problem.init) } ?? []
        status = view["status"]?.string
        recipientID = view["recipient_id"]?.string
        recipientUserID = view["recipient_user_id"]?.string
        participantID = view["participant_id"]?.string
        participantUserID = view["participant_user_id"]?.string
        tag = view["tag"]?.string
        pricing = view["pricing"].map(Pricing.init)
        conversation = view["conversation"].map(Conversation.init)
        payload = view["payload"]?.raw ?? []
    }
}
