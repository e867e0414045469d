// Expands the short forms of wabiz.h into Meta's payload. What the caller wrote is copied as slices; what he got wrong is put
// where it belongs, so that the one validator refuses it; members that no short form knows stay where they are.

struct ShortForm {
    var pointers = PointerMap()
    var writer = JSONWriter()
    let api: API
    /// The short members that are written elsewhere.
    var consumed: [StaticString] = []

    var payload: [UInt8] { writer.bytes }

    /// Complete documents say so by a member that no short form has, or by an object where a short form has text.
    static func isShort(_ document: JSONView) -> Bool {
        guard document.isObject else { return false }
        for (name, value) in document.members {
            if complete.contains(where: { name.equals($0) }) { return false }
            if value.isObject, objects.contains(where: { name.equals($0) }) { return false }
        }
        return true
    }

    private static let complete: [StaticString] = ["messaging_product", "recipient_type", "type", "status", "interactive", "hsm"]
    private static let objects: [StaticString] = ["text", "image", "audio", "video", "document", "sticker", "reaction", "template"]
    static let media: [StaticString] = ["image", "audio", "video", "document", "sticker"]

    init(_ document: JSONView, api: API) {
        self.api = api
        writer.beginObject()
        if api != .onPremises {
            writer.name("messaging_product")
            writer.string("whatsapp" as StaticString)
        }
        if let id = document["read"] {
            expandRead(document, id)
        } else {
            // The default, said aloud: some readers of Meta's require it.
            writer.name("recipient_type")
            writer.string("individual" as StaticString)
            expandContent(document)
            expandEnvelope(document)
        }
        for (name, value) in document.members where !consumed.contains(where: { name.equals($0) }) {
            writer.name(name)
            writer.raw(value)
        }
        writer.endObject()
    }

    // MARK: Parts

    /// Writes a member in its new place and remembers where it came from.
    mutating func move(_ document: JSONView, _ short: StaticString, to name: StaticString, _ payload: String) {
        pointers.add(payload, "/\(short)")
        guard let value = document[short] else { return }
        consumed.append(short)
        writer.name(name)
        writer.raw(value)
    }

    private mutating func expandRead(_ document: JSONView, _ id: JSONView) {
        writer.name("status")
        writer.string("read" as StaticString)
        move(document, "read", to: "message_id", "/message_id")
        guard let typing = document["typing"] else { return }
        consumed.append("typing")
        pointers.add("/typing_indicator", "/typing")
        guard typing.bool != false else { return }
        writer.name("typing_indicator")
        guard typing.bool == true else { return writer.raw(typing) }
        writer.beginObject()
        writer.name("type")
        writer.string("text" as StaticString)
        writer.endObject()
    }

    private mutating func expandEnvelope(_ document: JSONView) {
        if let id = document["reply_to"] {
            consumed.append("reply_to")
            pointers.add("/context", "/reply_to")
            writer.name("context")
            writer.beginObject()
            writer.name("message_id")
            writer.raw(id)
            writer.endObject()
        }
        move(document, "tag", to: "biz_opaque_callback_data", "/biz_opaque_callback_data")
    }

    private mutating func expandContent(_ document: JSONView) {
        if let text = document["text"] { return expandText(document, text) }
        for kind in Self.media { if let file = document[kind] { return expandMedia(document, kind, file) } }
        if document["location"] != nil { return expandWhole("location") }
        if document["contacts"] != nil { return expandWhole("contacts") }
        if let emoji = document["reaction"] { return expandReaction(document, emoji) }
        if document["template"] != nil { return expandTemplate(document) }
        type("text")
    }

    mutating func type(_ word: StaticString) {
        writer.name("type")
        writer.string(word)
    }

    /// A content that is the same in both forms stays where it is.
    private mutating func expandWhole(_ word: StaticString) {
        type(word)
        pointers.add("/\(word)", "/\(word)")
    }

    mutating func content(_ word: StaticString, _ write: (inout ShortForm) -> Void) {
        consumed.append(word)
        type(word)
        writer.name(word)
        writer.beginObject()
        write(&self)
        writer.endObject()
    }

    private mutating func expandText(_ document: JSONView, _ text: JSONView) {
        pointers.add("/text", "/text")
        pointers.add("/text/body", "/text")
        content("text") { form in
            form.writer.name("body")
            form.writer.raw(text)
            // The On-Premises API has it at the top level, where the caller wrote it.
            if form.api != .onPremises { form.move(document, "preview_url", to: "preview_url", "/text/preview_url") }
        }
    }

    /// A text with ":" or "/" is a link, any other a media id.
    private mutating func expandMedia(_ document: JSONView, _ kind: StaticString, _ file: JSONView) {
        pointers.add("/\(kind)", "/\(kind)")
        content(kind) { form in
            form.file(file, "/\(kind)", "/\(kind)")
            for extra in ["caption", "filename", "voice", "provider"] as [StaticString] where document[extra] != nil {
                form.move(document, extra, to: extra, "/\(kind)/\(extra)")
            }
        }
    }

    mutating func file(_ file: JSONView, _ payload: String, _ caller: String) {
        let isLink = file.utf8?.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") } ?? false
        pointers.add(payload + (isLink ? "/link" : "/id"), caller)
        writer.name(isLink ? "link" : "id")
        writer.raw(file)
    }

    private mutating func expandReaction(_ document: JSONView, _ emoji: JSONView) {
        pointers.add("/reaction", "/reaction")
        pointers.add("/reaction/emoji", "/reaction")
        content("reaction") { form in
            form.move(document, "message_id", to: "message_id", "/reaction/message_id")
            form.writer.name("emoji")
            form.writer.raw(emoji)
        }
    }
}
