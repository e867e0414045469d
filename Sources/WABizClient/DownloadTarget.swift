// Where a download goes: a part file beside the path that was named, or memory. It counts and hashes what it is given and
// holds the bounds, so that nothing wrong or too large gets through.
import WABiz

final class DownloadTarget {
    private let part: PartFile?
    /// The bytes without a path, in one of two kinds of memory: an array for Swift, or what C takes over without a copy.
    private(set) var bytes: [UInt8] = []
    private var memory = TextMemory()
    private let isHandedOver: Bool
    private(set) var count = 0
    private var digest = RunningDigest()
    private let largest: Int
    /// Bytes of the file, when Meta said so.
    var expected: Int?

    /// - Throws: `.storage` when the part file cannot be opened.
    init(_ options: DownloadOptions, isHandedOver: Bool) throws(Failure) {
        self.isHandedOver = isHandedOver
        largest = options.maxBytes
        part = if let path = options.path { try PartFile(path: path) } else { nil }
    }

    /// True when what is there survives a broken download.
    var isKept: Bool { part != nil }

    /// Takes what an earlier download left, when it can still become the file; otherwise begins anew.
    func resume() throws(Failure) {
        guard let part, part.length > 0 else { return }
        guard part.length <= min(expected ?? largest, largest) else { return try restart() }
        unsafe try part.readAll { piece in unsafe digest.add(piece) }
        count = part.length
    }

    /// Forgets everything that is there.
    func restart() throws(Failure) {
        try part?.empty()
        bytes = []
        memory = TextMemory()
        count = 0
        digest = RunningDigest()
    }

    /// - Throws: `.full` above the bound, `.unauthentic` above the size that Meta named, `.storage`.
    func append(_ piece: UnsafeRawBufferPointer) throws(Failure) {
        if let expected, piece.count > expected - count { throw wrongSize(found: "more than \(expected)") }
        guard piece.count <= largest - count else { throw DownloadTarget.tooLarge(nil, largest) }
        if let part {
            unsafe try part.append(piece)
        } else if isHandedOver {
            unsafe memory.append(piece)
        } else {
            unsafe bytes.append(contentsOf: piece)
        }
        unsafe digest.add(piece)
        count += piece.count
    }

    /// Makes room when the size is known. - Throws: `.full` when it is above the bound.
    func expect(_ size: Int?) throws(Failure) {
        guard let size else { return }
        expected = size
        guard size <= largest else { throw DownloadTarget.tooLarge(size, largest) }
        guard part == nil else { return }
        if isHandedOver { memory.reserve(size) } else { bytes.reserveCapacity(size) }
    }

    /// The bytes in memory that C can take over. Asked for once.
    /// - Throws: `.noMemory`.
    func takeMemory() throws(Failure) -> TextMemory {
        var taken = TextMemory()
        swap(&taken, &memory)
        guard !taken.isExhausted else { throw Failure(.noMemory, "There is no memory for the file; download it to a path.", retry: .backoff) }
        return taken
    }

    /// The hash of what is there. It is asked for once.
    func hash() throws(Failure) -> MediaHash {
        guard let hash = digest.finish() else { throw Failure(.noMemory, "libcrypto could not hash the file: SHA-256 must be allowed.", retry: .backoff) }
        return hash
    }

    /// Gives the file its name.
    func commit() throws(Failure) { try part?.commit() }

    /// Leaves nothing behind.
    func discard() { part?.discard() }

    func wrongSize(found: String) -> Failure {
        Failure(
            .unauthentic, "The file has \(found) bytes, but Meta's metadata says \(expected ?? 0). It was thrown away; download it again.",
            retry: .backoff)
    }

    private static func tooLarge(_ size: Int?, _ largest: Int) -> Failure {
        Failure(.full, "The file has \(size.map(String.init) ?? "more than \(largest)") bytes, and \"max_bytes\" is \(largest). Raise it to take the file.")
    }
}
