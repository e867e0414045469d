// How the wire is to be used: times, proxy, trusted certificates. The values are checked here; the files and hosts they
// name are looked at by the client.

public struct TransportOptions: Sendable {
    /// Milliseconds until a connection must stand, name look-up and TLS included; 1 to 600000.
    public let connectTimeout: Int
    /// Milliseconds for a whole request; 1 to 600000.
    public let timeout: Int
    /// URL of a proxy, which may hold credentials; empty: none, whatever the environment says; nil: what the
    /// environment says.
    public let proxy: Secret?
    /// PEM file of trusted certificates in place of the system's.
    public let certificateFile: String?

    /// - Throws: `.badArgument` that names everything wrong at once.
    public init(connectTimeout: Int = 10_000, timeout: Int = 30_000, proxy: String? = nil, certificateFile: String? = nil) throws(Failure) {
        var problems = Problems()
        self.init(
            TransportFields(connectTimeout: connectTimeout, timeout: timeout, proxy: proxy, certificateFile: certificateFile), &problems)
        try problems.raise()
    }

    init(_ fields: TransportFields, _ problems: inout Problems) {
        fields.check(&problems)
        connectTimeout = fields.connectTimeout ?? 10_000
        timeout = fields.timeout ?? 30_000
        proxy = fields.proxy.map(Secret.init)
        certificateFile = fields.certificateFile
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
}

/// The same as it was written, before it is checked.
struct TransportFields {
    var connectTimeout: Int?
    var timeout: Int?
    var proxy: String?
    var certificateFile: String?

    func check(_ problems: inout Problems) {
        for (name, value) in [("connect_timeout_ms", connectTimeout), ("timeout_ms", timeout)] {
            if let value, !(1...600_000 ~= value) { problems.add(name, "write milliseconds from 1 to 600000.") }
        }
        if let proxy, !proxy.isEmpty { checkProxy(proxy, &problems) }
        if let certificateFile, certificateFile.isEmpty || certificateFile.utf8.contains(where: { $0 < 0x20 }) {
            problems.add("ca_file", "write the path of a PEM file.")
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
