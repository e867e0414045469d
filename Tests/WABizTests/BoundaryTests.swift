// Boundary tests made from the table of messages: the shapes are walked side by side with the full samples of the corpus, and
// each limit, word, format, kind and required member is broken in turn. What is broken must be the only error there is.
import Testing
@testable import WABiz

@Suite struct BoundaryTests {
    static let samples = MessageCorpus.cases.filter(\.isSample)

    private static func walk(_ sample: MessageCase, isDry: Bool = false) throws -> BoundaryWalk {
        var walk = try BoundaryWalk(sample, isDry: isDry)
        let rows = walk.root["category"] == nil ? MessageTable.shapes : MessageTable.directSendShapes
        let shape = sample.type == "read" ? MessageTable.read : rows[MessageTable.types.firstIndex { "\($0.word)" == sample.type } ?? 0]
        try walk.walk(.object(shape), walk.root, [], "message")
        return walk
    }

    @Test(arguments: samples) func eachBrokenPlaceIsTheOnlyError(_ sample: MessageCase) throws {
        let walk = try Self.walk(sample)
        #expect(walk.tried > 30)
    }

    /// Nothing that the table checks stays out of the samples: every member, case, limit and format, in every dialect that has it.
    @Test(arguments: API.allCases) func reachesTheWholeTable(_ api: API) throws {
        var reached: Set<String> = []
        for sample in Self.samples where try sample.messageOptions().api == api { reached.formUnion(try Self.walk(sample, isDry: true).reached) }
        let dialect = Dialects(api)
        var wanted: [Shape] = MessageTable.types.indices.filter { index in
            MessageTable.types[index].isChecked && !MessageTable.types[index].misplaced.contains { $0.0.contains(dialect) && $0.1 == .error }
        }.flatMap { [.object(MessageTable.shapes[$0])] + (api == .cloud ? [.object(MessageTable.directSendShapes[$0])] : []) }
        if api != .marketingMessages { wanted.append(.object(MessageTable.read)) }
        let places = Set(wanted.flatMap { Self.places(of: $0, dialect) })
        #expect(places.subtracting(reached).sorted() == [])
    }

    /// The dotted names of everything that is checked below a shape.
    private static func places(of shape: Shape, _ dialect: Dialects) -> [String] {
        switch shape {
        case .object(let shape):
            shape.members.filter { $0.allowed.contains(dialect) && !$0.shape.isIgnored }.flatMap { ["\(shape.name).\($0.name)"] + places(of: $0.shape, dialect) }
        case .array(let shape): places(of: shape.element, dialect)
        case .variant(let shape):
            shape.cases.filter { $0.severity(in: dialect) == nil }.flatMap { one -> [String] in
                if case .unchecked = one.shape { return [] }
                return ["\(shape.name).\(shape.discriminator)=\(one.word)"] + places(of: one.shape, dialect)
            }
        case .string, .number, .boolean, .unchecked, .ignored: []
        }
    }

    /// Limits that stand in rules, not in shapes, have their own cases in the corpus: one below, at and above.
    @Test func breaksEveryLimitOutsideOfShapes() throws {
        let issues = try MessageCorpus.cases.flatMap { try Message.report(json: $0.message, options: $0.messageOptions()).issues }
        let inRules = LimitedPlace.all.filter(\.isInRule)
        #expect(inRules.count > 5)
        for place in LimitedPlace.all { #expect(!place.limit.source.description.isEmpty && place.limit.min <= place.limit.max, "\(place.name)") }
        for limit in inRules.map(\.limit) {
            for (bound, found) in [(limit.min, limit.min - 1), (limit.max, limit.max == .max ? 0 : limit.max + 1)] where bound > 0 && bound < .max {
                let tripped = issues.contains {
                    $0.limit == bound && $0.found == found && $0.unit == limit.unit.rawValue && $0.severity == limit.severity
                        && (limit.rule == nil || $0.rule == limit.rule?.description)
                }
                #expect(tripped, "no case breaks \(bound) by \(found) of \(limit.source)")
            }
        }
    }

    /// The validator marks the members that it has seen in 64 bits.
    @Test func noShapeHasMoreMembersThanTheValidatorMarks() {
        for shape in MessageTable.shapes + [MessageTable.read, MessageTable.envelope, MessageTable.envelopeAlone] {
            #expect(shape.members.count <= 64)
            #expect(Set(shape.members.map { "\($0.name)" }).count == shape.members.count, "\(shape.name) has a member twice")
        }
    }

    @Test(arguments: [Format.phone, .businessScopedUserID, .url, .messageID, .templateName, .languageCode, .currencyCode, .parameterText, .parameterName, .couponCode, .emoji, .duration,
        .date, .email, .whatsAppID, .countryCode, .noEmoji, .orderReference, .sixDigits, .fourDigits, .upiLink].map(NamedFormat.init))
    func formatsKnowTheirExamples(_ named: NamedFormat) {
        for example in named.format.examples { #expect(named.format.check("\(example)", .cloud) == nil, "\(example)") }
        for example in named.format.counterexamples { #expect(named.format.check("\(example)", .cloud) != nil, "\(example)") }
    }
}

struct NamedFormat: Sendable, CustomTestStringConvertible {
    let format: Format
    var testDescription: String { "\(format.name)" }
}

extension Shape {
    var isIgnored: Bool { if case .ignored = self { true } else { false } }
}
