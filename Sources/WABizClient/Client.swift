// A client sends for one account, or for many, over kept connections: check, queue, post, judge. It reads the clock and the
// process id, which the core does not.
import Glibc
public import WABiz

/// One client serves one thread at a time; clients share nothing. After `fork()` the child opens its own.
public final class Client {
    public let account: Account
    private let transport: TransportOptions
    private let engine: Engine
    let live: LiveAccount
    /// Where media files go over the wire; opened by the first that does.
    private var line: MediaLine?

    /// No connection is made yet.
    /// - Throws: `.badArgument`, also when a file that is named cannot be read.
    public init(_ account: Account, transport: TransportOptions? = nil, delivery: DeliveryOptions? = nil) throws(Failure) {
        let transport = if let transport { transport } else { try TransportOptions() }
        let delivery = if let delivery { delivery } else { try DeliveryOptions() }
        try transport.check(for: account)
        for (member, path) in transport.files where unsafe access(path, R_OK) != 0 {
            throw .badArgument("\"\(member)\" cannot be read: \(unsafe String(cString: strerror(errno))). Write the path of a PEM file.")
        }
        self.account = account
        self.transport = transport
        live = LiveAccount(account)
        engine = try Engine(live, transport, delivery)
    }

    /// - Parameter config: the JSON configuration that wabiz.h lists.
    /// - Throws: `.badJSON`, or `.badArgument` that names everything wrong at once.
    public convenience init(config: [UInt8]) throws(Failure) {
        let configuration = try Configuration(json: config)
        try self.init(configuration.account, transport: configuration.transport, delivery: configuration.delivery)
    }

    /// What `wabiz_client_open` tells of it: `{"api":…,"base_url":…}`.
    public var document: Tree { account.document }

    // MARK: One message, and its end

    /// Posts a checked message and waits until its outcome is known; what was submitted goes on meanwhile.
    /// - Throws: `.refused`, `.unreachable` (nothing left), `.uncertain` (it left, and no complete answer came back),
    ///   `.badArgument` for a message that was checked for another interface, `.full`, `.cancelled` once drained, `.forked`.
    public func send(_ message: Message, _ options: SubmitOptions = SubmitOptions()) throws(Failure) -> Receipt {
        try checkProcess()
        try options.check()
        return try unsafe message.posting { (posting) throws(Failure) in
            _ = try unsafe engine.submit(posting, options, owner: 0, isAwaited: true)
            return try engine.finish()
        }
    }

    /// Checks a complete payload or short form, then posts it and waits.
    /// - Parameter options: the options document of wabiz.h, or nil; `api` is the account's where it is left out.
    /// - Throws: `.badJSON`, `.badArgument`, `.invalid` with every issue: nothing was sent; and as `send(_:_:)` does.
    public func send(json: [UInt8], options: [UInt8]? = nil) throws(Failure) -> Receipt {
        try unsafe Client.borrow(json, options) { (json, options) throws(Failure) in try unsafe send(borrowing: json, options: options) }
    }

    /// The same for texts that the caller keeps until this returns.
    @unsafe package func send(borrowing json: UnsafeRawBufferPointer, options: UnsafeRawBufferPointer?) throws(Failure) -> Receipt {
        try checkProcess()
        let (check, options) = try unsafe read(options)
        return try unsafe Message.check(json, check) { (posting) throws(Failure) in
            _ = try unsafe engine.submit(posting, options, owner: 0, isAwaited: true)
            return try engine.finish()
        }
    }

    // MARK: Many messages at once

    /// Queues a checked message without waiting. Its outcome comes by `step` or `drain`, exactly one per ticket.
    /// - Returns: the ticket; tickets count up from 1.
    /// - Throws: `.full`, `.cancelled` once drained, `.badArgument`, `.forked`: nothing was queued.
    @discardableResult
    public func submit(_ message: Message, _ options: SubmitOptions = SubmitOptions()) throws(Failure) -> UInt64 {
        try submit(message, options, owner: 0)
    }

    /// Checks a complete payload or short form and queues it.
    /// - Throws: `.badJSON`, `.invalid` with every issue; and as `submit(_:_:)` does.
    @discardableResult
    public func submit(json: [UInt8], options: [UInt8]? = nil) throws(Failure) -> UInt64 {
        try unsafe Client.borrow(json, options) { (json, options) throws(Failure) in try unsafe submit(borrowing: json, options: options) }
    }

