// The wire for media files: a libcurl handle of its own, whose bodies are streamed and whose time limit is that of a large
// transfer, so that nothing set here can touch a message.
import CCurl
import Glibc
import WABiz

final class MediaLine {
    private let easy: Easy
    /// Behind the handle: its connections are closed first.
    private let kept = KeptConnections()
    private let transport: TransportOptions
    /// HTTP/2 speaks at any time, and names the request that it speaks of.
    private var givesUpTalkers: Bool

    /// - Throws: `.noMemory`, `.badArgument` as for the client's own handle.
    init(_ account: Account, _ transport: TransportOptions) throws(Failure) {
        easy = try Easy.open(account, transport)
        self.transport = transport
        givesUpTalkers = !transport.usesHTTP2
        let handle = unsafe easy.handle
        var settings = unsafe Settings(handle: handle)
        _ = unsafe wabiz_curl_set_writer(handle, MediaCallbacks.body)
        _ = unsafe wabiz_curl_set_header_taker(handle, MediaCallbacks.header)
        _ = unsafe wabiz_curl_set_reader(handle, MediaCallbacks.read)
        _ = unsafe wabiz_curl_set_prereq(handle, MediaCallbacks.prerequest)
        // A transfer that stands still for the client's time limit ends, however long the whole may take.
        settings.long(CURLOPT_LOW_SPEED_LIMIT, 1)
        settings.long(CURLOPT_LOW_SPEED_TIME, max(1, (transport.timeout + 999) / 1000))
        settings.long(CURLOPT_BUFFERSIZE, 64 << 10)
        settings.long(CURLOPT_UPLOAD_BUFFERSIZE, 64 << 10)
        kept.watch(&settings)
        try settings.check()
    }

    /// Sends one request and takes the whole answer.
    /// - Parameter timeout: milliseconds for the whole; nil: the client's.
    /// - Throws: what a callback threw; `.unreachable` when nothing left or nothing is lost, else `.uncertain`.
    func perform(_ exchange: MediaExchange, timeout: Int? = nil, _ upload: MediaUpload? = nil) throws(Failure) {
        let code = try run(exchange, timeout ?? transport.timeout, upload)
        if let failure = exchange.failure { throw failure }
        if code == CURLE_OK { return try exchange.beginFile() }
        let reason = exchange.call.struckOut(easy.reason(of: code))
        guard exchange.starts > 0 else { throw easy.unreachable(code, reason) }
        // An error page without an end is still a refusal.
        if exchange.isAnswerTooLarge, !(200...299 ~= exchange.status) { return }
        throw broken(exchange, exchange.isAnswerTooLarge ? "the answer is larger than \(MediaExchange.largestAnswer) bytes" : reason)
    }

    /// Sends a request that is about no file.
    /// - Throws: as `perform` does.
    func ask(_ call: Call) throws(Failure) -> Answer {
        let exchange = MediaExchange(call)
        try perform(exchange)
        return answer(exchange)
    }

    /// What came back, when it was no file.
    func answer(_ exchange: MediaExchange) -> Answer {
        Answer(status: exchange.status, contentType: easy.contentType, body: exchange.isAnswerTooLarge ? [] : exchange.answer)
    }

    /// The type that the last answer named.
    var contentType: String? { easy.contentType }
    /// Where the last answer sends us, as an absolute URL.
    var redirect: String? { easy.text(CURLINFO_REDIRECT_URL) }

    private func broken(_ exchange: MediaExchange, _ reason: String) -> Failure {
        let call = exchange.call
        guard exchange.isFile, let target = exchange.target else {
            return Failure(
                call.purpose.codeOfLoss, "The request left, and no complete answer came back: \(reason). \(call.purpose.advice)",
                retry: call.purpose.repeatVerdict)
        }
        let whole = target.expected.map { " of \($0)" } ?? ""
        let advice = target.isKept ? "Call again with the same path to go on from there." : "Call again."
        return Failure(.unreachable, "The download broke off after \(target.count)\(whole) bytes: \(reason). \(advice)", retry: .backoff)
    }

