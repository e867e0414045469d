// The recipients that play something else than success: the last digits of `to` name what happens. This is the one
// table; `wabiz sandbox --help`, GET /sandbox and docs/sandbox.md show it.
import WABiz

/// What a recipient's number makes the sandbox do.
enum Behaviour: Sendable, Equatable {
    /// sent, delivered, read
    case ordinary
    /// Refused at once with one of Meta's error codes (the Cloud API's number).
    case refuse(Int)
    /// Accepted; later a `failed` webhook with the code.
    case failLater(Int)
    /// An HTTP status without Meta's JSON.
    case bareStatus(Int)
    case lostThenCut, takenThenCut, cutInBody, html, emptyAnswer, errorInside, withoutID, slow, silent
    case noWebhooks, outOfOrder, twice, readAtOnce, oneBatch, heldThenFailed, heldThenSent, paused
}

enum MagicNumbers {
    struct Row: Sendable {
        /// The last digits of the number.
        var ending: String
        var behaviour: Behaviour
        var effect: String
    }

    /// Endings of four digits. Those of a code stand for codes of fewer than six digits: 9 and the code in three digits.
    static let endings: [Row] = [
        Row(ending: "9001", behaviour: .refuse(1), effect: "refused with code 1, API Unknown"),
        Row(ending: "9002", behaviour: .refuse(2), effect: "refused with code 2, API Service, HTTP 503"),
        Row(ending: "9004", behaviour: .refuse(4), effect: "refused with code 4, too many calls"),
        Row(ending: "9010", behaviour: .refuse(10), effect: "refused with code 10, permission denied, HTTP 403"),
        Row(ending: "9100", behaviour: .refuse(100), effect: "refused with code 100, invalid parameter"),
        Row(ending: "9190", behaviour: .refuse(190), effect: "refused with code 190, access token expired, HTTP 401"),
        Row(ending: "9368", behaviour: .refuse(368), effect: "refused with code 368, blocked for policy violations, HTTP 403"),
        Row(ending: "9500", behaviour: .bareStatus(500), effect: "HTTP 500 without a body"),
        Row(ending: "9502", behaviour: .bareStatus(502), effect: "HTTP 502 with a proxy's HTML page"),
        Row(ending: "9503", behaviour: .bareStatus(503), effect: "HTTP 503 without a body"),
        Row(ending: "9700", behaviour: .lostThenCut, effect: "connection cut before any answer; the message is lost"),
        Row(ending: "9701", behaviour: .takenThenCut, effect: "connection cut before any answer; the message goes out"),
        Row(ending: "9702", behaviour: .cutInBody, effect: "connection cut in the middle of the answer; the message goes out"),
        Row(ending: "9703", behaviour: .html, effect: "HTTP 200 with an HTML page; the message is lost"),
        Row(ending: "9704", behaviour: .emptyAnswer, effect: "HTTP 200 without a body; the message goes out"),
        Row(ending: "9705", behaviour: .errorInside, effect: "HTTP 200 with error 131000 inside"),
        Row(ending: "9706", behaviour: .withoutID, effect: "HTTP 200 whose answer lacks the message id; the message goes out"),
        Row(ending: "9707", behaviour: .slow, effect: "answered after --slow-seconds; the message goes out"),
        Row(ending: "9708", behaviour: .silent, effect: "never answered; the message goes out"),
        Row(ending: "9800", behaviour: .noWebhooks, effect: "accepted, no webhook ever comes"),
        Row(ending: "9801", behaviour: .outOfOrder, effect: "webhooks out of order: read, delivered, sent"),
        Row(ending: "9802", behaviour: .twice, effect: "every webhook comes twice"),
        Row(ending: "9803", behaviour: .readAtOnce, effect: "sent, then read: delivered is skipped"),
        Row(ending: "9804", behaviour: .oneBatch, effect: "sent, delivered and read in one POST"),
        Row(ending: "9810", behaviour: .heldThenFailed, effect: "held_for_quality_assessment, then failed with 132015"),
        Row(ending: "9811", behaviour: .heldThenSent, effect: "held_for_quality_assessment, then sent, delivered, read"),
        Row(ending: "9812", behaviour: .paused, effect: "message_status paused, then failed with 132015"),
    ]

    /// The two rules that cover every error code of six digits.
    static let rules: [Row] = [
        Row(ending: "<code>", behaviour: .ordinary, effect: "a six-digit error code, as 131056: refused at once with it"),
        Row(ending: "9<code>", behaviour: .ordinary, effect: "9 and such a code, as 9131049: accepted, then failed by webhook"),
    ]

    /// What a number plays. `number` may be written with "+", blanks and hyphens.
    static func behaviour(of number: String) -> Behaviour {
        let digits = number.filter { $0.isASCII && $0.isNumber }
        if let code = Int(digits.suffix(6)), code >= 100_000, ErrorTable.row(code: code, onPremises: false) != nil {
            return digits.dropLast(6).last == "9" ? .failLater(code) : .refuse(code)
        }
        return endings.first { digits.hasSuffix($0.ending) }?.behaviour ?? .ordinary
    }

    /// The six-digit codes that the rules take: Meta's Cloud API codes.
    static var codes: [ErrorRow] {
        ErrorTable.rows.filter { !$0.isOnPremises && $0.codes.lowerBound == $0.codes.upperBound && 100_000...999_999 ~= $0.codes.lowerBound }
    }

    /// The table as GET /sandbox shows it.
    static var tree: Tree {
        let endings = (rules + endings).map { row in
            Tree.object([("ending", .string(row.ending)), ("effect", .string(row.effect)), ("example", .string(example(row.ending)))])
        }
        let codes = codes.map { row in
            Tree.object([("code", .integer(row.codes.lowerBound)), ("name", .string(row.name)), ("http_status", .integer(MetaErrors.httpStatus(row)))])
        }
        return .object([("endings", .array(endings)), ("codes", .array(codes))])
    }

    /// The table as text, one row per line.
    static var text: String {
        (rules + endings).map { "  …" + $0.ending.padding(to: 9) + $0.effect }.joined(separator: "\n")
    }

    private static func example(_ ending: String) -> String {
        switch ending {
        case "<code>": "+15550131056"
        case "9<code>": "+15559131049"
        default: "+1555000" + ending
        }
    }
}

extension String {
    /// Fills up with blanks.
    func padding(to width: Int) -> String { count < width ? self + String(repeating: " ", count: width - count) : self }
}
