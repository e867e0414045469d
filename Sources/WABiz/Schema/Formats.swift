// How strings must be written. Each format says yes, warns or refuses, and carries texts of both kinds for the tests.

extension Format {
    static let phone = Format(
        name: "phone", meaning: "A phone number with + and country code, 1 to 15 digits; blanks, hyphens, dots and brackets are taken.",
        examples: ["+15550001234", "+1 (555) 000-1234"], counterexamples: ["", "Ada", "+", "+1234567890123456", "+1555000x1234"]
    ) { text, api in
        var digits = 0, others = 0
        var hasPlus = false
        for byte in text where !isPhonePunctuation(byte) {
            if isDigit(byte) { digits += 1 } else if byte == UInt8(ascii: "+"), digits + others == 0, !hasPlus { hasPlus = true } else { others += 1 }
        }
        guard (1...15).contains(digits), others == 0 else {
            return .error(.badFormat, "This is no phone number: write + and the country code, then up to 15 digits in total, such as +15550001234.")
        }
        if digits < 7 { return .warning(.badFormat, "The phone number has fewer than 7 digits; write it with its country code.") }
        if !hasPlus, api != .onPremises {
            return .warning(.badFormat, "Without + Meta may put the country code of the business in front; write + and the country code.")
        }
        return nil
    }

    static let businessScopedUserID = Format(
        name: "business-scoped user id", meaning: "Two letters of the country, a dot, ENT. for a parent id, then up to 128 letters and digits.",
        examples: ["US.13491208655302741918", "US.ENT.4KgQ2wJ8"], counterexamples: ["", "US", "us.123", "US.", "US.12-3", "USA.123"]
    ) { text, _ in
        let country = text.prefix { $0 != UInt8(ascii: ".") }, rest = text.dropFirst(country.count + 1)
        let id = rest.starts(with: "ENT.".utf8) ? rest.dropFirst(4) : rest
        guard country.count == 2, country.allSatisfy(isUpper), (1...128).contains(id.count), id.allSatisfy({ isDigit($0) || isUpper($0) || isLower($0) })
        else { return .error(.badFormat, "This is no business-scoped user id: pass it as the webhook gave it, such as US.13491208655302741918.") }
        return nil
    }

    static let url = Format(
        name: "url", meaning: "An absolute http or https URL with a host, publicly reachable; https is better.",
        examples: ["https://example.com/a.jpg"], counterexamples: ["", "example.com/a.jpg", "ftp://example.com/a", "https://", "https:///a", "https://exa mple.com"]
    ) { text, api in
        guard let scheme = webScheme(of: text) else {
            // Old On-Premises samples put the provider's name before the URL.
            if api == .onPremises, let slash = text.firstIndex(of: UInt8(ascii: "/")), webScheme(of: text[slash...].dropFirst()) != nil {
                return .warning(.badFormat, "Name the provider in \"provider\"; the link begins with https:// or http://.", rule: "X12")
            }
            return .error(.badFormat, "Write an absolute URL that begins with https:// or http://.", rule: "X12")
        }
        guard let host = text.dropFirst(scheme.count + 3).first, host != UInt8(ascii: "/"), host != UInt8(ascii: "?"), host != UInt8(ascii: "#"),
            !text.contains(where: { $0 <= 0x20 || $0 == 0x7F })
        else {
            return .error(.badFormat, "The URL needs a host and must hold no blanks; percent-encode them.", rule: "X12")
        }
        return scheme.count == 4 ? .warning(.badFormat, "Meta fetches this without encryption; use https.") : nil
    }

    static let messageID = Format(
        name: "message id", meaning: "The id of a message as Meta gave it; opaque.", examples: ["wamid.HBgLMTU1NTAwMDEyMzQ"], counterexamples: ["gBEGkYiEB1VXAglK1ZEqA1YKPrU"]
    ) { text, api in
        // Before the prefix every non-empty text may be an id: only the Cloud API has one way of writing them.
        guard api != .onPremises, !text.isEmpty, !text.starts(with: "wamid.".utf8) else { return nil }
        return .warning(.badFormat, "Ids of the Cloud API begin with wamid.; pass the id as the answer or the webhook gave it.")
    }

    static let templateName = Format(
        name: "template name", meaning: "Lower-case letters, digits and underscores.",
        examples: ["order_shipped_2"], counterexamples: ["Order", "order-shipped", "order shipped", "größe"]
    ) { text, _ in
        text.allSatisfy({ isLower($0) || isDigit($0) || $0 == UInt8(ascii: "_") })
            ? nil : .error(.badFormat, "A template's name has only lower-case letters, digits and underscores.", rule: "T01")
    }

    static let languageCode = Format(
        name: "language code", meaning: "Language, and country where the template has one: en, pt_BR.",
        examples: ["en", "en_US", "fil", "prs_AF"], counterexamples: ["", "EN", "en-US", "english", "en_us", "e"]
    ) { text, _ in
        let language = text.prefix { $0 != UInt8(ascii: "_") }, country = text[language.endIndex...].dropFirst()
        guard (2...3).contains(language.count), language.allSatisfy(isLower),
            language.endIndex == text.endIndex || (2...3).contains(country.count) && country.allSatisfy(isUpper)
        else { return .error(.badFormat, "Write the language as the template has it, such as en or pt_BR.") }
        return Languages.listed(text.string) ? nil : .warning(.badFormat, "Meta's list of template languages does not have this one; check its spelling.")
    }

