// How findings and failures read in a terminal; their JSON is the library's.
import Foundation
import WABiz

enum Listing {
    enum Colour: String {
        case good = "32"
        case bad = "31"
        case doubtful = "33"
    }

    /// Colours are for people at a terminal who have not asked to be spared them (https://no-color.org).
    static func paint(_ text: String, _ colour: Colour) -> String { isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text }

    private static let isColoured: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }()

    /// One line per issue, columns aligned.
    static func lines(_ issues: [Issue]) -> String {
        let paths = issues.map { $0.path.isEmpty ? "(root)" : $0.path }
        let width = min(paths.map(\.count).max() ?? 0, 48)
        return zip(issues, paths).map { issue, path in
            "  \(paint(issue.severity.rawValue.padding(to: 8), issue.severity == .error ? .bad : .doubtful)) \(path.padding(to: width))  \(issue.message)  [\(issue.code.rawValue) \(issue.rule)]"
        }.joined(separator: "\n")
    }

    /// A failure in sentences: what happened, every issue, Meta's own words, and whether to try again.
    static func lines(_ failure: Failure) -> String {
        var lines = ["\(failure.code.rawValue): \(failure.message)"]
        if !failure.issues.isEmpty { lines.append(self.lines(failure.issues)) }
        if let graph = failure.graph {
            let code = graph.code.map(String.init) ?? "none"
            let status = graph.httpStatus.map { ", HTTP \($0)" } ?? ""
            lines.append("  Meta's code: \(code)\(graph.name.map { " " + $0 } ?? "")\(status)")
            if let details = graph.details { lines.append("  Details: \(details)") }
            if let trace = graph.traceID { lines.append("  fbtrace_id: \(trace)") }
        }
        lines.append("  Again? \(advice(failure.retry))")
        return lines.joined(separator: "\n")
    }

    private static func advice(_ verdict: Verdict) -> String {
        switch verdict {
        case .never: "No, not this message to this person."
        case .afterFix: "Only after something was changed."
        case .backoff: "Yes, after a pause that grows."
        case .waitWindow: "Yes, once the condition above holds."
        case .uncertain: "It may have gone out: sending it again may duplicate it. Wait for its webhooks."
        }
    }
}

/// A line on standard output.
func write(_ text: String) { write(Array(text.utf8)) }

/// Bytes and a line end on standard output.
func write(_ bytes: [UInt8]) { try? FileHandle.standardOutput.write(contentsOf: Data(bytes + [0x0A])) }

/// Lines on standard error.
func warn(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8)) }
