// The table of messages: the envelope, one row per type, and status=read. A new type is a new row.

/// One type of message.
struct MessageType: Sendable {
    enum Groups: Sendable { case taken, undocumented, refused, only }

    /// The value of `type`, and the name of the member that holds the content.
    let word: StaticString
    /// The shapes are made when they are asked for: all of them take 0.3 MB, and most programs send few types.
    private let makeContent: @Sendable () -> Shape, makeDirectSend: @Sendable () -> Shape?
    var content: Shape { makeContent() }
    /// The content of a message with a `category`, where Direct Send takes another.
    var directSend: Shape? { makeDirectSend() }
    /// What sending it in a dialect where it does not belong is worth.
    var misplaced: [(Dialects, Issue.Severity, rule: StaticString)] = []
    var groups = Groups.taken
    var rules: [Rule] = []
    let short: ShortWriting
    let meaning: StaticString

    init(
        _ word: StaticString, _ content: @escaping @autoclosure @Sendable () -> Shape, misplaced: [(Dialects, Issue.Severity, rule: StaticString)] = [],
        groups: Groups = .taken, rules: [Rule] = [],
        directSend: @escaping @autoclosure @Sendable () -> Shape? = nil, short: ShortWriting, _ meaning: StaticString
    ) {
        self.short = short
        self.word = word
        makeContent = content
        makeDirectSend = directSend
        self.misplaced = misplaced
        self.groups = groups
        self.rules = rules
        self.meaning = meaning
    }
}

enum MessageTable {
    private static let marketingTakesTemplates: (Dialects, Issue.Severity, rule: StaticString) = (.marketing, .error, "M01")

