// The short forms of interactive messages: body, header and footer side by side, and one member that says what can be tapped.

extension ShortForm {
    /// The members that name an interactive form, in the order in which they are looked for.
    private static let forms: [(word: StaticString, subtype: StaticString)] = [
        ("buttons", "button"), ("rows", "list"), ("cards", "carousel"), ("product", "product"), ("catalog_id", "product_list"), ("sections", "list"), ("link", "cta_url"),
        ("flow", "flow"), ("catalog", "catalog_message"), ("call", "voice_call"), ("request", "location_request_message"), ("address", "address_message"),
        ("order_details", "order_details"), ("order_status", "order_status"),
    ]

    private static let requests: [(word: StaticString, subtype: StaticString, action: StaticString)] = [
        ("location", "location_request_message", "send_location"), ("contact", "request_contact_info", "request_contact_info"),
        ("call", "call_permission_request", "call_permission_request"),
    ]

    /// False when the document has no member of an interactive form.
    mutating func expandInteractive(_ document: JSONView) -> Bool {
        guard let form = Self.forms.first(where: { document[$0.word] != nil }), let value = document[form.word] else { return false }
        let chooser = "/\(form.word)"
        consumed.append(form.word)
        for place in ["/type", "/interactive", "/interactive/type", "/interactive/action"] { pointers.add(place, chooser, nil) }
        let request = Self.requests.first { value.equals($0.word) }
        let isRequest = form.word.description == "request"
        if isRequest, request == nil { refuse(chooser, .notOneOf, "Write \(listing(Self.requests.map(\.word))).") }
        type("interactive")
        object("interactive") { short in
            short.type(isRequest ? request?.subtype ?? form.subtype : form.subtype)
            short.expandAround(document)
            short.object("action") { short in
                if isRequest { short.text("name", request?.action ?? "send_location") } else { short.expandAction(form.subtype, document, value) }
            }
        }
        return true
    }

    // MARK: Around the action

    private mutating func expandAround(_ document: JSONView) {
        for part in ["body", "footer"] as [StaticString] {
            pointers.add("/interactive/\(part)", "/\(part)", nil)
            guard let text = document[part] else { continue }
            consumed.append(part)
            object(part) { short in short.raw("text", text) }
        }
        pointers.add("/interactive/header", "/header", nil)
        guard let header = document["header"] else { return }
        consumed.append("header")
        expandHeading(header, place: "/interactive/header", caller: "/header")
    }

    /// A text; `{"image":"…"}` and its kin; or Meta's own header.
    mutating func expandHeading(_ header: JSONView, place: String, caller: String) {
        let files: [StaticString] = ["image", "video", "document"]
        guard header.isObject, header["type"] == nil, let kind = files.first(where: { header[$0] != nil }), let file = header[kind], !file.isObject else {
            guard header.isObject else {
                return object("header") { short in
                    short.type("text")
                    short.raw("text", header)
                }
            }
            pointers.add(place, caller, header)
            return raw("header", header)
        }
        pointers.add(place, caller, header)
        pointers.add("\(place)/type", caller, nil)
        pointers.add("\(place)/\(kind)", "\(caller)/\(kind)", nil)
        object("header") { short in
            short.type(kind)
            short.object(kind) { short in
                short.file(file)
                for extra in ["filename", "provider"] as [StaticString] where header[extra] != nil {
                    short.pointers.add("\(place)/\(kind)/\(extra)", "\(caller)/\(extra)", header[extra])
                    if let value = header[extra] { short.raw(extra, value) }
                }
            }
            short.copyMembers(header) { name in name.equals(kind) || name.equals("filename") || name.equals("provider") }
        }
    }

    // MARK: Actions

    private mutating func expandAction(_ subtype: StaticString, _ document: JSONView, _ value: JSONView) {
        switch subtype.description {
        case "button": expandReplies(value, "reply", place: "/interactive/action/buttons", caller: "/buttons")
        case "list": expandList(document)
        case "product":
            give(document, "catalog_id", as: "catalog_id", "/interactive/action")
            give(document, "product", as: "product_retailer_id", "/interactive/action")
        case "product_list":
            give(document, "catalog_id", as: "catalog_id", "/interactive/action")
            give(document, "sections", as: "sections", "/interactive/action")
        case "cta_url":
            named("cta_url") { short in
                short.give(document, "button", as: "display_text", Self.parameters)
                short.give(document, "link", as: "url", Self.parameters)
            }
        case "flow": expandFlow(document, value)
        case "catalog_message": expandCatalog(document, value)
        case "carousel": expandCarousel(document, value)
        case "order_details": expandOrder(document, "order_details", "review_and_pay")
        case "order_status": expandOrder(document, "order_status", "review_order")
        case "address_message":
            named("address_message") { short in
                short.pointers.add(Self.parameters, "/address", nil)
                short.give(document, "address", as: "country", Self.parameters)
                for word in ["values", "validation_errors", "saved_addresses"] as [StaticString] where document[word] != nil {
                    short.give(document, word, as: word, Self.parameters)
                }
            }
        default:
            named("voice_call") { short in
                if value.bool != true { short.give(document, "call", as: "display_text", Self.parameters) }
                for word in ["ttl_minutes", "payload"] as [StaticString] where document[word] != nil { short.give(document, word, as: word, Self.parameters) }
            }
        }
    }

