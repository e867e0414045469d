// The sender's account: which of Meta's interfaces it speaks to, where that is, and by which credentials.
// Everything that could change the meaning of a request line or header is checked here, once.

/// A further request header.
public struct Header: Sendable {
    public let name: String
    public let value: Secret

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = Secret(value)
    }
}

/// A checked account. On-Premises takes no use of phone number id, version and app secret.
public struct Account: Sendable {
    /// `.cloud`, which serves marketing messages too, or `.onPremises`.
    public let api: API
    /// Absolute, without a trailing slash.
    public let baseURL: String
    public let apiVersion: String
    /// Empty when there is none (On-Premises).
    public let phoneNumberID: String
    public let userAgent: String
    public let headers: [Header]
    /// Empty when there is none: `login` gets one, or `headers` carry a partner's key.
    let accessToken: Secret
    /// The user that logs in for a token (On-Premises).
    public let login: Login?
    let appSecret: Secret?
    /// Hexadecimal HMAC-SHA256 of the token under the app secret: proves to Graph that the call is the app's own.
    let appSecretProof: Secret?

    /// - Parameters:
    ///   - accessToken: bearer token, visible ASCII. Nil where `user` logs in, or where `headers` carry the key of a partner
    ///     whose address is `baseURL`.
    ///   - phoneNumberID: the sender's id, digits; required for `.cloud`.
    ///   - baseURL: https, or plain http to loopback; required for `.onPremises`.
    ///   - user: logs in with `password` for a token (On-Premises), and again when that ends.
    ///   - newPassword: what the password is changed to at the first login, when the client asks for it.
    /// - Throws: `.badArgument` that names everything wrong at once and quotes no value.
    public init(
        accessToken: String? = nil, phoneNumberID: String? = nil, api: API = .cloud, apiVersion: String? = nil, baseURL: String? = nil,
        appSecret: String? = nil, user: String? = nil, password: String? = nil, newPassword: String? = nil, userAgent: String? = nil,
        headers: [Header] = []
    ) throws(Failure) {
        var problems = Problems()
        self.init(
            AccountFields(
                accessToken: accessToken, phoneNumberID: phoneNumberID, api: api, apiVersion: apiVersion, baseURL: baseURL,
                appSecret: appSecret, user: user, password: password, newPassword: newPassword, userAgent: userAgent, headers: headers),
            &problems)
        try problems.raise()
    }

    /// Checks every field. When it adds problems, the account must not be used.
    init(_ fields: AccountFields, _ problems: inout Problems) {
        fields.check(&problems)
        login = fields.login(&problems)
        api = fields.api ?? .cloud
        baseURL = fields.baseURL.map(Account.withoutTrailingSlashes) ?? Account.graphURL
        apiVersion = fields.apiVersion ?? Account.defaultVersion
        phoneNumberID = fields.phoneNumberID ?? ""
        userAgent = fields.userAgent ?? "wabiz/\(WABizLibrary.version)"
        headers = fields.headers
        accessToken = Secret(fields.accessToken ?? "")
        appSecret = fields.appSecret.map(Secret.init)
        appSecretProof = fields.appSecret.flatMap { secret in
            Digest.hmacSHA256(key: [UInt8](secret.utf8), message: [UInt8]((fields.accessToken ?? "").utf8)).map { Secret($0.hex) }
        }
        // Without the proof Graph would answer as if the app secret had not been given at all.
        if appSecret != nil, appSecretProof == nil {
            problems.add("app_secret", "could not be hashed: libcrypto refuses HMAC-SHA256; allow it in OpenSSL's configuration.")
        }
    }

    static let graphURL = "https://graph.facebook.com"
    static let defaultVersion = "v25.0"

    /// A cloud account serves marketing messages as well.
    /// - Throws: `.badArgument` when messages for `other` cannot go out by this account.
    package func check(serves other: API) throws(Failure) {
        guard (other == .onPremises) != (api == .onPremises) else { return }
        throw .badArgument("The message is for \"\(other.rawValue)\", but this account is \"\(api.rawValue)\"; set the option \"api\" to fit the account.")
    }

    /// What must not be quoted from anywhere.
    var secrets: [Secret] {
        [accessToken] + [appSecret, appSecretProof, login?.password, login?.newPassword].compactMap { $0 } + headers.map(\.value)
    }

    /// What proves who asks, but for the headers of a partner.
    var authorization: [Header] { accessToken.text.isEmpty ? [] : [Header("Authorization", "Bearer " + accessToken.text)] }

    /// What it was made of, for an account that differs in some of it.
    var fields: AccountFields {
        AccountFields(
            accessToken: accessToken.text.isEmpty ? nil : accessToken.text, phoneNumberID: phoneNumberID.isEmpty ? nil : phoneNumberID,
            api: api, apiVersion: apiVersion, baseURL: baseURL, appSecret: appSecret?.text, user: login?.user,
            password: login?.password.text, newPassword: login?.newPassword?.text, userAgent: userAgent, headers: headers)
    }

    private static func withoutTrailingSlashes(_ text: String) -> String {
        var bytes = text.utf8[...] // the last character would be looked up in Unicode's tables
        while bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
        return String(Substring(bytes))
    }
}

/// An account as it was written, before it is checked.
struct AccountFields {
    var accessToken: String?
    var phoneNumberID: String?
    /// Nil when what was written is no word that we know: then nothing depends on it.
    var api: API? = .cloud
    var apiVersion: String?
    var baseURL: String?
    var appSecret: String?
    var user: String?
    var password: String?
    var newPassword: String?
    var userAgent: String?
    var headers: [Header] = []

