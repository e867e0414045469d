// The corpus of messages: one case per file under Tests/Corpus/messages, read once.
//
//     {"options":{…}, "message":{…} or "text":"<raw JSON text>", "valid":true, "type":"text" or null, "sample":true,
//      "payload":{…}, "issues":[{"severity":"error","path":"/text/body","code":"too_long","rule":"text.body","limit":4096}]}
//
// `issues` is the whole list in any order; of each issue the members that are written are compared. `payload` is what a build
// writes; without it a valid complete message is written as it stands. A `sample` is full: boundary tests are made from it.
import Foundation
import Testing
@testable import WABiz

struct MessageCase: Sendable, CustomTestStringConvertible {
    let name: String
    let message: [UInt8]
    let options: [UInt8]?
    let isValid: Bool
    let type: String?
    let isSample: Bool
    let payload: [UInt8]?
    /// Each as a JSON object.
    let issues: [[UInt8]]

    var testDescription: String { name }

    func messageOptions() throws -> MessageOptions { try MessageOptions(json: options) }
    func value() throws -> JSONValue { try JSONValue(text: String(decoding: message, as: UTF8.self)) }
}

enum MessageCorpus {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Corpus/messages")

    static let cases: [MessageCase] = {
        let files = (try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "json" }.sorted { $0.lastPathComponent < $1.lastPathComponent }.compactMap { file in
            guard let data = try? Data(contentsOf: file) else { return nil }
            return read([UInt8](data), file.deletingPathExtension().lastPathComponent)
        }
    }()

    /// Files that are no case, because they could not be read or lack something.
    static var unreadable: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        let known = Set(cases.map { $0.name + ".json" })
        return files.filter { !known.contains($0) }
    }

    private static let members = ["note", "options", "message", "text", "valid", "type", "sample", "payload", "issues"]

    private static func read(_ file: [UInt8], _ name: String) -> MessageCase? {
        try? Tape.read(file, .tolerant) { (root) throws(Failure) -> MessageCase? in
            for member in root.members where !members.contains(member.name.string ?? "") { return nil }
            guard let message = root["message"]?.raw ?? root["text"]?.utf8, let valid = root["valid"]?.bool, let issues = root["issues"], issues.isArray,
                let type = root["type"], type.isString || type.isNull
            else { return nil }
            return MessageCase(
                name: name, message: message, options: root["options"]?.raw, isValid: valid, type: type.string, isSample: root["sample"]?.bool == true,
                payload: root["payload"]?.raw, issues: issues.elements.map(\.raw))
        }
    }
}
