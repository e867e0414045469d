// A signature that does not match because the body was written again: the failure says so, and nothing else changes.
import Foundation
import Testing
@testable import WABiz

@Suite struct EscapedFormTests {
    private let meta = #"{"object":"whatsapp_business_account","entry":[{"id":"100","time":1767225600,"changes":[{"field":"security","value":{"event":"PIN_CHANGED","note":"caf\u00e9 \/ \ud83d\ude00"}}]}]}"#
    private let signature = "sha256=ab5d8d6826a87532389f22d4308362e7eea8c7e379e47f3c99700a13bf2c4f50"

    private func message(_ body: String, _ secrets: String = "test-app-secret") -> String? {
        do {
            _ = try Webhook.receive(body: Array(body.utf8), signature: signature, secrets: secrets)
            return nil
        } catch {
            #expect(error.code == .unauthentic && error.retry == .never)
            return error.message
        }
    }

    private var raw: String { meta.replacing(#"\u00e9"#, with: "é").replacing(#"\/"#, with: "/").replacing(#"\ud83d\ude00"#, with: "😀") }

    @Test func isRecognised() throws {
        #expect(message(meta) == nil)
        let spaced = raw.replacing(":", with: ": ").replacing(",", with: ",\n ")
        let python = meta.replacing(#"\/"#, with: "/").replacing(":", with: ": ").replacing(",", with: ", ")
        for body in [raw, spaced, python, meta.replacing(#"\u00e9"#, with: #"\u00E9"#), raw.replacing("/", with: #"\/"#)] {
            let said = try #require(message(body))
            #expect(said.contains("parsed and written again") && said.contains("raw bytes"), "\(body)")
            #expect(message(body, "old\ntest-app-secret") == said)
        }
    }

    @Test func isNotClaimedOtherwise() throws {
        for body in [raw.replacing("é", with: "e"), meta + " x", "", raw.replacing("100", with: "101")] {
            #expect(try !#require(message(body)).contains("it was parsed"), "\(body)")
        }
        #expect(try !#require(message(raw, "another secret")).contains("it was parsed"))
        #expect([UInt8]().withUnsafeBytes { EscapedForm.of($0, escapesSlashes: true) == nil })
        let long = [UInt8](repeating: 0x20, count: EscapedForm.longest + 1)
        #expect(long.withUnsafeBytes { EscapedForm.of($0, escapesSlashes: true) == nil })
        #expect([UInt8]([0xFF, 0x22]).withUnsafeBytes { EscapedForm.of($0, escapesSlashes: true) == nil })
        #expect(Array(#""\"#.utf8).withUnsafeBytes { EscapedForm.of($0, escapesSlashes: true) == nil })
    }
}
