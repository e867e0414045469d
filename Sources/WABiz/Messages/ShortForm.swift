// Expands the short forms of wabiz.h into Meta's payload. What the caller wrote is copied as slices; what he got wrong is put
// where it belongs, so that the one validator refuses it; members that no short form knows stay where they are.

struct ShortForm: ~Copyable {
    var pointers: PointerMap
    var writer: JSONWriter
    let api: API
    /// The short members that are written elsewhere.
    var consumed: [StaticString] = []
    /// What only a short form can get wrong, at its place in the caller's document.
    private(set) var issues: [Issue] = []
    /// Issues beyond `Validation.most`, counted but not kept.
    private(set) var omitted = 0

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

    /// Words of the short forms that stand beside one kind of content only.
    private static let companions: [(word: StaticString, of: StaticString)] = [
        ("caption", "image, video or document"), ("filename", "document"), ("voice", "audio"), ("provider", "a file"),
        ("message_id", "reaction; to answer a message write \"reply_to\""), ("typing", "read"),
        ("language", "template"), ("namespace", "template"), ("components", "a complete payload; here write \"header\", \"body\" and \"buttons\""),
        ("header", "template, or what can be tapped"), ("body", "template, or what can be tapped: buttons, rows, link, flow, product, call, request, address, cards or an order"),
        ("footer", "what can be tapped"), ("buttons", "template or body"), ("button", "rows, sections, link or flow"), ("rows", "body and button"),
        ("sections", "body and button"), ("link", "body and button"), ("flow", "body and button"), ("address", "body"), ("order_details", "body"),
        ("values", "address"), ("validation_errors", "address"), ("saved_addresses", "address"), ("days", "pin"), ("unpin", "\"group\" or \"to\" and no other content"), ("token", "flow"), ("mode", "flow"), ("screen", "flow"),
        ("data", "flow"), ("product", "catalog_id"), ("catalog_id", "product, sections or cards"), ("catalog", "body"), ("call", "body"),
        ("ttl_minutes", "call"), ("payload", "call"), ("request", "body"),
        ("cards", "template or body"), ("limited_time_offer", "template"), ("order_status", "template or body"), ("tap_target", "template"),
    ]

    /// Words that stand beside messages, not beside `read`.
    private static let receipts: [(word: StaticString, of: StaticString)] = [
        ("reply_to", "a message; marking as read answers nothing"), ("tag", "a message; marking as read carries none"),
        ("group", "a message; marking as read names no group"),
    ]

    /// - Parameter mapped: false leaves `pointers` empty, and the pointers of `issues` with it: for a first look.
    init(_ document: JSONView, api: API, mapped: Bool) {
        self.api = api
        pointers = PointerMap(isKept: mapped)
        writer = JSONWriter(capacity: min(unsafe document.slice.count, 4096) * 2 + 512)
        consumed.reserveCapacity(16)
        writer.beginObject()
        if api != .onPremises { makeText("messaging_product", "whatsapp") }
        if let id = document["read"] {
            expandRead(document, id)
        } else {
            expandRecipient(document)
            expandContent(document)
            expandEnvelope(document)
        }
        refuseLeftCompanions(document)
        for (name, value) in document.members where !isConsumed(name) {
            writer.name(name)
            writer.raw(value)
        }
        writer.endObject()
    }

    // MARK: Parts

    /// Writes a root member that the caller did not write.
    private mutating func makeText(_ name: StaticString, _ text: StaticString) {
        pointers.make(name)
        writer.name(name)
        writer.string(text)
    }

    /// Writes a member in its new place and remembers where it came from.
    mutating func move(_ document: JSONView, _ short: StaticString, to name: StaticString, _ payload: @autoclosure () -> String) {
        let value = document[short]
        pointers.add(payload(), "/\(short)", value)
        guard let value else { return }
        consumed.append(short)
        writer.name(name)
        writer.raw(value)
    }

    private func isConsumed(_ name: JSONView) -> Bool { consumed.contains { name.equals($0) } }

    mutating func refuse(_ pointer: @autoclosure () -> String, _ code: Issue.Code, _ message: @autoclosure () -> String) {
        guard issues.count < Validation.most else { return omitted += 1 }
        let pointer = pointer(), message = message()
        issues.append(Issue(severity: .error, path: pointer, code: code, rule: "short_form", message: message))
    }

    /// What is left of them belongs to no content of this document. A payload would only carry it to Meta, who does not know it.
    private mutating func refuseLeftCompanions(_ document: JSONView) {
        refuseLeft(Self.companions, document)
        if document["read"] != nil { refuseLeft(Self.receipts, document) }
    }

    private mutating func refuseLeft(_ words: [(word: StaticString, of: StaticString)], _ document: JSONView) {
        for (name, _) in document.members where !isConsumed(name) {
            guard let (word, owner) = words.first(where: { name.equals($0.word) }) else { continue }
            consumed.append(word)
            refuse("/\(word)", .notAllowed, "In a short form \"\(word)\" goes with \(owner).")
        }
    }

