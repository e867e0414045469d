// One libcurl handle that sends message after message. It keeps what was set for its last route, and its callbacks write
// into an exchange of its own: between two messages of one number only the body changes.
import CCurl
import Glibc
import WABiz

@safe final class Slot {
    private let easy: Easy
    private let exchange: UnsafeMutablePointer<Exchange>
    private var route: Route?
    /// Whether the header lines that are set are those for a small body.
    private var isSmall = false
    /// The size of a body that is set.
    private var size = -1
    /// The number of the turn that the pace gave it.
    private var turn: UInt64 = 0

    /// What it is sending.
    var job: Job?

    init(_ account: Account, _ transport: TransportOptions, _ multi: Multi) throws(Failure) {
        easy = try Easy.open(account, transport)
        unsafe exchange = .allocate(capacity: 1)
        unsafe exchange.initialize(to: Exchange(multi.moment))
        var settings = unsafe Settings(handle: easy.handle)
        multi.prepare(&settings)
        unsafe settings.takers(ExchangeCallbacks.header, ExchangeCallbacks.body, ExchangeCallbacks.prerequest)
        unsafe settings.pointer(CURLOPT_HEADERDATA, exchange)
        unsafe settings.pointer(CURLOPT_WRITEDATA, exchange)
        unsafe settings.pointer(CURLOPT_PREREQDATA, exchange)
        unsafe settings.pointer(CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
        try settings.check()
    }

    deinit {
        unsafe exchange.pointee.release()
        unsafe exchange.deinitialize(count: 1)
        unsafe exchange.deallocate()
    }

    var handle: UnsafeMutableRawPointer { unsafe easy.handle }

    /// The slot of a libcurl handle.
    static func of(_ easy: UnsafeMutableRawPointer) -> Slot? {
        var slot: UnsafeMutableRawPointer?
        guard unsafe wabiz_curl_get_pointer(easy, CURLINFO_PRIVATE, &slot) == CURLE_OK, let slot = unsafe slot else { return nil }
        return unsafe Unmanaged<Slot>.fromOpaque(slot).takeUnretainedValue()
    }

    /// Makes everything ready for this job; `multi` begins it.
    /// - Throws: `.noMemory`, `.badArgument` when libcurl refuses an option.
    func load(_ job: Job, _ now: Int64) throws(Failure) {
        var settings = unsafe Settings(handle: easy.handle)
        let small = job.size <= Route.smallBody
        if route !== job.route || isSmall != small {
            isSmall = small
            unsafe settings.list(CURLOPT_HTTPHEADER, job.route.headers(job.size))
        }
        if route !== job.route {
            // Both, because libcurl keeps the text for what it tells; nil makes it read the text.
            settings.text(CURLOPT_URL, job.route.call.url)
            unsafe settings.pointer(CURLOPT_CURLU, job.route.url.map { unsafe UnsafeMutableRawPointer($0) })
            settings.method(job.route.call.method)
            route = job.route
        }
        if job.route.hasBody {
            unsafe settings.pointer(CURLOPT_POSTFIELDS, job.body)
            if size != job.size { settings.size(CURLOPT_POSTFIELDSIZE_LARGE, job.size) }
            size = job.size
        }
        do { try settings.check() } catch {
            route = nil
            size = -1
            throw error
        }
        easy.forgetReason()
        unsafe exchange.pointee.begin(now)
        turn = job.route.lane.throughput.taken &- 1
        self.job = job
    }

    /// True once the request was about to be written.
    var hasLeft: Bool { unsafe exchange.pointee.starts > 0 }

    /// True when the last answer came by HTTP/1.
    var speaksHTTP1: Bool { easy.speaksHTTP1 }

    /// True while it waits for a connection that others use.
    var waitsForConnection: Bool { !hasLeft && easy.count(CURLINFO_NUM_CONNECTS) == 0 }

    /// The turn of a request that was written later than it was begun, and when; once.
    func takeLateDeparture() -> (turn: UInt64, moment: Int64)? {
        guard unsafe exchange.pointee.isLate else { return nil }
        unsafe exchange.pointee.isLate = false
        return unsafe (turn, exchange.pointee.left)
    }

    /// What the headers of the answer say about the pace.
    func takeHints() -> UsageHeaders? {
        guard let hints = unsafe exchange.pointee.hints else { return nil }
        return UsageHeaders(businessUse: hints.businessUse, app: hints.app, retryAfter: hints.retryAfter, unixTime: time(nil))
    }

    /// Adds an attempt that has ended to the numbers.
    func count(in numbers: inout Statistics, _ job: Job, isAnswered: Bool) {
        numbers.connections += easy.count(CURLINFO_NUM_CONNECTS)
        guard hasLeft else { return }
        numbers.sent += 1
        numbers.bytesOut += easy.count(CURLINFO_REQUEST_SIZE) + job.size
        unsafe numbers.bytesIn += easy.count(CURLINFO_HEADER_SIZE) + exchange.pointee.answer.count
        if isAnswered { numbers.latency.record(microseconds: easy.microseconds) }
    }

    /// How long the last transfer took.
    var microseconds: Int64 { easy.microseconds }

    /// The receipt, when the message was taken and that is all there is to say.
    func receipt(_ code: CURLcode) -> Receipt? {
        guard code == CURLE_OK, route?.sends == true else { return nil }
        return unsafe Answer.accepted(UnsafeRawBufferPointer(exchange.pointee.answer), status: easy.status)
    }

    /// What came back for the job. - Throws: `.unreachable` when nothing left, `.uncertain` when no complete answer came back.
    func answer(_ code: CURLcode, for call: Call) throws(Failure) -> Answer {
        if code == CURLE_OK {
            let body = unsafe [UInt8](exchange.pointee.answer)
            let status = easy.status
            // The type of a body is of use only where it is not what it should be.
            return Answer(status: status, contentType: 200...299 ~= status && body.first == UInt8(ascii: "{") ? nil : easy.contentType, body: body)
        }
        let reason = call.struckOut(easy.reason(of: code))
        guard hasLeft else { throw easy.unreachable(code, reason) }
        if unsafe exchange.pointee.isTooLarge, !(200...299 ~= easy.status) { return Answer(status: easy.status, contentType: easy.contentType, body: []) }
        throw lost(reason, call)
    }

    private func lost(_ reason: String, _ call: Call) -> Failure {
        let what =
            if unsafe exchange.pointee.isTooLarge {
                "the answer (HTTP \(easy.status)) is larger than \(Exchange.largestBody) bytes"
            } else if unsafe exchange.pointee.starts > 1 {
                "the kept connection was closed when the request had been written to it"
            } else {
                reason
            }
        return Failure(
            call.purpose.codeOfLoss, "The request left, and no complete answer came back: \(what). \(call.purpose.advice)",
            retry: call.purpose.repeatVerdict)
    }
}
