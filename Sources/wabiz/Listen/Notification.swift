// The events of one notification, as lines of JSON.
import WABiz

struct Notification: Sendable {
    /// Each event on a line of its own, without its line end.
    let events: [[UInt8]]
    /// `{"events":[…]}` on one line.
    let document: [UInt8]

    /// - Parameter document: what the library wrote.
    init(document: [UInt8]) {
        // A payload stands in its event as Meta sent it, line ends between its members included. Within strings JSON has none.
        let line = document.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        self.document = line
        events = (try? Tape.read(line, .tolerant) { root in root["events"]?.elements.map(\.raw) }) ?? []
    }
}
