// Prints the tables: what the library knows of messages and limits, as JSON. The documents are made from this.

public enum Describe {
    /// The names of the tables.
    public static let names = ["messages", "limits", "webhooks", "errors"]

    /// A table by its name; nil when there is none.
    public static func table(_ name: String) -> Tree? {
        switch name {
        case "messages": messages
        case "limits": limits
        case "webhooks": Webhook.description
        case "errors": ErrorTable.description
        default: nil
        }
    }

    private static var messages: Tree {
        let envelope = describe(MessageTable.envelopeAlone), read = describe(MessageTable.read)
        envelope.set("short", describe(Envelope.short))
        read.set("short", describe(MessageTable.readShort))
        return ["types": .array(MessageTable.types.map(describe)), "envelope": envelope, "read": read]
    }

    private static func describe(_ type: MessageType) -> Tree {
        let apis = API.allCases.map { api in
            (api.rawValue, Tree.string(type.misplaced.first { $0.0.contains(Dialects(api)) }.map { $0.1 == .error ? "refused" : "warned" } ?? "taken"))
        }
        let tree: Tree = ["type": word(type.word), "meaning": word(type.meaning), "api": .object(apis)]
        tree.set("groups", .string(type.groups.word))
        tree.set("short", describe(type.short))
        tree.set("content", describe(type.content))
        if let content = type.directSend { tree.set("direct_send", describe(content)) }
        if !type.rules.isEmpty { tree.set("rules", .array(type.rules.map(describe))) }
        return tree
    }

    private static func describe(_ shape: Shape) -> Tree {
        switch shape {
        case .string(let shape): describe(shape)
        case .number(let shape): describe(shape)
        case .boolean: ["kind": "boolean"]
        case .object(let shape): describe(shape)
        case .array(let shape): describe(shape)
        case .variant(let shape): describe(shape)
        case .unchecked(let array): ["kind": .string(array ? "array" : "object"), "checked": false]
        case .ignored: ["kind": "any", "checked": false]
        }
    }

    private static func describe(_ shape: StringShape) -> Tree {
        let tree: Tree = ["kind": "string"]
        add(shape.limits, to: tree)
        if let format = shape.format { tree.set("format", ["name": word(format.name), "meaning": word(format.meaning)]) }
        if !shape.words.isEmpty {
            tree.set("words", .array(shape.words.map(word)))
            tree.set("other_words", .string(shape.otherWord.rawValue))
        }
        switch shape.integer {
        case .refused: break
        case .warned: tree.set("also_as_integer", "warning")
        case .accepted: tree.set("also_as_integer", "accepted")
        }
        return tree
    }

    private static func describe(_ shape: NumberShape) -> Tree {
        let tree: Tree = ["kind": .string(shape.integral ? "integer" : "number"), "also_as_string": .bool(shape.text != .refused)]
        add(shape.limits, to: tree)
        return tree
    }

    private static func describe(_ shape: ArrayShape) -> Tree {
        let tree: Tree = ["kind": "array", "element": describe(shape.element)]
        add(shape.limits, to: tree)
        if !shape.rules.isEmpty { tree.set("rules", .array(shape.rules.map(describe))) }
        return tree
    }

    private static func describe(_ shape: ObjectShape) -> Tree {
        let tree: Tree = ["kind": "object", "name": word(shape.name), "members": .array(shape.members.map(describe))]
        if !shape.rules.isEmpty { tree.set("rules", .array(shape.rules.map(describe))) }
        return tree
    }

    private static func describe(_ shape: VariantShape) -> Tree {
        let cases = shape.cases.map { one -> Tree in
            let tree: Tree = [:]
            tree.set("\(shape.discriminator)", word(one.word))
            if let row = one.row {
                tree.set("meaning", word(row.meaning))
                tree.set("short", describe(row.short))
            }
            if let misplaced = one.misplaced {
                tree.set("severity", .string(misplaced.rawValue))
                tree.set("elsewhere", .array(one.elsewhere.apis.map { .string($0.rawValue) }))
            }
            tree.set("shape", describe(one.shape))
            return tree
        }
        return [
            "kind": "variant", "name": word(shape.name), "by": word(shape.discriminator), "ignores_case": .bool(shape.ignoresCase), "cases": .array(cases),
        ]
    }

