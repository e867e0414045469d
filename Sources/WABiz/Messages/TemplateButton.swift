// Typed builders of what templates are made of beside texts: their buttons and the cards of a carousel.

extension Template {
    /// The value of one button.
    public struct Button {
        private let subType: String
        private let parameters: [Tree]
        private let index: Int?

        private init(_ subType: String, _ index: Int?, _ parameters: [Tree]) {
            self.subType = subType
            self.index = index
            self.parameters = parameters
        }

        private static func action(_ subType: String, _ index: Int?, _ action: [(String, Tree?)]) -> Button {
            Button(subType, index, [["type": "action", "action": .object(action)]])
        }

        /// What the webhook brings back when the button is tapped.
        public static func quickReply(payload: String, index: Int? = nil) -> Button {
            Button("quick_reply", index, [["type": "payload", "payload": .string(payload)]])
        }

        /// What is put behind the URL of the template; in authentication templates the code.
        public static func url(suffix: String, index: Int? = nil) -> Button {
            Button("url", index, [["type": "text", "text": .string(suffix)]])
        }

        /// The coupon code that a tap copies.
        public static func copyCode(_ code: String, index: Int? = nil) -> Button {
            Button("copy_code", index, [["type": "coupon_code", "coupon_code": .string(code)]])
        }

        /// - Parameter thumbnail: the product whose picture is shown; without it the catalogue's first.
        public static func catalog(thumbnail: String? = nil, index: Int? = nil) -> Button {
            guard let thumbnail else { return Button("catalog", index, []) }
            return action("catalog", index, [("thumbnail_product_retailer_id", .string(thumbnail))])
        }

        /// - Parameters:
        ///   - thumbnail: the product whose picture is shown.
        ///   - sections: headings and the ids of the products below them.
        public static func products(thumbnail: String, sections: [(title: String, products: [String])], index: Int? = nil) -> Button {
            let groups = sections.map { section -> Tree in
                ["title": .string(section.title), "product_items": .array(section.products.map { ["product_retailer_id": .string($0)] })]
            }
            return action("mpm", index, [("thumbnail_product_retailer_id", .string(thumbnail)), ("sections", .array(groups))])
        }

        /// - Parameters:
        ///   - token: a text of yours that names this run of the flow.
        ///   - data: the data of its first screen.
        public static func flow(token: String? = nil, data: Tree? = nil, index: Int? = nil) -> Button {
            guard token != nil || data != nil else { return Button("flow", index, []) }
            return action("flow", index, [("flow_token", token.map(Tree.string)), ("flow_action_data", data)])
        }

        /// - Parameters:
        ///   - minutes: for how long the button works.
        ///   - payload: what the webhook of the call brings back.
        public static func voiceCall(minutes: Int? = nil, payload: String? = nil, index: Int? = nil) -> Button {
            let minutes = minutes.map { ["type": "ttl_minutes", "ttl_minutes": .integer($0)] as Tree }
            let payload = payload.map { ["type": "payload", "payload": .string($0)] as Tree }
            return Button("voice_call", index, [minutes, payload].compactMap { $0 })
        }

        /// - Parameter order: as the `parameters` of interactive order details.
        public static func orderDetails(_ order: Tree, index: Int? = nil) -> Button { action("order_details", index, [("order_details", order)]) }

        func tree(at position: Int) -> Tree {
            .object([
                ("type", "button"), ("sub_type", .string(subType)), ("index", .string(String(index ?? position))),
                ("parameters", parameters.isEmpty ? nil : .array(parameters)),
            ])
        }
    }

    /// One card of a carousel.
    public struct Card {
        private let header: Parameter
        private let body: [Parameter]
        private let buttons: [Button]
        private let index: Int?

        /// - Parameters:
        ///   - header: an image, a video or a product, of the same kind on every card.
        ///   - index: its position, where it is not that in the list.
        public init(_ header: Parameter, body: [Parameter] = [], buttons: [Button] = [], index: Int? = nil) {
            self.header = header
            self.body = body
            self.buttons = buttons
            self.index = index
        }

        func tree(at position: Int) -> Tree {
            ["card_index": .integer(index ?? position), "components": Template.components(header: header, body: body, buttons: buttons)]
        }
    }
}
