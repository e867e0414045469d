// One walk along the shapes of the table and a full sample, side by side: each limit, word, format, kind and required member is
// broken in turn, and what comes out is compared. BoundaryTests runs it on every sample.
import Testing
@testable import WABiz

/// What one broken place should give.
struct Expectation {
    var code: WABiz.Issue.Code
    var severity = WABiz.Issue.Severity.error
    var limit: Int?
    var found: Int?
}

/// One walk along the shapes and a sample.
struct BoundaryWalk {
    let sample: MessageCase
    let root: JSONValue
    let options: MessageOptions
    let dialect: Dialects
    /// The places of the table that the sample has, by their dotted names.
    var reached: Set<String> = []
    var tried = 0
    /// Only looks which places there are.
    let isDry: Bool

    init(_ sample: MessageCase, isDry: Bool = false) throws {
        self.isDry = isDry
        self.sample = sample
        root = try sample.value()
        options = try sample.messageOptions()
        dialect = Dialects(options.api)
    }

    // MARK: Trying

    private func report(_ message: JSONValue, _ options: MessageOptions) throws -> Report { try Message.report(json: message.bytes, options: options) }

    private func shown(_ value: JSONValue?) -> String { String((value?.description ?? "nothing").prefix(60)) }

    /// The change must give this issue at this place, and no other error.
    mutating func expect(_ wanted: Expectation, at path: [JSONValue.Step], changing place: [JSONValue.Step], to value: JSONValue?, unknown: WABiz.Issue.Severity = .warning) throws {
        tried += 1
        guard !isDry else { return }
        var options = options
        options.unknownMembers = unknown
        let changed = root.replacing(place) { _ in value } ?? .null
        let report = try report(changed, options)
        let here = report.issues.filter {
            $0.path == pointer(path) && $0.code == wanted.code && $0.severity == wanted.severity && (wanted.limit == nil || $0.limit == wanted.limit)
                && (wanted.found == nil || $0.found == wanted.found)
        }
        let errors = report.issues.filter { $0.severity == .error }
        #expect(here.count == 1, "\(sample.name): \(pointer(place)) = \(shown(value)) should be \(wanted) at \(pointer(path)), found\(issueLines(report))")
        #expect(errors.count == (wanted.severity == .error ? 1 : 0), "\(sample.name): \(pointer(place)) = \(shown(value)) has other errors:\(issueLines(report))")
    }

    /// The change must leave the place without an issue of these codes.
    mutating func accept(_ value: JSONValue, at path: [JSONValue.Step], without codes: [WABiz.Issue.Code], limit: Int? = nil) throws {
        tried += 1
        guard !isDry else { return }
        let report = try report(root.replacing(path) { _ in value } ?? .null, options)
        let here = report.issues.filter { $0.path == pointer(path) && codes.contains($0.code) && (limit == nil || limit == $0.limit) }
        #expect(here.isEmpty, "\(sample.name): \(pointer(path)) = \(shown(value)) should pass:\(issueLines(report))")
    }

    mutating func refuseKinds(_ kinds: [JSONValue], at path: [JSONValue.Step]) throws {
        for kind in kinds { try expect(Expectation(code: .wrongType), at: path, changing: path, to: kind) }
    }

    // MARK: Walking

    mutating func walk(_ shape: Shape, _ value: JSONValue, _ path: [JSONValue.Step], _ name: String) throws {
        reached.insert(name)
        switch shape {
        case .string(let shape): try walk(shape, path)
        case .number(let shape): try walk(shape, path)
        case .boolean: try refuseKinds([.null, .number("1"), .string("true"), .array([]), .object([])], at: path)
        case .object(let shape): try walk(shape, value, path)
        case .array(let shape): try walk(shape, value, path, name)
        case .variant(let shape): try walk(shape, value, path)
        case .unchecked(let array): try refuseKinds([.null, .number("1"), .string("x"), array ? .object([]) : .array([])], at: path)
        case .ignored: break
        }
    }

    private mutating func walk(_ shape: StringShape, _ path: [JSONValue.Step]) throws {
        try refuseKinds([.null, .bool(true), .number("1.5"), .array([]), .object([])] + (shape.integer == .refused ? [.number("15550001234")] : []), at: path)
        if shape.integer != .refused { try accept(.number("15550001234"), at: path, without: shape.integer == .warned ? [] : [.wrongType]) }
        // "group" exists in the Cloud API only: rule X06.
        for word in shape.words where "\(word)" != "group" || dialect == .cloud { try accept(.string("\(word)"), at: path, without: [.notOneOf]) }
        if !shape.words.isEmpty {
            let wrong: [JSONValue] = [.string("nonsense"), .string(""), .string("\(shape.words[0]) "), .string("\(shape.words[0])".uppercased() + "_")]
            for word in wrong { try expect(Expectation(code: .notOneOf, severity: shape.otherWord), at: path, changing: path, to: word) }
        }
        for limit in shape.limits { try walk(limit, shape, path) }
        if let format = shape.format { try walk(format, shape, path) }
    }

