// Waits for libcurl's sockets and for the clock: one epoll instance, which is also the one descriptor that callers wait on.
// A kept connection stays registered between two transfers, because libcurl asks for the same again a moment later.
import CCurl
import Glibc
import WABiz

/// What callbacks and the wheel tell each other.
struct Moment {
    /// The engine's clock, as of the last look at it.
    var now: Int64 = 0
    /// A request was written later than it was begun.
    var isLate = false
    /// The sockets of every transfer.
    let connections = KeptConnections()
}

@safe final class Poller {
    /// How a wait ended.
    enum Wait { case over, interrupted }

    private static let most = 256

    private let epoll: Int32
    /// Armed for callers who wait on the descriptor; -1 as long as nobody has asked for it.
    private var timer: Int32 = -1
    /// When the timer goes off; never while it is disarmed.
    private var armed = Clock.never
    private let ready: UnsafeMutablePointer<epoll_event>
    /// Whether a kept connection on which something comes unasked for is given up. HTTP/2 speaks at any time.
    var givesUpTalkers = true
    /// The time as of the last look, for callbacks: asking the clock in each of them would cost more than they do.
    let moment: UnsafeMutablePointer<Moment>
    /// When the sockets were last looked at.
    private var looked = Clock.never
    /// One per descriptor number.
    private var watches: [Watch] = []

    /// What is known of a descriptor.
    private struct Watch {
        /// What libcurl waits for, and what epoll was told, in epoll's words.
        var wanted: UInt32 = 0
        var registered: UInt32 = 0
        /// True for a socket whose opening and closing we are told: only such a one may stay registered while nobody wants it.
        var isOurs = false
    }

