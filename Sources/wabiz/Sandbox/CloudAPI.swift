// The Cloud API's side of the sandbox: POST /{version}/{phone_number_id}/messages and …/marketing_messages, answered in
// Meta's order: path, token, content type, JSON, message, and then what the recipient's number plays.
import WABiz

struct CloudAPI: Sendable {
    var knowledge: Knowledge

    func answer(_ request: Request) -> Outcome {
        if let outcome = answerMedia(request) { return outcome }
        guard let route = Route(request.segments) else {
            return refuse(2500, "Unknown path components: \(request.path)", status: 400)
        }
        if let refusal = checkToken(request) { return refusal }
        guard request.method == "POST" else {
            return refuse(100, "Unsupported \(request.method.lowercased()) request.", subcode: 33, status: 400)
        }
        guard route.phoneNumberID.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return refuse(
                100, "Unsupported post request. Object with ID '\(route.phoneNumberID)' does not exist, cannot be loaded due to "
                    + "missing permissions, or does not support this operation.", subcode: 33)
        }
        if request.isTooLarge { return refuse(100, "The request is longer than \(Request.bodyLimit) bytes.", status: 413) }
        guard request.isJSON else { return refuse(100, "The Content-Type must be application/json.") }
        return send(request.body, route)
    }

    /// The routes around files; nil for any other.
    private func answerMedia(_ request: Request) -> Outcome? {
        var segments = request.segments[...]
        let media = MediaAPI(knowledge: knowledge)
        if segments.elementsEqual(MediaAPI.redirected) { return media.redirected(request) }
        let isFile = segments.elementsEqual(MediaAPI.place)
        if let version = segments.first, CloudAPI.isVersion(version) { segments = segments.dropFirst() }
        let isUpload = segments.count == 2 && request.isUpload
        let isNode = segments.count == 1 && ["GET", "DELETE"].contains(request.method)
        guard isFile || isUpload || isNode, let id = segments.first else { return nil }
        if let refusal = checkToken(request) { return refusal }
        if isFile { return media.download(request) }
        return isUpload ? media.upload(request, phoneNumberID: id) : media.node(request, id: id)
    }

    private struct Route {
        var version: String?
        var phoneNumberID: String
        var api: API

        /// `{version}/{phone_number_id}/messages`; the version may be left out.
        init?(_ segments: [String]) {
            var segments = segments[...]
            if segments.count == 3, let first = segments.popFirst() {
                guard CloudAPI.isVersion(first) else { return nil }
                version = first
            }
            guard segments.count == 2, let id = segments.first, let edge = segments.last else { return nil }
            switch edge {
            case "messages": api = .cloud
            case "marketing_messages": api = .marketingMessages
            default: return nil
            }
            phoneNumberID = id
        }
    }

    /// `v`, one to three digits, a point and a digit.
    private static func isVersion(_ text: String) -> Bool { (try? /v[0-9]{1,3}\.[0-9]/.wholeMatch(in: text)) != nil }

    private func checkToken(_ request: Request) -> Outcome? {
        guard let token = request.bearerToken, !token.isEmpty else {
            return refuse(190, "An access token is required to request this resource: send the header 'Authorization: Bearer …'.")
        }
        if token == Knowledge.expiredToken {
            return refuse(190, "Error validating access token: Session has expired.", subcode: 463)
        }
        guard knowledge.takes(token) else { return refuse(190, "Invalid OAuth access token.") }
        if let secret = knowledge.appSecret, let proof = request.parameter("appsecret_proof"),
            proof != WebhookSignature.hex(of: Array(token.utf8), secret: secret)
        {
            return refuse(100, "Invalid appsecret_proof provided in the API argument")
        }
        return nil
    }

    private func send(_ body: [UInt8], _ route: Route) -> Outcome {
        let message: SentMessage
        do {
            message = try Tape.read(body) { SentMessage($0, api: route.api, version: route.version, phoneNumberID: route.phoneNumberID) }
        } catch {
            return refuse(100, "Invalid JSON: \(error.message)")
        }
        if let refusal = Inspection.refusal(of: body, api: route.api) {
            let reply = MetaErrors.cloud(refusal.cloudCode, details: refusal.details)
            return Outcome(reply, "refused: \(refusal.cloudCode) \(refusal.details)")
        }
        if let id = message.readID { return read(id) }
        return play(message)
    }

    private func read(_ id: String) -> Outcome {
        guard knowledge.mayRead(id) else {
            return refuse(131009, nil, details: "Message ID is invalid: no such inbound message.")
        }
        return Outcome(.json(200, Array(#"{"success":true}"#.utf8)), "read \(id)")
    }

    /// Answers as the recipient's number asks for.
    private func play(_ message: SentMessage) -> Outcome {
        let behaviour = message.behaviour
        let id = Identifiers.cloud(person: message.waID.isEmpty ? message.person : message.waID, inbound: false)
        let what = "\(message.type) to \(message.person)"
        func taken(_ reply: Reply) -> Outcome {
            Outcome(reply, "\(what): \(id)", messageID: id, story: Story(id: id, message: message, behaviour: behaviour))
        }
        let accepted = Reply.json(200, receipt(message, id: id, behaviour: behaviour))
        switch behaviour {
        case .refuse(let code): return Outcome(MetaErrors.cloud(code, details: ErrorTable.row(code: code, onPremises: false)?.meaning), "\(what): refused with \(code)")
        case .errorInside:
            var reply = MetaErrors.cloud(131000, details: "Played by the sandbox.")
            reply.status = 200
            return Outcome(reply, "\(what): error inside 200")
        case .withoutID: return taken(.json(200, Array(#"{"messaging_product":"whatsapp"}"#.utf8)))
        default:
            guard let odd = Reply.odd(behaviour, accepted, slowSeconds: knowledge.slowSeconds) else { return taken(accepted) }
            return odd.isTaken ? taken(odd.reply) : Outcome(odd.reply, "\(what): lost")
        }
    }

    /// Meta's answer to a message that it took.
    private func receipt(_ message: SentMessage, id: String, behaviour: Behaviour) -> [UInt8] {
        let contact: Tree = ["input": .string(message.to ?? message.recipient ?? "")]
        if message.to != nil {
            if !message.isGroup { contact.set("wa_id", .string(message.waID)) }
        } else {
            contact.set("user_id", message.recipient.map(Tree.string))
        }
        let entry: Tree = ["id": .string(id)]
        if message.isGroup { entry.set("group_id", message.to.map(Tree.string)) }
        switch behaviour {
        case .heldThenFailed, .heldThenSent: entry.set("message_status", "held_for_quality_assessment")
        case .paused: entry.set("message_status", "paused")
        default: if message.type == "template" { entry.set("message_status", "accepted") }
        }
        let tree: Tree = ["messaging_product": "whatsapp", "contacts": [contact], "messages": [entry]]
        return tree.bytes
    }

    private func refuse(_ code: Int, _ message: String?, details: String? = nil, subcode: Int? = nil, status: Int? = nil) -> Outcome {
        let reply = MetaErrors.cloud(code, details: details, message: message, subcode: subcode, status: status)
        return Outcome(reply, "refused: \(code) \(details ?? message ?? "")")
    }
}

extension Reply {
    /// The answers that break the line or the protocol, the same for both APIs; nil for behaviours that answer well.
    /// `isTaken` tells whether the message goes out all the same.
    static func odd(_ behaviour: Behaviour, _ accepted: Reply, slowSeconds: Double) -> (reply: Reply, isTaken: Bool)? {
        var reply = accepted
        switch behaviour {
        case .bareStatus(502): return (.html(502, "<html><body><h1>502 Bad Gateway</h1></body></html>"), false)
        case .bareStatus(let status): return (.empty(status), false)
        case .lostThenCut:
            reply.wire = .cut
            return (reply, false)
        case .takenThenCut: reply.wire = .cut
        case .cutInBody: reply.wire = .cutInBody
        case .html: return (.html(200, "<html><body><h1>Please log in</h1></body></html>"), false)
        case .emptyAnswer: reply = .empty(200)
        case .slow: reply.delay = slowSeconds
        case .silent: reply.wire = .silent
        default: return nil
        }
        return (reply, true)
    }
}
