// C's conventions, once: text in, text out, statuses, failures. It decides nothing about messages.
import CWABiz
import Glibc
import WABiz

/// Where a function puts its document.
public typealias Out = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// What a function has to say: a status and the document that goes with it.
struct Answer {
    let status: wabiz_status
    let document: [UInt8]

    init(_ document: [UInt8], status: wabiz_status = WABIZ_OK) {
        self.status = status
        self.document = document
    }

    init(_ document: Tree, status: wabiz_status = WABIZ_OK) { self.init(document.bytes, status: status) }

    init(_ failure: Failure) { self.init(failure.document, status: failure.code.status) }
}

/// Runs one call and hands its document out, whatever it throws.
func respond(_ out: Out?, _ work: () throws(Failure) -> Answer) -> wabiz_status {
    let answer: Answer
    do { answer = try work() } catch { answer = Answer(error) }
    guard let out = unsafe out else { return answer.status }
    let copy = unsafe answer.document.withUnsafeBytes { unsafe allocate($0) }
    unsafe out.pointee = copy
    return unsafe copy == nil ? WABIZ_NO_MEMORY : answer.status
}

/// A NUL-terminated copy that `wabiz_free` takes back; nil when memory is gone.
func allocate(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<CChar>? {
    guard let copy = unsafe malloc(bytes.count + 1) else { return nil }
    if let base = bytes.baseAddress { unsafe memcpy(copy, base, bytes.count) }
    unsafe copy.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
    return unsafe copy.assumingMemoryBound(to: CChar.self)
}

/// The bytes of a text that must be there.
func required(_ text: UnsafePointer<CChar>?, _ name: String) throws(Failure) -> [UInt8] {
    guard let bytes = unsafe optional(text) else { throw .badArgument("\"\(name)\" is NULL; pass a text.") }
    return bytes
}

/// The bytes of a text that may be NULL.
func optional(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
    guard let text = unsafe text else { return nil }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
}

/// A text that may be NULL, as a string; what is not UTF-8 in it can match nothing.
func optionalString(_ text: UnsafePointer<CChar>?) -> String? { unsafe optional(text).map { String(decoding: $0, as: UTF8.self) } }

/// Bytes with their length; NULL stands for no bytes only when the length says so.
func required(_ bytes: UnsafeRawPointer?, _ length: Int, _ name: String) throws(Failure) -> UnsafeRawBufferPointer {
    guard unsafe bytes != nil || length == 0 else { throw .badArgument("\"\(name)\" is NULL; pass the bytes as received.") }
    guard length >= 0 else { throw .badArgument("The length of \"\(name)\" is beyond any memory.") }
    return unsafe UnsafeRawBufferPointer(start: bytes, count: length)
}

extension Failure.Code {
    /// The status that `wabiz.h` gives to each word.
    var status: wabiz_status {
        switch self {
        case .badArgument: WABIZ_BAD_ARGUMENT
        case .badJSON: WABIZ_BAD_JSON
        case .invalid: WABIZ_INVALID
        case .unauthentic: WABIZ_UNAUTHENTIC
        case .refused: WABIZ_REFUSED
        case .unreachable: WABIZ_UNREACHABLE
        case .uncertain: WABIZ_UNCERTAIN
        case .storage: WABIZ_STORAGE
        case .forked: WABIZ_FORKED
        case .noMemory: WABIZ_NO_MEMORY
        case .full: WABIZ_FULL
        case .notFound: WABIZ_NOT_FOUND
        case .conflict: WABIZ_CONFLICT
        case .blocked: WABIZ_BLOCKED
        case .cancelled: WABIZ_CANCELLED
        }
    }
}