    private static func describe(_ short: ShortWriting) -> Tree {
        switch short {
        case .form(let messages): ["forms": .array(messages.map(word))]
        case .none(let reason): ["none": word(reason)]
        }
    }

    private static func describe(_ member: Member) -> Tree {
        let tree: Tree = ["name": word(member.name), "meaning": word(member.meaning)]
        tree.set("api", .array(member.allowed.apis.map { .string($0.rawValue) }))
        if !member.required.isEmpty {
            tree.set("required", .array(member.required.apis.map { .string($0.rawValue) }))
            tree.set("absence", .string(member.absence.rawValue))
        }
        if member.allowed != .all { tree.set("elsewhere", .string(member.presence.rawValue)) }
        if let rule = member.rule { tree.set("rule", word(rule)) }
        if let rule = member.valueRule { tree.set("value_rule", word(rule)) }
        if !member.allowed.isEmpty { tree.set("shape", describe(member.shape)) }
        return tree
    }

    private static func describe(_ rule: Rule) -> Tree {
        let tree: Tree = ["code": word(rule.code), "meaning": word(rule.meaning), "api": .array(rule.dialects.apis.map { .string($0.rawValue) })]
        add(rule.limits, to: tree)
        return tree
    }

    private static func add(_ limits: [Limit], to tree: Tree) {
        if !limits.isEmpty { tree.set("limits", .array(limits.map(\.tree))) }
    }

    private static func word(_ text: StaticString) -> Tree { .string("\(text)") }

    // MARK: Limits

    /// Every limit under the name of the place it holds at, gathered from the tables themselves.
    private static var limits: Tree {
        var seen: Set<String> = []
        let list = Tree.array()
        for place in LimitedPlace.all + MediaLimits.places where seen.insert("\(place.name) \(place.limit.max)").inserted {
            let tree = place.limit.tree
            tree.set("name", .string(place.name))
            list.append(tree)
        }
        return ["limits": list, "media": MediaLimits.description]
    }
}

extension MessageType.Groups {
    fileprivate var word: String {
        switch self {
        case .taken: "taken"
        case .undocumented: "warned"
        case .refused: "refused"
        case .only: "only"
        }
    }
}

extension Limit {
    /// A bound that Meta does not state is left out.
    var tree: Tree {
        .object([
            ("min", .integer(min)), ("max", max == .max ? nil : .integer(max)), ("unit", .string(unit.rawValue)),
            ("severity", .string(severity.rawValue)), ("rule", rule.map { .string("\($0)") }), ("source", .string("\(source)")),
        ])
    }
}

/// A limit and the dotted name of the place where it holds.
struct LimitedPlace {
    let name: String
    let limit: Limit
    /// It stands in a rule between fields, not in a shape.
    var isInRule = false

    static var all: [LimitedPlace] {
        (MessageTable.types.map(\.content) + MessageTable.types.compactMap(\.directSend) + [.object(MessageTable.envelopeAlone), .object(MessageTable.read)]).flatMap { gather($0, "") }
            + MessageTable.types.flatMap { gather($0.rules, "message") }
    }

    private static func gather(_ rules: [Rule], _ name: String) -> [LimitedPlace] {
        rules.flatMap { rule in rule.limits.map { LimitedPlace(name: name, limit: $0, isInRule: true) } }
    }

    private static func gather(_ shape: Shape, _ name: String) -> [LimitedPlace] {
        switch shape {
        case .string(let shape): shape.limits.map { LimitedPlace(name: name, limit: $0) }
        case .number(let shape): shape.limits.map { LimitedPlace(name: name, limit: $0) }
        case .array(let shape): shape.limits.map { LimitedPlace(name: name, limit: $0) } + gather(shape.element, name) + gather(shape.rules, name)
        case .object(let shape): shape.members.flatMap { gather($0.shape, "\(shape.name).\($0.name)") } + gather(shape.rules, "\(shape.name)")
        case .variant(let shape): shape.cases.flatMap { gather($0.shape, "\(shape.name)") }
        case .boolean, .unchecked, .ignored: []
        }
    }
}
