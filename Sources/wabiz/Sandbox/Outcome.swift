// What one of the two APIs decided about a request: the answer, and the life of the message that follows.

struct Outcome: Sendable {
    var reply: Reply
    /// For the console: what it was.
    var summary: String
    /// The id of the message that was taken, also when the answer never arrives.
    var messageID: String?
    /// The message that was taken, and what is played afterwards.
    var story: Story?
    /// What a login did.
    var login: Logins.Change?
    /// What it does to the files.
    var mediaChange: MediaStore.Change?

    init(_ reply: Reply, _ summary: String, messageID: String? = nil, story: Story? = nil, login: Logins.Change? = nil) {
        self.reply = reply
        self.summary = summary
        self.messageID = messageID
        self.story = story
        self.login = login
    }
}

/// A message that was taken and the webhooks that tell of it.
struct Story: Sendable {
    var id: String
    var message: SentMessage
    var behaviour: Behaviour
}

/// What an API knows of the sandbox while it answers.
struct Knowledge: Sendable {
    /// The only token that is taken; nil takes any but `expired`.
    var token: String?
    var appSecret: String?
    var slowSeconds: Double
    /// How long a URL of a file works.
    var mediaURLSeconds: Double
    var media: MediaStore
    /// The account of the On-Premises API, and the tokens that its logins gave out.
    var logins: Logins
    /// Messages that the business sent: these cannot be marked as read.
    var sentIDs: Set<String>

    /// Any token but this one is taken when none was set with --token.
    static let expiredToken = "expired"

    func takes(_ token: String) -> Bool {
        guard !token.isEmpty, token != Knowledge.expiredToken else { return false }
        return self.token == nil || self.token == token
    }

    /// Whether a message may be marked as read: any id but one that this sandbox gave to a message of the business, and
    /// any but one that ends in `UNKNOWN`.
    func mayRead(_ id: String) -> Bool { !id.isEmpty && !sentIDs.contains(id) && !id.hasSuffix("UNKNOWN") }
}