    private static let parameters = "/interactive/action/parameters"

    private mutating func named(_ name: StaticString, _ write: (inout ShortForm) -> Void) {
        text("name", name)
        object("parameters", write)
    }

    /// The order, or what became of it, is Meta's own object.
    private mutating func expandOrder(_ document: JSONView, _ short: StaticString, _ name: StaticString) {
        text("name", name)
        give(document, short, as: "parameters", "/interactive/action")
    }

    /// Each button is its id and title, or Meta's own with a `type`.
    mutating func expandReplies(_ buttons: JSONView, _ kind: StaticString, place: String, caller: String) {
        pointers.add(
            place, caller, buttons, .shifted(0),
            inner: [.init(["\(kind)"], ["\(kind)"]), .init(["\(kind)", "id"], ["id"]), .init(["\(kind)", "title"], ["title"])])
        guard buttons.isArray else { return raw("buttons", buttons) }
        writer.name("buttons")
        writer.beginArray()
        for button in buttons.elements {
            if !button.isObject || button["type"] != nil || button[kind] != nil {
                writer.raw(button)
                continue
            }
            writer.beginObject()
            type(kind)
            object(kind) { short in
                for word in ["id", "title"] as [StaticString] { if let value = button[word] { short.raw(word, value) } }
            }
            copyMembers(button) { $0.equals("id") || $0.equals("title") }
            writer.endObject()
        }
        writer.endArray()
    }

    /// `rows` are the one section of a list without titles.
    private mutating func expandList(_ document: JSONView) {
        let place = "/interactive/action/sections"
        give(document, "button", as: "button", "/interactive/action")
        guard let rows = document["rows"] else { return give(document, "sections", as: "sections", "/interactive/action") }
        pointers.add(place, "/rows", nil)
        pointers.add(place + "/0/rows", "/rows", rows)
        writer.name("sections")
        writer.beginArray()
        writer.beginObject()
        raw("rows", rows)
        writer.endObject()
        writer.endArray()
    }

    /// A flow is named by its id, digits only, or by its name.
    private mutating func expandFlow(_ document: JSONView, _ flow: JSONView) {
        let isName = flow.utf8.map { !$0.allSatisfy { 0x30...0x39 ~= $0 } } ?? false
        named("flow") { short in
            short.text("flow_message_version", "3")
            short.pointers.add(Self.parameters, "/flow", nil)
            short.give(document, "flow", as: isName ? "flow_name" : "flow_id", Self.parameters)
            short.give(document, "button", as: "flow_cta", Self.parameters)
            short.pointers.add(Self.parameters + "/flow_token", "/token", nil)
            for (word, name) in [("token", "flow_token"), ("mode", "mode")] as [(StaticString, StaticString)] where document[word] != nil {
                short.give(document, word, as: name, Self.parameters)
            }
            guard document["screen"] != nil || document["data"] != nil else { return }
            let place = Self.parameters + "/flow_action_payload"
            short.pointers.add(place, document["screen"] != nil ? "/screen" : "/data", nil)
            short.text("flow_action", "navigate")
            short.object("flow_action_payload") { short in
                for word in ["screen", "data"] as [StaticString] {
                    short.pointers.add("\(place)/\(word)", "/\(word)", document[word])
                    if document[word] != nil { short.give(document, word, as: word, place) }
                }
            }
        }
    }

    /// True shows the first product of the catalog; a text the product of that id.
    private mutating func expandCatalog(_ document: JSONView, _ catalog: JSONView) {
        pointers.add(Self.parameters, "/catalog", nil)
        guard catalog.bool != true else { return text("name", "catalog_message") }
        named("catalog_message") { short in short.give(document, "catalog", as: "thumbnail_product_retailer_id", Self.parameters) }
    }

    // MARK: Writing

    private mutating func give(_ document: JSONView, _ short: StaticString, as name: StaticString, _ place: String) {
        move(document, short, to: name, "\(place)/\(name)")
    }

    mutating func object(_ name: StaticString, _ write: (inout ShortForm) -> Void) {
        writer.name(name)
        writer.beginObject()
        write(&self)
        writer.endObject()
    }

    mutating func raw(_ name: StaticString, _ value: JSONView) {
        writer.name(name)
        writer.raw(value)
    }

    mutating func text(_ name: StaticString, _ text: StaticString) {
        writer.name(name)
        writer.string(text)
    }
}
