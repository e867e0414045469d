// Makes a person write: turns a short document (POST /sandbox/inbound) into the message that a webhook carries.
import Foundation
import WABiz

struct Inbound: Sendable {
    var id: String
    var from: String
    var type: String
    var isOnPremises: Bool
    /// The webhook's document.
    var body: [UInt8]
    /// The file that came with it and is new.
    var file: StoredMedia?

    /// Reads `{"from":"…","text":"Hi"}` and its kin.
    /// - Parameter phoneNumberID: the business number that gets it, unless the document names one.
    init(_ json: [UInt8], phoneNumberID: String, store: MediaStore, url: (StoredMedia) -> String) throws(Failure) {
        self = try Tape.read(json, .tolerant) { root throws(Failure) in try Inbound(root, phoneNumberID: phoneNumberID, store, url) }
    }

    private init(_ root: JSONView, phoneNumberID: String, _ store: MediaStore, _ url: (StoredMedia) -> String) throws(Failure) {
        guard root.isObject else { throw .badArgument(#"Write an object such as {"from":"15557654321","text":"Hi"}."#) }
        let from = (root["from"].flatMap { $0.string ?? $0.integer.map(String.init) } ?? "").filter { $0.isASCII && $0.isNumber }
        guard 1...20 ~= from.count else { throw .badArgument(#"Name the person in "from": digits, such as "15557654321"."#) }
        let isOnPremises = root["api"]?.equals("on_premises") ?? false
        let id = root["id"]?.string
            ?? (isOnPremises ? Identifiers.onPremises(inbound: true) : Identifiers.cloud(person: from, inbound: true))
        var content = try Inbound.content(root)
        if InboundMedia.kinds.contains(content.type) {
            let media = try Tape.read(content.body, .tolerant) { object throws(Failure) in
                try InboundMedia(object, kind: content.type, isOnPremises: isOnPremises, store: store, url: url)
            }
            (content.body, file) = (media.body, media.file)
        }

        var writer = JSONWriter()
        writer.beginArray()
        writer.beginObject()
        if let replyTo = root["reply_to"] {
            writer.name("context")
            writer.beginObject()
            writer.name("from")
            writer.string(Envelope.displayPhoneNumber)
            writer.name("id")
            writer.raw(replyTo)
            writer.endObject()
        }
        writer.name("from")
        writer.string(from)
        writer.name("id")
        writer.string(id)
        writer.name("timestamp")
        writer.string(String(Int(Date().timeIntervalSince1970)))
        writer.name("type")
        writer.string(content.type)
        writer.raw(member: content.type, content.body)
        writer.endObject()
        writer.endArray()

        let contact: Tree = ["profile": ["name": .string(root["name"]?.string ?? "Sandbox Person")], "wa_id": .string(from)]
        let envelope = Envelope()
        body = isOnPremises
            ? envelope.onPremises("messages", writer.bytes, contact: contact.bytes)
            : envelope.cloud("messages", writer.bytes, contact: contact.bytes, phoneNumberID: root["phone_number_id"]?.string ?? phoneNumberID)
        (self.id, self.from, self.type, self.isOnPremises) = (id, from, content.type, isOnPremises)
    }

    private static let passedOn: [StaticString] = [
        "image", "audio", "voice", "video", "document", "sticker", "location", "contacts", "reaction", "button", "interactive", "order", "system",
    ]

    /// What the person sent, by type: text, a tapped button, or a member that is passed on whole.
    private static func content(_ root: JSONView) throws(Failure) -> (type: String, body: [UInt8]) {
        if let text = root["text"] { return ("text", text.isString ? object("body", text) : text.raw) }
        for kind: StaticString in ["button_reply", "list_reply"] {
            guard let reply = root[kind] else { continue }
            var writer = JSONWriter()
            writer.beginObject()
            writer.name("type")
            writer.string(kind)
            writer.name(kind)
            writer.raw(reply)
            writer.endObject()
            return ("interactive", writer.bytes)
        }
        if let emoji = root["reaction"], emoji.isString, let target = root["message_id"] {
            var writer = JSONWriter()
            writer.beginObject()
            writer.name("message_id")
            writer.raw(target)
            writer.name("emoji")
            writer.raw(emoji)
            writer.endObject()
            return ("reaction", writer.bytes)
        }
        for name in passedOn {
            if let value = root[name], value.isObject || value.isArray { return (name.description, value.raw) }
        }
        if let type = root["type"]?.string {
            for member in root.members where member.name.string == type { return (type, member.value.raw) }
        }
        throw .badArgument(
            #"Say what the person does: "text", "button":{"payload","text"}, "button_reply":{"id","title"}, "#
                + #""list_reply":{"id","title"}, "reaction":"👍" with "message_id", "location":{"latitude","longitude"}, "#
                + #"or "type" and a member of that name."#)
    }

    private static func object(_ name: StaticString, _ value: JSONView) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name(name)
        writer.raw(value)
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    /// A member whose name is only known at run time.
    fileprivate mutating func raw(member name: String, _ value: [UInt8]) {
        raw(Tree.string(name).bytes + [UInt8(ascii: ":")] + value)
    }
}
