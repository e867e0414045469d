// What a client could begin at once: free slots, turns of the pace, and turns of the pair rule. An outbox asks before it records
// rows as begun, so that none of them waits here, where a crash would leave open whether it went out.
import WABiz

package struct Room {
    /// How many more messages could begin.
    package private(set) var count: Int
    /// Milliseconds until the pace lets another one begin, where it is the pace that keeps them.
    package let wait: Int?
    private let lane: Lane
    private let now: Int64
    /// What the pair rule would know of people whose turns were taken here.
    private var taken: [UInt64: Int64] = [:]

    fileprivate init(_ lane: Lane, count: Int, wait: Int? = nil, _ now: Int64) {
        self.lane = lane
        self.count = max(0, count)
        self.wait = wait
        self.now = now
    }

    /// Takes the room of one message.
    /// - Parameter recipient: the person's key; nil where the pair rule knows none.
    /// - Returns: 0; or in how many milliseconds the person's turn comes, and then no room is taken.
    package mutating func take(_ recipient: UInt64?) -> Int {
        if let recipient, lane.pairRule.interval > 0 {
            let (turn, whole) = lane.pairRule.next(recipient, now, known: taken[recipient])
            taken[recipient] = whole
            guard turn <= now else { return Int(clamping: turn.minus(now)) }
        }
        count -= 1
        return 0
    }
}

extension Engine {
    /// Turns that come within so many milliseconds count, so that not every message of a fast pace needs a commit of its own.
    private static let lead: Int64 = 50

    /// What an owner's messages for the client's own number could begin at once.
    /// - Parameter own: tickets that the owner has under way. Where others' messages stand in line, or a login is to be made first,
    ///   there is room for one at a time.
    func room(_ own: some Sequence<UInt64>) -> Room {
        let (lane, now) = (roads.lane, Clock.milliseconds)
        guard !isDraining, jobs.count < delivery.maxQueued else { return Room(lane, count: 0, now) }
        let free = ring.isEmpty ? max(0, delivery.maxInFlight - inFlight) : 0
        let (turns, next) = lane.throughput.turns(free + lane.count, until: now.plus(Engine.lead), now)
        let logsIn = account.login != nil && logIn.isWanted
        let count = logsIn ? 0 : min(free, turns - lane.count)
        let wait = next.map { max(1, Int(clamping: $0.minus(now.plus(Engine.lead)))) }
        guard count <= 0, logsIn || !lane.isEmpty || !ring.isEmpty else { return Room(lane, count: count, wait: wait, now) }
        let isStopped = lane.throughput.stoppedUntil.map { $0 > now } ?? false
        let isAlone = !isStopped && own.allSatisfy { jobs[$0].map { $0.state == .flying } ?? true }
        return Room(lane, count: isAlone ? 1 : 0, wait: wait, now)
    }
}
