// Where the token goes, what happens when an address is old or leads elsewhere, and what the file system may do to a
// download.
import Foundation
import Testing
import WABiz
import WABizClient

private typealias Server = LoopbackServer

@Suite struct MediaSafetyTests {
    // MARK: The token

    @Test func aRedirectIsFollowedWithoutTheToken() throws {
        let scene = try MediaScene(#","headers":{"X-Key":"own-credential"}"#)
        let elsewhere = try Server(scene.whole)
        defer { elsewhere.stop() }
        scene.server.play(scene.metadata(), MediaScene.redirect(elsewhere.url + "/cdn"))
        #expect(try scene.download().isVerified)
        let request = try #require(elsewhere.requests.first)
        #expect(request.hasPrefix("GET /cdn HTTP/1.1\r\n"))
        #expect(!request.contains(MediaScene.token) && !request.contains("own-credential") && !request.has("authorization"))
        // Not even back at home.
        scene.server.play(scene.metadata(), MediaScene.redirect("/again", 307), scene.whole)
        #expect(try scene.download().isVerified)
        #expect(scene.server.requests.last?.has("authorization") == false)
    }

    /// The host of the answer gets the token; the account's own headers stay at home.
    @Test func theNamedHostGetsTheTokenAlone() throws {
        let scene = try MediaScene(#","headers":{"X-Key":"own-credential"}"#)
        let host = try Server(scene.whole)
        defer { host.stop() }
        scene.server.play(scene.metadata(url: host.url + "/m"))
        #expect(try scene.download().isVerified)
        let request = try #require(host.requests.first)
        #expect(request.has("authorization: bearer \(MediaScene.token)\r\n") && !request.contains("own-credential"))
    }

    @Test(arguments: [
        "http://media.example/a", "http://127.0.0.1.example/a", "ftp://127.0.0.1/a", "file:///etc/passwd", "//media.example/a", "", "https://user@127.0.0.1/a",
    ]) func otherAddressesAreNotAsked(_ url: String) throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(url: url))
        #expect(scene.failure { try scene.download() }?.code == .refused)
        #expect(scene.lines.count == 1)
        #expect(scene.names == [])
    }

