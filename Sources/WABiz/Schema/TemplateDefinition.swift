// Template definitions as Meta's template list gives them (GET /{waba_id}/message_templates), read for what a message can be held
// against. Members and components that are not known are left alone: Meta adds to them several times a year.

/// What a template is for. It decides which rules its messages have, and what they cost.
public enum TemplateCategory: String, Sendable, CaseIterable {
    case authentication, marketing, utility
}

/// The definitions that messages are held against.
public struct TemplateDefinitions: Sendable {
    let templates: [TemplateDefinition]

    /// Reads `{"data":[…]}` or the array alone.
    /// - Throws: `.badJSON`, or `.badArgument` naming the entry that is no template.
    public init(json: [UInt8]) throws(Failure) {
        self = try Tape.read(json, .tolerant) { (root) throws(Failure) in try TemplateDefinitions(root) }
    }

    init(_ root: JSONView) throws(Failure) {
        guard let list = root.isArray ? root : root["data"], list.isArray else {
            throw .badArgument("\"templates\" holds no list: pass Meta's answer with its \"data\", or the array alone.")
        }
        var templates: [TemplateDefinition] = []
        for (index, entry) in list.elements.enumerated() {
            guard let template = TemplateDefinition(entry) else {
                throw .badArgument("Entry \(index) of \"templates\" is no template: it needs \"name\" and \"language\". Ask Meta for these fields too.")
            }
            templates.append(template)
        }
        self.templates = templates
    }

    /// The definition that a message's `template` names.
    func definition(of template: JSONView) -> TemplateDefinition? {
        guard let name = template["name"]?.string, let language = template["language"]?["code"]?.string else { return nil }
        return templates.first { $0.name == name && $0.language == language }
    }
}

/// One template in one language.
struct TemplateDefinition: Sendable {
    let name: String
    let language: String
    /// In upper case: APPROVED, PAUSED, …; nil when it was not asked for.
    let status: String?
    let category: TemplateCategory?
    let isNamed: Bool
    /// Nil when they were not asked for.
    let content: Content?

    init?(_ view: JSONView) {
        // The language is a text here; older answers wrap it.
        guard let name = view["name"]?.string, let language = view["language"]?.string ?? view["language"]?["code"]?.string else { return nil }
        self.name = name
        self.language = language
        status = view["status"]?.string?.uppercased()
        category = view["category"]?.string.flatMap { TemplateCategory(rawValue: $0.lowercased()) }
        content = view["components"].flatMap(Content.init)
        if let format = view["parameter_format"] {
            isNamed = format.equalsIgnoringCase("named")
        } else {
            isNamed = content?.variables.contains { Int($0) == nil } ?? false
        }
    }

    /// The components of a template, or of one card.
    struct Content: Sendable {
        enum Header: Sendable {
            case text([String])
            /// image, video, document, location, gif, product.
            case media(String)
        }

        var header: Header?
        /// A header of a format that is not known: nothing is held against it.
        var hasOddHeader = false
        var body: [String] = []
        var buttons: [Button] = []
        var cards: [Content]?
        var hasOffer = false
        var offerEnds = false

        init?(_ components: JSONView) {
            guard components.isArray else { return nil }
            for component in components.elements {
                guard let type = component["type"] else { continue }
                if type.equalsIgnoringCase("header") {
                    readHeader(component)
                } else if type.equalsIgnoringCase("body") {
                    body = Self.variables(component["text"])
                } else if type.equalsIgnoringCase("buttons") {
                    buttons = component["buttons"]?.elements.map(Button.init) ?? []
                } else if type.equalsIgnoringCase("carousel") {
                    cards = component["cards"]?.elements.compactMap { $0["components"].flatMap(Content.init) }
                } else if type.equalsIgnoringCase("limited_time_offer") {
                    hasOffer = true
                    offerEnds = component["limited_time_offer"]?["has_expiration"]?.bool == true
                }
            }
        }

        private mutating func readHeader(_ component: JSONView) {
            let format = component["format"]?.string?.lowercased() ?? "text"
            switch format {
            case "text": header = .text(Self.variables(component["text"]))
            case "image", "video", "document", "location", "gif", "product": header = .media(format)
            default: hasOddHeader = true
            }
        }

        /// The names between {{ and }}, each once.
        static func variables(_ text: JSONView?) -> [String] {
            guard let bytes = text?.utf8 else { return [] }
            var names: [String] = []
            var known: Set<String> = []
            var start: Int?
            var at = 0
            while at + 1 < bytes.count {
                if bytes[at] == UInt8(ascii: "{"), bytes[at + 1] == UInt8(ascii: "{") {
                    start = at + 2
                    at += 2
                } else if let open = start, bytes[at] == UInt8(ascii: "}"), bytes[at + 1] == UInt8(ascii: "}") {
                    let name = String(decoding: bytes[open..<at].filter { $0 != 0x20 }, as: UTF8.self)
                    if !name.isEmpty, known.insert(name).inserted { names.append(name) }
                    start = nil
                    at += 2
                } else {
                    at += 1
                }
            }
            return names
        }

        var isOfProducts: Bool {
            guard let first = cards?.first, case .media("product") = first.header else { return false }
            return true
        }

        fileprivate var variables: [String] {
            var names = body
            if case .text(let header) = header { names += header }
            return names
        }
    }

    struct Button: Sendable {
        enum Need: Sendable { case required, optional, none }

        /// The sub_type that sends its value; nil when it has none or is not known.
        let subType: StaticString?
        let need: Need
        /// False for a kind that Meta added later: nothing is held against it.
        let isKnown: Bool

        init(_ view: JSONView) {
            let type = view["type"]?.string?.lowercased() ?? ""
            var isKnown = true
            switch type {
            case "quick_reply": (subType, need) = ("quick_reply", .optional)
            case "url": (subType, need) = ("url", Content.variables(view["url"]).isEmpty ? .none : .required)
            case "otp": (subType, need) = ("url", .required)
            case "copy_code": (subType, need) = ("copy_code", .required)
            case "mpm": (subType, need) = ("mpm", .required)
            case "order_details": (subType, need) = ("order_details", .required)
            case "catalog": (subType, need) = ("catalog", .optional)
            case "flow": (subType, need) = ("flow", .optional)
            case "voice_call": (subType, need) = ("voice_call", .optional)
            case "phone_number", "spm", "request_contact_info", "call_permission_request": (subType, need) = (nil, .none)
            default:
                (subType, need) = (nil, .optional)
                isKnown = false
            }
            self.isKnown = isKnown
        }
    }
}
