// Headers about quotas: Meta's examples, dates in every spelling, and nonsense, which says nothing.
import Foundation
import Testing
@testable import WABiz

@Suite struct UsageHeadersTests {
    @Test func examplesOfMetas() {
        let use = UsageHeaders(
            businessUse: #"{"700100200300400": [{"type": "whatsapp", "call_count": 100, "total_cputime": 12, "total_time": 15, "estimated_time_to_regain_access": 19}]}"#)
        #expect(use.percent == 100)
        #expect(use.regain == 1_140_000)
        #expect(use.wait == 1_140_000)
        let app = UsageHeaders(app: #"{"call_count": 28, "total_cputime": 3, "total_time": 5}"#)
        #expect(app.percent == 28)
        #expect(app.regain == nil)
        #expect(app.wait == nil)
    }

    @Test func theFullestQuotaCounts() {
        let usage = UsageHeaders(
            businessUse: #"{"1":[{"type":"whatsapp","call_count":"12","total_cputime":95.9,"total_time":-7,"estimated_time_to_regain_access":0}],"#
                + #""2":[{"type":"ads_management","call_count":100,"estimated_time_to_regain_access":60},{"type":"whatsapp_business_management","call_count":40}]}"#,
            app: #"{"call_count":93}"#)
        #expect(usage.percent == 95)
        #expect(usage.regain == nil)
    }

    @Test(arguments: [
        "", "{", "[]", "7", "null", #"{"1":7}"#, #"{"1":[7,{"type":7,"call_count":null}]}"#, #"{"1":[{"call_count":-1}]}"#, #"{"call_count":{}}"#,
        #"{"1":[{"type":"whatsapp","call_count":1e999,"estimated_time_to_regain_access":-1e999}]}"#, "\u{0}", String(repeating: "[", count: 100),
        String(repeating: " ", count: 70_000) + "{}",
    ]) func nonsenseSaysNothing(_ text: String) {
        let usage = UsageHeaders(businessUse: text, app: text, retryAfter: text == "7" ? "seven" : text)
        #expect(usage.percent == nil || usage.percent == 1_000_000_000)
        #expect(usage.wait == nil)
    }

    @Test func hugeNumbersAreBounded() {
        let usage = UsageHeaders(
            businessUse: #"{"1":[{"call_count":9223372036854775807,"estimated_time_to_regain_access":9223372036854775807}]}"#, retryAfter: "99999999999999999999")
        #expect(usage.percent == 1_000_000_000)
        #expect(usage.regain == UsageHeaders.longest)
        #expect(usage.retryAfter == UsageHeaders.longest)
    }

    // MARK: Retry-After

    @Test(arguments: [("0", 0), ("120", 120_000), (" 5 ", 5000), ("007", 7000)]) func seconds(_ text: String, _ wait: Int64) {
        #expect(UsageHeaders(retryAfter: text).retryAfter == wait)
    }

    @Test func dates() {
        // RFC 9110's example is 784111777.
        for date in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", " sun,  6 nov 1994 08:49:37 GMT"] {
            #expect(UsageHeaders(retryAfter: date, unixTime: 784_111_770).retryAfter == 7000, "\(date)")
            #expect(UsageHeaders(retryAfter: date, unixTime: 784_111_800).retryAfter == 0)
            #expect(UsageHeaders(retryAfter: date, unixTime: .min).retryAfter == UsageHeaders.longest)
        }
    }

    @Test(arguments: [
        "-1", "1.5", "+5", "5s", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 10994 08:49:37 GMT",
        "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun Nov 6 08:49:37 1994 GMT", "Sun, 06 Nov 1894 08:49:37 GMT",
    ]) func noDates(_ text: String) {
        #expect(UsageHeaders(retryAfter: text).retryAfter == nil)
    }

    @Test func everyDateOfTheCalendar() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        var numbers = SeededNumbers(seed: 1)
        for _ in 0..<1000 {
            let seconds = Int.random(in: 0..<253_402_300_800, using: &numbers)
            let date = Date(timeIntervalSince1970: Double(seconds))
            formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            #expect(HTTPDate.seconds(formatter.string(from: date)) == seconds)
            formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
            #expect(HTTPDate.seconds(expiry: formatter.string(from: date) + "+00:00") == seconds)
            #expect(HTTPDate.seconds(expiry: formatter.string(from: date) + "+01:30") == seconds - 5400)
            #expect(HTTPDate.seconds(expiry: formatter.string(from: date) + "-01:30") == seconds + 5400)
        }
    }

    @Test func expiriesOfTokens() {
        #expect(HTTPDate.seconds(expiry: "2021-09-14 15:29:26+00:00") == 1_631_633_366)
        #expect(HTTPDate.seconds(expiry: "2021-09-14T15:29:26Z") == 1_631_633_366)
        for text in ["", "2021-09-14", "2021-09-14 15:29:26", "2021-09-14 15:29:26 00:00", "2021-13-14 15:29:26+00:00", "2021-09-14 15:29:26+24:00", "é021-09-14 15:29:26+00:0"] {
            #expect(HTTPDate.seconds(expiry: text) == nil, "\(text)")
        }
    }

    // MARK: Pace

    @Test func whatAnAnswerMeansForThePace() throws {
        func slowdown(_ usage: UsageHeaders, _ failure: Failure? = nil) -> String {
            guard let slow = usage.slowdown(after: failure, onPremises: false) else { return "-" }
            return "\(slow.reason.description), \(slow.wait.map { "\($0)" } ?? "-")"
        }
        let throttled = Failure(.refused, "x", graph: GraphError(code: 130429, httpStatus: 400))
        let down = Failure(.refused, "x", graph: GraphError(code: 2, httpStatus: 503))
        #expect(slowdown(UsageHeaders()) == "-")
        #expect(slowdown(UsageHeaders(app: #"{"call_count":89}"#)) == "-")
        #expect(slowdown(UsageHeaders(app: #"{"call_count":90}"#)) == "90 % of the quota used, -")
        #expect(slowdown(UsageHeaders(businessUse: #"{"1":[{"estimated_time_to_regain_access":2}]}"#)) == "100 % of the quota used, 120000")
        #expect(slowdown(UsageHeaders(retryAfter: "3"), throttled) == "Meta's error 130429, 3000")
        #expect(slowdown(UsageHeaders(), throttled) == "Meta's error 130429, -")
        // A service that is down asks its caller to wait, not the number to slow down.
        #expect(slowdown(UsageHeaders(retryAfter: "3"), down) == "-")
    }
}
