// The vocabulary of the schema: what a value may look like. Tables are made of these, and one validator walks them; the
// documents, the descriptions and the boundary tests are generated from them. A later type of message is more rows.

/// A set of dialects.
public struct Dialects: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let cloud = Dialects(rawValue: 1)
    public static let onPremises = Dialects(rawValue: 2)
    public static let marketing = Dialects(rawValue: 4)
    public static let graph: Dialects = [.cloud, .marketing]
    public static let all: Dialects = [.cloud, .onPremises, .marketing]

    public init(_ api: API) {
        self = switch api {
        case .cloud: .cloud
        case .onPremises: .onPremises
        case .marketingMessages: .marketing
        }
    }

    var apis: [API] { API.allCases.filter { contains(Dialects($0)) } }
}

/// A number that Meta states, with its unit and where it is stated.
public struct Limit: Sendable {
    public enum Unit: String, Sendable {
        /// Graphemes refuse, code points and UTF-16 units warn: Meta never says which "characters" it counts.
        case characters
        case items
        /// A plain number.
        case value
        /// Of a file.
        case bytes
    }

    public let min: Int
    public let max: Int
    public let unit: Unit
    public let severity: Issue.Severity
    /// The rule of messages.md section 4 that it belongs to; nil: it is called by its place.
    public let rule: StaticString?
    public let source: StaticString

    init(_ range: ClosedRange<Int>, _ unit: Unit, _ severity: Issue.Severity = .error, rule: StaticString? = nil, source: StaticString) {
        self.rule = rule
        min = range.lowerBound
        max = range.upperBound
        self.unit = unit
        self.severity = severity
        self.source = source
    }
}

/// What a value may look like. The shapes are classes: the validator picks them up once per value, and one reference is
/// counted where a structure would count each of its arrays.
enum Shape: Sendable {
    case string(StringShape)
    case number(NumberShape)
    case boolean
    case object(ObjectShape)
    case array(ArrayShape)
    case variant(VariantShape)
    /// Known to exist, not looked into: an object, or an array where `array` says so.
    case unchecked(array: Bool)
    /// Anything at all, because the reader does not look at it either.
    case ignored
}

final class StringShape: Sendable {
    /// The widest first: of several that a text breaks, one is named.
    let limits: [Limit]
    let format: Format?
    /// The words that it may be; empty: any text.
    let words: [StaticString]
    /// What a word outside of `words` is worth.
    let otherWord: Issue.Severity
    /// A word of older clients, and the dialects in which it only warns.
    let retired: [(word: StaticString, dialects: Dialects)]
    /// Where an empty text below a limit's minimum only warns.
    let emptyWarns: Dialects
    /// What an integer in its place is worth.
    let integer: IntegerInPlace

    enum IntegerInPlace: Sendable { case refused, warned, accepted }

    init(
        limits: [Limit] = [], format: Format? = nil, words: [StaticString] = [], otherWord: Issue.Severity = .error,
        retired: [(word: StaticString, dialects: Dialects)] = [], emptyWarns: Dialects = [], integer: IntegerInPlace = .refused
    ) {
        self.limits = limits
        self.format = format
        self.words = words
        self.otherWord = otherWord
        self.retired = retired
        self.emptyWarns = emptyWarns
        self.integer = integer
    }
}

final class NumberShape: Sendable {
    let limits: [Limit]
    let integral: Bool
    /// A string of digits in its place: Meta writes some numbers both ways.
    let text: TextInPlace

    enum TextInPlace: Sendable {
        case refused, accepted
        /// The string is the documented form and the number merely taken.
        case preferred
    }

    init(limits: [Limit] = [], integral: Bool = true, text: TextInPlace = .refused) {
        self.limits = limits
        self.integral = integral
        self.text = text
    }
}

final class ArrayShape: Sendable {
    let limits: [Limit]
    let element: Shape
    let rules: [Rule]

    init(limits: [Limit] = [], element: Shape, rules: [Rule] = []) {
        self.limits = limits
        self.element = element
        self.rules = rules
    }
}

final class ObjectShape: Sendable {
    /// The dotted name that rules are called by: `text`, `template.language`.
    let name: StaticString
    let members: [Member]
    let rules: [Rule]
    /// What a bare string in its place is worth; nil: it is no object.
    let string: Issue.Severity?
    /// The names of `members`, in their order, and which of them are required anywhere: all that most objects are held against.
    let names: WordList, demands: [Int]
    /// The shapes of `members`: picked up by themselves, one reference is counted and no member is copied.
    let shapes: [Shape]

    init(name: StaticString, members: [Member], rules: [Rule] = [], string: Issue.Severity? = nil) {
        self.name = name
        self.members = members
        (names, demands) = (WordList(members.map(\.name)), members.indices.filter { !members[$0].required.isEmpty })
        shapes = members.map(\.shape)
        self.rules = rules
        self.string = string
    }
}

/// An object whose shape is named by one of its members.
final class VariantShape: Sendable {
    let name: StaticString
    /// The member that names the shape.
    let discriminator: StaticString
    let cases: [Case]
    /// The server compares some words without case.
    let ignoresCase: Bool
    /// What a word outside of `cases` is worth.
    let otherWord: Issue.Severity
    /// The rule that the absence of the naming member falls under, when there is one.
    let rule: StaticString?

