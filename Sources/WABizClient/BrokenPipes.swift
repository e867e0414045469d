// Writing to a connection that the peer has closed must not kill the host by SIGPIPE. libcurl leaves the signal alone once
// CURLOPT_NOSIGNAL is set, and OpenSSL may write without MSG_NOSIGNAL; a library has no right to change the host's handler.
import Glibc

enum BrokenPipes {
    /// Runs `body` with SIGPIPE blocked in this thread. A signal that `body` raised is taken away before the mask is put
    /// back; one that was pending before stays for whoever waits for it.
    static func blocked<Result>(_ body: () -> Result) -> Result {
        var pipe = sigset_t()
        var before = sigset_t()
        var pending = sigset_t()
        guard unsafe sigemptyset(&pipe) == 0, unsafe sigaddset(&pipe, SIGPIPE) == 0, unsafe sigpending(&pending) == 0,
            unsafe sigismember(&pending, SIGPIPE) == 0, unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0
        else { return body() }
        defer {
            var now = timespec()
            while unsafe sigtimedwait(&pipe, nil, &now) == -1, errno == EINTR {}
            _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return body()
    }
}