    func check(_ problems: inout Problems) {
        checkCredentials(&problems)
        if api == .marketingMessages {
            problems.add("api", "write \"cloud\" or \"on_premises\"; a cloud client sends marketing messages by the option \"api\" of a send.")
        }
        if let apiVersion, !AccountFields.isVersion(apiVersion) {
            problems.add("api_version", "write a Graph version such as \"v25.0\".")
        }
        checkAddress(&problems)
        if let userAgent, !AccountFields.isHeaderText(userAgent, atMost: 256) {
            problems.add("user_agent", "write 1 to 256 characters of printable ASCII.")
        }
        checkHeaders(&problems)
    }

    private func checkCredentials(_ problems: inout Problems) {
        if let accessToken {
            if !AccountFields.isVisible(accessToken, atMost: 8192) {
                problems.add(
                    "access_token", "write 1 to 8192 visible ASCII characters; blanks and line ends (at the end of a file, say) do not belong.")
            }
        } else if !namesUser, !carriesKey {
            problems.add("access_token", "is missing; write the bearer token" + (api == .onPremises ? ", or \"user\" and \"password\"." : "."))
        }
        if appSecret != nil, accessToken == nil, api == .cloud {
            problems.add("app_secret", "proves who has the \"access_token\", which is missing.")
        }
        if let phoneNumberID {
            if !(1...32 ~= phoneNumberID.utf8.count && phoneNumberID.utf8.allSatisfy(WebAddress.isDigit)) {
                problems.add("phone_number_id", "write the sender's id as Meta shows it, 1 to 32 digits; it is not the phone number.")
            }
        } else if api == .cloud {
            problems.add("phone_number_id", "is missing; write the sender's id, digits.")
        }
        if let appSecret, !AccountFields.isVisible(appSecret, atMost: 256) {
            problems.add("app_secret", "write 1 to 256 visible ASCII characters; blanks and line ends do not belong.")
        }
    }

    private var namesUser: Bool { user != nil || password != nil || newPassword != nil }

    /// A partner that passes Meta's interface through may take a key in a header of its own in place of a token. Meta does not.
    private var carriesKey: Bool {
        guard let baseURL, !headers.isEmpty else { return false }
        return WebAddress(baseURL)?.host != WebAddress(Account.graphURL)?.host
    }

    /// The user, when one is named and may log in.
    func login(_ problems: inout Problems) -> Login? {
        guard namesUser else { return nil }
        guard api == .onPremises else {
            if api != nil { problems.add("user", "logs in to \"on_premises\" only; leave out \"user\", \"password\" and \"new_password\".") }
            return nil
        }
        if accessToken != nil { problems.add("access_token", "is not used where \"user\" logs in; write one of the two.") }
        return Login(user: user, password: password, newPassword: newPassword, &problems)
    }

    private func checkAddress(_ problems: inout Problems) {
        guard let baseURL else {
            if api == .onPremises { problems.add("base_url", "is missing; write the address of your On-Premises client, https.") }
            return
        }
        guard let address = WebAddress(baseURL), address.scheme == "https" || address.scheme == "http", baseURL.utf8.count <= 2048 else {
            return problems.add("base_url", "write an absolute https address such as \"https://graph.facebook.com\".")
        }
        if address.scheme == "http", !address.isLoopback {
            problems.add("base_url", "write https; plain http is for loopback (127.0.0.0/8, [::1], localhost) only.")
        }
        if address.hasUserInfo { problems.add("base_url", "leave out user name and password.") }
        if address.hasQueryOrFragment { problems.add("base_url", "leave out '?' and '#' and what follows.") }
    }

    /// What would change who asks, how the body is cut or packed, or how the answer has to be read.
    private static let reserved: Set = [
        "authorization", "content-type", "content-length", "content-encoding", "host", "transfer-encoding", "expect", "accept-encoding",
        "connection", "upgrade", "te", "trailer",
    ]

    private func checkHeaders(_ problems: inout Problems) {
        var seen: Set<String> = []
        for header in headers {
            let name = header.name.lowercased()
            if !AccountFields.isToken(header.name) {
                problems.add("headers", "a header name is letters, digits and dashes, such as \"X-Request-Source\".")
            } else if name == "user-agent" {
                problems.add("headers", "write the User-Agent in \"user_agent\".")
            } else if AccountFields.reserved.contains(name) {
                problems.add("headers", "\(header.name) is set by the library; leave it out.")
            } else if !seen.insert(name).inserted {
                problems.add("headers", "\(header.name) stands there twice; keep one.")
            } else if !AccountFields.isHeaderText(header.value.text, atMost: 8192) {
                problems.add("headers", "the value of \(header.name) must be 1 to 8192 characters of printable ASCII, without line ends.")
            }
        }
    }

    /// `^v[0-9]{1,3}\.[0-9]$`
    private static func isVersion(_ text: String) -> Bool {
        let parts = text.utf8.dropFirst().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.first == UInt8(ascii: "v"), parts.count == 2, let major = parts.first, let minor = parts.last else { return false }
        return 1...3 ~= major.count && minor.count == 1 && major.allSatisfy(WebAddress.isDigit) && minor.allSatisfy(WebAddress.isDigit)
    }

    static func isVisible(_ text: String, atMost limit: Int) -> Bool {
        1...limit ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    private static func isHeaderText(_ text: String, atMost limit: Int) -> Bool {
        1...limit ~= text.utf8.count && text.utf8.allSatisfy { 0x20...0x7E ~= $0 } && text.utf8.contains { $0 != 0x20 }
    }

    /// RFC 9110's token, which header names are.
    private static func isToken(_ text: String) -> Bool {
        let marks: StaticString = "!#$%&'*+-.^_`|~"
        return 1...256 ~= text.utf8.count
            && text.utf8.allSatisfy { WebAddress.isAlphanumeric($0) || marks.description.utf8.contains($0) }
    }
}
