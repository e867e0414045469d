// The On-Premises API's side of the sandbox: login, health, sending and marking as read under /v1, with its own ids and
// its own errors: `errors` and `meta` in place of Meta's `error`.
import Foundation
import WABiz

struct OnPremisesAPI: Sendable {
    var knowledge: Knowledge

    /// The client's default account, as it comes out of the box.
    static let user = "admin"
    static let password = "secret"

    func answer(_ request: Request) -> Outcome {
        let segments = request.segments.dropFirst()
        if request.isTooLarge, !request.isUpload {
            var reply = MetaErrors.onPremises(1025, details: "The request is longer than \(Request.bodyLimit) bytes.")
            reply.status = 413
            return Outcome(reply, "refused: too long")
        }
        if request.method == "POST", segments.elementsEqual(["users", "login"]) { return logIn(request) }
        guard let token = request.bearerToken, knowledge.takes(token) || knowledge.issuedTokens.contains(token) else {
            return refuse(1005, "Invalid credentials: log in with POST /v1/users/login and send 'Authorization: Bearer …'.")
        }
        switch (request.method, segments.first, segments.count) {
        case ("GET", "health", 1):
            let tree: Tree = ["health": ["gateway_status": "connected"], "meta": MetaErrors.meta]
            return Outcome(.json(200, tree.bytes), "healthy")
        case ("POST", "media", 1): return MediaAPI(knowledge: knowledge).uploadOnPremises(request)
        case ("GET", "media", 2), ("DELETE", "media", 2): return MediaAPI(knowledge: knowledge).nodeOnPremises(request, id: segments.last ?? "")
        case ("POST", "messages", 1): return send(request)
        case ("PUT", "messages", 2): return read(segments.last ?? "", request)
        default: return refuse(1006, "There is no \(request.method) \(request.path) here.")
        }
    }

    private func logIn(_ request: Request) -> Outcome {
        let expected = Data("\(OnPremisesAPI.user):\(OnPremisesAPI.password)".utf8).base64EncodedString()
        guard request.header("Authorization") == "Basic \(expected)" else {
            return refuse(1005, "Log in with user '\(OnPremisesAPI.user)' and password '\(OnPremisesAPI.password)' by Basic authentication.")
        }
        let token = "sandbox-" + Identifiers.hex(40)
        let inAWeek = Date().addingTimeInterval(7 * 86400)
        let expiry = "\(inAWeek.formatted(.iso8601.dateSeparator(.dash).dateTimeSeparator(.space).timeSeparator(.colon)).prefix(19))+00:00"
        let tree: Tree = ["users": [["token": .string(token), "expires_after": .string(expiry)]], "meta": MetaErrors.meta]
        return Outcome(.json(200, tree.bytes), "logged in", issuedToken: token)
    }

    private func send(_ request: Request) -> Outcome {
        guard request.isJSON else { return refuse(1025, "The Content-Type must be application/json.") }
        let message: SentMessage
        do {
            message = try Tape.read(request.body) { SentMessage($0, api: .onPremises, version: nil, phoneNumberID: "") }
        } catch {
            return refuse(1025, "Invalid JSON: \(error.message)")
        }
        if message.readID != nil { return refuse(1025, "Mark a message as read with PUT /v1/messages/{message_id}.") }
        if let refusal = Inspection.refusal(of: request.body, api: .onPremises) {
            return refuse(refusal.onPremisesCode, refusal.details)
        }
        return play(message)
    }

    /// PUT /v1/messages/{message_id} with {"status":"read"}.
    private func read(_ id: String, _ request: Request) -> Outcome {
        let isRead = (try? Tape.read(request.body) { $0["status"]?.equals("read") ?? false }) ?? false
        guard isRead else { return refuse(1009, #"The body must be {"status":"read"}."#) }
        guard knowledge.mayRead(id) else { return refuse(1006, "Message \(id) is not an inbound message.") }
        return Outcome(.json(200, Array("{}".utf8)), "read \(id)")
    }

    private func play(_ message: SentMessage) -> Outcome {
        let behaviour = message.behaviour
        let id = Identifiers.onPremises(inbound: false)
        let what = "\(message.type) to \(message.person)"
        func taken(_ reply: Reply) -> Outcome {
            Outcome(reply, "\(what): \(id)", messageID: id, story: Story(id: id, message: message, behaviour: behaviour))
        }
        let entry: Tree = ["id": .string(id)]
        if behaviour == .heldThenFailed || behaviour == .heldThenSent {
            entry.set("message_status", "Message has been held because quality assessment is pending")
        }
        let tree: Tree = ["messages": [entry], "meta": MetaErrors.meta]
        let accepted = Reply.json(201, tree.bytes)
        switch behaviour {
        case .refuse(let code): return refuse(MetaErrors.onPremisesCode(code), nil, what: what)
        case .errorInside:
            var reply = MetaErrors.onPremises(1014, details: "Played by the sandbox.")
            reply.status = 200
            return Outcome(reply, "\(what): error inside 200")
        case .withoutID:
            let tree: Tree = ["meta": MetaErrors.meta]
            return taken(.json(201, tree.bytes))
        default:
            guard let odd = Reply.odd(behaviour, accepted, slowSeconds: knowledge.slowSeconds) else { return taken(accepted) }
            return odd.isTaken ? taken(odd.reply) : Outcome(odd.reply, "\(what): lost")
        }
    }

    private func refuse(_ code: Int, _ details: String?, what: String? = nil) -> Outcome {
        Outcome(MetaErrors.onPremises(code, details: details), "\(what.map { $0 + ": " } ?? "")refused: \(code) \(details ?? "")")
    }
}
