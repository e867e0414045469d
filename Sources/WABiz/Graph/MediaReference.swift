// Which file is meant: a media id, or the media object of a webhook as it came. What stands in it is somebody else's word:
// a URL gets the token only when its host is known, and hashes are there to be checked.

public struct MediaReference: Sendable {
    /// Meta's id of the file; nil when only a URL is known.
    public let id: String?
    /// Where a webhook says that the file lies.
    package let url: String?
    package let hash: MediaHash?
    package let type: String?

    /// - Throws: `.badArgument` when this can be no id.
    public init(id: String) throws(Failure) {
        try self.init(id: id, url: nil, hash: nil, type: nil)
    }

    /// Reads a media id, or a JSON object as webhooks carry it: `{"id":"…","url":"…","sha256":"…","mime_type":"…"}`.
    /// Members beside these are passed over. An id never begins with a brace.
    /// - Throws: `.badArgument`, or `.badJSON`.
    public init(text: [UInt8]) throws(Failure) {
        guard text.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
            guard let id = String(validating: text, as: UTF8.self) else { throw .badArgument("The media id is not UTF-8; write it as Meta gave it.") }
            try self.init(id: id)
            return
        }
        self = try Tape.read(text, .tolerant) { (object) throws(Failure) in
            func text(_ name: StaticString) throws(Failure) -> String? {
                guard let member = object[name], !member.isNull else { return nil }
                if let string = member.string { return string }
                if member.isInteger { return String(decoding: member.raw, as: UTF8.self) }
                throw .badArgument("The member \"\(name)\" of the media object is of kind \(member.kindName); pass the object as the webhook had it.")
            }
            let written = try text("sha256")
            let hash = written.flatMap { MediaHash($0) }
            if written != nil, hash == nil {
                throw .badArgument("\"sha256\" of the media object is neither 64 hexadecimal digits nor 44 characters of base64; leave it out to check against Meta's metadata alone.")
            }
            return try MediaReference(id: text("id"), url: text("url"), hash: hash, type: text("mime_type"))
        }
    }

    private init(id: String?, url: String?, hash: MediaHash?, type: String?) throws(Failure) {
        if let id, !(1...512 ~= id.utf8.count && id.utf8.allSatisfy { 0x21...0x7E ~= $0 }) {
            throw .badArgument("A media id is 1 to 512 visible ASCII characters, as Meta gave it.")
        }
        guard id != nil || url != nil else { throw .badArgument("The media object has neither \"id\" nor \"url\"; pass it as the webhook had it.") }
        self.id = id
        self.url = url
        self.hash = hash
        self.type = type
    }

    /// - Throws: `.badArgument` when there is only a URL.
    package func requiredID() throws(Failure) -> String {
        guard let id else { throw .badArgument("The media object has no \"id\"; this call needs one.") }
        return id
    }

    /// The URL, when the token may go there without Meta naming the host in an answer: the account's own origin, or
    /// Meta's media host. A webhook that was not verified can name any.
    package func trustedURL(for account: Account) -> String? {
        guard let url, let address = WebAddress(url), address.isFit(for: account), let base = WebAddress(account.baseURL) else { return nil }
        let isMediaHost = address.origin == "https://" + Account.mediaHost
        return address.origin == base.origin || (account.api != .onPremises && isMediaHost) ? url : nil
    }
}

extension Account {
    /// Where the Cloud API keeps media.
    static let mediaHost = "lookaside.fbsbx.com"
}

extension WebAddress {
    /// Encrypted, or on this machine for an account that is on this machine too; and without credentials in it.
    func isFit(for account: Account) -> Bool {
        !hasUserInfo && (scheme == "https" || scheme == "http" && isLoopback && account.isPlain)
    }
}
