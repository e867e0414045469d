// Brings webhooks to the receiver as Meta does: verifies the URL first, signs every body, tries again with growing pauses
// until the receiver answers 200.
import Foundation
import WABiz

actor Courier {
    enum Verification: String, Sendable {
        /// No --verify-token: not asked for.
        case notAsked = "not_asked"
        case running, passed, failed
    }

    private let poster: Poster
    private let appSecret: String?
    private let verifyToken: String?
    private(set) var verification: Verification
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(url: String, appSecret: String?, verifyToken: String?) {
        poster = Poster(url: url)
        self.appSecret = appSecret
        self.verifyToken = verifyToken
        verification = verifyToken == nil ? .notAsked : .running
    }

    /// How often a webhook is tried, and the first pause; each further one is twice as long.
    static let attempts = 5
    static let firstPause = Duration.milliseconds(200)

    /// Meta's GET verification of the URL. A receiver that cannot be reached yet is asked again for ten seconds.
    /// - Returns: a sentence for the console.
    func verify() async -> String {
        guard let verifyToken else { return "the webhook URL is not verified: there is no --verify-token" }
        verification = .running
        let challenge = Identifiers.digits(10)
        let token = verifyToken.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let query = "hub.mode=subscribe&hub.challenge=\(challenge)&hub.verify_token=\(token)"
        var result = PostResult(problem: "not asked yet")
        for _ in 0..<40 {
            result = await poster.get(query: query)
            if result.status != nil { break }
            try? await Task.sleep(for: .milliseconds(250))
        }
        let isPassed = result.status == 200 && result.body == Array(challenge.utf8)
        verification = isPassed ? .passed : .failed
        for continuation in waiting { continuation.resume() }
        waiting = []
        if isPassed { return "the webhook URL is verified" }
        let reason = result.problem ?? (result.status == 200 ? "the answer was not the challenge" : "HTTP \(result.status ?? 0)")
        return "the webhook URL is NOT verified (\(reason)); no webhook is delivered. Ask again with POST /sandbox/verify"
    }

    /// Posts a webhook, several times if need be. Returns when it arrived or was given up.
    func deliver(_ body: [UInt8], what: String, signed: Bool) async -> Delivery {
        await waitForVerification()
        if verification == .failed {
            return Delivery(what: what, body: body, attempts: 0, problem: "the webhook URL is not verified")
        }
        var headers: [String] = []
        if signed, let appSecret, let signature = WebhookSignature.header(of: body, secret: appSecret) {
            headers.append("X-Hub-Signature-256: " + signature)
        }
        var pause = Courier.firstPause
        var result = PostResult()
        for attempt in 1...Courier.attempts {
            result = await poster.post(body, headers: headers)
            if result.status == 200 { return Delivery(what: what, body: body, status: 200, attempts: attempt) }
            guard attempt < Courier.attempts else { break }
            try? await Task.sleep(for: pause)
            pause *= 2
        }
        return Delivery(
            what: what, body: body, status: result.status, attempts: Courier.attempts,
            problem: result.problem ?? "the receiver did not answer 200")
    }

    private func waitForVerification() async {
        guard verification == .running else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
