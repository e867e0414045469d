// Sends one message by another number or token than the client's: a provider serves thousands of numbers by one client.

/// What is different from the client's account; nil keeps the client's.
public struct AccountOverride: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public let phoneNumberID: String?
    private let accessToken: String?
    private let appSecret: String?

    /// - Parameter appSecret: an empty one sends without `appsecret_proof` although the client has an app secret.
    public init(phoneNumberID: String? = nil, accessToken: String? = nil, appSecret: String? = nil) {
        self.phoneNumberID = phoneNumberID
        self.accessToken = accessToken
        self.appSecret = appSecret
    }

    /// Reads `{"phone_number_id":"…","access_token":"…","app_secret":"…"}`, where `"app_secret":null` means none.
    /// - Throws: `.badArgument`
    package init(_ json: JSONView) throws(Failure) {
        guard json.isObject else { throw .badArgument("The option \"account\" is a JSON object.") }
        var (number, token, secret): (String?, String?, String?)
        for (name, value) in json.members {
            if name.equals("phone_number_id") {
                number = try AccountOverride.text(value, "phone_number_id")
            } else if name.equals("access_token") {
                token = try AccountOverride.text(value, "access_token")
            } else if name.equals("app_secret") {
                secret = value.isNull ? "" : try AccountOverride.text(value, "app_secret")
            } else {
                throw .badArgument("The option \"account\" has \"phone_number_id\", \"access_token\" and \"app_secret\", and nothing else.")
            }
        }
        self.init(phoneNumberID: number, accessToken: token, appSecret: secret)
    }

    private static func text(_ value: JSONView, _ name: String) throws(Failure) -> String {
        guard let text = value.string else { throw .badArgument("\"\(name)\" in the option \"account\" is a text.") }
        return text
    }

    fileprivate func apply(to fields: inout AccountFields) {
        if let phoneNumberID { fields.phoneNumberID = phoneNumberID }
        if let accessToken {
            fields.accessToken = accessToken
            // Who brings a token does not log in.
            (fields.user, fields.password, fields.newPassword) = (nil, nil, nil)
        }
        if let appSecret { fields.appSecret = appSecret.isEmpty ? nil : appSecret }
    }

    public var description: String { "account \(phoneNumberID ?? "of the client")" }
    public var customMirror: Mirror { Mirror(self, children: ["phoneNumberID": phoneNumberID ?? ""]) }
}

extension Account {
    /// This account with another number or token.
    /// - Throws: `.badArgument` that names everything wrong at once and quotes no value.
    package func overridden(by override: AccountOverride) throws(Failure) -> Account {
        var fields = fields
        override.apply(to: &fields)
        var problems = Problems()
        let account = Account(fields, &problems)
        try problems.raise(of: "message")
        return account
    }
}
