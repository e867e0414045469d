// The chapter "library" of wabiz.h.
public import CWABiz
import Glibc
import WABiz

@_cdecl("wabiz_version") @implementation
public func wabiz_version() -> UnsafePointer<CChar>! { unsafe constant(WABizLibrary.versionText) }

@_cdecl("wabiz_status_name") @implementation
public func wabiz_status_name(_ status: wabiz_status) -> UnsafePointer<CChar>! { unsafe constant(name(of: status)) }

@_cdecl("wabiz_describe") @implementation
public func wabiz_describe(_ table: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let name = unsafe String(decoding: try required(table, "table"), as: UTF8.self)
        guard let description = Describe.table(name) else {
            throw Failure(.notFound, "There is no table of this name; there are \(Describe.names.joined(separator: ", ")).")
        }
        return Answer(description)
    }
}

@_cdecl("wabiz_free") @implementation
public func wabiz_free(_ text: UnsafeMutablePointer<CChar>!) { unsafe free(text) }

private func name(of status: wabiz_status) -> StaticString {
    switch status {
    case WABIZ_IDLE: "idle"
    case WABIZ_OK: "ok"
    case WABIZ_BAD_ARGUMENT: "bad_argument"
    case WABIZ_BAD_JSON: "bad_json"
    case WABIZ_INVALID: "invalid"
    case WABIZ_UNAUTHENTIC: "unauthentic"
    case WABIZ_REFUSED: "refused"
    case WABIZ_UNREACHABLE: "unreachable"
    case WABIZ_UNCERTAIN: "uncertain"
    case WABIZ_STORAGE: "storage"
    case WABIZ_FORKED: "forked"
    case WABIZ_NO_MEMORY: "no_memory"
    case WABIZ_FULL: "full"
    case WABIZ_NOT_FOUND: "not_found"
    case WABIZ_CONFLICT: "conflict"
    case WABIZ_BLOCKED: "blocked"
    case WABIZ_CANCELLED: "cancelled"
    default: "unknown"
    }
}

/// Static strings end in a NUL and are never freed: just what C wants.
private func constant(_ text: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
