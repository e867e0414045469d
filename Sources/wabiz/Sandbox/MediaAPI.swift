// Media of both APIs: upload, metadata with a URL on the sandbox itself, download with ranges, delete. The checks of an
// upload are the library's own.
import Foundation
import WABiz

struct MediaAPI: Sendable {
    var knowledge: Knowledge

    // MARK: Cloud API

    /// POST /{version}/{phone_number_id}/media
    func upload(_ request: Request, phoneNumberID: String) -> Outcome {
        if request.isTooLarge { return refuse(131053, "The request is longer than \(request.limit) bytes.", status: 413) }
        guard let form = Multipart(request) else { return refuse(100, "The Content-Type must be multipart/form-data with a boundary.") }
        guard form.text("messaging_product") == "whatsapp" else { return refuse(100, "(#100) The parameter messaging_product is required.") }
        guard let file = form.part("file"), let name = file.filename else { return refuse(100, "(#100) The parameter file is required.") }
        let type = form.text("type") ?? file.type ?? ""
        let options = UploadOptions(type: type, filename: name, timeToLive: form.text("ttl_minutes").map { Int($0) ?? -1 })
        if let refusal = MediaAPI.refusal(file.bytes, options, .cloud) { return refuse(131053, nil, details: refusal) }
        let media = StoredMedia(id: Identifiers.digits(15), type: type, bytes: file.bytes)
        let tree: Tree = ["id": .string(media.id)]
        var outcome = Outcome(.json(200, tree.bytes), "media \(media.id): \(type), \(file.bytes.count) bytes")
        outcome.mediaChange = .add(media)
        return outcome
    }

