// A file that a person sends: makes the media object of the webhook as each API writes it, and the file that can then be
// downloaded by its id.
import Foundation
import WABiz

struct InboundMedia {
    /// The media object.
    var body: [UInt8]
    /// The file that is new by it.
    var file: StoredMedia?

    static let kinds = ["image", "audio", "voice", "video", "document", "sticker"]

    /// - Parameters:
    ///   - object: what the caller wrote. With an "id" it goes out as it stands, and what is known of the file is added; without
    ///     one a file is made of "data" (base64), or made up.
    ///   - url: where a file of the Cloud API can be fetched.
    init(_ object: JSONView, kind: String, isOnPremises: Bool, store: MediaStore, url: (StoredMedia) -> String) throws(Failure) {
        var known: StoredMedia?
        if let id = object["id"]?.string {
            known = store.file(id)
        } else {
            let file = try InboundMedia.file(object, kind: kind, isOnPremises: isOnPremises)
            (self.file, known) = (file, file)
        }
        guard let known else {
            body = object.raw
            return
        }
        var writer = JSONWriter()
        writer.beginObject()
        for member in object.members where !member.name.equals("data") {
            writer.name(member.name)
            writer.raw(member.value)
        }
        func add(_ name: StaticString, _ text: String) {
            guard object[name] == nil else { return }
            writer.name(name)
            writer.string(text)
        }
        add("mime_type", known.type)
        add("sha256", isOnPremises ? known.hex : known.base64)
        add("id", known.id)
        if !isOnPremises { add("url", url(known)) }
        writer.endObject()
        body = writer.bytes
    }

    private static func file(_ object: JSONView, kind: String, isOnPremises: Bool) throws(Failure) -> StoredMedia {
        var bytes = Array("made-up media bytes".utf8)
        if let data = object["data"] {
            guard let decoded = data.string.flatMap({ Data(base64Encoded: $0) }) else { throw .badArgument(#"Write "data" as base64."#) }
            bytes = Array(decoded)
        }
        return StoredMedia(
            id: isOnPremises ? UUID().uuidString.lowercased() : Identifiers.digits(15), type: object["mime_type"]?.string ?? type(of: kind), bytes: bytes,
            isOnPremises: isOnPremises)
    }

    private static func type(of kind: String) -> String {
        switch kind {
        case "image": "image/jpeg"
        case "audio", "voice": "audio/ogg; codecs=opus"
        case "video": "video/mp4"
        case "sticker": "image/webp"
        default: "application/pdf"
        }
    }
}
