// What a transition of a row depends on and what it asks for: the outbox's rules, and what is to be done beside writing the row.

/// What a transition asks for beside writing the row.
package struct RowChange: Equatable, Sendable {
    /// The state is another one.
    package var moved = false
    /// The next row of the sequence need not wait for this one any longer.
    package var releases = false
    /// The rows behind it in its sequence are blocked.
    package var stopsSequence = false
    /// The person goes on the stop list.
    package var stopsPerson = false
    /// Meta says that the person's 24 hours are over.
    package var closesWindow = false
    /// Message ids that belong to an earlier attempt from now on.
    package var spends: Set<String> = []
    /// Something to hand out by `step`.
    package var isOutcome = false

    package init() {}

    mutating func spend(_ messageID: String?) {
        if let messageID { spends.insert(messageID) }
    }
}

/// What the configuration decides about transitions. Milliseconds.
package struct RowRules: Sendable {
    package var uncertain = UncertainPolicy.report
    package var uncertainWait = 900_000
    package var marketingPauses = [86_400_000, 172_800_000, 345_600_000]
    package var expireAfter = 30 * 86_400_000

    package init() {}
}
