// Every case of the corpus gives exactly the issues that stand in its file, and every type of the table has cases.
import CJansson
import Testing
@testable import WABiz

/// Whether two texts are the same JSON, numbers by value.
func sameJSON(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    func load(_ bytes: [UInt8]) -> UnsafeMutablePointer<json_t>? {
        bytes.withUnsafeBytes { json_loadb($0.bindMemory(to: CChar.self).baseAddress, bytes.count, Int(JSON_DECODE_ANY), nil) }
    }
    let (left, right) = (load(left), load(right))
    defer {
        wabiz_json_release(left)
        wabiz_json_release(right)
    }
    return left != nil && json_equal(left, right) == 1
}

/// The errors and warnings of a message, as a line each.
func issueLines(_ report: Report) -> String { report.issues.map { "\n  \($0.tree.text)" }.joined() }

@Suite struct MessageCorpusTests {
    @Test func isReadable() {
        #expect(MessageCorpus.cases.count > 100)
        #expect(MessageCorpus.unreadable == [])
    }

    @Test(arguments: MessageCorpus.cases) func reportsExactly(_ one: MessageCase) throws {
        let report = try Message.report(json: one.message, options: one.messageOptions())
        #expect(report.isValid == one.isValid, "\(issueLines(report))")
        #expect(report.type == one.type)
        var left = try report.issues.map { try JSONValue(text: $0.tree.text) }
        for expected in try one.issues.map({ try JSONValue(text: String(decoding: $0, as: UTF8.self)) }) {
            guard case .object(let members) = expected, expected["path"] != nil, expected["code"] != nil, expected["severity"] != nil else {
                Testing.Issue.record("an issue needs severity, path and code: \(expected)")
                continue
            }
            let found = left.firstIndex { issue in members.allSatisfy { issue[$0.name] == $0.value } }
            if let found { left.remove(at: found) } else { Testing.Issue.record("expected \(expected), found\(issueLines(report))") }
        }
        #expect(left.isEmpty, "not expected: \(left)")
        for issue in report.issues { #expect(!issue.message.isEmpty && !issue.rule.isEmpty) }
    }

    /// What passes the check is built, what is built passes the check, and a complete payload is written as it stands.
    @Test(arguments: MessageCorpus.cases) func buildsWhatIsValid(_ one: MessageCase) throws {
        let options = try one.messageOptions()
        guard one.isValid else {
            let failure = #expect(throws: Failure.self) { try Message(json: one.message, options: options) }
            #expect(failure?.code == .invalid && failure?.issues.contains { $0.severity == .error } == true)
            return
        }
        let message = try Message(json: one.message, options: options)
        #expect(message.type == one.type)
        if let payload = one.payload {
            #expect(sameJSON(message.payload, payload), "\(String(decoding: message.payload, as: UTF8.self))")
        } else {
            #expect(message.payload == one.message)
        }
        if message.readMessageID == nil || options.api != .onPremises {
            let again = try Message.report(json: message.payload, options: options)
            #expect(again.isValid && again.type == message.type, "\(issueLines(again))")
        }
    }

    @Test func coversEveryCheckedTypeInEveryDialect() throws {
        for api in API.allCases {
            let cases = try MessageCorpus.cases.filter { try $0.messageOptions().api == api }
            for type in MessageTable.types where type.isChecked {
                let refused = type.misplaced.first { $0.0.contains(Dialects(api)) }?.1 == .error
                let of = cases.filter { $0.type == "\(type.word)" }
                #expect(refused || of.contains { $0.isValid }, "no valid case of \(type.word) for \(api)")
                #expect(of.contains { !$0.isValid }, "no invalid case of \(type.word) for \(api)")
            }
        }
        for type in MessageTable.types where !type.isChecked {
            #expect(MessageCorpus.cases.contains { $0.type == "\(type.word)" }, "no case of \(type.word)")
        }
    }

    /// Every code of an issue is given by some case; the rules have tests of their own (RuleTests).
    @Test func givesEveryCode() throws {
        var codes: Set<WABiz.Issue.Code> = []
        for one in MessageCorpus.cases { codes.formUnion(try Message.report(json: one.message, options: one.messageOptions()).issues.map(\.code)) }
        #expect(WABiz.Issue.Code.allCases.filter { !codes.contains($0) } == [])
    }
}

extension MessageType {
    /// Whether the table looks into the content.
    var isChecked: Bool { if case .unchecked = content { false } else { true } }
}
