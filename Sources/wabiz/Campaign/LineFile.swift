// The lines of a file of any size, one at a time and as often as wanted. What cannot be read twice, such as a pipe, is copied to
// a temporary file without a name first.
import Foundation

final class LineFile {
    let name: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// The longest line that is taken, in bytes; longer than any message may be.
    static let longest = 64 << 20

    /// - Parameter name: a path; - is standard input.
    init(named path: String) throws {
        name = path == "-" ? "standard input" : path
        let opened = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw CommandFailure("\(name) cannot be read: \(reason(errno)).") }
        guard lseek(opened, 0, SEEK_SET) < 0 || path == "-" else {
            descriptor = opened
            return
        }
        defer { close(opened) }
        descriptor = try LineFile.copy(of: opened, name)
    }

    deinit { close(descriptor) }

    /// Begins again with the first line.
    func rewind() {
        lseek(descriptor, 0, SEEK_SET)
        buffer = []
        start = 0
        isAtEnd = false
    }

    /// The next line without its end, and whether it had one: only the last may have none. Nil behind the last.
    func next() throws -> (text: [UInt8], isWhole: Bool)? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                return (Array(buffer[start..<end]), true)
            }
            searched = buffer.count
            guard !isAtEnd else { break }
            guard buffer.count - start <= LineFile.longest else { throw CommandFailure("\(name) has a line of more than 64 MiB.") }
            if start > 0 {
                buffer.removeSubrange(..<start)
                searched -= start
                start = 0
            }
            try fill()
        }
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        return (Array(buffer[start...]), false)
    }

    private func fill() throws {
        let piece = try LineFile.read(descriptor, name)
        isAtEnd = piece.isEmpty
        buffer += piece
    }

    private static func read(_ descriptor: Int32, _ name: String) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: 1 << 18) { space, count in
            while true {
                let got = Foundation.read(descriptor, space.baseAddress, space.count)
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw CommandFailure("\(name) cannot be read: \(reason(errno)).") }
                count = got
                return
            }
        }
    }

    private static func copy(of source: Int32, _ name: String) throws -> Int32 {
        var path = Array((NSTemporaryDirectory() + "/wabiz-XXXXXX").utf8CString)
        let copy = mkstemp(&path)
        guard copy >= 0, fcntl(copy, F_SETFD, FD_CLOEXEC) == 0 else { throw CommandFailure("\(name) cannot be copied to a temporary file: \(reason(errno)).") }
        unlink(path)
        while true {
            let piece = try read(source, name)
            if piece.isEmpty { break }
            guard writeAll(copy, piece) else { throw CommandFailure("\(name) cannot be copied to a temporary file: \(reason(errno)).") }
        }
        lseek(copy, 0, SEEK_SET)
        return copy
    }
}

/// The system's words for an error number.
func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

/// Writes everything; false, and errno says why, when that is not possible.
func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
    }
    return true
}
