// One request while it is on the wire: what libcurl's callbacks leave behind, in plain memory at a fixed address. It answers the
// question that decides over duplicates: did the request leave? libcurl's pre-request function is the mark.
import CCurl
import Glibc

@safe struct Exchange {
    /// Answers of Meta's are a few hundred bytes; what is larger than this is no answer.
    static let largestBody = 1 << 20

    /// How often a request was about to be written. libcurl writes a POST again on its own when a kept connection was reset
    /// after it: the second time is one too many.
    private(set) var starts = 0
    private(set) var isTooLarge = false
    /// When it was written, on the engine's clock.
    private(set) var left: Int64 = 0
    /// True when that was later than it was begun: a connection had to be made first.
    var isLate = false
    private var begun: Int64 = 0
    private let moment: UnsafeMutablePointer<Moment>

    private var body: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var capacity = 2048
    /// Headers that say something about the pace; many answers have none.
    private(set) var hints: Hints?

    struct Hints {
        var businessUse: String?
        var app: String?
        var retryAfter: String?
    }

    init(_ moment: UnsafeMutablePointer<Moment>) {
        unsafe self.moment = moment
        unsafe body = .allocate(capacity: capacity)
    }

    func release() { unsafe body.deallocate() }

    mutating func begin(_ now: Int64) {
        starts = 0
        isTooLarge = false
        isLate = false
        begun = now
        count = 0
        hints = nil
    }

    /// The answer's body.
    var answer: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: body, count: count) }

    /// - Parameter port: the local port of the connection to which it is about to be written.
    /// - Returns: whether the request may be written.
    fileprivate mutating func leave(_ port: Int32) -> Bool {
        // Nothing leaves over a connection that was shut down.
        if unsafe moment.pointee.connections.isGivenUp(port: port) { return true }
        starts += 1
        guard starts == 1 else { return false }
        left = unsafe moment.pointee.now
        if left > begun + 1 {
            isLate = true
            unsafe moment.pointee.isLate = true
        }
        return true
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

    /// One line of the head. An interim answer may come before: the last head counts.
    fileprivate mutating func take(header line: UnsafeRawBufferPointer) {
        // Most lines begin with another letter and cost nothing.
        guard let first = unsafe line.first else { return }
        if first == UInt8(ascii: "H"), hints != nil, unsafe line.starts(with: "HTTP/".utf8) { hints = nil }
        guard first | 0x20 == UInt8(ascii: "r") || first | 0x20 == UInt8(ascii: "x") else { return }
        if let value = unsafe value(line, "retry-after") { note { $0.retryAfter = value } }
        if let value = unsafe value(line, "x-app-usage") { note { $0.app = value } }
        if let value = unsafe value(line, "x-business-use-case-usage") { note { $0.businessUse = value } }
    }

    private mutating func note(_ change: (inout Hints) -> Void) {
        var changed = hints ?? Hints()
        change(&changed)
        hints = changed
    }

    /// The value of a header line, when its name is this one in lower case.
    private func value(_ line: UnsafeRawBufferPointer, _ name: StaticString) -> String? {
        let length = name.utf8CodeUnitCount
        guard line.count > length, unsafe line[length] == UInt8(ascii: ":"),
            name.withUTF8Buffer({ letters in unsafe zip(line, letters).allSatisfy { $0 | 0x20 == $1 } })
        else { return nil }
        return unsafe String(decoding: line.dropFirst(length + 1).filter { $0 >= 0x20 }, as: UTF8.self)
    }
}

/// libcurl's callbacks. Their context is an exchange.
enum ExchangeCallbacks {
    /// A connection stands and the request is about to be written.
    static let prerequest: curl_prereq_callback = { context, _, _, _, port in
        guard let exchange = unsafe context?.assumingMemoryBound(to: Exchange.self) else { return CURL_PREREQFUNC_ABORT }
        return unsafe exchange.pointee.leave(port) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    /// Takes one line of the answer's head.
    static let header: curl_write_callback = { bytes, size, count, context in
        let (length, overflow) = size.multipliedReportingOverflow(by: count)
        guard !overflow, length >= 0, let exchange = unsafe context?.assumingMemoryBound(to: Exchange.self) else { return 0 }
        unsafe exchange.pointee.take(header: UnsafeRawBufferPointer(start: bytes, count: length))
        return length
    }

    /// Takes a piece of the answer's body; anything but its size makes libcurl stop.
    static let body: curl_write_callback = { bytes, size, count, context in
        let (length, overflow) = size.multipliedReportingOverflow(by: count)
        guard !overflow, length >= 0, let bytes = unsafe bytes, let exchange = unsafe context?.assumingMemoryBound(to: Exchange.self) else { return 0 }
        return unsafe exchange.pointee.append(bytes, length) ? length : 0
    }
}
