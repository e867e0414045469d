// One request to Meta as values: method, URL, headers, body. Nothing here touches the wire.

/// A request ready for the wire. Its URL and headers hold credentials: hand them to curl and show them to nobody.
public struct Call: Sendable, CustomStringConvertible, CustomReflectable {
    public enum Method: String, Sendable {
        case post = "POST"
        case put = "PUT"
        case get = "GET"
        case delete = "DELETE"
    }

    /// What a complete answer must hold.
    public enum Purpose: Sendable {
        /// A message: repeating it may duplicate it.
        case send
        /// Marking as read: repeating it does no harm.
        case markRead
        /// The metadata of a media file, and its bytes: nothing changes by asking.
        case lookUp, download
        /// A media file goes up: repeating it makes a second copy, which nobody is sent.
        case upload
        /// A media file is deleted: repeating it does no harm.
        case delete
        /// On-Premises: a token is asked for, phone numbers are looked up, the client is asked how it is.
        case logIn, checkContacts, health
    }

    public let method: Method
    package let url: String
    package let headers: [Header]
    package let body: [UInt8]
    public let api: API
    public let purpose: Purpose
    /// What an answer might quote and must not.
    let secrets: [Secret]

    /// - Throws: `.badArgument` when the message was checked for another interface than the account's.
    public init(_ message: Message, for account: Account) throws(Failure) {
        try self.init(message.api, read: message.readMessageID, message.type == "read" ? .markRead : .send, for: account, body: message.payload)
    }

    /// The same without the body, to be kept for the messages that follow.
    @unsafe package init(posting: Posting, for account: Account) throws(Failure) {
        try unsafe self.init(posting.api, read: posting.readMessageID, posting.isRead ? .markRead : .send, for: account, body: [])
    }

    private init(_ api: API, read: String?, _ purpose: Purpose, for account: Account, body: [UInt8]) throws(Failure) {
        try account.check(serves: api)
        self.purpose = purpose
        self.api = api
        self.body = body
        secrets = account.secrets
        if account.api == .onPremises {
            let id = purpose == .markRead ? read : nil
            method = id == nil ? .post : .put
            url = account.baseURL + "/v1/messages" + (id.map { "/" + Call.percentEncoded($0) } ?? "")
        } else {
            let node = api == .marketingMessages ? "marketing_messages" : "messages"
            method = .post
            url = "\(account.baseURL)/\(account.apiVersion)/\(account.phoneNumberID)/\(node)"
                + (account.appSecretProof.map { "?appsecret_proof=" + $0.text } ?? "")
        }
        headers = account.authorization
            + [Header("Content-Type", "application/json"), Header("User-Agent", account.userAgent)] + account.headers
    }

    /// The same request by another account's token.
    package func authorized(by account: Account) -> Call {
        let rest = headers.filter { $0.name != "Authorization" }
        return Call(
            method: method, url: url, headers: account.authorization + rest, body: body, api: api, purpose: purpose,
            secrets: secrets + account.secrets)
    }

    init(method: Method, url: String, headers: [Header], body: [UInt8], api: API, purpose: Purpose, secrets: [Secret]) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.api = api
        self.purpose = purpose
        self.secrets = secrets
    }

    /// Strikes the account's secrets out of a text that came from elsewhere.
    package func struckOut(_ text: String) -> String { secrets.reduce(text) { $1.struckOut(of: $0) } }

    public var description: String { "\(method.rawValue) \(api.rawValue)" }
    public var customMirror: Mirror { Mirror(self, children: ["method": method, "api": api, "purpose": purpose]) }

    /// One path segment: everything but RFC 3986's unreserved characters becomes `%XX`; so does a dot segment's dot.
    static func percentEncoded(_ text: String) -> String {
        let isDots = text == "." || text == ".."
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            let isMark = [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~")].contains(byte)
            if WebAddress.isAlphanumeric(byte) || isMark || byte == UInt8(ascii: ".") && !isDots {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

/// What the loss of an answer means, by purpose.
extension Call.Purpose {
    package var repeatVerdict: Verdict { self == .send ? .uncertain : .backoff }

    /// A request that changes nothing is never uncertain.
    package var codeOfLoss: Failure.Code {
        switch self {
        case .lookUp, .download, .logIn, .checkContacts, .health: .unreachable
        case .send, .markRead, .upload, .delete: .uncertain
        }
    }

    package var advice: String {
        switch self {
        case .send: "The message may have gone out: wait for its status webhook, or repeat it where a duplicate does no harm."
        case .markRead: "Marking as read again does no harm."
        case .lookUp, .checkContacts, .health: "Asking again does no harm."
        case .logIn: "Logging in again does no harm."
        case .download: "Calling again does no harm."
        case .upload: "The file may be stored; uploading it again does no harm but makes a second copy."
        case .delete: "Deleting again does no harm."
        }
    }

    /// What a complete answer names.
    var lack: String {
        switch self {
        case .send: "JSON that names no message"
        case .markRead, .delete: "JSON that does not say \"success\""
        case .lookUp: "JSON that names no \"url\""
        case .logIn: "JSON that names no token"
        case .checkContacts: "JSON without \"contacts\""
        case .health: "JSON without \"health\""
        case .download: "JSON in place of the file"
        case .upload: "JSON that names no media id"
        }
    }
}
