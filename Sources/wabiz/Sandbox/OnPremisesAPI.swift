// The On-Premises API's side of the sandbox: login, health, contacts, sending and marking as read under /v1, with its own ids
// and its own errors: `errors` and `meta` in place of Meta's `error`.
import Foundation
import WABiz

struct OnPremisesAPI: Sendable {
    var knowledge: Knowledge

    func answer(_ request: Request) -> Outcome {
        let segments = request.segments.dropFirst()
        if request.isTooLarge, !request.isUpload {
            var reply = MetaErrors.onPremises(1025, details: "The request is longer than \(Request.bodyLimit) bytes.")
            reply.status = 413
            return Outcome(reply, "refused: too long")
        }
        if request.method == "POST", segments.elementsEqual(["users", "login"]) { return logIn(request) }
        // A token of a login has its end, also where any token is taken.
        guard let token = request.bearerToken, knowledge.logins.holds(token) ?? knowledge.takes(token) else {
            return refuse(1005, "Invalid credentials: log in with POST /v1/users/login and send 'Authorization: Bearer …'.")
        }
        switch (request.method, segments.first, segments.count) {
        case ("GET", "health", 1):
            let tree: Tree = ["health": ["gateway_status": "connected"], "meta": MetaErrors.meta]
            return Outcome(.json(200, tree.bytes), "healthy")
        case ("POST", "contacts", 1): return checkContacts(request)
        case ("POST", "media", 1): return MediaAPI(knowledge: knowledge).uploadOnPremises(request)
        case ("GET", "media", 2), ("DELETE", "media", 2): return MediaAPI(knowledge: knowledge).nodeOnPremises(request, id: segments.last ?? "")
        case ("POST", "messages", 1): return send(request)
        case ("PUT", "messages", 2): return read(segments.last ?? "", request)
        default: return refuse(1006, "There is no \(request.method) \(request.path) here.")
        }
    }

    private func logIn(_ request: Request) -> Outcome {
        let logins = knowledge.logins
        let expected = Data("\(Logins.user):\(logins.password)".utf8).base64EncodedString()
        guard request.header("Authorization") == "Basic \(expected)" else {
            return refuse(1005, "Log in by Basic authentication, at first with user '\(Logins.user)' and password '\(Logins.firstPassword)'.")
        }
        let new: String?
        do throws(Failure) {
            new = try request.body.isEmpty ? nil : Tape.read(request.body) { root in root["new_password"]?.string }
        } catch {
            return refuse(1025, #"The body is empty, or {"new_password":"..."}."#)
        }
        if let new, !Logins.isAllowed(new) { return refuse(1009, "new_password needs 8 to 64 characters: a digit, upper and lower case and a special one.") }
        if logins.mustChange, new == nil { return refuse(1024, "The first login must set a password: send new_password.") }
        let token = "sandbox-" + Identifiers.hex(40)
        let end = Date().addingTimeInterval(logins.seconds)
        let expiry = "\(end.formatted(.iso8601.dateSeparator(.dash).dateTimeSeparator(.space).timeSeparator(.colon)).prefix(19))+00:00"
        let tree: Tree = ["users": [["token": .string(token), "expires_after": .string(expiry)]], "meta": MetaErrors.meta]
        let change = new.map { Logins.Change.password($0, token: token, until: end) } ?? .token(token, until: end)
        return Outcome(.json(200, tree.bytes), "logged in" + (new == nil ? "" : " with a new password"), login: change)
    }

    /// POST /v1/contacts. Whom the recipient table refuses with 131026 is no user of WhatsApp; whom it answers slowly is still being
    /// looked up where nobody waits.
    private func checkContacts(_ request: Request) -> Outcome {
        let list = Tree.array()
        var count = 0
        let problem: String
        do throws(Failure) {
            problem = try Tape.read(request.body) { root in add(root, to: list, &count) }
        } catch {
            return refuse(1025, "Invalid JSON: \(error.message)")
        }
        guard problem.isEmpty else { return refuse(1009, problem) }
        let tree: Tree = ["contacts": list, "meta": MetaErrors.meta]
        return Outcome(.json(200, tree.bytes), "\(count) contacts checked")
    }

    /// Looks up what a body asks for. Says what is wrong with it, or nothing.
    private func add(_ root: JSONView, to list: Tree, _ count: inout Int) -> String {
        guard let contacts = root["contacts"], contacts.isArray, contacts.count > 0 else { return "contacts is an array of phone numbers." }
        let waits = root["blocking"]?.equals("wait") ?? false
        guard waits || root["blocking"]?.equals("no_wait") ?? true else { return "blocking is wait or no_wait." }
        for contact in contacts.elements {
            guard let input = contact.string else { return "A contact is a string." }
            let digits = input.filter { $0.isASCII && $0.isNumber }
            let behaviour = MagicNumbers.behaviour(of: input)
            let status = digits.count < 5 || behaviour == .refuse(131026) ? "invalid" : behaviour == .slow && !waits ? "processing" : "valid"
            list.append(.object([("input", .string(input)), ("status", .string(status)), ("wa_id", status == "valid" ? .string(digits) : nil)]))
            count += 1
        }
        return ""
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
