// A token, an app secret or a header's value: carried, sent and hashed, but never shown. Printing, dumping or
// interpolating it yields a placeholder, so that no message or log can hold it by accident.

public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the wire alone.
    package let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    var bytes: [UInt8] { [UInt8](text.utf8) }

    /// What is shorter is a placeholder of a test and would also be found in innocent words.
    private static let shortestRedacted = 8

    /// Strikes the secret out of a text that came from elsewhere: Graph quotes malformed tokens in its errors.
    func struckOut(of other: String) -> String {
        let needle = bytes
        let hay = [UInt8](other.utf8)
        guard needle.count >= Secret.shortestRedacted, needle.count <= hay.count else { return other }
        var kept: [UInt8] = []
        var rest = hay[...]
        while rest.count >= needle.count {
            if rest.starts(with: needle) {
                kept.append(contentsOf: description.utf8)
                rest = rest.dropFirst(needle.count)
            } else if let byte = rest.popFirst() {
                kept.append(byte)
            }
        }
        return String(decoding: kept + rest, as: UTF8.self)
    }
}
