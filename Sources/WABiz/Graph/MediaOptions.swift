// The options of downloads and uploads, as wabiz.h lists them. A member that is not known is refused: a misspelt "path"
// must not be passed over in silence.

/// How a file is downloaded.
public struct DownloadOptions: Sendable {
    /// Where the file goes; nil: into memory.
    public var path: String?
    /// Bytes that are taken at most, 1 to 2147483647.
    public var maxBytes: Int
    /// Milliseconds for the whole transfer, 1 to 86400000. A transfer that stands still ends earlier, after the client's own
    /// time limit.
    public var timeout: Int
    /// A descriptor that progress is written to, one JSON line per step; it stays the caller's.
    public var progressDescriptor: Int32?

    public static let defaultMaxBytes = 100 << 20

    public init(path: String? = nil, maxBytes: Int = defaultMaxBytes, timeout: Int = MediaTimes.whole, progressDescriptor: Int32? = nil) {
        self.path = path
        self.maxBytes = maxBytes
        self.timeout = timeout
        self.progressDescriptor = progressDescriptor
    }

    /// - Throws: `.badJSON`, or `.badArgument` naming what is wrong.
    public init(json: [UInt8]?) throws(Failure) {
        self.init()
        try read(json)
    }
}

extension DownloadOptions: MediaTransferOptions {
    package static let names = ["max_bytes"]

    package mutating func take(_ option: MediaOption) throws(Failure) { maxBytes = try option.number(1...Int(Int32.max)) }

    package func checkOwn() throws(Failure) {
        guard 1...Int(Int32.max) ~= maxBytes else { throw .badArgument("\"max_bytes\" is 1 to \(Int32.max).") }
    }
}

/// How a file is uploaded, and what is said of it.
public struct UploadOptions: Sendable {
    /// The file; nil when its bytes are handed over.
    public var path: String?
    /// The MIME type; nil: what the file's ending stands for.
    public var type: String?
    /// What it will be sent as: `audio`, `document`, `image`, `sticker` or `video`; nil: what the type stands for.
    public var kind: String?
    public var filename: String?
    /// Minutes, for numbers with the No Storage option.
    public var timeToLive: Int?
    /// Milliseconds for the whole transfer, 1 to 86400000.
    public var timeout: Int
    /// As for downloads.
    public var progressDescriptor: Int32?

    public init(
        path: String? = nil, type: String? = nil, kind: String? = nil, filename: String? = nil, timeToLive: Int? = nil,
        timeout: Int = MediaTimes.whole, progressDescriptor: Int32? = nil
    ) {
        self.path = path
        self.type = type
        self.kind = kind
        self.filename = filename
        self.timeToLive = timeToLive
        self.timeout = timeout
        self.progressDescriptor = progressDescriptor
    }

    /// - Throws: `.badJSON`, or `.badArgument` naming what is wrong.
    public init(json: [UInt8]?) throws(Failure) {
        self.init()
        try read(json)
    }
}

extension UploadOptions: MediaTransferOptions {
    package static let names = ["type", "kind", "filename", "ttl_minutes"]

    package mutating func take(_ option: MediaOption) throws(Failure) {
        switch option.name {
        case "type": type = try option.text()
        case "kind": kind = try option.text()
        case "filename": filename = try option.text()
        default: timeToLive = try option.number(Int.min...Int.max)
        }
    }

    // The rest depends on the file and is checked with it, as issues.
    package func checkOwn() throws(Failure) {}
}

/// What the options of every transfer have in common, read and checked in one place.
package protocol MediaTransferOptions {
    var path: String? { get set }
    var timeout: Int { get set }
    var progressDescriptor: Int32? { get set }

    /// The options that it has beside these.
    static var names: [String] { get }
    /// Takes one of them.
    mutating func take(_ option: MediaOption) throws(Failure)
    func checkOwn() throws(Failure)
}

extension MediaTransferOptions {
    mutating func read(_ json: [UInt8]?) throws(Failure) {
        guard let json else { return }
        var options = self
        try Tape.read(json) { (root) throws(Failure) in
            guard root.isObject else { throw .badArgument("The options are of the kind \(root.kindName); write a JSON object or nothing.") }
            for (name, value) in root.members { try options.take(MediaOption(name: name.string ?? "", value: value), known: Self.names) }
        }
        self = options
        try check()
    }

    private mutating func take(_ option: MediaOption, known names: [String]) throws(Failure) {
        switch option.name {
        case "path": path = try option.text()
        case "timeout_ms": timeout = try option.number(1...MediaTimes.longest)
        case "progress_fd": progressDescriptor = try Int32(truncatingIfNeeded: option.number(0...Int(Int32.max)))
        case let name where names.contains(name): try take(option)
        case let name:
            let known = ["path"] + names + ["timeout_ms", "progress_fd"]
            throw .badArgument("There is no option \"\(name.prefix(64))\" here; there are \(known.joined(separator: ", ")).")
        }
    }

    /// - Throws: `.badArgument` when a value is out of its bounds.
    package func check() throws(Failure) {
        if let path { try MediaOption.check(path: path) }
        guard 1...MediaTimes.longest ~= timeout else { throw .badArgument("\"timeout_ms\" is 1 to \(MediaTimes.longest) here.") }
        try checkOwn()
    }
}

/// Times of media transfers, in milliseconds.
public enum MediaTimes {
    /// The whole transfer, when nothing else is said: ten minutes.
    public static let whole = 600_000
    static let longest = 86_400_000
}

/// One member of an options object.
package struct MediaOption {
    let name: String
    let value: JSONView

    func text() throws(Failure) -> String {
        guard let text = value.string else { throw .badArgument("The option \"\(name)\" is a string.") }
        return text
    }

    func number(_ range: ClosedRange<Int>) throws(Failure) -> Int {
        guard let number = value.integer, range ~= number else {
            throw .badArgument("The option \"\(name)\" is a whole number" + (range.lowerBound == .min ? "." : " from \(range.lowerBound) to \(range.upperBound)."))
        }
        return number
    }

    static func check(path: String) throws(Failure) {
        let bytes = path.utf8
        guard 1...4096 ~= bytes.count, !bytes.contains(0), bytes.last != UInt8(ascii: "/") else {
            throw .badArgument("\"path\" names a file: 1 to 4096 bytes, without a slash at the end.")
        }
    }
}
