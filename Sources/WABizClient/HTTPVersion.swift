// Which HTTP a client speaks, as far as that is its own choice.
import Glibc
import WABiz

extension TransportOptions {
    /// Whether requests share a connection by HTTP/2. Never through an https proxy: there libcurl 7.88 leaves the answer of one
    /// stream lying that it read together with another's, until the request times out.
    var usesHTTP2: Bool { http == .http2 && !isProxiedByTLS }

    private var isProxiedByTLS: Bool {
        let urls = if let proxy { [proxy.text] } else { ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].map(TransportOptions.environment) }
        return urls.contains { $0.utf8.prefix(8).elementsEqual("https://".utf8) { $0 | 0x20 == $1 | 0x20 } }
    }

    /// What libcurl looks up where the configuration names no proxy.
    private static func environment(_ name: String) -> String {
        guard let value = unsafe getenv(name) else { return "" }
        return unsafe String(cString: value)
    }
}
