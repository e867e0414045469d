// Reads the client's JSON configuration as wabiz.h lists it. A member it does not know is refused, because a misspelt
// "ca_file" or "proxy" must not be passed over in silence.

/// A checked configuration: the account and how to reach it.
public struct Configuration: Sendable {
    public let account: Account
    public let transport: TransportOptions

    /// - Throws: `.badJSON`, or `.badArgument` that names everything wrong at once and quotes no value.
    public init(json: [UInt8]) throws(Failure) {
        var problems = Problems()
        var account = AccountFields()
        var transport = TransportFields()
        try Tape.read(json) { (root) throws(Failure) in
            guard root.isObject else { throw .badArgument("The client's configuration is a JSON object; this is of kind \(root.kindName).") }
            var seen: Set<Member> = []
            for (name, value) in root.members {
                let name = name.string ?? ""
                guard let member = Member(rawValue: name) else {
                    problems.add(String(name.prefix(64)), "no such member; known are \(Member.list).")
                    continue
                }
                if !seen.insert(member).inserted { problems.add(name, "stands there twice; keep one.") }
                Configuration.read(member, value, &account, &transport, &problems)
            }
        }
        self.account = Account(account, &problems)
        self.transport = TransportOptions(transport, &problems)
        self.transport.check(for: self.account, &problems)
        try problems.raise()
    }

    private enum Member: String, CaseIterable {
        case accessToken = "access_token"
        case phoneNumberID = "phone_number_id"
        case api
        case apiVersion = "api_version"
        case baseURL = "base_url"
        case appSecret = "app_secret"
        case connectTimeout = "connect_timeout_ms"
        case timeout = "timeout_ms"
        case proxy
        case certificateFile = "ca_file"
        case userAgent = "user_agent"
        case headers

        static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
    }

    private static func read(
        _ member: Member, _ value: JSONView, _ account: inout AccountFields, _ transport: inout TransportFields,
        _ problems: inout Problems
    ) {
        func text(_ otherwise: String) -> String? {
            if !value.isString { problems.add(member.rawValue, "write a string.") }
            // What is there in the wrong kind is not missing as well.
            return value.string ?? otherwise
        }
        func milliseconds() -> Int? {
            if value.integer == nil { problems.add(member.rawValue, "write a whole number of milliseconds.") }
            return value.integer
        }
        switch member {
        case .accessToken: account.accessToken = text("-")
        case .phoneNumberID: account.phoneNumberID = text("0")
        case .api:
            account.api = value.string.flatMap(API.init)
            if account.api == nil { problems.add(member.rawValue, "write \"cloud\" or \"on_premises\".") }
        case .apiVersion: account.apiVersion = text(Account.defaultVersion)
        case .baseURL: account.baseURL = text(Account.graphURL)
        case .appSecret: account.appSecret = text("-")
        case .connectTimeout: transport.connectTimeout = milliseconds()
        case .timeout: transport.timeout = milliseconds()
        case .proxy: transport.proxy = text("")
        case .certificateFile: transport.certificateFile = text("-")
        case .userAgent: account.userAgent = text("-")
        case .headers:
            guard value.isObject else { return problems.add(member.rawValue, "write an object of header names and strings.") }
            for (name, text) in value.members {
                if !text.isString { problems.add(member.rawValue, "write every header's value as a string.") }
                account.headers.append(Header(name.string ?? "", text.string ?? "-"))
            }
        }
    }
}

extension Account {
    /// What an opened client tells of itself.
    public var document: Tree { ["api": .string(api.rawValue), "base_url": .string(baseURL)] }

    /// True when requests are not encrypted, which only loopback may do.
    public var isPlain: Bool { WebAddress(baseURL)?.scheme == "http" }
}
