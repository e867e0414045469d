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
    let api: API
    let unknownMembers: Issue.Severity
    /// True for an expanded short form, which has no `type` to settle what is meant.
    let isShort: Bool
    private let dialect: Dialects
    private(set) var issues: [Issue] = []
    /// Issues beyond `most`, counted but not kept.
    private(set) var omitted = 0
    private var path: [PathPart] = []

    /// A document with more issues than this is not helped by the rest of them.
    static let most = 1000

    enum PathPart {
        case read(JSONView)
        case named(StaticString)
        case index(Int)
    }

    init(api: API, unknownMembers: Issue.Severity = .warning, isShort: Bool = false) {
        self.api = api
        self.isShort = isShort
        self.unknownMembers = unknownMembers
        dialect = Dialects(api)
        path.reserveCapacity(16)
    }

    // MARK: Reporting

    mutating func report(
        _ complaint: Complaint, rule: RuleName, at parts: [PathPart] = [], limit: Int? = nil, unit: Limit.Unit? = nil, found: Int? = nil
    ) {
        guard issues.count < Self.most else {
            omitted += 1
            // An error must never hide behind a thousand warnings.
            if complaint.severity == .error, let warning = issues.lastIndex(where: { $0.severity == .warning }) { issues.remove(at: warning) } else { return }
            return report(complaint, rule: rule, at: parts, limit: limit, unit: unit, found: found)
        }
        issues.append(
            Issue(
                severity: complaint.severity, path: pointer(parts), code: complaint.code, rule: (complaint.rule.map { RuleName($0) } ?? rule).text,
                limit: limit, unit: unit?.rawValue, found: found, message: complaint.message))
    }

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

    mutating func wrongType(_ view: JSONView, _ wanted: String, rule: RuleName) {
        report(.error(.wrongType, "This is \(article(view.kindName)); write \(wanted)."), rule: rule)
    }

    // MARK: Walking

    /// - Parameter rule: the dotted name of this place.
    mutating func check(_ view: JSONView, _ shape: Shape, rule: RuleName, also: [StaticString] = []) {
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

    private mutating func checkObject(_ view: JSONView, _ shape: ObjectShape, rule: RuleName, also: [StaticString]) {
        guard view.isObject else {
            if let severity = shape.string, view.isString {
                return report(Complaint(severity: severity, code: .wrongType, message: "This is a string; the documented form is an object."), rule: rule)
            }
            return wrongType(view, "an object", rule: rule)
        }
        var seen: UInt64 = 0
        var others: Set<[UInt8]> = []
        for (name, value) in view.members {
            guard let index = shape.members.firstIndex(where: { name.equals($0.name) }) else {
                if !also.contains(where: { name.equals($0) }) { reportUnknown(name, value, shape, also) }
                if !others.insert(name.utf8 ?? []).inserted { reportRepeated(name) }
                continue
            }
            if seen & (1 << index) != 0 { reportRepeated(name) }
            seen |= 1 << index
            let member = shape.members[index]
            if member.allowed.contains(dialect) {
                inside(.read(name)) { $0.check(value, member.shape, rule: RuleName(shape.name, member.name)) }
            } else {
                reportMisplaced(member, shape)
            }
        }
        for (index, member) in shape.members.enumerated() where member.required.contains(dialect) && seen & (1 << index) == 0 {
            report(
                Complaint(severity: member.absence, code: .missing, message: "\(member.absence == .error ? "Add" : "Better add") \"\(member.name)\": \(member.meaning)"),
                rule: member.rule.map { RuleName($0) } ?? RuleName(shape.name, member.name), at: [.named(member.name)])
        }
        for rule in shape.rules where rule.dialects.contains(dialect) { rule.check(view, &self) }
    }

    private mutating func reportMisplaced(_ member: Member, _ shape: ObjectShape) {
        let place = member.allowed.isEmpty ? "here" : "in the \(api.rawValue) dialect"
        report(
            Complaint(severity: member.presence, code: .notAllowed, message: "\"\(member.name)\" does not belong \(place): \(member.meaning)"),
            rule: member.rule.map { RuleName($0) } ?? RuleName(shape.name, member.name), at: [.named(member.name)])
    }

    private mutating func reportRepeated(_ name: JSONView) {
        report(.error(.notUnique, "This name stands here twice; keep one."), rule: RuleName("J01"), at: [.read(name)])
    }

    /// The expansion of a short form reads one of them only; two mean different things to different readers.
    mutating func checkRepeatedMembers(of document: JSONView, named names: [StaticString]) {
        var seen: [StaticString] = []
        for (name, _) in document.members {
            guard let known = names.first(where: { name.equals($0) }) else { continue }
            if seen.contains(where: { name.equals($0) }) { reportRepeated(name) }
            seen.append(known)
        }
    }

    private mutating func reportUnknown(_ name: JSONView, _ value: JSONView, _ shape: ObjectShape, _ also: [StaticString]) {
        let likely = (shape.members.map(\.name) + also).first { folded(name.utf8 ?? []) == folded(Array("\($0)".utf8)) }
        let advice = likely.map { "did you mean \"\($0)\"?" } ?? "Meta answers code 100 to members that it does not know."
        report(
            Complaint(severity: unknownMembers, code: .unknownMember, message: "\"\(name.string ?? "")\" is not known here; \(advice)"),
            rule: RuleName(shape.name), at: [.read(name)])
        inside(.read(name)) { $0.checkRepeatedNames(value) }
    }

    /// Letters without case, hyphen and underscore alike: what a slip of the pen leaves as it was.
    private func folded(_ name: [UInt8]) -> [UInt8] { name.filter { $0 != 0x2D && $0 != 0x5F }.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 } }

    /// In what no table describes only the names are looked at: two of the same name mean different things to different readers.
    private mutating func checkRepeatedNames(_ view: JSONView) {
        for object in view.objects where object.count > 1 {
            var names: Set<[UInt8]> = []
            for member in object.members where !names.insert(member.name.utf8 ?? []).inserted {
                return report(.error(.notUnique, "Inside here \"\(member.name.string ?? "")\" stands twice in one object; keep one."), rule: RuleName("J01"))
            }
        }
    }

    private mutating func checkVariant(_ view: JSONView, _ shape: VariantShape, rule: RuleName, also: [StaticString]) {
        guard view.isObject else { return wrongType(view, "an object", rule: rule) }
        let place = RuleName(shape.name, shape.discriminator)
        guard let word = view[shape.discriminator] else {
            return report(.error(.missing, "Add \"\(shape.discriminator)\": \(choices(shape))."), rule: place, at: [.named(shape.discriminator)])
        }
        guard word.isString else {
            let choices = choices(shape)
            return inside(.named(shape.discriminator)) { $0.wrongType(word, choices, rule: place) }
        }
        let found = shape.cases.first { shape.ignoresCase ? word.equalsIgnoringCase($0.word) : word.equals($0.word) }
        guard let found else {
            report(
                Complaint(severity: shape.otherWord, code: .notOneOf, message: "\"\(word.string ?? "")\" is not known here; write \(choices(shape))."),
                rule: place, at: [.named(shape.discriminator)])
            return checkRepeatedNames(view)
        }
        if let severity = found.misplaced {
            report(
                Complaint(severity: severity, code: .notAllowed, message: "\"\(found.word)\" does not belong here."),
                rule: found.rule.map { RuleName($0) } ?? place, at: [.named(shape.discriminator)])
        }
        check(view, found.shape, rule: rule, also: also + [shape.discriminator])
    }

    private func choices(_ shape: VariantShape) -> String { listing(shape.cases.filter { $0.misplaced == nil }.map(\.word)) }

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
        for rule in shape.rules where rule.dialects.contains(dialect) { rule.check(view, &self) }
    }

    mutating func reportLimit(_ limit: Limit, _ code: Issue.Code, _ message: String, _ bound: Int, _ found: Int?, _ rule: RuleName, at parts: [PathPart] = []) {
        report(Complaint(severity: limit.severity, code: code, message: message), rule: rule, at: parts, limit: bound, unit: limit.unit, found: found)
    }
}

