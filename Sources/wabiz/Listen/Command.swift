// A command of the user's that is run once per event: input from memory, signals as a program expects them, a time limit.
import Foundation

struct Command: Sendable {
    private let text: String
    private let seconds: Double
    private let environment: [String]

    /// - Parameters:
    ///   - text: for /bin/sh.
    ///   - seconds: until it is killed, with all that it started and did not set apart.
    ///   - withheld: names of variables that are none of its business.
    init(_ text: String, seconds: Double, withheld: [String]) {
        self.text = text
        self.seconds = seconds
        environment = ProcessInfo.processInfo.environment.filter { !withheld.contains($0.key) }.map { "\($0.key)=\($0.value)" }
    }

    /// Runs it to its end. Nil when it ended with status 0, otherwise what was wrong.
    func run(input: [UInt8]) -> String? {
        // A file in memory cannot block as a pipe does, whether the command reads it or not.
        let name = "/wabiz-listen-\(getpid())"
        let file = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else { return "there is no memory for an event: \(Command.reason(errno))" }
        defer { close(file) }
        shm_unlink(name)
        guard Command.fill(file, input) else { return "there is no memory for an event: \(Command.reason(errno))" }
        var child: pid_t = 0
        let failure = spawn(&child, standardInput: file)
        guard failure == 0 else { return "the command cannot be started: \(Command.reason(failure))" }
        return Child(child).wait(seconds: seconds)
    }

    private static func fill(_ file: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return lseek(file, 0, SEEK_SET) == 0
    }

    /// Starts the shell in a process group of its own. 0, or an error number.
    private func spawn(_ child: inout pid_t, standardInput: Int32) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
        Command.keepDescriptors()
        // Signals that are ignored or blocked here would be in the command too.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGINT, SIGTERM] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", text].map { (word: String) in strdup(word) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { (word: String) in strdup(word) } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        return posix_spawn(&child, "/bin/sh", &actions, &attributes, &arguments, &variables)
    }

    /// Connections are none of the command's business: one that stays behind would hold them open.
    private static func keepDescriptors() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > STDERR_FILENO { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    fileprivate static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}

/// A started process, until it has ended.
private final class Child: @unchecked Sendable {
    private let id: pid_t
    private let lock = NSLock()
    private var hasEnded = false
    private var wasKilled = false

    init(_ id: pid_t) { self.id = id }

    /// Nil for status 0, otherwise how it ended.
    func wait(seconds: Double) -> String? {
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + seconds)
        timer.setEventHandler { [self] in kill() }
        timer.resume()
        // Without reaping: the number must not be another process's while the timer may still use it.
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        lock.withLock { hasEnded = true }
        timer.cancel()
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        if wasKilled { return "the command did not end within \(seconds) seconds and was killed" }
        if status & 0x7F != 0 { return "the command was ended by signal \(status & 0x7F)" }
        let code = status >> 8 & 0xFF
        return code == 0 ? nil : "the command ended with status \(code)"
    }

    private func kill() {
        lock.withLock {
            if hasEnded { return }
            wasKilled = true
            Foundation.kill(-id, SIGKILL)
        }
    }
}
