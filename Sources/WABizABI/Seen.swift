// The chapter "seen" of wabiz.h: a handle is a retained Seen.
public import CWABiz
import WABiz
import WABizClient

@_cdecl("wabiz_seen_open") @implementation
public func wabiz_seen_open(_ config: UnsafePointer<CChar>!, _ seen: UnsafeMutablePointer<OpaquePointer?>!, _ out: Out!) -> wabiz_status {
    unsafe seen?.pointee = nil
    return unsafe respond(out) { () throws(Failure) in
        guard let place = unsafe seen else { throw .badArgument("\"seen\" is NULL; pass where to put the handle.") }
        let opened = try Seen(config: unsafe optional(config))
        unsafe place.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
        return Answer(opened.document)
    }
}

@_cdecl("wabiz_seen_close") @implementation
public func wabiz_seen_close(_ seen: OpaquePointer!) {
    guard let seen = unsafe seen else { return }
    unsafe Unmanaged<Seen>.fromOpaque(UnsafeRawPointer(seen)).release()
}

@_cdecl("wabiz_seen_check") @implementation
public func wabiz_seen_check(
    _ seen: OpaquePointer!, _ events: UnsafePointer<CChar>!, _ options: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let now = try ClockOption(json: unsafe optional(options)).now
        return Answer(unsafe try handle(seen).check(EventKeys(json: required(events, "events")), now: now).document)
    }
}

@_cdecl("wabiz_seen_mark") @implementation
public func wabiz_seen_mark(
    _ seen: OpaquePointer!, _ events: UnsafePointer<CChar>!, _ options: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let now = try ClockOption(json: unsafe optional(options)).now
        return Answer(unsafe try handle(seen).mark(EventKeys(json: required(events, "events")), now: now).document)
    }
}

private func handle(_ seen: OpaquePointer?) throws(Failure) -> Seen {
    guard let seen = unsafe seen else { throw .badArgument("\"seen\" is NULL; open one first.") }
    return unsafe Unmanaged<Seen>.fromOpaque(UnsafeRawPointer(seen)).takeUnretainedValue()
}
