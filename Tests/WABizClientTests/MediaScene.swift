// What the tests of media share: a client on a loopback server, a file with its hash, answers as Meta writes them, a
// folder that goes with the test.
import Foundation
import Testing
import WABiz
import WABizClient

/// One server that plays Meta and its media host, and one file.
final class MediaScene {
    static let token = "EAAG-secret-token"
    static let proof = "appsecret_proof="
    let server: LoopbackServer
    let client: Client
    let folder: URL
    let file = String((0..<5000).map { "\($0)," }.joined().prefix(20_000))

    init(_ more: String = "") throws {
        server = try LoopbackServer(.answer(LoopbackServer.http(500, "{}")))
        client = try Client(config: Array(
            #"{"access_token":"\#(MediaScene.token)","phone_number_id":"106","base_url":"\#(server.url)","proxy":""\#(more)}"#.utf8))
        folder = FileManager.default.temporaryDirectory.appending(path: "wabiz-media-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    deinit {
        server.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    var path: String { folder.appending(path: "photo.jpg").path }
    var part: String { path + ".part" }
    var url: String { server.url + "/attachments/?mid=7" }

    static func hash(_ text: String) -> String {
        let digest = RunningDigest()
        Array(text.utf8).withUnsafeBytes { digest.add($0) }
        return digest.finish()?.hex ?? ""
    }

    /// The answer to a look-up; what is nil is left out.
    func metadata(url: String? = nil, hash: String? = nil, size: Int? = nil) -> LoopbackServer.Act {
        let document: Tree = [
            "messaging_product": "whatsapp", "url": .string(url ?? self.url), "mime_type": "image/jpeg",
            "sha256": .string(hash ?? MediaScene.hash(file)), "file_size": .string(String(size ?? file.utf8.count)), "id": "7",
        ]
        return .answer(LoopbackServer.http(200, document.text))
    }

    var whole: LoopbackServer.Act { .answer(LoopbackServer.http(200, file, "Content-Type: image/jpeg\r\n")) }

    /// The head promises the whole file, and half of it comes.
    var cut: LoopbackServer.Act {
        .answerThenClose("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: \(file.utf8.count)\r\n\r\n" + file.prefix(file.count / 2))
    }

    func rest(from start: Int, saying said: Int? = nil) -> LoopbackServer.Act {
        let range = "Content-Range: bytes \(said ?? start)-\(file.utf8.count - 1)/\(file.utf8.count)\r\n"
        return .answer(LoopbackServer.http(206, String(file.dropFirst(start)), "Content-Type: image/jpeg\r\n" + range))
    }

    static func error(_ status: Int, _ code: Int) -> LoopbackServer.Act {
        .answer(LoopbackServer.http(status, #"{"error":{"message":"No \#(token)","code":\#(code),"error_subcode":33,"fbtrace_id":"A"}}"#))
    }

    static func redirect(_ url: String, _ status: Int = 302) -> LoopbackServer.Act {
        .answer(LoopbackServer.http(status, "", "Location: \(url)\r\n"))
    }

    func download(_ options: DownloadOptions = DownloadOptions()) throws -> MediaFile {
        try client.download(MediaReference(id: "7"), to: path, options: options)
    }

    /// The failure of a piece of work, which must hold neither token nor proof.
    func failure(_ work: () throws -> Any) -> Failure? {
        do {
            Testing.Issue.record("no failure, but \(try work())")
            return nil
        } catch {
            let failure = error as? Failure
            let text = failure?.document.text ?? "\(error)"
            if text.contains(MediaScene.token) || text.contains(MediaScene.proof) { Testing.Issue.record("a secret shows: \(text)") }
            return failure
        }
    }

    func text(_ path: String) -> String? { FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() }
    var lines: [String] { server.requests.map { String($0.prefix { $0 != "\r\n" }) } }
}

/// The head of a request has this line.
extension String {
    func has(_ header: String) -> Bool { lowercased().contains("\r\n" + header.lowercased()) }
}
