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

    // MARK: On-Premises, where self-signed certificates are usual

    @Test func onPremisesByAnOwnAuthority() throws {
        let server = try TLSServer(names: "DNS:localhost")
        defer { server.stop() }
        func client(_ authority: String?) throws -> Client {
            let file = authority.map { #","ca_file":"\#($0)""# } ?? ""
            return try Client(
                config: Array(#"{"user":"admin","password":"secret","api":"on_premises","base_url":"https://localhost:\#(server.port)","proxy":""\#(file)}"#.utf8))
        }
        let known = try client(server.authority)
        #expect(try known.health().isHealthy)
        #expect(try known.send(json: hello).messageID == "wamid.TLS")
        #expect(throws: Failure.self) { try client(nil).send(json: hello, options: Array(#"{"max_attempts":1}"#.utf8)) }
        #expect { try client(nil).health() } throws: { ($0 as? Failure)?.code == .unreachable && ($0 as? Failure)?.retry == .afterFix }
    }

    // MARK: Servers that ask who is calling

    @Test func theClientShowsItsCertificate() throws {
        let server = try TLSServer(names: "DNS:localhost", asking: true)
        defer { server.stop() }
        let folder = (server.authority as NSString).deletingLastPathComponent
        func receipt(_ members: String) throws -> String? {
            let members = members.replacingOccurrences(of: "@", with: folder)
            let config = #"{"access_token":"t","phone_number_id":"1","base_url":"https://localhost:\#(server.port)","proxy":"","max_attempts":1,"ca_file":"\#(server.authority)"\#(members)}"#
            return try Client(config: Array(config.utf8)).send(json: hello).messageID
        }
        #expect(try receipt(#","client_certificate":"@/client.pem","client_key":"@/client.key""#) == "wamid.TLS")
        #expect(try receipt(#","client_certificate":"@/both.pem""#) == "wamid.TLS")
        #expect(try receipt(#","client_certificate":"@/client.pem","client_key":"@/locked.key","client_key_passphrase":"open sesame""#) == "wamid.TLS")
        for members in [
            "", #","client_certificate":"@/client.pem","client_key":"@/key.pem""#,
            #","client_certificate":"@/client.pem","client_key":"@/locked.key","client_key_passphrase":"wrong""#,
        ] {
            #expect { try receipt(members) } throws: {
                guard let failure = $0 as? Failure else { return false }
                // What TLS 1.3 refuses is heard of only after the request was written.
                return [.unreachable, .uncertain].contains(failure.code) && !failure.message.contains("sesame")
            }
        }
        #expect { try receipt(#","client_certificate":"@/none.pem""#) } throws: { ($0 as? Failure)?.message.contains("\"client_certificate\" cannot be read") == true }
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
    /// - Parameter asking: Whether it wants a certificate of its authority from clients.
    init(names: String, closing: Bool = false, asking: Bool = false) throws {
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
            openssl req \(key) -keyout client.key -out request.pem -subj '/CN=Test client'
            openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out client.pem
            openssl ec -in client.key -aes128 -passout 'pass:open sesame' -out locked.key
            cat client.pem client.key > both.pem
            """)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", TLSServer.program, folder.path, closing ? "close" : "keep-alive", asking ? "ask" : ""]
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
            def do_GET(self):
                self.answer(b'{"health":{"gateway_status":"connected"}}')
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                is_login = self.path == "/v1/users/login"
                self.answer(b'{"users":[{"token":"T"}]}' if is_login else b'{"messages":[{"id":"wamid.TLS"}]}')
            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", sys.argv[2])
                self.end_headers()
                self.wfile.write(body)
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Meta)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1] + "/server.pem", sys.argv[1] + "/key.pem")
        if sys.argv[3]:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(sys.argv[1] + "/ca.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
}
