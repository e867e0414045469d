// One line of the file of outcomes: {"line":12,"sha256":"…","attempts":1,"receipt":{…}}, or "error" in place of the receipt.
import WABiz
import WABizClient

/// Which message of the campaign, and as what it stood there.
struct LineMark: Sendable {
    /// From 1, blank lines counted.
    var number: Int
    /// SHA-256 of the line without its end, as hexadecimal digits.
    var digest: [UInt8]

    init(number: Int, text: [UInt8]) throws {
        guard let digest = Digest.sha256(text) else { throw CommandFailure("There is no memory for SHA-256.") }
        self.number = number
        self.digest = digest.hexBytes
    }

    init?(_ view: JSONView) {
        guard let number = view["line"]?.integer, number > 0, let digest = view["sha256"]?.utf8, digest.count == 64 else { return nil }
        self.number = number
        self.digest = digest
    }

    /// The line of a note that this one is begun.
    var note: [UInt8] {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        write(to: &writer)
        writer.endObject()
        return writer.bytes + [0x0A]
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.name("line")
        writer.integer(number)
        writer.name("sha256")
        writer.string(String(decoding: digest, as: UTF8.self))
    }
}

/// What became of a message, as far as it matters for going on.
enum Fate: UInt8, CaseIterable {
    case accepted
    /// By Meta, and for good.
    case refused
    /// By the rules: it never left.
    case invalid
    /// It may have gone out.
    case uncertain
    /// It did not leave, or Meta refused it for now: going on sends it again.
    case postponed

    init(_ code: Failure.Code, _ retry: Verdict?, httpStatus: Int?) {
        switch code {
        case .invalid, .badJSON, .badArgument: self = .invalid
        case .uncertain: self = .uncertain
        case .refused:
            // 401: the account, not the message.
            self = retry == .uncertain ? .uncertain : retry == .backoff || httpStatus == 401 ? .postponed : .refused
        default: self = .postponed
        }
    }

    /// True when the message must not be sent again by itself, even if the line has changed.
    var mayHaveGoneOut: Bool { self == .accepted || self == .uncertain }
}

struct OutcomeLine {
    var mark: LineMark
    var fate: Fate
    /// With the line end.
    var bytes: [UInt8]

    init(_ mark: LineMark, attempts: Int, _ result: Result<Receipt, Failure>) {
        var writer = JSONWriter(capacity: 320)
        writer.beginObject()
        mark.write(to: &writer)
        writer.name("attempts")
        writer.integer(attempts)
        switch result {
        case .success(let receipt):
            writer.name("receipt")
            writer.raw(receipt.document.bytes)
            fate = .accepted
        case .failure(let failure):
            writer.name("error")
            writer.raw(failure.details.bytes)
            fate = Fate(failure.code, failure.retry, httpStatus: failure.graph?.httpStatus)
        }
        writer.endObject()
        self.mark = mark
        bytes = writer.bytes + [0x0A]
    }

    /// Reads a line that an earlier run wrote; nil when it is none.
    init?(_ text: [UInt8]) {
        let read: (LineMark, Fate)?? = try? Tape.read(text) { (root) throws(Failure) in
            guard let mark = LineMark(root) else { return nil }
            if root["receipt"]?.isObject == true { return (mark, .accepted) }
            guard let error = root["error"], let code = error["code"]?.string.flatMap(Failure.Code.init) else { return nil }
            return (mark, Fate(code, error["retry"]?.string.flatMap(Verdict.init), httpStatus: error["graph"]?["http_status"]?.integer))
        }
        guard let (mark, fate) = read ?? nil else { return nil }
        self.mark = mark
        self.fate = fate
        bytes = text + [0x0A]
    }
}
