// C's conventions, once: text in, text out, statuses, failures. It decides nothing about messages.
import CWABiz
import Glibc
import WABiz

/// Where a function puts its document.
public typealias Out = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// What a function has to say: a status and the document that goes with it.
struct Answer: ~Copyable {
    let status: wabiz_status
    let document: TextMemory

    /// A document in memory that is handed out as it stands.
    init(_ document: consuming TextMemory, status: wabiz_status = WABIZ_OK) {
        self.status = status
        self.document = document
    }

    init(_ document: [UInt8], status: wabiz_status = WABIZ_OK) { self.init(TextMemory(document), status: status) }

    init(_ document: Tree, status: wabiz_status = WABIZ_OK) { self.init(document.bytes, status: status) }

    init(_ failure: Failure) { self.init(failure.document, status: failure.code.status) }
}

/// Runs one call and hands its document out, whatever it throws.
func respond(_ out: Out?, _ work: () throws(Failure) -> Answer) -> wabiz_status {
    let answer: Answer
    do { answer = try work() } catch { answer = Answer(error) }
    let status = answer.status
    guard let out = unsafe out else { return status }
    let text = unsafe answer.document.take()
    unsafe out.pointee = text
    return unsafe text == nil ? WABIZ_NO_MEMORY : status
}


/// A text that may be NULL, where the caller holds it.
func inPlace(_ text: UnsafePointer<CChar>?) -> UnsafeRawBufferPointer? {
    unsafe text.map { unsafe UnsafeRawBufferPointer(start: $0, count: strlen($0)) }
}

/// A text that must be there, where the caller holds it.
func inPlace(_ text: UnsafePointer<CChar>?, _ name: String) throws(Failure) -> UnsafeRawBufferPointer {
    guard let text = unsafe inPlace(text) else { throw .badArgument("\"\(name)\" is NULL; pass a text.") }
    return unsafe text
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
