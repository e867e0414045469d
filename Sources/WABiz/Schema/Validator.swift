// Walks a document along its shape and gathers every issue in one go. It knows no message: what it enforces stands in the
// tables. Depth is the tables' depth; what no table knows is not descended into.

/// What a rule is called: a place in the tables, such as `text.body`, or a code, such as `X11`. Its text is made when it is needed.
struct RuleName {
    private let first: StaticString
    private let second: StaticString?

    init(_ first: StaticString, _ second: StaticString? = nil) {
        self.first = first
        self.second = second
    }

    var text: String { second.map { "\(first).\($0)" } ?? "\(first)" }
}

/// A walk that is under way: where it is, for which dialect, and what it has found.
struct Validation {
    let options: MessageOptions
    let api: API
    let unknownMembers: Issue.Severity
    /// True for an expanded short form, which has no `type` to settle what is meant.
    let isShort: Bool
    let dialect: Dialects
    /// The row of the table that the message is checked against; nil when it names no type that there is.
    var row: Int?
    private(set) var issues: [Issue] = []
    /// Issues beyond `most`, counted but not kept.
    private(set) var omitted = 0
    /// How many of `issues` only warn.
    private var warnings = 0
    var path: [PathPart] = []
    /// The members that named the shapes of the objects that the walk is inside of, the innermost last.
    private var discriminators: [StaticString] = []

    /// A document with more issues than this is not helped by the rest of them.
    static let most = 1000

    enum PathPart {
        case read(JSONView)
        case named(StaticString)
        case index(Int)
    }

    init(options: MessageOptions, isShort: Bool = false) {
        self.options = options
        self.isShort = isShort
        api = options.api
        unknownMembers = options.unknownMembers
        dialect = Dialects(options.api)
        path.reserveCapacity(16)
    }

    // MARK: Reporting

    /// The complaint is only put into words when there is room for it: a hostile document may earn millions.
    mutating func report(
        _ complaint: @autoclosure () -> Complaint, rule: RuleName, at parts: [PathPart] = [], limit: Int? = nil, unit: Limit.Unit? = nil, found: Int? = nil
    ) {
        if issues.count >= Self.most {
            omitted += 1
            guard warnings > 0 else { return }
        }
        let complaint = complaint()
        if issues.count >= Self.most {
            // An error must never hide behind a thousand warnings.
            guard complaint.severity == .error, let warning = issues.lastIndex(where: { $0.severity == .warning }) else { return }
            issues.remove(at: warning)
            warnings -= 1
        }
        if complaint.severity == .warning { warnings += 1 }
        issues.append(
            Issue(
                severity: complaint.severity, path: pointer(parts), code: complaint.code, rule: (complaint.rule.map { RuleName($0) } ?? rule).text,
                limit: limit, unit: unit?.rawValue, found: found, message: complaint.message, graphCode: complaint.graph))
    }

    /// True when an issue of this severity would only be counted.
    private func isFull(for severity: Issue.Severity) -> Bool { issues.count >= Self.most && (severity == .warning || warnings == 0) }

    /// The JSON Pointer (RFC 6901) of where the walk is, and of `parts` below it.
    private func pointer(_ parts: [PathPart]) -> String {
        var pointer = ""
        for part in path + parts {
            pointer += "/"
            switch part {
            case .index(let index): pointer += String(index)
            case .named(let name): pointer += "\(name)"
            case .read(let name): pointer += pointerPart(name.string ?? "")
            }
        }
        return pointer
    }

    mutating func inside(_ part: PathPart, _ walk: (inout Validation) -> Void) {
        path.append(part)
        walk(&self)
        path.removeLast()
    }

    mutating func wrongType(_ view: JSONView, _ wanted: @autoclosure () -> String, rule: RuleName) {
        report(.error(.wrongType, "This is \(article(view.kindName)); write \(wanted())."), rule: rule)
    }

    // MARK: Walking

    /// - Parameters:
    ///   - rule: the dotted name of this place.
    ///   - also: how many of the last `discriminators` are members of this object.
    mutating func check(_ view: JSONView, _ shape: Shape, rule: RuleName, also: Int = 0) {
        switch shape {
        case .string(let shape): checkString(view, shape, rule: rule)
        case .number(let shape): checkNumber(view, shape, rule: rule)
        case .boolean: if view.bool == nil { wrongType(view, "true or false, without quotes", rule: rule) }
        case .object(let shape): checkObject(view, shape, rule: rule, also: also)
        case .array(let shape): checkArray(view, shape, rule: rule)
        case .variant(let shape): checkVariant(view, shape, rule: rule, also: also)
        case .unchecked(let array):
            if array ? !view.isArray : !view.isObject { wrongType(view, array ? "an array" : "an object", rule: rule) }
            checkRepeatedNames(view)
        case .ignored: checkRepeatedNames(view)
        }
    }

