// Every number that Meta states for a message, once: the validator, the issues, the descriptions and the boundary tests
// read it here. Sources are Meta's pages and OpenAPI document as collected in the reference of the project.

enum Limits {
    private static let components: StaticString = "Meta: Template components"
    private static let reference: StaticString = "Meta: messages reference"

    static let textBody = Limit(1...4096, .characters, source: "Meta: Text messages; OpenAPI TextMessage")
    static let caption = Limit(0...1024, .characters, source: "Meta: Image, Video, Document messages; OpenAPI MediaObject")
    static let callbackData = Limit(0...512, .characters, source: reference)
    static let mediaID = Limit(1...Int.max, .characters, source: "OpenAPI MediaObject")
    static let messageID = Limit(1...Int.max, .characters, source: "Meta: Contextual replies")
    static let latitude = Limit(-90...90, .value, source: "geography")
    static let longitude = Limit(-180...180, .value, source: "geography")
    static let locationText = Limit(1...Int.max, .characters, source: "Meta: Template messages, location header")

    static let templateName = Limit(1...512, .characters, source: components)
    static let templateHeaderParameters = Limit(1...1, .items, source: "Meta: Template messages")
    static let templateHeaderText = Limit(1...60, .characters, source: components)
    static let templateText = Limit(1...32768, .characters, source: "OpenAPI TextParameter")
    /// Body text when the template has other components: the older, tighter number.
    static let templateTextWithOthers = Limit(1...1024, .characters, .warning, source: reference)
    static let templateButtons = Limit(0...10, .items, source: reference)
    static let templateButtonIndex = Limit(0...9, .value, source: reference)
    static let templateButtonParameters = Limit(1...Int.max, .items, source: "OpenAPI ButtonComponent")
    static let quickReplyPayload = Limit(1...256, .characters, .warning, source: "no limit of Meta's; peers use 256")
    static let emptyPayload = Limit(1...Int.max, .characters, source: "OpenAPI ButtonPayloadParameter")
    static let urlSuffix = Limit(1...Int.max, .characters, source: "OpenAPI ButtonTextParameter")
    static let wholeURL = Limit(0...2000, .characters, .warning, source: components)
    static let fallbackValue = Limit(1...Int.max, .characters, source: "OpenAPI CurrencyObject, DateTimeObject")
    static let parameterName = Limit(1...Int.max, .characters, source: "Meta: Templates, named parameters")

    // The parts of a date that templates once localised. The Cloud API ignores them, so they only warn.
    static let month = Limit(1...12, .value, .warning, source: "OpenAPI DateTimeObject")
    static let dayOfMonth = Limit(1...31, .value, .warning, source: "OpenAPI DateTimeObject")
    static let hour = Limit(0...23, .value, .warning, source: "OpenAPI DateTimeObject")
    static let minute = Limit(0...59, .value, .warning, source: "OpenAPI DateTimeObject")

    static let directSendTemplateName = Limit(1...512, .characters, source: "Meta: Direct Send")
    static let utilityTTL = Limit(30...43200, .value, source: "Meta: Direct Send, seconds")
    static let authenticationTTL = Limit(30...900, .value, source: "Meta: Direct Send, seconds")
}
