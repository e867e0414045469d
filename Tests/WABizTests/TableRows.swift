// The rows of the table of messages: types, interactive subtypes, components, buttons and values of templates, each by a dotted
// name such as `template.button.sub_type=url`; and which of them a message uses, and where.
@testable import WABiz

/// A row, whether it is a type or a case of a variant.
struct NamedRow {
    let name: String
    let word: String
    let meaning: String
    let short: ShortWriting
    /// Belongs in the dialect: neither refused nor warned of there.
    let isTaken: Bool

    static func all(_ api: API) -> [NamedRow] {
        let dialect = Dialects(api)
        return MessageTable.types.flatMap { type -> [NamedRow] in
            let isTaken = !type.misplaced.contains { $0.0.contains(dialect) }
            let row = NamedRow(name: "message.type=\(type.word)", word: "\(type.word)", meaning: "\(type.meaning)", short: type.short, isTaken: isTaken)
            return [row] + below(type.content, dialect, isTaken)
        }
    }

    private static func below(_ shape: Shape, _ dialect: Dialects, _ isTaken: Bool) -> [NamedRow] {
        switch shape {
        case .object(let shape): shape.members.flatMap { below($0.shape, dialect, isTaken && $0.allowed.contains(dialect)) }
        case .array(let shape): below(shape.element, dialect, isTaken)
        case .variant(let shape):
            shape.cases.flatMap { one -> [NamedRow] in
                let isHere = isTaken && one.severity(in: dialect) == nil
                let own = one.row.map {
                    NamedRow(name: "\(shape.name).\(shape.discriminator)=\(one.word)", word: "\(one.word)", meaning: "\($0.meaning)", short: $0.short, isTaken: isHere)
                }
                return (own.map { [$0] } ?? []) + below(one.shape, dialect, isHere)
            }
        case .string, .number, .boolean, .unchecked, .ignored: []
        }
    }
}

/// The rows that a message uses.
struct UsedRows {
    /// The places of each, as pointers.
    private(set) var places: [String: [String]] = [:]

    init(_ message: JSONValue) {
        guard message["status"] == nil, let type = MessageTable.types.first(where: { message["type"] == .string("\($0.word)") }) else { return }
        let content = [JSONValue.Step.name("\(type.word)")]
        places["message.type=\(type.word)"] = [pointer(content)]
        if let inner = message["\(type.word)"] { walk(type.content, inner, content) }
    }

    init(_ bytes: [UInt8]) throws { self.init(try JSONValue(text: String(decoding: bytes, as: UTF8.self))) }

    private mutating func walk(_ shape: Shape, _ value: JSONValue, _ path: [JSONValue.Step]) {
        switch (shape, value) {
        case (.object(let shape), _):
            for member in shape.members { if let inner = value["\(member.name)"] { walk(member.shape, inner, path + [.name("\(member.name)")]) } }
        case (.array(let shape), .array(let elements)):
            for (index, element) in elements.enumerated() { walk(shape.element, element, path + [.index(index)]) }
        case (.variant(let shape), _):
            guard case .string(let word)? = value["\(shape.discriminator)"], let one = shape.cases.first(where: { "\($0.word)" == word.lowercased() }) else { return }
            places["\(shape.name).\(shape.discriminator)=\(one.word)", default: []].append(pointer(path))
            walk(one.shape, value, path)
        default: break
        }
    }
}
