// How a message is to be checked: for which dialect, and how strict about members that no table knows.

public struct MessageOptions: Sendable {
    public var api: API
    /// What a member that the tables do not know is worth. Meta adds members several times a year, so they only warn by default.
    public var unknownMembers: Issue.Severity
    /// Unix seconds that stand in for the clock; the core itself never reads one.
    public var now: Int?
    /// Definitions that template messages are held against, as Meta's template list gives them.
    public var templates: TemplateDefinitions?
    /// What the template is for; it outweighs the definition. Authentication templates have rules of their own.
    public var templateCategory: TemplateCategory?

    public init(
        api: API = .cloud, unknownMembers: Issue.Severity = .warning, now: Int? = nil, templates: TemplateDefinitions? = nil,
        templateCategory: TemplateCategory? = nil
    ) {
        self.api = api
        self.unknownMembers = unknownMembers
        self.now = now
        self.templates = templates
        self.templateCategory = templateCategory
    }

    /// Reads the options document of `wabiz.h`; nil and members that are left out keep `defaults`.
    /// - Throws: `.badJSON`, or `.badArgument` naming what is wrong.
    public init(json: [UInt8]?, defaults: MessageOptions = MessageOptions()) throws(Failure) {
        guard let json else {
            self = defaults
            return
        }
        self = try unsafe json.withUnsafeBufferPointer { (json) throws(Failure) in
            try unsafe MessageOptions(borrowing: UnsafeRawBufferPointer(json), defaults: defaults, names: "") { _, _ in false }
        }
    }

    /// The same for callers with further members, who keep the text until this returns.
    /// - Parameters:
    ///   - names: these members as a sentence goes on with them.
    ///   - others: takes a member that is none of these here; false when it does not know it either.
    @unsafe package init(
        borrowing json: UnsafeRawBufferPointer?, defaults: MessageOptions, names: String, others: (JSONView, JSONView) throws(Failure) -> Bool
    ) throws(Failure) {
        self = defaults
        guard let json = unsafe json else { return }
        self = try unsafe Tape.read(json) { (root) throws(Failure) in try MessageOptions(root, defaults: defaults, names: names, others: others) }
    }

    /// The same for options that were read already.
    init(
        _ root: JSONView, defaults: MessageOptions, names further: String, others: (JSONView, JSONView) throws(Failure) -> Bool
    ) throws(Failure) {
        guard root.isObject else { throw .badArgument("The options are of the kind \(root.kindName); write a JSON object or nothing.") }
        self = defaults
        var names = NameSet()
        for (name, value) in root.members {
            guard root.count == 1 || names.insert(name) else { throw .badArgument("The option \"\(clipped(name))\" stands there twice; keep one.") }
            if name.equals("api") {
                guard let api = value.string.flatMap(API.init) else {
                    throw .badArgument("The option \"api\" is \"cloud\", \"on_premises\" or \"marketing_messages\".")
                }
                self.api = api
            } else if name.equals("unknown_members") {
                switch value.string {
                case "warn": unknownMembers = .warning
                case "error": unknownMembers = .error
                default: throw .badArgument("The option \"unknown_members\" is \"warn\" or \"error\".")
                }
            } else if name.equals("now") {
                guard let now = value.integer, now >= 0 else { throw .badArgument("The option \"now\" is a number of seconds since 1970, an integer.") }
                self.now = now
            } else if name.equals("templates") {
                templates = try TemplateDefinitions(value)
            } else if name.equals("template_category") {
                guard let category = value.string.flatMap({ TemplateCategory(rawValue: $0.lowercased()) }) else {
                    throw .badArgument("The option \"template_category\" is \"authentication\", \"marketing\" or \"utility\".")
                }
                templateCategory = category
            } else if try !others(name, value) {
                throw .badArgument("There is no option \"\(clipped(name))\"; there are \"api\", \"unknown_members\", \"now\", \"templates\" and \"template_category\"\(further).")
            }
        }
    }
}