    /// GET and DELETE /{version}/{media_id}
    func node(_ request: Request, id: String) -> Outcome {
        guard let media = knowledge.media.file(id), !media.isOnPremises else {
            let verb = request.method.lowercased()
            return refuse(
                100, "Unsupported \(verb) request. Object with ID '\(id)' does not exist, cannot be loaded due to missing permissions, "
                    + "or does not support this operation.", subcode: 33)
        }
        if request.method == "DELETE" {
            var outcome = Outcome(.json(200, Array(#"{"success":true}"#.utf8)), "deleted media \(id)")
            outcome.mediaChange = .remove(id)
            return outcome
        }
        let magic = MagicMedia(of: id)
        let isOld = magic == .goneURL || magic == .oldURL && knowledge.media.lookUps(of: id) == 0
        let tree: Tree = [
            "messaging_product": "whatsapp", "url": .string(url(of: media, in: request, isOld: isOld)), "mime_type": .string(media.type),
            "sha256": .string(magic == .wrongHash ? String(repeating: "0", count: 64) : media.hex),
            "file_size": .string(String(media.bytes.count + (magic == .wrongSize ? 1 : 0))), "id": .string(id),
        ]
        var outcome = Outcome(.json(200, tree.bytes), "metadata of media \(id)")
        outcome.mediaChange = .lookedUp(id)
        return outcome
    }

    /// The path of files, as on Meta's media host.
    static let place = ["whatsapp_business", "attachments"]
    /// Where redirects lead: it wants no token.
    static let redirected = ["whatsapp_business", "redirected"]

    /// A URL that ends to work after --media-url-seconds.
    func url(of media: StoredMedia, in request: Request, isOld: Bool = false) -> String {
        let expiry = Int((Date().timeIntervalSince1970 + (isOld ? -1 : knowledge.mediaURLSeconds)) * 1000)
        return "\(request.origin)/\(MediaAPI.place.joined(separator: "/"))/?mid=\(media.id)&source=getMedia&ext=\(expiry)&hash=\(Identifiers.hex(16))"
    }

    /// GET of such a URL.
    func download(_ request: Request) -> Outcome {
        let id = request.parameter("mid") ?? ""
        guard let media = knowledge.media.file(id), let expiry = request.parameter("ext").flatMap({ Double($0) }),
            Date().timeIntervalSince1970 * 1000 < expiry
        else { return Outcome(.empty(404), "media \(id): the URL has run out") }
        let magic = MagicMedia(of: id)
        if magic == .redirect, !request.segments.elementsEqual(MediaAPI.redirected) { return redirect(request) }
        return file(media, request, magic)
    }

    /// The same file on what is another host to a client: `localhost` in place of an address.
    private func redirect(_ request: Request) -> Outcome {
        var reply = Reply.empty(302)
        let port = request.origin.split(separator: ":").last.map(String.init) ?? ""
        reply.headers = [("Location", "http://localhost:\(port)/\(MediaAPI.redirected.joined(separator: "/"))?\(request.query)")]
        return Outcome(reply, "redirected")
    }

    /// Whether a redirected request brought what it must not.
    func redirected(_ request: Request) -> Outcome {
        guard request.header("Authorization") == nil else { return refuse(100, "A token was sent to a host that a redirect named.") }
        return download(request)
    }

    // MARK: On-Premises API

    /// POST /v1/media: the bytes as they are.
    func uploadOnPremises(_ request: Request) -> Outcome {
        let type = request.header("Content-Type") ?? ""
        if request.isTooLarge { return refuseOnPremises(2008, "The request is longer than \(request.limit) bytes.") }
        if let refusal = MediaAPI.refusal(request.body, UploadOptions(type: type), .onPremises) { return refuseOnPremises(2008, refusal) }
        let media = StoredMedia(id: UUID().uuidString.lowercased(), type: type, bytes: request.body, isOnPremises: true)
        let tree: Tree = ["media": [["id": .string(media.id)]], "meta": MetaErrors.meta]
        var outcome = Outcome(.json(201, tree.bytes), "media \(media.id): \(type), \(media.bytes.count) bytes")
        outcome.mediaChange = .add(media)
        return outcome
    }

    /// GET and DELETE /v1/media/{media_id}
    func nodeOnPremises(_ request: Request, id: String) -> Outcome {
        guard let media = knowledge.media.file(id), media.isOnPremises || MagicMedia(of: id) != nil else { return Outcome(.empty(404), "no media \(id)") }
        guard request.method == "DELETE" else { return file(media, request, MagicMedia(of: id)) }
        let tree: Tree = ["meta": MetaErrors.meta]
        var outcome = Outcome(.json(200, tree.bytes), "deleted media \(id)")
        outcome.mediaChange = .remove(id)
        return outcome
    }

    // MARK: Both

    private func file(_ media: StoredMedia, _ request: Request, _ magic: MagicMedia?) -> Outcome {
        var reply = Reply(status: 200, contentType: media.type, body: media.bytes)
        reply.headers = [("Accept-Ranges", "bytes")]
        reply.isFile = true
        if let start = request.rangeStart {
            guard start < media.bytes.count else {
                var reply = Reply.empty(416)
                reply.headers = [("Content-Range", "bytes */\(media.bytes.count)")]
                return Outcome(reply, "media \(media.id): nothing behind byte \(start)")
            }
            reply.status = 206
            reply.body = Array(media.bytes.dropFirst(start))
            reply.headers.append(("Content-Range", "bytes \(start)-\(media.bytes.count - 1)/\(media.bytes.count)"))
        }
        switch magic {
        case .cut where reply.status == 200: reply.wire = .cutInBody
        case .slow: reply.delay = knowledge.slowSeconds
        case .silent: reply.wire = .silent
        default: break
        }
        return Outcome(reply, "media \(media.id), \(reply.body.count) bytes")
    }

    /// The library's first issue with a file, in words.
    private static func refusal(_ bytes: [UInt8], _ options: UploadOptions, _ api: API) -> String? {
        do throws(Failure) {
            _ = try MediaUpload(MediaUpload.Facts(size: bytes.count, head: Array(bytes.prefix(32))), options: options, api: api)
            return nil
        } catch { return error.issues.first { $0.severity == .error }?.message ?? error.message }
    }

    private func refuse(_ code: Int, _ message: String?, details: String? = nil, subcode: Int? = nil, status: Int? = nil) -> Outcome {
        Outcome(MetaErrors.cloud(code, details: details, message: message, subcode: subcode, status: status), "refused: \(code) \(details ?? message ?? "")")
    }

    private func refuseOnPremises(_ code: Int, _ details: String) -> Outcome {
        Outcome(MetaErrors.onPremises(code, details: details), "refused: \(code) \(details)")
    }
}
