// The typed builder of template messages: the template's name and language, and the values of its variables.

/// An approved template and its values.
public struct Template {
    private let name: String
    private let language: String
    private let namespace: String?
    private let header: Parameter?
    private let body: [Parameter]
    private let buttons: [Button]
    /// Components that only some templates have.
    private var others: [Tree] = []

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
        let tree: Tree

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
        /// An MP4 shown as a looping picture; marketing_messages only.
        public static func gif(_ file: Media) -> Parameter { Parameter("gif", file.tree()) }
        /// The product of a single-product template or a product card.
        public static func product(_ retailerID: String, catalog: String) -> Parameter {
            Parameter("product", ["product_retailer_id": .string(retailerID), "catalog_id": .string(catalog)])
        }
        /// PDF only.
        public static func document(_ file: Media, filename: String? = nil) -> Parameter {
            Parameter("document", file.tree(("filename", filename.map(Tree.string))))
        }

        /// Degrees, written as the strings that Meta documents here.
        public static func location(latitude: Double, longitude: Double, name: String, address: String) -> Parameter {
            Parameter("location", .location(.string(latitude.description), .string(longitude.description), name, address))
        }
    }

    // MARK: Components of some templates

    /// The cards of a carousel, in the order in which they are shown.
    public func carousel(_ cards: [Card]) -> Template {
        adding(["type": "carousel", "cards": .array(cards.enumerated().map { $1.tree(at: $0) })])
    }

    /// When the offer of a limited-time offer ends.
    /// - Parameter milliseconds: since 1970.
    public func offerEnding(atMilliseconds milliseconds: Int) -> Template {
        adding("limited_time_offer", ["expiration_time_ms": .integer(milliseconds)])
    }

    /// Where a tap on the whole message leads, and the name of that place.
    public func tapTarget(url: String, title: String) -> Template {
        adding("tap_target_configuration", [["url": .string(url), "title": .string(title)]])
    }

    /// What became of an order that order details were sent for.
    public func orderStatus(referenceID: String, status: String, description: String? = nil) -> Template {
        adding(
            "order_status",
            [
                "reference_id": .string(referenceID),
                "order": .object([("status", .string(status)), ("description", description.map(Tree.string))]),
            ])
    }

    private func adding(_ component: String, _ value: Tree) -> Template {
        let parameter: Tree = ["type": .string(component)]
        parameter.set(component, value)
        return adding(["type": .string(component), "parameters": [parameter]])
    }

    private func adding(_ component: Tree) -> Template {
        var template = self
        template.others.append(component)
        return template
    }

    var tree: Tree {
        let components = Template.components(header: header, body: body, others: others, buttons: buttons)
        return .object([
            ("namespace", namespace.map(Tree.string)), ("name", .string(name)),
            ("language", ["policy": "deterministic", "code": .string(language)]), ("components", components.isEmpty ? nil : components),
        ])
    }

    static func components(header: Parameter?, body: [Parameter], others: [Tree] = [], buttons: [Button]) -> Tree {
        let components = Tree.array()
        if let header { components.append(["type": "header", "parameters": [header.tree]]) }
        if !body.isEmpty { components.append(["type": "body", "parameters": .array(body.map(\.tree))]) }
        for other in others { components.append(other) }
        for (position, button) in buttons.enumerated() { components.append(button.tree(at: position)) }
        return components
    }
}
