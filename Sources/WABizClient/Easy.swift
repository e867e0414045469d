// Owns one libcurl handle with its connections. Everything about the wire that is the same for every request is set here
// once: trust, times, proxy, and what libcurl would otherwise do on its own.
import CCurl
import Glibc
import WABiz

@safe struct Easy: ~Copyable {
    let handle: UnsafeMutableRawPointer
    /// Where libcurl writes why it failed; it lives as long as the handle.
    private let reason: UnsafeMutablePointer<CChar>
    private let owner: pid_t

    // libcurl counts these calls and wants one per process, before any handle. Never undone: the host may use libcurl too.
    private static let library: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// - Throws: `.noMemory`
    static func startLibrary() throws(Failure) {
        guard library == CURLE_OK else { throw Failure(.noMemory, "libcurl could not be started.", retry: .backoff) }
    }

    private init(adopting handle: UnsafeMutableRawPointer) {
        unsafe self.handle = handle
        owner = getpid()
        unsafe reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    /// - Throws: `.noMemory`, or `.badArgument` when this libcurl lacks what is needed.
    static func open(_ account: Account, _ transport: TransportOptions) throws(Failure) -> Easy {
        try startLibrary()
        guard let handle = unsafe curl_easy_init() else {
            throw Failure(.noMemory, "libcurl could not be started.", retry: .backoff)
        }
        let easy = unsafe Easy(adopting: handle)
        var settings = unsafe Settings(handle: handle)
        unsafe settings.pointer(CURLOPT_ERRORBUFFER, easy.reason)
        settings.behaviour(transport)
        settings.proxy(account, transport)
        settings.trust(transport)
        try settings.check()
        return easy
    }

    /// In a child process the handle is left behind on purpose: releasing it would say goodbye on the parent's TLS
    /// connection. The child's copy of the memory is all that is lost.
    deinit {
        if !isForeign {
            let handle = unsafe handle
            BrokenPipes.blocked { unsafe curl_easy_cleanup(handle) }
            unsafe reason.deallocate()
        }
    }

    /// True in a process other than the one that opened it.
    var isForeign: Bool { getpid() != owner }

    /// Empties the reason before a transfer.
    func forgetReason() { unsafe reason.pointee = 0 }

    /// Why the last transfer failed, in libcurl's words.
    func reason(of code: CURLcode) -> String {
        let written = unsafe String(cString: reason)
        return written.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : written
    }
}

/// Sets options and remembers the first that libcurl refuses.
@safe struct Settings {
    private let handle: UnsafeMutableRawPointer
    private var refused: (option: CURLoption, code: CURLcode)?

    init(handle: UnsafeMutableRawPointer) { unsafe self.handle = handle }

    mutating func long(_ option: CURLoption, _ value: Int) { note(option, unsafe wabiz_curl_set_long(handle, option, value)) }
    mutating func text(_ option: CURLoption, _ value: String?) { note(option, unsafe wabiz_curl_set_text(handle, option, value)) }
    mutating func size(_ option: CURLoption, _ value: Int) { note(option, unsafe wabiz_curl_set_size(handle, option, curl_off_t(value))) }
    mutating func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        note(option, unsafe wabiz_curl_set_pointer(handle, option, value))
    }
    mutating func list(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) {
        note(option, unsafe wabiz_curl_set_list(handle, option, value))
    }

    mutating func mime(_ value: OpaquePointer?) { note(CURLOPT_MIMEPOST, unsafe wabiz_curl_set_mime(handle, value)) }

    private mutating func note(_ option: CURLoption, _ code: CURLcode) {
        if code != CURLE_OK, refused == nil { refused = (option, code) }
    }

    func check() throws(Failure) {
        guard let refused else { return }
        if refused.code == CURLE_OUT_OF_MEMORY { throw Failure(.noMemory, "libcurl has no memory for a request.", retry: .backoff) }
        throw .badArgument(
            "This libcurl (\(unsafe String(cString: curl_version()))) refuses option \(refused.option.rawValue); libcurl 7.80 or newer with TLS is needed.")
    }

