// The sandbox's output: one line per event, written at once and whole.
import Foundation

struct Console: Sendable {
    var isQuiet: Bool

    /// An event: what came in (←), what went out (→) or what happened (·).
    func event(_ arrow: String, _ what: String) {
        if !isQuiet { line("\(Console.time()) \(arrow) \(Console.plain(what))") }
    }

    /// A line that is written in any case.
    func line(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8)) }

    private static func time() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        var seconds = now.tv_sec
        localtime_r(&seconds, &parts)
        return String(format: "%02d:%02d:%02d.%03d", parts.tm_hour, parts.tm_min, parts.tm_sec, Int(now.tv_nsec) / 1_000_000)
    }

    /// Control characters of outside text must not reach a terminal.
    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || 0x7F...0x9F ~= $0.value ? "?" : $0 }))
    }
}
