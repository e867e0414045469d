// The short forms of a template's buttons and cards, of its offer, its tap target and the state of an order.

extension ShortForm {
    // MARK: Buttons

    /// What a button of a short form is known by, its sub_type, and the parameter that carries its value.
    private enum ButtonKind: CaseIterable {
        case payload, url, copyCode, catalog, mpm, flow, voiceCall, orderDetails

        var word: StaticString {
            switch self {
            case .payload: "payload"
            case .url: "url"
            case .copyCode: "copy_code"
            case .catalog: "catalog"
            case .mpm: "mpm"
            case .flow: "flow"
            case .voiceCall: "voice_call"
            case .orderDetails: "order_details"
            }
        }

        /// Made once: `allCases` makes a new array every time.
        static let all = allCases

        var subType: StaticString { if case .payload = self { "quick_reply" } else { word } }

        /// Places below the button in the payload, and below the caller's object.
        static let inner: [PointerMap.Inner] = [
            .init(["parameters", "0", "payload"], ["payload"]), .init(["parameters", "0", "text"], ["url"]),
            .init(["parameters", "0", "coupon_code"], ["copy_code"]), .init(["parameters", "0", "action"], ["mpm"]),
            .init(["parameters", "0", "action"], ["catalog"], isObject: true), .init(["parameters", "0", "action"], ["flow"], isObject: true),
            .init(["parameters", "0", "action", "thumbnail_product_retailer_id"], ["catalog"], isObject: false),
            .init(["parameters", "0", "action", "flow_token"], ["flow"], isObject: false),
            .init(["parameters", "0", "action", "order_details"], ["order_details"]),
            .init(["parameters", "0", "ttl_minutes"], ["voice_call"], isObject: false),
            .init(["parameters", "0", "ttl_minutes"], ["voice_call", "ttl_minutes"], isObject: true),
            .init(["parameters", "0", "payload"], ["voice_call", "payload"], isObject: true),
            .init(["parameters", "1", "payload"], ["voice_call", "payload"], isObject: true), .init(["parameters"], ["voice_call"]),
        ]
    }

    /// A text is the payload of a quick reply, an object says its kind: `{"url":"…"}`, `{"copy_code":"…"}`, `{"flow":"token"}`.
    /// `index` places it, else its own position.
    mutating func expandButtons(_ buttons: JSONView, _ parts: TemplateParts, from component: Int) {
        pointers.add(parts.place, parts.caller + "/buttons", buttons, .shifted(component), inner: ButtonKind.inner)
        guard buttons.isArray else {
            return refuse(parts.caller + "/buttons", .wrongType, "This is of the kind \(buttons.kindName); write an array, one value for each button.")
        }
        for (position, button) in buttons.elements.enumerated() {
            if button.isObject, button["sub_type"] != nil || button["type"] != nil {
                writer.raw(button)
            } else {
                expandButton(button, position, "\(parts.caller)/buttons/\(position)")
            }
        }
    }

    private mutating func expandButton(_ button: JSONView, _ position: Int, _ caller: @autoclosure () -> String) {
        let kinds = button.isObject ? ButtonKind.all.filter { button[$0.word] != nil } : []
        if kinds.count > 1 { refuse(caller(), .exactlyOneOf, "A button is one of \(listing(kinds.map(\.word))); keep one.") }
        let kind = kinds.last ?? .payload
        writer.beginObject()
        type("button")
        writer.name("sub_type")
        writer.string(kind.subType)
        writer.name("index")
        if let index = button["index"] { writer.raw(index) } else { writer.string(String(position)) }
        // A catalog button needs no value.
        let value = button.isObject ? button[kind.word] : button
        if value?.bool != true || kind != .catalog && kind != .flow {
            writer.name("parameters")
            writer.beginArray()
            expandParameters(kind, value)
            writer.endArray()
        }
        copyMembers(button) { name in name.equals("index") || ButtonKind.all.contains { name.equals($0.word) } }
        writer.endObject()
    }

