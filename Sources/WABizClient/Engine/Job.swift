// One message on its way, from the submit to its outcome: the body that is posted, and where it stands. The engine's table
// owns it; queues only link it, so that it leaves any of them at once and a long queue costs no more per message than a short one.
import Glibc
import WABiz

@safe final class Job: Timed {
    enum State {
        /// In its lane's queue.
        case queued
        /// In its lane's queue of those whose time has come: a pause is over, or the pair rule lets it go.
        case due
        /// In the heap, until a moment.
        case waiting
        /// Under way in a slot.
        case flying
        case finished
    }

    let ticket: UInt64
    let owner: UInt32
    let route: Route
    let tag: [UInt8]?
    /// What is posted, at a fixed address, as libcurl reads it.
    let body: UnsafeMutableRawPointer?
    let size: Int
    let submitted: Int64
    /// No attempt begins after this moment.
    let deadline: Int64
    /// True when a caller blocks until it is finished and takes the result itself.
    let isAwaited: Bool
    var state = State.queued
    /// Requests that were begun.
    var attempts = 0
    /// The slot that it flies in.
    var slot: Slot?
    /// The result, for a caller who blocks.
    var result: Result<Receipt, Failure>?
    fileprivate var next: Unmanaged<Job>?
    fileprivate var previous: Unmanaged<Job>?

    init(ticket: UInt64, owner: UInt32, route: Route, payload: [UInt8], terms: Terms, now: Int64, isAwaited: Bool) throws(Failure) {
        self.ticket = ticket
        self.owner = owner
        self.route = route
        self.isAwaited = isAwaited
        tag = terms.tag
        size = payload.count
        submitted = now
        deadline = Clock.after(now, terms.deadline)
        unsafe body = malloc(max(1, payload.count))
        super.init()
        guard let body = unsafe body else { throw Failure(.noMemory, "There is no memory to queue the message.", retry: .backoff) }
        unsafe payload.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { unsafe memcpy(body, base, bytes.count) }
        }
    }

    deinit { unsafe free(body) }
}

/// How a message is to be delivered.
struct Terms {
    var tag: [UInt8]?
    /// Milliseconds.
    var deadline: Int64
}

/// Jobs in the order in which they came. It keeps nobody alive.
@safe struct JobQueue {
    private var head: Unmanaged<Job>?
    private var tail: Unmanaged<Job>?

    var isEmpty: Bool { unsafe head == nil }
    var first: Job? { unsafe head?.takeUnretainedValue() }
    var last: Job? { unsafe tail?.takeUnretainedValue() }

    mutating func append(_ job: Job) {
        let link = unsafe Unmanaged.passUnretained(job)
        unsafe job.previous = tail
        unsafe job.next = nil
        if let tail = unsafe tail {
            unsafe tail._withUnsafeGuaranteedRef { unsafe $0.next = link }
        } else {
            unsafe head = link
        }
        unsafe tail = link
    }

    /// Takes out a job that stands in this queue.
    mutating func remove(_ job: Job) {
        let (previous, next) = unsafe (job.previous, job.next)
        if let previous = unsafe previous {
            unsafe previous._withUnsafeGuaranteedRef { unsafe $0.next = next }
        } else {
            unsafe head = next
        }
        if let next = unsafe next {
            unsafe next._withUnsafeGuaranteedRef { unsafe $0.previous = previous }
        } else {
            unsafe tail = previous
        }
        unsafe job.previous = nil
        unsafe job.next = nil
    }
}
