// Where an upload comes from: a file or the caller's memory. It is read once, in order, and hashed on its way, so that the
// hash is that of what was sent.
import Glibc
import WABiz

@safe final class UploadSource {
    private let descriptor: Int32
    private let memory: UnsafeRawBufferPointer
    private let path: String?
    private let digest = RunningDigest()
    let size: Int
    private(set) var offset = 0

    /// - Throws: `.storage` when the file cannot be opened or is no regular one.
    init(path: String) throws(Failure) {
        self.path = path
        unsafe memory = UnsafeRawBufferPointer(start: nil, count: 0)
        let opened = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard opened >= 0 else { throw Failure(.storage, "\"\(path)\" cannot be opened: \(reason(errno)).") }
        var about = stat()
        guard unsafe fstat(opened, &about) == 0, about.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw Failure(.storage, "\"\(path)\" is no regular file; hand its bytes over instead.")
        }
        descriptor = opened
        size = Int(about.st_size)
    }

    /// Borrows the bytes: they must outlive the upload.
    init(memory: UnsafeRawBufferPointer) {
        path = nil
        descriptor = -1
        unsafe self.memory = memory
        size = memory.count
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The first bytes, 32 or all there are. Nothing counts as read.
    func head() throws(Failure) -> [UInt8] {
        var head = [UInt8](repeating: 0, count: min(32, size))
        let count = unsafe try head.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
            unsafe try copy(from: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return Array(head.prefix(count))
    }

    /// The next bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let wanted = min(buffer.count, size - offset)
        guard wanted > 0 else { return 0 }
        let count = unsafe try copy(from: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(wanted)))
        // A form that promises more than it holds would leave the server waiting.
        guard count > 0 else { throw Failure(.storage, "\"\(path ?? "")\" became shorter while it was being uploaded. Upload it again.", retry: .backoff) }
        unsafe digest.add(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).prefix(count)))
        offset += count
        return count
    }

    /// The hash of everything that was read. It is asked for once.
    var sha256: String? { offset == size ? digest.finish()?.hex : nil }

    private func copy(from start: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        guard descriptor >= 0 else {
            let piece = unsafe UnsafeRawBufferPointer(rebasing: memory.dropFirst(start).prefix(buffer.count))
            unsafe buffer.copyMemory(from: piece)
            return piece.count
        }
        while true {
            let count = unsafe pread(descriptor, buffer.baseAddress, buffer.count, off_t(start))
            if count >= 0 { return count }
            guard errno == EINTR else { throw Failure(.storage, "\"\(path ?? "")\" cannot be read: \(reason(errno)).") }
        }
    }
}
