// Gathers everything that is wrong with a configuration, so that one look at the failure mends it all at once.

struct Problems {
    /// Nobody reads more of them at once; a hostile document may have a million.
    private static let most = 20

    private var texts: [String] = []
    private var count = 0

    /// - Parameter advice: what to write there. It never quotes the value: it may be a secret.
    mutating func add(_ member: String, _ advice: @autoclosure () -> String) {
        count += 1
        guard count <= Problems.most else { return }
        texts.append("\"\(member)\": \(advice())")
    }

    /// A number that is there has to be within its bounds.
    mutating func check(_ member: String, _ value: Int?, _ bounds: ClosedRange<Int>, _ unit: String) {
        guard let value, !bounds.contains(value) else { return }
        add(member, "write \(unit) from \(bounds.lowerBound) to \(bounds.upperBound).")
    }

    /// Throws them all as one `.badArgument`, or nothing when there are none.
    func raise(of what: String = "client") throws(Failure) {
        guard !texts.isEmpty else { return }
        let more = count > Problems.most ? ["There are \(count - Problems.most) more."] : []
        throw .badArgument("The \(what)'s configuration cannot be used. " + (texts + more).joined(separator: " "))
    }
}
