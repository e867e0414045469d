// The life of a message after it was taken, as data: which webhooks come, in which order, how many in one POST; and how
// one step of it is written, for the Cloud and the On-Premises API.
import Foundation
import WABiz

/// One status of a message.
enum Step: Sendable {
    case status(String)
    case failed(Int)

    var word: String {
        switch self {
        case .status(let word): word
        case .failed(let code): "failed \(code)"
        }
    }
}

enum Lifecycle {
    /// The webhooks that follow, one inner list per POST.
    static func posts(_ behaviour: Behaviour) -> [[Step]] {
        let sent = Step.status("sent")
        let delivered = Step.status("delivered")
        let read = Step.status("read")
        switch behaviour {
        case .noWebhooks: return []
        case .outOfOrder: return [[read], [delivered], [sent]]
        case .twice: return [[sent], [sent], [delivered], [delivered], [read], [read]]
        case .readAtOnce: return [[sent], [read]]
        case .oneBatch: return [[sent, delivered, read]]
        case .heldThenFailed, .paused: return [[.failed(132015)]]
        case .failLater(let code): return [[.failed(code)]]
        default: return [[sent], [delivered], [read]]
        }
    }

    /// The document that tells of these steps.
    static func body(_ steps: [Step], of story: Story, as envelope: Envelope) -> [UInt8] {
        let statuses = steps.map { status($0, of: story) }
        if story.message.isOnPremises { return envelope.onPremises("statuses", .array(statuses), contact: nil) }
        let hasFailed = steps.contains { if case .failed = $0 { true } else { false } }
        // Meta adds the person to everything but failures.
        let contact: Tree? = hasFailed || story.message.isGroup ? Optional.none : contact(of: story.message)
        return envelope.cloud("statuses", .array(statuses), contact: contact, phoneNumberID: story.message.phoneNumberID)
    }

    private static func contact(of message: SentMessage) -> Tree {
        .object([
            ("profile", ["name": "Sandbox Person"]), ("wa_id", message.to == nil ? nil : .string(message.waID)),
            ("user_id", message.recipient.map(Tree.string)),
        ])
    }

    private static func status(_ step: Step, of story: Story) -> Tree {
        let message = story.message
        let tree: Tree = ["id": .string(story.id)]
        switch step {
        case .status(let word): tree.set("status", .string(word))
        case .failed: tree.set("status", "failed")
        }
        tree.set("timestamp", .string(String(Int(Date().timeIntervalSince1970))))
        setRecipient(of: message, on: tree)
        if !message.isOnPremises { tree.set("biz_opaque_callback_data", message.callbackData.map(Tree.string)) }
        switch step {
        case .failed(let code):
            let error = message.isOnPremises
                ? MetaErrors.onPremisesError(MetaErrors.onPremisesCode(code)) : MetaErrors.inWebhook(code)
            tree.set("errors", [error])
        case .status("sent"): setCosts(of: story, isFirst: true, on: tree)
        case .status("delivered"): setCosts(of: story, isFirst: false, on: tree)
        case .status: break
        }
        if message.isOnPremises { tree.set("type", "message") }
        return tree
    }

    private static func setRecipient(of message: SentMessage, on tree: Tree) {
        if message.isGroup {
            tree.set("recipient_id", message.to.map(Tree.string))
            tree.set("recipient_type", "group")
            tree.set("recipient_participant_id", "15550009999")
        } else if message.to == nil {
            tree.set("recipient_user_id", message.recipient.map(Tree.string))
        } else {
            tree.set("recipient_id", .string(message.waID))
        }
    }

    /// `pricing`, and `conversation` where the version of the API has it.
    private static func setCosts(of story: Story, isFirst: Bool, on tree: Tree) {
        let message = story.message
        let category = message.api == .marketingMessages ? "marketing_lite" : message.type == "template" ? "utility" : "service"
        if message.showsConversation {
            // One conversation per message, and the same for all its statuses.
            let conversation: Tree = ["id": .string(conversationID(of: story.id))]
            if isFirst, !message.isOnPremises {
                conversation.set("expiration_timestamp", .string(String(Int(Date().timeIntervalSince1970) + 86400)))
            }
            if !message.isOnPremises { conversation.set("origin", ["type": .string(category)]) }
            tree.set("conversation", conversation)
        }
        if message.isOnPremises {
            tree.set("pricing", ["pricing_model": "CBP", "billable": .bool(category != "service")])
        } else {
            tree.set("pricing", [
                "billable": .bool(category != "service"), "pricing_model": "PMP",
                "type": category == "service" ? "free_customer_service" : "regular", "category": .string(category),
            ])
        }
    }

    /// 32 hexadecimal digits that depend on the message's id alone.
    private static func conversationID(of id: String) -> String {
        String(WebhookSignature.hex(of: Array(id.utf8), secret: "conversation").prefix(32))
    }
}
