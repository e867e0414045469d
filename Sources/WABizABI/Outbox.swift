// The chapter "outbox" of wabiz.h: a handle is a retained Outbox.
public import CWABiz
import WABiz
import WABizClient

@_cdecl("wabiz_outbox_open") @implementation
public func wabiz_outbox_open(_ config: UnsafePointer<CChar>!, _ outbox: UnsafeMutablePointer<OpaquePointer?>!, _ out: Out!) -> wabiz_status {
    unsafe outbox?.pointee = nil
    return unsafe respond(out) { () throws(Failure) in
        guard let place = unsafe outbox else { throw .badArgument("\"outbox\" is NULL; pass where to put the handle.") }
        let opened = try Outbox(config: unsafe required(config, "config"))
        let document = try opened.document()
        unsafe place.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
        return Answer(document)
    }
}

@_cdecl("wabiz_outbox_close") @implementation
public func wabiz_outbox_close(_ outbox: OpaquePointer!) {
    guard let outbox = unsafe outbox else { return }
    unsafe Unmanaged<Outbox>.fromOpaque(UnsafeRawPointer(outbox)).release()
}

@_cdecl("wabiz_outbox_put") @implementation
public func wabiz_outbox_put(
    _ outbox: OpaquePointer!, _ message: UnsafePointer<CChar>!, _ options: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let outbox = unsafe try handle(outbox)
        return Answer(try unsafe outbox.put(borrowing: inPlace(message, "message"), options: inPlace(options)))
    }
}

@_cdecl("wabiz_outbox_step") @implementation
public func wabiz_outbox_step(_ outbox: OpaquePointer!, _ client: OpaquePointer!, _ timeout_ms: Int32, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let (document, isIdle) = try unsafe handle(outbox).step(Client.behind(client), timeout: Int(timeout_ms))
        return Answer(document, status: isIdle ? WABIZ_IDLE : WABIZ_OK)
    }
}

@_cdecl("wabiz_outbox_drain") @implementation
public func wabiz_outbox_drain(_ outbox: OpaquePointer!, _ client: OpaquePointer!, _ timeout_ms: Int32, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let (document, isIdle) = try unsafe handle(outbox).drain(Client.behind(client), timeout: Int(timeout_ms))
        return Answer(document, status: isIdle ? WABIZ_IDLE : WABIZ_OK)
    }
}

@_cdecl("wabiz_outbox_descriptor") @implementation
public func wabiz_outbox_descriptor(_ outbox: OpaquePointer!, _ client: OpaquePointer!) -> Int32 {
    guard let outbox = unsafe try? handle(outbox), let client = unsafe try? Client.behind(client) else { return -1 }
    return outbox.descriptor(client)
}

@_cdecl("wabiz_outbox_apply") @implementation
public func wabiz_outbox_apply(_ outbox: OpaquePointer!, _ events: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(unsafe try handle(outbox).apply(required(events, "events"))) }
}

@_cdecl("wabiz_outbox_get") @implementation
public func wabiz_outbox_get(_ outbox: OpaquePointer!, _ id: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(unsafe try handle(outbox).get(text(id, "id"))) }
}

@_cdecl("wabiz_outbox_list") @implementation
public func wabiz_outbox_list(_ outbox: OpaquePointer!, _ options: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(unsafe try handle(outbox).list(RowFilter(json: optional(options)))) }
}

@_cdecl("wabiz_outbox_cancel") @implementation
public func wabiz_outbox_cancel(_ outbox: OpaquePointer!, _ id: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(unsafe try handle(outbox).cancel(text(id, "id"))) }
}

@_cdecl("wabiz_outbox_retry") @implementation
public func wabiz_outbox_retry(_ outbox: OpaquePointer!, _ id: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(unsafe try handle(outbox).retry(text(id, "id"))) }
}

@_cdecl("wabiz_outbox_resume") @implementation
public func wabiz_outbox_resume(_ outbox: OpaquePointer!, _ person: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(unsafe try handle(outbox).resume(text(person, "person"))) }
}

@_cdecl("wabiz_outbox_prune") @implementation
public func wabiz_outbox_prune(_ outbox: OpaquePointer!, _ options: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(unsafe try handle(outbox).prune(PruneOptions(json: optional(options)))) }
}

@_cdecl("wabiz_outbox_stats") @implementation
public func wabiz_outbox_stats(_ outbox: OpaquePointer!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(unsafe try handle(outbox).stats()) }
}

private func handle(_ outbox: OpaquePointer?) throws(Failure) -> Outbox {
    guard let outbox = unsafe outbox else { throw .badArgument("\"outbox\" is NULL; open one first.") }
    return unsafe Unmanaged<Outbox>.fromOpaque(UnsafeRawPointer(outbox)).takeUnretainedValue()
}

/// A text that must be there; what is not UTF-8 in it names nothing.
private func text(_ text: UnsafePointer<CChar>?, _ name: String) throws(Failure) -> String {
    String(decoding: unsafe try required(text, name), as: UTF8.self)
}
