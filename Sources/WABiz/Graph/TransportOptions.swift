// How the wire is to be used: times, protocol, proxy, trusted and own certificates. The values are checked here; the files
// and hosts they name are looked at by the client.

/// Which version of HTTP is spoken over TLS. Plain http is always 1.1.
public enum HTTPChoice: String, Sendable, CaseIterable {
    /// What was measured to cost least per message: 1.1.
    case auto
    case http1 = "1.1"
    /// HTTP/2 where the server offers it, else 1.1.
    case http2 = "2"
}

public struct TransportOptions: Sendable {
    /// Milliseconds until a connection must stand, name look-up and TLS included; 1 to 600000.
    public let connectTimeout: Int
    /// Milliseconds for a whole request; 1 to 600000.
    public let timeout: Int
    /// Seconds in which nothing moves, after which a request ends; 0: never.
    public let lowSpeed: Int
    public let http: HTTPChoice
    /// URL of a proxy, which may hold credentials; empty: none, whatever the environment says; nil: what the
    /// environment says.
    public let proxy: Secret?
    /// PEM file of trusted certificates in place of the system's.
    public let certificateFile: String?
    /// PEM file of the certificate that the client shows to servers that ask who is calling.
    public let clientCertificate: String?
    /// PEM file of its private key; nil: the certificate's file holds the key, too.
    public let clientKey: String?
    public let clientKeyPassphrase: Secret?

    /// - Throws: `.badArgument` that names everything wrong at once.
    public init(
        connectTimeout: Int = 10_000, timeout: Int = 30_000, lowSpeed: Int = 0, http: HTTPChoice = .auto, proxy: String? = nil,
        certificateFile: String? = nil, clientCertificate: String? = nil, clientKey: String? = nil, clientKeyPassphrase: String? = nil
    ) throws(Failure) {
        var problems = Problems()
        self.init(
            TransportFields(
                connectTimeout: connectTimeout, timeout: timeout, lowSpeed: lowSpeed, http: http, proxy: proxy,
                certificateFile: certificateFile, clientCertificate: clientCertificate, clientKey: clientKey,
                clientKeyPassphrase: clientKeyPassphrase), &problems)
        try problems.raise()
    }

    init(_ fields: TransportFields, _ problems: inout Problems) {
        fields.check(&problems)
        connectTimeout = fields.connectTimeout ?? 10_000
        timeout = fields.timeout ?? 30_000
        lowSpeed = fields.lowSpeed ?? 0
        http = fields.http
        proxy = fields.proxy.map(Secret.init)
        certificateFile = fields.certificateFile
        clientCertificate = fields.clientCertificate
        clientKey = fields.clientKey
        clientKeyPassphrase = fields.clientKeyPassphrase.map(Secret.init)
    }

    /// - Throws: `.badArgument` when these options do not go together with this account.
    package func check(for account: Account) throws(Failure) {
        var problems = Problems()
        check(for: account, &problems)
        try problems.raise()
    }

    /// Loopback means the proxy's own machine to a proxy elsewhere, and the token would travel there in the clear.
    func check(for account: Account, _ problems: inout Problems) {
        guard account.isPlain, let proxy, let address = WebAddress(proxy.text), !address.isLoopback else { return }
        problems.add("proxy", "a plain http \"base_url\" is not sent through a proxy on another machine; write \"\".")
    }

    /// The files that are named, each with the member that names it.
    package var files: [(member: String, path: String)] {
        [("ca_file", certificateFile), ("client_certificate", clientCertificate), ("client_key", clientKey)].compactMap { member, path in
            path.map { (member, $0) }
        }
    }
}

/// The same as it was written, before it is checked.
struct TransportFields {
    var connectTimeout: Int?
    var timeout: Int?
    var lowSpeed: Int?
    var http: HTTPChoice = .auto
    var proxy: String?
    var certificateFile: String?
    var clientCertificate: String?
    var clientKey: String?
    var clientKeyPassphrase: String?

    func check(_ problems: inout Problems) {
        problems.check("connect_timeout_ms", connectTimeout, 1...600_000, "milliseconds")
        problems.check("timeout_ms", timeout, 1...600_000, "milliseconds")
        problems.check("low_speed_seconds", lowSpeed, 0...600, "seconds")
        if let proxy, !proxy.isEmpty { checkProxy(proxy, &problems) }
        for (member, path) in [("ca_file", certificateFile), ("client_certificate", clientCertificate), ("client_key", clientKey)] {
            if let path, path.isEmpty || path.utf8.contains(where: { $0 < 0x20 }) { problems.add(member, "write the path of a PEM file.") }
        }
        if clientKey != nil, clientCertificate == nil { problems.add("client_certificate", "is missing; \"client_key\" is of no use without it.") }
        guard let clientKeyPassphrase else { return }
        if clientCertificate == nil { problems.add("client_key_passphrase", "opens the key of \"client_certificate\", which is missing.") }
        if clientKeyPassphrase.isEmpty || clientKeyPassphrase.utf8.count > 1023 || clientKeyPassphrase.utf8.contains(0) {
            problems.add("client_key_passphrase", "write 1 to 1023 bytes.")
        }
    }

    private func checkProxy(_ proxy: String, _ problems: inout Problems) {
        guard let address = WebAddress(proxy), ["http", "https", "socks5"].contains(address.scheme), address.path.isEmpty,
            !address.hasQueryOrFragment, proxy.utf8.count <= 2048
        else {
            return problems.add("proxy", "write \"\" or an address such as \"http://proxy.example:3128\", by http, https or socks5, without a path.")
        }
    }
}
