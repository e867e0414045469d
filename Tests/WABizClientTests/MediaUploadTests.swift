// Uploads and deletes: what goes over the wire for both APIs, what is refused before, and what lost answers mean.
import Foundation
import Testing
import WABiz
import WABizClient

private typealias Server = LoopbackServer

@Suite struct MediaUploadTests {
    private let taken = Server.http(200, #"{"id":"991"}"#)

    @Test func aFileGoesUpAsAForm() throws {
        let scene = try MediaScene()
        scene.server.play(.answer(taken))
        try scene.file.write(toFile: scene.path, atomically: true, encoding: .utf8)
        let media = try scene.client.upload(UploadOptions(path: scene.path, timeToLive: 60))
        #expect(media.document.text == #"{"id":"991","type":"image/jpeg","kind":"image","filename":"photo.jpg","size":20000,"sha256":"\#(MediaScene.hash(scene.file))","http_status":200}"#)
        let request = try #require(scene.server.requests.first)
        #expect(request.hasPrefix("POST /v25.0/106/media HTTP/1.1\r\n"))
        #expect(request.has("authorization: bearer \(MediaScene.token)\r\n") && request.has("content-type: multipart/form-data; boundary="))
        #expect(!request.has("expect:") && !request.has("transfer-encoding"))
        for part in [
            "name=\"messaging_product\"\r\n\r\nwhatsapp\r\n", "name=\"type\"\r\n\r\nimage/jpeg\r\n", "name=\"ttl_minutes\"\r\n\r\n60\r\n",
            "name=\"file\"; filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\(scene.file)\r\n",
        ] { #expect(request.contains(part), "\(part.prefix(60))") }
    }

    @Test func bytesGoUpToo() throws {
        let scene = try MediaScene()
        scene.server.play(.answer(taken))
        let media = try scene.client.upload(Array("%PDF".utf8), options: UploadOptions(type: "application/pdf", filename: "a \"b\".pdf"))
        #expect(media.kind == "document" && media.sha256 == MediaScene.hash("%PDF"))
        #expect(scene.server.requests.first?.contains("filename=\"a %22b%22.pdf\"") == true)
    }

    @Test func onPremisesTakesTheBytesAlone() throws {
        let scene = try MediaScene(#","api":"on_premises""#)
        scene.server.play(.answer(Server.http(201, #"{"media":[{"id":"11111111-2222"}],"meta":{}}"#)))
        try scene.file.write(toFile: scene.path, atomically: true, encoding: .utf8)
        let media = try scene.client.upload(UploadOptions(path: scene.path))
        #expect(media.id == "11111111-2222" && media.sha256 == MediaScene.hash(scene.file))
        let request = try #require(scene.server.requests.first)
        #expect(request.hasPrefix("POST /v1/media HTTP/1.1\r\n") && request.has("content-type: image/jpeg\r\n"))
        #expect(request.hasSuffix("\r\n\r\n" + scene.file))
        // The same handle serves a look-up-free download afterwards: nothing of the upload stays on it.
        scene.server.play(scene.whole)
        #expect(try scene.download().size == 20_000)
        #expect(scene.server.requests.last?.has("content-length") == false)
    }

    @Test func nothingLeavesThatMetaRefuses() throws {
        let scene = try MediaScene()
        try String(repeating: "x", count: 5 << 20 | 1).write(toFile: scene.path, atomically: true, encoding: .utf8)
        let failure = scene.failure { try scene.client.upload(UploadOptions(path: scene.path)).id }
        #expect(failure?.code == .invalid)
        let issue = try #require(failure?.issues.first)
        #expect((issue.path, issue.code, issue.limit, issue.unit, issue.found) == ("/path", .tooLong, 5 << 20, "bytes", 5 << 20 | 1))
        for options in [UploadOptions(path: scene.folder.path + "/none.jpg"), UploadOptions(path: scene.folder.path)] {
            #expect(scene.failure { try scene.client.upload(options).id }?.code == .storage)
        }
        #expect(scene.failure { try scene.client.upload(UploadOptions()).id }?.code == .badArgument)
        #expect(scene.failure { try scene.client.upload([1], options: UploadOptions(path: "a.jpg")).id }?.code == .badArgument)
        #expect(scene.server.connections == 0)
    }

    @Test func lostAnswersAreUncertainAndHarmless() throws {
        let scene = try MediaScene()
        let options = UploadOptions(type: "image/png", timeout: 2000)
        for act in [Server.Act.close, .reset, .silence, .answer(Server.http(200, "<html>")), .answer(Server.http(200, "{}"))] {
            scene.server.play(act)
            let failure = scene.failure { try scene.client.upload([1, 2], options: options).id }
            #expect(failure?.code == .uncertain && failure?.retry == .backoff, "\(act)")
        }
        scene.server.play(MediaScene.error(400, 131053))
        #expect(scene.failure { try scene.client.upload([1, 2], options: options).id }?.graph?.code == 131053)
        scene.server.play(MediaScene.error(500, 131000))
        #expect(scene.failure { try scene.client.upload([1, 2], options: options).id }?.retry == .backoff)
        let nowhere = try Client(config: Array(#"{"access_token":"t","phone_number_id":"1","base_url":"http://127.0.0.1:\#(Server.refusedPort())","proxy":""}"#.utf8))
        #expect(scene.failure { try nowhere.upload([1], options: options).id }?.code == .unreachable)
    }

    @Test func progressOfUploads() throws {
        let scene = try MediaScene()
        scene.server.play(.answer(taken))
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        _ = try scene.client.upload([UInt8](repeating: 120, count: 1_000_000), options: UploadOptions(type: "video/mp4", progressDescriptor: ends[1]))
        close(ends[1])
        let text = String(decoding: FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readDataToEndOfFile(), as: UTF8.self)
        #expect(text.hasSuffix("{\"done\":1000000,\"total\":1000000}\n"))
    }

    @Test func messagesStillGoOutBesideMedia() throws {
        let scene = try MediaScene()
        scene.server.play(.answer(taken), .answer(Server.http(200, Server.accepted)), scene.metadata(), scene.whole, .answer(Server.http(200, Server.accepted)))
        _ = try scene.client.upload([1], options: UploadOptions(type: "image/png"))
        let hello = Array(#"{"to":"+15550001234","text":"Hello"}"#.utf8)
        #expect(try scene.client.send(json: hello).messageID == "wamid.T")
        #expect(try scene.download().isVerified)
        #expect(try scene.client.send(json: hello).messageID == "wamid.T")
    }

    // MARK: Deleting

    @Test func filesAreDeleted() throws {
        let scene = try MediaScene()
        scene.server.play(.answer(Server.http(200, #"{"success":true}"#)))
        try scene.client.delete(MediaReference(id: "7/8"))
        #expect(scene.lines == ["DELETE /v25.0/7%2F8 HTTP/1.1"])
        scene.server.play(.answer(Server.http(200, #"{"success":false}"#)), MediaScene.error(400, 100), .close)
        #expect(scene.failure { try scene.client.delete(MediaReference(id: "7")) }?.code == .uncertain)
        #expect(scene.failure { try scene.client.delete(MediaReference(id: "7")) }?.code == .refused)
        #expect(scene.failure { try scene.client.delete(MediaReference(id: "7")) }?.retry == .backoff)
        let premises = try MediaScene(#","api":"on_premises""#)
        premises.server.play(.answer(Server.http(200, "")), .answer(Server.http(200, "{}")), .answer(Server.http(404, "")))
        try premises.client.delete(MediaReference(id: "7"))
        try premises.client.delete(MediaReference(id: "7"))
        #expect(premises.failure { try premises.client.delete(MediaReference(id: "7")) }?.code == .refused)
        #expect(premises.lines.first == "DELETE /v1/media/7 HTTP/1.1")
    }
}
