// What forbids a message although Meta's form allows it: the stop list, the window of 24 hours, and repeated content. Pure:
// the facts are looked up by the store.

/// What is known about a person and a number.
package struct PersonFacts: Sendable, Equatable {
    /// The person stopped marketing messages.
    package var hasStopped = false
    /// When they last wrote or called, Unix milliseconds; nil when nothing was heard. Meta may have said that it is too long ago.
    package var heardAt: Int?

    package init() {}
}

package enum PutRules {
    /// The customer service window: 24 hours from the person's last message or call.
    package static let window = 86_400_000

    /// What a row may do now.
    package enum Ruling: Sendable {
        case go(warnings: [PutWarning])
        /// In the form of its fallback.
        case goAsFallback
        case refuse(Failure)
    }

    package static func rule(_ row: OutboxRow, _ facts: PersonFacts, checksWindow: Bool, now: Int) -> Ruling {
        if row.category == .marketing, facts.hasStopped { return .refuse(stopped) }
        guard checksWindow, row.category == .service, !row.isGroup else { return .go(warnings: []) }
        guard let heard = facts.heardAt else { return .go(warnings: windowUnknown) }
        // A clock that went back leaves a moment in the future: the window is open.
        if heard > now - window { return .go(warnings: []) }
        guard row.fallback != nil, !row.usedFallback else { return .refuse(windowClosed) }
        return row.fallbackCategory == .marketing && facts.hasStopped ? .refuse(stopped) : .goAsFallback
    }

    package static let stopped = Failure(
        .blocked, "The person has stopped marketing messages of this number. Send no more until they resume them.", retry: .never
    ).because("stopped")

    package static let windowClosed = Failure(
        .blocked, "More than 24 hours have passed since the person wrote: only a template may be sent. Send one, or give one as \"fallback\".",
        retry: .afterFix
    ).because("window_closed")

    private static let windowUnknown = [
        PutWarning(
            "window_unknown",
            "Nothing was heard from this person: Meta refuses a free-form message when they did not write within 24 hours. Apply the webhooks, or send a template.")
    ]

    package static let repeated = Failure(
        .blocked, "The same content was put for the same person a short while ago. Do not send it again because no delivery was seen: watch the statuses.",
        retry: .waitWindow
    ).because("repeated")

    package static let sequenceStopped = Failure(
        .blocked, "A message before it in its sequence did not get through, and the sequence stops then.", retry: .afterFix
    ).because("sequence_stopped")
}

/// What is said of a message that goes nevertheless. Its text is made once: most messages of a campaign may carry it.
package final class PutWarning: Sendable {
    package let code: String
    /// `{"code":…,"message":…}`.
    let json: [UInt8]

    init(_ code: String, _ message: String) {
        self.code = code
        var json = JSONWriter()
        json.beginObject()
        json.member("code", code)
        json.member("message", message)
        json.endObject()
        self.json = json.bytes
    }
}
