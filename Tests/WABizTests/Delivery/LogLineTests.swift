// The lines of a client's log: each kind as it is written, and that nothing of a message, a secret or Meta's words is in them.
import Testing
@testable import WABiz

private func text(_ line: LogLine) -> String { String(decoding: line.text(1_767_225_600_123), as: UTF8.self) }

private let refusal = Failure(
    .refused, "Meta's words: call +15550001234 with EAAGtoken", retry: .backoff,
    graph: GraphError(code: 131056, name: "x", httpStatus: 400, message: "+15550001234", details: "EAAGtoken"))

@Suite struct LogLineTests {
    @Test func everyKindOfLine() {
        let time = #"{"time_ms":1767225600123,"event":"#
        let refused = #""result":"refused","retry":"backoff","http_status":400,"code":131056"#
        #expect(
            text(.request(ticket: 7, attempt: 1, number: "106", .init(httpStatus: 200), microseconds: 61_204))
                == time + #""request","ticket":7,"attempt":1,"phone_number_id":"106","result":"ok","http_status":200,"ms":61.204}"# + "\n")
        #expect(
            text(.request(ticket: 7, attempt: 2, number: "", .init(refusal), microseconds: 5))
                == time + #""request","ticket":7,"attempt":2,\#(refused),"ms":0.005}"# + "\n")
        #expect(text(.retry(ticket: 7, after: 4000, .init(refusal))) == time + #""retry","ticket":7,"after_ms":4000,\#(refused)}"# + "\n")
        #expect(text(.pair(ticket: 7, wait: 6000)) == time + #""pair_wait","ticket":7,"after_ms":6000}"# + "\n")
        #expect(
            text(.outcome(ticket: 7, attempts: 4, .init(Failure(.cancelled, "x", retry: .backoff))))
                == time + #""outcome","ticket":7,"attempts":4,"result":"cancelled","retry":"backoff"}"# + "\n")
        #expect(
            text(.pace(number: "106", limit: 80, effective: 40, stopped: 60_000, why: .code(130429)))
                == time + #""pace","phone_number_id":"106","limit":80,"effective":40,"stopped_ms":60000,"why":"Meta's error 130429"}"# + "\n")
        #expect(text(.login(.init(.failure(refusal)), microseconds: 1_000_000)) == time + #""login",\#(refused),"ms":1000.000}"# + "\n")
    }

    @Test func extremeNumbers() {
        for number in [Int64.min, -1, 0, .max] {
            let line = text(.request(ticket: .max, attempt: .max, number: "1", .init(httpStatus: .max), microseconds: number))
            #expect(throws: Never.self) { try Tape.read(Array(line.dropLast().utf8)) { _ in () } }
        }
    }
}
