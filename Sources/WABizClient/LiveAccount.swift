// The account as it may ask right now. Where a user logs in (On-Premises) it has the token of the last login, which messages,
// files and look-ups of one client share; otherwise it is the account as it was opened.
import Glibc
import WABiz

final class LiveAccount {
    /// As it was opened.
    let opened: Account
    private var session: Session?
    private var loggedIn: (generation: Int, account: Account)?

    init(_ account: Account) {
        opened = account
        session = account.login.map(Session.init)
    }

    /// True when a user has to log in before anything is asked.
    var logsIn: Bool { session != nil }

    /// True when there is a token to be had only by logging in.
    var isClosed: Bool { ready() == nil }

    /// Counts the logins: what was refused for the token of an older one is not the fault of the last.
    var generation: Int { session?.generation ?? 0 }

    /// The account for a request that begins now; nil: log in first.
    func ready() -> Account? {
        guard let session else { return opened }
        guard session.token(Clock.milliseconds) != nil, let loggedIn, loggedIn.generation == session.generation else { return nil }
        return loggedIn.account
    }

    /// The request that logs in, when one is needed.
    var logIn: Call? { session?.call(for: opened) }

    /// Takes the answer to a login.
    /// - Throws: why nobody is logged in.
    func begin(_ answer: Answer, to call: Call) throws(Failure) {
        let token = try answer.token(for: call)
        let account = try opened.loggedIn(token.text)
        session?.begin(token, unixTime: time(nil), Clock.milliseconds)
        loggedIn = (generation, account)
    }

    /// A login failed. - Returns: whether another one is to be tried at once, with another password.
    func isWorthAnother(_ failure: Failure) -> Bool { session?.refused(failure) ?? false }

    /// A request of this login was refused. - Returns: whether logging in again may help.
    func isOutdated(_ failure: Failure, _ generation: Int) -> Bool {
        guard logsIn, Session.isOutdated(failure) else { return false }
        session?.lost(generation)
        return true
    }

    /// What a failed login means to somebody who wanted something else: nothing of that left.
    static func wrapped(_ failure: Failure) -> Failure {
        var failure = failure
        failure.message = "Nothing was sent, because the login failed. " + failure.message
        return failure
    }
}
