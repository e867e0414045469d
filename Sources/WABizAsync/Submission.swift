// A message on its way into a client, and how it is to be delivered.
public import WABiz
public import WABizClient

/// A message and how it is to be delivered, for `AsyncClient.sendAll`.
public struct Submission: Sendable {
    public var message: Message
    /// Its tag comes back in the outcome; without one it is the number of the message, from 0.
    public var options: SubmitOptions

    public init(_ message: Message, _ options: SubmitOptions = SubmitOptions()) {
        self.message = message
        self.options = options
    }

    /// The same with its number as its tag, unless it has one.
    func tagged(_ number: Int) -> Submission {
        var submission = self
        submission.options.tag = options.tag ?? Array(String(number).utf8)
        return submission
    }
}
