// Reads the client's JSON configuration as wabiz.h lists it. A member it does not know is refused, because a misspelt
// "ca_file" or "proxy" must not be passed over in silence.

/// A checked configuration: the account, how to reach it, and how much, how fast and how often is sent.
public struct Configuration: Sendable {
    public let account: Account
    public let transport: TransportOptions
    public let delivery: DeliveryOptions

    /// - Throws: `.badJSON`, or `.badArgument` that names everything wrong at once and quotes no value.
    public init(json: [UInt8]) throws(Failure) {
        var problems = Problems()
        var fields = ConfigurationFields()
        try Tape.read(json) { (root) throws(Failure) in
            guard root.isObject else { throw .badArgument("The client's configuration is a JSON object; this is of kind \(root.kindName).") }
            var seen: Set<ConfigurationMember> = []
            for (name, value) in root.members {
                let name = name.string ?? ""
                // Not by init(rawValue:): for many words that makes a dictionary, which stays for good.
                guard let member = ConfigurationMember.allCases.first(where: { $0.rawValue == name }) else {
                    problems.add(String(name.prefix(64)), "no such member; known are \(ConfigurationMember.list).")
                    continue
                }
                if !seen.insert(member).inserted { problems.add(name, "stands there twice; keep one.") }
                fields.read(member, value, &problems)
            }
        }
        account = Account(fields.account, &problems)
        transport = TransportOptions(fields.transport, &problems)
        delivery = DeliveryOptions(fields.delivery, &problems)
        transport.check(for: account, &problems)
        try problems.raise()
    }
}

/// Every member, in the order in which they are listed to people.
private enum ConfigurationMember: String, CaseIterable {
    case accessToken = "access_token"
    case phoneNumberID = "phone_number_id"
    case api
    case apiVersion = "api_version"
    case baseURL = "base_url"
    case appSecret = "app_secret"
    case user, password
    case newPassword = "new_password"
    case connectTimeout = "connect_timeout_ms"
    case timeout = "timeout_ms"
    case lowSpeed = "low_speed_seconds"
    case http
    case proxy
    case certificateFile = "ca_file"
    case clientCertificate = "client_certificate"
    case clientKey = "client_key"
    case clientKeyPassphrase = "client_key_passphrase"
    case userAgent = "user_agent"
    case headers
    case maxInFlight = "max_in_flight"
    case maxQueued = "max_queued"
    case maxAttempts = "max_attempts"
    case deadline = "deadline_ms"
    case resendUncertain = "resend_uncertain"
    case messagesPerSecond = "messages_per_second"
    case pairInterval = "pair_interval_ms"
    case pairBurst = "pair_burst"
    case log

    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// The same as it was written, before it is checked.
private struct ConfigurationFields {
    var account = AccountFields()
    var transport = TransportFields()
    var delivery = DeliveryFields()

    mutating func read(_ member: ConfigurationMember, _ value: JSONView, _ problems: inout Problems) {
        switch member {
        case .accessToken, .phoneNumberID, .api, .apiVersion, .baseURL, .appSecret, .user, .password, .newPassword, .userAgent, .headers:
            readAccount(member, value, &problems)
        case .connectTimeout, .timeout, .lowSpeed, .http, .proxy, .certificateFile, .clientCertificate, .clientKey, .clientKeyPassphrase:
            readTransport(member, value, &problems)
        case .maxInFlight, .maxQueued, .maxAttempts, .deadline, .resendUncertain, .messagesPerSecond, .pairInterval, .pairBurst, .log:
            readDelivery(member, value, &problems)
        }
    }

    private mutating func readAccount(_ member: ConfigurationMember, _ value: JSONView, _ problems: inout Problems) {
        let text = member == .headers || member == .api ? nil : member.text(value, &problems)
        // What is there in the wrong kind is not missing as well: something fit stands in for it.
        switch member {
        case .accessToken: account.accessToken = text ?? "-"
        case .phoneNumberID: account.phoneNumberID = text ?? "0"
        case .apiVersion: account.apiVersion = text ?? Account.defaultVersion
        case .baseURL: account.baseURL = text ?? Account.graphURL
        case .appSecret: account.appSecret = text ?? "-"
        case .user: account.user = text ?? "-"
        case .password: account.password = text ?? "-"
        case .newPassword: account.newPassword = text ?? "Ab1-Ab1-"
        case .userAgent: account.userAgent = text ?? "-"
        case .api:
            account.api = value.string.flatMap(API.init)
            if account.api == nil { problems.add(member.rawValue, "write \"cloud\" or \"on_premises\".") }
        default:
            guard value.isObject else { return problems.add(member.rawValue, "write an object of header names and strings.") }
            for (name, text) in value.members {
                if !text.isString { problems.add(member.rawValue, "write every header's value as a string.") }
                account.headers.append(Header(name.string ?? "", text.string ?? "-"))
            }
        }
    }

    private mutating func readTransport(_ member: ConfigurationMember, _ value: JSONView, _ problems: inout Problems) {
        switch member {
        case .connectTimeout: transport.connectTimeout = member.number(value, "milliseconds", &problems)
        case .timeout: transport.timeout = member.number(value, "milliseconds", &problems)
        case .lowSpeed: transport.lowSpeed = member.number(value, "seconds", &problems)
        case .http:
            transport.http = value.string.flatMap(HTTPChoice.init) ?? .auto
            if value.string.flatMap(HTTPChoice.init) == nil { problems.add(member.rawValue, "write \"auto\", \"1.1\" or \"2\".") }
        case .proxy: transport.proxy = member.text(value, &problems) ?? ""
        case .certificateFile: transport.certificateFile = member.text(value, &problems) ?? "-"
        case .clientCertificate: transport.clientCertificate = member.text(value, &problems) ?? "-"
        case .clientKey: transport.clientKey = member.text(value, &problems) ?? "-"
        default: transport.clientKeyPassphrase = member.text(value, &problems) ?? "-"
        }
    }

    private mutating func readDelivery(_ member: ConfigurationMember, _ value: JSONView, _ problems: inout Problems) {
        switch member {
        case .maxInFlight: delivery.maxInFlight = member.number(value, "requests", &problems)
        case .maxQueued: delivery.maxQueued = member.number(value, "messages", &problems)
        case .maxAttempts: delivery.maxAttempts = member.number(value, "attempts", &problems)
        case .deadline: delivery.deadline = member.number(value, "milliseconds", &problems)
        case .messagesPerSecond: delivery.messagesPerSecond = member.number(value, "messages", &problems)
        case .pairInterval: delivery.pairInterval = member.number(value, "milliseconds", &problems)
        case .pairBurst: delivery.pairBurst = member.number(value, "messages", &problems)
        case .log: delivery.log = member.number(value, "a descriptor", &problems)
        default:
            if value.bool == nil { problems.add(member.rawValue, "write true or false.") }
            delivery.resendUncertain = value.bool
        }
    }
}

extension ConfigurationMember {
    func text(_ value: JSONView, _ problems: inout Problems) -> String? {
        if !value.isString { problems.add(rawValue, "write a string.") }
        return value.string
    }

    func number(_ value: JSONView, _ of: String, _ problems: inout Problems) -> Int? {
        if value.integer == nil { problems.add(rawValue, of == "a descriptor" ? "write the number of a descriptor." : "write a whole number of \(of).") }
        return value.integer
    }
}

extension Account {
    /// What an opened client tells of itself.
    public var document: Tree { ["api": .string(api.rawValue), "base_url": .string(baseURL)] }

    /// True when requests are not encrypted, which only loopback may do.
    public var isPlain: Bool { WebAddress(baseURL)?.scheme == "http" }
}