    private mutating func expandParameters(_ kind: ButtonKind, _ value: JSONView?) {
        switch kind {
        case .payload: parameter("payload", "payload", value)
        case .url: parameter("text", "text", value)
        case .copyCode: parameter("coupon_code", "coupon_code", value)
        case .mpm: parameter("action", "action", value)
        case .catalog: action("thumbnail_product_retailer_id", value)
        case .flow: action("flow_token", value)
        case .orderDetails:
            parameter("action") { form in
                form.writer.beginObject()
                form.member("order_details", value)
                form.writer.endObject()
            }
        case .voiceCall:
            guard let value, value.isObject else { return parameter("ttl_minutes", "ttl_minutes", value) }
            if let minutes = value["ttl_minutes"] { parameter("ttl_minutes", "ttl_minutes", minutes) }
            if let payload = value["payload"] { parameter("payload", "payload", payload) }
        }
    }

    private mutating func parameter(_ word: StaticString, _ member: StaticString, _ value: JSONView?) {
        writer.beginObject()
        type(word)
        self.member(member, value)
        writer.endObject()
    }

    private mutating func parameter(_ word: StaticString, _ write: (inout ShortForm) -> Void) {
        writer.beginObject()
        type(word)
        writer.name(word)
        write(&self)
        writer.endObject()
    }

    /// Meta's own action, or the one text that is mostly all of it.
    private mutating func action(_ member: StaticString, _ value: JSONView?) {
        parameter("action") { form in
            if let value, value.isObject { return form.writer.raw(value) }
            form.writer.beginObject()
            form.member(member, value)
            form.writer.endObject()
        }
    }

    private mutating func member(_ name: StaticString, _ value: JSONView?) {
        guard let value else { return }
        writer.name(name)
        writer.raw(value)
    }

    // MARK: Cards

    /// `[{"header":{"image":"…"},"body":["…"],"buttons":["…"]}]`; Meta's own cards pass as they are.
    mutating func expandCards(_ cards: JSONView, _ index: inout Int) {
        let place = pointers.place("/template/components/\(index)")
        pointers.add(place, "/cards", nil)
        pointers.add(place + "/cards", "/cards", cards)
        writer.beginObject()
        type("carousel")
        writer.name("cards")
        if cards.isArray {
            writer.beginArray()
            for (position, card) in cards.elements.enumerated() { expandCard(card, position, pointers.place("\(place)/cards/\(position)")) }
            writer.endArray()
        } else {
            writer.raw(cards)
        }
        writer.endObject()
        index += 1
    }

    private mutating func expandCard(_ card: JSONView, _ position: Int, _ place: String) {
        guard card.isObject, card["components"] == nil else { return writer.raw(card) }
        let caller = pointers.place("/cards/\(position)")
        pointers.add(place, caller, card)
        // A header that is missing is missing in the card.
        pointers.add(place + "/components", caller, nil)
        writer.beginObject()
        writer.name("card_index")
        if let index = card["card_index"] { writer.raw(index) } else { writer.integer(position) }
        writer.name("components")
        writer.beginArray()
        let parts = TemplateParts(place: place + "/components", caller: caller)
        let count = expandTexts(card, parts)
        if let buttons = card["buttons"] { expandButtons(buttons, parts, from: count) }
        writer.endArray()
        copyMembers(card) { name in (["card_index", "header", "body", "buttons"] as [StaticString]).contains { name.equals($0) } }
        writer.endObject()
    }

    // MARK: Single parameters

    /// `limited_time_offer`: milliseconds or Meta's object; `order_status`: Meta's object; `tap_target`: its one target.
    mutating func expandSingle(_ short: StaticString, _ value: JSONView, _ index: inout Int) {
        let isTarget = short.reads("tap_target")
        let word: StaticString = isTarget ? "tap_target_configuration" : short
        let place = pointers.place("/template/components/\(index)")
        pointers.add(place, "/\(short)", nil)
        pointers.add("\(place)/parameters/0/\(word)\(isTarget ? "/0" : "")", "/\(short)", value)
        writer.beginObject()
        type(word)
        writer.name("parameters")
        writer.beginArray()
        parameter(word) { form in
            if isTarget {
                form.writer.beginArray()
                form.writer.raw(value)
                form.writer.endArray()
            } else if short.reads("limited_time_offer"), !value.isObject {
                form.writer.beginObject()
                form.member("expiration_time_ms", value)
                form.writer.endObject()
            } else {
                form.writer.raw(value)
            }
        }
        writer.endArray()
        writer.endObject()
        index += 1
    }
}
