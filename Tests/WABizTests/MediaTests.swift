// The pure parts around media files: hashes in both spellings, media objects, limits and types of uploads, options.
import Testing
@testable import WABiz

@Suite struct MediaTests {
    private static let vector = "f893dd0adf9e89629ef929f6a5352bbefee8d3113124b234fcdf4ba74dc295f0"

    // MARK: Hashes

    @Test func bothSpellingsAreTheSameHash() {
        let hash = MediaHash(MediaTests.vector)
        #expect(hash?.hex == MediaTests.vector)
        for text in [
            MediaTests.vector.uppercased(), "+JPdCt+eiWKe+Sn2pTUrvv7o0xExJLI0/N9Lp03ClfA=", "+JPdCt+eiWKe+Sn2pTUrvv7o0xExJLI0/N9Lp03ClfA",
            "-JPdCt-eiWKe-Sn2pTUrvv7o0xExJLI0_N9Lp03ClfA=",
        ] { #expect(MediaHash(text) == hash, "\(text)") }
    }

    @Test(arguments: ["", "x=", "f893", MediaTests.vector + "0", "g" + MediaTests.vector.dropFirst(), "é" + MediaTests.vector.dropFirst(2), "+JPdCt+eiWKe+Sn2pTUrvv7o0xExJLI0/N9Lp03ClfA*"])
    func whatIsNoHash(_ text: String) { #expect(MediaHash(text) == nil) }

    @Test func runningAndWholeDigestsAgree() {
        for count in [0, 1, 63, 64, 65, 1000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let running = RunningDigest()
            for byte in bytes { [byte].withUnsafeBytes { running.add($0) } }
            let hash = running.finish()
            #expect(hash?.hex == Digest.sha256(bytes)?.hex)
            #expect(running.finish() == nil)
        }
    }

    // MARK: Media objects

    @Test func objectsAndIDs() throws {
        #expect(try MediaReference(text: Array("311222333444555".utf8)).id == "311222333444555")
        let media = try MediaReference(text: Array(#" {"id":311,"mime_type":"image/jpeg","sha256":"\#(MediaTests.vector)","voice":true,"url":null}"#.utf8))
        #expect(media.id == "311" && media.type == "image/jpeg" && media.hash?.hex == MediaTests.vector && media.url == nil)
        for text in ["", " ", "a b", "é", "{}", #"{"id":""}"#, #"{"id":true}"#, #"{"id":"1","sha256":"x="}"#, String(repeating: "1", count: 513)] {
            #expect { try MediaReference(text: Array(text.utf8)) } throws: { ($0 as? Failure)?.code == .badArgument }
        }
        #expect { try MediaReference(text: Array("{".utf8)) } throws: { ($0 as? Failure)?.code == .badJSON }
        #expect { try MediaReference(text: [0xFF]) } throws: { ($0 as? Failure)?.code == .badArgument }
    }

    @Test func onlyKnownHostsAreTrusted() throws {
        let cloud = try Account(accessToken: "t", phoneNumberID: "1")
        let proxied = try Account(accessToken: "t", phoneNumberID: "1", baseURL: "https://graph.example:8443/v")
        func trusts(_ account: Account, _ url: String) throws -> Bool {
            try MediaReference(text: Tree.object([("id", "1"), ("url", .string(url))]).bytes).trustedURL(for: account) != nil
        }
        #expect(try trusts(cloud, "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2&hash=A"))
        #expect(try trusts(cloud, "https://LOOKASIDE.fbsbx.com:443/a"))
        #expect(try trusts(cloud, "https://graph.facebook.com/x"))
        #expect(try trusts(proxied, "https://graph.example:8443/x"))
        for url in [
            "http://lookaside.fbsbx.com/a", "https://lookaside.fbsbx.com:444/a", "https://lookaside.fbsbx.com.example/a", "https://a@lookaside.fbsbx.com/a",
            "https://lookaside.fbsbx.com@example.org/a", "https://fbsbx.com/a", "https://example.org/lookaside.fbsbx.com", "https://graph.example/x", "x", "",
        ] { #expect(try !trusts(cloud, url), "\(url)") }
        #expect(try !trusts(proxied, "https://graph.example/x"))
        let premises = try Account(accessToken: "t", api: .onPremises, baseURL: "https://wa.example")
        #expect(try !trusts(premises, "https://lookaside.fbsbx.com/a"))
    }

    // MARK: Limits

    /// Every kind below, at and above each of its limits.
    @Test(arguments: MediaLimits.kinds.map(\.word.description)) func sizes(_ word: String) throws {
        let kind = try #require(MediaLimits.kind(word))
        let type = try #require(kind.types.first?.mime.description)
        for (api, limits) in [(API.cloud, kind.limits), (.onPremises, kind.onPremises)] {
            let error = try #require(limits.first), warning = try #require(limits.last)
            #expect(error.severity == .error && warning.severity == .warning && warning.max < error.max)
            for (size, severity) in [
                (1, nil), (warning.max, nil), (warning.max + 1, .warning), (error.max, .warning), (error.max + 1, .error), (.max, .error), (0, .error),
            ] as [(Int, WABiz.Issue.Severity?)] {
                let issues = found(size: size, UploadOptions(type: type), api)
                #expect(issues.map(\.severity) == [severity].compactMap { $0 }, "\(word) \(size)")
                #expect(issues.allSatisfy { $0.rule == "media.\(word).size" && $0.path == "" })
            }
        }
    }

    @Test func typesComeFromEndings() throws {
        for kind in MediaLimits.kinds {
            for type in kind.types {
                for ending in type.endings {
                    let upload = try MediaUpload(MediaUpload.Facts(size: 1, head: []), options: UploadOptions(path: "/a.b/c.\(ending.description.uppercased())"), api: .cloud)
                    #expect(upload.type == type.mime.description && upload.kind == kind.word.description && upload.filename == "c.\(ending.description.uppercased())")
                    #expect(upload.warnings.isEmpty)
                }
            }
        }
    }

    @Test func typesThatAreNotListed() {
        #expect(found(UploadOptions(path: "a.exe")).map(\.code) == [.missing])
        #expect(found(UploadOptions(path: "a")).map(\.path) == ["/type"])
        #expect(found(UploadOptions(type: "application/zip")).map(\.severity) == [.warning])
        #expect(found(UploadOptions(type: "application/zip"), .onPremises).isEmpty)
        #expect(found(UploadOptions(type: "image/gif", kind: "image")).map(\.code) == [.notOneOf])
        #expect(found(UploadOptions(type: "image/png", kind: "document")).map(\.severity) == [.warning])
        #expect(found(UploadOptions(type: "image/png", kind: "picture")).map(\.path) == ["/kind"])
        for type in ["jpeg", "image/", "/png", "image/png/x", "image/png\r\nX: 1", "ima ge/png", "", String(repeating: "a", count: 250) + "/plain"] {
            #expect(found(UploadOptions(type: type)).contains { $0.severity == .error }, "\(type)")
        }
    }

    @Test func oggHoldsOpus() {
        for type in ["audio/ogg", "audio/ogg; codecs=opus", #"audio/ogg;codecs="OPUS""#] { #expect(found(UploadOptions(type: type)).isEmpty, "\(type)") }
        #expect(found(UploadOptions(type: "audio/ogg; codecs=vorbis")).map(\.code) == [.notAllowed])
    }

    @Test func stickersThatMoveMayBeLarger() {
        let head = Array("RIFF____WEBPVP8X".utf8) + [10, 0, 0, 0]
        let moving = head + [0x12] + [0, 0, 0], still = head + [0x10] + [0, 0, 0]
        let options = UploadOptions(type: "image/webp")
        #expect(found(size: 400_000, options, .cloud, head: moving).isEmpty)
        #expect(found(size: 500 << 10 | 1, options, .cloud, head: moving).map(\.severity) == [.error])
        #expect(found(size: 400_000, options, .cloud, head: still).map(\.severity) == [.error])
        #expect(found(size: 1000, options, .onPremises, head: moving).map(\.code) == [.notAllowed])
        #expect(found(size: 1000, options, .cloud, head: Array(moving.prefix(20))).isEmpty)
    }

    @Test func namesAndLifeTimes() {
        for name in ["", "a/b", "a\r\nb", "a\u{7F}", String(repeating: "ä", count: 128)] {
            #expect(found(UploadOptions(type: "image/png", filename: name)).map(\.path) == ["/filename"], "\(name.count)")
        }
        for (minutes, isFine) in [(59, false), (60, true), (43200, true), (43201, false), (.min, false)] {
            #expect(found(UploadOptions(type: "image/png", timeToLive: minutes)).isEmpty == isFine)
        }
        #expect(found(UploadOptions(type: "image/png", timeToLive: 60), .onPremises).map(\.code) == [.notAllowed])
    }

    @Test func limitsAreDescribed() {
        let text = Describe.table("limits")?.text ?? ""
        for part in [#""name":"media.image.size""#, #""max":5242880,"unit":"bytes""#, #""type":"application/pdf","kind":"document","endings":["pdf"]"#] {
            #expect(text.contains(part), "\(part)")
        }
    }

    // MARK: Options and calls

    @Test func optionsAreChecked() throws {
        for text in [
            "[]", #"{"nothing":1}"#, #"{"path":1}"#, #"{"path":""}"#, #"{"path":"a/"}"#, #"{"path":"a\u0000"}"#, #"{"timeout_ms":0}"#,
            #"{"timeout_ms":86400001}"#, #"{"progress_fd":-1}"#, #"{"progress_fd":2147483648}"#, #"{"max_bytes":0}"#, #"{"max_bytes":2147483648}"#,
        ] {
            #expect(throws: Failure.self, "\(text)") { try DownloadOptions(json: Array(text.utf8)) }
        }
        #expect(throws: Failure.self) { try UploadOptions(json: Array(#"{"max_bytes":1}"#.utf8)) }
        let options = try DownloadOptions(json: Array(#"{"path":"a","max_bytes":5,"timeout_ms":7,"progress_fd":3}"#.utf8))
        #expect((options.path, options.maxBytes, options.timeout, options.progressDescriptor) == ("a", 5, 7, 3))
        #expect(try DownloadOptions(json: nil).maxBytes == 104_857_600)
    }

    @Test func secretsDoNotShow() throws {
        let account = try Account(accessToken: "EAAGtoken-secret", phoneNumberID: "106", appSecret: "appsecret")
        let call = try Call(lookUp: "7", for: account)
        #expect(call.url.hasPrefix("https://graph.facebook.com/v25.0/7?appsecret_proof="))
        var text = "\(call)"
        dump(call, to: &text)
        #expect(!text.contains("EAAG") && !text.contains("proof="))
    }

    private func found(_ options: UploadOptions, _ api: API = .cloud) -> [WABiz.Issue] { found(size: 1000, options, api) }

    private func found(size: Int, _ options: UploadOptions, _ api: API, head: [UInt8] = []) -> [WABiz.Issue] {
        do throws(Failure) { return try MediaUpload(MediaUpload.Facts(size: size, head: head), options: options, api: api).warnings } catch { return error.issues }
    }
}
