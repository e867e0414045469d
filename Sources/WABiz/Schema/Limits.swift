// Every number that Meta states for a message, once: the validator, the issues, the descriptions and the boundary tests
// read it here. Sources are Meta's pages and OpenAPI document as collected in the reference of the project.

enum Limits {
    private static let reference: StaticString = "Meta: messages reference"

    static let textBody = Limit(1...4096, .characters, source: "Meta: Text messages; OpenAPI TextMessage")
    static let caption = Limit(0...1024, .characters, source: "Meta: Image, Video, Document messages; OpenAPI MediaObject")
    static let callbackData = Limit(0...512, .characters, rule: "B01", source: reference)
    static let mediaID = Limit(1...Int.max, .characters, source: "OpenAPI MediaObject")
    static let messageID = Limit(1...Int.max, .characters, source: "Meta: Contextual replies")
    static let latitude = Limit(-90...90, .value, source: "geography")
    static let longitude = Limit(-180...180, .value, source: "geography")
    static let locationText = Limit(1...Int.max, .characters, source: "Meta: Template messages, location header")

    static let directSendTemplateName = Limit(1...512, .characters, source: "Meta: Direct Send")
    static let utilityTTL = Limit(30...43200, .value, rule: "D01", source: "Meta: Direct Send, seconds")
    static let authenticationTTL = Limit(30...900, .value, rule: "D01", source: "Meta: Direct Send, seconds")
}
