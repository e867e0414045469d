// One stored message with everything that decides what happens to it next. A value: transitions are in RowTransitions.swift,
// documents in RowDocument.swift, and the store only reads and writes its members. Times are Unix milliseconds.

public struct OutboxRow: Sendable, Equatable {
    /// The order of rows; 0 until it is stored.
    public package(set) var number = 0
    /// Makes the id of a row one that nobody else's tag or an older copy of the file hits upon.
    package var nonce: UInt64 = 0

    // What was put. None of it changes, but for payload and category when the fallback takes over.
    package var account = ""
    package var api = API.cloud
    package var type = ""
    package var category = RowCategory.service
    package var priority = 1
    /// The recipient as rules compare it: digits of a phone number, a user id, or a group id.
    package var person = ""
    package var isGroup = false
    /// Without `biz_opaque_callback_data`.
    package var payload: [UInt8] = []
    /// The template that takes over when the window is closed, without `biz_opaque_callback_data`.
    package var fallback: [UInt8]?
    package var fallbackCategory = RowCategory.unknown
    package var key: String?
    /// The caller's tag as JSON.
    package var tag: [UInt8]?
    /// What is compared under a key; empty without one.
    package var digest: [UInt8] = []
    package var sequence: String?
    package var after = SequenceStep.delivered
    package var sequenceFailure = SequenceFailure.stop
    /// Milliseconds.
    package var sequenceTimeout = 0
    package var putAt = 0
    package var expiresAt = 0

    // Where it stands.
    public package(set) var state = RowState.queued
    /// When it may be sent; set exactly while it is queued and not waiting for its sequence.
    package var due: Int?
    /// When something else is to be decided: an uncertain row, the patience of a sequence, the end of a row that waits.
    package var timer: Int?
    /// True while it waits for a row before it in its sequence.
    package var waits = false
    /// The earliest time of a row that waits.
    package var sendAt = 0
    /// True as long as the next row of its sequence has to wait for it.
    package var holds = false
    /// The process that sends it.
    package var owner: Int?
    package var attempts = 0
    /// How often Meta held it back for the person's sake and it was queued again.
    package var repeats = 0
    /// How often it was queued again although it may have gone out.
    package var resends = 0
    package var messageID: String?
    package var waID: String?
    /// True while Meta holds it for its quality assessment.
    package var isHeld = false
    package var heldText: String?
    package var usedFallback = false
    /// The failure as JSON, what stands under `error`.
    package var error: [UInt8]?
    /// When each status was first reached, Unix seconds.
    package var times: [DeliveryStatus: Int] = [:]
    package var changedAt = 0

    package init() {}

    /// 32 hexadecimal digits: number and nonce.
    public var id: RowID { RowID(number: number, nonce: nonce) }

    /// Nothing is left to do at it by itself; only a webhook or the caller can move it.
    var isAtRest: Bool { state != .queued && state != .sending && timer == nil }
}

/// The name of a row: what `put` answers with and what travels with the message.
public struct RowID: Sendable, Hashable, CustomStringConvertible {
    package let number: Int
    package let nonce: UInt64

    package init(number: Int, nonce: UInt64) {
        self.number = number
        self.nonce = nonce
    }

    /// Nil when the text is not the id of any row.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 32 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for (index, digit) in digits.enumerated() {
            guard let value = RowID.value(digit) else { return nil }
            if index < 16 { words.0 = words.0 << 4 | value } else { words.1 = words.1 << 4 | value }
        }
        guard let number = Int(exactly: words.0), number > 0 else { return nil }
        self.init(number: number, nonce: words.1)
    }

    public var description: String {
        var text = TextMemory(capacity: 32)
        text.append(hex: UInt64(truncatingIfNeeded: number))
        text.append(hex: nonce)
        return unsafe String(decoding: text.bytes, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt64? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(digit &- UInt8(ascii: "a") &+ 10)
        default: nil
        }
    }
}
