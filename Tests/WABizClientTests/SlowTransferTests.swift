// A transfer in which nothing moves ends after "low_speed_seconds", long before the time limit of the whole request.
import Testing
import WABiz
import WABizClient

@Suite struct SlowTransferTests {
    @Test func nothingMoves() throws {
        let begun = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"messages\":"
        let server = try LoopbackServer(.answer(begun))
        defer { server.stop() }
        let client = try Client(
            config: Array(#"{"access_token":"t","phone_number_id":"1","base_url":"\#(server.url)","proxy":"","low_speed_seconds":2,"timeout_ms":600000}"#.utf8))
        do throws(Failure) {
            _ = try client.send(json: Array(#"{"to":"+15550001234","text":"Hello"}"#.utf8))
            Issue.record("there was a receipt")
        } catch {
            #expect(error.code == .uncertain)
            #expect(error.message.contains("too slow"))
        }
        #expect(server.requests.count == 1)
    }
}
