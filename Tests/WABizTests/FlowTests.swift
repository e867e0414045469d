// The flow endpoint's ciphers against the reference's vectors, base64 against its edges, and the signature of flow tokens.
import Foundation
import Testing
@testable import WABiz

private func wiped(_ bytes: some Sequence<UInt8>) -> WipedBytes { Array(bytes).withUnsafeBytes { WipedBytes($0) } }
private func bytes(_ wiped: WipedBytes?) -> [UInt8]? { wiped?.withBytes { [UInt8]($0) } }

@Suite struct FlowTests {
    private let session = FlowSession(key: wiped(0..<16), iv: wiped(16..<32))

    @Test func opensTheVector() throws {
        let data = try #require(Base64.decode(Array("vryB0w/BTee4OvmgkgEf9dnfQfwZb8iWi7yl5iotFMJeuQl749lOptdzv/L1T2V2PA==".utf8)))
        #expect(try session.open(data).text == #"{"version":"3.0","action":"ping"}"#)
    }

    @Test func sealsTheVector() throws {
        let text = session.text.text
        let answer = try FlowEndpoint.encrypt(session: text, response: Array(#"{"data":{"status":"active"}}"#.utf8)).text
        #expect(answer == #"{"http_status":200,"content_type":"text/plain","body":"IHgL0mWXHJ6FDPLH6+aygF5BfT+mPzwvzktiKvlmYpg8eFKqJX/07YVStaI="}"#)
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let sealed = try #require(bytes(Base64.decode(Array("vryB0w/BTee4OvmgkgEf9dnfQfwZb8iWi7yl5iotFMJeuQl749lOptdzv/L1T2V2PA==".utf8))))
        for bit in 0..<sealed.count * 8 {
            var bent = sealed
            bent[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: Failure.self) { try session.open(wiped(bent)) }
        }
        for length in 0..<sealed.count { #expect(throws: Failure.self) { try session.open(wiped(sealed.prefix(length))) } }
    }

    @Test(arguments: [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"), ("Zm9vYmFy", "foobar")])
    func base64OfRFC4648(_ text: String, _ plain: String) {
        #expect(Base64.encode(Array(plain.utf8)).text == text && bytes(Base64.decode(Array(text.utf8))) == Array(plain.utf8))
        #expect(bytes(Base64.decode(text.utf8.filter { $0 != UInt8(ascii: "=") }, .url)) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9", "Zm9\n", "====", "=m9v", "Zm9v-_==", "Zm9véé", "Z=9v"])
    func whatIsNoBase64(_ text: String) { #expect(Base64.decode(Array(text.utf8)) == nil) }

    @Test func everyByteThroughBase64() {
        for length in 0..<70 {
            let plain = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ length) }
            #expect(Data(plain).base64EncodedString() == Base64.encode(plain).text && bytes(Base64.decode(Base64.encode(plain))) == plain)
        }
    }

    // MARK: Flow tokens

    private func token(_ payload: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#, secret: String = "s") throws -> String {
        func url(_ bytes: [UInt8]) -> String {
            Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
        }
        let message = url(Array(header.utf8)) + "." + url(Array(payload.utf8))
        return try message + "." + url(#require(Digest.hmacSHA256(key: Array(secret.utf8), message: Array(message.utf8))).bytes)
    }

    private func isGenuine(_ signature: String?, secrets: String? = "s") -> Bool {
        let request = signature.map { #"{"flow_token":"tok-77","flow_token_signature":"\#($0)"}"# } ?? #"{"flow_token":"tok-77"}"#
        do throws(Failure) {
            try Tape.read(Array(request.utf8)) { (view) throws(Failure) in try FlowToken.verify(view, secrets: secrets) }
            return true
        } catch {
            #expect(error.httpStatus == 427)
            return false
        }
    }

    @Test func flowTokensAreVerified() throws {
        let good = try token(#"{"flow_token":"tok-77"}"#)
        #expect(isGenuine(nil) && isGenuine(good) && isGenuine(good, secrets: "old\ns"))
        #expect(try isGenuine(token(#"{"sub":"x"}"#)))
        for bad in [
            "", "a.b", "a.b.c.d", good + "A", String(good.dropLast()), "." + good, try token(#"{"flow_token":"tok-78"}"#), try token("7"), try token("{"),
            try token(#"{"flow_token":"tok-77"}"#, header: #"{"alg":"none"}"#), try token(#"{"flow_token":"tok-77"}"#, secret: "t"),
        ] { #expect(!isGenuine(bad), "\(bad)") }
        #expect(!isGenuine(good, secrets: nil) && !isGenuine(good, secrets: "t"))
    }

    // MARK: Requests

    @Test func wipedBytesAreBounded() {
        let some = wiped(0..<10)
        #expect(some.part(5..<11) == nil && bytes(some.part(8..<10)) == [8, 9])
        some.shorten(to: 50)
        #expect(some.count == 10)
        some.shorten(to: -1)
        #expect(some.count == 0)
    }
}
