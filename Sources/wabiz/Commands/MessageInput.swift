// Where documents come from: files by name, "-" or nothing for standard input.
import Foundation
import WABiz

/// A document that was read, and what to call it.
struct MessageInput {
    var name: String
    var bytes: [UInt8]

    /// Reads every file; standard input when none is named. A file of JSON Lines gives one message per line.
    static func read(_ names: [String]) throws -> [MessageInput] {
        try (names.isEmpty ? ["-"] : names).flatMap { try MessageInput(named: $0).messages }
    }

    /// One message, or one for each line that is not blank when only the lines are JSON and not the whole.
    private var messages: [MessageInput] {
        if isJSON(bytes) { return [self] }
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().filter { $0.element.contains { $0 > 0x20 } }
        guard lines.count > 1, lines.contains(where: { isJSON(Array($0.element)) }) else { return [self] }
        return lines.map { MessageInput(name: "\(name):\($0.offset + 1)", bytes: Array($0.element)) }
    }

    private func isJSON(_ text: [UInt8]) -> Bool { (try? Tape.read(text) { _ in true }) ?? false }

    private init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    init(named name: String) throws {
        self.name = name == "-" ? "standard input" : name
        do {
            bytes = try name == "-" ? MessageInput.standardInput() : Array(Data(contentsOf: URL(fileURLWithPath: name)))
        } catch {
            throw CommandFailure("\(self.name) cannot be read: \(error.localizedDescription)")
        }
    }

    static func standardInput() throws -> [UInt8] { Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
}

/// Ends the command with a sentence on standard error and status 1.
struct CommandFailure: LocalizedError {
    var errorDescription: String?

    init(_ text: String) { errorDescription = text }
}
