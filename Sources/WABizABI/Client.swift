// The chapter "client" of wabiz.h: a handle is a retained Client.
public import CWABiz
import WABiz
import WABizClient

@_cdecl("wabiz_client_open") @implementation
public func wabiz_client_open(_ config: UnsafePointer<CChar>!, _ client: UnsafeMutablePointer<OpaquePointer?>!, _ out: Out!) -> wabiz_status {
    unsafe client?.pointee = nil
    return unsafe respond(out) { () throws(Failure) in
        guard let place = unsafe client else { throw .badArgument("\"client\" is NULL; pass where to put the handle.") }
        let opened = try Client(config: unsafe required(config, "config"))
        unsafe place.pointee = OpaquePointer(Unmanaged.passRetained(opened).toOpaque())
        return Answer(opened.document)
    }
}

@_cdecl("wabiz_client_close") @implementation
public func wabiz_client_close(_ client: OpaquePointer!) {
    guard let client = unsafe client else { return }
    unsafe Unmanaged<Client>.fromOpaque(UnsafeRawPointer(client)).release()
}

@_cdecl("wabiz_client_send") @implementation
public func wabiz_client_send(
    _ client: OpaquePointer!, _ message: UnsafePointer<CChar>!, _ options: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let client = unsafe try Client.behind(client)
        return Answer(try unsafe client.send(borrowing: inPlace(message, "message"), options: inPlace(options)).text())
    }
}

@_cdecl("wabiz_client_submit") @implementation
public func wabiz_client_submit(
    _ client: OpaquePointer!, _ message: UnsafePointer<CChar>!, _ options: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let client = unsafe try Client.behind(client)
        let ticket = try unsafe client.submit(borrowing: inPlace(message, "message"), options: inPlace(options))
        var writer = JSONWriter(capacity: 32)
        writer.beginObject()
        writer.name("ticket")
        writer.integer(Int(clamping: ticket))
        writer.endObject()
        return Answer(writer.finish())
    }
}

@_cdecl("wabiz_client_step") @implementation
public func wabiz_client_step(_ client: OpaquePointer!, _ timeout_ms: Int32, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let client = unsafe try Client.behind(client)
        return Answer(try client.step(timeout: Int(timeout_ms)), of: client)
    }
}

@_cdecl("wabiz_client_cancel") @implementation
public func wabiz_client_cancel(_ client: OpaquePointer!, _ ticket: UInt64, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        try unsafe Client.behind(client).cancel(ticket)
        return Answer(Array(#"{"ticket":\#(ticket),"cancelled":true}"#.utf8))
    }
}

@_cdecl("wabiz_client_drain") @implementation
public func wabiz_client_drain(_ client: OpaquePointer!, _ timeout_ms: Int32, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let client = unsafe try Client.behind(client)
        return Answer(try client.drain(timeout: Int(timeout_ms)), of: client)
    }
}

@_cdecl("wabiz_client_descriptor") @implementation
public func wabiz_client_descriptor(_ client: OpaquePointer!) -> Int32 {
    guard let client = unsafe try? Client.behind(client) else { return -1 }
    return client.descriptor
}

@_cdecl("wabiz_client_stats") @implementation
public func wabiz_client_stats(_ client: OpaquePointer!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(try unsafe Client.behind(client).statistics()) }
}

@_cdecl("wabiz_client_contacts") @implementation
public func wabiz_client_contacts(
    _ client: OpaquePointer!, _ contacts: UnsafePointer<CChar>!, _ options: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let client = unsafe try Client.behind(client)
        return Answer(try client.contacts(json: unsafe required(contacts, "contacts"), options: unsafe optional(options)).document)
    }
}

@_cdecl("wabiz_client_health") @implementation
public func wabiz_client_health(_ client: OpaquePointer!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in Answer(try unsafe Client.behind(client).health().document) }
}

extension Answer {
    /// What a step or drain hands out.
    fileprivate init(_ outcomes: [Outcome], of client: Client) {
        self.init(Outcome.text(outcomes), status: outcomes.isEmpty && client.isIdle ? WABIZ_IDLE : WABIZ_OK)
    }
}

extension Client {
    /// The client that a handle stands for.
    static func behind(_ handle: OpaquePointer?) throws(Failure) -> Client {
        guard let handle = unsafe handle else { throw .badArgument("\"client\" is NULL; open one first.") }
        return unsafe Unmanaged<Client>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
    }
}