    /// One below, at and above a length, in ASCII and in characters of several code points.
    private mutating func walk(_ limit: Limit, _ shape: StringShape, _ path: [JSONValue.Step]) throws {
        let emptySeverity = shape.emptyWarns.contains(dialect) ? WABiz.Issue.Severity.warning : limit.severity
        if limit.min > 0 {
            try expect(Expectation(code: .tooShort, severity: emptySeverity, limit: limit.min, found: 0), at: path, changing: path, to: .string(""))
            try accept(.string("a"), at: path, without: [.tooShort, .tooLong])
        }
        guard limit.max < .max else { return }
        let codes: [WABiz.Issue.Code] = [.tooShort, .tooLong]
        try accept(.string(String(repeating: "a", count: limit.max - 1)), at: path, without: codes, limit: limit.max)
        try accept(.string(String(repeating: "a", count: limit.max)), at: path, without: codes, limit: limit.max)
        let above = Expectation(code: .tooLong, severity: limit.severity, limit: limit.max, found: limit.max + 1)
        try expect(above, at: path, changing: path, to: .string(String(repeating: "a", count: limit.max + 1)))
        // The longest texts are counted in one sample of each dialect.
        guard limit.max < 10_000 || sample.name.hasPrefix("sample-template-text") else { return }
        guard shape.format == nil || "\(shape.format?.name ?? "")" == "parameter text" else { return }
        try accept(.string(String(repeating: "é", count: limit.max)), at: path, without: codes, limit: limit.max)
        try expect(above, at: path, changing: path, to: .string(String(repeating: "é", count: limit.max + 1)))
        // Of several limits the tightest is the one that other units break first.
        guard shape.limits.allSatisfy({ $0.max >= limit.max }) else { return }
        // Graphemes fit; code points, or only UTF-16 units, do not.
        for (character, units) in [("👨‍👩‍👧‍👦", 11), ("🇦🇹", 4), ("e\u{301}", 2), ("𝒜", 2)] {
            let warned = Expectation(code: .tooLong, severity: .warning, limit: limit.max, found: limit.max * units)
            try expect(warned, at: path, changing: path, to: .string(String(repeating: character, count: limit.max)))
            try expect(above, at: path, changing: path, to: .string(String(repeating: character, count: limit.max + 1)))
        }
    }

    private mutating func walk(_ format: Format, _ shape: StringShape, _ path: [JSONValue.Step]) throws {
        for example in format.examples { try accept(.string("\(example)"), at: path, without: [.badFormat, .tooShort]) }
        for example in format.counterexamples {
            let text = "\(example)"
            // What the format itself has against it: some dialects only warn, some take it.
            let complaint = format.check(text, options.api)
            let isTooShort = text.isEmpty && shape.limits.contains { $0.min > 0 }
            guard let severity = isTooShort ? .error : complaint?.severity else { continue }
            try expect(Expectation(code: isTooShort ? .tooShort : .badFormat, severity: severity), at: path, changing: path, to: .string(text))
        }
    }

    private mutating func walk(_ shape: NumberShape, _ path: [JSONValue.Step]) throws {
        let texts: [JSONValue] = shape.text == .refused ? [.string("1")] : [.string(""), .string("one"), .string("0x1"), .string("1 "), .string("inf"), .string("nan")]
        try refuseKinds([.null, .bool(true), .array([]), .object([])] + texts + (shape.integral ? [.number("1.5"), .number("1e2")] : []), at: path)
        if shape.text == .preferred { try expect(Expectation(code: .wrongType, severity: .warning), at: path, changing: path, to: .number("1")) }
        for limit in shape.limits {
            for (number, bound) in [(limit.min - 1, limit.min)] + (limit.max < .max ? [(limit.max + 1, limit.max)] : []) {
                let outside = Expectation(code: .outOfRange, severity: limit.severity, limit: bound, found: number)
                try expect(outside, at: path, changing: path, to: shape.text == .preferred ? .string("\(number)") : .number("\(number)"))
                if shape.text != .refused { try expect(outside, at: path, changing: path, to: .string("\(number)")) }
            }
            for number in Set([limit.min, min(limit.min + 1, limit.max), max(limit.max - 1, limit.min), limit.max]).sorted() { try accept(.number("\(number)"), at: path, without: [.outOfRange]) }
            if !shape.integral {
                try expect(Expectation(code: .outOfRange, limit: limit.max), at: path, changing: path, to: .string("\(limit.max).0000001"))
                try accept(.string("\(limit.max - 1).9999999"), at: path, without: [.outOfRange, .wrongType])
            }
        }
    }

