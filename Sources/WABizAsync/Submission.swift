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
}
