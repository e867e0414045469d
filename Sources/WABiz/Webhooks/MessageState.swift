// What became of a message, from all that was heard of it: statuses come late, repeated and in any order, and never move
// a message back. Pure: the same statuses give the same state in whatever order they come.

/// How far a message got. Later ones outrank earlier ones.
public enum DeliveryStatus: Int, Sendable, Comparable, CaseIterable {
    /// Meta took it, or holds it back for now.
    case accepted
    /// It left Meta's servers.
    case sent
    /// It ended here, unless it turns out to have been delivered.
    case failed
    /// It reached the device.
    case delivered
    /// It was shown in an open chat.
    case read
    /// A voice message was played.
    case played

    /// - Parameter word: Meta's word in statuses, in answers to sends and, in capitals, in histories. Nil for words that say
    ///   nothing about delivery, such as `deleted` or `captured`.
    public init?(word: String) {
        switch word.lowercased() {
        case "accepted", "held_for_quality_assessment", "paused", "pending": self = .accepted
        case "sent": self = .sent
        case "failed", "error": self = .failed
        case "delivered": self = .delivered
        case "read": self = .read
        case "played": self = .played
        default: return nil
        }
    }

    public static func < (left: DeliveryStatus, right: DeliveryStatus) -> Bool { left.rawValue < right.rawValue }
}

/// When each status was first reached, Unix seconds.
public struct StatusTimes: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private var accepted: Int?
    private var sent: Int?
    private var failed: Int?
    private var delivered: Int?
    private var read: Int?
    private var played: Int?

    public init() {}

    /// Of a status that stands there twice, the last.
    public init(dictionaryLiteral elements: (DeliveryStatus, Int)...) {
        for (status, time) in elements { self[status] = time }
    }

    public subscript(status: DeliveryStatus) -> Int? {
        get {
            switch status {
            case .accepted: accepted
            case .sent: sent
            case .failed: failed
            case .delivered: delivered
            case .read: read
            case .played: played
            }
        }
        set {
            switch status {
            case .accepted: accepted = newValue
            case .sent: sent = newValue
            case .failed: failed = newValue
            case .delivered: delivered = newValue
            case .read: read = newValue
            case .played: played = newValue
            }
        }
    }
}

/// The state of one message that the business sent.
public struct MessageState: Sendable, Equatable {
    /// The furthest it is known to have got; nil before anything was heard. Of a group: the furthest that any person got,
    /// and `.failed` only when it failed for the group as a whole.
    public private(set) var status: DeliveryStatus?
    /// When each status was first reached, Unix seconds.
    public private(set) var times = StatusTimes()
    /// Meta's code of the first failure. Stays when the message turns out to have been delivered.
    public private(set) var errorCode: Int?
    /// Of a group: the state for each person, by business-scoped user id or phone number.
    public private(set) var participants: [String: MessageState] = [:]
    /// When `errorCode` happened.
    private var errorTime: Int?

    public init() {}

    /// Takes in one status. True when the message's own `status` moved.
    /// - Parameter event: events that are no status of a message (payments, calls, other kinds) change nothing.
    @discardableResult
    public mutating func apply(_ event: Event) -> Bool {
        guard event.kind == .status || event.kind == .history, event.type != "payment", event.type != "call",
            let status = event.status.flatMap(DeliveryStatus.init)
        else { return false }
        let code = event.errors.first?.code
        guard let person = event.participantUserID ?? event.participantID else { return apply(status, at: event.timestamp, errorCode: code) }
        participants[person, default: MessageState()].apply(status, at: event.timestamp, errorCode: code)
        return status == .failed ? false : apply(status, at: event.timestamp)
    }

    /// Takes in one status. True when `status` moved.
    @discardableResult
    public mutating func apply(_ status: DeliveryStatus, at time: Int? = nil, errorCode code: Int? = nil) -> Bool {
        if let time { times[status] = min(times[status] ?? time, time) }
        if status == .failed, let code { noteError(code, at: time) }
        guard status > self.status ?? .accepted || self.status == nil else { return false }
        self.status = status
        return true
    }

    /// Of several failures the earliest, then the one with the smaller code: an order that does not depend on the arrival.
    private mutating func noteError(_ code: Int, at time: Int?) {
        let rank = (time ?? .max, code)
        guard errorCode == nil || rank < (errorTime ?? .max, errorCode ?? .max) else { return }
        (errorTime, errorCode) = (time, code)
    }

    /// The states of all messages that events are about, by message id.
    public static func fold(_ events: some Sequence<Event>) -> [String: MessageState] {
        var states: [String: MessageState] = [:]
        for event in events {
            guard event.kind == .status, let id = event.messageID else { continue }
            states[id, default: MessageState()].apply(event)
        }
        // Words that say nothing about delivery leave no state.
        return states.filter { $0.value != MessageState() }
    }
}
