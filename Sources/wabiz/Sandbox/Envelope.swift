// The envelopes around webhook items: Meta's object/entry/changes/value for the Cloud API, plain arrays for the
// On-Premises API; and Meta's way of writing JSON, with everything beyond ASCII and every slash escaped.
import WABiz

struct Envelope: Sendable {
    /// The WhatsApp Business Account of the sandbox.
    static let wabaID = "100000000000001"
    /// The business number of the sandbox, as people see it.
    static let displayPhoneNumber = "15550001111"
    /// Stands in until a message named another one.
    static let phoneNumberID = "100000000000002"

    func cloud(_ name: StaticString, _ items: Tree, contact: Tree?, phoneNumberID: String) -> [UInt8] {
        cloud(name, items.bytes, contact: contact?.bytes, phoneNumberID: phoneNumberID)
    }

    /// `items` is a JSON array, `contact` a JSON object.
    func cloud(_ name: StaticString, _ items: [UInt8], contact: [UInt8]?, phoneNumberID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: items.count + 512)
        writer.beginObject()
        writer.name("messaging_product")
        writer.string("whatsapp")
        writer.name("metadata")
        let metadata: Tree = ["display_phone_number": .string(Envelope.displayPhoneNumber), "phone_number_id": .string(phoneNumberID)]
        writer.raw(metadata.bytes)
        Envelope.write(contact, to: &writer)
        writer.name(name)
        writer.raw(items)
        writer.endObject()
        return Envelope.asMetaWrites(around(writer.bytes))
    }

    private func around(_ value: [UInt8]) -> [UInt8] {
        let head = #"{"object":"whatsapp_business_account","entry":[{"id":"\#(Envelope.wabaID)","changes":[{"value":"#
        return Array(head.utf8) + value + Array(#","field":"messages"}]}]}"#.utf8)
    }

    func onPremises(_ name: StaticString, _ items: Tree, contact: Tree?) -> [UInt8] {
        onPremises(name, items.bytes, contact: contact?.bytes)
    }

    func onPremises(_ name: StaticString, _ items: [UInt8], contact: [UInt8]?) -> [UInt8] {
        var writer = JSONWriter(capacity: items.count + 256)
        writer.beginObject()
        Envelope.write(contact, to: &writer)
        writer.name(name)
        writer.raw(items)
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ contact: [UInt8]?, to writer: inout JSONWriter) {
        guard let contact else { return }
        writer.name("contacts")
        writer.beginArray()
        writer.raw(contact)
        writer.endArray()
    }

    /// Rewrites JSON as Meta writes it: `\u00e9` for é, surrogate pairs, `\/` for a slash. Receivers that check the
    /// signature over a document that they wrote anew fail on it, as they would in earnest.
    static func asMetaWrites(_ json: [UInt8]) -> [UInt8] {
        var text = ""
        text.reserveCapacity(json.count + 64)
        var isEscaped = false
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "/" where !isEscaped: text += #"\/"#
            case _ where !scalar.isASCII:
                for unit in String(scalar).utf16 {
                    let hex = String(unit, radix: 16)
                    text += #"\u"# + String(repeating: "0", count: 4 - hex.count) + hex
                }
            default: text.unicodeScalars.append(scalar)
            }
            isEscaped = scalar == "\\" && !isEscaped
        }
        return Array(text.utf8)
    }
}