    mutating func behaviour(_ transport: TransportOptions) {
        long(CURLOPT_NOSIGNAL, 1)
        long(CURLOPT_FOLLOWLOCATION, 0)
        note(CURLOPT_PROTOCOLS_STR, unsafe wabiz_curl_set_protocols(handle))
        // What is written in the path goes out as written.
        long(CURLOPT_PATH_AS_IS, 1)
        let isHTTP2 = transport.usesHTTP2
        long(CURLOPT_HTTP_VERSION, isHTTP2 ? Int(CURL_HTTP_VERSION_2TLS) : Int(CURL_HTTP_VERSION_1_1))
        if isHTTP2 { long(CURLOPT_PIPEWAIT, 1) }
        long(CURLOPT_TCP_NODELAY, 1)
        long(CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10)
        // libcurl 8 derives a bound from the running transfers otherwise, and closes what should be kept.
        long(CURLOPT_MAXCONNECTS, 4)
        long(CURLOPT_CONNECTTIMEOUT_MS, transport.connectTimeout)
        long(CURLOPT_TIMEOUT_MS, transport.timeout)
        if transport.lowSpeed > 0 {
            long(CURLOPT_LOW_SPEED_LIMIT, 1)
            long(CURLOPT_LOW_SPEED_TIME, transport.lowSpeed)
        }
        // A name look-up that outlasts the time limit is left to end by itself; without this libcurl would wait for it.
        // Older ones than 7.87 know no such option, and wait.
        _ = unsafe wabiz_curl_set_long(handle, CURLOPT_QUICK_EXIT, 1)
    }

    mutating func sockets(_ opener: curl_opensocket_callback, _ closer: curl_closesocket_callback) {
        note(CURLOPT_OPENSOCKETFUNCTION, unsafe wabiz_curl_set_opener(handle, opener))
        note(CURLOPT_CLOSESOCKETFUNCTION, unsafe wabiz_curl_set_closer(handle, closer))
    }

    mutating func takers(_ header: curl_write_callback, _ body: curl_write_callback, _ prerequest: curl_prereq_callback) {
        note(CURLOPT_HEADERFUNCTION, unsafe wabiz_curl_set_header_taker(handle, header))
        note(CURLOPT_WRITEFUNCTION, unsafe wabiz_curl_set_writer(handle, body))
        note(CURLOPT_PREREQFUNCTION, unsafe wabiz_curl_set_prereq(handle, prerequest))
    }

    mutating func method(_ method: Call.Method) {
        switch method {
        case .get: long(CURLOPT_HTTPGET, 1)
        default: long(CURLOPT_POST, 1)
        }
        text(CURLOPT_CUSTOMREQUEST, method == .get || method == .post ? nil : method.rawValue)
    }

    mutating func proxy(_ account: Account, _ transport: TransportOptions) {
        // What a proxy says of quotas and waiting is not Meta's word.
        long(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let proxy = transport.proxy {
            text(CURLOPT_PROXY, proxy.text)
            if proxy.text.isEmpty { text(CURLOPT_NOPROXY, "*") }
        } else if account.isPlain {
            // Plain http stays on this machine; a proxy from the environment would carry the token off in the clear.
            text(CURLOPT_PROXY, "")
            // Said both ways, libcurl does not look through the environment for every request.
            text(CURLOPT_NOPROXY, "*")
        }
    }

    /// The bundle is parsed once per handle and not once per connection only as long as no directory stands beside it:
    /// 0.3 instead of 16 ms of CPU for every new connection (Benchmarks/connections).
    mutating func trust(_ transport: TransportOptions) {
        long(CURLOPT_SSL_VERIFYPEER, 1)
        long(CURLOPT_SSL_VERIFYHOST, 2)
        long(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
        long(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
        // A file that cannot be used shows when the first connection is made.
        if let certificate = transport.clientCertificate {
            text(CURLOPT_SSLCERT, certificate)
            text(CURLOPT_SSLKEY, transport.clientKey ?? certificate)
            text(CURLOPT_KEYPASSWD, transport.clientKeyPassphrase?.text)
        }
        guard let bundle = transport.certificateFile ?? systemBundle else { return }
        text(CURLOPT_CAINFO, bundle)
        text(CURLOPT_PROXY_CAINFO, bundle)
        // TLS libraries that know no such directory refuse the option: then there is none to take away.
        _ = unsafe wabiz_curl_set_text(handle, CURLOPT_CAPATH, nil)
        _ = unsafe wabiz_curl_set_text(handle, CURLOPT_PROXY_CAPATH, nil)
    }

    /// The bundle that this libcurl was built for, when it is there; otherwise libcurl's own defaults stay.
    private var systemBundle: String? {
        var path: UnsafeMutablePointer<CChar>?
        guard unsafe wabiz_curl_get_text(handle, CURLINFO_CAINFO, &path) == CURLE_OK, let path = unsafe path,
            unsafe access(path, R_OK) == 0
        else { return nil }
        return unsafe String(cString: path)
    }
}
