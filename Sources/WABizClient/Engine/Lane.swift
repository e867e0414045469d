// The queue and the pace of one number. Lanes take turns, so that a campaign of one number holds up no other.
import WABiz

final class Lane: Timed {
    /// The phone number id; empty On-Premises.
    let name: String
    private var queue = JobQueue()
    private var dueQueue = JobQueue()
    /// The latest deadline that came into the queue since it was empty.
    private var latest: Int64 = 0
    /// True while it stands in the ring of lanes that have something to start.
    var isInRing = false
    /// Its messages without an outcome, wherever they are.
    var unfinished = 0
    /// Messages in its queues.
    private(set) var count = 0

    var throughput: Throughput
    var pairRule: PairRule
    /// Nothing starts before this moment, for the sake of the pace.
    var heldUntil: Int64?

    init(_ name: String, _ delivery: DeliveryOptions, _ api: API) {
        self.name = name
        throughput = delivery.throughput(for: api)
        pairRule = delivery.pairRule(for: api)
    }

    /// True while it has to stay out of the ring.
    var isHeld: Bool { heldUntil != nil }

    var isEmpty: Bool { count == 0 }

    /// No message is on its way, and its pace knows nothing that a new one would not know.
    func isFresh(_ now: Int64) -> Bool { unfinished == 0 && throughput.isFresh(now) && pairRule.isFresh(now) }

    /// The next one to go: those whose time has come go before the others.
    var first: Job? { dueQueue.first ?? queue.first }

    /// Everything that stands in its queues, in order.
    var jobs: [Job] { dueQueue.jobs + queue.jobs }

    /// The earliest deadline in its queue, but for jobs that wait for their own in the heap.
    var deadline: Int64 { queue.first?.deadline ?? Clock.never }

    /// True when the job's deadline comes before that of one in front of it: then it has to watch its own.
    func isOvertaken(by job: Job) -> Bool { !queue.isEmpty && latest > job.deadline }

    func append(_ job: Job) {
        latest = queue.isEmpty ? job.deadline : max(latest, job.deadline)
        job.state = .queued
        queue.append(job)
        count += 1
    }

    func appendDue(_ job: Job) {
        job.state = .due
        dueQueue.append(job)
        count += 1
    }

    /// Takes out a job that stands in one of its queues.
    func remove(_ job: Job) {
        if job.state == .due { dueQueue.remove(job) } else { queue.remove(job) }
        count -= 1
    }

    /// The first of those in order whose deadline has passed.
    func expired(_ now: Int64) -> Job? {
        guard let job = queue.first, job.deadline < now else { return nil }
        return job
    }
}

extension Lane {
    /// For `stats`: the number, what waits for it, and how fast it may send now and why.
    func document(_ now: Int64) -> Tree {
        let tree: Tree = ["phone_number_id": .string(name), "queued": .integer(count)]
        tree.set("pace", throughput.document(now))
        return tree
    }
}

/// The lanes that have something to start, in turn.
struct LaneRing {
    private var lanes: ContiguousArray<Lane?> = []
    private var head = 0

    var isEmpty: Bool { head == lanes.count }
    var first: Lane? { head < lanes.count ? lanes[head] : nil }

    mutating func append(_ lane: Lane) {
        guard !lane.isInRing else { return }
        lane.isInRing = true
        lanes.append(lane)
    }

    mutating func removeFirst() {
        guard let lane = first else { return }
        lane.isInRing = false
        lanes[head] = nil
        head += 1
        if head == lanes.count {
            while lanes.popLast() != nil {}
            head = 0
        } else if head > 64, head > lanes.count / 2 {
            lanes.removeFirst(head)
            head = 0
        }
    }

    /// The first had its turn and goes behind the others.
    mutating func turn() {
        guard head + 1 < lanes.count, let lane = first else { return }
        removeFirst()
        append(lane)
    }
}
