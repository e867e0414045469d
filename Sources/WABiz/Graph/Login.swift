// The user who logs in to an On-Premises client for a token, in place of a token in the configuration.

/// A checked user. The password never shows.
public struct Login: Sendable {
    public let user: String
    let password: Secret
    /// What the password is changed to when the client asks for that, as it does at the first login.
    let newPassword: Secret?

    /// Checks what is there; nil when a part is missing or wrong.
    init?(user: String?, password: String?, newPassword: String?, _ problems: inout Problems) {
        if user == nil { problems.add("user", "is missing; \"password\" is of no use without it.") }
        if password == nil { problems.add("password", "is missing; \"user\" cannot log in without it.") }
        if let user, !Login.isPlain(user) || user.utf8.contains(UInt8(ascii: ":")) {
            problems.add("user", "write 1 to 256 bytes without a colon and control characters.")
        }
        if let password, !Login.isPlain(password) { problems.add("password", "write 1 to 256 bytes without control characters.") }
        if let newPassword, !Login.isAllowed(newPassword) {
            problems.add(
                "new_password", "write 8 to 64 characters of ASCII with a digit, an upper case and a lower case letter, and one of !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~.")
        }
        guard let user, let password else { return nil }
        self.user = user
        self.password = Secret(password)
        self.newPassword = newPassword.map(Secret.init)
    }

    private static func isPlain(_ text: String) -> Bool {
        1...256 ~= text.utf8.count && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// The On-Premises client's own rule for passwords.
    private static func isAllowed(_ text: String) -> Bool {
        let bytes = text.utf8
        return 8...64 ~= bytes.count && bytes.allSatisfy { 0x21...0x7E ~= $0 } && bytes.contains(where: WebAddress.isDigit)
            && bytes.contains { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 } && bytes.contains { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
            && bytes.contains { !WebAddress.isAlphanumeric($0) }
    }
}
