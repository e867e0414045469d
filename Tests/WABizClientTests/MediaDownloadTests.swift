// Downloads from a media host that answers well, cuts, lies and redirects. Every test asks what stands under the file's
// name afterwards, and where the token went.
import Foundation
import Testing
import WABiz
import WABizClient

private typealias Server = LoopbackServer

@Suite struct MediaDownloadTests {
    // MARK: Good answers

    @Test func aFileIsLookedUpFetchedAndNamed() throws {
        let scene = try MediaScene(#","app_secret":"app-secret","headers":{"X-Own":"1"}"#)
        scene.server.play(scene.metadata(), scene.whole)
        try "old".write(toFile: scene.path, atomically: true, encoding: .utf8)
        let file = try scene.download()
        #expect(scene.text(scene.path) == scene.file)
        #expect(scene.names == ["photo.jpg"])
        let mode = try FileManager.default.attributesOfItem(atPath: scene.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(file.document.text == #"{"id":"7","path":"\#(scene.path)","mime_type":"image/jpeg","size":20000,"sha256":"\#(MediaScene.hash(scene.file))","verified":true,"resumed_from":0,"http_status":200}"#)
        #expect(scene.lines.map { $0.prefix { $0 != "?" } } == ["GET /v25.0/7", "GET /attachments/"])
        #expect(scene.lines[0].contains(MediaScene.proof) && !scene.lines[1].contains(MediaScene.proof))
        #expect(scene.server.requests.allSatisfy { $0.has("authorization: bearer \(MediaScene.token)\r\n") && !$0.has("content-length") })
        #expect(scene.server.connections == 1)
    }

    @Test func aFileComesIntoMemory() throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(), scene.whole)
        let (file, bytes) = try scene.client.download(MediaReference(id: "7"))
        #expect(bytes == Array(scene.file.utf8))
        #expect(file.path == nil && file.isVerified)
        #expect(scene.names == [])
    }

    /// Meta's own spelling of the hash in webhooks, and its address: one request.
    @Test func aMediaObjectOfAWebhookIsEnough() throws {
        let scene = try MediaScene()
        let body = "made-up media bytes"
        scene.server.play(.answer(Server.http(200, body)))
        let object = #"{"id":"7","mime_type":"image/png","sha256":"+JPdCt+eiWKe+Sn2pTUrvv7o0xExJLI0/N9Lp03ClfA=","url":"\#(scene.url)","caption":"x"}"#
        let (file, bytes) = try scene.client.download(MediaReference(text: Array(object.utf8)))
        #expect(bytes == Array(body.utf8))
        #expect(file.isVerified && file.sha256 == "f893dd0adf9e89629ef929f6a5352bbefee8d3113124b234fcdf4ba74dc295f0" && file.type == "image/png")
        #expect(scene.lines == ["GET /attachments/?mid=7 HTTP/1.1"])
    }

    @Test func onPremisesAnswersWithTheBytes() throws {
        let scene = try MediaScene(#","api":"on_premises""#)
        scene.server.play(scene.whole)
        let file = try scene.download()
        #expect(scene.text(scene.path) == scene.file)
        #expect(!file.isVerified && file.type == "image/jpeg")
        #expect(scene.lines == ["GET /v1/media/7 HTTP/1.1"])
        #expect(scene.failure { try scene.client.mediaInfo(MediaReference(id: "7")) }?.code == .badArgument)
    }

    @Test func emptyFilesAreFiles() throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(hash: MediaScene.hash(""), size: 0), .answer(Server.http(200, "")))
        #expect(try scene.download().size == 0)
        #expect(scene.text(scene.path) == "")
    }

    // MARK: Cut and resumed

    @Test func aCutDownloadGoesOnWhenItIsCalledAgain() throws {
        let scene = try MediaScene()
        try "old".write(toFile: scene.path, atomically: true, encoding: .utf8)
        scene.server.play(scene.metadata(), scene.cut)
        let failure = scene.failure { try scene.download() }
        #expect(failure?.code == .unreachable && failure?.retry == .backoff)
        #expect(failure?.message.contains("10000 of 20000") == true)
        #expect(scene.text(scene.path) == "old")
        #expect(scene.text(scene.part)?.count == 10_000)
        scene.server.play(scene.metadata(), scene.rest(from: 10_000))
        let file = try scene.download()
        #expect(file.resumedFrom == 10_000 && file.isVerified && file.httpStatus == 206)
        #expect(scene.server.requests.last?.has("range: bytes=10000-\r\n") == true)
        #expect(scene.text(scene.path) == scene.file)
        #expect(scene.names == ["photo.jpg"])
    }

