// What a client has done since it was opened, in numbers: attempts, outcomes, refusals by code, bytes, connections and how
// long answers took. Its memory is bounded, whatever servers answer.

package struct Statistics: Sendable {
    /// Requests that left, repeats included.
    package var sent = 0
    /// Attempts after the first.
    package var retried = 0
    package var bytesOut = 0
    package var bytesIn = 0
    package var connections = 0
    /// From the start of a request to its complete answer.
    package var latency = Histogram()

    private var accepted = 0
    private var cancelled = 0
    private var unreachable = 0
    private var uncertain = 0
    private var other = 0
    /// Refusals by Meta's code, else by HTTP status.
    private var refused: [Refusal: Int] = [:]

    private struct Refusal: Hashable, Comparable {
        var code: Int?
        var httpStatus: Int?

        var name: String { code.map(String.init) ?? httpStatus.map { "http_\($0)" } ?? "other" }
        static func < (one: Refusal, two: Refusal) -> Bool { (one.code ?? .max, one.httpStatus ?? .max) < (two.code ?? .max, two.httpStatus ?? .max) }
    }

    /// Codes that are told apart; Meta has fewer.
    private static let mostCodes = 300

    package init() {}

    /// A message was accepted, or marked as read.
    package mutating func noteSuccess() { accepted &+= 1 }

    /// A message is finished without success. Attempts that are followed by another are no outcomes.
    package mutating func noteLoss(_ loss: Failure) {
        switch loss.code {
        case .refused: noteRefusal(loss)
        case .unreachable: unreachable &+= 1
        case .uncertain: uncertain &+= 1
        case .cancelled: cancelled &+= 1
        default: other &+= 1
        }
    }

    /// A refusal, whether it is the message's outcome or is followed by another attempt: every one counts.
    package mutating func noteRefusal(_ loss: Failure) {
        let code = loss.graph?.code
        let refusal = Refusal(code: code, httpStatus: code == nil ? loss.graph?.httpStatus : nil)
        let isKnown = refused[refusal] != nil || refused.count < Statistics.mostCodes
        refused[isKnown ? refusal : Refusal(), default: 0] &+= 1
    }

    /// The document of `wabiz_client_stats`, to which the engine adds what it is doing now.
    package var document: Tree {
        .object([
            ("sent", .integer(sent)), ("accepted", .integer(accepted)),
            ("refused", .object(refused.sorted { $0.key < $1.key }.map { ($0.key.name, .integer($0.value)) })),
            ("unreachable", .integer(unreachable)), ("uncertain", .integer(uncertain)), ("cancelled", .integer(cancelled)),
            ("failed_otherwise", other == 0 ? nil : .integer(other)), ("retried", .integer(retried)),
            ("bytes_out", .integer(bytesOut)), ("bytes_in", .integer(bytesIn)), ("connections", .integer(connections)),
            ("latency_ms", latency.document),
        ])
    }
}
