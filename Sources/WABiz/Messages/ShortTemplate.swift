// The short form of templates: name, language, header, body and buttons side by side become nested components.

extension ShortForm {
    private static let kinds: [StaticString] = ["text", "image", "video", "document", "location", "currency", "date_time"]

    mutating func expandTemplate(_ document: JSONView) {
        pointers.add("/template", "/template", nil)
        content("template") { form in
            form.move(document, "template", to: "name", "/template/name")
            if document["namespace"] != nil { form.move(document, "namespace", to: "namespace", "/template/namespace") }
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
        let header = document["header"], body = document["body"], buttons = document["buttons"]
        guard header != nil || body != nil || buttons != nil else { return }
        var index = 0
        writer.name("components")
        writer.beginArray()
        if let header { component("header", header, &index) { $0.expandHeader(header, $1) } }
        if let body { component("body", body, &index) { $0.expandBody(body, $1) } }
        if let buttons { expandButtons(buttons, from: index) }
        writer.endArray()
    }

    private mutating func component(_ word: StaticString, _ value: JSONView, _ index: inout Int, _ write: (inout ShortForm, String) -> Void) {
        consumed.append(word)
        let place = "/template/components/\(index)"
        pointers.add(place, "/\(word)", nil)
        writer.beginObject()
        type(word)
        writer.name("parameters")
        write(&self, place + "/parameters")
        writer.endObject()
        index += 1
    }

    /// A value, or an array with the one value that a header takes.
    private mutating func expandHeader(_ header: JSONView, _ place: String) {
        if header.isArray { return expandBody(header, place, "/header") }
        pointers.add(place + "/0", "/header", header)
        writer.beginArray()
        expandParameter(header, place + "/0", "/header")
        writer.endArray()
    }

    /// An array of values in order, or an object of named values.
    private mutating func expandBody(_ body: JSONView, _ place: String, _ caller: String = "/body") {
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
        let isFile = Self.media.contains { "\($0)" == "\(kind)" } && !inner.isObject
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

    private mutating func copyMembers(_ object: JSONView, but isDone: (JSONView) -> Bool) {
        for (name, value) in object.members where !isDone(name) {
            writer.name(name)
            writer.raw(value)
        }
    }

    /// A text is the payload of a quick reply; `{"url":"…"}` the end of a button's URL; `index` places it, else its own position.
    private mutating func expandButtons(_ buttons: JSONView, from component: Int) {
        consumed.append("buttons")
        pointers.add(
            "/template/components", "/buttons", buttons, .shifted(component), inner: [("/parameters/0/payload", "/payload"), ("/parameters/0/text", "/url")])
        guard buttons.isArray else { return refuse("/buttons", .wrongType, "This is of the kind \(buttons.kindName); write an array, one value for each button.") }
        for (position, button) in buttons.elements.enumerated() {
            if button.isObject, button["sub_type"] != nil || button["type"] != nil { writer.raw(button) } else { expandButton(button, position) }
        }
    }

    private mutating func expandButton(_ button: JSONView, _ position: Int) {
        let suffix = button["url"], payload = button.isObject ? button["payload"] : button
        if suffix != nil, payload != nil { refuse("/buttons/\(position)", .exactlyOneOf, "A button has \"url\" or \"payload\"; keep one.") }
        writer.beginObject()
        type("button")
        writer.name("sub_type")
        writer.string(suffix == nil ? "quick_reply" : "url" as StaticString)
        writer.name("index")
        if let index = button["index"] { writer.raw(index) } else { writer.string(String(position)) }
        writer.name("parameters")
        writer.beginArray()
        writer.beginObject()
        let member: StaticString = suffix == nil ? "payload" : "text"
        type(member)
        if let value = suffix ?? payload {
            writer.name(member)
            writer.raw(value)
        }
        writer.endObject()
        writer.endArray()
        copyMembers(button) { name in (["url", "payload", "index"] as [StaticString]).contains { name.equals($0) } }
        writer.endObject()
    }
}