    private mutating func expandRead(_ document: JSONView, _ id: JSONView) {
        pointers.add("/status", "/read", nil)
        writer.name("status")
        writer.string("read" as StaticString)
        move(document, "read", to: "message_id", "/message_id")
        guard let typing = document["typing"] else { return }
        consumed.append("typing")
        pointers.add("/typing_indicator", "/typing", typing)
        guard typing.bool != false else { return }
        writer.name("typing_indicator")
        guard typing.bool == true else { return writer.raw(typing) }
        writer.beginObject()
        writer.name("type")
        writer.string("text" as StaticString)
        writer.endObject()
    }

    /// The default, said aloud: some readers of Meta's require it. "group" stands in place of "to"; only groups have pins.
    private mutating func expandRecipient(_ document: JSONView) {
        guard let chooser = Self.groupWords.first(where: { document[$0] != nil }) else { return makeText("recipient_type", "individual") }
        pointers.add("/recipient_type", "/\(chooser)", nil)
        writer.name("recipient_type")
        writer.string("group" as StaticString)
        guard chooser.reads("group") else { return }
        if document["to"] != nil {
            consumed.append("to")
            refuse("", .exactlyOneOf, "\"to\" and \"group\" are both given; keep one.")
        }
        move(document, "group", to: "to", "/to")
    }

    private static let groupWords: [StaticString] = ["group", "pin", "unpin"]

    private mutating func expandEnvelope(_ document: JSONView) {
        if let id = document["reply_to"] {
            consumed.append("reply_to")
            pointers.add("/context", "/reply_to", id)
            writer.name("context")
            writer.beginObject()
            writer.name("message_id")
            writer.raw(id)
            writer.endObject()
        }
        if document["tag"] != nil { move(document, "tag", to: "biz_opaque_callback_data", "/biz_opaque_callback_data") }
    }

    private mutating func expandContent(_ document: JSONView) {
        if let text = document["text"] { return expandText(document, text) }
        for kind in Self.media { if let file = document[kind] { return expandMedia(document, kind, file) } }
        for kind in ["location", "contacts"] as [StaticString] where document[kind] != nil { return type(kind, "/\(kind)") }
        if let emoji = document["reaction"] { return expandReaction(document, emoji) }
        if document["template"] != nil { return expandTemplate(document) }
        for word in ["pin", "unpin"] as [StaticString] { if let id = document[word] { return expandPin(document, word, id) } }
        if expandInteractive(document) { return }
        let word: StaticString = api == .marketingMessages ? "template" : "text"
        type(word, "/\(word)")
    }

    /// The type of the message; what is wrong with it is wrong with the member that chose it.
    private mutating func type(_ word: StaticString, _ caller: @autoclosure () -> String) {
        pointers.add("/type", caller(), nil)
        type(word)
    }

    mutating func type(_ word: StaticString) {
        writer.name("type")
        writer.string(word)
    }

    mutating func content(_ word: StaticString, _ write: (inout ShortForm) -> Void) {
        consumed.append(word)
        type(word, "/\(word)")
        writer.name(word)
        writer.beginObject()
        write(&self)
        writer.endObject()
    }

    private mutating func expandText(_ document: JSONView, _ text: JSONView) {
        pointers.add("/text", "/text", nil)
        content("text") { form in
            form.writer.name("body")
            form.writer.raw(text)
            // The On-Premises API has it at the top level, where the caller wrote it.
            if form.api != .onPremises, document["preview_url"] != nil { form.move(document, "preview_url", to: "preview_url", "/text/preview_url") }
        }
    }

    /// A text with ":" or "/" is a link, any other a media id.
    private mutating func expandMedia(_ document: JSONView, _ kind: StaticString, _ file: JSONView) {
        pointers.add("/\(kind)", "/\(kind)", nil)
        content(kind) { form in
            form.file(file)
            for extra in ["caption", "filename", "voice", "provider"] as [StaticString] where document[extra] != nil {
                form.move(document, extra, to: extra, "/\(kind)/\(extra)")
            }
        }
    }

    mutating func file(_ file: JSONView) {
        let isLink = file.utf8?.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") } ?? false
        writer.name(isLink ? "link" : "id")
        writer.raw(file)
    }

    private mutating func expandReaction(_ document: JSONView, _ emoji: JSONView) {
        pointers.add("/reaction", "/reaction", nil)
        content("reaction") { form in
            form.move(document, "message_id", to: "message_id", "/reaction/message_id")
            form.writer.name("emoji")
            form.writer.raw(emoji)
        }
    }
}

extension ShortForm {
    /// The id of the message that is pinned or taken off; an object is Meta's own.
    private mutating func expandPin(_ document: JSONView, _ word: StaticString, _ id: JSONView) {
        if id.isObject, word.reads("pin") { return type(word, "/pin") }
        consumed.append(word)
        type("pin", "/\(word)")
        pointers.add("/pin", "/\(word)", nil)
        object("pin") { short in
            short.type(word)
            short.move(document, word, to: "message_id", "/pin/message_id")
            short.move(document, "days", to: "expiration_days", "/pin/expiration_days")
        }
    }
}

extension StaticString {
    /// Whether two words are the same, without making strings of them.
    func reads(_ other: StaticString) -> Bool {
        guard utf8CodeUnitCount == other.utf8CodeUnitCount else { return false }
        for index in 0..<utf8CodeUnitCount where unsafe utf8Start[index] != other.utf8Start[index] { return false }
        return true
    }
}
