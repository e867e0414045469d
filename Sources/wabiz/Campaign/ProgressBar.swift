// One line on a terminal that is written over: how far a campaign is, how fast it goes and how long it will take.
import Foundation

struct ProgressBar {
    private let total: Int
    private let isShown: Bool
    private var shown = 0.0
    private var before: (time: Double, done: Int)?
    private var rate: Double?

    /// Shown only where standard error is a terminal that can go back to the beginning of a line.
    init(total: Int) {
        self.total = total
        isShown = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// - Parameter done: messages that have an outcome, those of earlier runs among them.
    mutating func show(_ done: Int, _ counts: [Fate: Int], isStopping: Bool, isLast: Bool = false) {
        guard isShown else { return }
        let now = ProcessInfo.processInfo.systemUptime
        guard isLast || now - shown >= 0.1 else { return }
        shown = now
        measure(done, now)
        let words = [
            "\(done)/\(total)", rate.map { String(format: "%.1f/s", $0) } ?? "", "\(counts[.accepted, default: 0]) accepted",
            "\(counts[.refused, default: 0] + counts[.invalid, default: 0]) refused",
            counts[.uncertain].map { $0 > 0 ? "\($0) uncertain" : "" } ?? "", isStopping ? "stopping" : left(done),
        ]
        let text = words.filter { !$0.isEmpty }.joined(separator: "  ")
        write("\r" + fitted(text, done) + "\u{1B}[K" + (isLast ? "\n" : ""))
    }

    /// The rate of the last seconds; what is older counts less and less.
    private mutating func measure(_ done: Int, _ now: Double) {
        guard let earlier = before else { return before = (now, done) }
        let passed = now - earlier.time
        guard passed >= 0.5 else { return }
        let current = Double(done - earlier.done) / passed
        let weight = 1 - exp(-passed / 5)
        rate = rate.map { $0 + (current - $0) * weight } ?? current
        before = (now, done)
    }

    private func left(_ done: Int) -> String {
        guard let rate, rate > 0.01 else { return "" }
        let seconds = Double(total - done) / rate
        guard seconds < 360_000 else { return "" }
        let whole = Int(seconds.rounded(.up))
        let clock = String(format: whole < 3600 ? "%d:%02d" : "%d:%02d:%02d", whole < 3600 ? whole / 60 : whole / 3600, whole < 3600 ? whole % 60 : whole / 60 % 60, whole % 60)
        return clock + " left"
    }

    /// The text with a bar before it, as wide as the terminal allows.
    private func fitted(_ text: String, _ done: Int) -> String {
        var size = winsize()
        let columns = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        let room = min(30, columns - text.count - 4)
        guard room >= 5 else { return String(text.prefix(max(0, columns - 1))) }
        let filled = total > 0 ? min(room, room * done / total) : room
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: room - filled) + "] " + text
    }

    private func write(_ text: String) { _ = writeAll(STDERR_FILENO, Array(text.utf8)) }
}
