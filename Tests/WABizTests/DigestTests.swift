// Digests against published vectors (FIPS 180-4 examples, RFC 4231) and against bent input.
import Testing
@testable import WABiz

@Suite struct DigestTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func hashesPublishedVectors() {
        #expect(Digest.sha256(bytes("abc"))?.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Digest.sha256([])?.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func authenticatesPublishedVectors() {
        let vectors: [(key: [UInt8], message: [UInt8], code: String)] = [
            ([UInt8](repeating: 0x0B, count: 20), bytes("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (bytes("Jefe"), bytes("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            ([UInt8](repeating: 0xAA, count: 131), bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            ([], [], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ]
        for vector in vectors { #expect(Digest.hmacSHA256(key: vector.key, message: vector.message)?.hex == vector.code) }
    }

    @Test func readsOnlySixtyFourLowerCaseDigits() throws {
        let digest = try #require(Digest.sha256(bytes("abc")))
        let again = try #require(Digest(hex: digest.hexBytes))
        #expect(again.matches(digest))
        for bad in [digest.hex.uppercased(), String(digest.hex.dropLast()), digest.hex + "0", "", "g" + digest.hex.dropFirst(), digest.hex.dropLast() + "é"] {
            #expect(Digest(hex: bytes(bad)) == nil, "\(bad)")
        }
    }

    @Test func comparesWholeTexts() throws {
        #expect(Digest.isEqual(bytes("token"), bytes("token")))
        for other in ["", "toke", "token ", "Token"] { #expect(!Digest.isEqual(bytes("token"), bytes(other)), "\(other)") }
        let one = try #require(Digest.sha256(bytes("a"))), two = try #require(Digest.sha256(bytes("b")))
        #expect(!one.matches(two))
    }
}
