// What `wabiz listen` answers to a request: Meta repeats for days whatever is not answered with 200, so 500 is for events
// that could not be handed on, and everything that no repetition would mend has an answer of its own.
import FlyingFox
import Foundation
import WABiz

struct Listener: Sendable {
    static let bodyLimit = 4 << 20  // Meta sends up to 3 MB

    let path: String
    /// Nil takes what nobody signed.
    let secrets: String?
    let verifyToken: String?
    let desk: Desk

    init(path: String, secrets: String?, verifyToken: String?, desk: Desk) {
        self.path = Listener.bare(path)
        self.secrets = secrets
        self.verifyToken = verifyToken
        self.desk = desk
    }

    @Sendable func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let body = try await Listener.body(of: request) else { return Listener.reply(400) }
        guard Listener.bare(request.target.path()) == path else { return Listener.reply(404) }
        switch request.method {
        case .GET:
            let challenge = Webhook.challenge(query: request.target.query(), verifyToken: verifyToken)
            if challenge.httpStatus != 200 { warn("wabiz: a verification request was refused with \(challenge.httpStatus)") }
            return Listener.reply(challenge.httpStatus, challenge.body)
        case .POST where body.count > Listener.bodyLimit: return Listener.reply(413)
        case .POST: return await receive(body, signature: request.headers[HTTPHeader("X-Hub-Signature-256")])
        default:
            var response = Listener.reply(405)
            response.headers[HTTPHeader("Allow")] = "GET, POST"
            return response
        }
    }

    private func receive(_ body: [UInt8], signature: String?) async -> HTTPResponse {
        let document: [UInt8]
        do {
            if let secrets {
                document = try Webhook.receive(body: body, signature: signature, secrets: secrets)
            } else {
                document = try Webhook.parse(body: body)
            }
        } catch {
            warn("wabiz: a notification was refused: \(error.message)")
            switch error.code {
            case .unauthentic: return Listener.reply(401)
            case .badJSON: return Listener.reply(400)
            default: return Listener.reply(500)
            }
        }
        return Listener.reply(await desk.handOn(Notification(document: document)) ? 200 : 500)
    }

    /// The raw bytes, and of a body that is too long as many as show it; nil for one that breaks off. It is read to its end in any
    /// case: the next request on the line begins behind it.
    private static func body(of request: HTTPRequest) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        do {
            for try await chunk in request.bodySequence where bytes.count <= bodyLimit { bytes += chunk }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return nil
        }
        return bytes
    }

    private static func bare(_ path: String) -> String { path.hasSuffix("/") ? String(path.dropLast()) : path }

    private static let phrases = [
        200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        413: "Content Too Large", 500: "Internal Server Error",
    ]

    private static func reply(_ status: Int, _ body: String = "") -> HTTPResponse {
        HTTPResponse(
            statusCode: HTTPStatusCode(status, phrase: phrases[status] ?? "Status"),
            headers: [.contentType: "text/plain; charset=utf-8"] as HTTPHeaders, body: Data(body.utf8))
    }
}