    private func run(_ exchange: MediaExchange, _ timeout: Int, _ upload: MediaUpload?) throws(Failure) -> CURLcode {
        let call = exchange.call
        let headers = HeaderList(call)
        guard headers.isComplete else { throw Failure(.noMemory, "libcurl has no memory for the headers.", retry: .backoff) }
        let handle = unsafe easy.handle
        let form: Form? = if let upload, call.api != .onPremises { unsafe try Form(upload, exchange, handle) } else { nil }
        let context = unsafe Unmanaged.passUnretained(exchange).toOpaque()
        var settings = unsafe Settings(handle: handle)
        settings.text(CURLOPT_URL, call.url)
        settings.long(CURLOPT_TIMEOUT_MS, timeout)
        unsafe settings.pointer(CURLOPT_WRITEDATA, context)
        unsafe settings.pointer(CURLOPT_HEADERDATA, context)
        unsafe settings.pointer(CURLOPT_PREREQDATA, context)
        unsafe settings.pointer(CURLOPT_READDATA, context)
        unsafe settings.list(CURLOPT_HTTPHEADER, headers.first)
        settings.text(CURLOPT_RANGE, exchange.offset > 0 ? "\(exchange.offset)-" : nil)
        settings.method(exchange, upload, form)
        if upload == nil, call.method == .post { settings.body(call.body) }
        settings.text(CURLOPT_CUSTOMREQUEST, call.method.rawValue)
        defer {
            // What the handle still points to ends with this call.
            for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_PREREQDATA, CURLOPT_READDATA] { unsafe settings.pointer(option, nil) }
            unsafe settings.list(CURLOPT_HTTPHEADER, nil)
            _ = unsafe wabiz_curl_set_mime(handle, nil)
            unsafe settings.pointer(CURLOPT_COPYPOSTFIELDS, nil)
            settings.long(CURLOPT_HTTPGET, 1)
        }
        try settings.check()
        easy.forgetReason()
        if givesUpTalkers { kept.giveUpTalkers() }
        exchange.connections = kept
        defer { if easy.speaksHTTP1 { givesUpTalkers = true } }
        return withExtendedLifetime((exchange, form)) { BrokenPipes.blocked { unsafe curl_easy_perform(handle) } }
    }
}

extension Settings {
    /// Without a body, with a form, or with the bytes of the file as they are.
    fileprivate mutating func method(_ exchange: MediaExchange, _ upload: MediaUpload?, _ form: Form?) {
        if let form {
            unsafe mime(form.mime)
        } else if let upload {
            long(CURLOPT_POST, 1)
            unsafe pointer(CURLOPT_POSTFIELDS, nil)
            size(CURLOPT_POSTFIELDSIZE_LARGE, upload.size)
        } else {
            long(CURLOPT_HTTPGET, 1)
        }
    }
}

extension Settings {
    /// libcurl keeps a copy of it until the next one.
    fileprivate mutating func body(_ bytes: [UInt8]) {
        long(CURLOPT_POST, 1)
        size(CURLOPT_POSTFIELDSIZE_LARGE, bytes.count)
        // Without an address libcurl would ask for the bytes of a file.
        let copied = bytes.isEmpty ? [0] : bytes
        unsafe copied.withUnsafeBufferPointer { unsafe pointer(CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress)) }
    }
}

/// Owns the multipart form of an upload; its last part reads from the exchange.
@safe private final class Form {
    let mime: OpaquePointer

    init(_ upload: MediaUpload, _ exchange: MediaExchange, _ easy: UnsafeMutableRawPointer) throws(Failure) {
        guard let mime = unsafe curl_mime_init(easy) else { throw Form.noMemory }
        unsafe self.mime = mime
        var texts = [("messaging_product", "whatsapp"), ("type", upload.type)]
        if let minutes = upload.timeToLive { texts.append(("ttl_minutes", String(minutes))) }
        for (name, text) in texts {
            let part = unsafe curl_mime_addpart(mime)
            guard unsafe curl_mime_name(part, name) == CURLE_OK, unsafe curl_mime_data(part, text, text.utf8.count) == CURLE_OK else { throw Form.noMemory }
        }
        let file = unsafe curl_mime_addpart(mime)
        let context = unsafe Unmanaged.passUnretained(exchange).toOpaque()
        guard unsafe curl_mime_name(file, "file") == CURLE_OK, unsafe curl_mime_filename(file, upload.filename) == CURLE_OK,
            unsafe curl_mime_type(file, upload.type) == CURLE_OK,
            unsafe curl_mime_data_cb(file, curl_off_t(upload.size), MediaCallbacks.read, MediaCallbacks.seek, nil, context) == CURLE_OK
        else { throw Form.noMemory }
    }

    deinit { unsafe curl_mime_free(mime) }

    private static var noMemory: Failure { Failure(.noMemory, "libcurl has no memory for the form.", retry: .backoff) }
}
