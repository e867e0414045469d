// Messages of a size that nobody writes by hand: thousands of members, elements, repeated and escaped names, and
// characters that are slow to count. A walk that is quadratic anywhere would not end; what comes out is bounded and right.
import Testing
@testable import WABiz

@Suite struct HostileSizeTests {
    private static let many = 12_000
    private static let envelope = #""messaging_product":"whatsapp","recipient_type":"individual","to":"+15550001234""#
    private static let text = #"{"to":"+15550001234","text":"Hi","#

    private static func list(_ count: Int = many, _ element: (Int) -> String) -> String { (0..<count).map(element).joined(separator: ",") }

    private static func template(_ components: String) -> String {
        #"{\#(envelope),"type":"template","template":{"name":"a","language":{"code":"en"},"components":[\#(components)]}}"#
    }

    private func report(_ text: String) throws -> Report { try Message.report(json: Array(text.utf8)) }

    @Test func unknownMembers() throws {
        for text in [Self.text + Self.list { #""k\#($0)":1"# } + "}", #"{\#(Self.envelope),"type":"text","text":{"body":"Hi"},\#(Self.list { #""\u006d\#($0)":1"# })}"#] {
            let report = try report(text)
            #expect(report.isValid && report.issues.count == Validation.most && report.omitted == Self.many - Validation.most)
            #expect(report.issues.allSatisfy { $0.code == .unknownMember && $0.path.utf8.count > 2 })
        }
    }

    /// An error does not hide behind the warnings before it, and the count goes on.
    @Test func anErrorBehindWarnings() throws {
        let report = try report(#"{\#(Self.envelope),"type":"text",\#(Self.list { #""k\#($0)":1"# }),"text":{"body":5},"context":5}"#)
        #expect(report.issues.filter { $0.severity == .error }.map(\.path).sorted() == ["/context", "/text/body"])
        #expect(report.issues.count + report.omitted == Self.many + 2)
    }

    @Test(arguments: [#""k":1"#, #""text":"x""#, #""\u006b":1"#]) func repeatedNames(_ member: String) throws {
        let report = try report(#"{"to":"+15550001234","text":"x","# + Self.list { _ in member } + "}")
        #expect(!report.isValid && report.issues.contains { $0.code == .notUnique } && report.omitted > Self.many - 2001)
    }

    @Test func repeatedNamesFarDown() throws {
        let inside = #"{"a":"#
        let text = Self.text + #""z":"# + String(repeating: inside, count: 1500) + "[" + Self.list(20_000) { _ in #"{"a":1,"a":2}"# } + "]" + String(repeating: "}", count: 1501)
        let report = try report(text)
        #expect(report.issues.count { $0.code == .notUnique } >= Validation.most - 1)
        #expect(report.issues.last?.path.hasPrefix("/z/a/a") == true && report.issues.last?.path.hasSuffix("/a") == true)
    }

    @Test(arguments: [#"{"type":"button"}"#, #"{"type":"body"}"#, "1", #"{"type":"carousel","cards":[]}"#, #"{"type":"button","sub_type":"quick_reply","index":0,"parameters":[{"type":"payload","payload":"x"}]}"#])
    func components(_ component: String) throws {
        let report = try report(Self.template(Self.list { _ in component }))
        #expect(!report.isValid && report.issues.count <= Validation.most && report.omitted > Self.many - 2001)
    }

    @Test func parameters() throws {
        let good = try report(Self.template(#"{"type":"body","parameters":[\#(Self.list { #"{"type":"text","text":"x","parameter_name":"n\#($0)"}"# })]}"#))
        #expect(good.isValid && good.issues.isEmpty)
        let twice = try report(Self.template(#"{"type":"body","parameters":[\#(Self.list { #"{"type":"text","text":"x","parameter_name":"n\#($0 / 2)"}"# })]}"#))
        #expect(twice.issues.count == Validation.most && twice.omitted == Self.many / 2 - Validation.most)
    }

    /// Each problem of a configuration lists what would be right: a million of them would not be read.
    @Test func configurations() throws {
        let text = #"{"access_token":"t","phone_number_id":"1",\#(Self.list { #""k\#($0)":1"# })}"#
        let failure = try #require(throws: Failure.self) { try Configuration(json: Array(text.utf8)) }
        #expect(failure.code == .badArgument && failure.message.utf8.count < 20_000)
        #expect(failure.message.hasSuffix("There are \(Self.many - 20) more."))
    }

    /// The pointers of a thousand issues are led back through arrays and objects of any size.
    @Test func shortBodies() throws {
        let head = #"{"to":"+15550001234","template":"a","language":"en","#
        let array = try report(head + #""body":[\#(Self.list { $0 < Self.many - 1000 ? #""x""# : "5" })]}"#)
        #expect(array.issues.map(\.path) == (Self.many - 1000..<Self.many).map { "/body/\($0)" })
        let object = try report(head + #""body":{\#(Self.list { #""k\#($0)":\#($0 < Self.many - 1000 ? #""x""# : "5")"# })}}"#)
        #expect(object.issues.map(\.path) == (Self.many - 1000..<Self.many).map { "/body/k\($0)" })
        let buttons = try report(head + #""header":"h","buttons":[\#(Self.list { _ in #"{"url":1,"payload":2}"# })]}"#)
        #expect(buttons.issues.count <= 2 * Validation.most && buttons.issues.contains { $0.path == "/buttons/0" && $0.code == .exactlyOneOf })
        #expect(buttons.issues.contains { $0.path == "/buttons/0/url" && $0.code == .wrongType })
    }

    @Test func whatDoesNotFitWhenWrittenOut() throws {
        let text = Self.text.dropLast(4) + String(repeating: "x", count: JSONBounds.bytes - 40) + #""}"#
        let failure = #expect(throws: Failure.self) { try Message.report(json: Array(text.utf8)) }
        #expect(failure?.code == .badJSON && failure?.position == nil && failure?.message.contains("Written out") == true)
        let deep = #"{"to":"+15550001234","template":"a","language":"en","body":["# + String(repeating: "[", count: 2044) + String(repeating: "]", count: 2044) + "]}"
        #expect(throws: Failure.self) { try Message.report(json: Array(deep.utf8)) }
    }

    /// Flags, joined emoji and piled accents: counted from the front only, and cut short in messages.
    @Test(arguments: ["🇦", "e\u{301}", "\u{301}", "👩\u{200D}", "क्", "\u{600}"]) func slowCharacters(_ character: String) throws {
        let run = String(repeating: character, count: 200_000 / character.utf8.count)
        let texts = [
            #"{"to":"+15550001234","text":"\#(run)"}"#, #"{"to":"\#(run)","text":"x"}"#, #"{"to":"+15550001234","image":"https://\#(run)"}"#,
            #"{"to":"+15550001234","reaction":"\#(run)","message_id":"wamid.A"}"#, #"{"to":"+15550001234","text":"x","\#(run)":1}"#, #"{\#(Self.envelope),"type":"\#(run)"}"#,
            Self.template(#"{"type":"header","parameters":[{"type":"document","document":{"id":"1","filename":"a.\#(run)"}}]}"#),
            Self.template(#"{"type":"body","parameters":[{"type":"text","text":"\#(run)","parameter_name":"\#(run)"}]}"#),
        ]
        for text in texts {
            let report = try report(text)
            #expect(!report.issues.isEmpty || report.isValid)
            #expect(report.issues.allSatisfy { $0.message.utf8.count < 2000 })
        }
    }

    @Test(arguments: [
        #"{"to":"+15550001234","text":\#(String(repeating: "1", count: 1_000_000))}"#,
        #"{"to":"+15550001234","text":\#(String(repeating: "1", count: 500_000)).\#(String(repeating: "1", count: 500_000))}"#,
    ]) func longNumbers(_ text: String) { #expect(throws: Failure.self) { try Message.report(json: Array(text.utf8)) } }
}
