// What a download and an upload tell in the end.
public import WABiz

/// A file that was downloaded and checked.
public struct MediaFile: Sendable {
    public let id: String?
    /// Where it lies; nil when it is in memory.
    public let path: String?
    /// Bytes.
    public let size: Int
    /// Hexadecimal, of the bytes that came.
    public let sha256: String
    /// The MIME type, as Meta named it.
    public let type: String?
    /// True when Meta or the webhook named a hash, and it is this one.
    public let isVerified: Bool
    /// Bytes that were there from an earlier call.
    public let resumedFrom: Int
    public let httpStatus: Int

    /// The document that `wabiz_media_download` writes.
    public var document: Tree {
        .object([
            ("id", id.map(Tree.string)), ("path", path.map(Tree.string)), ("mime_type", type.map(Tree.string)), ("size", .integer(size)),
            ("sha256", .string(sha256)), ("verified", .bool(isVerified)), ("resumed_from", .integer(resumedFrom)),
            ("http_status", .integer(httpStatus)),
        ])
    }
}

/// A file that Meta has taken.
public struct UploadedMedia: Sendable {
    /// To be used in messages; it lives 30 days.
    public let id: String
    public let type: String
    /// What it can be sent as.
    public let kind: String
    public let filename: String
    /// Bytes.
    public let size: Int
    /// Hexadecimal, of the bytes that were sent.
    public let sha256: String?
    /// What did not refuse the file but deserves a look.
    public let warnings: [Issue]
    public let httpStatus: Int

    /// The document that `wabiz_media_upload` writes.
    public var document: Tree {
        .object([
            ("id", .string(id)), ("type", .string(type)), ("kind", .string(kind)), ("filename", .string(filename)), ("size", .integer(size)),
            ("sha256", sha256.map(Tree.string)), ("issues", warnings.isEmpty ? nil : .array(warnings.map(\.document))),
            ("http_status", .integer(httpStatus)),
        ])
    }
}
