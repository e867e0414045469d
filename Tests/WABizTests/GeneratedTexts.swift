// Random numbers that a seed repeats, and random texts: of a given length, in many scripts, and in each format of the table.
@testable import WABiz

/// SplitMix64: the same seed gives the same messages everywhere.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { Int.random(in: 0..<times, using: &self) == 0 }

    mutating func pick<Element>(_ choices: [Element]) -> Element? { choices.randomElement(using: &self) }
}

/// Texts of one run.
struct GeneratedTexts {
    var numbers: SeededNumbers

    private static let letters = Array("abcdefghijklmnopqrstuvwxyz")
    private static let digits = Array("0123456789")
    private static let capitals = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    /// No two of one list melt into one character, whatever their order.
    private static let scripts: [[Character]] = [
        letters + capitals + digits + Array("   .,;:!?-"),
        Array("*_~`{}[]\"\\/<>&%$#@'^|=+"),
        Array("äöüßéèñçøåÅžŁőİ e\u{301}o\u{308}".split(separator: " ").joined()),
        Array("Ωλπдждщשלוםمرحباनमस्तेสวัสดี日本語中文한국어"),
        ["👍", "👍🏽", "👨‍👩‍👧", "🇦🇹", "🇮🇳", "1️⃣", "❤️", "😀", "🏳️‍🌈", "🎉"],
        [" ", "\n", "\t", "\u{A0}", "\u{2028}", "\u{200B}", "\u{7F}", "\u{1}", "\u{FFFD}", "\u{10FFFF}"],
    ]

    // MARK: Lengths

    /// A length at a bound or between them. Long texts are rare, for they cost time and find little.
    mutating func length(_ least: Int, _ most: Int) -> Int {
        let most = max(least, most)
        switch Int.random(in: 0..<10, using: &numbers) {
        case 0: return least
        case 1 where most <= 100, 2 where most <= 100: return most
        case 1 where most <= 1024: return numbers.once(in: 4) ? most : Int.random(in: least...most, using: &numbers)
        case 1 where most <= 5000 && numbers.once(in: 6): return most
        case 1 where most <= 40_000 && numbers.once(in: 60): return most
        default: return Int.random(in: least...max(least, min(most, 24)), using: &numbers)
        }
    }

    /// Exactly that many characters, of one or two scripts.
    mutating func characters(_ count: Int, without unwanted: (Character) -> Bool = { _ in false }) -> String {
        let plain = Self.scripts[0]
        let second = numbers.pick(Self.scripts)?.filter { !unwanted($0) } ?? plain
        let most = numbers.once(in: 4) ? second : plain
        var text = ""
        for _ in 0..<count { text.append((numbers.once(in: 3) ? second : most).randomElement(using: &numbers) ?? "x") }
        if text.count == count { return text }
        // Two neighbours have melted into one after all.
        return of(plain, count)
    }

    mutating func of(_ alphabet: [Character], _ count: Int) -> String {
        var text = ""
        for _ in 0..<max(0, count) { text.append(alphabet.randomElement(using: &numbers) ?? "x") }
        return text
    }

    mutating func digits(_ counts: ClosedRange<Int>) -> String { of(Self.digits, Int.random(in: counts, using: &numbers)) }

    // MARK: Formats

