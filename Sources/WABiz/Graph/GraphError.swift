// Meta's own error, as an answer or a webhook reports it, and the verdict on it.

public struct GraphError: Sendable {
    /// Meta's code; nil when the answer held none (a proxy's page, say).
    public var code: Int?
    /// Meta's name for the code, from the table of error codes.
    public var name: String?
    public var httpStatus: Int?
    public var message: String?
    /// What exactly was wrong, in Meta's words.
    public var details: String?
    public var subcode: Int?
    /// For Meta's support.
    public var traceID: String?
    /// What Meta would show to a person.
    public var userTitle: String?
    public var userMessage: String?
    /// Meta's hint that the same call may succeed later.
    public var isTransient: Bool?

    public init(
        code: Int?, name: String? = nil, httpStatus: Int? = nil, message: String? = nil, details: String? = nil,
        subcode: Int? = nil, traceID: String? = nil
    ) {
        self.code = code
        self.name = name
        self.httpStatus = httpStatus
        self.message = message
        self.details = details
        self.subcode = subcode
        self.traceID = traceID
    }

    /// Reads one error object: Graph's `error`, or an element of `errors` as webhooks and the On-Premises client write it.
    init(_ view: JSONView, onPremises: Bool, httpStatus: Int? = nil) {
        let data = view["error_data"]
        self.init(
            code: view["code"]?.lenientInteger, httpStatus: httpStatus,
            message: view["message"]?.string ?? view["title"]?.string ?? view.string,
            // Peers saw the data as a plain string, too; On-Premises writes `details` beside the code.
            details: data?["details"]?.string ?? data?.string ?? view["details"]?.string,
            subcode: view["error_subcode"]?.lenientInteger, traceID: view["fbtrace_id"]?.string)
        userTitle = view["error_user_title"]?.string
        userMessage = view["error_user_msg"]?.string
        isTransient = view["is_transient"]?.bool
        name = code.flatMap { ErrorTable.row(code: $0, onPremises: onPremises)?.name }
    }

    /// Replaces every text in here.
    mutating func rewriteTexts(_ rewrite: (String) -> String) {
        message = message.map(rewrite)
        details = details.map(rewrite)
        traceID = traceID.map(rewrite)
        userTitle = userTitle.map(rewrite)
        userMessage = userMessage.map(rewrite)
    }

    var tree: Tree {
        .object([
            ("code", code.map(Tree.integer) ?? .null), ("name", name.map(Tree.string)),
            ("http_status", httpStatus.map(Tree.integer)), ("message", message.map(Tree.string)),
            ("details", details.map(Tree.string)), ("subcode", subcode.map(Tree.integer)),
            ("error_user_title", userTitle.map(Tree.string)), ("error_user_msg", userMessage.map(Tree.string)),
            ("is_transient", isTransient.map(Tree.bool)), ("fbtrace_id", traceID.map(Tree.string)),
        ])
    }
}
