// The sockets of one libcurl handle, and what happens to kept connections on which a server speaks out of turn ("408 Request
// Timeout", say): libcurl would take what it said for the answer to the next request.
import CCurl
import Glibc
import WABiz

/// It must outlive the handle.
@safe final class KeptConnections {
    private var sockets: Set<Int32> = []
    /// Those that were given up and that libcurl has not closed yet, with their local ports.
    private var givenUp: [Int32: UInt16] = [:]
    /// Who waits for them; nobody for a handle that waits by itself.
    weak var poller: Poller?

    fileprivate func opened(_ socket: Int32) {
        if socket >= 0 { sockets.insert(socket) }
        poller?.opened(socket)
    }

    fileprivate func closing(_ socket: Int32) {
        poller?.closing(socket)
        sockets.remove(socket)
        if !givenUp.isEmpty { givenUp[socket] = nil }
    }

    /// Makes sure that nothing is sent or heard any more over an unused connection: it is shut down, and what its peer said is read away.
    func giveUp(_ socket: Int32) {
        if let port = KeptConnections.localPort(socket) { givenUp[socket] = port }
        shutdown(socket, Int32(SHUT_RDWR))
        unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { scrap in
            for _ in 0..<1024 where unsafe recv(socket, scrap.baseAddress, scrap.count, Int32(MSG_DONTWAIT)) <= 0 { break }
        }
    }

    /// Gives up those on which something came that nobody had asked for.
    func giveUpTalkers() {
        for socket in sockets where givenUp[socket] == nil && KeptConnections.hasSpoken(socket) { giveUp(socket) }
    }

    /// True when a request is about to be written to a connection that was given up. libcurl 8 may try a kept connection without a
    /// look at it; nothing leaves then, and it takes another one.
    /// - Parameter port: the local one of the connection. It is judged only where no other socket has the same.
    func isGivenUp(port: Int32) -> Bool {
        guard !givenUp.isEmpty, let port = UInt16(exactly: port), givenUp.values.contains(port) else { return false }
        return sockets.allSatisfy { givenUp[$0] != nil || KeptConnections.localPort($0) != port }
    }

    private static func localPort(_ socket: Int32) -> UInt16? {
        let port = wabiz_local_port(socket)
        return port > 0 ? UInt16(exactly: port) : nil
    }

    /// True when its peer has said something, or closed it.
    static func hasSpoken(_ socket: Int32) -> Bool {
        let count = look(socket)
        return count >= 0 || errno != EAGAIN && errno != EINTR
    }

    /// True when its peer has closed it, and everything that it said before was read.
    static func isClosed(_ socket: Int32) -> Bool {
        let count = look(socket)
        return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
    }

    private static func look(_ socket: Int32) -> Int {
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    }

    /// Tells `settings`' handle to report its sockets here.
    func watch(_ settings: inout Settings) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe settings.pointer(CURLOPT_OPENSOCKETDATA, context)
        unsafe settings.pointer(CURLOPT_CLOSESOCKETDATA, context)
        unsafe settings.sockets(openSocket, closeSocket)
    }
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
