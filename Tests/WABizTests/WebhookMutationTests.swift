// Bent webhooks: the corpus cut, re-typed and shuffled. Whatever is still a JSON object is read, and nothing is lost:
// every scalar and name of the body that is no known part of the envelope is in exactly one payload.
import Testing
@testable import WABiz

/// A document that can be bent. Scalars and names keep their spelling.
private indirect enum Bent {
    case scalar([UInt8])
    case array([Bent])
    case object([(name: [UInt8], value: Bent)])

    init(_ view: JSONView) {
        if view.isObject {
            self = .object(view.members.map { ($0.name.raw, Bent($0.value)) })
        } else if view.isArray {
            self = .array(view.elements.map(Bent.init))
        } else {
            self = .scalar(view.raw)
        }
    }

    var text: [UInt8] {
        switch self {
        case .scalar(let raw): raw
        case .array(let elements): Array("[".utf8) + elements.map(\.text).joined(separator: ",".utf8) + Array("]".utf8)
        case .object(let members): Array("{".utf8) + members.map { $0.name + Array(":".utf8) + $0.value.text }.joined(separator: ",".utf8) + Array("}".utf8)
        }
    }

    private static let words = [
        #""messages""#, #""statuses""#, #""errors""#, #""contacts""#, #""metadata""#, #""entry""#, #""changes""#, #""value""#, #""field""#, #""id""#,
        #""type""#, #""text""#, #""image""#, #""interactive""#, #""payment""#, #""status""#, #""later""#, #""\u006dessages""#, #""""#,
    ]
    private static let scalars =
        words + ["null", "true", "0", "-0", "1e400", "-1.50", "123456789012345678901234567890", #""\ud83d""#, #""\u0000""#, #""\/é""#, #""1767225600""#, "131050", #""sent""#]

    private static func random(_ random: inout SplitMix) -> Bent {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .array([])
        case 1: .object([])
        case 2: .array([pick(&random), pick(&random)])
        case 3: .object([(Array(words.randomElement(using: &random) ?? #""x""#).flatMap { $0.utf8 }, pick(&random))])
        default: pick(&random)
        }
    }

    private static func pick(_ random: inout SplitMix) -> Bent { .scalar(Array((scalars.randomElement(using: &random) ?? "0").utf8)) }

    /// Bends one random place somewhere inside.
    mutating func bend(_ random: inout SplitMix) {
        switch self {
        case .array(var elements) where !elements.isEmpty && Int.random(in: 0..<5, using: &random) > 0:
            let index = Int.random(in: elements.indices, using: &random)
            if Int.random(in: 0..<3, using: &random) > 0 { elements[index].bend(&random) } else { Bent.shuffle(&elements, index, &random) }
            self = .array(elements)
        case .object(var members) where !members.isEmpty && Int.random(in: 0..<5, using: &random) > 0:
            let index = Int.random(in: members.indices, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: Bent.shuffle(&members, index, &random)
            case 1: members[index].name = Array((Bent.words.randomElement(using: &random) ?? "").utf8)
            default: members[index].value.bend(&random)
            }
            self = .object(members)
        default: self = .random(&random)
        }
    }

    private static func shuffle<Element>(_ elements: inout [Element], _ index: Int, _ random: inout SplitMix) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: elements.remove(at: index)
        case 1: elements.append(elements[index])
        default: elements.shuffle(using: &random)
        }
    }
}

/// Scalars and names with how often they occur, by their spelling.
private typealias Atoms = [[UInt8]: Int]

private func count(_ view: JSONView, into atoms: inout Atoms) {
    if view.isObject {
        for (name, value) in view.members {
            atoms[name.raw, default: 0] += 1
            count(value, into: &atoms)
        }
    } else if view.isArray {
        for element in view.elements { count(element, into: &atoms) }
    } else {
        atoms[view.raw, default: 0] += 1
    }
}

/// What may stay behind: names and words of the envelope, metadata, and contacts, which go with their items.
private func context(_ root: JSONView) -> Atoms {
    var atoms: Atoms = [:]
    func take(_ object: JSONView, scalars: [String], wholes: [String] = [], descend: (String, JSONView) -> Void = { _, _ in }) {
        for (name, value) in object.members {
            atoms[name.raw, default: 0] += 1
            let word = name.string ?? ""
            if scalars.contains(word) || value.isNull, !value.isObject, !value.isArray { atoms[value.raw, default: 0] += 1 }
            if wholes.contains(word) { count(value, into: &atoms) }
            descend(word, value)
        }
    }
    func metadata(_ name: String, _ metadata: JSONView) {
        if name == "metadata" { take(metadata, scalars: ["phone_number_id", "display_phone_number"]) }
    }
    // What places say about their items goes with each of them, beside the payload; a test below follows every one.
    let carried = ["contacts", "conversation_context", "initiated_by"]
    func threads(_ name: String, _ threads: JSONView) {
        if name == "threads" { for thread in threads.elements { take(thread, scalars: ["id"], wholes: ["context"] + carried) } }
    }
    func inside(_ name: String, _ member: JSONView) {
        metadata(name, member)
        if name == "standby" { take(member, scalars: ["messaging_product"], wholes: carried, descend: metadata) }
        if name == "history" {
            for chunk in member.elements { take(chunk, scalars: ["messaging_product"], wholes: ["metadata"] + carried, descend: threads) }
        }
    }
    func value(_ value: JSONView) { take(value, scalars: ["messaging_product"], wholes: carried, descend: inside) }
    take(root, scalars: ["object", "messaging_product"], wholes: carried) { name, entries in
        inside(name, entries)
        guard name == "entry" else { return }
        for entry in entries.elements {
            take(entry, scalars: ["id", "time", "object"]) { name, changes in
                guard name == "changes" else { return }
                for change in changes.elements { take(change, scalars: ["field"]) { name, inner in if name == "value" { value(inner) } } }
            }
        }
    }
    return atoms
}

/// Nil when the events hold all of the body once; else what is wrong.
private func loss(_ body: [UInt8]) throws -> String? { try loss(body, in: Webhook.parse(body: body)) }

private func loss(_ body: [UInt8], in document: [UInt8]) throws -> String? {
    try Tape.read(body, .tolerant) { (root) throws(Failure) in
        try Tape.read(document, .tolerant) { document in
            var all: Atoms = [:], kept: Atoms = [:], handed: Set<[UInt8]> = []
            count(root, into: &all)
            for event in document["events"]?.elements ?? document.elements {
                guard let payload = event["payload"], event["kind"]?.isString == true, event["key"] != nil else { return "an event without its envelope" }
                count(payload, into: &kept)
                handed.insert(payload.raw)
                if let contact = event["contact"] { handed.insert(contact.raw) }
            }
            let context = context(root)
            for (atom, times) in all {
                let left = times - kept[atom, default: 0]
                if left < 0 { return "\(atom.text) came \(-left) times too often" }
                if left > context[atom, default: 0] { return "\(atom.text) is lost" }
            }
            return lostContact(root, handed)
        }
    }
}

/// Contacts go with an item or arrive alone.
private func lostContact(_ root: JSONView, _ handed: Set<[UInt8]>) -> String? {
    guard let entries = root["entry"] else { return nil }
    for entry in entries.elements {
        guard entry.isObject else { continue }
        for change in entry["changes"]?.elements ?? entries.elements where change.isObject && !handed.contains(change.raw) && !handed.contains(entry.raw) {
            for (name, contacts) in change["value"]?.members ?? change.members where name.equals("contacts") && contacts.isArray {
                for contact in contacts.elements where !handed.contains(contact.raw) && contact.isObject { return "\(contact.raw.text) is lost" }
            }
        }
    }
    return nil
}

@Suite struct WebhookMutationTests {
    @Test(arguments: WebhookCase.all) func losesNothing(_ example: WebhookCase) throws {
        #expect(try loss(example.body) == nil)
    }

    /// The check itself must be able to fail: an item that is missing, cut or doubled is noticed.
    @Test func noticesALoss() throws {
        let body = Array(#"{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"id":"a"},{"id":"b","n":7}]}}]}]}"#.utf8)
        let one = #"{"kind":"message","key":"a","payload":{"id":"a"}}"#
        let two = #"{"kind":"message","key":"b","payload":{"id":"b","n":7}}"#
        let cut = #"{"kind":"message","key":"b","payload":{"id":"b"}}"#
        #expect(try loss(body, in: Array("{\"events\":[\(one),\(two)]}".utf8)) == nil)
        for wrong in [one, two, "\(one),\(cut)", "\(one),\(two),\(two)"] {
            #expect(try loss(body, in: Array("{\"events\":[\(wrong)]}".utf8)) != nil, "\(wrong)")
        }
    }

    /// One fixed seed, so that a change is compared with the same cases; one fresh seed, so that new ones are met.
    @Test(arguments: [0x5EED, UInt64.random(in: 0 ... .max)]) func survivesBending(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let roots = try WebhookCase.all.map { try Tape.read($0.body, .tolerant) { Bent($0) } }
        for round in 0..<3000 {
            guard var root = roots.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 1...6, using: &random) { root.bend(&random) }
            let body = root.text
            guard body.first == UInt8(ascii: "{") else {
                #expect(throws: Failure.self) { try Webhook.parse(body: body) }
                continue
            }
            if let lost = try loss(body) {
                Testing.Issue.record("seed \(seed), round \(round): \(lost) of \(body.text)")
                return
            }
        }
    }

    @Test(arguments: [0x5EED, UInt64.random(in: 0 ... .max)]) func survivesCutsAndFlips(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        for round in 0..<3000 {
            guard var body = WebhookCase.all.randomElement(using: &random)?.body else { return }
            for _ in 0..<Int.random(in: 1...3, using: &random) where !body.isEmpty {
                let at = Int.random(in: body.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body.removeSubrange(at...)
                case 1: body[at] = .random(in: 0 ... .max, using: &random)
                default: body.removeSubrange(at..<min(body.count, at + 20))
                }
            }
            do {
                let document = try Webhook.parse(body: body)
                let isReadable = (try? Tape.read(document, .tolerant) { $0["events"]?.isArray }) == true
                if !isReadable { Testing.Issue.record("seed \(seed), round \(round): \(body.text) became \(document.text)") }
            } catch {
                #expect(error.code == .badJSON, "seed \(seed), round \(round)")
            }
        }
    }

    @Test(arguments: ["[]", "null", "5", #""x""#, "true", "", " ", "{", "{}x", "\u{feff}{}", String(repeating: "[", count: 3_000_000)])
    func refusesWhatIsNoObject(_ text: String) {
        do {
            _ = try Webhook.parse(body: Array(text.utf8))
            Testing.Issue.record("read")
        } catch {
            #expect(error.code == .badJSON)
        }
    }
}