    @Test(arguments: [200, 206, 416]) func aServerThatCannotGoOnBeginsAnew(_ status: Int) throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(), scene.cut)
        _ = scene.failure { try scene.download() }
        switch status {
        case 200: scene.server.play(scene.metadata(), scene.whole)
        case 206: scene.server.play(scene.metadata(), scene.rest(from: 5_000, saying: 5_000), scene.whole)
        default: scene.server.play(scene.metadata(), .answer(Server.http(416, "")), scene.whole)
        }
        #expect(try scene.download().isVerified)
        #expect(scene.text(scene.path) == scene.file)
    }

    @Test func leftoversOfAnotherFileAreThrownAway() throws {
        let scene = try MediaScene()
        try String(repeating: "x", count: 500).write(toFile: scene.part, atomically: true, encoding: .utf8)
        scene.server.play(scene.metadata(), scene.rest(from: 500), scene.whole)
        let file = try scene.download()
        #expect(file.resumedFrom == 0 && file.isVerified)
        #expect(scene.text(scene.path) == scene.file)
        // Longer than the file can be: not even asked for.
        try String(repeating: "x", count: 20_001).write(toFile: scene.part, atomically: true, encoding: .utf8)
        scene.server.play(scene.metadata(), scene.whole)
        #expect(try scene.download().isVerified)
        #expect(scene.server.requests.last?.has("range:") == false)
    }

    @Test func aWholePartIsOnlyChecked() throws {
        let scene = try MediaScene()
        try scene.file.write(toFile: scene.part, atomically: true, encoding: .utf8)
        scene.server.play(scene.metadata())
        #expect(try scene.download().resumedFrom == 20_000)
        #expect(scene.lines.count == 1)
        #expect(scene.names == ["photo.jpg"])
    }

    /// Nobody knows whether the rest belongs to what is there.
    @Test func withoutAHashNothingIsResumed() throws {
        let scene = try MediaScene(#","api":"on_premises""#)
        try "half".write(toFile: scene.part, atomically: true, encoding: .utf8)
        scene.server.play(scene.whole)
        #expect(try scene.download().resumedFrom == 0)
        #expect(scene.server.requests.last?.has("range:") == false)
        #expect(scene.text(scene.path) == scene.file)
    }

    @Test(arguments: [LoopbackServer.Act.close, .reset, .silence]) func noAnswerIsNeverUncertain(_ act: LoopbackServer.Act) throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(), act)
        let failure = scene.failure { try scene.download(DownloadOptions(timeout: 400)) }
        #expect(failure?.code == .unreachable && failure?.retry == .backoff)
        scene.server.play(.close)
        #expect(scene.failure { try scene.download() }?.code == .unreachable)
        #expect(scene.names == [])
    }

    // MARK: Wrong bytes

    @Test func aWrongHashLeavesNothing() throws {
        let scene = try MediaScene()
        try "old".write(toFile: scene.path, atomically: true, encoding: .utf8)
        scene.server.play(scene.metadata(hash: MediaScene.hash("another")), scene.whole)
        let failure = scene.failure { try scene.download() }
        #expect(failure?.code == .unauthentic && failure?.retry == .backoff)
        #expect(scene.text(scene.path) == "old")
        #expect(scene.names == ["photo.jpg"])
        scene.server.play(scene.metadata(hash: MediaScene.hash("another")), scene.whole)
        #expect(scene.failure { try scene.client.download(MediaReference(id: "7")).file }?.code == .unauthentic)
    }

    @Test(arguments: [19_999, 20_001]) func aWrongSizeLeavesNothing(_ size: Int) throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(size: size), scene.whole)
        #expect(scene.failure { try scene.download() }?.code == .unauthentic)
        #expect(scene.names == [])
    }

    @Test func theWebhooksHashMustBeMetas() throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(), scene.whole)
        let media = try MediaReference(text: Array(#"{"id":"7","sha256":"\#(MediaScene.hash("another"))"}"#.utf8))
        #expect(scene.failure { try scene.client.download(media, to: scene.path) }?.code == .unauthentic)
        #expect(scene.lines.count == 1)
        #expect(scene.names == [])
    }

    @Test func largerThanAllowedIsFull() throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(), scene.whole)
        #expect(scene.failure { try scene.download(DownloadOptions(maxBytes: 19_999)) }?.code == .full)
        #expect(scene.lines.count == 1)
        let premises = try MediaScene(#","api":"on_premises""#)
        premises.server.play(premises.whole)
        #expect(premises.failure { try premises.download(DownloadOptions(maxBytes: 19_999)) }?.code == .full)
        #expect(premises.failure { try premises.client.download(MediaReference(id: "7"), options: DownloadOptions(maxBytes: 1)).file }?.code == .full)
        #expect(scene.names == [] && premises.names == [])
        #expect(try premises.download(DownloadOptions(maxBytes: 20_000)).size == 20_000)
    }

    @Test func refusalsKeepMetasError() throws {
        let scene = try MediaScene()
        scene.server.play(MediaScene.error(400, 100))
        let failure = scene.failure { try scene.download() }
        #expect(failure?.code == .refused && failure?.graph?.code == 100 && failure?.retry == .afterFix)
        scene.server.play(scene.metadata(), .answer(Server.http(503, "<html>", "Content-Type: text/html\r\n")))
        #expect(scene.failure { try scene.download() }?.code == .refused)
        scene.server.play(.answer(Server.http(200, "<html>", "Content-Type: text/html\r\n")))
        #expect(scene.failure { try scene.download() }?.code == .unreachable)
        #expect(scene.names == [])
    }
}
