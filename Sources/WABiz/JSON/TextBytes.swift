// The text of a string as bytes that are looked at in place: formats are checked without a copy of what they check.

/// UTF-8 that is borrowed: valid no longer than what it was taken from.
@safe struct TextBytes: RandomAccessCollection {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe self.bytes = bytes }

    var startIndex: Int { 0 }
    var endIndex: Int { unsafe bytes.count }

    /// 0 outside of the text, which is no byte that anybody looks for.
    subscript(position: Int) -> UInt8 { unsafe bytes.indices.contains(position) ? bytes[position] : 0 }

    /// A copy, for those who look at characters.
    var string: String { unsafe String(decoding: bytes, as: UTF8.self) }
}

extension JSONView {
    /// Shows the text of a string; nil for other kinds. Only what holds escapes is copied.
    func withText<Result>(_ look: (TextBytes) -> Result) -> Result? {
        guard isString else { return nil }
        guard isEscaped else { return unsafe look(TextBytes(inside)) }
        return unsafe utf8?.withUnsafeBufferPointer { unsafe look(TextBytes($0)) }
    }
}
