// A message whose caller blocks: queues keep nobody alive, so the engine has to, from the submit to the outcome.
import Testing
@testable import WABiz
@testable import WABizClient

@Suite struct AwaitedTests {
    @Test func itIsKeptUntilItsOutcome() throws {
        let config = #"{"access_token":"t","phone_number_id":"106","base_url":"http://127.0.0.1:1","proxy":"","max_attempts":1}"#
        let configuration = try Configuration(json: Array(config.utf8))
        let engine = try Engine(LiveAccount(configuration.account), configuration.transport, configuration.delivery)
        let message = try Message(json: Array(#"{"to":"+15550001234","text":"Hello"}"#.utf8))
        try unsafe message.posting { (posting) throws(Failure) in
            weak var job: Job? = try unsafe engine.submit(posting, SubmitOptions(), owner: 0, isAwaited: true)
            #expect(job != nil)
            #expect(throws: Failure.self) { try engine.finish() }
            #expect(job == nil)
        }
    }
}
