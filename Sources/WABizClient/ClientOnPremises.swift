// What only an On-Premises client is asked: which phone numbers it knows and how it is. And the login before these and before
// media files: each call waits until it is done.
public import WABiz

extension Client {
    /// Looks up phone numbers.
    /// - Throws: `.refused`, `.unreachable` (asking again does no harm), `.badArgument` for the Cloud API, `.forked`.
    public func contacts(_ check: ContactCheck) throws(Failure) -> CheckedContacts {
        try whenReady { (account, line) throws(Failure) in
            let call = try Call(check, for: account)
            return try line.ask(call).checkedContacts(for: call)
        }
    }

    /// Looks up phone numbers.
    /// - Parameters:
    ///   - contacts: a JSON array of phone numbers.
    ///   - options: `{"blocking":"wait","force_check":false}` or nil.
    package func contacts(json contacts: [UInt8], options: [UInt8]?) throws(Failure) -> CheckedContacts {
        try self.contacts(ContactCheck(contacts: contacts, options: options))
    }

    /// Asks how the On-Premises client is.
    /// - Throws: as `contacts(_:)` does.
    public func health() throws(Failure) -> GatewayHealth {
        try whenReady { (account, line) throws(Failure) in
            let call = try Call(healthFor: account)
            return try line.ask(call).health(for: call)
        }
    }

    /// Does something with an account that may ask, and once more after a login when its token turns out to have ended.
    func whenReady<Value>(_ work: (Account, MediaLine) throws(Failure) -> Value) throws(Failure) -> Value {
        let line = try mediaLine()
        let account = try ready(line)
        let generation = live.generation
        do {
            return try work(account, line)
        } catch {
            guard live.isOutdated(error, generation) else { throw error }
            return try work(ready(line), line)
        }
    }

    /// Never part of the generic function above, of which there is one for every kind of answer.
    @inline(never) private func ready(_ line: MediaLine) throws(Failure) -> Account {
        while true {
            if let account = live.ready() { return account }
            guard let call = live.logIn else { return account }
            do {
                try live.begin(line.ask(call), to: call)
            } catch {
                guard live.isWorthAnother(error) else { throw LiveAccount.wrapped(error) }
            }
        }
    }
}
