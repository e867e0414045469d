// Meta's error codes: what each is called, where it is met and whether the same message may be sent again.
// The rows stand in ErrorCodes.swift; here they are read once and looked up.

/// One error code of Meta's.
public struct ErrorRow: Sendable {
    /// The code; the Graph permission codes stand as one range.
    public let codes: ClosedRange<Int>
    /// Meta's title.
    public let name: String
    /// A group word such as `throttle`; `onprem` is the On-Premises client's own number space.
    public let category: String
    /// The HTTP statuses it was seen with; empty when no source gives one.
    public let httpStatuses: [Int]
    /// `sync` (in the answer to a call), `webhook` or `both`. A hint: any code may turn up in either place.
    public let `where`: String
    public let verdict: Verdict
    /// What it means and what to do, in one sentence.
    public let meaning: String
    /// Where we know it from, as a short key.
    public let source: String

    public var isOnPremises: Bool { category == "onprem" }
    var isRange: Bool { codes.lowerBound < codes.upperBound }

    var tree: Tree {
        .object([
            ("code", .integer(codes.lowerBound)), ("last_code", isRange ? .integer(codes.upperBound) : nil),
            ("name", .string(name)), ("category", .string(category)), ("on_premises", .bool(isOnPremises)),
            ("http_status", .array(httpStatuses.map(Tree.integer))), ("where", .string(`where`)),
            ("retry", .string(verdict.rawValue)), ("meaning", .string(meaning)), ("source", .string(source)),
        ])
    }
}

/// The table of error codes.
public enum ErrorTable {
    /// Every row, in the order they are written.
    public static let rows: [ErrorRow] = read(ErrorCodes.table.description)

    /// The row of a code, or nil when it is unknown.
    /// - Parameter onPremises: whether the On-Premises client answered: its numbers mean other things.
    public static func row(code: Int, onPremises: Bool) -> ErrorRow? {
        if let row = singles[Key(code: code, onPremises: onPremises)] { return row }
        // The payment codes 2040, 2046 and 2047 are of the client's kind, though Cloud's pages list them.
        if onPremises { return 2000...2999 ~= code ? singles[Key(code: code, onPremises: false)] : nil }
        return ranges.first { $0.codes.contains(code) }
    }

    /// The table as `wabiz_describe("errors")` prints it: `{"errors":[…]}`.
    public static var description: Tree { ["errors": .array(rows.map(\.tree))] }

    private struct Key: Hashable {
        var code: Int
        var onPremises: Bool
    }

    private static let singles = Dictionary(
        rows.filter { !$0.isRange }.map { (Key(code: $0.codes.lowerBound, onPremises: $0.isOnPremises), $0) },
        uniquingKeysWith: { first, _ in first })

    private static let ranges = rows.filter(\.isRange)

    /// Reads rows of tab-parted columns behind a line of column names. A line that is no row is left out; a test counts.
    static func read(_ table: String) -> [ErrorRow] {
        table.split(separator: "\n").dropFirst().compactMap { row(line: $0) }
    }

    private static func row(line: Substring) -> ErrorRow? {
        var columns = line.split(separator: "\t", omittingEmptySubsequences: false).makeIterator()
        guard let codes = columns.next().flatMap(codes(written:)), let statuses = columns.next(), let category = columns.next(),
            let name = columns.next(), let place = columns.next(),
            let verdict = columns.next().flatMap({ Verdict(rawValue: String($0)) }),
            let meaning = columns.next(), let source = columns.next(), columns.next() == nil
        else { return nil }
        return ErrorRow(
            codes: codes, name: String(name), category: String(category),
            httpStatuses: statuses.split(separator: "|").compactMap { Int($0) }, where: String(place), verdict: verdict,
            meaning: String(meaning), source: String(source))
    }

    /// `190` or `200-299`.
    private static func codes(written text: Substring) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last, first <= last, ends.count <= 2 else { return nil }
        return first...last
    }
}