    private mutating func checkObject(_ view: JSONView, _ shape: ObjectShape, rule: RuleName, also: Int) {
        guard view.isObject else {
            if let severity = shape.string, view.isString {
                return report(Complaint(severity: severity, code: .wrongType, message: "This is a string; the documented form is an object."), rule: rule)
            }
            return wrongType(view, "an object", rule: rule)
        }
        var seen: UInt64 = 0, named: UInt64 = 0
        var others = NameSet()
        for (name, value) in view.members {
            guard let index = shape.names.position(of: name) else {
                // The members that named the shape are marked like the shape's own: a list of them would be one for every object.
                if let naming = discriminators.suffix(also).firstIndex(where: { name.equals($0) }) {
                    if named & (1 << naming) != 0 { reportRepeated(name) }
                    named |= 1 << naming
                    continue
                }
                reportUnknown(name, value, shape, discriminators.suffix(also))
                if !others.insert(name) { reportRepeated(name) }
                continue
            }
            if seen & (1 << index) != 0 { reportRepeated(name) }
            seen |= 1 << index
            // The member is looked at in place: copying it counts references up and down.
            if shape.members[index].allowed.contains(dialect) {
                inside(.read(name)) { $0.check(value, index, of: shape) }
            } else {
                reportMisplaced(shape.members[index], shape)
                inside(.read(name)) { $0.checkRepeatedNames(value) }
            }
        }
        for index in shape.demands where seen & (1 << index) == 0 && shape.members[index].required.contains(dialect) {
            let member = shape.members[index]
            report(
                Complaint(severity: member.absence, code: .missing, message: "\(member.absence == .error ? "Add" : "Better add") \"\(member.name)\": \(member.meaning)"),
                rule: member.rule.map { RuleName($0) } ?? RuleName(shape.name, member.name), at: [.named(member.name)])
        }
        for index in shape.rules.indices where shape.rules[index].dialects.contains(dialect) { shape.rules[index].check(view, &self) }
    }

    /// A structure only falls under the member's own rule as a whole: what is inside has names of its own.
    private mutating func check(_ value: JSONView, _ index: Int, of shape: ObjectShape) {
        let place = RuleName(shape.name, shape.members[index].name)
        let inner = shape.shapes[index]
        guard let rule = shape.members[index].valueRule else { return check(value, inner, rule: place) }
        switch inner {
        case .object, .variant: value.isObject ? check(value, inner, rule: place) : wrongType(value, "an object", rule: RuleName(rule))
        case .array: value.isArray ? check(value, inner, rule: place) : wrongType(value, "an array", rule: RuleName(rule))
        case .string, .number, .boolean, .unchecked, .ignored: check(value, inner, rule: RuleName(rule))
        }
    }

    private mutating func reportMisplaced(_ member: Member, _ shape: ObjectShape) {
        let api = api
        var message: String {
            "\(member.presence == .error ? "Remove" : "Better remove") \"\(member.name)\"\(member.allowed.isEmpty ? "" : ", which the \(api.rawValue) dialect does not have here"): \(member.meaning)"
        }
        report(
            Complaint(severity: member.presence, code: .notAllowed, message: message),
            rule: member.rule.map { RuleName($0) } ?? (dialect == .marketing && path.isEmpty ? RuleName("M01") : RuleName(shape.name, member.name)), at: [.named(member.name)])
    }

    mutating func reportRepeated(_ name: JSONView) {
        report(.error(.notUnique, "The name \"\(clipped(name))\" stands here twice; keep one."), rule: RuleName("J01"), at: [.read(name)])
    }

    private mutating func reportUnknown(_ name: JSONView, _ value: JSONView, _ shape: ObjectShape, _ also: ArraySlice<StaticString>) {
        let severity = unknownMembers
        if isFull(for: severity) {
            omitted += 1
        } else {
            // No member has a name as long as this; a hostile one may have millions of bytes.
            let slip = name.writtenLength <= 80 ? folded(name.utf8 ?? []) : []
            let likely = (shape.members.map(\.name) + also).first { folded(Array("\($0)".utf8)) == slip }
            let advice = likely.map { "did you mean \"\($0)\"?" } ?? "Meta answers code 100 to members that it does not know."
            report(
                Complaint(severity: severity, code: .unknownMember, message: "\"\(clipped(name))\" is not known here; \(advice)"),
                rule: RuleName(shape.name), at: [.read(name)])
        }
        inside(.read(name)) { $0.checkRepeatedNames(value) }
    }

