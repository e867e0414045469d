// The chapter "messages" of wabiz.h.
public import CWABiz
import Glibc
import WABiz

@_cdecl("wabiz_message_build") @implementation
public func wabiz_message_build(_ message: UnsafePointer<CChar>!, _ options: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let options = try MessageOptions(json: unsafe optional(options), defaults: MessageOptions(now: time(nil)))
        return Answer(try Message(json: unsafe required(message, "message"), options: options).payload)
    }
}

@_cdecl("wabiz_message_check") @implementation
public func wabiz_message_check(_ message: UnsafePointer<CChar>!, _ options: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let options = try MessageOptions(json: unsafe optional(options), defaults: MessageOptions(now: time(nil)))
        let report = try Message.report(json: unsafe required(message, "message"), options: options)
        return Answer(report.json, status: report.isValid ? WABIZ_OK : WABIZ_INVALID)
    }
}
