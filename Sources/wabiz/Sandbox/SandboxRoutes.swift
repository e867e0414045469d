// The sandbox's own routes, under /sandbox: what it is and can play, what it received, and a person who writes.
import Foundation
import WABiz

extension Sandbox {
    func answerOwn(_ request: Request) async -> Reply {
        if request.isTooLarge {
            return Sandbox.problem(413, Failure.badArgument("At most \(Request.bodyLimit) bytes are read."))
        }
        let rest = request.segments.dropFirst().joined(separator: "/")
        switch (request.method, rest) {
        case ("GET", ""): return await .json(200, description.bytes)
        case ("GET", "messages"): return .json(200, messages)
        case ("DELETE", "messages"):
            let tree: Tree = ["cleared": .integer(clear())]
            return .json(200, tree.bytes)
        case ("POST", "expire"):
            let tree: Tree = ["expired": .integer(endTokens())]
            return .json(200, tree.bytes)
        case ("POST", "inbound"): return await receiveInbound(request)
        case ("POST", "webhook"): return await replay(request)
        case ("POST", "verify"):
            let tree: Tree = ["verified": .bool(await verifyWebhook())]
            return .json(200, tree.bytes)
        default:
            return Sandbox.problem(404, Failure(.notFound, "There is no \(request.method) \(request.path); GET /sandbox lists the routes."))
        }
    }

    /// POST /sandbox/inbound: a person writes.
    private func receiveInbound(_ request: Request) async -> Reply {
        let inbound: Inbound
        do {
            inbound = try readInbound(request)
        } catch {
            return Sandbox.problem(400, error)
        }
        console.event("·", "\(inbound.from) writes: \(inbound.type) \(inbound.id)")
        let delivery = await deliver(
            inbound.body, what: "message", signed: !inbound.isOnPremises, request: request, messageID: inbound.id)
        let tree: Tree = ["id": .string(inbound.id), "webhook_status": delivery?.status.map(Tree.integer) ?? .null]
        tree.set("media_id", (inbound.file?.id).map(Tree.string))
        tree.set("problem", Sandbox.problem(of: delivery))
        return .json(200, tree.bytes)
    }

    /// POST /sandbox/webhook: any body, signed and delivered as it is.
    private func replay(_ request: Request) async -> Reply {
        let delivery = await deliver(request.body, what: "replay", signed: true, request: request, messageID: nil)
        let tree: Tree = ["webhook_status": delivery?.status.map(Tree.integer) ?? .null]
        tree.set("problem", Sandbox.problem(of: delivery))
        return .json(200, tree.bytes)
    }

    private var description: Tree {
        get async {
            let webhook = settings.webhook.map(Tree.string) ?? .null
            let verification = await courier?.verification.rawValue
            let tree: Tree = [
                "wabiz": .string(WABizLibrary.version), "webhook": webhook, "webhook_verification": verification.map(Tree.string) ?? .null,
                "signed": .bool(settings.appSecret != nil), "phone_number_id": .string(phoneNumberID),
                "waba_id": .string(Envelope.wabaID), "display_phone_number": .string(Envelope.displayPhoneNumber),
                "routes": .array(Sandbox.routes.map(Tree.string)),
            ]
            tree.set("recipients", MagicNumbers.tree)
            tree.set("media", MagicMedia.tree)
            return tree
        }
    }

    static let routes = [
        "POST /{version}/{phone_number_id}/messages", "POST /{version}/{phone_number_id}/marketing_messages",
        "POST /{version}/{phone_number_id}/media", "GET /{version}/{media_id}", "DELETE /{version}/{media_id}",
        "GET /whatsapp_business/attachments/",
        "POST /v1/users/login", "GET /v1/health", "POST /v1/contacts", "POST /v1/messages", "PUT /v1/messages/{message_id}",
        "POST /v1/media", "GET /v1/media/{media_id}", "DELETE /v1/media/{media_id}",
        "GET /sandbox", "GET /sandbox/messages", "DELETE /sandbox/messages", "POST /sandbox/expire", "POST /sandbox/inbound", "POST /sandbox/webhook",
        "POST /sandbox/verify",
    ]

    private static func problem(_ status: Int, _ failure: Failure) -> Reply { .json(status, failure.document.bytes) }

    private static func problem(of delivery: Delivery?) -> Tree? {
        guard let delivery else { return "There is no webhook URL; start the sandbox with --webhook URL." }
        return delivery.problem.map(Tree.string)
    }
}
