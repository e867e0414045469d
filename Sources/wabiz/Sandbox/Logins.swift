// Who may ask the On-Premises API for something: the one account with its password, and the tokens that logins gave out, each
// with its end.
import Foundation

struct Logins: Sendable {
    /// The client's default account, as it comes out of the box.
    static let user = "admin"
    static let firstPassword = "secret"

    private(set) var password = Logins.firstPassword
    /// The next login must set a new password, as the first one must on a fresh client.
    private(set) var mustChange: Bool
    /// How long a token holds.
    let seconds: Double
    private var tokens: [String: Date] = [:]

    init(mustChange: Bool, seconds: Double) {
        self.mustChange = mustChange
        self.seconds = seconds
    }

    /// What a login did.
    enum Change: Sendable {
        case token(String, until: Date)
        /// A token, and a new password from now on.
        case password(String, token: String, until: Date)
    }

    mutating func apply(_ change: Change) {
        switch change {
        case .token(let token, let end): tokens[token] = end
        case .password(let password, let token, let end):
            self.password = password
            mustChange = false
            tokens[token] = end
        }
    }

    /// Whether a token holds; nil for one that no login gave out.
    func holds(_ token: String) -> Bool? { tokens[token].map { $0 > Date() } }

    /// Ends every token that still holds, and tells how many there were.
    mutating func endTokens() -> Int {
        let now = Date()
        let count = tokens.values.count { $0 > now }
        tokens = tokens.mapValues { min($0, now) }
        return count
    }

    /// The On-Premises client's rule for passwords.
    static func isAllowed(_ password: String) -> Bool {
        let scalars = password.unicodeScalars
        return 8...64 ~= scalars.count && scalars.allSatisfy { 0x21...0x7E ~= $0.value } && scalars.contains { "0"..."9" ~= $0 }
            && scalars.contains { "A"..."Z" ~= $0 } && scalars.contains { "a"..."z" ~= $0 } && scalars.contains { !$0.properties.isAlphabetic && !("0"..."9" ~= $0) }
    }
}
