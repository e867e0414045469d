// The memory that documents are written to: what is appended is there, what is cut is gone, and what is taken ends in a NUL.
import Foundation
import Testing
@testable import WABiz

@Suite struct TextMemoryTests {
    private func text(_ write: (inout TextMemory) -> Void) -> String {
        var memory = TextMemory()
        write(&memory)
        return memory.array.text
    }

    @Test(arguments: [0, 7, -7, 10, 99, 100, -100, 1_767_225_600, Int.max, Int.min, Int.max / 10, Int.min + 1])
    func writesNumbersAsSwiftDoes(_ number: Int) {
        #expect(text { $0.append(decimal: number) } == "\(number)")
        let read = Array("[\(number),\"\(number)\"]".utf8)
        #expect(throws: Never.self) {
            try Tape.read(read) { root in
                #expect(root.element(0)?.integer == number && root.element(1)?.lenientInteger == number)
            }
        }
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "99999999999999999999", "+", "-", "", " 1", "1 ", "1.0", "0x1", "1e3", "--1"])
    func readsOnlyWholeNumbers(_ spelling: String) throws {
        try Tape.read(Array("[\"\(spelling)\"]".utf8)) { root in #expect(root.element(0)?.lenientInteger == Int(spelling)) }
    }

    @Test func growsAndIsCut() {
        let piece = Array("0123456789".utf8)
        let grown = text { memory in
            for _ in 0..<10_000 { memory.append(piece) }
            memory.append("name", between: UInt8(ascii: "\""), and: UInt8(ascii: "\""))
        }
        #expect(grown == String(repeating: "0123456789", count: 10_000) + "\"name\"")
        #expect(text { $0.append(piece); $0.cut(to: 4); $0.cut(to: 9); $0.cut(to: -1); $0.append(UInt8(ascii: "!")) } == "0123!")
    }

    @Test(arguments: [0, 1, 511, 512, 100_000]) func isTakenWithANUL(_ count: Int) throws {
        var memory = TextMemory(capacity: 512)
        memory.append([UInt8](repeating: 0x61, count: count))
        let (length, visible) = (memory.count, memory.bytes.count)
        #expect(length == count && visible == count)
        let text = memory.take()
        let taken = try #require(text)
        defer { free(taken) }
        #expect(strlen(taken) == count)
    }

    @Test func aValueThatIsNoneLeavesNothing() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.integer(1)
        let isThere = writer.value { text in
            text.append(UInt8(ascii: "x"))
            return false
        }
        writer.integer(2)
        writer.endArray()
        let bytes = writer.bytes
        #expect(!isThere && bytes.text == "[1,2]")
    }
}
