// What the rules between fields ask of a random message, in one place: each fix-up makes true what its rule says, by the rule's
// code, and leaves everything else as it fell. Rules that only warn are left alone; T01, T02 and others that are limits or words
// of one field hold already. The rule template.definition needs definitions and is not tried here.
@testable import WABiz

extension MessageGenerator {
    /// The rules that are put right here, or that never refuse.
    static let putRight: Set<String> = [
        "X01", "X02", "X06", "X07", "X08", "message.to", "D01", "T07", "X11", "X13", "contacts.phones.phone", "I06", "I07", "I08", "I09", "I11", "I12", "I13",
        "I14", "I16", "I18", "I19", "I20", "I21", "I22", "T04", "T05", "T09", "T10", "template.components", "hsm.localizable_params", "hsm.date_time",
        "order_details.expiration.timestamp", "order_details.razorpay.notes",
    ]
    static let onlyWarn: Set<String> = [
        "X04", "X09", "X19", "X20", "I02", "I17", "I23", "T08", "interactive.card.header", "interactive.product_list.product_items", "template.body.text",
        "order_details (Brazil)", "order_details (India)",
    ]
    /// They only speak when the options say more than these tests give them: definitions, or a category in marketing messages.
    static let silent: Set<String> = ["template.definition", "M01"]

    // MARK: Objects

    mutating func putRight(_ object: inout JSONValue, _ shape: ObjectShape) {
        let name = "\(shape.name)"
        for rule in shape.rules where rule.dialects.contains(dialect) {
            switch "\(rule.code)" {
            case "X11": keepOne(of: ["id", "link"], in: &object, of: shape)
            case "X13": if object["link"] == nil { object.set("provider", nil) }
            case "contacts.phones.phone": if object["phone"] == nil, object["wa_id"] == nil { add("phone", to: &object, of: shape) }
            case "I07": object.change("id") { $0 = .string(Self.withoutBlankEnds($0.text ?? "")) }
            case "I13": keepOne(of: dialect == .onPremises ? ["flow_id"] : ["flow_id", "flow_name"], in: &object, of: shape)
            case "I14": putFlowRight(&object)
            case "I16": putCardActionRight(&object, of: shape)
            case "I18": putLinesRight(&object)
            case "I22": if object["header"] != nil { object.change("action") { $0.change("parameters") { $0.set("payment_link_preview", nil) } } }
            case "I19": putSumRight(&object, name)
            case "I20": putPicturesRight(&object)
            case "I21": if object["currency"]?.text == "INR", let reference = object["reference_id"]?.text { object.set("reference_id", .string(String(reference.prefix(35)))) }
            case "hsm.localizable_params": if object["currency"] != nil { object.set("date_time", nil) }
            case "hsm.date_time": keepOne(of: ["component", "unix_epoch"], in: &object, of: shape)
            case "T10": object.set("expiration_time_ms", .number("\(((options.now ?? 0) + number(1...4_000_000_000)) * 1000)"))
            case "order_details.expiration.timestamp":
                if let now = options.now { object.set("timestamp", .string("\(now + 300 + (once(in: 4) ? 0 : number(0...100_000_000)))")) }
            case "order_details.razorpay.notes": if object["notes"] != nil { object.set("notes", notes()) }
            default: break
            }
        }
        if name == "message" { putEnvelopeRight(&object, shape) }
    }

    /// Keeps one of these members, and adds one when there is none.
    private mutating func keepOne(of names: [String], in object: inout JSONValue, of shape: ObjectShape) {
        let there = names.filter { object[$0] != nil }
        guard let kept = texts.numbers.pick(there.isEmpty ? names : there) else { return }
        for name in there where name != kept { object.set(name, nil) }
        add(kept, to: &object, of: shape)
    }

    private static func withoutBlankEnds(_ text: String) -> String {
        var characters = Array(text)
        for index in [0, characters.count - 1] where characters.indices.contains(index) && characters[index].isWhitespace { characters[index] = "x" }
        return String(characters)
    }

    private mutating func putFlowRight(_ object: inout JSONValue) {
        if object["data"] != nil {
            object.set("data", once(in: 4) ? .string(texts.characters(number(1...20))) : .object([.init(name: "first", value: any(depth: 2))]))
        }
        guard object["flow_action_payload"] != nil, object["flow_action"]?.text == "data_exchange" else { return }
        object.set(once(in: 2) ? "flow_action" : "flow_action_payload", nil)
    }

    private func putLinesRight(_ body: inout JSONValue) {
        var breaks = 0
        body.change("text") {
            $0 = .string(String(($0.text ?? "").map { character in
                breaks += character.isNewline ? 1 : 0
                return character.isNewline && breaks > 2 ? "x" : character
            }))
        }
    }

    private mutating func putCardActionRight(_ action: inout JSONValue, of shape: ObjectShape) {
        let isLink = cards.replies == 0
        for name in ["name", "parameters"] { isLink ? add(name, to: &action, of: shape) : action.set(name, nil) }
        guard !isLink else { return action.set("buttons", nil) }
        guard let buttons = member("buttons", of: shape), case .array(let array) = buttons.shape else { return }
        action.set("buttons", .array((0..<cards.replies).map { _ in value(array.element, "") }))
    }

    private mutating func notes() -> JSONValue {
        .object((0..<number(0...15)).map { JSONValue.Entry(name: "note\($0)", value: .string(texts.characters(texts.length(0, 256)))) })
    }

