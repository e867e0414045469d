// The tape against Jansson: it accepts exactly what Jansson accepts, but for the exceptions that a webhook needs.
import CJansson
import Testing
@testable import WABiz

private func jansson(_ bytes: [UInt8]) -> Bool {
    var error = json_error_t()
    let value = bytes.withUnsafeBytes { json_loadb($0.bindMemory(to: CChar.self).baseAddress, bytes.count, Int(JSON_DECODE_ANY), &error) }
    defer { wabiz_json_release(value) }
    return value != nil
}

private func tape(_ bytes: [UInt8], _ tolerance: JSONTolerance = .strict) -> Bool {
    (try? Tape.read(bytes, tolerance) { _ in true }) ?? false
}

/// A small deterministic generator: the seed of a failure can be used again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct TapeTests {
    static let texts = [
        "", " ", "{}", "[]", "{", "[", "}", "[1,]", "{\"a\":}", "{\"a\"}", "{\"a\":1,}", "[1 2]", "{\"a\":1 \"b\":2}", "null", "nullx",
        "true", "tru", "falsee", "0", "-0", "-", "01", "1.", "1.5", ".5", "1e", "1e5", "1E+5", "1e-", "1e400", "-1e400", "1e-400",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "12345678901234567890123",
        "\"a\"", "\"", "\"\\\"", "\"\\u0000\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83dx\"",
        "\"\\ud83d\\u0041\"", "\"\\x\"", "\"\\u12\"", "\"\u{7f}\"", "\"\n\"", "\"é\"", "\"😀\"", "{\"a\":1,\"a\":2}", "{\"\":1}", "{1:2}",
        "[[[[]]]]", "[1]x", "{\"a\":[{\"b\":null}]}\n\t ", "\u{feff}{}", "1x", "1.0e5.", "--1", "+1", "Infinity", "NaN", "[,]", "[1,,2]",
    ]

    @Test(arguments: texts) func agreesWithJansson(_ text: String) {
        #expect(tape(Array(text.utf8)) == jansson(Array(text.utf8)), "\(text)")
    }

    @Test func refusesWhatIsNotUTF8() {
        for bad: [UInt8] in [[0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0x80], [0xE2, 0x82], [0xFF]] {
            let text = [0x22] + bad + [0x22]
            #expect(!tape(text) && !jansson(text), "\(bad)")
            #expect(!tape(text, .tolerant))
        }
    }

    @Test func boundsDepthAsJanssonDoes() {
        for depth in [2047, 2048, 2049] {
            let text = Array(String(repeating: "[", count: depth).utf8) + Array(String(repeating: "]", count: depth).utf8)
            #expect(tape(text) == (depth <= 2048))
            #expect(tape(text) == jansson(text))
        }
        #expect(!tape([UInt8](repeating: UInt8(ascii: "["), count: 3_000_000), .tolerant))
    }

    @Test(arguments: ["12345678901234567890123", "1e400", "\"\\u0000\"", "\"\\ud83d\"", "\"\\ude00x\""]) func toleratesInWebhooks(_ text: String) {
        #expect(!tape(Array(text.utf8)) && tape(Array(text.utf8), .tolerant))
    }

    /// Mutated documents: any disagreement between the two readers prints its seed and text.
    @Test func differentialFuzzing() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        let alphabet = Array("{}[]\",:\\/ubn0123456789.eE+-truefalsn \n\t\u{e9}\u{1F600}".utf8) + [0, 0x1F, 0x80, 0xC3, 0xED, 0xF4, 0xFF]
        for round in 0..<60_000 {
            var text = Array(Self.texts[Int.random(in: 0..<Self.texts.count, using: &random)].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0...text.count, using: &random)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text.insert(byte, at: at)
                case 1 where at < text.count: text[at] = byte
                case 2 where at < text.count: text.remove(at: at)
                default: text.insert(contentsOf: Self.texts[Int.random(in: 0..<Self.texts.count, using: &random)].utf8, at: at)
                }
            }
            let ours = tape(text)
            // Jansson 2.14 overlooks a NUL byte directly behind a number, which no JSON text may hold.
            if !ours, text.contains(0) { continue }
            if ours != jansson(text) {
                Testing.Issue.record("seed \(seed), round \(round): tape \(ours) for \(String(decoding: text, as: UTF8.self).debugDescription)")
                return
            }
            if ours && !tape(text, .tolerant) { Testing.Issue.record("tolerant refuses what strict takes: \(text)"); return }
        }
    }

    @Test func walksAndDecodes() throws {
        let text = #"{"a":{"b":[1,2.5,"x\u00e9\n\ud83d\ude00","\ud83d"],"c":true},"n":12345678901234567890,"d":1,"d":2,"s":"17"}"#
        try Tape.read(Array(text.utf8), .tolerant) { root in
            #expect(root.count == 5 && root.isObject)
            let b = root["a"]?["b"]
            #expect(b?.elements.map { String(describing: $0.kindName) } == ["integer", "number", "string", "string"])
            #expect(b?.elements.compactMap(\.string) == ["xé\n😀", "\u{FFFD}"])
            #expect(root["a"]?["c"]?.bool == true)
            #expect(root["n"]?.integer == nil && root["n"]?.raw == Array("12345678901234567890".utf8))
            #expect(root["d"]?.integer == 2)
            #expect(root["s"]?.lenientInteger == 17)
            #expect(root.objects.map(\.count) == [5, 2])
        }
    }

    @Test func namesThePlaceOfAnError() {
        do {
            try Tape.read(Array("{\n  \"a\": nope}".utf8)) { _ in }
            Testing.Issue.record("accepted")
        } catch {
            #expect(error.code == .badJSON && error.position == TextPosition(line: 2, column: 8, byte: 9))
        }
    }
}

@Suite struct TreeTests {
    @Test func writesRealsShort() {
        let tree: Tree = ["a": 48.2, "b": [0.1, 16.3738], "c": "é\"", "d": .null, "e": true, "f": -7]
        #expect(tree.text == #"{"a":48.2,"b":[0.1,16.3738],"c":"é\"","d":null,"e":true,"f":-7}"#)
    }

    @Test func writesLongDocuments() {
        let tree = Tree.array((0..<5000).map(Tree.integer))
        #expect((try? Tape.read(tree.bytes) { $0.count }) == 5000)
    }
}
