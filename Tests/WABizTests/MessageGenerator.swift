// Makes random valid messages along the shapes of the table: values at and inside of the limits, members that are optional now
// there and now not, every case of every variant. What rules ask between fields is put right by MessageGenerator+Rules.
@testable import WABiz

struct MessageGenerator {
    var texts: GeneratedTexts
    let api: API
    let options: MessageOptions
    /// The places that no earlier message has had, and those above them, by their names in the table: they are made first.
    let sought: Set<String>
    /// Whether an interactive message is one of Direct Send.
    let isDirect: Bool
    /// The only words that a variant may take for now, by the variant's name.
    var only: [String: Set<String>] = [:]
    /// What the cards of the carousel in hand have in common.
    var cards = CardPlan()
    /// Formats that no generator knows.
    var unknownFormats: Set<String> = []

    struct CardPlan {
        /// Quick replies of each card; 0: a link.
        var replies = 0
        var hasBody = false
        var buttons = 0
    }

    init(numbers: SeededNumbers, options: MessageOptions, isDirect: Bool, sought: Set<String>) {
        texts = GeneratedTexts(numbers: numbers)
        self.options = options
        api = options.api
        self.isDirect = isDirect
        self.sought = sought
    }

    var dialect: Dialects { Dialects(api) }

    mutating func once(in times: Int) -> Bool { texts.numbers.once(in: times) }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &texts.numbers) }

    /// - Parameter place: the dotted name of this place.
    mutating func value(_ shape: Shape, _ place: String) -> JSONValue {
        switch shape {
        case .string(let shape): string(shape, place)
        case .number(let shape): number(shape)
        case .boolean: .bool(once(in: 2))
        case .object(let shape): object(shape)
        case .array(let shape): array(shape, place)
        case .variant(let shape): variant(shape)
        case .unchecked(let array): array ? .array(anyElements()) : anyObject()
        case .ignored: any(depth: 2)
        }
    }

    // MARK: Objects and arrays

    mutating func object(_ shape: ObjectShape) -> JSONValue {
        if shape.string == .warning, once(in: 60) { return .string(texts.characters(number(1...20))) }
        var entries: [JSONValue.Entry] = []
        for member in shape.members where wants(member, shape) { entries.append(entry(member, shape)) }
        // Members that no table knows only warn.
        if once(in: 200) { entries.append(JSONValue.Entry(name: "x_\(texts.digits(3...6))", value: any(depth: 2))) }
        entries.shuffle(using: &texts.numbers)
        var made = JSONValue.object(entries)
        putRight(&made, shape)
        return made
    }

    func member(_ name: String, of shape: ObjectShape) -> Member? { shape.members.first { "\($0.name)" == name } }

    mutating func entry(_ member: Member, _ shape: ObjectShape) -> JSONValue.Entry {
        JSONValue.Entry(name: "\(member.name)", value: value(member.shape, "\(shape.name).\(member.name)"))
    }

    /// Adds a member that is not there.
    mutating func add(_ name: String, to object: inout JSONValue, of shape: ObjectShape) {
        guard object[name] == nil, let member = member(name, of: shape) else { return }
        object.set(name, entry(member, shape).value)
    }

    private mutating func wants(_ member: Member, _ shape: ObjectShape) -> Bool {
        guard member.allowed.contains(dialect) else { return member.presence == .warning && once(in: 60) }
        if member.required.contains(dialect) { return member.absence == .error || !once(in: 6) }
        if member.shape.isIgnored, shape.name.description == "message" || shape.name.description == "read" { return once(in: 400) }
        return sought.contains("\(shape.name).\(member.name)") && !once(in: 4) || once(in: 3)
    }

    private mutating func array(_ shape: ArrayShape, _ place: String) -> JSONValue {
        prepare(place)
        let limits = shape.limits.filter { $0.severity == .error }
        let least = limits.map(\.min).max() ?? 0, most = limits.map(\.max).min() ?? .max
        let count = switch number(0...9) {
        case 0: least
        case 1 where most <= 10, 2 where most <= 10: most
        case 1 where most <= 300 && once(in: 20): most
        case 1 where most == .max && once(in: 10): max(least, 40)
        default: number(least...max(least, min(most, 4)))
        }
        var elements: [JSONValue] = []
        for _ in 0..<count { elements.append(value(shape.element, place)) }
        putRight(&elements, shape, place)
        return .array(elements)
    }

    // MARK: Variants

    private mutating func variant(_ shape: VariantShape) -> JSONValue {
        let name = "\(shape.name)"
        let allowed = only[name]
        let cases = shape.cases.filter { $0.severity(in: dialect) != .error && allowed?.contains("\($0.word)") ?? true }
        if shape.otherWord == .warning, allowed == nil, once(in: 30) {
            return .object([.init(name: "\(shape.discriminator)", value: .string("x" + texts.digits(1...9)))])
        }
        let missing = once(in: 4) ? [] : cases.filter { sought.contains("\(name).\(shape.discriminator)=\($0.word)") }
        // What only warns is taken now and then.
        let proper = cases.filter { $0.severity(in: dialect) == nil }
        let choice = texts.numbers.pick(missing) ?? (once(in: 20) ? texts.numbers.pick(cases) : texts.numbers.pick(proper)) ?? texts.numbers.pick(cases)
        guard let choice else { return .object([]) }
        return variant(shape, choice)
    }

    /// The case of this word.
    mutating func variant(_ shape: VariantShape, word: String) -> JSONValue? {
        guard let choice = shape.cases.first(where: { "\($0.word)" == word }) else { return nil }
        return variant(shape, choice)
    }

    private mutating func variant(_ shape: VariantShape, _ choice: VariantShape.Case) -> JSONValue {
        var made = value(choice.shape, "\(shape.name)")
        let word = "\(choice.word)"
        made.set("\(shape.discriminator)", .string(shape.ignoresCase && once(in: 10) ? word.uppercased() : word))
        return made
    }

    // MARK: Scalars

    private mutating func string(_ shape: StringShape, _ place: String) -> JSONValue {
        if shape.integer != .refused, once(in: 6) { return .number("\(number(1_000_000...999_999_999_999_999))") }
        if !shape.words.isEmpty { return .string(word(shape, place)) }
        let limits = shape.limits.filter { $0.severity == .error }
        let least = limits.map(\.min).max() ?? 0, most = limits.map(\.max).min() ?? .max
        if let format = shape.format {
            if let text = texts.text(format, least, most) { return .string(text) }
            unknownFormats.insert("\(format.name)")
        }
        return .string(texts.characters(texts.length(least, most)))
    }

    private mutating func word(_ shape: StringShape, _ place: String) -> String {
        if shape.otherWord == .warning, once(in: 20) { return texts.characters(number(1...10)) }
        let retired = shape.retired.filter { $0.dialects.contains(dialect) }.map(\.word)
        let missing = (shape.words + retired).filter { sought.contains("\(place)=\($0)") }
        return "\(texts.numbers.pick(missing) ?? (once(in: 20) ? texts.numbers.pick(retired) : nil) ?? texts.numbers.pick(shape.words) ?? "")"
    }

    private mutating func number(_ shape: NumberShape) -> JSONValue {
        // A limit that only warns is left now and then.
        let limits = shape.limits.filter { $0.severity == .error || !once(in: 10) }
        let least = limits.map(\.min).max() ?? (shape.limits.isEmpty ? -1_000_000 : 0), most = limits.map(\.max).min() ?? .max
        var spelling = switch number(0...7) {
        case 0: "\(least)"
        case 1 where most < .max: "\(most)"
        case 1: "\(number(max(least, 0)...max(least, 4_000_000_000)))"
        default: "\(number(least...max(least, min(most, 100_000))))"
        }
        if !shape.integral, once(in: 2), let whole = Int(spelling), whole > least, whole < most { spelling += "." + texts.digits(1...12) }
        let isText = shape.text == .preferred && !once(in: 6) || shape.text == .accepted && once(in: 4)
        return isText ? .string(spelling) : .number(spelling)
    }

    // MARK: What no table describes

    mutating func anyObject() -> JSONValue {
        .object((0..<number(0...3)).map { JSONValue.Entry(name: "k\($0)", value: any(depth: 2)) })
    }

    private mutating func anyElements() -> [JSONValue] { (0..<number(0...3)).map { _ in any(depth: 2) } }

    mutating func any(depth: Int) -> JSONValue {
        switch number(0...(depth > 0 ? 6 : 4)) {
        case 0: .null
        case 1: .bool(once(in: 2))
        case 2: .number(["0", "-0", "1.5e3", "\(Int.max)", "-7"][number(0...4)])
        case 3, 4: .string(texts.characters(number(0...12)))
        case 5: .array((0..<number(0...2)).map { _ in any(depth: depth - 1) })
        default: .object((0..<number(0...2)).map { JSONValue.Entry(name: "k\($0)", value: any(depth: depth - 1)) })
        }
    }
}

extension JSONValue {
    /// Sets, adds or (with nil) removes a member.
    mutating func set(_ name: String, _ value: JSONValue?) {
        guard case .object(var entries) = self else { return }
        if let value, let index = entries.firstIndex(where: { $0.name == name }) {
            entries[index].value = value
        } else {
            entries.removeAll { $0.name == name }
            if let value { entries.append(Entry(name: name, value: value)) }
        }
        self = .object(entries)
    }

    /// Changes a member, when it is there.
    mutating func change(_ name: String, _ change: (inout JSONValue) -> Void) {
        guard var value = self[name] else { return }
        change(&value)
        set(name, value)
    }

    var elements: [JSONValue] {
        get { if case .array(let elements) = self { elements } else { [] } }
        set { self = .array(newValue) }
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }

    /// The word of a discriminator, in lower case.
    func word(_ name: String) -> String { self[name]?.text?.lowercased() ?? "" }
}
