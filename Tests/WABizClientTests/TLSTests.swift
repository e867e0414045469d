// TLS is always verified: a private authority's certificate is refused until the authority is named, and never for
// another host. The server is Python's, on loopback, with certificates made for the test.
import Foundation
import Testing
import WABiz
import WABizClient

@Suite struct TLSTests {
    @Test func aPrivateAuthorityMustBeNamed() throws {
        let server = try TLSServer(names: "IP:127.0.0.1,DNS:localhost")
        defer { server.stop() }
        let stranger = try #require(failure(server, "https://127.0.0.1:\(server.port)", authority: nil))
        #expect(stranger.code == .unreachable)
        #expect(stranger.retry == .afterFix)
        #expect(stranger.message.contains("certificate"))
        let client = try client("https://localhost:\(server.port)", authority: server.authority)
        #expect(try client.send(json: hello).messageID == "wamid.TLS")
        #expect(try client.send(json: hello).messageID == "wamid.TLS")
    }

    @Test func theCertificateMustBeForTheHost() throws {
        let server = try TLSServer(names: "DNS:other.example")
        defer { server.stop() }
        #expect(failure(server, "https://127.0.0.1:\(server.port)", authority: server.authority)?.code == .unreachable)
    }

    /// The authorities are read once per client: the second connection does without the file. Reading a system's whole bundle
    /// again costs fifty times the rest of a connection. libcurl older than 7.87 cannot do that.
    @Test func theAuthoritiesAreReadOnce() throws {
        let server = try TLSServer(names: "DNS:localhost", closing: true)
        defer { server.stop() }
        let url = "https://localhost:\(server.port)"
        let client = try client(url, authority: server.authority)
        #expect(try client.send(json: hello).messageID == "wamid.TLS")
        try Data().write(to: URL(fileURLWithPath: server.authority))
        #expect(try client.send(json: hello).messageID == "wamid.TLS")
        #expect(failure(server, url, authority: server.authority) != nil)
    }

    private let hello = Array(#"{"to":"+15550001234","text":"Hello"}"#.utf8)

    private func client(_ url: String, authority: String?) throws -> Client {
        let file = authority.map { #","ca_file":"\#($0)""# } ?? ""
        return try Client(config: Array(#"{"access_token":"t","phone_number_id":"1","base_url":"\#(url)","proxy":""\#(file)}"#.utf8))
    }

    private func failure(_ server: TLSServer, _ url: String, authority: String?) -> Failure? {
        do {
            _ = try client(url, authority: authority).send(json: hello)
            return nil
        } catch { return error as? Failure }
    }
}

/// A TLS server with a certificate of its own authority.
private final class TLSServer {
    let port: Int
    let authority: String
    private let folder: URL
    private let process = Process()
    /// Open as long as this process lives; its end ends the server.
    private let input = Pipe()

    /// - Parameter closing: Whether it ends each connection behind its answer.
    init(names: String, closing: Bool = false) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("wabiz-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        authority = folder.appendingPathComponent("ca.pem").path
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc"
        try TLSServer.shell(
            """
            set -e; cd '\(folder.path)'
            openssl req -x509 \(key) -keyout ca.key -out ca.pem -days 2 -subj '/CN=Test authority'
            openssl req \(key) -keyout key.pem -out request.pem -subj '/CN=Test server'
            printf 'subjectAltName=\(names)\\n' > names
            openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem
            """)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", TLSServer.program, folder.path, closing ? "close" : "keep-alive"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// By SIGKILL: a test's threads block other signals, and children inherit that.
    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func shell(_ script: String) throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", script]
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        shell.waitUntilExit()
        try #require(shell.terminationStatus == 0, "openssl could not make the certificates")
    }

    private static let program = """
        import http.server, os, ssl, sys, threading
        class Meta(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                body = b'{"messages":[{"id":"wamid.TLS"}]}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", sys.argv[2])
                self.end_headers()
                self.wfile.write(body)
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Meta)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1] + "/server.pem", sys.argv[1] + "/key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
}
