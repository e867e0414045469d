// What the client must not do to its host: raise SIGPIPE, or hand its connections to programs that the host starts.
import Foundation
import Testing
@testable import WABizClient

@Suite(.serialized) struct ProcessTests {
    /// Without the block this ends the test process.
    @Test func brokenPipesDoNotKill() {
        let before = signal(SIGPIPE, SIG_DFL)
        defer { signal(SIGPIPE, before) }
        let result = BrokenPipes.blocked { raise(SIGPIPE) }
        #expect(result == 0)
        var mask = sigset_t()
        var pending = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &mask)
        sigpending(&pending)
        #expect(sigismember(&mask, SIGPIPE) == 0)
        #expect(sigismember(&pending, SIGPIPE) == 0)
    }

    /// The host's own pending signal is still there afterwards.
    @Test func thePendingSignalOfTheHostStays() {
        var pipe = sigset_t()
        var before = sigset_t()
        var pending = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        raise(SIGPIPE)
        BrokenPipes.blocked {}
        sigpending(&pending)
        #expect(sigismember(&pending, SIGPIPE) == 1)
        var now = timespec()
        #expect(sigtimedwait(&pipe, nil, &now) == SIGPIPE)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    @Test func connectionsAreClosedOnExec() throws {
        let server = try LoopbackServer(.answer(LoopbackServer.http(200, LoopbackServer.accepted)))
        defer { server.stop() }
        let client = try Client(config: Array(#"{"access_token":"t","phone_number_id":"1","base_url":"\#(server.url)"}"#.utf8))
        _ = try client.send(json: Array(#"{"to":"+15550001234","text":"Hello"}"#.utf8))
        let ours = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init).filter { peerPort($0) == server.port }
        #expect(ours.count == 1)
        for descriptor in ours { #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0) }
        withExtendedLifetime(client) {}
    }

    private func peerPort(_ descriptor: Int32) -> UInt16? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) == 0 }
        }
        return isConnected && address.sin_family == sa_family_t(AF_INET) ? UInt16(bigEndian: address.sin_port) : nil
    }
}
