// Every number that Meta states for template messages: lengths, counts and times, with the rule each belongs to.

extension Limits {
    private static let components: StaticString = "Meta: Template components"
    private static let reference: StaticString = "Meta: messages reference"

    static let templateName = Limit(1...512, .characters, rule: "T01", source: components)
    static let templateHeaderParameters = Limit(1...1, .items, rule: "T02", source: "Meta: Template messages")
    /// Every text that stands for a variable.
    static let parameterFilled = Limit(1...Int.max, .characters, rule: "T06", source: "Meta: error 131008; public reports")
    static let templateHeaderText = Limit(0...60, .characters, source: components)
    static let templateText = Limit(0...32768, .characters, source: "OpenAPI TextParameter")
    /// Body text when the template has other components: the older, tighter number.
    static let templateTextWithOthers = Limit(0...1024, .characters, .warning, source: reference)
    static let fallbackValue = Limit(1...Int.max, .characters, source: "OpenAPI CurrencyObject, DateTimeObject")
    static let parameterName = Limit(1...Int.max, .characters, source: "Meta: Templates, named parameters")

    // The parts of a date that templates once localised. The Cloud API ignores them, so they only warn.
    static let month = Limit(1...12, .value, .warning, source: "OpenAPI DateTimeObject")
    static let dayOfMonth = Limit(1...31, .value, .warning, source: "OpenAPI DateTimeObject")
    static let hour = Limit(0...23, .value, .warning, source: "OpenAPI DateTimeObject")
    static let minute = Limit(0...59, .value, .warning, source: "OpenAPI DateTimeObject")

    // MARK: Buttons

    static let templateButtons = Limit(0...10, .items, rule: "T04", source: reference)
    static let templateButtonIndex = Limit(0...9, .value, rule: "T04", source: reference)
    static let templateButtonParameters = Limit(1...Int.max, .items, source: "OpenAPI ButtonComponent")
    static let quickReplyPayload = Limit(1...256, .characters, .warning, source: "no limit of Meta's; peers use 256")
    static let wholeURL = Limit(0...2000, .characters, .warning, source: components)
    static let couponCode = Limit(1...20, .characters, source: "Meta: Coupon templates, since 3 December 2025")
    /// What the pages said before December 2025.
    static let couponCodeOnce = Limit(0...15, .characters, .warning, source: "Meta: Coupon templates, until 3 December 2025")
    static let oneTimePassword = Limit(0...15, .characters, rule: "T07", source: "Meta: Authentication templates")

    // MARK: Other components

    static let templateSingleParameter = Limit(1...1, .items, source: "Meta: Template messages")
    static let templateCards = Limit(2...10, .items, rule: "T09", source: "Meta: Media card and product card carousel templates")
    static let templateCardIndex = Limit(0...9, .value, rule: "T09", source: "Meta: Media card and product card carousel templates")
    static let templateCardButtons = Limit(0...2, .items, source: "Meta: Media card carousel templates")
    static let tapTargets = Limit(1...1, .items, source: "Meta: Tap target override")
    static let tapTargetTitle = Limit(1...Int.max, .characters, source: "Meta: Tap target override")
    /// Below this a time in milliseconds lies before 1974 and is taken for seconds.
    static let offerMilliseconds = Limit(100_000_000_000...Int.max, .value, .warning, rule: "T10", source: "Meta: Limited-time offer templates")
}
