// Answers of every shape: which are receipts, which failures, and with which verdict. The table is the specification.
import Testing
@testable import WABiz

private enum Sent { case cloud, onPremises, cloudRead, onPremisesRead }

private func call(_ sent: Sent, token: String = "EAAGtoken") throws -> Call {
    let isRead = sent == .cloudRead || sent == .onPremisesRead
    let api: API = sent == .cloud || sent == .cloudRead ? .cloud : .onPremises
    let account = try Account(accessToken: token, phoneNumberID: "1", api: api, baseURL: "https://x.example")
    return try Call(checkedMessage("{}", type: isRead ? "read" : "text", api: api, read: isRead ? "wamid.A" : nil), for: account)
}

private func outcome(_ status: Int, _ body: String, _ sent: Sent = .cloud, type: String? = "application/json") throws -> Result<Receipt, Failure> {
    let call = try call(sent)
    do throws(Failure) {
        return .success(try Answer(status: status, contentType: type, body: Array(body.utf8)).receipt(for: call))
    } catch {
        return .failure(error)
    }
}

private let good = #"{"messaging_product":"whatsapp","contacts":[{"input":"+1 555","wa_id":"1555"}],"messages":[{"id":"wamid.A"}]}"#

@Suite struct GraphAnswerTests {
    // MARK: Receipts

    @Test func receiptOfASend() throws {
        let receipt = try outcome(200, good).get()
        #expect(receipt.document.text == #"{"message_id":"wamid.A","wa_id":"1555","input":"+1 555","message_status":"accepted","http_status":200}"#)
    }

    @Test func receiptWithEverything() throws {
        let body = #"{"success":true,"new":{"x":[1]},"contacts":[{"input":"US.1","wa_id":" 1555 ","user_id":"US.ENT.9","z":1}],"#
            + #""messages":[{"id":" wamid.B ","group_id":"g==","message_status":"held_for_quality_assessment","href":"x","n":99999999999999999999}]}"#
        let receipt = try outcome(202, body).get()
        #expect(receipt.messageID == "wamid.B")
        #expect(receipt.waID == "1555")
        #expect(receipt.userID == "US.ENT.9")
        #expect(receipt.groupID == "g==")
        #expect(receipt.messageStatus == "held_for_quality_assessment")
        #expect(receipt.messageStatusText == nil)
        #expect(receipt.httpStatus == 202)
    }

