// The typed builders of flow and address messages: forms that the person fills in.

/// Which flow a message opens, and where.
public struct Flow {
    public enum Identity {
        case id(String)
        /// Cloud API only.
        case name(String)
    }

    let tree: Tree

    /// - Parameters:
    ///   - button: what the button says, without emoji.
    ///   - token: a text of yours that the flow's endpoint and answer bring back.
    ///   - isDraft: true opens the draft of the flow.
    ///   - screen: the screen that it begins at; its first screen without it.
    ///   - data: what that screen gets, an object.
    public init(_ identity: Identity, button: String, token: String? = nil, isDraft: Bool? = nil, screen: String? = nil, data: Tree? = nil) {
        self.init(identity, button, token, isDraft)
        guard screen != nil || data != nil else { return }
        tree.set("flow_action", "navigate")
        tree.set("flow_action_payload", .object([("screen", screen.map(Tree.string)), ("data", data)]))
    }

    /// A flow whose endpoint names the first screen (`data_exchange`).
    public static func asking(_ identity: Identity, button: String, token: String? = nil, isDraft: Bool? = nil) -> Flow {
        let flow = Flow(identity, button, token, isDraft)
        flow.tree.set("flow_action", "data_exchange")
        return flow
    }

    private init(_ identity: Identity, _ button: String, _ token: String?, _ isDraft: Bool?) {
        tree = ["flow_message_version": "3"]
        switch identity {
        case .id(let id): tree.set("flow_id", .string(id))
        case .name(let name): tree.set("flow_name", .string(name))
        }
        tree.set("flow_cta", .string(button))
        tree.set("flow_token", token.map(Tree.string))
        tree.set("mode", isDraft.map { $0 ? "draft" : "published" })
    }
}

/// A form for an address (India). Fields are named as Meta names them: `name`, `phone_number`, `in_pin_code`, `house_number`, `city` …
public struct AddressForm {
    public struct Saved {
        fileprivate let tree: Tree

        public init(id: String, _ fields: [String: String]) { tree = ["id": .string(id), "value": AddressForm.tree(of: fields)] }
    }

    fileprivate let tree: Tree

    /// - Parameters:
    ///   - country: two letters of ISO 3166.
    ///   - values: what the form is filled with.
    ///   - errors: what was wrong with the fields of an earlier answer.
    public init(country: String, values: [String: String] = [:], errors: [String: String] = [:], saved: [Saved] = []) {
        tree = .object([
            ("country", .string(country)), ("values", Self.tree(of: values).unlessEmpty), ("validation_errors", Self.tree(of: errors).unlessEmpty),
            ("saved_addresses", Tree.array(saved.map(\.tree)).unlessEmpty),
        ])
    }

    private static func tree(of fields: [String: String]) -> Tree { .object(fields.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }) }
}

extension Draft {
    public static func flow(to recipient: Recipient, body: String, _ flow: Flow, header: Heading? = nil, footer: String? = nil) -> Draft {
        interactive("flow", to: recipient, header: header, body: body, footer: footer, action: named("flow", flow.tree))
    }

    public static func address(to recipient: Recipient, body: String, _ form: AddressForm, header: Heading? = nil, footer: String? = nil) -> Draft {
        interactive("address_message", to: recipient, header: header, body: body, footer: footer, action: named("address_message", form.tree))
    }
}
