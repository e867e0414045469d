// Counters and the latency histogram: what is counted, how exact percentiles are, and that memory is bounded.
import Testing
@testable import WABiz

@Suite struct StatisticsTests {
    @Test func percentilesAreWithinThreePercent() {
        var numbers = SeededNumbers(seed: 4)
        for span in [50, 3000, 1_000_000, 600_000_000, 1 << 39] as [Int64] {
            var histogram = Histogram()
            let values = (0..<5000).map { _ in Int64.random(in: 0...span, using: &numbers) }.sorted()
            for value in values.shuffled(using: &numbers) { histogram.record(microseconds: value) }
            for percent in [1, 50, 90, 99, 100] {
                let exact = values[max(5000 * percent / 100, 1) - 1]
                let found = histogram.percentile(percent)
                #expect(found >= exact && found - exact <= exact / 31, "\(span), \(percent): \(found) for \(exact)")
            }
            #expect(histogram.longest == values.last)
            #expect(histogram.count == 5000)
        }
    }

    @Test func oddTimes() {
        var histogram = Histogram()
        #expect(histogram.percentile(50) == 0)
        #expect(histogram.document.text == "null")
        for value in [.min, -1, 0] as [Int64] { histogram.record(microseconds: value) }
        #expect(histogram.percentile(99) == 0)
        histogram.record(microseconds: .max)
        #expect(histogram.percentile(100) == 1 << 40 - 1)
        for power in 0..<63 { histogram.record(microseconds: 1 << power) }
        var one = Histogram()
        one.record(microseconds: 12_345)
        #expect(one.document.text == #"{"p50":12.345,"p90":12.345,"p99":12.345,"max":12.345}"#)
    }

    @Test func everyOutcomeIsCounted() {
        var statistics = Statistics()
        statistics.sent = 9
        statistics.retried = 2
        statistics.bytesOut = 1000
        statistics.bytesIn = 2000
        statistics.connections = 1
        statistics.noteSuccess()
        statistics.noteSuccess()
        for loss in [
            Failure(.refused, "x", graph: GraphError(code: 131056)), Failure(.refused, "x", graph: GraphError(code: 131056, httpStatus: 400)),
            Failure(.refused, "x", graph: GraphError(code: 4)), Failure(.refused, "x", graph: GraphError(code: nil, httpStatus: 503)),
            Failure(.refused, "x"), Failure(.unreachable, "x"), Failure(.uncertain, "x"), Failure(.cancelled, "x"), Failure(.noMemory, "x"),
        ] { statistics.noteLoss(loss) }
        #expect(
            statistics.document.text
                == #"{"sent":9,"accepted":2,"refused":{"4":1,"131056":2,"http_503":1,"other":1},"unreachable":1,"uncertain":1,"cancelled":1,"#
                + #""failed_otherwise":1,"retried":2,"bytes_out":1000,"bytes_in":2000,"connections":1,"latency_ms":null}"#)
    }

    @Test func codesAreBounded() throws {
        var statistics = Statistics()
        for code in 0..<5000 { statistics.noteLoss(Failure(.refused, "x", graph: GraphError(code: code))) }
        let text = statistics.document.text
        #expect(text.utf8.count < 6000)
        #expect(text.contains(#""299":1,"other":4700"#))
    }
}