    /// Letters without case, hyphen and underscore alike: what a slip of the pen leaves as it was.
    private func folded(_ name: [UInt8]) -> [UInt8] { name.filter { $0 != 0x2D && $0 != 0x5F }.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 } }

    private mutating func checkVariant(_ view: JSONView, _ shape: VariantShape, rule: RuleName, also: Int) {
        guard view.isObject else { return wrongType(view, "an object", rule: rule) }
        let place = RuleName(shape.name, shape.discriminator)
        let dialect = dialect, api = api
        guard let word = view[shape.discriminator] else {
            report(
                .error(.missing, "Add \"\(shape.discriminator)\": \(choices(shape, dialect))."), rule: shape.rule.map { RuleName($0) } ?? place,
                at: [.named(shape.discriminator)])
            return checkRepeatedNames(view)
        }
        guard word.isString else {
            inside(.named(shape.discriminator)) { $0.wrongType(word, choices(shape, dialect), rule: place) }
            return checkRepeatedNames(view)
        }
        let position = shape.cases.indices.first {
            shape.ignoresCase ? word.equalsIgnoringCase(shape.cases[$0].word) : word.equals(shape.cases[$0].word)
        }
        guard let position else {
            report(
                Complaint(severity: shape.otherWord, code: .notOneOf, message: "\"\(clipped(word))\" is not known here; write \(choices(shape, dialect))."),
                rule: place, at: [.named(shape.discriminator)])
            return checkRepeatedNames(view)
        }
        if let severity = shape.cases[position].severity(in: dialect) {
            let found = shape.cases[position]
            report(
                Complaint(
                    severity: severity, code: .notAllowed,
                    message: "\(found.elsewhere == .all ? "Here is no" : "The \(api.rawValue) dialect has no") \"\(found.word)\"; write \(choices(shape, dialect))."),
                rule: found.rule.map { RuleName($0) } ?? place, at: [.named(shape.discriminator)])
        }
        discriminators.append(shape.discriminator)
        check(view, shape.cases[position].shape, rule: rule, also: also + 1)
        discriminators.removeLast()
    }

    private mutating func checkArray(_ view: JSONView, _ shape: ArrayShape, rule: RuleName) {
        guard view.isArray else { return wrongType(view, "an array", rule: rule) }
        for limit in shape.limits {
            if view.count < limit.min {
                reportLimit(limit, .tooFew, "There are \(view.count); write at least \(limit.min).", limit.min, view.count, rule)
            } else if view.count > limit.max {
                reportLimit(limit, .tooMany, "There are \(view.count); at most \(limit.max) are allowed.", limit.max, view.count, rule)
            }
        }
        for (index, element) in view.elements.enumerated() {
            inside(.index(index)) { $0.check(element, shape.element, rule: rule) }
        }
        for index in shape.rules.indices where shape.rules[index].dialects.contains(dialect) { shape.rules[index].check(view, &self) }
    }

    mutating func reportLimit(
        _ limit: Limit, _ code: Issue.Code, _ message: @autoclosure () -> String, _ bound: Int, _ found: Int?, _ rule: RuleName, at parts: [PathPart] = []
    ) {
        report(
            Complaint(severity: limit.severity, code: code, message: message()), rule: limit.rule.map { RuleName($0) } ?? rule, at: parts, limit: bound,
            unit: limit.unit, found: found)
    }
}

/// Words in a row, for a sentence.
func listing(_ words: [StaticString], _ conjunction: StaticString = "or") -> String {
    let quoted = words.map { "\"\($0)\"" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}

/// What the caller wrote, short enough for a sentence. Counted in scalars: a single character may have millions.
func clipped(_ view: JSONView) -> String {
    guard let text = view.string, text.utf8.count > 80 else { return view.string ?? "" }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(40))) + "…"
}


private func choices(_ shape: VariantShape, _ dialect: Dialects) -> String {
    listing(shape.cases.filter { $0.severity(in: dialect) == nil }.map(\.word))
}

private func article(_ kind: StaticString) -> String {
    let kind = "\(kind)"
    return kind == "null" ? kind : kind.first.map("aeio".contains) == true ? "an \(kind)" : "a \(kind)"
}
