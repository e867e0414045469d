// The typed builder of template messages: the template's name and language, and the values of its variables.

/// An approved template and its values.
public struct Template {
    private let name: String
    private let language: String
    private let namespace: String?
    private let header: Parameter?
    private let body: [Parameter]
    private let buttons: [Button]

    /// - Parameters:
    ///   - language: as the template has it, such as `en_US`.
    ///   - body: the values of the body's variables, in order.
    ///   - buttons: the values of the buttons that take one, each at its own position unless it says otherwise.
    ///   - namespace: On-Premises clients before v2.41.
    public init(
        _ name: String, language: String, header: Parameter? = nil, body: [Parameter] = [], buttons: [Button] = [], namespace: String? = nil
    ) {
        self.name = name
        self.language = language
        self.header = header
        self.body = body
        self.buttons = buttons
        self.namespace = namespace
    }

    /// One value of a header or body.
    public struct Parameter: ExpressibleByStringLiteral {
        fileprivate let tree: Tree

        private init(_ type: String, _ value: Tree) { tree = ["type": .string(type)]; tree.set(type, value) }

        public init(stringLiteral text: String) { self.init("text", .string(text)) }

        public static func text(_ text: String) -> Parameter { Parameter("text", .string(text)) }

        /// For templates with named variables.
        public static func named(_ name: String, _ text: String) -> Parameter {
            let parameter = Parameter("text", .string(text))
            parameter.tree.set("parameter_name", .string(name))
            return parameter
        }

        /// - Parameters:
        ///   - fallback: the text that is shown.
        ///   - code: ISO 4217.
        ///   - amount1000: the amount times 1000.
        public static func currency(_ fallback: String, code: String, amount1000: Int) -> Parameter {
            Parameter("currency", ["fallback_value": .string(fallback), "code": .string(code), "amount_1000": .integer(amount1000)])
        }

        /// - Parameter fallback: the text that is shown.
        public static func dateTime(_ fallback: String) -> Parameter { Parameter("date_time", ["fallback_value": .string(fallback)]) }

        public static func image(_ file: Media) -> Parameter { Parameter("image", file.tree()) }
        public static func video(_ file: Media) -> Parameter { Parameter("video", file.tree()) }
        /// PDF only.
        public static func document(_ file: Media, filename: String? = nil) -> Parameter {
            Parameter("document", file.tree(("filename", filename.map(Tree.string))))
        }

        /// Degrees, written as the strings that Meta documents here.
        public static func location(latitude: Double, longitude: Double, name: String, address: String) -> Parameter {
            Parameter("location", .location(.string(latitude.description), .string(longitude.description), name, address))
        }
    }

    /// The value of one button.
    public struct Button {
        fileprivate let subType: String
        fileprivate let parameter: Tree
        fileprivate let index: Int?

        /// What the webhook brings back when the button is tapped.
        public static func quickReply(payload: String, index: Int? = nil) -> Button {
            Button(subType: "quick_reply", parameter: ["type": "payload", "payload": .string(payload)], index: index)
        }

        /// What is put behind the URL of the template.
        public static func url(suffix: String, index: Int? = nil) -> Button {
            Button(subType: "url", parameter: ["type": "text", "text": .string(suffix)], index: index)
        }
    }

    var tree: Tree {
        let components = Tree.array()
        if let header { components.append(["type": "header", "parameters": [header.tree]]) }
        if !body.isEmpty { components.append(["type": "body", "parameters": .array(body.map(\.tree))]) }
        for (position, button) in buttons.enumerated() {
            components.append([
                "type": "button", "sub_type": .string(button.subType), "index": .string(String(button.index ?? position)), "parameters": [button.parameter],
            ])
        }
        return .object([
            ("namespace", namespace.map(Tree.string)), ("name", .string(name)),
            ("language", ["policy": "deterministic", "code": .string(language)]), ("components", components.isEmpty ? nil : components),
        ])
    }
}
