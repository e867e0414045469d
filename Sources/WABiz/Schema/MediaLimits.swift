// Which files Meta takes and how large they may be, once: the check of an upload and the description of the limits read
// it here. Sources are Meta's media pages and those of the On-Premises client, as collected in the project's reference.

enum MediaLimits {
    private static let cloud: StaticString = "Meta: Media, supported types"
    private static let premises: StaticString = "Meta: On-Premises media"

    /// A kind of file, with its types and sizes.
    struct Kind: Sendable {
        let word: StaticString
        let types: [FileType]
        /// Above an error's maximum nothing is uploaded.
        let limits: [Limit]
        let onPremises: [Limit]
        /// Any other type is taken too, or may be.
        var isOpen = false
    }

    /// A MIME type and the file endings that stand for it, the usual one first.
    struct FileType: Sendable {
        let mime: StaticString
        let endings: [StaticString]

        init(_ mime: StaticString, _ endings: StaticString...) {
            self.mime = mime
            self.endings = endings
        }
    }

    static let kinds: [Kind] = [
        Kind(
            word: "audio",
            types: [
                FileType("audio/aac", "aac"), FileType("audio/amr", "amr"), FileType("audio/mpeg", "mp3"), FileType("audio/mp4", "m4a"),
                FileType("audio/ogg", "ogg", "opus", "oga"),
            ],
            limits: megabytes(16, cloud), onPremises: megabytes(16, premises)),
        Kind(
            word: "document",
            types: [
                FileType("text/plain", "txt"), FileType("application/pdf", "pdf"), FileType("application/msword", "doc"),
                FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
                FileType("application/vnd.ms-excel", "xls"),
                FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
                FileType("application/vnd.ms-powerpoint", "ppt"),
                FileType("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
            ],
            // What a message may carry is more than what the On-Premises client takes in one upload.
            limits: megabytes(100, cloud), onPremises: megabytes(64, premises), isOpen: true),
        Kind(
            word: "image", types: [FileType("image/jpeg", "jpg", "jpeg"), FileType("image/png", "png")],
            limits: megabytes(5, cloud), onPremises: megabytes(5, premises)),
        Kind(word: "sticker", types: [FileType("image/webp", "webp")], limits: kilobytes(100, cloud), onPremises: kilobytes(100, premises)),
        Kind(
            word: "video", types: [FileType("video/mp4", "mp4"), FileType("video/3gpp", "3gp", "3gpp"), FileType("video/3gp")],
            limits: megabytes(16, cloud), onPremises: megabytes(16, premises)),
    ]

    /// Stickers that move, Cloud API.
    static let animatedSticker = kilobytes(500, cloud)
    /// Minutes that a file is kept for numbers with the No Storage option.
    static let timeToLive = Limit(60...43200, .value, source: "Meta: No storage, ttl_minutes")

    static func kind(_ word: String) -> Kind? { kinds.first { $0.word.description == word } }
    /// The kind that a MIME type without parameters belongs to.
    static func kind(ofType mime: String) -> Kind? { kinds.first { $0.holds(mime) } }
    /// The MIME type that a file ending stands for.
    static func type(ofEnding ending: String) -> String? {
        for kind in kinds {
            for type in kind.types where type.endings.contains(where: { $0.description == ending }) { return type.mime.description }
        }
        return nil
    }

    /// Whether a kilobyte is 1000 bytes or 1024 Meta does not say: the larger refuses, the smaller warns.
    private static func megabytes(_ count: Int, _ source: StaticString) -> [Limit] {
        [Limit(1...count << 20, .bytes, source: source), Limit(1...count * 1_000_000, .bytes, .warning, source: source)]
    }

    private static func kilobytes(_ count: Int, _ source: StaticString) -> [Limit] {
        [Limit(1...count << 10, .bytes, source: source), Limit(1...count * 1000, .bytes, .warning, source: source)]
    }

    // MARK: Descriptions

    static var places: [LimitedPlace] {
        kinds.flatMap { kind in
            kind.limits.map { LimitedPlace(name: "media.\(kind.word).size", limit: $0) }
                + kind.onPremises.map { LimitedPlace(name: "media.\(kind.word).size (on_premises)", limit: $0) }
        } + animatedSticker.map { LimitedPlace(name: "media.sticker.size (animated)", limit: $0) }
            + [LimitedPlace(name: "media.ttl_minutes", limit: timeToLive)]
    }

    /// Every type of file that Meta lists, with its kind and endings.
    static var description: Tree {
        .array(kinds.flatMap { kind in
            kind.types.map { type in
                ["type": .string(type.mime.description), "kind": .string(kind.word.description), "endings": .array(type.endings.map { .string($0.description) })]
            }
        })
    }
}

extension MediaLimits.Kind {
    func holds(_ mime: String) -> Bool { types.contains { $0.mime.description == mime } }
}
