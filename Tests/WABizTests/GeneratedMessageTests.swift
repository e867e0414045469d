// Random valid messages, made from the table of messages: all of them are accepted, and together they reach the whole table.
// WABIZ_SEED=<number> repeats a run; each run prints its number.
import Foundation
import Testing
@testable import WABiz

/// What one message is to be.
private struct Kind {
    let api: API
    let shape: ObjectShape
    let isDirect: Bool
    /// How many turns it takes: shapes with many places need more.
    let weight: Int
    /// Places of the envelope that the rules do not leave to this kind.
    let barred: Set<String>

    /// Every type that a dialect does not refuse, Direct Send, and status=read.
    static let all: [Kind] = API.allCases.flatMap { api -> [Kind] in
        let dialect = Dialects(api)
        var kinds: [Kind] = []
        for (index, type) in MessageTable.types.enumerated() where type.misplaced.first(where: { $0.0.contains(dialect) })?.1 != .error {
            let weight = ["template": 20, "interactive": 12][type.word.description] ?? 1
            let barred = barred(type, api)
            // With a category an interactive message is one of Direct Send.
            let alone: Set<String> = api == .cloud && type.directSend != nil ? ["message.category", "message.ttl_seconds", "message.direct_send_config"] : []
            kinds.append(Kind(api: api, shape: MessageTable.shapes[index], isDirect: false, weight: weight, barred: barred.union(alone)))
            guard api == .cloud, type.directSend != nil else { continue }
            kinds.append(Kind(api: api, shape: MessageTable.directSendShapes[index], isDirect: true, weight: 12, barred: barred))
        }
        if api != .marketingMessages { kinds.append(Kind(api: api, shape: MessageTable.read, isDirect: false, weight: 1, barred: [])) }
        return kinds
    }

    /// Groups are for some types of the Cloud API, pins for groups alone.
    private static func barred(_ type: MessageType, _ api: API) -> Set<String> {
        if type.groups == .only { return ["message.recipient_type=individual", "message.recipient"] }
        return api != .cloud || type.groups == .refused ? ["message.recipient_type=group"] : []
    }

    static let turns = all.indices.flatMap { Array(repeating: $0, count: all[$0].weight) }
}

@Suite struct GeneratedMessageTests {
    static let count = 10_000
    static let now = 1_800_000_000

