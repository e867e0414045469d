// One line of a client's log: what a request came to, and what was decided about a message or a number. It is made of numbers and
// of words of our own alone, so that no token, text or phone number can get into it, whatever was sent and answered.

package enum LogLine {
    /// A request has ended.
    case request(ticket: UInt64, attempt: Int, number: String, Ending, microseconds: Int64)
    /// A message is tried again after a pause.
    case retry(ticket: UInt64, after: Int64, Ending)
    /// A message waits for its turn under the pair rule.
    case pair(ticket: UInt64, wait: Int64)
    /// A message has ended without success.
    case outcome(ticket: UInt64, attempts: Int, Ending)
    /// The pace of a number has changed.
    case pace(number: String, limit: Int, effective: Int, stopped: Int64?, why: Slowdown?)
    /// A login has ended.
    case login(Ending, microseconds: Int64)

    /// How something ended: `ok`, or the word of our failure with what Meta's error says in numbers.
    package struct Ending: Sendable {
        let result: String
        let verdict: String?
        let httpStatus: Int?
        let code: Int?

        package init(httpStatus: Int?) { (result, verdict, self.httpStatus, code) = ("ok", nil, httpStatus, nil) }

        /// - Parameter result: the HTTP status of a success, when there is one.
        package init(_ result: Result<Int?, Failure>) {
            switch result {
            case .success(let status): self.init(httpStatus: status)
            case .failure(let failure): self.init(failure)
            }
        }

        package init(_ failure: Failure) {
            (result, verdict) = (failure.code.rawValue, failure.retry.rawValue)
            (httpStatus, code) = (failure.graph?.httpStatus, failure.graph?.code)
        }
    }

    /// The line with its end.
    /// - Parameter time: Unix milliseconds.
    package func text(_ time: Int64) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.name("time_ms")
        writer.integer(Int(time))
        switch self {
        case .request(let ticket, let attempt, let number, let ending, let microseconds):
            writer.event("request", ticket)
            writer.number("attempt", attempt)
            writer.phoneNumberID(number)
            writer.ending(ending)
            writer.milliseconds(microseconds)
        case .retry(let ticket, let pause, let ending):
            writer.event("retry", ticket)
            writer.number("after_ms", Int(pause))
            writer.ending(ending)
        case .pair(let ticket, let wait):
            writer.event("pair_wait", ticket)
            writer.number("after_ms", Int(wait))
        case .outcome(let ticket, let attempts, let ending):
            writer.event("outcome", ticket)
            writer.number("attempts", attempts)
            writer.ending(ending)
        case .pace(let number, let limit, let effective, let stopped, let why):
            writer.event("pace", nil)
            writer.phoneNumberID(number)
            writer.number("limit", limit)
            writer.number("effective", effective)
            if let stopped { writer.number("stopped_ms", Int(stopped)) }
            if let why { writer.text("why", why.description) }
        case .login(let ending, let microseconds):
            writer.event("login", nil)
            writer.ending(ending)
            writer.milliseconds(microseconds)
        }
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

extension JSONWriter {
    fileprivate mutating func event(_ event: StaticString, _ ticket: UInt64?) {
        name("event")
        string(event)
        if let ticket { number("ticket", Int(clamping: ticket)) }
    }

    fileprivate mutating func number(_ name: StaticString, _ value: Int) {
        self.name(name)
        integer(value)
    }

    fileprivate mutating func text(_ name: StaticString, _ value: String) {
        self.name(name)
        string(value)
    }

    /// On-Premises has none.
    fileprivate mutating func phoneNumberID(_ number: String) { if !number.isEmpty { text("phone_number_id", number) } }

    /// A time that was measured, to a thousandth.
    fileprivate mutating func milliseconds(_ microseconds: Int64) {
        let bounded = max(microseconds, 0)
        let rest = String(bounded % 1000)
        name("ms")
        raw(Array("\(bounded / 1000).\(String(repeating: "0", count: 3 - rest.utf8.count))\(rest)".utf8))
    }

    fileprivate mutating func ending(_ ending: LogLine.Ending) {
        text("result", ending.result)
        if let verdict = ending.verdict { text("retry", verdict) }
        if let status = ending.httpStatus, status > 0 { number("http_status", status) }
        if let code = ending.code { number("code", code) }
    }
}
