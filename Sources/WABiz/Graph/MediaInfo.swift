// What Meta knows of a file: the answer to a look-up of a media id, read and judged.

public struct MediaInfo: Sendable {
    public let id: String?
    /// Where the file lies for five minutes; the token is needed there.
    public let url: String
    /// The MIME type.
    public let type: String?
    /// Bytes.
    public let size: Int?
    package let hash: MediaHash?

    /// Hexadecimal SHA-256 of the file, when the answer had one.
    public var sha256: String? { hash?.hex }

    /// `{"id":…,"url":…,"mime_type":…,"file_size":…,"sha256":…,"http_status":200}`
    public var document: Tree {
        .object([
            ("id", id.map(Tree.string)), ("url", .string(url)), ("mime_type", type.map(Tree.string)),
            ("file_size", size.map(Tree.integer)), ("sha256", sha256.map(Tree.string)), ("http_status", .integer(httpStatus)),
        ])
    }

    package let httpStatus: Int
}

extension Answer {
    /// The metadata in the answer to a look-up.
    /// - Throws: `.refused`; `.unreachable` for what is no answer of Meta's, because asking again does no harm.
    package func mediaInfo(for call: Call) throws(Failure) -> MediaInfo {
        try value(for: call) { root in
            guard let url = root["url"]?.string else { return nil }
            let size = root["file_size"]?.lenientInteger
            return MediaInfo(
                id: root["id"]?.string, url: url, type: root["mime_type"]?.string, size: size.flatMap { $0 >= 0 ? $0 : nil },
                hash: root["sha256"]?.string.flatMap { MediaHash($0) }, httpStatus: status)
        }
    }

    /// The id of an uploaded file.
    package func mediaID(for call: Call) throws(Failure) -> String {
        try value(for: call) { root in
            var media = root["media"]?.elements
            let id = call.api == .onPremises ? media?.next()?["id"] : root["id"]
            guard let id, id.isString || id.isInteger else { return nil }
            let text = id.string ?? String(decoding: id.raw, as: UTF8.self)
            return text.isEmpty ? nil : text
        }
    }

    /// Makes sure that a delete was taken.
    package func checkDeleted(for call: Call) throws(Failure) {
        // The On-Premises client answers with nothing, or with an object of its own.
        if call.api == .onPremises, 200...299 ~= status, body.allSatisfy({ $0 <= 0x20 }) { return }
        _ = try value(for: call) { root in
            let isDone = call.api == .onPremises ? root["success"]?.bool != false : root["success"]?.bool == true
            return isDone ? true : nil
        }
    }

    /// Why a download got no file: Meta's error, or what stands between us and Meta said no.
    package func downloadFailure(for call: Call) -> Failure {
        do throws(Failure) {
            let _: Bool = try value(for: call) { _ in nil }
            return Failure(.unreachable, "The download got no file. \(call.purpose.advice)", retry: .backoff)
        } catch { return error }
    }
}
