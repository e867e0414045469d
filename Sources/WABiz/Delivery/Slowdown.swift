// Why a number is sent to more slowly than it may be: an error of Meta's, or how much of a quota the headers say is used.

package enum Slowdown: Sendable, Equatable {
    /// Meta's error code.
    case code(Int)
    /// An HTTP status without a code of Meta's.
    case httpStatus(Int)
    /// Percent of a quota that is used.
    case usage(Int)

    /// Nil when the failure says nothing about the pace. The pair rate limit does not: other recipients are not affected.
    package init?(_ failure: Failure, onPremises: Bool) {
        guard failure.code == .refused, let graph = failure.graph else { return nil }
        guard let code = graph.code else {
            guard graph.httpStatus == 429 else { return nil }
            self = .httpStatus(429)
            return
        }
        let slows = onPremises ? MetaCode.onPremisesThrottles.contains(code) : Slowdown.slows(code) || graph.httpStatus == 429
        guard slows, onPremises || code != MetaCode.pairRateLimit else { return nil }
        self = .code(code)
    }

    private static func slows(_ code: Int) -> Bool {
        ErrorTable.row(code: code, onPremises: false)?.category == "throttle" || MetaCode.maintenance.contains(code)
    }

    /// For people: `Meta's error 130429`, `HTTP 429`, `96 % of the quota used`.
    package var description: String {
        switch self {
        case .code(let code): "Meta's error \(code)"
        case .httpStatus(let status): "HTTP \(status)"
        case .usage(let percent): "\(percent) % of the quota used"
        }
    }
}