    // MARK: Orders

    /// The value of an amount; 0 for one that is left out.
    private func amount(_ object: JSONValue?) -> Int {
        if case .number(let spelling)? = object?["value"] { Int(spelling) ?? 0 } else { 0 }
    }

    /// Small enough for the sum of all items.
    private mutating func putSumRight(_ object: inout JSONValue, _ name: String) {
        func number(_ value: Int) -> JSONValue { .number("\(value)") }
        switch name {
        case "order_details.items":
            let price = self.number(1...10_000_000)
            object.change("amount") { $0.set("value", number(price)) }
            let sale = self.number(0...price - 1)
            object.change("sale_amount") { $0.set("value", number(sale)) }
            object.set("quantity", number(self.number(1...1000)))
        case "order_details.order":
            // Pictures go with fewer items: they are counted before the sum is made.
            if dialect != .onPremises { putPicturesRight(&object) }
            let total = (object["items"]?.elements ?? []).reduce(0) { sum, item in
                let price = item["sale_amount"] == nil ? amount(item["amount"]) : amount(item["sale_amount"])
                return sum + price * (Int(item["quantity"]?.description ?? "") ?? 0)
            }
            object.change("subtotal") { $0.set("value", number(total)) }
        default:
            guard var order = object["order"] else { return }
            let before = amount(order["subtotal"]) + amount(order["tax"]) + amount(order["shipping"])
            if order["discount"] != nil {
                let discount = self.number(0...before)
                order.change("discount") { $0.set("value", number(discount)) }
            }
            object.set("order", order)
            object.change("total_amount") { $0.set("value", number(before - amount(order["discount"]))) }
        }
    }

    private mutating func putPicturesRight(_ order: inout JSONValue) {
        var items = order["items"]?.elements ?? []
        guard items.contains(where: { $0["image"] != nil }) else { return }
        items = Array(items.prefix(10))
        // Either the catalog shows the items, or they bring their pictures.
        let hasPictures = order["catalog_id"] == nil || once(in: 2)
        if hasPictures { order.set("catalog_id", nil) }
        for index in items.indices where items[index]["image"] != nil { items[index].set(hasPictures ? "retailer_id" : "image", nil) }
        order.set("items", .array(items))
    }

    // MARK: The whole message

    private mutating func putEnvelopeRight(_ message: inout JSONValue, _ shape: ObjectShape) {
        let type = MessageTable.types.first { one in shape.members.contains { $0.name.description == one.word.description && !$0.shape.isIgnored } }
        guard let type else { return }
        let word = "\(type.word)"
        message.set("type", .string(once(in: 20) ? word.capitalized(once(in: 2)) : word))
        if word == "text", dialect != .marketing, once(in: 20) { message.set("type", nil) }
        putRecipientRight(&message, type, shape)
        guard dialect == .cloud else { return }
        // What a category makes of interactive messages is another row; the caller asks for it by `category`.
        if type.directSend != nil { isDirect ? add("category", to: &message, of: shape) : message.set("category", nil) }
        switch message["category"]?.text {
        case "utility": if message["ttl_seconds"] != nil { message.set("ttl_seconds", .number("\(number(30...43200))")) }
        case "authentication": if message["ttl_seconds"] != nil { message.set("ttl_seconds", .number("\(number(30...900))")) }
        default: message.set("ttl_seconds", nil)
        }
        if message["category"]?.text != "utility" { message.set("direct_send_config", nil) }
        if word == "template", options.templateCategory == .authentication { putPasswordRight(&message) }
    }

    private mutating func putRecipientRight(_ message: inout JSONValue, _ type: MessageType, _ shape: ObjectShape) {
        if dialect != .cloud || type.groups == .refused { message.change("recipient_type") { $0 = .string("individual") } }
        if dialect == .cloud, type.groups == .only { message.set("recipient_type", .string("group")) }
        let isPassword = dialect == .cloud && options.templateCategory == .authentication && type.word.description == "template"
        if isPassword { message.set("recipient_type", nil) }
        let isGroup = message["recipient_type"]?.text == "group"
        if isGroup { message.set("recipient", nil) }
        let needsTo = dialect == .onPremises || message["recipient"] == nil || isPassword
        guard needsTo || message["to"] != nil else { return }
        let phone = texts.text(.phone, 1, 40) ?? ""
        let person: JSONValue = once(in: 12) ? .number("\(number(1_000_000...999_999_999_999_999))") : .string(phone)
        let to = isGroup ? JSONValue.string(texts.characters(number(1...40))) : person
        message.set("to", !isGroup && !needsTo && once(in: 10) ? .string("") : to)
    }

    /// T07: the code, the same in the body and in the button.
    private mutating func putPasswordRight(_ message: inout JSONValue) {
        let code = JSONValue.string(texts.digits(1...15))
        func component(_ members: [JSONValue.Entry]) -> JSONValue {
            .object(members + [.init(name: "parameters", value: .array([.object([.init(name: "type", value: .string("text")), .init(name: "text", value: code)])]))])
        }
        let body = component([.init(name: "type", value: .string("body"))])
        let button = component([.init(name: "type", value: .string("button")), .init(name: "sub_type", value: .string("url")), .init(name: "index", value: .number("0"))])
        message.change("template") { $0.set("components", .array([body, button])) }
    }
}

extension String {
    fileprivate func capitalized(_ wholly: Bool) -> String { wholly ? uppercased() : prefix(1).uppercased() + dropFirst() }
}
