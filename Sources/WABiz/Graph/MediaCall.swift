// The requests around media files as values. Where the token may go is decided here: to the account's own address with
// everything, to a host that Meta named with the token alone, behind a redirect with nothing.

extension Call {
    /// Asks for the metadata of a file.
    /// - Throws: `.badArgument` On-Premises, which has none.
    package init(lookUp id: String, for account: Account) throws(Failure) {
        guard account.api != .onPremises else {
            throw .badArgument("The On-Premises API has no metadata of media; download the file by its id.")
        }
        self.init(media: .get, .lookUp, path: Call.percentEncoded(id), account)
    }

    package init(delete id: String, for account: Account) {
        self.init(media: .delete, .delete, path: Call.percentEncoded(id), account)
    }

    /// Downloads by id: the On-Premises client answers with the bytes themselves.
    package init(downloadOnPremises id: String, for account: Account) {
        self.init(media: .get, .download, path: Call.percentEncoded(id), account)
    }

    /// Uploads a file, whose bytes and type the wire adds.
    package init(_ upload: MediaUpload, for account: Account) {
        let type = account.api == .onPremises ? [Header("Content-Type", upload.type)] : []
        self.init(media: .post, .upload, path: account.api == .onPremises ? "" : "\(account.phoneNumberID)/media", account, type)
    }

    /// Downloads from a URL.
    /// - Throws: `.refused` when the URL is neither https nor on this machine: nothing is asked of it.
    package init(download url: String, by right: MediaRight, for account: Account) throws(Failure) {
        guard let address = WebAddress(url), address.isFit(for: account) else {
            let who = right == .none ? "The media host redirects to" : "Meta's answer names"
            throw Failure(.refused, "\(who) an address that is not https; it is not asked, because the file would travel in the clear.", retry: .backoff)
        }
        var headers = [Header("User-Agent", account.userAgent)]
        if right == .token { headers.insert(contentsOf: account.authorization, at: 0) }
        // The account's own headers may be credentials as well: they go to its own address alone.
        if right == .token, address.origin == WebAddress(account.baseURL)?.origin { headers += account.headers }
        self.init(method: .get, url: url, headers: headers, body: [], api: account.api, purpose: .download, secrets: account.secrets)
    }

    private init(media method: Method, _ purpose: Purpose, path: String, _ account: Account, _ more: [Header] = []) {
        let url: String
        if account.api == .onPremises {
            url = account.baseURL + "/v1/media" + (path.isEmpty ? "" : "/" + path)
        } else {
            url = "\(account.baseURL)/\(account.apiVersion)/\(path)" + (account.appSecretProof.map { "?appsecret_proof=" + $0.text } ?? "")
        }
        let headers = account.authorization + more + [Header("User-Agent", account.userAgent)] + account.headers
        self.init(method: method, url: url, headers: headers, body: [], api: account.api, purpose: purpose, secrets: account.secrets)
    }
}

/// What a download may carry to the address that it asks.
package enum MediaRight: Sendable {
    case token
    /// Behind a redirect.
    case none
}
