// Puts the sandbox on a socket with FlyingFox: reads requests whole and bounded, writes answers, and breaks the line
// where an answer asks for it.
import FlyingFox
import FlyingSocks
import Foundation

struct SandboxServer {
    let port: HTTPPort

    /// - Parameter port: 0 picks a free one.
    init(sandbox: Sandbox, host: String, port: UInt16) throws {
        // The time limit is over slow and silent answers.
        self.port = try HTTPPort(host: host, port: port, timeout: 86400) { try await SandboxServer.answer($0, by: sandbox) }
    }

    private static func answer(_ incoming: HTTPRequest, by sandbox: Sandbox) async throws -> HTTPResponse {
        var request = Request(
            method: incoming.method.rawValue, path: incoming.target.path(), query: incoming.target.query(),
            headers: incoming.headers.map { ($0.key.rawValue, $0.value) }.sorted { $0.name < $1.name }, body: [])
        // The body is read to its end even when it is too long: the next request on the line begins behind it.
        let limit = request.limit
        for try await chunk in incoming.bodySequence {
            if request.body.count + chunk.count > limit { request.isTooLarge = true }
            if request.isTooLarge { request.body = [] } else { request.body += chunk }
        }
        return response(to: await sandbox.answer(request))
    }

    private static let phrases = [
        200: "OK", 201: "Created", 206: "Partial Content", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        413: "Content Too Large", 416: "Range Not Satisfiable", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
        503: "Service Unavailable",
    ]

    private static func response(to reply: Reply) -> HTTPResponse {
        let status = HTTPStatusCode(reply.status, phrase: phrases[reply.status] ?? "Status")
        var headers = HTTPHeaders()
        headers[.contentType] = reply.contentType
        for header in reply.headers { headers[HTTPHeader(header.name)] = header.value }
        switch reply.wire {
        case .whole: return HTTPResponse(statusCode: status, headers: headers, body: Data(reply.body))
        case .cut, .silent: return HTTPResponse(webSocket: Scissors())
        case .cutInBody:
            let body = HTTPBodySequence(from: HalfBody(bytes: reply.body), count: reply.body.count)
            return HTTPResponse(statusCode: status, headers: headers, body: body)
        }
    }
}

/// Closes the connection before the first byte of an answer: FlyingFox asks a web socket's handler for its frames before
/// it writes, and closes when there are none to be had.
private struct Scissors: WSHandler {
    func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame> {
        throw SocketError.disconnected
    }
}

/// A body that breaks off in the middle; FlyingFox then closes the connection.
private struct HalfBody: AsyncBufferedSequence {
    typealias Element = UInt8
    let bytes: [UInt8]

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes.prefix(bytes.count / 2)) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        var rest: ArraySlice<UInt8>

        mutating func next() async throws -> UInt8? {
            guard let byte = rest.popFirst() else { throw SocketError.disconnected }
            return byte
        }

        mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
            guard !rest.isEmpty else { throw SocketError.disconnected }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
    }
}
