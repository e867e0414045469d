// A socket that FlyingFox serves: what the sandbox and the listener share.
import FlyingFox
import FlyingSocks
import Foundation

struct HTTPPort {
    let server: HTTPServer

    /// - Parameters:
    ///   - host: an IP address, or localhost.
    ///   - port: 0 picks a free one.
    ///   - timeout: seconds for one request, its body and its answer.
    init(
        host: String, port: UInt16, timeout: Double, handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) throws {
        let address: any SocketAddress =
            host.contains(":")
            ? try sockaddr_in6.inet6(ip6: host, port: port)
            : try sockaddr_in.inet(ip4: host == "localhost" ? "127.0.0.1" : host, port: port)
        server = HTTPPort.make(address, timeout, ClosureHTTPHandler(handler))
    }

    private static func make(_ address: some SocketAddress, _ timeout: Double, _ handler: ClosureHTTPHandler) -> HTTPServer {
        // 64 KiB read at once spare most messages a second read.
        let configuration = HTTPServer.Configuration(
            address: address, timeout: timeout, sharedRequestBufferSize: 65536, pool: PromptPool(base: HTTPServer.defaultPool()),
            logger: .disabled)
        return HTTPServer(config: configuration, handler: handler)
    }

    /// `http://127.0.0.1:8080`, once it listens.
    var url: String? {
        get async {
            switch await server.listeningAddress {
            case .ip4(let host, port: let port): "http://\(host):\(port)"
            case .ip6(let host, port: let port): "http://[\(host)]:\(port)"
            case .unix, nil: nil
            }
        }
    }
}

/// Switches Nagle's algorithm off. FlyingFox writes head and body apart; on a kept-alive connection the body would wait
/// for the client's delayed acknowledgement of the head, 40 ms. Accepted sockets inherit it from the listening one.
private struct PromptPool: AsyncSocketPool {
    let base: any AsyncSocketPool

    func prepare() async throws { try await base.prepare() }
    func run() async throws { try await base.run() }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        var on: Int32 = 1
        setsockopt(socket.file.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        try await base.suspendSocket(socket, untilReadyFor: events)
    }
}
