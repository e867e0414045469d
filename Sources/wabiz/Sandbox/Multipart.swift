// Reads a multipart/form-data body: the form of an upload.
import Foundation

struct Multipart {
    struct Part {
        var name: String
        var filename: String?
        var type: String?
        var bytes: [UInt8]
    }

    private let parts: [Part]

    /// Nil for what is no such form.
    init?(_ request: Request) {
        let type = request.header("Content-Type") ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data"), let boundary = Multipart.parameter("boundary", of: type), !boundary.isEmpty else { return nil }
        let body = Data(request.body)
        let mark = Data("--\(boundary)".utf8)
        var parts: [Part] = []
        var cursor = body.range(of: mark)?.upperBound ?? body.endIndex
        // Behind the last boundary stand two hyphens.
        while cursor + 2 <= body.endIndex, body[cursor..<cursor + 2].elementsEqual("\r\n".utf8) {
            guard let headEnd = body.range(of: Data("\r\n\r\n".utf8), in: cursor..<body.endIndex),
                let end = body.range(of: Data("\r\n--\(boundary)".utf8), in: headEnd.lowerBound + 2..<body.endIndex)
            else { return nil }
            let head = String(decoding: body[cursor..<headEnd.lowerBound], as: UTF8.self)
            let content = headEnd.upperBound <= end.lowerBound ? Array(body[headEnd.upperBound..<end.lowerBound]) : []
            if let part = Multipart.part(head, content) { parts.append(part) }
            cursor = end.upperBound
        }
        self.parts = parts
    }

    func part(_ name: String) -> Part? { parts.first { $0.name == name } }
    func text(_ name: String) -> String? { part(name).map { String(decoding: $0.bytes, as: UTF8.self) } }

    private static func part(_ head: String, _ bytes: [UInt8]) -> Part? {
        var part = Part(name: "", bytes: bytes)
        for line in head.components(separatedBy: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            switch line[..<colon].lowercased() {
            case "content-disposition":
                part.name = parameter("name", of: value) ?? ""
                part.filename = parameter("filename", of: value)
            case "content-type": part.type = value
            default: break
            }
        }
        return part.name.isEmpty ? nil : part
    }

    /// The parameter of a header's value, with or without quotes.
    private static func parameter(_ name: String, of value: String) -> String? {
        for piece in value.components(separatedBy: ";").dropFirst() {
            let halves = piece.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, halves[0].trimmingCharacters(in: .whitespaces).lowercased() == name else { continue }
            return halves[1].trimmingCharacters(in: CharacterSet(charactersIn: " \""))
        }
        return nil
    }
}
