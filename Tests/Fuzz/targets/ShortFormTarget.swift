// Short and complete messages made of the words that the tables know: each byte of the input is a choice, so that the fuzzer
// reaches deep shapes which it would not spell by itself.

private let rootNames = [
    "to", "text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction", "template", "read", "typing", "reply_to", "tag",
    "caption", "filename", "voice", "provider", "message_id", "language", "namespace", "header", "body", "buttons", "components", "preview_url", "recipient",
    "context", "type", "status", "messaging_product", "recipient_type", "category", "ttl_seconds", "direct_send_config", "typing_indicator", "interactive",
    "biz_opaque_callback_data", "product_policy", "ttl", "hsm", "pin", "strange",
]
private let innerNames = [
    "type", "text", "parameter_name", "image", "video", "document", "location", "currency", "date_time", "payload", "url", "index", "sub_type", "parameters",
    "id", "link", "caption", "filename", "provider", "name", "code", "policy", "components", "language", "body", "latitude", "longitude", "address",
    "fallback_value", "amount_1000", "message_id", "emoji", "month", "timestamp", "template_name", "a/b", "c~d", "strange",
]
/// The words of interactive, order and group forms. They came later: an input says in its first byte whether it chooses among
/// them, so that what was kept before still spells what it did.
private let laterRootNames = rootNames + [
    "footer", "button", "rows", "sections", "link", "flow", "token", "mode", "screen", "data", "product", "catalog_id", "catalog", "call", "ttl_minutes", "payload",
    "request", "address", "values", "validation_errors", "saved_addresses", "order_details", "order_status", "cards", "limited_time_offer", "tap_target", "group", "unpin", "days",
]
private let laterInnerNames = innerNames + [
    "header", "title", "description", "rows", "buttons", "button", "reply", "quick_reply", "product", "catalog_id", "product_items", "product_retailer_id", "card_index",
    "action", "cards", "copy_code", "catalog", "mpm", "flow", "voice_call", "order_details", "video", "reference_id", "order", "status", "city", "in_pin_code", "value",
]
private let scalars = [
    "\"+15550001234\"", "\"Hello\"", "\"\"", "\"https://example.com/a.jpg\"", "\"1234567890123456\"", "\"wamid.A\"", "\"👍\"", "\"order_shipped\"", "\"en_US\"", "true",
    "false", "null", "5", "48.2", "\"48.2\"", "-1", "\"text\"", "\"body\"", "\"header\"", "\"button\"", "\"quick_reply\"", "\"url\"", "\"read\"", "\"whatsapp\"",
    "\"individual\"", "\"group\"", "\"deterministic\"", "\"template\"", "\"image\"", "\"currency\"", "\"USD\"", "\"utility\"", "\"a\\nb\"", "\"\\ud83d\\udc4d\"", "\"te\\u0078t\"",
    "12345678901234", "1e300", "\"      \"", "\"payload\"", "\"location\"", "\"document\"", "\"date_time\"", "\"reaction\"", "0",
]

private struct Choices {
    private let bytes: [UInt8]
    private var at = 0
    private(set) var text = ""
    var inner = innerNames

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at >= bytes.count }

    mutating func next() -> Int {
        guard at < bytes.count else { return 0 }
        at += 1
        return Int(bytes[at - 1])
    }

    mutating func value(_ depth: Int) {
        let choice = next()
        if depth < 7, choice >= 192 { return choice < 228 ? object(inner, depth + 1) : array(depth + 1) }
        text += scalars[choice % scalars.count]
    }

    mutating func object(_ names: [String], _ depth: Int) {
        text += "{"
        for index in 0..<next() % 6 {
            text += index == 0 ? "\"" : ",\""
            text += names[next() % names.count] + "\":"
            value(depth)
        }
        text += "}"
    }

    private mutating func array(_ depth: Int) {
        text += "["
        for index in 0..<next() % 13 {
            text += index == 0 ? "" : ","
            value(depth)
        }
        text += "]"
    }

    mutating func root(_ names: [String]) {
        text += "{"
        var index = 0
        while !isAtEnd, index < 40 {
            text += index == 0 ? "\"" : ",\""
            text += names[next() % names.count] + "\":"
            value(0)
            index += 1
        }
        text += "}"
    }
}

func fuzzShortForm(_ input: [UInt8]) {
    var choices = Choices(input)
    let mode = choices.next()
    let options = MessageOptions(api: API.allCases[mode % 3], unknownMembers: mode & 64 == 0 ? .warning : .error)
    let isLater = mode & 128 != 0
    if isLater { choices.inner = laterInnerNames }
    choices.root(isLater ? laterRootNames : rootNames)
    holdMessage(Array(choices.text.utf8), options)
}