    /// A text of this format; nil when no generator knows it.
    mutating func text(_ format: Format, _ least: Int, _ most: Int) -> String? {
        if numbers.once(in: 8), let example = format.examples.filter({ least...max(least, most) ~= "\($0)".count }).randomElement(using: &numbers) { return "\(example)" }
        let count = length(least, most)
        switch "\(format.name)" {
        case "phone": return phone()
        case "business-scoped user id":
            return of(Self.capitals, 2) + (numbers.once(in: 3) ? ".ENT." : ".") + of(Self.letters + Self.capitals + Self.digits, length(1, 128))
        case "url": return url()
        case "message id": return (numbers.once(in: 6) ? "" : "wamid.") + of(Self.letters + Self.capitals + Self.digits + ["=", "+", "/"], length(1, 80))
        case "template name": return of(Self.letters + Self.digits + ["_"], count)
        case "language code":
            let country = numbers.once(in: 2) ? "" : "_" + of(Self.capitals, Int.random(in: 2...3, using: &numbers))
            return of(Self.letters, Int.random(in: 2...3, using: &numbers)) + country
        case "currency code": return numbers.once(in: 3) ? of(Self.capitals, 3) : numbers.pick(["INR", "BRL", "USD", "EUR", "JPY"])
        case "parameter text": return parameterText(count)
        case "parameter name": return numbers.once(in: 8) ? characters(max(1, count)) : of(Self.letters, 1) + of(Self.letters + Self.digits + ["_"], count)
        case "coupon code": return numbers.once(in: 8) ? characters(count) : of(Self.letters + Self.capitals + Self.digits, count)
        case "emoji": return of(Self.scripts[4], numbers.once(in: 5) ? 0 : 1)
        case "duration": return numbers.once(in: 2) ? digits(1...7) : "P" + of(["1", "2", "9"], 1) + (numbers.pick(["D", "W", "M", "Y", "DT12H", "DT1H30M5S"]) ?? "D")
        case "date": return date()
        case "day of the week": return numbers.once(in: 8) ? characters(count) : numbers.pick(["MONDAY", "Sunday", "friday", "1", "7"])
        case "email": return of(Self.letters + ["ü", ".", "+", "_", "日"], length(1, 40)) + "@" + of(Self.letters, length(1, 20)) + ".example"
        case "WhatsApp id": return (numbers.once(in: 8) ? "+" : "") + digits(5...15)
        case "country code": return numbers.once(in: 8) ? characters(length(0, 10)) : of(Self.letters + Self.capitals, 2)
        case "no emoji": return characters(count) { $0.unicodeScalars.contains { $0.properties.isEmojiPresentation || $0 == "\u{FE0F}" || $0 == "\u{20E3}" } }
        case "order reference": return of(Self.letters + Self.capitals + Self.digits + ["_", "-", "."], count)
        case "six digits": return digits(6...6)
        case "four digits": return digits(4...4)
        case "upi link": return "upi://pay?pa=" + of(Self.letters + Self.digits + ["&", "=", "@", "."], length(1, 60))
        default: return nil
        }
    }

    private mutating func phone() -> String {
        let text = (numbers.once(in: 5) ? "" : "+") + digits(1...15)
        guard numbers.once(in: 3) else { return text }
        return text.map { String($0) + (numbers.once(in: 4) ? numbers.pick([" ", "-", ".", "(", ")"]) ?? "" : "") }.joined()
    }

    private mutating func url() -> String {
        let host = of(Self.letters + Self.digits, length(1, 20)) + (numbers.pick([".example", ".example.com", "", ".example:8443", "ü.example"]) ?? "")
        return (numbers.pick(["https", "https", "http", "HTTPS"]) ?? "https") + "://" + host
            + (numbers.pick(["", "/", "?", "#"]) ?? "") + of(Self.letters + Self.digits + Array("/.%-_=&é日"), length(0, 200))
    }

    private mutating func date() -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let month = Int.random(in: 1...12, using: &numbers)
        let days = month == 2 ? 28 : [4, 6, 9, 11].contains(month) ? 30 : 31
        return "\(Int.random(in: 1000...9999, using: &numbers))-\(two(month))-\(two(Int.random(in: 1...days, using: &numbers)))"
    }

    /// Not more than four blanks in a row, and no break that Meta refuses.
    private mutating func parameterText(_ count: Int) -> String {
        let text = characters(count) { $0 == "\n" || $0 == "\t" || $0 == "\r" }
        var blanks = 0
        let spaced = String(text.map { character in
            blanks = character == " " ? blanks + 1 : 0
            return blanks > 4 ? "x" : character
        })
        return spaced.count == count ? spaced : of(Self.letters, count)
    }
}
