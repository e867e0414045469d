// A file that has passed the rules for uploads. There is no other way to have one, so nothing goes up that Meta is
// documented to refuse. The bytes stay where they are: size and first bytes are what the rules look at.

public struct MediaUpload: Sendable {
    /// What is known of a file before it is read whole.
    package struct Facts: Sendable {
        package var size: Int
        /// Its first bytes, 32 or all there are.
        package var head: [UInt8]

        package init(size: Int, head: [UInt8]) {
            self.size = size
            self.head = head
        }
    }

    /// The MIME type, as it is sent.
    public let type: String
    /// `audio`, `document`, `image`, `sticker` or `video`.
    public let kind: String
    public let filename: String
    public let size: Int
    /// What did not refuse the file but deserves a look.
    public let warnings: [Issue]
    package let timeToLive: Int?

    /// - Throws: `.invalid` with every issue; paths point into the options, "" is the file itself.
    package init(_ facts: Facts, options: UploadOptions, api: API) throws(Failure) {
        var check = UploadCheck(facts: facts, options: options, isOnPremises: api == .onPremises)
        check.run()
        guard !check.issues.contains(where: { $0.severity == .error }) else { throw check.failure }
        type = check.type
        kind = check.kind
        filename = check.filename
        size = facts.size
        warnings = check.issues
        timeToLive = options.timeToLive
    }
}

/// One look at a file: gathers every issue.
private struct UploadCheck {
    let facts: MediaUpload.Facts
    let options: UploadOptions
    let isOnPremises: Bool
    var type = ""
    var kind = "document"
    var filename = ""
    var issues: [Issue] = []

    mutating func run() {
        let path = options.path.map { String($0.split(separator: "/").last ?? "") }
        type = options.type ?? MediaLimits.type(ofEnding: UploadCheck.ending(options.filename ?? path ?? "")) ?? ""
        guard !type.isEmpty else {
            return report(.error, "/type", .missing, "media.type", "The file's ending names no type that Meta lists; write the MIME type in \"type\".")
        }
        guard UploadCheck.isType(type) else {
            return report(.error, "/type", .badFormat, "media.type", "Write a MIME type such as \"image/jpeg\", at most 255 visible characters.")
        }
        let essence = (type.split(separator: ";").first.map(String.init) ?? type).lowercased().filter { $0 != " " }
        kind = options.kind ?? MediaLimits.kind(ofType: essence)?.word.description ?? "document"
        filename = options.filename ?? path ?? UploadCheck.filename(essence)
        checkFilename()
        guard let rules = MediaLimits.kind(kind) else {
            let words = MediaLimits.kinds.map(\.word.description).joined(separator: ", ")
            return report(.error, "/kind", .notOneOf, "media.kind", "There is no kind of this name; there are \(words).")
        }
        check(essence, rules)
        checkSize(rules)
        checkLifeTime()
    }

    private mutating func check(_ essence: String, _ rules: MediaLimits.Kind) {
        if !rules.holds(essence) {
            let known = rules.types.map(\.mime.description).joined(separator: ", ")
            let text = "Meta lists for \(kind): \(known)."
            if !rules.isOpen {
                report(.error, "/type", .notOneOf, "media.\(kind).type", text)
            } else if !isOnPremises {
                report(.warning, "/type", .notOneOf, "media.\(kind).type", "Whether the Cloud API takes this type is not documented. \(text)")
            }
        }
        guard essence == "audio/ogg", let codec = UploadCheck.codec(type), codec != "opus" else { return }
        report(.error, "/type", .notAllowed, "media.audio.codec", "Ogg files must hold Opus, mono; other codecs are refused.")
    }

