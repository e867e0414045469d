// What typed events are made of: contact, file, place, order, error and the other objects inside them.

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
