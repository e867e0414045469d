// The half of a download on disk: `<path>.part`, readable by its owner alone, until it is whole, on the disk and checked.
// Then it takes the name that was asked for in one step; what stood there before stays until that very moment.
import Glibc
import WABiz

final class PartFile {
    private let path: String
    private let partPath: String
    private let descriptor: Int32
    private(set) var length: Int
    private var isOver = false

    /// Opens or makes the part file and locks it.
    /// - Throws: `.storage` when that is not possible, or another download writes to it.
    init(path: String) throws(Failure) {
        self.path = path
        partPath = path + ".part"
        (descriptor, length) = try PartFile.open(partPath)
    }

    deinit {
        if !isOver, length == 0 { unsafe unlink(partPath) }
        close(descriptor)
    }

    /// Hands over what is there, piece by piece, and goes on writing behind it.
    func readAll(_ take: (UnsafeRawBufferPointer) -> Void) throws(Failure) {
        var buffer = [UInt8](repeating: 0, count: min(length, 256 << 10))
        var done = 0
        while done < length {
            let wanted = min(buffer.count, length - done)
            let (count, reason) = unsafe buffer.withUnsafeMutableBytes { unsafe (pread(descriptor, $0.baseAddress, wanted, off_t(done)), errno) }
            if count < 0, reason == EINTR { continue }
            guard count > 0 else { throw failure("cannot be read", count < 0 ? reason : EIO) }
            unsafe buffer.withUnsafeBytes { unsafe take(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
            done += count
        }
    }

    func append(_ piece: UnsafeRawBufferPointer) throws(Failure) {
        var done = 0
        while done < piece.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: piece.dropFirst(done))
            let count = unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(length))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("cannot be written", count < 0 ? errno : ENOSPC) }
            done += count
            length += count
        }
    }

    func empty() throws(Failure) {
        guard ftruncate(descriptor, 0) == 0 else { throw failure("cannot be emptied", errno) }
        length = 0
    }

    /// Writes everything to the disk and takes the final name in its place.
    func commit() throws(Failure) {
        guard ftruncate(descriptor, off_t(length)) == 0, fsync(descriptor) == 0 else { throw failure("cannot be written to the disk", errno) }
        guard unsafe rename(partPath, path) == 0 else {
            throw Failure(.storage, "The file cannot be named \"\(path)\": \(reason(errno)). It is whole in \"\(partPath)\".")
        }
        isOver = true
        // The name is safe once its directory is on the disk; a file system that cannot do that has no stronger promise.
        let folder = unsafe Glibc.open(PartFile.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    func discard() {
        guard !isOver else { return }
        isOver = true
        unsafe unlink(partPath)
    }

    private func failure(_ what: String, _ number: Int32) -> Failure {
        let advice = number == ENOSPC || number == EDQUOT || number == EFBIG ? " Make room and call again: it goes on from there." : ""
        return Failure(.storage, "\"\(partPath)\" \(what): \(reason(number)).\(advice)", retry: advice.isEmpty ? .afterFix : .backoff)
    }

    // MARK: Opening

    private static func open(_ path: String) throws(Failure) -> (Int32, Int) {
        // A link would lead the bytes elsewhere; a pipe would wait for a reader.
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        // The one who held the lock may have given the file its name meanwhile: then it is another file.
        for _ in 0..<3 {
            let descriptor = unsafe Glibc.open(path, flags, 0o600)
            guard descriptor >= 0 else { throw Failure(.storage, "\"\(path)\" cannot be opened: \(reason(errno)).") }
            do throws(Failure) {
                if let length = try lock(descriptor, path) { return (descriptor, length) }
                close(descriptor)
            } catch {
                close(descriptor)
                throw error
            }
        }
        throw Failure(.storage, "\"\(path)\" changes while it is being opened: another download writes to it.", retry: .backoff)
    }

    /// The length of a file that is ours alone; nil when the name leads elsewhere by now.
    private static func lock(_ descriptor: Int32, _ path: String) throws(Failure) -> Int? {
        var mine = stat()
        var named = stat()
        guard unsafe fstat(descriptor, &mine) == 0 else { throw Failure(.storage, "\"\(path)\" cannot be looked at: \(reason(errno)).") }
        guard mine.st_mode & S_IFMT == S_IFREG, mine.st_uid == geteuid(), mine.st_nlink <= 1 else {
            throw Failure(.storage, "\"\(path)\" is no file of ours: it belongs to somebody else, has a second name or is no regular file. Remove it, or choose another path.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw Failure(.storage, "Another download writes to \"\(path)\"; wait for it, or choose another path.", retry: .backoff)
        }
        guard unsafe fstat(descriptor, &mine) == 0, unsafe lstat(path, &named) == 0, mine.st_ino == named.st_ino, mine.st_dev == named.st_dev else { return nil }
        _ = fchmod(descriptor, 0o600)
        return Int(mine.st_size)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// What the system says of an error.
func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
