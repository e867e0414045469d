// Gathers everything that is wrong with a configuration, so that one look at the failure mends it all at once.

struct Problems {
    private var texts: [String] = []

    /// - Parameter advice: what to write there. It never quotes the value: it may be a secret.
    mutating func add(_ member: String, _ advice: String) { texts.append("\"\(member)\": \(advice)") }

    /// A number that is there has to be within its bounds.
    mutating func check(_ member: String, _ value: Int?, _ bounds: ClosedRange<Int>, _ unit: String) {
        guard let value, !bounds.contains(value) else { return }
        add(member, "write \(unit) from \(bounds.lowerBound) to \(bounds.upperBound).")
    }

    /// Throws them all as one `.badArgument`, or nothing when there are none.
    func raise(of what: String = "client") throws(Failure) {
        guard !texts.isEmpty else { return }
        throw .badArgument("The \(what)'s configuration cannot be used. " + texts.joined(separator: " "))
    }
}
