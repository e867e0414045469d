// The sandbox itself: takes a request, lets the right API answer it, keeps the journal, and plays the life of every
// message that was taken. Knows nothing of sockets.
import Foundation
import WABiz

struct SandboxSettings: Sendable {
    var webhook: String?
    var appSecret: String?
    var verifyToken: String?
    /// The only bearer token that is taken; nil takes any.
    var token: String?
    /// Milliseconds before each webhook of a message.
    var delay: Int
    /// What a slow answer takes.
    var slowSeconds: Double
    /// How long a URL of a file works.
    var mediaURLSeconds: Double
    /// How long the token of an On-Premises login holds.
    var loginSeconds: Double
    /// Whether the first On-Premises login must set a new password.
    var firstLogin: Bool
}

actor Sandbox {
    let settings: SandboxSettings
    let console: Console
    let courier: Courier?
    private var journal = Journal()
    private var pending = 0
    private var answering = 0
    private var logins: Logins
    private var media = MediaStore()
    private var sentIDs: Set<String> = []
    /// The business number that wrote last; inbound messages go to it.
    private(set) var phoneNumberID = Envelope.phoneNumberID

    init(settings: SandboxSettings, console: Console) {
        self.settings = settings
        self.console = console
        logins = Logins(mustChange: settings.firstLogin, seconds: settings.loginSeconds)
        courier = settings.webhook.map { Courier(url: $0, appSecret: settings.appSecret, verifyToken: settings.verifyToken) }
    }

    /// Asks the webhook URL for its challenge and tells how it went.
    func verifyWebhook() async -> Bool {
        guard let courier else { return false }
        await console.event("→", courier.verify())
        return await courier.verification == .passed
    }

    /// Answers any request.
    func answer(_ request: Request) async -> Reply {
        answering += 1
        defer { answering -= 1 }
        if request.segments.first == "sandbox" { return await answerOwn(request) }
        let outcome = decide(request)
        let number = journal.begin(request.forJournal)
        journal.answer(number, outcome.reply.forJournal, messageID: outcome.messageID)
        console.event("←", "\(request.method) \(request.path) \(Sandbox.word(outcome.reply)) \(outcome.summary)")
        if let change = outcome.mediaChange { media.apply(change) }
        if let change = outcome.login { logins.apply(change) }
        if let id = outcome.messageID { remember(id) }
        if let story = outcome.story { tell(story, number: number) }
        if outcome.reply.wire == .silent {
            try? await Task.sleep(for: .seconds(3600))
        } else if outcome.reply.delay > 0 {
            try? await Task.sleep(for: .seconds(outcome.reply.delay))
        }
        return outcome.reply
    }

    /// Remembers which messages are the business's own, without growing for ever.
    private func remember(_ id: String) {
        if sentIDs.count >= 100_000 { sentIDs = [] }
        sentIDs.insert(id)
    }

    /// Waits until every request is answered, a second at most.
    func finish() async {
        for _ in 0..<100 where answering > 0 { try? await Task.sleep(for: .milliseconds(10)) }
    }

    /// What the APIs know while they answer.
    private var knowledge: Knowledge {
        Knowledge(
            token: settings.token, appSecret: settings.appSecret, slowSeconds: settings.slowSeconds,
            mediaURLSeconds: settings.mediaURLSeconds, media: media, logins: logins, sentIDs: sentIDs)
    }

    private func decide(_ request: Request) -> Outcome {
        if request.segments.first == "v1" { return OnPremisesAPI(knowledge: knowledge).answer(request) }
        return CloudAPI(knowledge: knowledge).answer(request)
    }

    /// Plays the webhooks of a message, one after the other.
    private func tell(_ story: Story, number: Int) {
        if !story.message.phoneNumberID.isEmpty { phoneNumberID = story.message.phoneNumberID }
        let posts = Lifecycle.posts(story.behaviour)
        guard let courier, !posts.isEmpty else { return }
        pending += posts.count
        Task {
            for steps in posts {
                if settings.delay > 0 { try? await Task.sleep(for: .milliseconds(settings.delay)) }
                let what = steps.map(\.word).joined(separator: ", ")
                let body = Lifecycle.body(steps, of: story, as: Envelope())
                let delivery = await courier.deliver(body, what: what, signed: !story.message.isOnPremises)
                record(delivery, number: number, id: story.id)
            }
        }
    }

    private func record(_ delivery: Delivery, number: Int, id: String) {
        pending -= 1
        journal.deliver(number, delivery)
        console.event("→", "webhook \(delivery.what) \(id) \(Sandbox.word(delivery))")
    }

    // MARK: What the sandbox's own routes ask for (SandboxRoutes.swift)

    var messages: [UInt8] { journal.document(pending: pending) }

    /// Reads what a person does, and keeps the file that comes with it.
    func readInbound(_ request: Request) throws(Failure) -> Inbound {
        let api = MediaAPI(knowledge: knowledge)
        let inbound = try Inbound(request.body, phoneNumberID: phoneNumberID, store: media) { api.url(of: $0, in: request) }
        if let file = inbound.file { media.apply(.add(file)) }
        return inbound
    }

    /// Ends the tokens of On-Premises logins before their time.
    func endTokens() -> Int { logins.endTokens() }

    func clear() -> Int {
        sentIDs = []
        return journal.clear()
    }

    /// Delivers a webhook that no message caused; the journal has it under the request that asked for it.
    func deliver(_ body: [UInt8], what: String, signed: Bool, request: Request, messageID: String?) async -> Delivery? {
        let number = journal.begin(request)
        guard let courier else {
            console.event("·", "\(what): no --webhook URL to bring it to")
            return nil
        }
        pending += 1
        let delivery = await courier.deliver(body, what: what, signed: signed)
        record(delivery, number: number, id: messageID ?? "")
        return delivery
    }

    private static func word(_ reply: Reply) -> String {
        switch reply.wire {
        case .whole: String(reply.status)
        case .cut: "cut"
        case .cutInBody: "\(reply.status), cut"
        case .silent: "silent"
        }
    }

    private static func word(_ delivery: Delivery) -> String {
        let tries = delivery.attempts > 1 ? " after \(delivery.attempts) attempts" : ""
        return (delivery.status.map(String.init) ?? "not delivered") + tries + (delivery.problem.map { ": " + $0 } ?? "")
    }
}
