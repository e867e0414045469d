// One message on its way, from the submit to its outcome: the body that is posted, and where it stands. The engine's table
// owns it; queues only link it, so that it leaves any of them at once and a long queue costs no more per message than a short one.
import Glibc
import WABiz

@safe final class Job: Timed {
    enum State: UInt8 {
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
    /// True when a caller blocks until it is finished and takes the result itself.
    let isAwaited: Bool
    private let resendUncertain: Bool
    private let maxAttempts: UInt16
    /// Requests that were begun.
    var attempts: UInt16 = 0
    var state = State.queued
    /// True until the pair rule has given it a turn for its next attempt: each that reaches Meta takes one.
    var needsTurn: Bool
    /// True when an attempt before the last one may have reached somebody.
    private var mayHaveLeft = false
    /// What it is: a message, or a login, which has no ticket and no outcome.
    let isLogIn: Bool
    /// True once it was refused for a token that had ended, and put back for that.
    var isRenewed = false

    /// Another one, with a token, once a user has logged in for it.
    var route: Route
    let tag: [UInt8]?
    /// What is posted, at a fixed address, as libcurl reads it: its own copy, or what the caller keeps who waits for it.
    let body: UnsafeMutableRawPointer?
    let size: Int
    /// Whom the pair rule counts it for.
    let recipient: UInt64?
    let submitted: Int64
    /// No attempt begins after this moment.
    let deadline: Int64
    /// The slot that it flies in.
    var slot: Slot?
    private var past: Past?
    fileprivate var next: Unmanaged<Job>?
    fileprivate var previous: Unmanaged<Job>?

    /// What few jobs have: a failed attempt.
    private final class Past {
        let loss: Failure

        init(_ loss: Failure) { self.loss = loss }
    }

    @unsafe init(_ ticket: UInt64, _ owner: UInt32, _ posting: Posting, _ route: Route, _ terms: Terms, now: Int64, isAwaited: Bool) throws(Failure) {
        self.ticket = ticket
        self.owner = owner
        self.route = route
        self.isAwaited = isAwaited
        isLogIn = false
        tag = terms.tag
        maxAttempts = UInt16(clamping: terms.maxAttempts)
        resendUncertain = terms.resendUncertain
        recipient = unsafe route.lane.pairRule.interval > 0 ? posting.recipientKey : nil
        needsTurn = recipient != nil
        size = unsafe posting.payload.count
        submitted = now
        deadline = now.plus(terms.deadline)
        unsafe body = isAwaited ? UnsafeMutableRawPointer(mutating: posting.payload.baseAddress) : Job.copy(posting.payload)
        super.init()
        guard unsafe body != nil else { throw Failure(.noMemory, "There is no memory to queue the message.", retry: .backoff) }
    }

    /// A login, which begins at once.
    init(logIn route: Route, body bytes: [UInt8], now: Int64) throws(Failure) {
        (ticket, owner, isAwaited, isLogIn) = (0, 0, false, true)
        self.route = route
        tag = nil
        (maxAttempts, resendUncertain) = (1, false)
        (recipient, needsTurn) = (nil, false)
        size = bytes.count
        (submitted, deadline) = (now, Clock.never)
        unsafe body = bytes.withUnsafeBytes { unsafe Job.copy($0) }
        super.init()
        guard unsafe body != nil else { throw Failure(.noMemory, "There is no memory to log in.", retry: .backoff) }
    }

    private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
        guard let copy = unsafe malloc(max(1, bytes.count)) else { return nil }
        if let base = bytes.baseAddress { unsafe memcpy(copy, base, bytes.count) }
        return unsafe copy
    }

    deinit {
        if !isAwaited { unsafe free(body) }
    }

    var policy: RetryPolicy {
        RetryPolicy(maxAttempts: Int(maxAttempts), deadline: deadline.minus(submitted), resendUncertain: resendUncertain)
    }

    /// Why the last attempt failed.
    var loss: Failure? { past?.loss }

    /// An attempt failed that another one will follow.
    func note(_ loss: Failure) {
        past = Past(loss)
        if loss.code == .uncertain || loss.retry == .uncertain { mayHaveLeft = true }
    }

    /// A failure that says what may have happened in all attempts, and not in the last one alone.
    func honest(_ failure: Failure) -> Failure {
        guard mayHaveLeft, failure.code != .uncertain, failure.retry != .uncertain else { return failure }
        let purpose = route.call.purpose
        var honest = Failure(
            purpose.codeOfLoss, "An earlier attempt left, and no complete answer came back. \(purpose.advice) The last one: \(failure.message)",
            retry: purpose.repeatVerdict, graph: failure.graph)
        honest.httpStatus = failure.httpStatus
        return honest
    }
}

/// How a message is to be delivered: what its options say, and else its client's.
struct Terms {
    let tag: [UInt8]?
    /// Milliseconds.
    let deadline: Int64
    let maxAttempts: Int
    let resendUncertain: Bool

    init(_ options: SubmitOptions, _ delivery: DeliveryOptions) {
        tag = options.tag
        deadline = Int64(options.deadline ?? delivery.deadline)
        maxAttempts = options.maxAttempts ?? delivery.maxAttempts
        resendUncertain = options.resendUncertain ?? delivery.resendUncertain
    }
}

/// Jobs in the order in which they came. It keeps nobody alive.
@safe struct JobQueue {
    private var head: Unmanaged<Job>?
    private var tail: Unmanaged<Job>?

    var isEmpty: Bool { unsafe head == nil }
    var first: Job? { unsafe head?.takeUnretainedValue() }

    var jobs: [Job] {
        var jobs: [Job] = []
        var next = unsafe head
        while let job = unsafe next?.takeUnretainedValue() {
            jobs.append(job)
            unsafe next = job.next
        }
        return jobs
    }

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
