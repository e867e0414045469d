// Calls that only an On-Premises client takes: log in, check contacts, ask how it is. Answers are read beside what they mean:
// Session.swift, CheckedContacts.swift, GatewayHealth.swift.

extension Call {
    /// Asks for a token. The password goes over the wire here and nowhere else.
    /// - Parameter newPassword: changes the password, too.
    package init(logIn login: Login, password: Secret, newPassword: Secret? = nil, for account: Account) {
        let credentials = Base64.encode([UInt8]("\(login.user):\(password.text)".utf8))
        let basic = Secret("Basic " + String(decoding: credentials, as: UTF8.self))
        let body = newPassword.map { secret -> [UInt8] in
            let tree: Tree = ["new_password": .string(secret.text)]
            return tree.bytes
        }
        self.init(
            method: .post, url: account.baseURL + "/v1/users/login",
            headers: [Header("Authorization", basic.text), Header("Content-Type", "application/json"), Header("User-Agent", account.userAgent)]
                + account.headers,
            body: body ?? [], api: .onPremises, purpose: .logIn,
            secrets: account.secrets + [Secret(String(decoding: credentials, as: UTF8.self))])
    }

    /// Asks which phone numbers WhatsApp knows, and by which id.
    /// - Throws: `.badArgument` for an account that is not On-Premises.
    package init(_ check: ContactCheck, for account: Account) throws(Failure) {
        try account.checkIsOnPremises("contacts are not checked: send to the phone number itself")
        self.init(onPremises: .post, "contacts", .checkContacts, check.body, account)
    }

    /// Asks how the On-Premises client is.
    /// - Throws: `.badArgument` for an account that is not On-Premises.
    package init(healthFor account: Account) throws(Failure) {
        try account.checkIsOnPremises("there is no health to ask for")
        self.init(onPremises: .get, "health", .health, [], account)
    }

    private init(onPremises method: Method, _ node: String, _ purpose: Purpose, _ body: [UInt8], _ account: Account) {
        let type = body.isEmpty ? [] : [Header("Content-Type", "application/json")]
        self.init(
            method: method, url: "\(account.baseURL)/v1/\(node)",
            headers: account.authorization + type + [Header("User-Agent", account.userAgent)] + account.headers,
            body: body, api: .onPremises, purpose: purpose, secrets: account.secrets)
    }
}

extension Account {
    fileprivate func checkIsOnPremises(_ otherwise: String) throws(Failure) {
        guard api == .onPremises else { throw .badArgument("This is a call of the On-Premises API; with \"\(api.rawValue)\" \(otherwise).") }
    }

    /// The same account with the token of a login.
    package func loggedIn(_ token: Secret) throws(Failure) -> Account {
        var fields = fields
        (fields.accessToken, fields.user, fields.password, fields.newPassword) = (token.text, nil, nil, nil)
        var problems = Problems()
        let account = Account(fields, &problems)
        try problems.raise()
        return account
    }
}
