// What is known of every line of a campaign, kept in two files so that neither an interruption nor a crash sends twice
// unknowingly: PATH has the outcomes, PATH.begun names the lines that may have left and have no outcome yet. A line is noted as begun,
// and the note is on the disk, before its message may leave. Whoever works on them holds a lock.
import Foundation
import WABiz

final class Ledger {
    private struct Known {
        /// The first bytes of the digest tell lines apart; all of it stands in the file.
        var digest: UInt64
        var fate: Fate
    }

    let path: String
    private let begunPath: String
    private var outcomes: Int32 = -1
    private let begun: Int32
    private var known: [Int: Known] = [:]
    /// What stands in the file, until it is written anew.
    private var lines: [Int: OutcomeLine]
    /// How many lines ended so.
    private(set) var counts: [Fate: Int] = [:]
    /// Lines that an earlier run began and whose outcome nobody knows.
    let lost: Int
    /// Lines that may have gone out and are sent again, because the caller said so.
    let repeated: Int

    /// Opens the files of a campaign, and reads what an earlier run left behind. Nothing but the lock is made yet.
    init(_ path: String, resendUncertain: Bool) throws {
        self.path = path
        begunPath = path + ".begun"
        begun = try Ledger.lock(begunPath)
        do {
            var lines = try Ledger.lines(path)
            let before = lines.count
            for mark in try Ledger.marks(begunPath) where lines[mark.number] == nil {
                lines[mark.number] = OutcomeLine(mark, attempts: 0, .failure(Ledger.unknown))
            }
            lost = lines.count - before
            let settled = lines.filter { $0.value.fate != .postponed && !($0.value.fate == .uncertain && resendUncertain) }
            repeated = resendUncertain ? lines.values.count { $0.fate == .uncertain } : 0
            self.lines = settled
            isNew = lines.isEmpty
        } catch {
            if access(path, F_OK) != 0 { unlink(begunPath) }
            Foundation.close(begun)
            throw error
        }
        for line in lines.values { remember(line) }
    }

    /// True when no earlier run left anything.
    let isNew: Bool

    /// Writes what stays of an earlier run, so that every line has one outcome at most, and makes ready for more.
    /// - Parameter mended: lines that did not go out and read differently now.
    func open(without mended: Set<Int>) throws {
        for number in mended {
            guard let line = lines.removeValue(forKey: number) else { continue }
            counts[line.fate, default: 0] -= 1
            known[number] = nil
        }
        try Ledger.replace(path, with: lines)
        lines = [:]
        outcomes = Foundation.open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard outcomes >= 0, ftruncate(begun, 0) == 0, fsync(begun) == 0 else { throw Ledger.failure(path) }
    }

    /// Gives up before anything was sent; a lock that was made for nothing goes.
    func abandon() {
        if isNew { unlink(begunPath) }
    }

    deinit {
        if outcomes >= 0 { Foundation.close(outcomes) }
        Foundation.close(begun)
    }

    private static let unknown = Failure(
        .uncertain, "An earlier run ended between the beginning of this message and its outcome. It may have gone out: wait for its status webhook, or "
            + "send it again with --resend-uncertain where a duplicate does no harm.", retry: .uncertain)

    // MARK: Asking

    /// What a line of the campaign is to the ledger.
    enum Standing {
        case open, done
        /// It did not go out, reads differently now, and is a message of its own.
        case mended
        /// It is not what it was when it was sent.
        case changed
    }

    func standing(of mark: LineMark) -> Standing {
        guard let known = known[mark.number] else { return .open }
        if known.digest == Ledger.short(mark.digest) { return .done }
        return known.fate.mayHaveGoneOut ? .changed : .mended
    }

    /// Whether a line behind this one may have gone out, and which did not.
    func lines(behind last: Int) -> (mayHaveGoneOut: Bool, others: Set<Int>) {
        let behind = known.filter { $0.key > last }
        return (behind.contains { $0.value.fate.mayHaveGoneOut }, Set(behind.keys))
    }

    // MARK: Writing

