// One request over the wire. It answers the question that decides over duplicates: did the request leave? libcurl's
// pre-request function is the mark: until it was called nothing of the request was written.
import CCurl
import WABiz

/// What libcurl's callbacks leave behind. It lies on the stack of the call that runs the transfer.
struct Transfer {
    /// Answers of Meta's are a few hundred bytes; what is larger than this is no answer.
    static let largestBody = 1 << 20

    fileprivate(set) var body: [UInt8] = []
    fileprivate(set) var isTooLarge = false
    /// How often a request was about to be written. libcurl writes a POST again on its own when a kept connection was
    /// reset after it: the second time is one too many.
    fileprivate(set) var starts = 0

    var hasLeft: Bool { starts > 0 }
}

/// Takes a piece of the answer's body; anything but its size makes libcurl stop.
let takeBody: curl_write_callback = { bytes, size, count, context in
    let (length, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow, let transfer = unsafe context?.assumingMemoryBound(to: Transfer.self) else { return 0 }
    guard length <= Transfer.largestBody - (unsafe transfer.pointee.body.count) else {
        unsafe transfer.pointee.isTooLarge = true
        return 0
    }
    unsafe transfer.pointee.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: length))
    return length
}

/// A connection stands and the request is about to be written.
let aboutToSend: curl_prereq_callback = { context, _, _, _, _ in
    guard let transfer = unsafe context?.assumingMemoryBound(to: Transfer.self) else { return CURL_PREREQFUNC_ABORT }
    unsafe transfer.pointee.starts += 1
    return unsafe transfer.pointee.starts == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

extension Easy {
    /// Posts and waits. - Throws: `.unreachable` when nothing left, `.uncertain` when no complete answer came back.
    func perform(_ call: Call) throws(Failure) -> Answer {
        var transfer = Transfer()
        let code = try run(call, &transfer)
        guard code != CURLE_OK else { return answer(transfer) }
        let reason = call.struckOut(reason(of: code))
        guard transfer.hasLeft else { throw unreachable(code, reason) }
        if transfer.isTooLarge, !(200...299 ~= status) { return Answer(status: status, contentType: contentType, body: []) }
        throw uncertain(transfer, reason, call)
    }

    private func run(_ call: Call, _ transfer: inout Transfer) throws(Failure) -> CURLcode {
        let headers = HeaderList(call)
        let handle = unsafe handle
        var settings = unsafe Settings(handle: handle)
        settings.text(CURLOPT_URL, call.url)
        settings.text(CURLOPT_CUSTOMREQUEST, call.method.rawValue)
        unsafe settings.list(CURLOPT_HTTPHEADER, headers.first)
        settings.size(CURLOPT_POSTFIELDSIZE_LARGE, call.body.count)
        guard headers.isComplete else { throw Failure(.noMemory, "libcurl has no memory for the headers.", retry: .backoff) }
        forgetReason()
        defer {
            // What the handle still points to ends with this call.
            unsafe settings.pointer(CURLOPT_POSTFIELDS, nil)
            unsafe settings.pointer(CURLOPT_WRITEDATA, nil)
            unsafe settings.pointer(CURLOPT_PREREQDATA, nil)
            unsafe settings.list(CURLOPT_HTTPHEADER, nil)
        }
        return try unsafe call.body.withUnsafeBufferPointer { (body) throws(Failure) in
            try unsafe withUnsafeMutablePointer(to: &transfer) { (context) throws(Failure) in
                unsafe settings.pointer(CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: UnsafeRawPointer(body.baseAddress)))
                unsafe settings.pointer(CURLOPT_WRITEDATA, context)
                unsafe settings.pointer(CURLOPT_PREREQDATA, context)
                try settings.check()
                return BrokenPipes.blocked { unsafe curl_easy_perform(handle) }
            }
        }
    }

    private func answer(_ transfer: Transfer) -> Answer { Answer(status: status, contentType: contentType, body: transfer.body) }

    /// The HTTP status of the last answer; 0 when there was none.
    var status: Int {
        var status = 0
        _ = unsafe wabiz_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    var contentType: String? { text(CURLINFO_CONTENT_TYPE) }

    /// What libcurl knows of the last transfer.
    func text(_ info: CURLINFO) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe wabiz_curl_get_text(handle, info, &text) == CURLE_OK, let text = unsafe text else { return nil }
        return unsafe String(cString: text)
    }

    func unreachable(_ code: CURLcode, _ reason: String) -> Failure {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            Failure(
                .unreachable,
                "The request did not leave, because the server's certificate was not accepted: \(reason). Check \"base_url\", or name the server's authority in \"ca_file\".")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_NOT_BUILT_IN, CURLE_COULDNT_RESOLVE_PROXY:
            Failure(.unreachable, "The request did not leave: \(reason). Check \"base_url\" and \"proxy\".")
        default:
            Failure(.unreachable, "The request did not leave: \(reason). It is safe to send it again.", retry: .backoff)
        }
    }

    private func uncertain(_ transfer: Transfer, _ reason: String, _ call: Call) -> Failure {
        let what =
            if transfer.isTooLarge {
                "the answer (HTTP \(status)) is larger than \(Transfer.largestBody) bytes"
            } else if transfer.starts > 1 {
                "the kept connection was closed when the request had been written to it"
            } else {
                reason
            }
        return Failure(
            call.purpose.codeOfLoss, "The request left, and no complete answer came back: \(what). \(call.purpose.advice)",
            retry: call.purpose.repeatVerdict)
    }
}

/// Owns libcurl's list of header lines.
@safe struct HeaderList: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?
    private(set) var isComplete = true

    init(_ call: Call) {
        for header in call.headers { append("\(header.name): \(header.value.text)") }
        // libcurl would wait a second for "100 Continue" before large bodies.
        append("Expect:")
    }

    private mutating func append(_ line: String) {
        guard let longer = unsafe curl_slist_append(first, line) else { return isComplete = false }
        unsafe first = longer
    }

    deinit { unsafe curl_slist_free_all(first) }
}
