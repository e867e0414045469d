// A client sends for one account over kept connections: check, post, wait, judge. It reads the clock and the process id,
// which the core does not.
import Glibc
public import WABiz

/// One client serves one thread at a time; clients share nothing. After `fork()` the child opens its own.
public final class Client {
    public let account: Account
    private let easy: Easy
    private let transport: TransportOptions
    /// Where media files go over the wire; opened by the first that does.
    private var line: MediaLine?

    /// No connection is made yet.
    /// - Throws: `.badArgument`, also when a file that is named cannot be read.
    public init(_ account: Account, transport: TransportOptions? = nil) throws(Failure) {
        let transport = if let transport { transport } else { try TransportOptions() }
        try transport.check(for: account)
        if let path = transport.certificateFile, unsafe access(path, R_OK) != 0 {
            throw .badArgument("\"ca_file\" cannot be read: \(unsafe String(cString: strerror(errno))). Write the path of a PEM file.")
        }
        self.account = account
        self.transport = transport
        easy = try Easy.open(account, transport)
    }

    /// - Parameter config: the JSON configuration that wabiz.h lists.
    /// - Throws: `.badJSON`, or `.badArgument` that names everything wrong at once.
    public convenience init(config: [UInt8]) throws(Failure) {
        let configuration = try Configuration(json: config)
        try self.init(configuration.account, transport: configuration.transport)
    }

    /// What `wabiz_client_open` tells of it: `{"api":…,"base_url":…}`.
    public var document: Tree { account.document }

    /// Posts a checked message and waits, at most the configured time.
    /// - Throws: `.refused`, `.unreachable` (nothing left), `.uncertain` (it left, and no complete answer came back),
    ///   `.badArgument` for a message that was checked for another interface, `.forked`.
    public func send(_ message: Message) throws(Failure) -> Receipt {
        try checkProcess()
        let call = try Call(message, for: account)
        return try easy.perform(call).receipt(for: call)
    }

    /// Checks a complete payload or short form, then posts it and waits.
    /// - Parameter options: the options document of wabiz.h, or nil; `api` is the account's where it is left out.
    /// - Throws: `.badJSON`, `.badArgument`, `.invalid` with every issue: nothing was sent; and as `send(_:)` does.
    public func send(json: [UInt8], options: [UInt8]? = nil) throws(Failure) -> Receipt {
        try checkProcess()
        var options = try MessageOptions(json: options, defaults: MessageOptions(api: account.api))
        try account.check(serves: options.api)
        options.now = options.now ?? time(nil)
        return try send(Message(json: json, options: options))
    }

    /// The line for media files. - Throws: `.forked`, `.noMemory`.
    func mediaLine() throws(Failure) -> MediaLine {
        try checkProcess()
        if let line { return line }
        let opened = try MediaLine(account, transport)
        line = opened
        return opened
    }

    private func checkProcess() throws(Failure) {
        guard easy.isForeign else { return }
        throw Failure(.forked, "This client belongs to the parent process. Open a new one after fork().")
    }
}