    private mutating func walk(_ shape: ObjectShape, _ value: JSONValue, _ path: [JSONValue.Step]) throws {
        guard case .object(let entries) = value else { return }
        if !path.isEmpty {
            try refuseKinds([.null, .bool(false), .number("1"), .array([])], at: path)
            let string = Expectation(code: .wrongType, severity: shape.string ?? .error)
            try expect(string, at: path, changing: path, to: .string("x"))
        }
        let unknown = path + [.name("zzz")]
        try expect(Expectation(code: .unknownMember, severity: .warning), at: unknown, changing: unknown, to: .number("1"))
        try expect(Expectation(code: .unknownMember), at: unknown, changing: unknown, to: .number("1"), unknown: .error)
        for entry in entries {
            let twice = JSONValue.object(entries + [entry])
            try expect(Expectation(code: .notUnique), at: path + [.name(entry.name)], changing: path, to: twice)
        }
        for member in shape.members {
            let place = path + [.name("\(member.name)")]
            if !member.allowed.contains(dialect) {
                guard value["\(member.name)"] == nil else { continue }
                try expect(Expectation(code: .notAllowed, severity: member.presence), at: place, changing: place, to: .string("x"))
                continue
            }
            guard let inner = value["\(member.name)"] else { continue }
            if member.required.contains(dialect) {
                // Without `status` it is another message, without `type` too: those have cases of their own.
                let names = ["status"].contains("\(member.name)")
                if !names { try expect(Expectation(code: .missing, severity: member.absence), at: place, changing: place, to: nil) }
            }
            if "\(member.name)" == "status" {
                reached.insert("\(shape.name).status")
                try refuseKinds([.null, .number("1"), .bool(true)], at: place)
                try expect(Expectation(code: .notOneOf), at: place, changing: place, to: .string("delivered"))
                continue
            }
            try walk(member.shape, inner, place, "\(shape.name).\(member.name)")
        }
    }

    private mutating func walk(_ shape: ArrayShape, _ value: JSONValue, _ path: [JSONValue.Step], _ name: String) throws {
        guard case .array(let elements) = value, let last = elements.last else { return }
        try refuseKinds([.null, .number("1"), .string("x"), .object([])], at: path)
        for limit in shape.limits {
            if limit.min > 0 {
                let few = Expectation(code: .tooFew, severity: limit.severity, limit: limit.min, found: limit.min - 1)
                try expect(few, at: path, changing: path, to: .array(distinct(last, limit.min - 1)))
            }
            guard limit.max < .max else { continue }
            try accept(.array(distinct(last, limit.max)), at: path, without: [.tooMany, .tooFew])
            let many = Expectation(code: .tooMany, severity: limit.severity, limit: limit.max, found: limit.max + 1)
            // Without names: a repeated name would be an error of its own.
            let plain = last.replacing([.name("parameter_name")]) { _ in nil } ?? last
            try expect(many, at: path, changing: path, to: .array(distinct(plain, limit.max + 1)))
        }
        for (index, element) in elements.enumerated() { try walk(shape.element, element, path + [.index(index)], name) }
    }

    /// Copies that differ in what must differ: what is repeated would be an error of its own.
    private func distinct(_ element: JSONValue, _ count: Int) -> [JSONValue] { (0..<count).map { numbered(element, $0) } }

    private func numbered(_ value: JSONValue, _ number: Int) -> JSONValue {
        switch value {
        case .object(let entries):
            .object(
                entries.map { entry in
                    var entry = entry
                    switch (entry.name, entry.value) {
                    case ("id", .string), ("title", .string), ("product_retailer_id", .string): entry.value = .string("\(entry.name) \(number)")
                    case ("card_index", _): entry.value = .number("\(min(number, 9))")
                    default: entry.value = numbered(entry.value, number)
                    }
                    return entry
                })
        case .array(let elements): .array(elements.enumerated().map { numbered($1, number * 100 + $0) })
        default: value
        }
    }

    private mutating func walk(_ shape: VariantShape, _ value: JSONValue, _ path: [JSONValue.Step]) throws {
        guard case .string(let word)? = value["\(shape.discriminator)"], let found = shape.cases.first(where: { "\($0.word)" == word }) else { return }
        reached.insert("\(shape.name).\(shape.discriminator)=\(word)")
        let place = path + [.name("\(shape.discriminator)")]
        try expect(Expectation(code: .missing), at: place, changing: place, to: nil)
        try refuseKinds([.null, .number("1"), .array([])], at: place)
        try expect(Expectation(code: .notOneOf, severity: shape.otherWord), at: place, changing: place, to: .string("nonsense"))
        try accept(.string(word.uppercased()), at: place, without: [.notOneOf])
        try walk(found.shape, value, path, shape.name.description)
    }
}
