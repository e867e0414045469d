// Signs what the sandbox sends, through the library.
import WABiz

enum WebhookSignature {
    /// The value of X-Hub-Signature-256: `sha256=` and 64 hexadecimal digits. Nil for a blank secret.
    static func header(of body: [UInt8], secret: String) -> String? {
        try? Webhook.sign(body: body, secret: secret)
    }

    /// HMAC-SHA256 as hexadecimal digits; empty for a blank secret.
    static func hex(of body: [UInt8], secret: String) -> String {
        header(of: body, secret: secret).map { String($0.dropFirst("sha256=".count)) } ?? ""
    }
}
