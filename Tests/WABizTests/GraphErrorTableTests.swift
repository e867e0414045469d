// The table of error codes: every row is read, and codes are looked up in the right number space.
import Testing
@testable import WABiz

@Suite struct GraphErrorTableTests {
    @Test func readsEveryRow() {
        let lines = ErrorCodes.table.description.split(separator: "\n")
        #expect(ErrorTable.rows.count == lines.count - 1)
        #expect(ErrorTable.rows.count == 257)
        #expect(ErrorTable.rows.filter(\.isOnPremises).count == 80)
        for row in ErrorTable.rows {
            #expect(!row.name.isEmpty && !row.meaning.isEmpty && !row.source.isEmpty && !row.category.isEmpty)
            #expect(["sync", "webhook", "both"].contains(row.where), "\(row.codes)")
            #expect(row.httpStatuses.allSatisfy { 100...599 ~= $0 }, "\(row.codes)")
        }
    }

    @Test func codesAreUniqueWithinTheirSpace() {
        let keys = ErrorTable.rows.map { "\($0.isOnPremises) \($0.codes)" }
        #expect(Set(keys).count == keys.count)
    }

    @Test(arguments: [
        (131056, false, Verdict.backoff), (190, false, .afterFix), (1, false, .uncertain), (131000, false, .uncertain),
        (131049, false, .waitWindow), (131050, false, .never), (200, false, .afterFix), (250, false, .afterFix),
        (299, false, .afterFix), (2046, false, .afterFix), (2046, true, .afterFix), (2040, true, .never), (429, true, .backoff),
        (1015, true, .backoff), (1026, true, .never), (2061, true, .waitWindow),
    ]) func knowsTheVerdict(_ code: Int, _ onPremises: Bool, _ verdict: Verdict) {
        #expect(ErrorTable.row(code: code, onPremises: onPremises)?.verdict == verdict)
    }

    @Test(arguments: [(429, false), (131056, true), (300, false), (199, false), (-1, false), (Int.max, false), (Int.min, true), (250, true)])
    func doesNotKnow(_ code: Int, _ onPremises: Bool) {
        #expect(ErrorTable.row(code: code, onPremises: onPremises) == nil)
    }

    @Test func theRangeStandsBehindItsOwnCode() {
        #expect(ErrorTable.row(code: 200, onPremises: false)?.name == "API Permission / no access token")
        #expect(ErrorTable.row(code: 201, onPremises: false)?.codes == 200...299)
    }

    @Test(arguments: [
        "x", "1\t2", "a\t400\tgraph\tn\tsync\tnever\tm\ts", "1\t400\tgraph\tn\tsync\tperhaps\tm\ts", "9-1\t-\tg\tn\tsync\tnever\tm\ts",
        "1-2-3\t-\tg\tn\tsync\tnever\tm\ts", "1\t-\tg\tn\tsync\tnever\tm\ts\textra", "-\t-\tg\tn\tsync\tnever\tm\ts",
    ]) func leavesOutWhatIsNoRow(_ line: String) {
        let row = "7\t-\tg\tn\tsync\tnever\tm\ts"
        #expect(ErrorTable.read("names\n\(line)\n\(row)\n").map(\.codes) == [7...7])
    }

    @Test func describes() throws {
        try Tape.read(ErrorTable.description.bytes) { root in
            let rows = root["errors"]
            #expect(rows?.count == 257)
            let throttle = rows?.elements.first { $0["code"]?.integer == 131056 }
            #expect(throttle?["retry"]?.string == "backoff")
            #expect(throttle?["http_status"]?.count == 2)
            #expect(rows?.elements.contains { $0["last_code"]?.integer == 299 } == true)
        }
    }
}
