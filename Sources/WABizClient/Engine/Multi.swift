// Owns libcurl's multi handle with its connections, TLS sessions and timer. Every transfer of a client runs in it.
import CCurl
import Glibc
import WABiz

@safe final class Multi {
    private let handle: UnsafeMutableRawPointer
    /// TLS sessions of all transfers: a new connection takes up an old session.
    private let sessions: UnsafeMutableRawPointer?
    private let poller: Poller
    private let process = getpid()
    /// When libcurl wants to be called although no socket is ready.
    fileprivate(set) var due = Clock.never
    /// There are as many connections as HTTP/2 needs, and a transfer may wait for one of them.
    private(set) var isBounded: Bool

    init(_ poller: Poller, connections: Int, isHTTP2: Bool) throws(Failure) {
        try Easy.startLibrary()
        guard let handle = unsafe curl_multi_init() else { throw Failure(.noMemory, "libcurl could not be started.", retry: .backoff) }
        unsafe self.handle = handle
        unsafe sessions = curl_share_init()
        self.poller = poller
        isBounded = isHTTP2
        if let sessions = unsafe sessions { _ = unsafe wabiz_share_sessions(sessions) }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe wabiz_multi_set_watcher(handle, watchSocket)
        unsafe wabiz_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, Unmanaged.passUnretained(poller).toOpaque())
        unsafe wabiz_multi_set_timer(handle, setTimer)
        unsafe wabiz_multi_set_pointer(handle, CURLMOPT_TIMERDATA, context)
        // libcurl 8 derives a bound from the running transfers otherwise, and closes what should be kept.
        unsafe wabiz_multi_set_long(handle, CURLMOPT_MAXCONNECTS, max(16, connections))
        if isHTTP2 {
            poller.givesUpTalkers = false
            // Without a bound one connection is opened for each transfer that waits for the first of them.
            unsafe wabiz_multi_set_long(handle, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
            unsafe wabiz_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, (connections + 99) / 100)
        }
    }

    /// The server knows no HTTP/2: each transfer gets a connection of its own, as many as there are.
    func liftBound() {
        isBounded = false
        poller.givesUpTalkers = true
        unsafe wabiz_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, 0)
    }

    /// After every slot is gone. In a child process libcurl's handles are left behind: releasing them would say goodbye on the
    /// parent's TLS connections.
    deinit {
        guard getpid() == process else { return }
        let handle = unsafe handle
        BrokenPipes.blocked { _ = unsafe curl_multi_cleanup(handle) }
        if let sessions = unsafe sessions { _ = unsafe curl_share_cleanup(sessions) }
    }

    /// Where callbacks read the time.
    var moment: UnsafeMutablePointer<Moment> { unsafe poller.moment }

    /// What every transfer of this handle has in common.
    func prepare(_ settings: inout Settings) {
        unsafe poller.moment.pointee.connections.watch(&settings)
        if let sessions = unsafe sessions { unsafe settings.pointer(CURLOPT_SHARE, sessions) }
    }

    /// - Returns: false when libcurl has no memory for it.
    func add(_ easy: UnsafeMutableRawPointer, _ now: Int64) -> Bool {
        poller.sweep(now)
        return unsafe curl_multi_add_handle(handle, easy) == CURLM_OK
    }

    /// Takes a transfer out, finished or not.
    func remove(_ easy: UnsafeMutableRawPointer) { _ = unsafe curl_multi_remove_handle(handle, easy) }

    /// True when a request was written later than it was begun, and nobody has asked since.
    func takeLateDepartures() -> Bool {
        guard unsafe poller.moment.pointee.isLate else { return false }
        unsafe poller.moment.pointee.isLate = false
        return true
    }

    /// A socket is ready.
    func act(_ socket: Int32, _ events: Int32) {
        var running: Int32 = 0
        _ = unsafe curl_multi_socket_action(handle, socket, events, &running)
    }

    /// The time that libcurl named has come.
    func tick() {
        due = Clock.never
        act(CURL_SOCKET_BAD, 0)
    }

    /// The next transfer that is finished, with its result, and how many words of libcurl's are left.
    func finished() -> (easy: UnsafeMutableRawPointer, code: CURLcode, rest: Int32)? {
        var rest: Int32 = 0
        while let message = unsafe curl_multi_info_read(handle, &rest)?.pointee {
            if unsafe message.msg == CURLMSG_DONE, let easy = unsafe message.easy_handle { return unsafe (easy, message.data.result, rest) }
        }
        return nil
    }
}

extension BrokenPipes {
    private static let isNeeded = wabiz_curl_writes_tls() == 0

    /// Runs `body`, in which libcurl writes to connections, so that no signal is raised: four system calls less for each turn of the
    /// wheel where libcurl sees to that itself.
    static func spared<Result>(_ body: () -> Result) -> Result { isNeeded ? blocked(body) : body() }
}

// MARK: libcurl's callbacks. Their contexts outlive the multi handle.

private let watchSocket: curl_socket_callback = { _, socket, what, context, _ in
    guard let context = unsafe context else { return -1 }
    unsafe Unmanaged<Poller>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.watch(socket, for: what) }
    return 0
}

private let setTimer: curl_multi_timer_callback = { _, milliseconds, context in
    guard let context = unsafe context else { return -1 }
    unsafe Unmanaged<Multi>.fromOpaque(context)._withUnsafeGuaranteedRef {
        $0.due = milliseconds < 0 ? Clock.never : milliseconds == 0 ? 0 : Clock.after(Clock.milliseconds, Int64(milliseconds))
    }
    return 0
}