    init() throws(Failure) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else {
            throw Failure(.noMemory, "No descriptor is left to wait with: \(unsafe String(cString: strerror(errno))).", retry: .backoff)
        }
        unsafe ready = .allocate(capacity: Poller.most)
        unsafe moment = .allocate(capacity: 1)
        unsafe moment.initialize(to: Moment())
        unsafe moment.pointee.connections.poller = self
    }

    /// In a child process this closes the child's own copies; the parent's stay as they are.
    deinit {
        close(epoll)
        if timer >= 0 { close(timer) }
        unsafe ready.deallocate()
        unsafe moment.deinitialize(count: 1)
        unsafe moment.deallocate()
    }

    // MARK: Sockets

    /// libcurl waits for something else, or for nothing any more.
    func watch(_ socket: Int32, for what: Int32) {
        guard let index = index(of: socket) else { return }
        watches[index].wanted =
            switch what {
            case Int32(CURL_POLL_IN): EPOLLIN.rawValue
            case Int32(CURL_POLL_OUT): EPOLLOUT.rawValue
            case Int32(CURL_POLL_INOUT): EPOLLIN.rawValue | EPOLLOUT.rawValue
            default: 0
            }
        let watch = watches[index]
        guard watch.wanted != watch.registered, !(watch.wanted == 0 && watch.isOurs) else { return }
        register(socket, index, watch.wanted)
    }

    private func register(_ socket: Int32, _ index: Int, _ events: UInt32) {
        let before = watches[index].registered
        watches[index].registered = events
        if events == 0 {
            _ = wabiz_epoll_set(epoll, EPOLL_CTL_DEL, socket, 0)
        } else if wabiz_epoll_set(epoll, before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, events) != 0 {
            // What we remember of a number and what the kernel knows of it may differ: then the other one is right.
            let other = errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD
            if wabiz_epoll_set(epoll, other, socket, events) != 0 { watches[index].registered = 0 }
        }
    }

    /// A socket of ours was opened: its number begins anew.
    func opened(_ socket: Int32) {
        guard let index = index(of: socket) else { return }
        watches[index] = Watch(isOurs: true)
    }

    /// A socket of ours is about to be closed. It is taken out by hand: a child process that inherited it would keep it in.
    func closing(_ socket: Int32) {
        guard let index = index(of: socket) else { return }
        if watches[index].registered != 0 { register(socket, index, 0) }
        watches[index] = Watch()
    }

    private func index(of socket: Int32) -> Int? {
        guard socket >= 0 else { return nil }
        let index = Int(socket)
        if index >= watches.count { watches.append(contentsOf: repeatElement(Watch(), count: index + 64 - watches.count)) }
        return index
    }

    // MARK: Waiting

    /// Waits at most so many milliseconds, forever when negative, and hands over each socket with what it is ready for, in
    /// libcurl's words.
    func wait(_ milliseconds: Int32, _ take: (_ socket: Int32, _ events: Int32) -> Void) -> Wait {
        let count = unsafe epoll_wait(epoll, ready, Int32(Poller.most), milliseconds)
        guard count >= 0 else { return errno == EINTR ? .interrupted : .over }
        looked = Clock.milliseconds
        isStale = false
        unsafe moment.pointee.now = looked
        for place in 0..<Int(count) {
            let descriptor = unsafe wabiz_epoll_descriptor(ready + place)
            let events = unsafe wabiz_epoll_events(ready + place)
            if descriptor == timer {
                disarm()
            } else if let index = index(of: descriptor) {
                hear(descriptor, index, events, take)
            }
        }
        return .over
    }

    /// libcurl 8 takes up a connection that it used a moment ago without a look at it; older ones look.
    private static let libcurlLooks = wabiz_curl_version() < 0x08_00_00
    /// Whether the caller had control since the last look.
    private var isStale = true

    /// The caller comes back.
    func enter() { isStale = true }

    /// Before a kept connection is used again: since the last look its peer may have closed it or spoken out of turn.
    func sweep(_ now: Int64) {
        guard looked != now || isStale && !Poller.libcurlLooks else { return }
        looked = now
        isStale = false
        let count = unsafe epoll_wait(epoll, ready, Int32(Poller.most), 0)
        for place in 0..<max(0, Int(count)) {
            let descriptor = unsafe wabiz_epoll_descriptor(ready + place)
            guard descriptor != timer, let index = index(of: descriptor), watches[index].wanted == 0 else { continue }
            retire(descriptor, index)
        }
    }

    /// Something may be to be had from an unused connection: its peer closed it or spoke out of turn. The connection is looked at, because
    /// an event tells of what was: that it could be written to, as libcurl last wanted, or an answer that libcurl has taken in since, on the
    /// occasion of another event of the same wait.
    private func retire(_ socket: Int32, _ index: Int) {
        guard KeptConnections.hasSpoken(socket) else { return register(socket, index, EPOLLIN.rawValue) }
        register(socket, index, 0)
        if givesUpTalkers || KeptConnections.isClosed(socket) { unsafe moment.pointee.connections.giveUp(socket) }
    }

    private func hear(_ socket: Int32, _ index: Int, _ events: UInt32, _ take: (Int32, Int32) -> Void) {
        guard watches[index].wanted != 0 else { return retire(socket, index) }
        var mask: Int32 = 0
        if events & EPOLLIN.rawValue != 0 { mask |= Int32(CURL_CSELECT_IN) }
        if events & EPOLLOUT.rawValue != 0 { mask |= Int32(CURL_CSELECT_OUT) }
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { mask |= Int32(CURL_CSELECT_ERR) }
        take(socket, mask)
    }

    // MARK: The descriptor for others

    /// Readable when there is something to do; -1 when there is no descriptor to be had.
    var descriptor: Int32 {
        if timer >= 0 { return epoll }
        let made = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC) | Int32(TFD_NONBLOCK))
        guard made >= 0 else { return -1 }
        guard wabiz_epoll_set(epoll, EPOLL_CTL_ADD, made, EPOLLIN.rawValue) == 0 else {
            close(made)
            return -1
        }
        timer = made
        return epoll
    }

    /// True once somebody may be waiting on the descriptor.
    var isWatched: Bool { timer >= 0 }

    /// Makes the descriptor readable at that moment of the clock, at once when it has passed. The timer is left alone as long
    /// as it goes off early enough: a wake-up for nothing costs less than setting it for every message.
    func arm(at moment: Int64) {
        guard isWatched, moment < armed else { return }
        armed = moment
        var setting = itimerspec()
        // Zero would disarm it.
        setting.it_value.tv_sec = Int(moment / 1000)
        setting.it_value.tv_nsec = max(1, Int(moment % 1000) * 1_000_000)
        unsafe timerfd_settime(timer, Int32(TFD_TIMER_ABSTIME), &setting, nil)
    }

    private func disarm() {
        var count: UInt64 = 0
        _ = unsafe read(timer, &count, MemoryLayout.size(ofValue: count))
        armed = Clock.never
    }
}