    static let types: [MessageType] = [
        MessageType("text", .object(textContent), misplaced: [marketingTakesTemplates],
            short: .form([#"{"to":"+15550001234","text":"Hello *Ada*"}"#, #"{"to":"+15550001234","text":"See https://example.com","preview_url":true}"#]),
            "the text of the message."),
        MessageType("image", .object(MediaShapes.media("image", .caption)), misplaced: [marketingTakesTemplates],
            short: .form([#"{"to":"+15550001234","image":"https://example.com/a.jpg","caption":"A blue pot"}"#, #"{"to":"+15550001234","image":"1234567890123456"}"#]),
            "a JPEG or PNG picture, up to 5 MB."),
        MessageType("audio", .object(MediaShapes.media("audio", .voice)), misplaced: [marketingTakesTemplates],
            short: .form([#"{"to":"+15550001234","audio":"1234567890123456"}"#]),
            "AAC, AMR, MP3, MP4 or OGG (Opus), up to 16 MB."),
        MessageType("video", .object(MediaShapes.media("video", .caption)), misplaced: [marketingTakesTemplates],
            short: .form([#"{"to":"+15550001234","video":"https://example.com/a.mp4","caption":"How to repot"}"#]),
            "an MP4 or 3GPP film, up to 16 MB."),
        MessageType(
            "document", .object(MediaShapes.media("document", [.caption, .filename])), misplaced: [marketingTakesTemplates],
            short: .form([#"{"to":"+15550001234","document":"https://example.com/42.pdf","filename":"42.pdf"}"#]),
            "a document, up to 100 MB."),
        MessageType(
            "sticker", .object(MediaShapes.media("sticker", [])), misplaced: [marketingTakesTemplates],
            short: .form([#"{"to":"+15550001234","sticker":"1234567890123456"}"#]),
            "a WebP picture of 512 x 512 pixels, up to 100 KB, animated 500 KB."),
        MessageType("location", .object(MediaShapes.location), misplaced: [marketingTakesTemplates], groups: .undocumented,
            short: .form([#"{"to":"+15550001234","location":{"latitude":48.2,"longitude":16.4,"name":"Shop","address":"1 Main Square"}}"#]),
            "a place on the map."),
        MessageType(
            "reaction", .object(reaction), misplaced: [marketingTakesTemplates, (.onPremises, .warning, "message.type")], groups: .undocumented,
            rules: [.contextOfReaction], short: .form([#"{"to":"+15550001234","reaction":"👍","message_id":"wamid.HBgL"}"#]),
            "an emoji put to a message."),
        MessageType("template", .object(TemplateShapes.template), rules: [.authentication, .marketingCategory],
            short: .form([#"{"to":"+15550001234","template":"order_shipped","language":"en_US","body":["Ada","42"]}"#]),
            "an approved template and its values."),
        MessageType("contacts", .array(ContactShapes.contacts), misplaced: [marketingTakesTemplates], groups: .undocumented,
            short: .form([#"{"to":"+15550001234","contacts":[{"name":{"formatted_name":"Ada Example","first_name":"Ada"},"phones":[{"phone":"+15550009999"}]}]}"#]),
            "an array of contact cards."),
        MessageType(
            "interactive", .variant(InteractiveShapes.interactive), misplaced: [marketingTakesTemplates], groups: .refused, rules: [.addressOfCountry],
            directSend: .variant(InteractiveShapes.directSend),
            short: .form([#"{"to":"+15550001234","body":"Ready?","buttons":[{"id":"yes","title":"Yes"},{"id":"no","title":"No"}]}"#]),
            "buttons, lists, products, flows, links, carousels, orders."),
        MessageType(
            "hsm", .object(HSMShapes.hsm), misplaced: [marketingTakesTemplates, (.cloud, .error, "message.type")], groups: .refused,
            short: .none("The complete payload, told by \"hsm\", has little to leave out, and clients since v2.39 take templates."),
            "the template of clients before v2.39."),
        MessageType(
            "pin", .variant(PinShapes.pin), misplaced: [(.onPremises, .error, "message.type"), marketingTakesTemplates], groups: .only,
            rules: [.pinNeedsGroup],
            short: .form([#"{"group":"Y2FwaV9ncm91cDox","pin":"wamid.HBgL","days":7}"#, #"{"group":"Y2FwaV9ncm91cDox","unpin":"wamid.HBgL"}"#]),
            "pins a message of a group."),
        // The server lists these two, no page describes them.
        MessageType("gif", .unchecked(array: false), misplaced: [marketingTakesTemplates, (.all, .warning, "message.type")], groups: .undocumented,
            short: .undocumented,
            "undocumented."),
        MessageType(
            "link_preview", .unchecked(array: false), misplaced: [marketingTakesTemplates, (.all, .warning, "message.type")], groups: .undocumented,
            short: .undocumented,
            "undocumented."),
    ]

    /// The words of `types`, in their order.
    static let words = WordList(types.map(\.word))

    /// The index of the row that a `type` names; the server compares without case.
    static func index(of type: JSONView) -> Int? { words.position(of: type) ?? words.all.firstIndex { type.equalsIgnoringCase($0) } }

    static let text = index(of: "text")
    static let template = index(of: "template")

    private static func index(of word: String) -> Int { types.firstIndex { $0.word.description == word } ?? 0 }

    /// The whole message of a type, by its index: what another type would hold is ignored, under rule X04. The two that many programs
    /// send alone do not make the others.
    static func shape(of index: Int) -> ObjectShape {
        switch index {
        case text: textMessage
        case template: templateMessage
        default: shapes[index]
        }
    }

    private static let textMessage = whole(types[text], types[text].content)
    private static let templateMessage = whole(types[template], types[template].content)
    /// All of them, in the order of `types`.
    static let shapes: [ObjectShape] = types.indices.map { $0 == text ? textMessage : $0 == template ? templateMessage : whole(types[$0], types[$0].content) }

    /// The same with a `category`.
    static let directSendShapes: [ObjectShape] = types.map { whole($0, $0.directSend ?? $0.content) }

    private static func whole(_ type: MessageType, _ content: Shape) -> ObjectShape {
        let others = types.filter { $0.word.description != type.word.description }.map { Member($0.word, .ignored, "the content of another type.") }
        let content = Member(type.word, content, required: .all, rule: "X03", valueRule: "X03", type.meaning)
        return ObjectShape(name: "message", members: Envelope.members + [content] + others, rules: Envelope.rules + [.otherContent] + type.rules)
    }

    /// What stands around the content, for every type.
    static let envelopeAlone = ObjectShape(name: "message", members: Envelope.members, rules: Envelope.rules + [.otherContent])

    /// A message whose type is unknown: its envelope is looked at, its content may be anything.
    static let envelope = ObjectShape(
        name: "message", members: Envelope.members + types.map { Member($0.word, .ignored, $0.meaning) }, rules: Envelope.rules)

    private static let textContent = ObjectShape(
        name: "text",
        members: [
            Member("body", .string(StringShape(limits: [Limits.textBody])), required: .all, "the text, with URLs and format marks if you like."),
            Member("preview_url", .boolean, allowed: .cloud, rule: "X18", "true shows a preview of the first URL; the On-Premises API has it at the top level."),
        ])

    private static let reaction = ObjectShape(
        name: "reaction",
        members: [
            Member("message_id", .string(StringShape(limits: [Limits.messageID], format: .messageID)), required: .all, "the message that is reacted to."),
            Member("emoji", .string(StringShape(format: .emoji)), required: .all, "one emoji; \"\" takes the reaction back."),
        ])

    /// status=read, with or without the typing indicator. On-Premises the id goes into the path of the PUT.
    static let read = ObjectShape(
        name: "read",
        members: [
            Envelope.product,
            Member(
                "status", .string(StringShape(words: ["read"])), required: .all, allowed: [.cloud, .onPremises], presence: .error, rule: "M01",
                "\"read\"; marketing messages are only sent."),
            Member("message_id", .string(StringShape(limits: [Limits.messageID], format: .messageID)), required: .all, rule: "X19", "the id of the inbound message."),
            Member("typing_indicator", .object(typing), allowed: .cloud, presence: .error, rule: "X19", "shows that an answer is being written, for up to 25 s; Cloud API only."),
        ] + Envelope.members.map(\.name).filter { $0.description != "messaging_product" && $0.description != "message_id" && $0.description != "typing_indicator" }.map {
            .misplaced($0, .warning, rule: "X19", "a message is marked as read by its id alone.")
        } + types.map { Member($0.word, .ignored, "not sent with status=read.") },
        rules: [.contentOfRead])

    static let readShort = ShortWriting.form([#"{"read":"wamid.HBgL"}"#, #"{"read":"wamid.HBgL","typing":true}"#])

    private static let typing = ObjectShape(
        name: "typing_indicator", members: [Member("type", .string(StringShape(words: ["text"])), required: .all, "\"text\".")])
}
