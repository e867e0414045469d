// How the strings of contacts, interactive messages and payments must be written.

extension Format {
    static let date = Format(
        name: "date", meaning: "A day of the calendar, YYYY-MM-DD.",
        examples: ["1990-02-28", "2000-02-29", "2024-12-31"],
        counterexamples: ["", "1990-02-30", "1900-02-29", "1990-13-01", "1990-00-10", "1990-1-1", "28.02.1990", "1990-02-28T00:00", "+990-02-28"]
    ) { text, _ in
        func number(_ range: Range<Int>) -> Int { text[range].reduce(0) { $0 &* 10 &+ Int($1 & 15) } }
        guard text.count == 10, text.indices.allSatisfy({ $0 == 4 || $0 == 7 ? text[$0] == UInt8(ascii: "-") : isDigit(text[$0]) }),
            case let month = number(5..<7), (1...12).contains(month), (1...days(of: month, in: number(0..<4))).contains(number(8..<10))
        else { return .error(.badFormat, "Write a day of the calendar as YYYY-MM-DD, such as 1990-02-28.") }
        return nil
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static let email = Format(
        name: "email", meaning: "A name, @ and a host, without blanks.",
        examples: ["ada@example.com", "grüße@example.org"], counterexamples: ["", "ada", "@example.com", "ada@", "ada @example.com"]
    ) { text, _ in
        let isBlank = text.contains { $0 <= 0x20 }
        guard !isBlank, let at = text.lastIndex(of: UInt8(ascii: "@")), at > 0, at < text.count - 1 else {
            // Only Meta's OpenAPI document names the form; nobody saw the server refuse another one.
            return .warning(.badFormat, "This does not look like an e-mail address such as ada@example.com.")
        }
        return nil
    }

    static let whatsAppID = Format(
        name: "WhatsApp id", meaning: "Digits, with country code, without +.", examples: ["15550001234"], counterexamples: ["", "Ada", "+15550001234", "1555-0001"]
    ) { text, _ in
        let digits = text.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return .error(.badFormat, "A WhatsApp id has digits only, such as 15550001234.") }
        return digits.count == text.count ? nil : .warning(.badFormat, "Write the WhatsApp id without +; Meta's are digits only.")
    }

    static let countryCode = Format(
        name: "country code", meaning: "Two letters of ISO 3166, in either case.", examples: ["US", "in"], counterexamples: ["", "USA", "1", "U$"]
    ) { text, _ in
        text.count == 2 && text.allSatisfy({ 0x41...0x5A ~= $0 & 0xDF }) ? nil : .warning(.badFormat, "Write the two letters of ISO 3166, such as US.")
    }

    static let noEmoji = Format(
        name: "no emoji", meaning: "Any text without emoji.", examples: ["Book now", "Größe 42 #1", "© 2026"], counterexamples: ["Book 📅", "❤️", "1️⃣ go", "🇦🇹"]
    ) { text, _ in
        // Emoji lie far beyond ASCII: most texts are not decoded.
        guard text.contains(where: { $0 >= 0x80 }), text.string.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0 == "\u{FE0F}" || $0 == "\u{20E3}" }) else { return nil }
        return .error(.badFormat, "Meta takes no emoji here; write words only.", rule: "I15")
    }

    static let orderReference = Format(
        name: "order reference", meaning: "Letters, digits, underscores, hyphens and dots.",
        examples: ["order-42.1", "A_9"], counterexamples: ["order 42", "order#42", "größe", "a/b"]
    ) { text, _ in
        text.allSatisfy({ isDigit($0) || 0x41...0x5A ~= $0 & 0xDF || "_.-".utf8.contains($0) })
            ? nil : .error(.badFormat, "A reference has letters, digits, underscores, hyphens and dots only.", rule: "I21")
    }

    static let sixDigits = digits("six digits", 6, ["411001"], ["", "41100", "4110011", "41100a"])
    static let fourDigits = digits("four digits", 4, ["4242"], ["", "424", "42424", "42a2"])

    private static func digits(_ name: StaticString, _ count: Int, _ examples: [StaticString], _ counterexamples: [StaticString]) -> Format {
        Format(name: name, meaning: "Digits, exactly that many.", examples: examples, counterexamples: counterexamples) { text, _ in
            text.count == count && text.allSatisfy(isDigit) ? nil : .error(.badFormat, "Write exactly \(count) digits.")
        }
    }

    static let upiLink = Format(
        name: "upi link", meaning: "A link of the scheme upi, as the payment provider gave it.",
        examples: ["upi://pay?pa=merchant@bank&am=50.00"], counterexamples: ["", "https://example.com/pay", "upi:pay", "upi://", "upi://pay? am"]
    ) { text, _ in
        guard let scheme = scheme(of: text), isScheme(scheme, "upi"), text.count > 6, !text.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            return .error(.badFormat, "Write a link that begins with upi://pay? and holds no blanks.", rule: "X12")
        }
        return nil
    }
}
