// One libcurl handle that sends message after message. It keeps what was set for its last route, and its callbacks write
// into plain memory at a fixed address: between two messages of one number only the body changes.
import CCurl
import Glibc
import WABiz

/// What libcurl's callbacks are told and leave behind.
@safe struct Exchange {
    /// How often a request was about to be written. libcurl writes a POST again on its own when a kept connection was reset
    /// after it: the second time is one too many.
    fileprivate(set) var starts = 0
    fileprivate(set) var isTooLarge = false
    fileprivate var body: UnsafeMutablePointer<UInt8>
    fileprivate var count = 0
    fileprivate var capacity = 2048

    /// Answers of Meta's are a few hundred bytes; what is larger than this is no answer.
    static let largestBody = 1 << 20

    fileprivate init() { unsafe body = .allocate(capacity: capacity) }

    fileprivate mutating func begin() {
        starts = 0
        isTooLarge = false
        count = 0
    }

    fileprivate mutating func append(_ bytes: UnsafePointer<CChar>, _ length: Int) -> Bool {
        guard length <= Exchange.largestBody - count else {
            isTooLarge = true
            return false
        }
        if length > capacity - count { grow(to: count + length) }
        unsafe memcpy(body + count, bytes, length)
        count += length
        return true
    }

    private mutating func grow(to needed: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * needed)
        unsafe memcpy(larger, body, count)
        unsafe body.deallocate()
        unsafe body = larger
        capacity = 2 * needed
    }
}

@safe final class Slot {
    private let easy: Easy
    private let exchange: UnsafeMutablePointer<Exchange>
    private var route: Route?

    /// What it is sending.
    var job: Job?

    init(_ account: Account, _ transport: TransportOptions, _ multi: Multi) throws(Failure) {
        easy = try Easy.open(account, transport)
        unsafe exchange = .allocate(capacity: 1)
        unsafe exchange.initialize(to: Exchange())
        var settings = unsafe Settings(handle: easy.handle)
        multi.prepare(&settings)
        unsafe settings.takers(takeBody, aboutToSend)
        unsafe settings.pointer(CURLOPT_WRITEDATA, exchange)
        unsafe settings.pointer(CURLOPT_PREREQDATA, exchange)
        unsafe settings.pointer(CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
        try settings.check()
    }

    deinit {
        unsafe exchange.pointee.body.deallocate()
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
    func load(_ job: Job) throws(Failure) {
        var settings = unsafe Settings(handle: easy.handle)
        if route !== job.route {
            route = job.route
            settings.text(CURLOPT_URL, job.route.call.url)
            unsafe settings.list(CURLOPT_HTTPHEADER, job.route.headers)
            settings.method(job.route.call.method)
        }
        if job.route.call.method != .get {
            unsafe settings.pointer(CURLOPT_POSTFIELDS, job.body)
            settings.size(CURLOPT_POSTFIELDSIZE_LARGE, job.size)
        }
        do { try settings.check() } catch {
            route = nil
            throw error
        }
        easy.forgetReason()
        unsafe exchange.pointee.begin()
        self.job = job
    }

    /// True once the request was about to be written.
    var hasLeft: Bool { unsafe exchange.pointee.starts > 0 }

    /// What came back for the job. - Throws: `.unreachable` when nothing left, `.uncertain` when no complete answer came back.
    func answer(_ code: CURLcode, for call: Call) throws(Failure) -> Answer {
        if code == CURLE_OK {
            let body = unsafe [UInt8](UnsafeBufferPointer(start: exchange.pointee.body, count: exchange.pointee.count))
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

/// Takes a piece of the answer's body; anything but its size makes libcurl stop.
private let takeBody: curl_write_callback = { bytes, size, count, context in
    let (length, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow, length >= 0, let bytes = unsafe bytes, let exchange = unsafe context?.assumingMemoryBound(to: Exchange.self) else { return 0 }
    return unsafe exchange.pointee.append(bytes, length) ? length : 0
}

/// A connection stands and the request is about to be written.
private let aboutToSend: curl_prereq_callback = { context, _, _, _, _ in
    guard let exchange = unsafe context?.assumingMemoryBound(to: Exchange.self) else { return CURL_PREREQFUNC_ABORT }
    unsafe exchange.pointee.starts += 1
    return unsafe exchange.pointee.starts == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