    @Test func acceptsEveryValidMessageOfARun() throws {
        let seed = ProcessInfo.processInfo.environment["WABIZ_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        print("\(Self.count) generated messages, WABIZ_SEED=\(seed)")
        var numbers = SeededNumbers(seed: seed)
        var missing = Kind.all.map { kind in
            Self.places(of: .object(kind.shape), "message", Dialects(kind.api)).filter { kind.barred.isDisjoint(with: $0.above + [$0.name]) }
        }
        var unknownFormats: Set<String> = []
        for turn in 0..<Self.count {
            let index = Kind.turns[turn % Kind.turns.count], kind = Kind.all[index]
            let options = Self.options(kind.api, &numbers)
            // What no message has had yet is made first, and so is what holds it.
            let sought = Set(missing[index].flatMap { $0.above + [$0.name] })
            var generator = MessageGenerator(numbers: SeededNumbers(seed: numbers.next()), options: options, isDirect: kind.isDirect, sought: sought)
            let message = generator.object(kind.shape)
            unknownFormats.formUnion(generator.unknownFormats)
            let bytes = message.bytes
            do {
                let report = try Message.report(json: bytes, options: options)
                guard report.isValid else { throw report.failure }
                let built = try Message(json: bytes, options: options)
                #expect(built.payload == bytes || kind.api == .onPremises && built.type == "read", "WABIZ_SEED=\(seed), message \(turn), is changed:\n\(message)")
                #expect(built.type == report.type && built.warnings.count == report.issues.count)
            } catch let error as Failure {
                let errors = error.issues.filter { $0.severity == .error }.map { "\n" + $0.tree.text }.joined()
                Testing.Issue.record("WABIZ_SEED=\(seed), message \(turn), \(kind.api.rawValue), is refused:\n\(message)\n\(error.message)\(errors)")
                return
            }
            guard !missing[index].isEmpty else { continue }
            var reached: Set<String> = []
            Self.collect(.object(kind.shape), message, "message", &reached)
            missing[index].removeAll { reached.contains($0.name) }
        }
        #expect(unknownFormats == [], "formats without a generator")
        let left = zip(Kind.all, missing).flatMap { kind, missing in missing.map { "\(kind.api.rawValue) \($0.name)" } }
        #expect(left == [], "WABIZ_SEED=\(seed): not reached")
    }

    /// A rule that is new has to be put right by the generator, or to be known as one that only warns.
    @Test func knowsEveryRule() {
        let rules = Set(Kind.all.flatMap { Self.rules(of: .object($0.shape)) })
        let known = MessageGenerator.putRight.union(MessageGenerator.onlyWarn).union(MessageGenerator.silent)
        #expect(rules.subtracting(known).sorted() == [])
        #expect(known.subtracting(rules).sorted() == [])
    }

    private static func options(_ api: API, _ numbers: inout SeededNumbers) -> MessageOptions {
        var options = MessageOptions(api: api, now: numbers.once(in: 2) ? now : nil)
        if api == .cloud, numbers.once(in: 20) { options.templateCategory = numbers.pick(TemplateCategory.allCases) }
        return options
    }

    // MARK: Coverage

    /// The places of the table that a message of this shape may have (every member, every case, every word), each with those above it.
    private static func places(of shape: Shape, _ place: String, _ dialect: Dialects, _ above: [String] = []) -> [(name: String, above: [String])] {
        switch shape {
        case .object(let shape):
            shape.members.filter { $0.allowed.contains(dialect) && !$0.shape.isIgnored }.flatMap { member in
                let name = "\(shape.name).\(member.name)"
                return [(name, above)] + places(of: member.shape, name, dialect, above + [name])
            }
        case .array(let shape): places(of: shape.element, place, dialect, above)
        case .variant(let shape):
            shape.cases.filter { $0.severity(in: dialect) != .error }.flatMap { one in
                let name = "\(shape.name).\(shape.discriminator)=\(one.word)"
                return [(name, above)] + places(of: one.shape, "\(shape.name)", dialect, above + [name])
            }
        case .string(let shape): shape.words.map { ("\(place)=\($0)", above) }
        case .number, .boolean, .unchecked, .ignored: []
        }
    }

    /// The places that this message has.
    private static func collect(_ shape: Shape, _ value: JSONValue, _ place: String, _ reached: inout Set<String>) {
        switch (shape, value) {
        case (.object(let shape), .object(let entries)):
            for entry in entries {
                guard let member = shape.members.first(where: { "\($0.name)" == entry.name }), !member.shape.isIgnored else { continue }
                reached.insert("\(shape.name).\(member.name)")
                collect(member.shape, entry.value, "\(shape.name).\(member.name)", &reached)
            }
        case (.array(let shape), .array(let elements)):
            for element in elements { collect(shape.element, element, place, &reached) }
        case (.variant(let shape), .object):
            guard let one = shape.cases.first(where: { "\($0.word)" == value.word("\(shape.discriminator)") }) else { return }
            reached.insert("\(shape.name).\(shape.discriminator)=\(one.word)")
            collect(one.shape, value, "\(shape.name)", &reached)
        case (.string(let shape), .string(let text)):
            if !shape.words.isEmpty { reached.insert("\(place)=\(text)") }
        default: break
        }
    }

    private static func rules(of shape: Shape) -> [String] {
        switch shape {
        case .object(let shape): shape.rules.map { "\($0.code)" } + shape.members.flatMap { rules(of: $0.shape) }
        case .array(let shape): shape.rules.map { "\($0.code)" } + rules(of: shape.element)
        case .variant(let shape): shape.cases.flatMap { rules(of: $0.shape) }
        case .string, .number, .boolean, .unchecked, .ignored: []
        }
    }
}
