// A login to an On-Premises client: which password is next, which token holds, and when it ends. One login serves every
// message that waits. Milliseconds of one monotone clock, which is the caller's; only the expiry is a date.

package struct Session: Sendable {
    /// The token that holds, as far as anybody knows.
    private var token: Secret?
    private var endsAt: Int64 = .min
    /// Counts the tokens, so that a refusal of an old one does not throw away its successor.
    package private(set) var generation = 0
    private let login: Login
    private var step = Step.password

    private enum Step { case password, change, newPassword }

    /// Meta's tokens live 7 days; one that does not say when it ends is taken for such.
    static let life: Int64 = 604_800_000
    /// A token is not used in its last minute, nor renewed within its first, whatever the two clocks say.
    static let margin: Int64 = 60_000

    package init(_ login: Login) { self.login = login }

    /// The token for a request now; nil: log in first.
    package func token(_ now: Int64) -> Secret? { now < endsAt ? token : nil }

    /// The request that logs in.
    package func call(for account: Account) -> Call {
        switch step {
        case .password: Call(logIn: login, password: login.password, for: account)
        case .change: Call(logIn: login, password: login.password, newPassword: login.newPassword, for: account)
        case .newPassword: Call(logIn: login, password: login.newPassword ?? login.password, for: account)
        }
    }

    /// Takes the token of a login.
    package mutating func begin(_ token: LoginToken, unixTime: Int, _ now: Int64) {
        let life = token.endsAt.map { Int64($0).minus(Int64(unixTime)).times(1000).minus(Session.margin) } ?? Session.life
        self.token = token.text
        endsAt = now.plus(max(life, Session.margin))
        generation &+= 1
        if step == .change { step = .newPassword }
    }

    /// A login was refused.
    /// - Returns: whether another password is to be tried at once: the new one, where the old was changed by an earlier run,
    ///   or the old one with the wish to change it, where the client asks for that.
    package mutating func refused(_ failure: Failure) -> Bool {
        guard login.newPassword != nil, failure.code == .refused else { return false }
        switch step {
        case .password where failure.graph?.code == Session.changeRequired: step = .change
        case .password where Session.isOutdated(failure): step = .newPassword
        case .newPassword where generation == 0:
            // Neither of the two holds: the next login starts over.
            step = .password
            return false
        default: return false
        }
        return true
    }

    /// A request was refused because of its token, which is thrown away unless there is a newer one.
    package mutating func lost(_ generation: Int) {
        if generation == self.generation { endsAt = .min }
    }

    /// Whether a failure says that the token does not hold (any more).
    package static func isOutdated(_ failure: Failure) -> Bool { failure.code == .refused && failure.graph?.httpStatus == 401 }

    private static let changeRequired = 1024
}

/// What a login gives.
package struct LoginToken: Sendable {
    package let text: Secret
    /// Unix seconds; nil when the answer did not say so in a way that we know.
    package let endsAt: Int?
}

extension Answer {
    /// The token in the answer to a login.
    /// - Throws: `.refused`; `.unreachable` for what is no answer of the On-Premises client's.
    package func token(for call: Call) throws(Failure) -> LoginToken {
        try value(for: call) { root in
            var users = root["users"]?.elements
            guard let user = users?.next(), let text = user["token"]?.string, AccountFields.isVisible(text, atMost: 8192) else { return nil }
            return LoginToken(text: Secret(text), endsAt: user["expires_after"]?.string.flatMap { HTTPDate.seconds(expiry: $0) })
        }
    }
}
