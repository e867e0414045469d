// Typed builders for Swift: they write Meta's payloads and hold no number and no rule of their own. What they write is checked
// like any other message: `try Message(.text(to: "+15550001234", "Hello"))`.

/// A message that has not been checked yet.
public struct Draft {
    private var members: [(String, Tree)]
    /// Text, whose form differs: `preview_url` stands beside the body in the Cloud API, at the top level On-Premises.
    private var text: (body: String, previewURL: Bool?)?

    init(_ type: String, _ content: Tree, to recipient: Recipient) {
        members = recipient.members + [("type", .string(type)), (type, content)]
    }

    private init(members: [(String, Tree)]) { self.members = members }

    /// The payload in the form of one dialect.
    public func json(for api: API = .cloud) -> [UInt8] {
        var members = members
        if api != .onPremises { members.insert(("messaging_product", "whatsapp"), at: 0) }
        if let (body, previewURL) = text {
            let preview = previewURL.map(Tree.bool)
            members.append(("text", .object([("body", .string(body)), ("preview_url", api == .onPremises ? nil : preview)])))
            if let preview, api == .onPremises { members.append(("preview_url", preview)) }
        }
        return Tree.object(members).bytes
    }

    // MARK: Messages

    /// - Parameter previewURL: true shows a preview of the first URL in the text.
    public static func text(to recipient: Recipient, _ body: String, previewURL: Bool? = nil) -> Draft {
        var draft = Draft(members: recipient.members + [("type", "text")])
        draft.text = (body, previewURL)
        return draft
    }

    public static func image(to recipient: Recipient, _ file: Media, caption: String? = nil) -> Draft {
        Draft("image", file.tree(("caption", caption.map(Tree.string))), to: recipient)
    }

    /// - Parameter voice: true shows the audio as a voice message (OGG with Opus only).
    public static func audio(to recipient: Recipient, _ file: Media, voice: Bool? = nil) -> Draft {
        Draft("audio", file.tree(("voice", voice.map(Tree.bool))), to: recipient)
    }

    public static func video(to recipient: Recipient, _ file: Media, caption: String? = nil) -> Draft {
        Draft("video", file.tree(("caption", caption.map(Tree.string))), to: recipient)
    }

    /// - Parameter filename: its ending decides the icon that the person sees.
    public static func document(to recipient: Recipient, _ file: Media, filename: String? = nil, caption: String? = nil) -> Draft {
        Draft("document", file.tree(("filename", filename.map(Tree.string)), ("caption", caption.map(Tree.string))), to: recipient)
    }

    public static func sticker(to recipient: Recipient, _ file: Media) -> Draft { Draft("sticker", file.tree(), to: recipient) }

    /// - Parameters: latitude and longitude in degrees.
    public static func location(to recipient: Recipient, latitude: Double, longitude: Double, name: String? = nil, address: String? = nil) -> Draft {
        Draft("location", .location(.real(latitude), .real(longitude), name, address), to: recipient)
    }

    /// - Parameter emoji: one emoji; "" takes the reaction back.
    public static func reaction(to recipient: Recipient, _ emoji: String, on messageID: String) -> Draft {
        Draft("reaction", ["message_id": .string(messageID), "emoji": .string(emoji)], to: recipient)
    }

    public static func template(to recipient: Recipient, _ template: Template) -> Draft { Draft("template", template.tree, to: recipient) }

    /// Marks an inbound message as read.
    /// - Parameter typing: shows that an answer is being written (Cloud API only).
    public static func markAsRead(_ messageID: String, typing: Bool = false) -> Draft {
        Draft(members: [("status", "read"), ("message_id", .string(messageID))] + (typing ? [("typing_indicator", ["type": "text"])] : []))
    }

    // MARK: Around the content

    /// Quotes an earlier message.
    public func replying(to messageID: String) -> Draft { adding("context", ["message_id": .string(messageID)]) }

    /// A text that comes back in the status webhooks (`biz_opaque_callback_data`).
    public func tagged(_ tag: String) -> Draft { adding("biz_opaque_callback_data", .string(tag)) }

    /// Any other top-level member, as Meta names it.
    public func adding(_ name: String, _ value: Tree) -> Draft {
        var draft = self
        draft.members.removeAll { $0.0 == name }
        draft.members.append((name, value))
        return draft
    }
}

/// Whom a message is for.
public enum Recipient: Sendable, ExpressibleByStringLiteral {
    /// A phone number with + and country code.
    case phone(String)
    /// A business-scoped user id, as a webhook gave it.
    case user(String)
    /// The id of a group.
    case group(String)

    public init(stringLiteral phone: String) { self = .phone(phone) }

    fileprivate var members: [(String, Tree)] {
        switch self {
        case .phone(let number): [("recipient_type", "individual"), ("to", .string(number))]
        case .user(let id): [("recipient_type", "individual"), ("recipient", .string(id))]
        case .group(let id): [("recipient_type", "group"), ("to", .string(id))]
        }
    }
}

/// A file: uploaded before, or fetched by Meta.
public enum Media: Sendable {
    case id(String)
    case link(String)
    /// On-Premises: fetched through a configured media provider.
    case provided(link: String, provider: String)

    func tree(_ others: (String, Tree?)...) -> Tree {
        let tree: Tree
        switch self {
        case .id(let id): tree = ["id": .string(id)]
        case .link(let link): tree = ["link": .string(link)]
        case .provided(let link, let provider): tree = ["link": .string(link), "provider": ["name": .string(provider)]]
        }
        for (name, value) in others { tree.set(name, value) }
        return tree
    }
}

extension Tree {
    static func location(_ latitude: Tree, _ longitude: Tree, _ name: String?, _ address: String?) -> Tree {
        .object([("latitude", latitude), ("longitude", longitude), ("name", name.map(Tree.string)), ("address", address.map(Tree.string))])
    }
}

extension Message {
    /// Checks what a builder made.
    /// - Throws: `.invalid` with every issue.
    public init(_ draft: Draft, options: MessageOptions = MessageOptions()) throws(Failure) {
        try self.init(json: draft.json(for: options.api), options: options)
    }
}
