// Text that a user of the service supplied, made to show as it was written: WhatsApp takes * _ ~ and ` for format marks.

extension Draft {
    /// Neutralises the four format marks (`*bold*`, `_italic_`, `~strike-through~`, three backticks for monospace) in a text that
    /// goes into a body, caption or footer. Each mark that could begin or end a format is replaced by the letter-like character that
    /// looks like it: ∗ (U+2217), ˍ (U+02CD), ∼ (U+223C), ˋ (U+02CB). A mark other than a backtick between two ASCII letters or
    /// digits cannot format, and stays: `snake_case` keeps its spelling. The text keeps its number of characters, so that no limit
    /// is passed by it. A link may have marks beside punctuation: put links into the message yourself, not through this.
    ///
    /// The look-alikes are used because no client can take them for marks. WhatsApp has no escape character, and nothing says that
    /// an invisible character beside a mark stops it on every client.
    public static func plain(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var plain = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            let isInside = index > 0 && isWord(scalars[index - 1]) && index + 1 < scalars.count && isWord(scalars[index + 1])
            plain.append(isInside && scalar != "`" ? scalar : lookalike(of: scalar) ?? scalar)
        }
        return String(plain)
    }

    private static func lookalike(of mark: Unicode.Scalar) -> Unicode.Scalar? {
        switch mark {
        case "*": "\u{2217}"
        case "_": "\u{02CD}"
        case "~": "\u{223C}"
        case "`": "\u{02CB}"
        default: nil
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z": true
        default: false
        }
    }
}
