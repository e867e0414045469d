// The C functions called from Swift through the header: statuses, ownership of documents, what NULL does.
import CWABiz
import Testing

/// Calls a function that hands out a document, and frees it.
private func call(_ function: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> wabiz_status) -> (wabiz_status, String) {
    var out: UnsafeMutablePointer<CChar>?
    let status = function(&out)
    defer { wabiz_free(out) }
    return (status, out.map { String(cString: $0) } ?? "")
}

@Suite struct BoundaryTests {
    @Test func versionIsTheHeaders() { #expect(String(cString: wabiz_version()) == WABIZ_VERSION) }

    @Test func everyStatusHasItsWord() {
        let words = [
            1: "idle", 0: "ok", -1: "bad_argument", -2: "bad_json", -3: "invalid", -4: "unauthentic", -5: "refused", -6: "unreachable", -7: "uncertain",
            -8: "storage", -9: "forked", -10: "no_memory", -11: "full", -12: "not_found", -13: "conflict", -14: "blocked", -15: "cancelled", 99: "unknown",
        ]
        for (number, word) in words {
            #expect(String(cString: wabiz_status_name(wabiz_status(Int32(number)))) == word)
        }
    }

    @Test func buildWritesThePayload() {
        let (status, payload) = call { wabiz_message_build(#"{"to":"+15550001234","text":"Hi"}"#, nil, $0) }
        #expect(status == WABIZ_OK)
        #expect(payload == #"{"messaging_product":"whatsapp","recipient_type":"individual","type":"text","text":{"body":"Hi"},"to":"+15550001234"}"#)
    }

    @Test func checkReportsAndBuildFails() {
        let message = #"{"to":"+15550001234","text":""}"#
        let report = call { wabiz_message_check(message, nil, $0) }
        #expect(report.0 == WABIZ_INVALID && report.1.hasPrefix(#"{"valid":false,"type":"text","issues":[{"severity":"error","path":"/text","code":"too_short""#))
        let failure = call { wabiz_message_build(message, nil, $0) }
        #expect(failure.0 == WABIZ_INVALID && failure.1.hasPrefix(#"{"error":{"code":"invalid""#))
        #expect(wabiz_message_build(message, nil, nil) == WABIZ_INVALID)
    }

    @Test func nullIsAnAnswerNotACrash() {
        #expect(call { wabiz_message_build(nil, nil, $0) }.0 == WABIZ_BAD_ARGUMENT)
        #expect(call { wabiz_describe(nil, $0) }.0 == WABIZ_BAD_ARGUMENT)
        #expect(call { wabiz_client_send(nil, "{}", nil, $0) }.0 == WABIZ_BAD_ARGUMENT)
        #expect(call { wabiz_client_open("{}", nil, $0) }.0 == WABIZ_BAD_ARGUMENT)
        #expect(call { wabiz_webhook_parse(nil, 4, $0) }.0 == WABIZ_BAD_ARGUMENT)
        wabiz_client_close(nil)
        wabiz_free(nil)
    }

    @Test func aFailedOpenLeavesNoHandle() {
        var client: OpaquePointer? = OpaquePointer(bitPattern: 8)
        let (status, document) = call { wabiz_client_open(#"{"access_token":"s3cret token"}"#, &client, $0) }
        #expect(status == WABIZ_BAD_ARGUMENT && client == nil)
        #expect(!document.contains("s3cret"))
    }

    @Test func describesEveryTable() {
        for table in ["messages", "limits", "webhooks", "errors"] {
            #expect(call { wabiz_describe(table, $0) }.0 == WABIZ_OK, "\(table)")
        }
        #expect(call { wabiz_describe("colours", $0) }.0 == WABIZ_NOT_FOUND)
    }
}
