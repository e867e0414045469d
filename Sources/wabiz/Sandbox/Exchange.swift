// One HTTP exchange as the sandbox sees it, without the server's types: what came in and what is answered, including
// the answers that no well-behaved server gives (cut lines, silence).
import Foundation

/// A request, read completely.
struct Request: Sendable {
    var method: String
    /// The path as it was sent, percent-encoded.
    var path: String
    /// The query as it was sent, without "?".
    var query: String
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// The body was longer than `bodyLimit`; `body` is empty.
    var isTooLarge = false

    /// Bytes of a body that are kept; more is read and thrown away, and answered 413.
    static let bodyLimit = 4 << 20
    /// The same for files: Meta's largest and the form around it.
    static let fileLimit = 101 << 20

    /// True for the routes that take files.
    var isUpload: Bool { method == "POST" && segments.last == "media" }
    var limit: Int { isUpload ? Request.fileLimit : Request.bodyLimit }

    /// The request as the journal keeps it: without the bytes of a file.
    var forJournal: Request {
        guard isUpload, !body.isEmpty else { return self }
        var request = self
        request.body = Array("(\(body.count) bytes)".utf8)
        return request
    }

    /// Scheme, host and port by which the sandbox was reached.
    var origin: String { "http://" + (header("Host") ?? "127.0.0.1") }

    /// The first byte that `Range: bytes=N-` asks for.
    var rangeStart: Int? {
        guard let range = header("Range"), range.hasPrefix("bytes="), range.hasSuffix("-") else { return nil }
        return Int(range.dropFirst(6).dropLast()).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The path's parts, percent-decoded; a trailing slash adds none.
    var segments: [String] {
        path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
    }

    func header(_ name: String) -> String? {
        headers.first { $0.name.caseInsensitiveCompare(name) == .orderedSame }?.value
    }

    /// A parameter of the query, percent-decoded.
    func parameter(_ name: String) -> String? {
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.first.map(String.init)?.removingPercentEncoding == name else { continue }
            return halves.count > 1 ? String(halves[1]).removingPercentEncoding : ""
        }
        return nil
    }

    /// The token of `Authorization: Bearer …`, or of the query as Graph takes it too.
    var bearerToken: String? {
        guard let value = header("Authorization") else { return parameter("access_token") }
        guard value.prefix(7).lowercased() == "bearer " else { return nil }
        return value.dropFirst(7).trimmingCharacters(in: .whitespaces)
    }

    var isJSON: Bool {
        let type = (header("Content-Type") ?? "").split(separator: ";").first.map(String.init) ?? ""
        return type.trimmingCharacters(in: .whitespaces).lowercased() == "application/json"
    }
}

/// What is answered, and how.
struct Reply: Sendable {
    enum Wire: Sendable {
        /// An ordinary answer.
        case whole
        /// The connection is closed before the first byte.
        case cut
        /// The connection is closed in the middle of the body.
        case cutInBody
        /// Nothing is answered until the client gives up.
        case silent
    }

    var status: Int
    var contentType: String?
    var body: [UInt8]
    var wire = Wire.whole
    /// Seconds to wait before answering.
    var delay = 0.0
    /// Further headers.
    var headers: [(name: String, value: String)] = []
    /// The body is a file.
    var isFile = false

    /// The answer as the journal keeps it: without the bytes of a file.
    var forJournal: Reply {
        guard isFile else { return self }
        var reply = self
        reply.body = Array("(\(body.count) bytes)".utf8)
        return reply
    }

    static func json(_ status: Int, _ body: [UInt8]) -> Reply {
        Reply(status: status, contentType: "application/json; charset=UTF-8", body: body)
    }

    static func html(_ status: Int, _ text: String) -> Reply {
        Reply(status: status, contentType: "text/html; charset=UTF-8", body: Array(text.utf8))
    }

    static func empty(_ status: Int) -> Reply { Reply(status: status, contentType: nil, body: []) }
}
