// What became of a message, and the desks where outcomes wait until their owner comes for them.
public import WABiz

/// What became of one submitted message.
public struct Outcome: Sendable {
    public let ticket: UInt64
    /// What the caller gave along, as JSON text.
    public let tag: [UInt8]?
    /// Requests that were begun for it.
    public let attempts: Int
    public let result: Result<Receipt, Failure>

    package init(ticket: UInt64, tag: [UInt8]?, attempts: Int, result: Result<Receipt, Failure>) {
        self.ticket = ticket
        self.tag = tag
        self.attempts = attempts
        self.result = result
    }

    /// Writes `{"ticket":7,"tag":…,"attempts":1,"receipt":{…}}`, or `error` in place of the receipt.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("ticket")
        writer.integer(Int(clamping: ticket))
        if let tag {
            writer.name("tag")
            writer.raw(tag)
        }
        writer.name("attempts")
        writer.integer(attempts)
        switch result {
        case .success(let receipt):
            writer.name("receipt")
            receipt.write(to: &writer)
        case .failure(let failure):
            writer.name("error")
            writer.raw(failure.details.bytes)
        }
        writer.endObject()
    }

    /// The document of a step: `{"outcomes":[…]}`.
    public static func document(_ outcomes: [Outcome]) -> [UInt8] { text(outcomes).array }

    /// The same in memory that C can take over.
    package static func text(_ outcomes: [Outcome]) -> TextMemory {
        var writer = JSONWriter(capacity: 32 + 256 * outcomes.count)
        writer.beginObject()
        writer.name("outcomes")
        writer.beginArray()
        for outcome in outcomes { outcome.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.finish()
    }
}

/// How a message ended, in one word of memory: a failure is large, and nearly none has one.
enum Ending {
    case taken(Receipt)
    indirect case lost(Failure)

    var result: Result<Receipt, Failure> {
        switch self {
        case .taken(let receipt): .success(receipt)
        case .lost(let failure): .failure(failure)
        }
    }
}

/// One desk per owner. Owner 0 is the caller; an outbox has a number of its own, and neither gets the other's outcomes.
struct Desks {
    private struct Desk {
        var unfinished = 0
        var outcomes: [Outcome] = []
        /// Nobody comes for them any more.
        var isLeft = false
    }

    private var main = Desk()
    private var others: [UInt32: Desk] = [:]
    /// Outcomes on all desks.
    private var waiting = 0

    /// True while an outcome waits for somebody.
    var hasOutcomes: Bool { waiting > 0 }

    private subscript(owner: UInt32) -> Desk { owner == 0 ? main : others[owner] ?? Desk() }

    /// Changes a desk where it stands: an accessor that yields it would fetch memory each time.
    @inline(__always) private mutating func with<Result>(_ owner: UInt32, _ change: (inout Desk) -> Result) -> Result {
        owner == 0 ? change(&main) : change(&others[owner, default: Desk()])
    }

    /// A message of the owner's is on its way.
    mutating func opened(_ owner: UInt32) { with(owner) { $0.unfinished += 1 } }

    /// The message of a caller who takes the result himself is finished.
    mutating func closed() { main.unfinished -= 1 }

    /// A message is finished.
    mutating func closed(_ owner: UInt32, _ outcome: Outcome) {
        let isLeft = with(owner) { desk in
            desk.unfinished -= 1
            if !desk.isLeft { desk.outcomes.append(outcome) }
            return desk.isLeft
        }
        if isLeft { forget(owner) } else { waiting += 1 }
    }

    /// The owner is gone; what there is of theirs, now or later, goes to nobody.
    mutating func leave(_ owner: UInt32) {
        guard others[owner] != nil else { return }
        _ = take(owner)
        with(owner) { $0.isLeft = true }
        forget(owner)
    }

    private mutating func forget(_ owner: UInt32) {
        if self[owner].unfinished == 0 { others[owner] = nil }
    }

    func isIdle(_ owner: UInt32) -> Bool {
        let desk = self[owner]
        return desk.unfinished == 0 && desk.outcomes.isEmpty
    }

    func hasOutcomes(_ owner: UInt32) -> Bool { !self[owner].outcomes.isEmpty }

    mutating func take(_ owner: UInt32) -> [Outcome] {
        var taken: [Outcome] = []
        with(owner) { swap(&taken, &$0.outcomes) }
        waiting -= taken.count
        if owner != 0, self[owner].unfinished == 0 { others[owner] = nil }
        return taken
    }
}
