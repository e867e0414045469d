// One request of a media call while it is on the wire: what libcurl's callbacks are told and leave behind. The file's
// bytes go through here piece by piece; an answer that is no file is kept apart from it.
import CCurl
import WABiz

final class MediaExchange {
    /// What an answer may be that is no file.
    static let largestAnswer = 1 << 20

    let call: Call
    /// Takes the file of a download.
    let target: DownloadTarget?
    /// Gives the file of an upload.
    let source: UploadSource?
    /// A download goes on behind this many bytes; 0: from the beginning.
    let offset: Int
    let progress: Progress?

    /// Those of the line that it goes over.
    var connections: KeptConnections?
    /// How often a request was about to be written.
    private(set) var starts = 0
    private(set) var status = 0
    /// The first byte that a partial answer begins with, as its Content-Range says.
    private(set) var rangeStart: Int?
    /// True when the answer said how long it is.
    private(set) var isMeasured = false
    /// The body of an answer that is no file.
    private(set) var answer: [UInt8] = []
    private(set) var isAnswerTooLarge = false
    /// Why a callback stopped the transfer.
    private(set) var failure: Failure?
    private var hasBegun = false

    init(_ call: Call, target: DownloadTarget? = nil, source: UploadSource? = nil, progress: Progress? = nil) {
        self.call = call
        self.target = target
        self.source = source
        self.progress = progress
        offset = target?.count ?? 0
    }

    /// True when the answer is the file itself, or the rest of it.
    var isFile: Bool { target != nil && (status == 200 || status == 206 && rangeStart == offset) }

    /// The next request over the same exchange must not happen: libcurl repeats by itself what was reset.
    /// - Parameter port: the local port of the connection to which it is about to be written.
    func start(_ port: Int32) -> Bool {
        // Nothing leaves over a connection that was shut down.
        if connections?.isGivenUp(port: port) == true { return true }
        starts += 1
        return starts == 1
    }

    /// One line of the head.
    func take(header line: UnsafeRawBufferPointer) {
        let text = unsafe String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            status = text.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) } ?? 0
            (rangeStart, isMeasured) = (nil, false)
            return
        }
        let halves = text.split(separator: ":", maxSplits: 1)
        guard halves.count == 2, let name = halves.first?.lowercased(), let value = halves.last else { return }
        if name == "content-length" { isMeasured = true }
        if name == "content-range" {
            // `bytes 5-18/19`
            let words = value.split(whereSeparator: { $0 == " " || $0 == "-" || $0.isNewline })
            rangeStart = words.first?.lowercased() == "bytes" ? words.dropFirst().first.flatMap { Int($0) } : nil
        }
    }

    /// A piece of the body. False stops the transfer.
    func take(body piece: UnsafeRawBufferPointer) -> Bool {
        guard isFile, let target else {
            guard piece.count <= MediaExchange.largestAnswer - answer.count else {
                isAnswerTooLarge = true
                return false
            }
            unsafe answer.append(contentsOf: piece)
            return true
        }
        do throws(Failure) {
            try beginFile()
            unsafe try target.append(piece)
            progress?.report(target.count, of: target.expected)
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// A whole file in place of the asked rest begins anew.
    func beginFile() throws(Failure) {
        guard isFile, !hasBegun else { return }
        hasBegun = true
        if status == 200, let target, target.count > 0 { try target.restart() }
    }

    /// Fills libcurl's buffer with the next bytes of an upload; nil stops the transfer.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard let source else { return nil }
        do throws(Failure) {
            let count = unsafe try source.read(into: buffer)
            progress?.report(source.offset, of: source.size)
            return count
        } catch {
            failure = error
            return nil
        }
    }
}

/// libcurl's callbacks. Their context is an unretained MediaExchange that outlives the transfer.
enum MediaCallbacks {
    static let prerequest: curl_prereq_callback = { context, _, _, _, port in
        guard let exchange = unsafe exchange(context) else { return CURL_PREREQFUNC_ABORT }
        return exchange.start(port) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    static let header: curl_write_callback = { bytes, size, count, context in
        guard let exchange = unsafe exchange(context), let length = length(size, count) else { return 0 }
        unsafe exchange.take(header: UnsafeRawBufferPointer(start: bytes, count: length))
        return length
    }

    static let body: curl_write_callback = { bytes, size, count, context in
        guard let exchange = unsafe exchange(context), let length = length(size, count) else { return 0 }
        guard unsafe exchange.take(body: UnsafeRawBufferPointer(start: bytes, count: length)) else { return length == 0 ? 1 : 0 }
        return length
    }

    static let read: curl_read_callback = { buffer, size, count, context in
        guard let exchange = unsafe exchange(context), let length = length(size, count), let buffer = unsafe buffer else {
            return Int(CURL_READFUNC_ABORT)
        }
        return unsafe exchange.fill(UnsafeMutableRawBufferPointer(start: buffer, count: length)) ?? Int(CURL_READFUNC_ABORT)
    }

    /// Only back to the beginning, before anything was written.
    static let seek: curl_seek_callback = { context, offset, origin in
        guard let exchange = unsafe exchange(context), origin == 0, offset == 0, let source = exchange.source, source.offset == 0 else {
            return CURL_SEEKFUNC_CANTSEEK
        }
        return CURL_SEEKFUNC_OK
    }

    private static func exchange(_ context: UnsafeMutableRawPointer?) -> MediaExchange? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<MediaExchange>.fromOpaque(context).takeUnretainedValue()
    }

    private static func length(_ size: Int, _ count: Int) -> Int? {
        let (length, overflow) = size.multipliedReportingOverflow(by: count)
        return overflow || length < 0 ? nil : length
    }
}
