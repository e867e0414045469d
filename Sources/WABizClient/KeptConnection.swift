// What happens to kept connections on which a server speaks out of turn ("408 Request Timeout", say): libcurl would take what it
// said for the answer to the next request.
import CCurl
import Glibc
import WABiz

enum KeptConnection {
    /// Makes libcurl find an unused connection dead when it wants it again: it is shut down, and what its peer said is read away.
    static func giveUp(_ socket: Int32) {
        shutdown(socket, Int32(SHUT_RDWR))
        unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { scrap in
            for _ in 0..<1024 where unsafe recv(socket, scrap.baseAddress, scrap.count, Int32(MSG_DONTWAIT)) <= 0 { break }
        }
    }

    /// True when its peer has said something, or closed it.
    fileprivate static func hasSpoken(_ socket: Int32) -> Bool {
        var byte: UInt8 = 0
        let count = unsafe recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count >= 0 || errno != EAGAIN && errno != EINTR
    }
}

/// The sockets of a handle that sends one request at a time, which nobody watches in between. It must outlive the handle.
final class KeptConnections {
    private var sockets: Set<Int32> = []

    /// Tells `settings`' handle to report its sockets here.
    func watch(_ settings: inout Settings) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe settings.pointer(CURLOPT_OPENSOCKETDATA, context)
        unsafe settings.pointer(CURLOPT_CLOSESOCKETDATA, context)
        unsafe settings.sockets(openSocket, closeSocket)
    }

    /// Before a request: gives up those on which something came that nobody had asked for.
    func giveUpTalkers() {
        for socket in sockets where KeptConnection.hasSpoken(socket) { KeptConnection.giveUp(socket) }
    }

    fileprivate func opened(_ socket: Int32) { if socket >= 0 { sockets.insert(socket) } }
    fileprivate func closing(_ socket: Int32) { sockets.remove(socket) }
}

/// Opens sockets that a program started by the host does not inherit, in one step: another thread may fork in between.
private let openSocket: curl_opensocket_callback = { context, _, address in
    guard let context = unsafe context, let address = unsafe address?.pointee else { return CURL_SOCKET_BAD }
    let opened = socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
    unsafe Unmanaged<KeptConnections>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.opened(opened) }
    return opened
}

private let closeSocket: curl_closesocket_callback = { context, socket in
    if let context = unsafe context { unsafe Unmanaged<KeptConnections>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.closing(socket) } }
    return close(socket)
}