    /// Whatever stands in them, the words and the document say the same, and the document is written as a composed one.
    @Test(arguments: [
        (#"wamid.a\/b"#, "wamid.a/b"), (#" \"q\" "#, "\"q\""), (#"\\"#, "\\"), (#"a\u0001b\n"#, "a\u{1}b"), (#"\u00e9\ud83d\ude00é"#, "é😀é"), ("x y", "x y"),
    ]) func wordsWithEscapes(_ written: String, _ word: String) throws {
        let receipt = try outcome(200, #"{"contacts":[{"wa_id":"\#(written)","input":12}],"messages":[{"id":"\#(written)","group_id":"\#(written)"}]}"#).get()
        #expect(receipt.messageID == word)
        #expect(receipt.waID == word)
        #expect(receipt.groupID == word)
        #expect(receipt.input == "12")
        var writer = JSONWriter()
        writer.beginArray()
        receipt.write(to: &writer)
        receipt.write(to: &writer)
        writer.endArray()
        let read = try Tape.read(writer.bytes) { ($0.element(0)?.raw, $0.element(1)?["message_id"]?.string) }
        #expect(read.0.map { String(decoding: $0, as: UTF8.self) } == String(decoding: receipt.text().array, as: UTF8.self))
        #expect(read.1 == word)
    }

    /// Receipts are written without being composed first; both ways give the same document.
    @Test(arguments: [
        good, #"{"messages":[{"id":"wamid.\u0001\"\\\/ä\ud83d\udc4d"}],"contacts":[{"wa_id":"","input":"+1 555\u007f","user_id":"US.1"}]}"#,
        #"{"messages":[{"id":"w","group_id":"g\u0002","message_status":"paused"}]}"#, #"{"messages":[{"id":"w","message_status":"Message has been held: ä"}]}"#,
    ]) func receiptsAreWrittenAsTheyAreComposed(_ answer: String) throws {
        let receipt = try outcome(200, answer).get()
        var writer = JSONWriter()
        receipt.write(to: &writer)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == receipt.document.text)
        #expect(String(decoding: receipt.text().array, as: UTF8.self) == String(decoding: writer.bytes, as: UTF8.self))
    }

    @Test func theLastOfRepeatedMembersCounts() throws {
        let receipt = try outcome(
            200, #"{"messages":[{"id":"a"}],"contacts":[{"wa_id":"1","wa_id":"2"}],"messages":[{"id":"b","id":"c"},{"id":"d"}],"error":{"code":1},"error":null}"#).get()
        #expect(receipt.messageID == "c")
        #expect(receipt.waID == "2")
    }

    /// The document is given away by the last owner alone.
    @Test func aReceiptThatIsHeldKeepsItsDocument() throws {
        let receipt = try outcome(200, good).get()
        let other = receipt
        let text = receipt.text().array
        #expect(other.document.text == String(decoding: text, as: UTF8.self))
        #expect(other.text().array == text)
    }

    @Test func unknownStatusWordsAreKept() throws {
        #expect(try outcome(200, #"{"messages":[{"id":"w","message_status":"paused"}]}"#).get().messageStatus == "paused")
        #expect(try outcome(200, #"{"messages":[{"id":"w","message_status":"brand_new"}]}"#).get().messageStatus == "brand_new")
    }

    @Test func onPremisesHeldSentenceBecomesTheWord() throws {
        let sentence = "Message has been held because quality assessment is pending"
        let receipt = try outcome(201, #"{"messages":[{"id":"gBEG","message_status":"\#(sentence)"}],"meta":{}}"#, .onPremises).get()
        #expect(receipt.messageStatus == "held_for_quality_assessment")
        #expect(receipt.messageStatusText == sentence)
        #expect(receipt.httpStatus == 201)
    }

    @Test(arguments: ["{}", "", " \r\n", #"{"meta":{}}"#, #"{"errors":[]}"#]) func onPremisesReadNeedsNoBody(_ body: String) throws {
        let receipt = try outcome(200, body, .onPremisesRead).get()
        #expect(receipt.document.text == #"{"success":true,"http_status":200}"#)
    }

    @Test func cloudReadSaysSuccess() throws {
        #expect(try outcome(200, #"{"success":true}"#, .cloudRead).get().success == true)
    }

    // MARK: 2xx that says nothing

    @Test(arguments: [
        "", " ", "<html>ok</html>", #"{"messages":[{"id":"wamid.A""#, "{}", "[]", "null", "\"wamid\"", #"{"success":true}"#, #"{"messages":[]}"#,
        #"{"messages":{}}"#, #"{"messages":[{}]}"#, #"{"messages":[{"id":""}]}"#, #"{"messages":[{"id":"  "}]}"#, #"{"messages":[{"id":null}]}"#, #"{"messages":[{"id":7}]}"#,
        #"{"messages":[{"id":{}}]}"#, #"{"messages":["wamid"]}"#, #"{"error":null}"#, #"{"errors":[]}"#, "\u{1}\u{2}",
    ]) func aSuccessWithoutAMessageIsUncertain(_ body: String) throws {
        for sent in [Sent.cloud, .onPremises] {
            #expect(throws: (Failure).self) { try outcome(200, body, sent).get() }
            guard case .failure(let failure) = try outcome(200, body, sent) else { continue }
            #expect(failure.code == .uncertain, "\(body)")
            #expect(failure.retry == .uncertain)
        }
    }

    @Test(arguments: [("{}", Sent.cloudRead), ("", .cloudRead), (#"{"success":false}"#, .cloudRead), ("<html>", .onPremisesRead), (#"{"success":false}"#, .onPremisesRead), ("[]", .onPremisesRead)])
    fileprivate func aReadWithoutSuccessIsUncertainButHarmless(_ body: String, _ sent: Sent) throws {
        guard case .failure(let failure) = try outcome(200, body, sent) else { Issue.record("a receipt"); return }
        #expect(failure.code == .uncertain)
        #expect(failure.retry == .backoff)
    }

    // MARK: Meta's errors

    @Test(arguments: [
        (400, #"{"error":{"code":131056}}"#, Sent.cloud, Verdict.backoff),
        (400, #"{"error":{"code":131009}}"#, .cloud, .afterFix),
        (401, #"{"error":{"code":190}}"#, .cloud, .afterFix),
        (403, #"{"error":{"code":250}}"#, .cloud, .afterFix),
        (400, #"{"error":{"code":131048}}"#, .cloud, .waitWindow),
        (400, #"{"error":{"code":131021}}"#, .cloud, .never),
        (500, #"{"error":{"code":131000}}"#, .cloud, .uncertain),
        (400, #"{"error":{"code":1}}"#, .cloud, .uncertain),
        (500, #"{"error":{"code":131000}}"#, .cloudRead, .backoff),
        (500, #"{"error":{"code":131016}}"#, .cloud, .backoff),
        (503, #"{"error":{"code":2}}"#, .cloud, .backoff),
        // Codes nobody listed: by HTTP class and Meta's hint.
        (500, #"{"error":{"code":987654}}"#, .cloud, .uncertain),
        (500, #"{"error":{"code":987654,"is_transient":true}}"#, .cloud, .uncertain),
        (500, #"{"error":{"code":987654}}"#, .cloudRead, .backoff),
        (400, #"{"error":{"code":987654,"is_transient":true}}"#, .cloud, .backoff),
        (400, #"{"error":{"code":987654,"is_transient":false}}"#, .cloud, .afterFix),
        (429, #"{"error":{"code":987654}}"#, .cloud, .backoff),
        (400, #"{"error":{"code":99999999999999999999}}"#, .cloud, .afterFix),
        (400, #"{"error":{}}"#, .cloud, .afterFix),
        (400, #"{"error":"invalid_token","error_description":"x"}"#, .cloud, .afterFix),
        (400, #"{"error":{"code":"131056"}}"#, .cloud, .backoff),
        // A 2xx with an error inside.
        (200, #"{"error":{"code":131009}}"#, .cloud, .afterFix),
        (200, #"{"error":{"code":987654}}"#, .cloud, .afterFix),
        (200, #"{"error":{"message":"?"}}"#, .cloud, .uncertain),
        (200, #"{"meta":{},"errors":[{"code":1009,"title":"t","details":"d"}]}"#, .onPremises, .afterFix),
        (200, #"{"messages":[{"id":"gB"}],"errors":[{"code":1009}]}"#, .onPremises, .uncertain),
        // On-Premises numbers are their own.
        (400, #"{"meta":{},"errors":[{"code":1015}]}"#, .onPremises, .backoff),
        (400, #"{"meta":{},"errors":[{"code":471}]}"#, .onPremises, .waitWindow),
        (400, #"{"meta":{},"errors":[{"code":131056}]}"#, .onPremises, .afterFix),
        (404, #"{"errors":[{"code":1006}]}"#, .onPremisesRead, .afterFix),
        (400, #"{"errors":["x"]}"#, .onPremises, .afterFix),
    ]) fileprivate func refusals(_ status: Int, _ body: String, _ sent: Sent, _ verdict: Verdict) throws {
        guard case .failure(let failure) = try outcome(status, body, sent) else { Issue.record("a receipt"); return }
        #expect(failure.code == .refused)
        #expect(failure.retry == verdict)
        #expect(failure.graph?.httpStatus == status)
    }

    @Test func everyMemberOfTheErrorIsKept() throws {
        let body = #"{"error":{"message":"(#131009) Parameter value is not valid","type":"OAuthException","code":131009,"error_subcode":2494010,"is_transient":false,"#
            + #""error_user_title":"Bad value","error_user_msg":"Too many rows.","error_data":{"messaging_product":"whatsapp","details":"Row count 11 is over 10."},"fbtrace_id":"AbC"}}"#
        guard case .failure(let failure) = try outcome(400, body) else { Issue.record("a receipt"); return }
        #expect(failure.graph?.tree.text == #"{"code":131009,"name":"Parameter value is not valid","http_status":400,"#
            + #""message":"(#131009) Parameter value is not valid","details":"Row count 11 is over 10.","subcode":2494010,"#
            + #""error_user_title":"Bad value","error_user_msg":"Too many rows.","is_transient":false,"fbtrace_id":"AbC"}"#)
        #expect(failure.message.contains("131009 (Parameter value is not valid)"))
        #expect(failure.message.contains("Row count 11 is over 10."))
    }

    @Test func errorDataMayBeAString() throws {
        guard case .failure(let failure) = try outcome(400, #"{"error":{"code":100,"error_data":"Bad to."}}"#) else { Issue.record("a receipt"); return }
        #expect(failure.graph?.details == "Bad to.")
    }

    @Test func onPremisesErrorKeepsTitleAndDetails() throws {
        let body = #"{"meta":{"api_status":"stable"},"errors":[{"code":1009,"title":"Parameter value is not valid","details":"recipient_type is not valid","href":"x"},{"code":1}]}"#
        guard case .failure(let failure) = try outcome(400, body, .onPremises) else { Issue.record("a receipt"); return }
        #expect(failure.graph?.message == "Parameter value is not valid")
        #expect(failure.graph?.details == "recipient_type is not valid")
        #expect(!failure.message.contains("see name"))
    }

    @Test func aQuotedTokenIsStruckOut() throws {
        guard case .failure(let failure) = try outcome(401, #"{"error":{"code":190,"message":"Malformed access token EAAGtoken","error_data":{"details":"EAAGtoken"}}}"#)
        else { Issue.record("a receipt"); return }
        #expect(!failure.document.text.contains("EAAGtoken"))
        #expect(failure.graph?.message == "Malformed access token (secret)")
    }

    // MARK: Not Meta

    @Test(arguments: [
        (301, Sent.cloud, Verdict.afterFix), (302, .cloud, .afterFix), (304, .cloud, .afterFix), (400, .cloud, .afterFix), (401, .cloud, .afterFix), (404, .cloud, .afterFix),
        (407, .cloud, .afterFix), (413, .cloud, .afterFix), (429, .cloud, .backoff), (500, .cloud, .uncertain), (502, .cloud, .uncertain), (503, .onPremises, .uncertain),
        (504, .cloud, .uncertain), (502, .cloudRead, .backoff), (503, .onPremisesRead, .backoff), (404, .onPremisesRead, .afterFix),
    ]) fileprivate func aForeignAnswerGoesByItsClass(_ status: Int, _ sent: Sent, _ verdict: Verdict) throws {
        for body in ["", "<html>no</html>", "{}", #"{"messages":[{"id":"wamid.A"}]}"#, #"{"error":{"code""#] {
            guard case .failure(let failure) = try outcome(status, body, sent, type: "text/html; charset=utf-8") else { Issue.record("a receipt"); return }
            #expect(failure.code == .refused, "\(status) \(body)")
            #expect(failure.retry == verdict, "\(status) \(body)")
            #expect(failure.graph?.httpStatus == status)
            #expect(failure.graph?.code == nil)
        }
    }

    @Test func aRedirectNamesTheCure() throws {
        guard case .failure(let failure) = try outcome(301, "") else { Issue.record("a receipt"); return }
        #expect(failure.message.contains("base_url"))
    }

    @Test(arguments: [0, 100, 101, 199, 600, 999, -1]) func noStatusAtAllIsUncertain(_ status: Int) throws {
        guard case .failure(let failure) = try outcome(status, good) else { Issue.record("a receipt"); return }
        #expect(failure.code == .uncertain)
    }

    @Test func oddMediaTypesAreNotRepeated() throws {
        guard case .failure(let failure) = try outcome(200, "x", type: "a\u{1}b EAAGtoken") else { Issue.record("a receipt"); return }
        #expect(!failure.message.contains("EAAG"))
        guard case .failure(let echo) = try outcome(502, "x", type: "text/EAAGtoken") else { Issue.record("a receipt"); return }
        #expect(!echo.message.contains("EAAG"))
        guard case .failure(let html) = try outcome(200, "x", type: "text/html; charset=utf-8") else { Issue.record("a receipt"); return }
        #expect(html.message.contains("(text/html)"))
    }

    /// Cuts and bit flips of a good answer: always an outcome, never a trap, and a receipt only with an id.
    @Test func damagedAnswersAlwaysHaveAnOutcome() throws {
        let bytes = Array(good.utf8)
        let call = try call(.cloud)
        var random = SplitMix(state: 7)
        for round in 0..<3000 {
            var damaged = round < bytes.count ? Array(bytes[..<round]) : bytes
            if round >= bytes.count {
                for _ in 0..<3 { damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            }
            do throws(Failure) {
                let receipt = try Answer(status: 200, body: damaged).receipt(for: call)
                #expect(receipt.messageID?.isEmpty == false)
            } catch {
                #expect(error.code == .uncertain || error.code == .refused)
            }
        }
    }
}
