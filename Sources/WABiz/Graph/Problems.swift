// Gathers everything that is wrong with a configuration, so that one look at the failure mends it all at once.

struct Problems {
    private var texts: [String] = []

    /// - Parameter advice: what to write there. It never quotes the value: it may be a secret.
    mutating func add(_ member: String, _ advice: String) { texts.append("\"\(member)\": \(advice)") }

    /// Throws them all as one `.badArgument`, or nothing when there are none.
    func raise(of what: String = "client") throws(Failure) {
        guard !texts.isEmpty else { return }
        throw .badArgument("The \(what)'s configuration cannot be used. " + texts.joined(separator: " "))
    }
}
