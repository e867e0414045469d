// Examples for docs/messages.md, taken from the corpus of messages: what the tests check is what the page shows.
import Foundation
import WABiz

/// The valid complete messages of a corpus folder.
struct MarkdownExamples {
    private struct Example {
        let name: String
        let type: String
        /// The subtype of an interactive message.
        let subtype: String
        let json: String
    }

    private let all: [Example]

    /// - Parameter directory: Tests/Corpus/messages; nil: no examples.
    init(directory: String?) throws {
        guard let directory else {
            all = []
            return
        }
        let folder = URL(fileURLWithPath: directory)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).filter { $0.pathExtension == "json" }
        all = try files.sorted { $0.lastPathComponent < $1.lastPathComponent }.compactMap { file in
            try Self.read([UInt8](Data(contentsOf: file)), file.deletingPathExtension().lastPathComponent)
        }
    }

    /// Only what is valid without a remark, in the form that is posted.
    private static func read(_ file: [UInt8], _ name: String) throws -> Example? {
        try Tape.read(file, .tolerant) { (root) throws(Failure) -> Example? in
            guard root["valid"]?.bool == true, root["issues"]?.count == 0, let type = root["type"]?.string, let message = root["message"] else { return nil }
            let isOnPremises = root["options"]?["api"]?.string == "on_premises"
            // On-Premises only where the Cloud API does not take the type.
            guard root["options"] == nil || isOnPremises && type == "hsm" else { return nil }
            guard message["type"]?.string == type || message["status"]?.string == type else { return nil }
            return Example(
                name: name, type: type, subtype: type == "interactive" ? message["interactive"]?["type"]?.string ?? "" : "", json: dedented(String(decoding: message.raw, as: UTF8.self)))
        }
    }

    /// In its file a message stands two blanks in.
    private static func dedented(_ json: String) -> String {
        json.split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasPrefix("  ") ? $0.dropFirst(2) : $0 }.joined(separator: "\n")
    }

    /// One example of a type; of interactive messages one of each subtype. The shortest of those that are made to be looked at:
    /// examples of the reference, then full samples, then any.
    func examples(of type: String) throws -> [(title: String, json: String)] {
        let candidates = all.filter { $0.type == type }
        var subtypes: [String] = []
        for candidate in candidates where !subtypes.contains(candidate.subtype) { subtypes.append(candidate.subtype) }
        return subtypes.compactMap { subtype in
            let mine = candidates.filter { $0.subtype == subtype }
            let best = mine.min { rank($0) < rank($1) }
            return best.map { (subtype, $0.json) }
        }
    }

    private func rank(_ example: Example) -> (Int, Int, String) {
        let kind = example.name.contains("example") ? 0 : example.name.hasPrefix("sample") ? 2 : 1
        // Boundary cases are long, and say nothing.
        return (kind == 1 && example.json.utf8.count > 4000 ? 3 : kind, example.json.utf8.count, example.name)
    }
}
