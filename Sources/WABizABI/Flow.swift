// The chapter "flows" of wabiz.h. Keys and passphrases are used where they lie; no copy of them is made here.
public import CWABiz
import Glibc
import WABiz

@_cdecl("wabiz_flow_receive") @implementation
public func wabiz_flow_receive(
    _ body: UnsafeRawPointer!, _ length: Int, _ signature: UnsafePointer<CChar>!, _ secrets: UnsafePointer<CChar>!,
    _ keyPEM: UnsafePointer<CChar>!, _ passphrase: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        Answer(unsafe try FlowEndpoint.receive(
            body: required(body, length, "body"), signature: optionalString(signature), secrets: optionalString(secrets),
            key: inPlace(keyPEM, "key_pem"), passphrase: passphrase))
    }
}

@_cdecl("wabiz_flow_decrypt") @implementation
public func wabiz_flow_decrypt(
    _ body: UnsafeRawPointer!, _ length: Int, _ keyPEM: UnsafePointer<CChar>!, _ passphrase: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        Answer(unsafe try FlowEndpoint.decrypt(
            body: required(body, length, "body"), key: inPlace(keyPEM, "key_pem"), passphrase: passphrase))
    }
}

@_cdecl("wabiz_flow_encrypt") @implementation
public func wabiz_flow_encrypt(_ session: UnsafePointer<CChar>!, _ response: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        Answer(unsafe try FlowEndpoint.encrypt(session: inPlace(session, "session"), response: required(response, "response")))
    }
}

@_cdecl("wabiz_flow_media_decrypt") @implementation
public func wabiz_flow_media_decrypt(
    _ media: UnsafePointer<CChar>!, _ file: UnsafeRawPointer!, _ length: Int, _ plain: UnsafeMutableRawPointer!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        guard unsafe plain != nil || length == 0 else { throw .badArgument("\"plain\" is NULL; pass memory with room for \"length\" bytes.") }
        let file = unsafe try required(file, length, "file")
        let room = unsafe UnsafeMutableRawBufferPointer(start: plain, count: length)
        return Answer(unsafe try FlowEndpoint.decryptMedia(required(media, "media"), file: file, into: room))
    }
}
