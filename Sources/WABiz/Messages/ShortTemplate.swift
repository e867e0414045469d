// The short form of templates: name, language, header, body and buttons side by side become nested components.

extension ShortForm {
    mutating func expandTemplate(_ document: JSONView) {
        pointers.add("/template", "/template")
        content("template") { form in
            form.move(document, "template", to: "name", "/template/name")
            form.move(document, "namespace", to: "namespace", "/template/namespace")
            form.expandLanguage(document)
            form.expandComponents(document)
        }
    }

    private mutating func expandLanguage(_ document: JSONView) {
        pointers.add("/template/language", "/language")
        guard let language = document["language"] else { return }
        guard language.isString else { return move(document, "language", to: "language", "/template/language") }
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
        if let header { component("header", &index) { $0.expandHeader(header, $1) } }
        if let body { component("body", &index) { $0.expandBody(body, $1) } }
        if let buttons { expandButtons(buttons, &index) }
        writer.endArray()
    }

    private mutating func component(_ word: StaticString, _ index: inout Int, _ write: (inout ShortForm, String) -> Void) {
        consumed.append(word)
        let place = "/template/components/\(index)"
        pointers.add(place, "/\(word)")
        writer.beginObject()
        type(word)
        writer.name("parameters")
        write(&self, place + "/parameters")
        writer.endObject()
        index += 1
    }

    private mutating func expandHeader(_ header: JSONView, _ place: String) {
        guard header.isObject || header.isString else { return writer.raw(header) }
        writer.beginArray()
        expandParameter(header, place + "/0", "/header")
        writer.endArray()
    }

    /// An array of values in order, or an object of named values.
    private mutating func expandBody(_ body: JSONView, _ place: String) {
        pointers.add(place, "/body")
        guard body.isArray || body.isObject else { return writer.raw(body) }
        writer.beginArray()
        for (index, value) in body.elements.enumerated() { expandParameter(value, "\(place)/\(index)", "/body/\(index)") }
        for (index, member) in body.members.enumerated() {
            let name = pointerPart(member.name.string ?? "")
            expandParameter(member.value, "\(place)/\(index)", "/body/\(name)", name: member.name)
        }
        writer.endArray()
    }

    /// A text; `{"image":"…"}` and its kin; `{"currency":{…}}`, `{"date_time":{…}}`, `{"location":{…}}`; or Meta's own parameter.
    private mutating func expandParameter(_ value: JSONView, _ place: String, _ caller: String, name: JSONView? = nil) {
        pointers.add(place, caller)
        if value.isObject, value["type"] != nil { return writer.raw(value) }
        writer.beginObject()
        if let name {
            writer.name("parameter_name")
            writer.raw(name)
        }
        if value.isObject, value.count > 0 {
            expandTyped(value, place, caller)
        } else {
            type("text")
            pointers.add(place + "/text", caller)
            writer.name("text")
            writer.raw(value)
        }
        writer.endObject()
    }

    private mutating func expandTyped(_ value: JSONView, _ place: String, _ caller: String) {
        guard let kind = (["text", "image", "video", "document", "location", "currency", "date_time", "payload"] as [StaticString]).first(where: { value[$0] != nil }),
            let inner = value[kind]
        else {
            // Nothing that a parameter can be: the validator names the place.
            for (name, value) in value.members {
                writer.name(name)
                writer.raw(value)
            }
            return
        }
        type(kind)
        writer.name(kind)
        pointers.add("\(place)/\(kind)", "\(caller)/\(kind)")
        let isFile = Self.media.contains { "\($0)" == "\(kind)" } && !inner.isObject
        if isFile {
            writer.beginObject()
            file(inner, "\(place)/\(kind)", "\(caller)/\(kind)")
            if let filename = value["filename"] {
                pointers.add("\(place)/\(kind)/filename", "\(caller)/filename")
                writer.name("filename")
                writer.raw(filename)
            }
            writer.endObject()
        } else {
            writer.raw(inner)
        }
        for (name, other) in value.members where !name.equals(kind) && !(isFile && name.equals("filename")) {
            writer.name(name)
            writer.raw(other)
        }
    }

    /// A text is the payload of a quick reply; `{"url":"…"}` the end of a button's URL; `index` places it, else its own position.
    private mutating func expandButtons(_ buttons: JSONView, _ component: inout Int) {
        consumed.append("buttons")
        guard buttons.isArray else {
            // One component that is no array of buttons: refused at its place.
            pointers.add("/template/components/\(component)", "/buttons")
            return writer.raw(buttons)
        }
        for (position, button) in buttons.elements.enumerated() {
            let place = "/template/components/\(component)", caller = "/buttons/\(position)"
            component += 1
            pointers.add(place, caller)
            if button.isObject, button["sub_type"] != nil || button["type"] != nil {
                writer.raw(button)
                continue
            }
            let suffix = button["url"]
            writer.beginObject()
            type("button")
            writer.name("sub_type")
            writer.string(suffix == nil ? "quick_reply" : "url" as StaticString)
            writer.name("index")
            if let index = button["index"] { writer.raw(index) } else { writer.integer(position) }
            writer.name("parameters")
            writer.beginArray()
            expandButtonValue(suffix ?? button["payload"] ?? button, isURL: suffix != nil, place + "/parameters/0", button.isObject ? caller + (suffix == nil ? "/payload" : "/url") : caller)
            writer.endArray()
            for (name, value) in button.members where !(["url", "payload", "index"] as [StaticString]).contains(where: { name.equals($0) }) {
                writer.name(name)
                writer.raw(value)
            }
            writer.endObject()
        }
    }

    private mutating func expandButtonValue(_ value: JSONView, isURL: Bool, _ place: String, _ caller: String) {
        let member: StaticString = isURL ? "text" : "payload"
        pointers.add("\(place)/\(member)", caller)
        writer.beginObject()
        type(member)
        writer.name(member)
        writer.raw(value)
        writer.endObject()
    }
}
