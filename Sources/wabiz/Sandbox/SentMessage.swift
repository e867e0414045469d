// What the sandbox needs to know of a message that was sent to it: whom it is for and what must come back in webhooks.
import WABiz

struct SentMessage: Sendable {
    var api: API
    /// `v25.0`; nil when the URL has none, and on the On-Premises API.
    var version: String?
    var phoneNumberID: String
    /// As it was written: a phone number or a group id; nil when only `recipient` is given.
    var to: String?
    /// A business-scoped user id.
    var recipient: String?
    var isGroup: Bool
    var type: String
    var callbackData: String?
    /// The inbound message, when this marks one as read.
    var readID: String?

    /// Reads the members; nothing is checked here.
    init(_ root: JSONView, api: API, version: String?, phoneNumberID: String) {
        self.api = api
        self.version = version
        self.phoneNumberID = phoneNumberID
        to = root["to"].flatMap { $0.string ?? $0.integer.map(String.init) }
        recipient = root["recipient"]?.string
        isGroup = root["recipient_type"]?.equals("group") ?? false
        type = root["type"]?.string?.lowercased() ?? (root["hsm"] == nil ? "text" : "hsm")
        callbackData = root["biz_opaque_callback_data"]?.string
        if root["status"]?.equals("read") ?? false { readID = root["message_id"]?.string ?? "" }
    }

    /// The person's WhatsApp id: the digits of the number.
    var waID: String { (to ?? "").filter { $0.isASCII && $0.isNumber } }

    /// What the person's number plays. The id of a group is opaque and plays nothing.
    var behaviour: Behaviour { isGroup ? .ordinary : MagicNumbers.behaviour(of: to ?? recipient ?? "") }

    /// How a console line calls the person.
    var person: String { to ?? recipient ?? "?" }

    var isOnPremises: Bool { api == .onPremises }

    /// Graph v23 and older put a conversation into sent and delivered webhooks.
    var showsConversation: Bool {
        guard let version else { return isOnPremises }
        return (version.dropFirst().split(separator: ".").first.flatMap { Int($0) } ?? 25) < 24
    }
}
