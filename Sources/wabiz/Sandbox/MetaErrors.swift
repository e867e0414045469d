// Error answers in Meta's words and shapes: the `error` object of the Cloud API, the `errors` array of the On-Premises
// API and the `errors` array of status webhooks.
import WABiz

enum MetaErrors {
    /// An error of the Cloud API: HTTP status and `{"error":{…}}`.
    static func cloud(_ code: Int, details: String? = nil, message: String? = nil, subcode: Int? = nil, status: Int? = nil) -> Reply {
        let row = ErrorTable.row(code: code, onPremises: false)
        let name = message ?? row?.name ?? "Unknown error"
        let error = Tree.object([
            ("message", .string(code == 190 ? name : "(#\(code)) \(name)")),
            ("type", "OAuthException"), ("code", .integer(code)),
            ("error_subcode", subcode.map(Tree.integer)),
            ("is_transient", row?.verdict == .backoff ? true : nil),
            ("error_data", details.map { ["messaging_product": "whatsapp", "details": .string($0)] }),
            ("fbtrace_id", .string(Identifiers.trace())),
        ])
        let tree: Tree = ["error": error]
        return .json(status ?? row.map(httpStatus) ?? 400, tree.bytes)
    }

    /// An error of the On-Premises API: HTTP status and `{"errors":[…],"meta":{…}}`.
    static func onPremises(_ code: Int, details: String? = nil) -> Reply {
        let tree: Tree = ["errors": [onPremisesError(code, details: details)], "meta": meta]
        return .json(onPremisesStatus(code), tree.bytes)
    }

    static var meta: Tree { ["api_status": "stable", "version": "2.53.3"] }

    /// The element of `errors[]` in a status webhook of the Cloud API.
    static func inWebhook(_ code: Int) -> Tree {
        let row = ErrorTable.row(code: code, onPremises: false)
        return .object([
            ("code", .integer(code)), ("title", .string(row?.name ?? "Unknown error")),
            ("message", .string(row?.name ?? "Unknown error")),
            ("error_data", ["details": .string(row?.meaning ?? "Played by the sandbox.")]),
            ("href", "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"),
        ])
    }

    /// An element of `errors[]` of the On-Premises API, in answers and webhooks.
    static func onPremisesError(_ code: Int, details: String? = nil) -> Tree {
        let row = ErrorTable.row(code: code, onPremises: true)
        return .object([
            ("code", .integer(code)), ("title", .string(row?.name ?? "Generic error")),
            ("details", .string(details ?? row?.meaning ?? "Played by the sandbox.")),
        ])
    }

    /// The first HTTP status that Meta documents for a code; 400 where none is known.
    static func httpStatus(_ row: ErrorRow) -> Int { row.httpStatuses.first ?? 400 }

    private static func onPremisesStatus(_ code: Int) -> Int {
        switch code {
        case 1005: 401
        case 1006: 404
        case 1015, 429: 429
        case 1014, 1023, 500: 500
        case 1011, 1016: 503
        default: 400
        }
    }

    /// The On-Premises number for what the Cloud API calls by another one; 1000, "generic error", where there is none.
    static func onPremisesCode(_ cloud: Int) -> Int { twins[cloud] ?? 1000 }

    private static let twins: [Int: Int] = [
        2: 1016, 4: 1015, 10: 1005, 100: 1025, 190: 1005, 130429: 1015, 130472: 472, 131000: 1014, 131005: 1005, 131008: 1008,
        131009: 1009, 131016: 1011, 131021: 1021, 131026: 1026, 131031: 1031, 131042: 402, 131045: 433, 131047: 470,
        131048: 471, 131049: 1026, 131050: 1026, 131051: 501, 131056: 1015, 132000: 2000, 132001: 2001, 132005: 2005,
        132007: 2007, 132008: 2009, 132012: 2012, 132015: 2061, 132016: 2062, 132068: 2068, 132069: 2069,
    ]
}
