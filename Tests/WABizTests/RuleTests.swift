// Every rule between fields has a case that trips it and one that just does not: a case that differs from it in little and
// keeps the rule. The rules are walked as they stand in the tables, and each is asked by itself.
import Testing
@testable import WABiz

/// One rule as it stands at one place of the tables; several may share a code.
private struct RuleKey: Hashable, CustomStringConvertible {
    let code: String
    let meaning: String

    init(_ rule: Rule) {
        code = "\(rule.code)"
        meaning = "\(rule.meaning)"
    }

    /// What only has a code: members, limits, formats and words name the rule that they belong to.
    init(code: String) {
        self.code = code
        meaning = ""
    }

    var description: String { meaning.isEmpty ? code : "\(code) (\(meaning))" }
}

/// A case with its leaves, to tell how far two cases are apart, and the rules that apply to it and that it breaks.
private struct Judged {
    let name: String
    let api: API
    let type: String?
    let isValid: Bool
    let leaves: Set<String>
    private(set) var kept: Set<RuleKey> = []
    private(set) var broken: Set<RuleKey> = []
    /// What the report says: codes of rules with their severities.
    private var said: Set<String> = []

    func says(_ code: String, _ severity: WABiz.Issue.Severity) -> Bool { said.contains("\(code) \(severity)") }

    init(_ one: MessageCase) throws {
        let options = try one.messageOptions()
        (name, api, type, isValid) = (one.name, options.api, one.type, one.isValid)
        var leaves: Set<String> = []
        if let value = try? one.value() { Self.gather(value, "", &leaves) }
        if let text = one.options { Self.gather(try JSONValue(text: String(decoding: text, as: UTF8.self)), "options", &leaves) }
        self.leaves = leaves
        for issue in try Message.report(json: one.message, options: options).issues {
            broken.insert(RuleKey(code: issue.rule))
            said.insert("\(issue.rule) \(issue.severity)")
        }
        // Short forms are judged by what they expand to, and that is a case of its own.
        try Tape.read(one.message, .tolerant) { (view) throws(Failure) in
            guard view.isObject, !ShortForm.isShort(view) else { return }
            self.judge(view, options)
        }
    }

    private static func gather(_ value: JSONValue, _ path: String, _ leaves: inout Set<String>) {
        switch value {
        case .object(let entries): for entry in entries { gather(entry.value, "\(path)/\(entry.name)", &leaves) }
        case .array(let elements): for (index, element) in elements.enumerated() { gather(element, "\(path)/\(index)", &leaves) }
        default: leaves.insert("\(path)=\(value)")
        }
    }

    /// How many leaves stand in one case only; a changed value counts twice.
    func distance(to other: Judged) -> Int {
        abs(leaves.count - other.leaves.count) > RuleTests.just ? .max : leaves.symmetricDifference(other.leaves).count
    }

    // MARK: Asking the rules

    private mutating func judge(_ message: JSONView, _ options: MessageOptions) {
        if message["status"] != nil { return ask(.object(MessageTable.read), message, options, nil) }
        let row = message["type"].flatMap { MessageTable.index(of: $0) } ?? (message["type"] == nil ? MessageTable.text : nil)
        guard let row else { return }
        let isDirect = options.api == .cloud && MessageTable.types[row].directSend != nil && message["category"] != nil
        ask(.object(isDirect ? MessageTable.directSendShapes[row] : MessageTable.shapes[row]), message, options, row)
    }

    private mutating func ask(_ shape: Shape, _ view: JSONView, _ options: MessageOptions, _ row: Int?) {
        switch shape {
        case .object(let shape):
            guard view.isObject else { return }
            for member in shape.members where member.allowed.contains(Dialects(options.api)) { if let inner = view["\(member.name)"] { ask(member.shape, inner, options, row) } }
            for rule in shape.rules { ask(rule, view, options, row) }
        case .array(let shape):
            guard view.isArray else { return }
            for element in view.elements { ask(shape.element, element, options, row) }
            for rule in shape.rules { ask(rule, view, options, row) }
        case .variant(let shape):
            guard let word = view[shape.discriminator], let one = shape.cases.first(where: { word.equalsIgnoringCase($0.word) }) else { return }
            ask(one.shape, view, options, row)
        case .string, .number, .boolean, .unchecked, .ignored: break
        }
    }

    private mutating func ask(_ rule: Rule, _ view: JSONView, _ options: MessageOptions, _ row: Int?) {
        guard rule.dialects.contains(Dialects(options.api)) else { return }
        var walk = Validation(options: options)
        walk.row = row
        rule.check(view, &walk)
        if walk.issues.isEmpty { kept.insert(RuleKey(rule)) } else { broken.insert(RuleKey(rule)) }
    }
}

extension JSONView {
    fileprivate subscript(name: String) -> JSONView? { members.filter { $0.name.string == name }.last?.value }
}

@Suite struct RuleTests {
    /// Cases are close when they differ in no more than this: one value changed, or one short element more.
    static let just = 6

    private static let cases = try? MessageCorpus.cases.map { try Judged($0) }

