// Tells addresses of this machine from all others.
import Foundation

enum Host {
    /// Whether a URL points to this machine.
    static func isLoopback(of url: String) -> Bool {
        guard let host = URLComponents(string: url)?.host else { return false }
        return isLoopback(host.trimmingCharacters(in: ["[", "]"]))
    }

    /// Whether a name or address is this machine's own.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.wholeMatch(of: /127(\.[0-9]{1,3}){3}/) != nil
    }
}
