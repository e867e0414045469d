// Receives webhooks: answers Meta's verification request, verifies every notification and prints its events.
//
//     export WABIZ_APP_SECRET=... WABIZ_VERIFY_TOKEN=...   # both from the app dashboard
//     swift run receive 8000                               # 0 takes a free port
//
// Meta calls https only: put a web server with a certificate in front.
import FlyingFox
import Foundation
import WABiz

let environment = ProcessInfo.processInfo.environment
let appSecret = environment["WABIZ_APP_SECRET"]
let verifyToken = environment["WABIZ_VERIFY_TOKEN"]
let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 8000
let largestBody = 16 << 20  // Meta sends up to 3 MB
let desk = Desk()

/// Works on events, one after the other. A real service stores them first, so that a crash loses none.
actor Desk {
    private var seen: Set<String> = []  // Meta delivers some events twice; a real service keeps the keys for a week

    func work(on events: [Event]) {
        for event in events where event.key.map({ seen.insert($0).inserted }) ?? true {
            let what = event.text ?? event.status ?? event.type ?? ""
            print(event.kind.rawValue, event.from ?? event.recipientID ?? "", what, event.key ?? "")
        }
        fflush(nil)
    }
}

/// The body of a request; nil when it is longer than any of Meta's.
@Sendable func body(of request: HTTPRequest) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    for try await chunk in request.bodySequence {
        guard bytes.count + chunk.count <= largestBody else { return nil }
        bytes += chunk
    }
    return bytes
}

/// Meta's GET verification request.
@Sendable func verify(_ request: HTTPRequest) async throws -> HTTPResponse {
    let challenge = Webhook.challenge(query: request.target.query(), verifyToken: verifyToken)
    let status = challenge.httpStatus == 200 ? HTTPStatusCode.ok : challenge.httpStatus == 403 ? .forbidden : .badRequest
    return HTTPResponse(statusCode: status, headers: [.contentType: "text/plain"] as HTTPHeaders, body: Data(challenge.body.utf8))
}

/// A POST with events.
@Sendable func receive(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard let bytes = try await body(of: request) else {
        return HTTPResponse(statusCode: .payloadTooLarge, headers: [.connection: "close"] as HTTPHeaders)
    }
    do {
        // Verified over the raw bytes, then read.
        let signature = request.headers[HTTPHeader("X-Hub-Signature-256")]
        let events = try Webhook.events(body: bytes, signature: signature, secrets: appSecret)
        // Answer at once and work afterwards: Meta repeats what is not answered quickly with 200.
        Task { await desk.work(on: events) }
        return HTTPResponse(statusCode: .ok)
    } catch {
        // 500 asks Meta to bring it again: for what was not its fault, such as no memory.
        let isNoNotification = error.code == .badJSON
        return HTTPResponse(statusCode: error.code == .unauthentic ? .unauthorized : isNoNotification ? .badRequest : .internalServerError)
    }
}

let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), logger: .disabled)
await server.appendRoute("GET *", handler: verify)
await server.appendRoute("POST *", handler: receive)
await server.appendRoute("*") { _ in HTTPResponse(statusCode: .methodNotAllowed, headers: [HTTPHeader("Allow"): "GET, POST"] as HTTPHeaders) }
let running = Task { try await server.run() }
try await server.waitUntilListening()
if case .ip4(_, port: let port) = await server.listeningAddress {
    print("webhook receiver on http://127.0.0.1:\(port)")
    fflush(nil)
}
try await running.value
