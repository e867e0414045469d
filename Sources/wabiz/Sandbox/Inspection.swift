// Checks a message with the library itself and says which error Meta would answer: the first issue decides the code.
import WABiz

enum Inspection {
    struct Refusal {
        var cloudCode: Int
        var onPremisesCode: Int
        /// The place and the sentence of the first issue.
        var details: String
    }

    /// Why Meta would refuse this payload; nil when it would not.
    static func refusal(of body: [UInt8], api: API) -> Refusal? {
        if let missing = missingEnvelope(body, api) { return missing }
        do {
            _ = try Message(json: body, options: MessageOptions(api: api))
            return nil
        } catch {
            guard let issue = error.issues.first(where: { $0.severity == .error }) else {
                return Refusal(cloudCode: 100, onPremisesCode: 1025, details: error.message)
            }
            return Refusal(
                cloudCode: cloudCode(issue), onPremisesCode: onPremisesCode(issue), details: "\(issue.path): \(issue.message)")
        }
    }

    /// The library takes short forms too; Meta does not.
    private static func missingEnvelope(_ body: [UInt8], _ api: API) -> Refusal? {
        let isComplete = try? Tape.read(body) { root in
            if api != .onPremises { return root["messaging_product"] != nil }
            let words = root["type"] ?? root["recipient_type"] ?? root["hsm"] ?? root["interactive"]
            let content = [root["text"], root["image"], root["audio"], root["video"], root["document"], root["sticker"]]
            return words != nil || content.contains { $0?.isObject ?? false }
        }
        if isComplete ?? true { return nil }
        return api == .onPremises
            ? Refusal(cloudCode: 100, onPremisesCode: 1008, details: "/type: Name the type, and put its content under that name.")
            : Refusal(cloudCode: 100, onPremisesCode: 1008, details: "The parameter messaging_product is required.")
    }

    private static func cloudCode(_ issue: Issue) -> Int {
        let isInParameters = issue.path.hasPrefix("/template/components")
        switch issue.code {
        case .missing: return 131008
        case .unknownMember, .wrongType, .exactlyOneOf: return 100
        case .tooLong where isInParameters: return 132005
        case .tooFew where isInParameters, .tooMany where isInParameters: return 132000
        case .mismatch where isInParameters, .notOneOf where isInParameters, .badFormat where isInParameters: return 132012
        case .notOneOf where issue.path == "/type": return 100
        default: return 131009
        }
    }

    private static func onPremisesCode(_ issue: Issue) -> Int {
        switch cloudCode(issue) {
        case 131008: return 1008
        case 100: return issue.code == .unknownMember ? 1010 : 1009
        case 132000: return 2000
        case 132005: return 2005
        case 132012: return 2012
        default:
            if issue.path == "/text/body", issue.code == .tooLong { return 1001 }
            return issue.path == "/recipient_type" ? 1002 : 1009
        }
    }
}
