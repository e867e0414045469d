// Meta's own error, as a send or a webhook reports it.

public struct GraphError: Sendable {
    /// Meta's code; nil when the answer held none (a proxy's page, say).
    public var code: Int?
    /// Meta's name for the code, from the table of error codes.
    public var name: String?
    public var httpStatus: Int?
    public var message: String?
    public var details: String?
    public var subcode: Int?
    public var traceID: String?

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

    var tree: Tree {
        .object([
            ("code", code.map(Tree.integer) ?? .null), ("name", name.map(Tree.string)),
            ("http_status", httpStatus.map(Tree.integer)), ("message", message.map(Tree.string)),
            ("details", details.map(Tree.string)), ("subcode", subcode.map(Tree.integer)),
            ("fbtrace_id", traceID.map(Tree.string)),
        ])
    }
}
