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

extension Event {
    /// The person, as the change's contacts describe them.
    public struct Contact: Sendable {
        public let name: String?
        public let username: String?
        /// The phone number; nil when it is hidden.
        public let waID: String?
        /// The business-scoped user id, and that of the parent portfolio.
        public let userID: String?
        public let parentUserID: String?

        init(_ view: JSONView) {
            name = view["profile"]?["name"]?.string
            username = view["profile"]?["username"]?.string
            waID = view["wa_id"]?.string
            userID = view["user_id"]?.string
            parentUserID = view["parent_user_id"]?.string
        }
    }

    /// A received file. Fetch it by its id within 7 days; its `url` is good for 5 minutes and needs the access token.
    public struct Media: Sendable {
        public let id: String?
        public let mimeType: String?
        /// Base64 of the 32 bytes; On-Premises 64 hexadecimal digits.
        public let sha256: String?
        public let caption: String?
        public let filename: String?
        public let url: String?
        /// True for audio recorded in WhatsApp.
        public let isVoice: Bool?
        /// True for a sticker that moves.
        public let isAnimated: Bool?
        /// On-Premises: the path on the core app.
        public let file: String?

        init(_ view: JSONView) {
            id = view["id"]?.string
            mimeType = view["mime_type"]?.string
            sha256 = view["sha256"]?.string
            caption = view["caption"]?.string
            filename = view["filename"]?.string
            url = view["url"]?.string ?? view["link"]?.string
            isVoice = view["voice"]?.bool
            isAnimated = view["animated"]?.bool
            file = view["file"]?.string
        }
    }

    /// Degrees, WGS 84. Places of businesses have a name and an address.
    public struct Location: Sendable {
        public let latitude: Double
        public let longitude: Double
        public let name: String?
        public let address: String?
        public let url: String?

        init?(_ view: JSONView) {
            guard let latitude = view["latitude"]?.lenientNumber, let longitude = view["longitude"]?.lenientNumber else { return nil }
            self.latitude = latitude
            self.longitude = longitude
            name = view["name"]?.string
            address = view["address"]?.string
            url = view["url"]?.string
        }
    }

    public struct Reaction: Sendable {
        /// The message reacted to.
        public let messageID: String
        /// Nil when the reaction was taken back.
        public let emoji: String?

        init?(_ view: JSONView) {
            guard let messageID = view["message_id"]?.string else { return nil }
            self.messageID = messageID
            emoji = view["emoji"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    /// The ad or post that led a person here.
    public struct Referral: Sendable {
        public let sourceURL: String?
        public let sourceID: String?
        /// `ad` or `post`.
        public let sourceType: String?
        public let headline: String?
        public let body: String?
        /// The click's id, for Meta's conversions interface; absent for ads in statuses.
        public let clickID: String?

        init(_ view: JSONView) {
            sourceURL = view["source_url"]?.string
            sourceID = view["source_id"]?.string
            sourceType = view["source_type"]?.string
            headline = view["headline"]?.string
            body = view["body"]?.string
            clickID = view["ctwa_clid"]?.string
        }
    }

    /// What a person orders from a catalog.
    public struct Order: Sendable {
        public let catalogID: String?
        public let items: [Item]

        public struct Item: Sendable {
            public let retailerID: String?
            public let quantity: Int?
            /// Of one, in the currency's main unit; may have a fraction.
            public let price: Double?
            /// ISO 4217.
            public let currency: String?
        }

        init(_ view: JSONView) {
            catalogID = view["catalog_id"]?.string
            items = view["product_items"].map { $0.elements.map(Item.init) } ?? []
        }
    }

    /// Why something failed, with Meta's code and our verdict.
    public struct Problem: Sendable {
        public let code: Int?
        public let title: String?
        public let message: String?
        public let details: String?
        /// Meta's name for the code, from the table of error codes; nil when it does not hold the code.
        public let name: String?
        public let retry: Verdict?

        init(_ view: JSONView) {
            code = view["code"]?.integer
            title = view["title"]?.string
            message = view["message"]?.string
            details = view["details"]?.string
            name = view["name"]?.string
            retry = view["retry"]?.string.flatMap(Verdict.init)
        }
    }

    public struct Pricing: Sendable {
        public let isBillable: Bool?
        /// `PMP` (per message) or `CBP` (per conversation, before July 2025).
        public let model: String?
        public let type: String?
        public let category: String?

        init(_ view: JSONView) {
            isBillable = view["billable"]?.bool
            model = view["pricing_model"]?.string
            type = view["type"]?.string
            category = view["category"]?.string
        }
    }

    public struct Conversation: Sendable {
        public let id: String?
        public let originType: String?
        /// Unix seconds; only with `sent`.
        public let expirationTimestamp: Int?

        init(_ view: JSONView) {
            id = view["id"]?.string
            originType = view["origin"]?["type"]?.string
            expirationTimestamp = view["expiration_timestamp"]?.lenientInteger
        }
    }
}

extension Event.Order.Item {
    init(_ view: JSONView) {
        retailerID = view["product_retailer_id"]?.string
        quantity = view["quantity"]?.lenientInteger
        price = view["item_price"]?.lenientNumber
        currency = view["currency"]?.string
    }
}

extension JSONView {
    /// The value of a finite number, or of a string that spells one.
    fileprivate var lenientNumber: Double? {
        let value = number ?? (writtenLength <= 40 ? string.flatMap { Double($0) } : nil)
        return value.flatMap { $0.isFinite ? $0 : nil }
    }
}
