// The chapter "webhooks" of wabiz.h.
public import CWABiz
import WABiz

@_cdecl("wabiz_webhook_challenge") @implementation
public func wabiz_webhook_challenge(_ query: UnsafePointer<CChar>!, _ verifyToken: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let query = unsafe String(decoding: try required(query, "query"), as: UTF8.self)
        let challenge = unsafe Webhook.challenge(query: query, verifyToken: optionalString(verifyToken))
        return Answer(challenge.document, status: challenge.failure?.code.status ?? WABIZ_OK)
    }
}

@_cdecl("wabiz_webhook_receive") @implementation
public func wabiz_webhook_receive(
    _ body: UnsafeRawPointer!, _ length: Int, _ signature: UnsafePointer<CChar>!, _ secrets: UnsafePointer<CChar>!, _ out: Out!
) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let body = unsafe try required(body, length, "body")
        return Answer(unsafe try Webhook.document(of: body, signature: inPlace(signature), secrets: inPlace(secrets)))
    }
}

@_cdecl("wabiz_webhook_parse") @implementation
public func wabiz_webhook_parse(_ body: UnsafeRawPointer!, _ length: Int, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        Answer(unsafe try Webhook.document(of: required(body, length, "body")))
    }
}

@_cdecl("wabiz_webhook_sign") @implementation
public func wabiz_webhook_sign(_ body: UnsafeRawPointer!, _ length: Int, _ secret: UnsafePointer<CChar>!, _ out: Out!) -> wabiz_status {
    unsafe respond(out) { () throws(Failure) in
        let signature = unsafe try Webhook.sign(body: required(body, length, "body"), secret: optionalString(secret) ?? "")
        return Answer(["signature": .string(signature)])
    }
}
