// The options of a message: all of them, none, and each of them wrong.
import Testing
@testable import WABiz

@Suite struct MessageOptionsTests {
    private func read(_ text: String?, _ defaults: MessageOptions = MessageOptions()) throws(Failure) -> MessageOptions {
        try MessageOptions(json: text.map { Array($0.utf8) }, defaults: defaults)
    }

    @Test func noneKeepsTheDefaults() throws {
        for text in [nil, "{}", " {\n} "] {
            let options = try read(text)
            #expect(options.api == .cloud && options.unknownMembers == .warning && options.now == nil)
            let client = try read(text, MessageOptions(api: .onPremises, unknownMembers: .error, now: 7))
            #expect(client.api == .onPremises && client.unknownMembers == .error && client.now == 7)
        }
    }

    @Test func all() throws {
        for api in API.allCases {
            let options = try read(#"{"api":"\#(api.rawValue)","unknown_members":"error","now":1767225600}"#)
            #expect(options.api == api && options.unknownMembers == .error && options.now == 1_767_225_600)
        }
        #expect(try read(#"{"unknown_members":"warn"}"#, MessageOptions(unknownMembers: .error)).unknownMembers == .warning)
        #expect(try read(#"{"\u0061pi":"on_premises"}"#).api == .onPremises)
    }

    @Test(arguments: [
        #"{"api":"sms"}"#, #"{"api":"Cloud"}"#, #"{"api":1}"#, #"{"api":null}"#, #"{"api":[]}"#, #"{"unknown_members":"ignore"}"#, #"{"unknown_members":true}"#,
        #"{"unknown_members":null}"#, #"{"now":"today"}"#, #"{"now":-1}"#, #"{"now":1.5}"#, #"{"now":"1767225600"}"#, #"{"now":null}"#, #"{"API":"cloud"}"#, #"{"colour":1}"#,
        #"{"":1}"#, #"{"api":"cloud","api":"cloud"}"#, "[]", "5", "null", #""cloud""#,
    ]) func wrongOnesSayWhatIsRight(_ text: String) {
        let failure = #expect(throws: Failure.self) { try read(text) }
        #expect(failure?.code == .badArgument && failure?.retry == .afterFix && failure?.message.isEmpty == false)
    }

    @Test(arguments: ["", " ", "{", "nonsense", "{\"api\":}", "{\"now\":99999999999999999999}"]) func whatIsNoJSON(_ text: String) {
        let failure = #expect(throws: Failure.self) { try read(text) }
        #expect(failure?.code == .badJSON && failure?.position != nil)
    }

    @Test func aLongNameIsNotRepeatedInFull() {
        let failure = #expect(throws: Failure.self) { try read(#"{"\#(String(repeating: "x", count: 1_000_000))":1}"#) }
        #expect(failure?.code == .badArgument && (failure?.message.utf8.count ?? 0) < 1000)
    }
}
