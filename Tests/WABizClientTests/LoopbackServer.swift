// A server on loopback that plays Meta, well and badly: it answers, cuts, lies, resets and keeps silent, one act per
// request, and counts what reached it. It listens on a free port and is stopped by the test.
import Foundation

final class LoopbackServer: @unchecked Sendable {
    enum Act {
        /// Write this and keep the connection.
        case answer(String)
        /// Write this and close in order.
        case answerThenClose(String)
        /// Close in order without a byte.
        case close
        /// Reset the connection without a byte.
        case reset
        /// Never answer.
        case silence
    }

    let port: UInt16
    private let listener: Int32
    private let state = NSCondition()
    private var acts: [Act]
    private var taken: [String] = []
    private var open: Set<Int32> = []
    private var accepted = 0
    private var isStopped = false

    /// - Parameter acts: one per request; with nothing left the last one is played again.
    init(_ acts: Act...) throws {
        self.acts = acts
        (listener, port) = try LoopbackServer.bind()
        guard listen(listener, 64) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        Thread.detachNewThread { self.acceptConnections() }
    }

    /// Plays these from now on, for answers that name the server's own address.
    func play(_ acts: Act...) { state.withLock { self.acts = acts } }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [String] { state.withLock { taken } }
    var connections: Int { state.withLock { accepted } }

    func stop() {
        state.withLock {
            isStopped = true
            for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        // The accepting thread closes it: its number must not be given away while that thread still uses it.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// Waits until the server has no connection any more; false when that takes two minutes.
    func waitUntilClosed() -> Bool {
        let deadline = Date(timeIntervalSinceNow: 120)
        state.lock()
        defer { state.unlock() }
        while !open.isEmpty { if !state.wait(until: deadline) { return false } }
        return true
    }

    /// A port on which nobody listens. It stays bound for the life of the process, so that no other server gets it.
    static func refusedPort() throws -> UInt16 { try bind().port }

    private static func bind() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    static func http(_ status: Int, _ body: String, _ headers: String = "Content-Type: application/json\r\n") -> String {
        "HTTP/1.1 \(status) Whatever\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static let accepted =
        #"{"messaging_product":"whatsapp","contacts":[{"input":"15550001234","wa_id":"15550001234"}],"messages":[{"id":"wamid.T"}]}"#

    // MARK: Inside

    private func acceptConnections() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else {
                close(listener)
                return
            }
            let isWanted = state.withLock {
                if isStopped { return false }
                open.insert(descriptor)
                accepted += 1
                return true
            }
            guard isWanted else {
                close(descriptor)
                continue
            }
            Thread.detachNewThread { self.serve(descriptor) }
        }
    }

    private func serve(_ descriptor: Int32) {
        var unread: [UInt8] = []
        while let request = readRequest(descriptor, &unread) {
            let act = state.withLock {
                taken.append(request)
                return acts.count > 1 ? acts.removeFirst() : acts[0]
            }
            guard play(act, descriptor) else { break }
        }
        state.withLock {
            open.remove(descriptor)
            close(descriptor)
            state.broadcast()
        }
    }

    /// False when the connection ends with the act.
    private func play(_ act: Act, _ descriptor: Int32) -> Bool {
        switch act {
        case .answer(let text): return write(text, descriptor)
        case .answerThenClose(let text):
            _ = write(text, descriptor)
            return false
        case .close: return false
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
            return false
        case .silence: return true
        }
    }

    private func write(_ text: String, _ descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// One request with the body that its Content-Length promises; nil when the peer is gone.
    private func readRequest(_ descriptor: Int32, _ unread: inout [UInt8]) -> String? {
        while true {
            let text = String(decoding: unread, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = text[..<end.lowerBound]
                let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
                let total = text[..<end.upperBound].utf8.count + length
                if unread.count >= total {
                    defer { unread.removeFirst(total) }
                    return String(decoding: unread[..<total], as: UTF8.self)
                }
            }
            var piece = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            unread += piece[..<count]
        }
    }
}