    @Test(arguments: ["http://media.example/a", "ftp://127.0.0.1/a", "file:///etc/passwd"]) func redirectsThereAreNotFollowed(_ url: String) throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(), MediaScene.redirect(url))
        #expect(scene.failure { try scene.download() }?.code == .refused)
        #expect(scene.lines.count == 2)
    }

    @Test func redirectsWithoutEndEnd() throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(), MediaScene.redirect("/round"))
        #expect(scene.failure { try scene.download() }?.code == .refused)
        #expect(scene.lines.count == 5)
    }

    @Test func theLookUpIsNotRedirected() throws {
        let scene = try MediaScene()
        let elsewhere = try Server(scene.whole)
        defer { elsewhere.stop() }
        scene.server.play(MediaScene.redirect(elsewhere.url))
        #expect(scene.failure { try scene.download() }?.code == .refused)
        #expect(elsewhere.connections == 0)
    }

    /// A webhook that nobody verified can name any host: the id is looked up instead.
    @Test func aForeignURLOfAWebhookIsNotAsked() throws {
        let scene = try MediaScene()
        let thief = try Server(scene.whole)
        defer { thief.stop() }
        scene.server.play(scene.metadata(), scene.whole)
        let media = try MediaReference(text: Array(#"{"id":"7","url":"\#(thief.url)/a"}"#.utf8))
        #expect(try scene.client.download(media, to: scene.path).isVerified)
        #expect(thief.connections == 0)
        let only = try MediaReference(text: Array(#"{"url":"\#(thief.url)/a"}"#.utf8))
        #expect(scene.failure { try scene.client.download(only, to: scene.path) }?.code == .badArgument)
        #expect(thief.connections == 0)
    }

    // MARK: Old addresses

    @Test(arguments: [401, 403, 404, 410]) func anOldURLIsRenewedOnce(_ status: Int) throws {
        let scene = try MediaScene()
        let media = try MediaReference(text: Array(#"{"id":"7","url":"\#(scene.url)"}"#.utf8))
        scene.server.play(.answer(Server.http(status, "")), scene.metadata(url: scene.server.url + "/new"), scene.whole)
        #expect(try scene.client.download(media, to: scene.path).isVerified)
        #expect(scene.lines.map { $0.split(separator: " ")[1] } == ["/attachments/?mid=7", "/v25.0/7", "/new"])
        scene.server.play(scene.metadata(), .answer(Server.http(status, "")), scene.metadata(), .answer(Server.http(status, "")))
        let failure = scene.failure { try scene.download() }
        #expect(failure?.code == .refused && failure?.graph?.httpStatus == status)
        #expect(scene.lines.count == 7)
    }

    /// The URL ran out in the middle: the call after it gets a new one and goes on.
    @Test func anExpiredDownloadIsResumed() throws {
        let scene = try MediaScene()
        scene.server.play(scene.metadata(), scene.cut)
        _ = scene.failure { try scene.download() }
        scene.server.play(scene.metadata(), .answer(Server.http(404, "")), scene.metadata(), scene.rest(from: 10_000))
        #expect(try scene.download().resumedFrom == 10_000)
        #expect(scene.text(scene.path) == scene.file)
    }

    // MARK: The file system

    @Test func aFolderThatIsNotThereIsToldBeforeTheNetwork() throws {
        let scene = try MediaScene()
        for path in [scene.folder.path + "/none/a.jpg", "/proc/wabiz-a.jpg"] {
            let failure = scene.failure { try scene.client.download(MediaReference(id: "7"), to: path) }
            #expect(failure?.code == .storage && failure?.message.contains(path) == true)
        }
        #expect(scene.failure { try scene.client.download(MediaReference(id: "7"), to: scene.folder.path + "/") }?.code == .badArgument)
        #expect(scene.server.connections == 0)
    }

    @Test func aFolderInPlaceOfTheFileKeepsThePart() throws {
        let scene = try MediaScene()
        try FileManager.default.createDirectory(atPath: scene.path + "/x", withIntermediateDirectories: true)
        scene.server.play(scene.metadata(), scene.whole)
        #expect(scene.failure { try scene.download() }?.code == .storage)
        #expect(scene.text(scene.part) == scene.file)
    }

    @Test func linksAndPipesAreNotWrittenTo() throws {
        let scene = try MediaScene()
        let other = scene.folder.appending(path: "other").path
        try "mine".write(toFile: other, atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: scene.part, withDestinationPath: other)
        #expect(scene.failure { try scene.download() }?.code == .storage)
        unlink(scene.part)
        link(other, scene.part)
        #expect(scene.failure { try scene.download() }?.code == .storage)
        unlink(scene.part)
        mkfifo(scene.part, 0o600)
        #expect(scene.failure { try scene.download() }?.code == .storage)
        #expect(scene.text(other) == "mine")
        #expect(scene.server.connections == 0)
    }

    @Test func twoDownloadsDoNotMix() throws {
        let scene = try MediaScene()
        let held = Glibc.open(scene.part, O_RDWR | O_CREAT, 0o600)
        defer { close(held) }
        #expect(flock(held, LOCK_EX) == 0)
        let failure = scene.failure { try scene.download() }
        #expect(failure?.code == .storage && failure?.retry == .backoff)
        #expect(scene.server.connections == 0)
    }

    // MARK: Progress

    @Test func progressIsWrittenAsLines() throws {
        let scene = try MediaScene()
        let big = String(repeating: "0123456789abcdef", count: 40_000)
        scene.server.play(scene.metadata(hash: MediaScene.hash(big), size: big.count), .answer(Server.http(200, big)))
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        _ = try scene.download(DownloadOptions(progressDescriptor: ends[1]))
        close(ends[1])
        let text = String(decoding: FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readDataToEndOfFile(), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.count > 2 && lines.count < 20)
        #expect(lines.last == #"{"done":640000,"total":640000}"#)
    }

    /// A reader that went away, or does not read, does no harm.
    @Test func progressNeverWaits() throws {
        let scene = try MediaScene()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let full = [UInt8](repeating: 10, count: 4096)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        while write(ends[1], full, full.count) > 0 {}
        _ = fcntl(ends[1], F_SETFL, 0)
        scene.server.play(scene.metadata(), scene.whole)
        _ = try scene.download(DownloadOptions(progressDescriptor: ends[1]))
        close(ends[0])
        scene.server.play(scene.metadata(), scene.whole)
        _ = try scene.download(DownloadOptions(progressDescriptor: ends[1]))
        close(ends[1])
        scene.server.play(scene.metadata(), scene.whole)
        _ = try scene.download(DownloadOptions(progressDescriptor: 1_000_000))
    }
}