    /// The same for texts that the caller keeps until this returns.
    @unsafe package func submit(borrowing json: UnsafeRawBufferPointer, options: UnsafeRawBufferPointer?) throws(Failure) -> UInt64 {
        try checkProcess()
        let (check, options) = try unsafe read(options)
        defer { engine.settle() }
        return try unsafe Message.check(json, check) { (posting) throws(Failure) in try unsafe engine.submit(posting, options, owner: 0).ticket }
    }

    /// The same for an owner whose outcomes go to nobody else. Owner 0 is the caller of the public functions.
    package func submit(_ message: Message, _ options: SubmitOptions, owner: UInt32) throws(Failure) -> UInt64 {
        try checkProcess()
        try options.check()
        defer { engine.settle() }
        return try unsafe message.posting { (posting) throws(Failure) in try unsafe engine.submit(posting, options, owner: owner).ticket }
    }

    /// Drives everything that is under way and hands out what is finished, as soon as there is one outcome. A signal ends the
    /// wait early.
    /// - Parameter timeout: milliseconds to wait at most; negative: until there is something.
    /// - Throws: `.forked`
    public func step(timeout: Int = -1) throws(Failure) -> [Outcome] { try step(timeout: timeout, owner: 0) }

    package func step(timeout: Int, owner: UInt32) throws(Failure) -> [Outcome] {
        try checkProcess()
        return engine.step(timeout, owner: owner)
    }

    /// True when nothing is queued, under way or to be handed out.
    public var isIdle: Bool { isIdle(owner: 0) }

    package func isIdle(owner: UInt32) -> Bool { engine.isIdle(owner) }

    /// True once drained: it begins nothing any more.
    package var isDraining: Bool { engine.isDraining }

    /// What an owner could begin at once, who has these tickets under way.
    package func room(_ own: some Sequence<UInt64>) -> Room { engine.room(own) }

    /// The owner is gone: what is under way for them ends unheard.
    package func leave(owner: UInt32) {
        guard !engine.isForeign else { return }
        engine.leave(owner)
    }

    /// Takes a message back. Its outcome still comes: `.cancelled` when it never left, else `.uncertain`.
    /// - Throws: `.notFound` when there is no such ticket or its outcome is known, `.forked`.
    public func cancel(_ ticket: UInt64) throws(Failure) { try cancel(ticket, owner: 0) }

    package func cancel(_ ticket: UInt64, owner: UInt32) throws(Failure) {
        try checkProcess()
        defer { engine.settle() }
        try engine.cancel(ticket, owner: owner)
    }

    /// Takes no more messages, waits for those that were taken, cuts what is left and hands out every outcome.
    /// - Parameter timeout: milliseconds to wait at most; negative: as long as it takes.
    /// - Throws: `.forked`
    public func drain(timeout: Int = -1) throws(Failure) -> [Outcome] {
        try checkProcess()
        return engine.drain(timeout, owner: 0)
    }

    /// Becomes readable when `step(timeout: 0)` has something to do. The client owns it; -1 when there is none to be had.
    public var descriptor: Int32 { engine.isForeign ? -1 : engine.descriptor }

    /// What the client has done and is doing, as `wabiz_client_stats` writes it.
    /// - Throws: `.forked`
    public func statistics() throws(Failure) -> Tree {
        try checkProcess()
        return engine.statistics
    }

    // MARK: Inside

    private func read(_ options: UnsafeRawBufferPointer?) throws(Failure) -> (MessageOptions, SubmitOptions) {
        var (check, delivery) = try unsafe SubmitOptions.read(options, account.api)
        try account.check(serves: check.api)
        check.now = check.now ?? time(nil)
        return (check, delivery)
    }

    /// Shows both texts where they lie.
    private static func borrow<Result>(
        _ json: [UInt8], _ options: [UInt8]?, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe json.withUnsafeBufferPointer { (json) throws(Failure) in
            guard let options else { return try unsafe body(UnsafeRawBufferPointer(json), nil) }
            return try unsafe options.withUnsafeBufferPointer { (options) throws(Failure) in
                // Empty options are a text without JSON, and not none.
                try unsafe body(UnsafeRawBufferPointer(json), UnsafeRawBufferPointer(options))
            }
        }
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
        guard engine.isForeign else { return }
        throw Failure(.forked, "This client belongs to the parent process. Open a new one after fork().")
    }
}