    /// Notes lines as begun; they are on the disk when this returns.
    func begin(_ marks: [LineMark]) throws {
        guard writeAll(begun, marks.flatMap(\.note)), fdatasync(begun) == 0 else { throw Ledger.failure(begunPath) }
    }

    func record(_ lines: [OutcomeLine]) throws {
        guard writeAll(outcomes, lines.flatMap(\.bytes)) else { throw Ledger.failure(path) }
        for line in lines { remember(line) }
    }

    /// Every line that was begun has its outcome: nothing needs to be remembered of the beginnings.
    func close() throws {
        guard fsync(outcomes) == 0 else { throw Ledger.failure(path) }
        unlink(begunPath)
    }

    private func remember(_ line: OutcomeLine) {
        if let earlier = known[line.mark.number] { counts[earlier.fate, default: 0] -= 1 }
        known[line.mark.number] = Known(digest: Ledger.short(line.mark.digest), fate: line.fate)
        counts[line.fate, default: 0] += 1
    }

    private static func short(_ digest: [UInt8]) -> UInt64 { digest.prefix(16).reduce(0) { $0 << 4 | UInt64($1 & 0x0F) &+ ($1 > 0x40 ? 9 : 0) } }

    // MARK: Files

    /// The file of beginnings, locked. One that was removed while we waited for nobody's lock is made again.
    private static func lock(_ path: String) throws -> Int32 {
        while true {
            let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw failure(path) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                Foundation.close(descriptor)
                throw CommandFailure("Another wabiz send works on \(path.dropLast(6)) right now. Wait for its end, or name another --out.")
            }
            var (here, there) = (stat(), stat())
            if fstat(descriptor, &here) == 0, stat(path, &there) == 0, here.st_ino == there.st_ino { return descriptor }
            Foundation.close(descriptor)
        }
    }

    /// What was begun. A last line that is not whole was not on the disk yet: its message did not leave.
    private static func marks(_ path: String) throws -> [LineMark] {
        let file = try LineFile(named: path)
        var marks: [LineMark] = []
        while let (text, isWhole) = try file.next(), isWhole {
            guard let mark = (try? Tape.read(text) { LineMark($0) }) ?? nil else {
                throw CommandFailure("\(path) is not what wabiz send writes. Name another --out.")
            }
            marks.append(mark)
        }
        return marks
    }

    /// The outcomes by line; of several the last. A last line that is not whole is dropped: it counts as begun.
    private static func lines(_ path: String) throws -> [Int: OutcomeLine] {
        guard access(path, F_OK) == 0 else { return [:] }
        let file = try LineFile(named: path)
        var lines: [Int: OutcomeLine] = [:]
        while let (text, isWhole) = try file.next(), isWhole {
            guard let line = OutcomeLine(text) else { throw CommandFailure("\(path) is there and is no file of outcomes. Name another --out.") }
            lines[line.mark.number] = line
        }
        return lines
    }

    /// Writes the file anew and puts it in place in one step; nothing is lost when that breaks off.
    private static func replace(_ path: String, with lines: [Int: OutcomeLine]) throws {
        var mode: mode_t = 0o600
        var before = stat()
        if stat(path, &before) == 0 { mode = before.st_mode & 0o777 }
        let new = path + ".new"
        let descriptor = Foundation.open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(new) }
        defer { Foundation.close(descriptor) }
        var text: [UInt8] = []
        for line in lines.values.sorted(by: { $0.mark.number < $1.mark.number }) {
            text += line.bytes
            guard text.count > 1 << 20 else { continue }
            guard writeAll(descriptor, text) else { throw failure(new) }
            text = []
        }
        guard writeAll(descriptor, text), fchmod(descriptor, mode) == 0, fsync(descriptor) == 0, rename(new, path) == 0 else { throw failure(new) }
        let parent = (path as NSString).deletingLastPathComponent
        let folder = Foundation.open(parent.isEmpty ? "." : parent, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            Foundation.close(folder)
        }
    }

    private static func failure(_ path: String) -> CommandFailure { CommandFailure("\(path) cannot be written: \(reason(errno)).") }
}