    /// Section 4 of the reference, whole: the codes, what breaking them is worth, and where they hold. Marketing messages are
    /// templates: what only other types have is refused there as such.
    private static let codes: [(codes: String, errors: Dialects, warnings: Dialects)] = [
        ("X01", .graph, .graph), ("X02", .onPremises, []), ("X03", .all, []), ("X04", [], .all), ("X05", .graph, .onPremises), ("X06", .all, []), ("X07", .cloud, .cloud),
        ("X08", .cloud, []), ("X09", [], .cloud), ("X10", [], .onPremises), ("X11 X12", .all, []), ("X13", .onPremises, .cloud), ("X14", .all, []), ("X15", [], .onPremises),
        ("X16", [], .all), ("X17", .cloud, []), ("X18", [], [.cloud, .onPremises]), ("X19", .cloud, .cloud), ("X20", [.cloud, .onPremises], [.cloud, .onPremises]),
        ("I01 I02 I03 I04 I05 I06 I07 I08 I09 I10 I11 I12 I13 I14 I15", [.cloud, .onPremises], []), ("I16", .cloud, []), ("I17", [], .cloud), ("I18", .cloud, []),
        ("I19", [.cloud, .onPremises], []), ("I20", .cloud, []), ("I21", [.cloud, .onPremises], []), ("I22", .cloud, []), ("I23", [.cloud, .onPremises], []),
        ("T01 T02", .all, []), ("T03", .all, .all), ("T04", .all, []), ("T05", .graph, []), ("T06", .graph, .onPremises), ("T07", .cloud, []), ("T08", [], .all),
        ("T09", .graph, .graph), ("T10", .graph, .graph), ("T11", [], .all), ("T12", [], .cloud), ("M01", .marketing, .marketing), ("D01", .cloud, []), ("B01", .graph, []),
        ("J01", .all, []), ("message.to", .graph, [.cloud, .onPremises]), ("template.components template.definition", .cloud, []),
    ]

    private static func rules(_ shape: Shape) -> [Rule] {
        switch shape {
        case .object(let shape): shape.rules + shape.members.flatMap { rules($0.shape) }
        case .array(let shape): shape.rules + rules(shape.element)
        case .variant(let shape): shape.cases.flatMap { rules($0.shape) }
        case .string, .number, .boolean, .unchecked, .ignored: []
        }
    }

    private static var all: [Rule] { ((MessageTable.shapes + MessageTable.directSendShapes).map { Shape.object($0) } + [.object(MessageTable.read)]).flatMap { rules($0) } }

    /// True when a case that keeps what another breaks lies close to it.
    private static func isPaired(_ cases: [Judged], _ breaks: (Judged) -> Bool, _ keeps: (Judged) -> Bool) -> Bool {
        let broken = cases.filter(breaks), kept = cases.filter { $0.isValid && !breaks($0) && keeps($0) }
        return broken.contains { one in kept.contains { $0.api == one.api && $0.distance(to: one) <= just } }
    }

    @Test func everyRuleIsBrokenAndJustKept() throws {
        let cases = try #require(Self.cases)
        var seen: Set<RuleKey> = []
        for rule in Self.all where seen.insert(RuleKey(rule)).inserted {
            let key = RuleKey(rule)
            let isPaired = Self.isPaired(cases, { $0.broken.contains(key) }, { $0.kept.contains(key) })
            #expect(cases.contains { $0.broken.contains(key) }, "no case breaks \(key)")
            #expect(isPaired, "no valid case just keeps \(key)")
        }
        #expect(seen.count > 50)
    }

    /// Whatever holds it (a rule, a member, a limit, a format or a word), each code is given with its severity in each of its
    /// dialects, and is just kept.
    @Test func everyCodeIsGivenWhereItHoldsAndJustKept() throws {
        let cases = try #require(Self.cases)
        let rows = Self.codes.flatMap { row in row.codes.split(separator: " ").map { (code: String($0), errors: row.errors, warnings: row.warnings) } }
        #expect(rows.count == 62 && Set(rows.map(\.code)).count == 62)
        for row in rows {
            for (severity, dialects) in [(WABiz.Issue.Severity.error, row.errors), (.warning, row.warnings)] {
                for api in dialects.apis { #expect(cases.contains { $0.api == api && $0.says(row.code, severity) }, "no case with \(severity) of \(row.code) in \(api)") }
            }
            #expect(Self.isPaired(cases, { $0.broken.contains(RuleKey(code: row.code)) }, { _ in true }), "no valid case just keeps \(row.code)")
        }
    }

    /// A rule that is in force in a dialect, for messages that the dialect has, is broken there.
    @Test func everyRuleIsBrokenInEachOfItsDialects() throws {
        let cases = try #require(Self.cases)
        var seen: Set<RuleKey> = []
        for rule in Self.all where seen.insert(RuleKey(rule)).inserted {
            for api in rule.dialects.apis where cases.contains(where: { $0.api == api && $0.isValid && $0.kept.contains(RuleKey(rule)) }) {
                #expect(cases.contains { $0.api == api && $0.broken.contains(RuleKey(rule)) }, "no case breaks \(RuleKey(rule)) in \(api)")
            }
        }
    }
}