    init(
        name: StaticString, discriminator: StaticString, cases: [Case], ignoresCase: Bool = false, otherWord: Issue.Severity = .error, rule: StaticString? = nil
    ) {
        self.rule = rule
        self.name = name
        self.discriminator = discriminator
        self.cases = cases
        self.ignoresCase = ignoresCase
        self.otherWord = otherWord
    }

    struct Case: Sendable {
        let word: StaticString
        let shape: Shape
        /// What using it is worth where it exists but does not belong.
        var misplaced: Issue.Severity?
        /// Where it does not belong, when `misplaced` says what that is worth.
        var elsewhere: Dialects
        var rule: StaticString?
        /// What it is; nil where the cases are details of one thing.
        let row: TableRow?

        init(
            _ word: StaticString, _ shape: Shape, misplaced: Issue.Severity? = nil, in elsewhere: Dialects = .all, rule: StaticString? = nil, row: TableRow? = nil
        ) {
            self.row = row
            self.word = word
            self.shape = shape
            self.misplaced = misplaced
            self.elsewhere = elsewhere
            self.rule = rule
        }

        /// The same as a detail of something else, which is no row of its own.
        var detail: Case { Case(word, shape, misplaced: misplaced, in: elsewhere, rule: rule) }

        func severity(in dialect: Dialects) -> Issue.Severity? { elsewhere.contains(dialect) ? misplaced : nil }
    }
}

/// One member of an object. A class as the shapes are.
final class Member: Sendable {
    let name: StaticString
    let shape: Shape
    /// Where it must be present.
    let required: Dialects
    /// What its absence is worth where it is required.
    let absence: Issue.Severity
    /// Where it belongs.
    let allowed: Dialects
    /// What its presence is worth where it does not belong.
    let presence: Issue.Severity
    /// The rule of messages.md section 4 that its presence or absence falls under, when there is one.
    let rule: StaticString?
    /// The rule that its own value falls under: its words, its form, and whether it is an object, an array or a scalar at all.
    let valueRule: StaticString?
    let meaning: StaticString

    init(
        _ name: StaticString, _ shape: Shape, required: Dialects = [], absence: Issue.Severity = .error,
        allowed: Dialects = .all, presence: Issue.Severity = .warning, rule: StaticString? = nil, valueRule: StaticString? = nil,
        _ meaning: StaticString
    ) {
        self.valueRule = valueRule
        self.name = name
        self.shape = shape
        self.required = required
        self.absence = absence
        self.allowed = allowed
        self.presence = presence
        self.rule = rule
        self.meaning = meaning
    }

    /// A member that exists elsewhere and is refused, or warned of, here.
    static func misplaced(_ name: StaticString, _ presence: Issue.Severity, rule: StaticString, _ meaning: StaticString) -> Member {
        Member(name, .ignored, allowed: [], presence: presence, rule: rule, meaning)
    }
}

/// How a string must be written.
struct Format: Sendable {
    let name: StaticString
    let meaning: StaticString
    /// Texts that pass without remark and texts that do not, for the generated tests.
    let examples: [StaticString]
    let counterexamples: [StaticString]
    /// Looks at the bytes where they are: a message may hold thousands of texts, and none is copied to be checked.
    let look: @Sendable (TextBytes, API) -> Complaint?

    /// What it has against a string; nil also for other kinds.
    func check(_ view: JSONView, _ api: API) -> Complaint? { view.withText { look($0, api) } ?? nil }

    func check(_ text: String, _ api: API) -> Complaint? {
        var text = text
        return text.withUTF8 { unsafe look(TextBytes($0), api) }
    }
}

/// What a format or a rule has against a value.
struct Complaint: Sendable {
    let severity: Issue.Severity
    let code: Issue.Code
    let message: String
    var rule: StaticString?
    /// The code that Meta reports, where it is known.
    var graph: Int?

    static func error(_ code: Issue.Code, _ message: String, rule: StaticString? = nil, graph: Int? = nil) -> Complaint {
        Complaint(severity: .error, code: code, message: message, rule: rule, graph: graph)
    }
    static func warning(_ code: Issue.Code, _ message: String, rule: StaticString? = nil, graph: Int? = nil) -> Complaint {
        Complaint(severity: .warning, code: code, message: message, rule: rule, graph: graph)
    }
}

/// A rule between fields, under its code of messages.md section 4.
struct Rule: Sendable {
    let code: StaticString
    let meaning: StaticString
    var dialects: Dialects = .all
    /// The numbers that it holds.
    let limits: [Limit]
    let check: @Sendable (JSONView, inout Validation) -> Void

    init(
        _ code: StaticString, _ meaning: StaticString, in dialects: Dialects = .all, limits: [Limit] = [],
        check: @escaping @Sendable (JSONView, inout Validation) -> Void
    ) {
        self.limits = limits
        self.code = code
        self.meaning = meaning
        self.dialects = dialects
        self.check = check
    }
}