    static let currencyCode = Format(
        name: "currency code", meaning: "Three capital letters of ISO 4217.", examples: ["USD"], counterexamples: ["", "usd", "US", "DOLLAR", "U$D"]
    ) { text, _ in
        text.count == 3 && text.allSatisfy(isUpper) ? nil : .error(.badFormat, "Write the three capital letters of ISO 4217, such as USD.")
    }

    static let parameterText = Format(
        name: "parameter text", meaning: "No line break, no tab, not more than four blanks in a row.",
        examples: ["Ada", "a    b"], counterexamples: ["a\nb", "a\tb", "a     b", "a\rb"]
    ) { text, api in
        var blanks = 0
        let isBroken = text.contains { byte in
            blanks = byte == 0x20 ? blanks + 1 : 0
            return byte == 0x0A || byte == 0x0D || byte == 0x09 || blanks > 4
        }
        guard isBroken else { return nil }
        let message = "A template parameter must hold no line break, no tab and no more than 4 blanks in a row."
        return api == .onPremises ? .warning(.badFormat, message, rule: "T06", graph: 2006) : .error(.badFormat, message, rule: "T06", graph: 132018)
    }

    static let parameterName = Format(
        name: "parameter name", meaning: "Lower-case letters, digits and underscores, beginning with a letter.",
        examples: ["customer_name", "item_2"], counterexamples: ["Name", "2nd", "a-b"]
    ) { text, _ in
        guard !text.isEmpty else { return nil }
        let fits = text.allSatisfy({ isLower($0) || isDigit($0) || $0 == UInt8(ascii: "_") }) && text.first.map(isLower) == true
        return fits ? nil : .warning(.badFormat, "Parameter names usually have lower-case letters, digits and underscores only; write it as the template does.")
    }

    static let couponCode = Format(
        name: "coupon code", meaning: "Letters and digits.", examples: ["SAVE20"], counterexamples: ["SAVE 20", "SAVE-20", "50%"]
    ) { text, _ in
        text.allSatisfy({ isDigit($0) || isUpper($0) || isLower($0) }) ? nil : .warning(.badFormat, "Meta documents coupon codes as letters and digits only.")
    }

    static let emoji = Format(
        name: "emoji", meaning: "Exactly one emoji, or empty to take the reaction back.",
        examples: ["👍", "👍🏽", "👨‍👩‍👧", "🇦🇹", "1️⃣", ""], counterexamples: ["👍👍", "a", "1", "!", "ok"]
    ) { text, _ in
        let text = text.string
        guard let first = text.first, let scalar = first.unicodeScalars.first else { return nil }
        guard text.dropFirst().isEmpty else { return .error(.badFormat, "Write exactly one emoji, or \"\" to take the reaction back.") }
        // Lenient on purpose: keycaps begin with a digit, and some emoji count as letters or punctuation elsewhere.
        let isPlain = first.unicodeScalars.count == 1 && scalar.isASCII || !scalar.properties.isEmoji && (first.isLetter || first.isNumber || first.isPunctuation)
        return isPlain ? .error(.badFormat, "A letter, digit or punctuation mark is no emoji.") : nil
    }

    static let duration = Format(
        name: "duration", meaning: "An ISO 8601 duration (P1D), or seconds.", examples: ["P1D", "PT12H", "86400"], counterexamples: ["", "1 day", "P", "-5"]
    ) { text, _ in
        let isSeconds = !text.isEmpty && text.allSatisfy(isDigit)
        let isISO = text.count > 2 && text.first == UInt8(ascii: "P") && text.contains(where: isDigit) && text.dropFirst().allSatisfy { isDigit($0) || "YMWDTHS.,".utf8.contains($0) }
        return isSeconds || isISO ? nil : .error(.badFormat, "Write the time to live as seconds or as an ISO 8601 duration, such as P1D.")
    }
}

/// The scheme of an absolute URL: what stands before `://`.
func scheme<Text: Collection<UInt8>>(of text: Text) -> Text.SubSequence? {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text[colon...].starts(with: "://".utf8) else { return nil }
    return text[..<colon]
}

/// Whether a scheme reads like this word of small letters, in either case.
func isScheme(_ scheme: some Collection<UInt8>, _ word: String) -> Bool {
    scheme.count == word.utf8.count && zip(scheme, word.utf8).allSatisfy { $0 | 0x20 == $1 }
}

private func webScheme<Text: Collection<UInt8>>(of text: Text) -> Text.SubSequence? {
    scheme(of: text).flatMap { isScheme($0, "http") || isScheme($0, "https") ? $0 : nil }
}

/// What people put between the digits of a phone number.
private func isPhonePunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."): true
    default: false
    }
}

func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
func isUpper(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte }
func isLower(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte }

/// The template languages that Meta lists. Not closed: a language outside of it only warns.
enum Languages {
    static func listed(_ code: String) -> Bool { codes.contains(code) }

    private static let codes: Set<String> = Set(
        """
        af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA ar_SA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da prs_AF nl nl_BE en en_GB en_US en_AE en_AU \
        en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he hi \
        hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO \
        es_EC es_HN es_MX es_PA es_PE es_ES es_UY es_VE sw sv ta te th tr uk ur uz vi zu
        """.split(separator: " ").map(String.init))
}