    private mutating func checkSize(_ rules: MediaLimits.Kind) {
        let place = options.path == nil ? "" : "/path"
        guard facts.size > 0 else {
            return report(.error, place, .tooShort, "media.\(kind).size", "The file is empty.", limit: 1, found: 0)
        }
        let isAnimated = kind == "sticker" && UploadCheck.isAnimated(facts.head)
        if isAnimated, isOnPremises {
            report(.error, place, .notAllowed, "media.sticker.animated", "The On-Premises API takes no animated stickers.")
        }
        let limits = isAnimated && !isOnPremises ? MediaLimits.animatedSticker : isOnPremises ? rules.onPremises : rules.limits
        // The first that is passed says it all; errors stand first.
        guard let limit = limits.first(where: { facts.size > $0.max }) else { return }
        let unsure = limit.severity == .warning ? " Whether Meta counts 1000 or 1024 is not documented; it may be refused." : ""
        report(
            limit.severity, place, .tooLong, "media.\(kind).size",
            "The file has \(facts.size) bytes; Meta takes \(limit.max) for \(kind).\(unsure)", limit: limit.max, found: facts.size)
    }

    private mutating func checkFilename() {
        let bytes = filename.utf8
        guard !(1...255 ~= bytes.count) || bytes.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }) else { return }
        report(.error, "/filename", .badFormat, "media.filename", "Write a file name of 1 to 255 bytes, without slashes and control characters.")
    }

    private mutating func checkLifeTime() {
        guard let minutes = options.timeToLive else { return }
        let limit = MediaLimits.timeToLive
        if isOnPremises {
            report(.error, "/ttl_minutes", .notAllowed, "media.ttl_minutes", "Only the Cloud API has a time to live; leave it out.")
        } else if !(limit.min...limit.max ~= minutes) {
            report(.error, "/ttl_minutes", .outOfRange, "media.ttl_minutes", "Write \(limit.min) to \(limit.max) minutes.")
        }
    }

    private mutating func report(
        _ severity: Issue.Severity, _ path: String, _ code: Issue.Code, _ rule: String, _ message: String, limit: Int? = nil, found: Int? = nil
    ) {
        issues.append(
            Issue(
                severity: severity, path: path, code: code, rule: rule, limit: limit, unit: limit == nil ? nil : Limit.Unit.bytes.rawValue,
                found: found, message: message))
    }

    var failure: Failure {
        let first = issues.first { $0.severity == .error }?.message ?? ""
        return Failure(.invalid, "Meta would refuse this file. \(first)", retry: .afterFix, issues: issues)
    }

    // MARK: Reading types and names

    /// What stands behind the last point, in lower case; empty when there is none.
    private static func ending(_ name: String) -> String {
        guard let point = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "" }
        return name[point...].dropFirst().lowercased()
    }

    private static func filename(_ essence: String) -> String {
        for kind in MediaLimits.kinds {
            for type in kind.types where type.mime.description == essence { return "file" + (type.endings.first.map { ".\($0)" } ?? "") }
        }
        return "file"
    }

    /// `type/subtype`, with parameters or without.
    private static func isType(_ text: String) -> Bool {
        let bytes = text.utf8
        let essence = bytes.prefix { $0 != UInt8(ascii: ";") }
        let halves = essence.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isToken: (Substring.UTF8View) -> Bool = { half in
            !half.isEmpty && half.allSatisfy { WebAddress.isAlphanumeric($0) || "!#$&-^_.+".utf8.contains($0) }
        }
        let isPlain = 3...255 ~= bytes.count && bytes.allSatisfy { 0x20...0x7E ~= $0 }
        return isPlain && halves.count == 2 && halves.allSatisfy { isToken(Substring($0).utf8) }
    }

    /// The parameter `codecs`, in lower case and without quotes.
    private static func codec(_ type: String) -> String? {
        for parameter in type.lowercased().split(separator: ";").dropFirst() {
            let halves = parameter.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, halves[0].filter({ $0 != " " }) == "codecs" else { continue }
            return String(halves[1].filter { $0 != " " && $0 != "\"" })
        }
        return nil
    }

    /// The flag "animation" of an extended WebP file.
    private static func isAnimated(_ head: [UInt8]) -> Bool {
        guard head.count > 20, head.starts(with: Array("RIFF".utf8)), head[8..<16].elementsEqual(Array("WEBPVP8X".utf8)) else { return false }
        return head[20] & 2 != 0
    }
}
