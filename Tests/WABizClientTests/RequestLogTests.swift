// The log of a client: one line per request and decision on a descriptor of the caller's, whole lines only, never waited for, and
// nothing in them that is nobody's business.
import Foundation
import Testing
import WABiz
import WABizClient

private let hello = Array(#"{"to":"+15550001234","text":"Hello Ada"}"#.utf8)

private func open(_ server: LoopbackServer, log: Int32, _ more: String = "") throws -> Client {
    try Client(config: Array(#"{"access_token":"EAAG-secret","phone_number_id":"106","base_url":"\#(server.url)","proxy":"","log":\#(log)\#(more)}"#.utf8))
}

private func refused(_ status: Int, _ code: Int) -> LoopbackServer.Act {
    .answer(LoopbackServer.http(status, #"{"error":{"code":\#(code),"message":"+15550001234","error_data":{"details":"EAAG-secret"}}}"#))
}

/// What was written, line by line, once the writer is gone.
private func lines(_ pipe: Pipe) throws -> [[String: Any]] {
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    for secret in ["EAAG-secret", "15550001234", "Ada", "wamid"] { #expect(!text.contains(secret)) }
    #expect(text.isEmpty || text.hasSuffix("\n"))
    return try text.split(separator: "\n").map { try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
}

@Suite struct RequestLogTests {
    @Test func requestsAndDecisions() throws {
        let server = try LoopbackServer(refused(400, 130429), .answer(LoopbackServer.http(200, LoopbackServer.accepted)), refused(400, 100))
        defer { server.stop() }
        let pipe = Pipe()
        let client = try open(server, log: pipe.fileHandleForWriting.fileDescriptor, #","max_attempts":2"#)
        _ = try client.send(json: hello)
        #expect(throws: Failure.self) { try client.send(json: hello) }
        try client.cancel(client.submit(json: hello))
        let log = try lines(pipe)
        #expect(log.compactMap { $0["event"] as? String } == ["request", "pace", "retry", "request", "request", "outcome", "outcome"])
        #expect(log.compactMap { $0["ticket"] as? Int } == [1, 1, 1, 2, 2, 3])
        #expect(log.compactMap { $0["result"] as? String } == ["refused", "refused", "ok", "refused", "refused", "cancelled"])
        #expect(log[0]["code"] as? Int == 130429)
        #expect(log[0]["phone_number_id"] as? String == "106")
        #expect(log[1]["effective"] as? Int == 40)
        #expect(log[3]["attempt"] as? Int == 2)
        #expect(log.allSatisfy { ($0["time_ms"] as? Int ?? 0) > 1_700_000_000_000 })
    }

    @Test func aFullPipeIsNotWaitedFor() throws {
        let server = try LoopbackServer(.answer(LoopbackServer.http(200, LoopbackServer.accepted)))
        defer { server.stop() }
        let pipe = Pipe()
        let writer = pipe.fileHandleForWriting.fileDescriptor
        let setPipeSize: Int32 = 1031 // F_SETPIPE_SZ of Linux
        #expect(fcntl(writer, setPipeSize, 4096) >= 4096)
        let client = try open(server, log: writer, #","messages_per_second":0,"pair_interval_ms":0"#)
        // Some forty lines find room.
        for _ in 0..<200 { _ = try client.send(json: hello) }
        let log = try lines(pipe)
        #expect(1...100 ~= log.count)
    }

    @Test func nobodyReadsAnyMore() throws {
        let server = try LoopbackServer(.answer(LoopbackServer.http(200, LoopbackServer.accepted)))
        defer { server.stop() }
        let pipe = Pipe()
        let client = try open(server, log: pipe.fileHandleForWriting.fileDescriptor)
        try pipe.fileHandleForReading.close()
        for _ in 0..<3 { #expect(try client.send(json: hello).messageID == "wamid.T") }
        try client.cancel(client.submit(json: hello))
    }

    @Test func aDescriptorThatIsNotOpen() throws {
        let server = try LoopbackServer(.answer(""))
        defer { server.stop() }
        #expect { try open(server, log: 1_000_000) } throws: { ($0 as? Failure)?.message.contains("\"log\" is 1000000, which is no open descriptor") == true }
    }
}
