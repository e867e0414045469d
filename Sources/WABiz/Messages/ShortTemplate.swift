// The short form of templates: name, language, header, body and their like side by side become nested components.

extension ShortForm {
    private static let kinds: [StaticString] = ["text", "image", "video", "gif", "document", "location", "product", "currency", "date_time"]

    mutating func expandTemplate(_ document: JSONView) {
        pointers.add("/template", "/template", nil)
        content("template") { form in
            form.move(document, "template", to: "name", "/template/name")
            if document["namespace"] != nil { form.move(document, "namespace", to: "namespace", "/template/namespace") }
            // A component that is missing is missing in the document.
            form.pointers.add("/template/components", "", nil)
            form.expandLanguage(document)
            form.expandComponents(document)
        }
    }

    private mutating func expandLanguage(_ document: JSONView) {
        pointers.add("/template/language", "/language", document["language"])
        guard let language = document["language"] else { return }
        guard !language.isObject else { return move(document, "language", to: "language", "/template/language") }
        writer.name("language")
        writer.beginObject()
        if api == .onPremises {
            writer.name("policy")
            writer.string("deterministic" as StaticString)
        }
        move(document, "language", to: "code", "/template/language/code")
        writer.endObject()
    }

    private mutating func expandComponents(_ document: JSONView) {
        let words: [StaticString] = ["header", "body", "buttons", "cards", "limited_time_offer", "order_status", "tap_target"]
        guard words.contains(where: { document[$0] != nil }) else { return }
        let parts = TemplateParts(place: "/template/components", caller: "")
        writer.name("components")
        writer.beginArray()
        var index = expandTexts(document, parts)
        if let offer = document["limited_time_offer"] { expandSingle("limited_time_offer", offer, &index) }
        if let status = document["order_status"] { expandSingle("order_status", status, &index) }
        if let target = document["tap_target"] { expandSingle("tap_target", target, &index) }
        if let cards = document["cards"] { expandCards(cards, &index) }
        if let buttons = document["buttons"] { expandButtons(buttons, parts, from: index) }
        writer.endArray()
        consumed += words
    }

    /// Where components are written: in the template, or in a card.
    struct TemplateParts {
        let place: String
        let caller: String
    }

    /// Header and body, and how many components that makes.
    mutating func expandTexts(_ document: JSONView, _ parts: TemplateParts) -> Int {
        var index = 0
        if let header = document["header"] { component("header", header, parts, &index) { $0.expandHeader(header, $1, $0.pointers.place(parts.caller + "/header")) } }
        if let body = document["body"] { component("body", body, parts, &index) { $0.expandBody(body, $1, $0.pointers.place(parts.caller + "/body")) } }
        return index
    }

    private mutating func component(_ word: StaticString, _ value: JSONView, _ parts: TemplateParts, _ index: inout Int, _ write: (inout ShortForm, String) -> Void) {
        let place = pointers.place("\(parts.place)/\(index)")
        pointers.add(place, "\(parts.caller)/\(word)", nil)
        writer.beginObject()
        type(word)
        writer.name("parameters")
        write(&self, place + "/parameters")
        writer.endObject()
        index += 1
    }

    /// A value, or an array with the one value that a header takes.
    private mutating func expandHeader(_ header: JSONView, _ place: String, _ caller: String) {
        if header.isArray { return expandBody(header, place, caller) }
        pointers.add(place + "/0", caller, header)
        writer.beginArray()
        expandParameter(header, place + "/0", caller)
        writer.endArray()
    }

    /// An array of values in order, or an object of named values.
    private mutating func expandBody(_ body: JSONView, _ place: String, _ caller: String) {
        pointers.add(place, caller, body, body.isObject ? .members : .same)
        guard body.isArray || body.isObject else { return writer.raw(body) }
        writer.beginArray()
        for (index, value) in body.elements.enumerated() { expandParameter(value, "\(place)/\(index)", "\(caller)/\(index)") }
        for (index, member) in body.members.enumerated() {
            expandParameter(member.value, "\(place)/\(index)", "\(caller)/\(pointerPart(member.name.string ?? ""))", name: member.name)
        }
        writer.endArray()
    }

    /// A text; `{"image":"…"}` and its kin; `{"currency":{…}}`, `{"date_time":{…}}`, `{"location":{…}}`; or Meta's own parameter.
    private mutating func expandParameter(
        _ value: JSONView, _ place: @autoclosure () -> String, _ caller: @autoclosure () -> String, name: JSONView? = nil
    ) {
        writer.beginObject()
        if let name {
            writer.name("parameter_name")
            writer.raw(name)
        }
        if value.isObject, value["type"] != nil {
            copyMembers(value) { _ in false }
        } else if value.isObject, value.count > 0 {
            expandTyped(value, place, caller)
        } else {
            type("text")
            writer.name("text")
            writer.raw(value)
        }
        writer.endObject()
    }

    private mutating func expandTyped(_ value: JSONView, _ place: () -> String, _ caller: () -> String) {
        let kinds = Self.kinds.filter { value[$0] != nil }
        // Without any the validator asks for the type of the parameter.
        guard let kind = kinds.first, let inner = value[kind] else { return copyMembers(value) { _ in false } }
        if kinds.count > 1 { refuse(caller(), .exactlyOneOf, "A value is one of \(listing(kinds)); keep one.") }
        type(kind)
        writer.name(kind)
        let isFile = !inner.isObject && (kind.reads("gif") || Self.media.contains { $0.reads(kind) })
        if isFile {
            writer.beginObject()
            file(inner)
            if let filename = value["filename"] {
                pointers.add("\(place())/\(kind)/filename", caller() + "/filename", filename)
                writer.name("filename")
                writer.raw(filename)
            }
            writer.endObject()
        } else {
            writer.raw(inner)
        }
        copyMembers(value) { name in kinds.contains { name.equals($0) } || isFile && name.equals("filename") }
    }

    mutating func copyMembers(_ object: JSONView, but isDone: (JSONView) -> Bool) {
        for (name, value) in object.members where !isDone(name) {
            writer.name(name)
            writer.raw(value)
        }
    }
}
