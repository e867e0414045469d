// Reads JSON: one pass over the caller's bytes checks them (RFC 8259, UTF-8, bounded size and depth) and writes a flat
// tape of tokens. JSONView.swift walks it. Nothing is copied or decoded until somebody asks.
import Glibc

/// What a document may hold beyond what Jansson accepts.
public enum JSONTolerance: Sendable {
    /// Exactly what Jansson accepts: for what we send.
    case strict
    /// Also integers beyond 64 bits, reals beyond double, `\u0000` and unpaired surrogate escapes: for what we are
    /// sent, where nothing may be lost.
    case tolerant
}

/// Bounds that hold before anything is walked.
public enum JSONBounds {
    /// Bytes of one document.
    public static let bytes = 64 << 20
    /// Objects and arrays inside each other; Jansson's own bound.
    public static let depth = 2048
}

enum JSONKind: UInt32 {
    case null, `false`, `true`, integer, real, string, object, array
}

/// One value or member name. Members lie as name, value, name, value after their object's token.
struct Token {
    var start: UInt32
    var end: UInt32
    /// The index behind this value's last token; while a container is still open, the index of its parent.
    var next: UInt32
    /// Kind in the low 3 bits, "holds escapes" in the next, above them the number of elements or members.
    var info: UInt32

    static let escaped: UInt32 = 8
    static let one: UInt32 = 16
}

/// The tokens of one text. It borrows the text and owns the tokens; views into it end with it.
@safe public struct Tape: ~Copyable {
    private var tokens: UnsafeMutablePointer<Token>
    private var capacity: Int

    /// Nil when there is no memory for so many tokens.
    private init?(capacity: Int) {
        guard let memory = unsafe malloc(capacity * MemoryLayout<Token>.stride) else { return nil }
        unsafe tokens = memory.bindMemory(to: Token.self, capacity: capacity)
        self.capacity = capacity
    }

    deinit { unsafe free(tokens) }

    /// Checks `bytes` and hands their root to `body`. Views must not outlive `body`.
    /// - Parameter depth: how many objects and arrays may lie inside each other.
    /// - Throws: `.badJSON` with the position, or what `body` throws.
    public static func read<Result: ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, _ tolerance: JSONTolerance = .strict, depth: Int = JSONBounds.depth,
        _ body: (JSONView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let tape = try unsafe tape(of: bytes, tolerance, depth)
        guard let base = bytes.baseAddress else { throw Tape.empty }
        return try body(unsafe JSONView(text: base.assumingMemoryBound(to: UInt8.self), tokens: UnsafePointer(tape.tokens), index: 0))
    }

    private static var empty: Failure {
        Failure(.badJSON, "The text is empty; write a JSON object.", position: TextPosition(line: 1, column: 1, byte: 0))
    }

    /// Stays a function of its own: of the generic ones above the compiler makes one for every kind of result.
    @inline(never) private static func tape(of bytes: UnsafeRawBufferPointer, _ tolerance: JSONTolerance, _ depth: Int) throws(Failure) -> Tape {
        guard let base = bytes.baseAddress, unsafe !bytes.isEmpty else { throw Tape.empty }
        guard bytes.count <= JSONBounds.bytes else {
            throw Failure(.badJSON, "The text has \(bytes.count) bytes; at most \(JSONBounds.bytes) are read. Split it.")
        }
        guard var tape = Tape(capacity: min(bytes.count / 8 + 16, 4096)) else { throw noMemory }
        var scanner = unsafe Scanner(text: base.assumingMemoryBound(to: UInt8.self), end: bytes.count, tolerance: tolerance)
        try tape.fill(&scanner, depth)
        return tape
    }

    /// The same for bytes that are held in an array.
    public static func read<Result>(
        _ bytes: [UInt8], _ tolerance: JSONTolerance = .strict, depth: Int = JSONBounds.depth,
        _ body: (JSONView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
            unsafe try read(UnsafeRawBufferPointer(buffer), tolerance, depth: depth, body)
        }
    }

    private static var noMemory: Failure { Failure(.noMemory, "There is no memory to read a text of this size; free some.", retry: .backoff) }

    @inline(__always) private mutating func append(_ token: Token) throws(Failure) {
        let index = Int(count)
        if index == capacity { try grow() }
        unsafe (tokens + index).initialize(to: token)
        count &+= 1
    }

    private var count: UInt32 = 0

    /// Grows the tape where it lies, where the system can move its pages: a copy of a large one would stand beside it.
    @inline(never) private mutating func grow() throws(Failure) {
        guard let larger = unsafe realloc(tokens, capacity * 2 * MemoryLayout<Token>.stride) else { throw Tape.noMemory }
        capacity *= 2
        unsafe tokens = larger.bindMemory(to: Token.self, capacity: capacity)
    }

    /// Walks the whole text once. No recursion: an open container's token remembers its parent.
    private mutating func fill(_ scanner: inout Scanner, _ deepest: Int) throws(Failure) {
        let none = UInt32.max
        var container = none
        var depth = 0
        var expectsName = false
        scanner.skipSpace()
        while true {
            // A member's name, or a value, or the end of an empty container stands here.
            if expectsName {
                try append(scanner.name())
                let name = Int(count) - 1
                unsafe tokens[name].next = count
                scanner.skipSpace()
                try scanner.expect(UInt8(ascii: ":"), "Write a ':' between a member's name and its value.")
                scanner.skipSpace()
                expectsName = false
            }
            let byte = scanner.peek
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
                guard depth <= deepest else {
                    throw scanner.failure("More than \(deepest) objects and arrays lie inside each other.")
                }
                let isObject = byte == UInt8(ascii: "{")
                let kind = isObject ? JSONKind.object : .array
                try append(Token(start: scanner.offset, end: 0, next: container, info: kind.rawValue))
                container = count - 1
                scanner.advance()
                scanner.skipSpace()
                if scanner.peek != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if isObject { expectsName = true }
                    continue
                }
            } else {
                var token = try scanner.scalar()
                token.next = count + 1
                try append(token)
                if container != none { unsafe tokens[Int(container)].info &+= Token.one }
            }
            // A value is complete: close what ends here, then go on behind a comma.
            while true {
                scanner.skipSpace()
                guard container != none else {
                    guard scanner.isAtEnd else { throw scanner.failure("The JSON text ends here, but something follows; remove it.") }
                    return
                }
                let open = Int(container)
                let isObject = unsafe tokens[open].info & 7 == JSONKind.object.rawValue
                let byte = scanner.peek
                if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    scanner.advance()
                    depth -= 1
                    unsafe container = tokens[open].next
                    unsafe tokens[open].next = count
                    unsafe tokens[open].end = scanner.offset
                    if container != none { unsafe tokens[Int(container)].info &+= Token.one }
                } else if byte == UInt8(ascii: ",") {
                    scanner.advance()
                    scanner.skipSpace()
                    expectsName = isObject
                    break
                } else {
                    throw scanner.failure(isObject ? "Write ',' or '}' here." : "Write ',' or ']' here.")
                }
            }
        }
    }
}
