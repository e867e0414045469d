// What went wrong, in one shape for every part of the library: a code word, what to do about it, and the verdict
// whether the same call may be made again. The words are fixed; the C status numbers stand in wabiz.h.

/// A failed call.
public struct Failure: Error, Sendable {
    /// The words of our failures. They never change; each has one status number in `wabiz.h`.
    public enum Code: String, Sendable, CaseIterable {
        case badArgument = "bad_argument"
        case badJSON = "bad_json"
        case invalid
        case unauthentic
        case refused
        case unreachable
        case uncertain
        case storage
        case forked
        case noMemory = "no_memory"
        case full
        case notFound = "not_found"
        case conflict
        case blocked
        case cancelled
    }

    public var code: Code
    /// Says what happened and what to do. Never holds a token or secret.
    public var message: String
    public var retry: Verdict
    /// Every problem of the message, when `code` is `.invalid`.
    public var issues: [Issue]
    /// Meta's own error, when `code` is `.refused`.
    public var graph: GraphError?
    /// The HTTP status to answer with, where a request of Meta's is refused that knows more than one.
    public var httpStatus: Int?
    /// One word for what was in the way, where the code alone leaves it open: of the storage, or of a message that is blocked.
    public var reason: String?
    /// Where the text stops being JSON, when `code` is `.badJSON`.
    public var position: TextPosition?

    public init(
        _ code: Code, _ message: String, retry: Verdict = .afterFix, issues: [Issue] = [], graph: GraphError? = nil,
        position: TextPosition? = nil
    ) {
        self.code = code
        self.message = message
        self.retry = retry
        self.issues = issues
        self.graph = graph
        self.position = position
    }

    public static func badArgument(_ message: String) -> Failure { Failure(.badArgument, message) }

    /// The failure document: `{"error":{…}}`, with `http_status` where there is one to answer with.
    public var document: Tree {
        let tree: Tree = ["error": details]
        tree.set("http_status", httpStatus.map(Tree.integer))
        return tree
    }

    /// The same failure with a word for what was in the way.
    package func because(_ reason: String) -> Failure {
        var failure = self
        failure.reason = reason
        return failure
    }

    /// The same failure with the HTTP status to answer with.
    func answered(with status: Int) -> Failure {
        var failure = self
        failure.httpStatus = status
        return failure
    }

    /// What stands under `error` in a failure document, and under `error` of an outcome.
    public var details: Tree {
        let tree: Tree = ["code": .string(code.rawValue), "message": .string(message), "retry": .string(retry.rawValue)]
        if let reason { tree.set("reason", .string(reason)) }
        if let position { tree.set("position", position.tree) }
        if !issues.isEmpty { tree.set("issues", .array(issues.map(\.tree))) }
        if let graph { tree.set("graph", graph.tree) }
        return tree
    }
}

/// Whether the same message may be sent again, and when.
public enum Verdict: String, Sendable, CaseIterable {
    /// Not this message to this person.
    case never
    /// Change something first.
    case afterFix = "after_fix"
    /// Again, with growing pauses.
    case backoff
    /// Again, once the stated condition holds or the stated time is over.
    case waitWindow = "wait_window"
    /// The message may have gone out: a repeat may duplicate it.
    case uncertain
}

/// A place in a text. Line and column count from 1, columns in bytes; `byte` counts from 0.
public struct TextPosition: Sendable, Equatable {
    public var line: Int
    public var column: Int
    public var byte: Int

    var tree: Tree { ["line": .integer(line), "column": .integer(column), "byte": .integer(byte)] }
}
