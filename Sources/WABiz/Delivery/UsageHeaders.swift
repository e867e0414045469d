// What the headers of an answer say about quotas: x-business-use-case-usage and x-app-usage of Meta's, Retry-After of
// whoever stands between. They are hints: nonsense is ignored.

package struct UsageHeaders: Sendable, Equatable {
    /// Percent of the quota that is used most, 0 and above.
    package private(set) var percent: Int?
    /// Milliseconds until access comes back, when it is lost; Meta writes minutes.
    package private(set) var regain: Int64?
    /// Milliseconds to wait, when the answer asks for it.
    package private(set) var retryAfter: Int64?

    /// No header's wish reaches further: 30 days.
    static let longest: Int64 = 2_592_000_000

    /// - Parameters:
    ///   - businessUse, app, retryAfter: the values of the headers; nil: there is none.
    ///   - unixTime: seconds; Retry-After may be a date.
    package init(businessUse: String? = nil, app: String? = nil, retryAfter: String? = nil, unixTime: Int = 0) {
        if let businessUse { readBusinessUse(businessUse) }
        if let app { readApp(app) }
        self.retryAfter = retryAfter.flatMap { UsageHeaders.wait($0, unixTime) }
    }

    /// The least that a refused request has to wait.
    package var wait: Int64? { [regain, retryAfter].compactMap { $0 }.max() }

    /// What an answer means for the pace of its number; nil: nothing.
    /// - Parameter failure: what the answer was, when it was no success.
    package func slowdown(after failure: Failure?, onPremises: Bool) -> (reason: Slowdown, wait: Int64?)? {
        if let failure, let reason = Slowdown(failure, onPremises: onPremises) { return (reason, wait) }
        guard let percent = percent ?? regain.map({ _ in 100 }), percent >= 90 || regain != nil else { return nil }
        return (.usage(percent), regain)
    }

    // MARK: Meta's

    /// `{"<id>":[{"type":"whatsapp","call_count":100,…,"estimated_time_to_regain_access":19}]}`; quotas of other products count
    /// for nothing here.
    private mutating func readBusinessUse(_ text: String) {
        UsageHeaders.read(text) { root in
            for (_, uses) in root.members {
                for use in uses.elements {
                    if let type = use["type"]?.string, !type.lowercased().hasPrefix("whatsapp") { continue }
                    notePercent(of: use)
                    guard let minutes = UsageHeaders.number(use["estimated_time_to_regain_access"]), minutes > 0 else { continue }
                    regain = max(regain ?? 0, min(Int64(minutes).times(60_000), UsageHeaders.longest))
                }
            }
        }
    }

    /// `{"call_count":28,"total_cputime":3,"total_time":5}`
    private mutating func readApp(_ text: String) { UsageHeaders.read(text) { notePercent(of: $0) } }

    private mutating func notePercent(of use: JSONView) {
        for share in [use["call_count"], use["total_cputime"], use["total_time"]] {
            if let share = UsageHeaders.number(share) { percent = max(percent ?? 0, share) }
        }
    }

    /// Headers are a few hundred bytes.
    private static func read(_ text: String, _ take: (JSONView) -> Void) {
        guard text.utf8.count <= 65_536 else { return }
        do throws(Failure) { try Tape.read([UInt8](text.utf8), .tolerant, depth: 8, take) } catch { return }
    }

    /// A number that is not negative, without its fraction; nil for anything else.
    private static func number(_ view: JSONView?) -> Int? {
        guard let view else { return nil }
        let number = view.lenientInteger ?? view.number.flatMap { Int(exactly: min($0, 1e9).rounded(.down)) }
        return number.flatMap { $0 >= 0 ? min($0, 1_000_000_000) : nil }
    }

    // MARK: Retry-After

    /// Seconds, or the time that a date is ahead.
    private static func wait(_ text: String, _ unixTime: Int) -> Int64? {
        let text = text.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        if !text.isEmpty, text.utf8.allSatisfy(WebAddress.isDigit) {
            return min((Int64(text) ?? .max).times(1000), longest)
        }
        guard let date = HTTPDate.seconds(text) else { return nil }
        return min(max(Int64(date).minus(Int64(unixTime)).times(1000), 0), longest)
    }
}