/// Words in a row, for a sentence.
func listing(_ words: [StaticString]) -> String {
    let quoted = words.map { "\"\($0)\"" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
}

private func article(_ kind: StaticString) -> String {
    let kind = "\(kind)"
    return kind == "null" ? kind : kind.first.map("aeio".contains) == true ? "an \(kind)" : "a \(kind)"
}

extension Validation {
    /// Checks a whole message, and tells its type: the word of the table, `read`, or nil when it cannot be told.
    mutating func checkMessage(_ message: JSONView) -> StaticString? {
        guard message.isObject else {
            wrongType(message, "an object", rule: RuleName("message"))
            return nil
        }
        if message["status"] != nil {
            check(message, .object(MessageTable.read), rule: RuleName("read"))
            return "read"
        }
        let place = RuleName("message", "type")
        if let type = message["type"], !type.isString {
            check(message, .object(MessageTable.envelope), rule: place)
            return nil
        }
        guard let index = MessageTable.index(of: message) else {
            let words = MessageTable.types.filter { !$0.misplaced.contains { $0.0.contains(dialect) } }.map(\.word)
            report(.error(.notOneOf, "There is no such type of message; write \(listing(words))."), rule: place, at: [.named("type")])
            check(message, .object(MessageTable.envelope), rule: place)
            return nil
        }
        let row = MessageTable.types[index]
        if let type = message["type"], !type.equals(row.word) {
            report(.warning(.notOneOf, "The server takes it, but write \"\(row.word)\" in lower case."), rule: place, at: [.named("type")])
        }
        for (dialects, severity, rule) in row.misplaced where dialects.contains(dialect) {
            report(
                Complaint(severity: severity, code: .notAllowed, message: "Messages of this type do not belong in the \(api.rawValue) dialect."),
                rule: RuleName(rule), at: [.named("type")])
        }
        check(message, .object(MessageTable.shapes[index]), rule: place)
        return row.word
    }
}
