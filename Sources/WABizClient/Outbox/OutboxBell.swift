// The descriptor of an outbox: readable when its client has something to do, when a row comes due, or when it is time to
// look whether another process put something.
import CCurl
import Glibc
import WABiz

@safe final class OutboxBell {
    let descriptor: Int32
    private let timer: Int32
    /// The client's descriptor that is watched; -1 for none.
    private var watched: Int32 = -1

    /// Nil when there are no descriptors left.
    init?() {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        let clock = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC) | Int32(TFD_NONBLOCK))
        (descriptor, timer) = (epoll, clock)
        guard epoll >= 0, clock >= 0, wabiz_epoll_set(epoll, EPOLL_CTL_ADD, clock, EPOLLIN.rawValue) == 0 else { return nil }
    }

    deinit {
        if timer >= 0 { close(timer) }
        if descriptor >= 0 { close(descriptor) }
    }

    /// False when it cannot be watched. A client's descriptor may have the number of one that was closed.
    func watch(_ other: Int32) -> Bool {
        if watched >= 0, watched != other { _ = wabiz_epoll_set(descriptor, EPOLL_CTL_DEL, watched, 0) }
        watched = other
        guard other >= 0 else { return false }
        return wabiz_epoll_set(descriptor, EPOLL_CTL_ADD, other, EPOLLIN.rawValue) == 0 || errno == EEXIST
    }

    /// Rings after so many milliseconds; 0: now.
    func arm(after milliseconds: Int) {
        var setting = itimerspec()
        let rest = max(0, milliseconds)
        setting.it_value.tv_sec = rest / 1000
        // Zero would disarm it.
        setting.it_value.tv_nsec = max(1, rest % 1000 * 1_000_000)
        unsafe timerfd_settime(timer, 0, &setting, nil)
    }
}
