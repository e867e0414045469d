// One stored message with everything that decides what happens to it next. A value: transitions are in RowTransitions.swift,
// documents in RowDocument.swift, and the store only reads and writes its members. Times are Unix milliseconds.

public struct OutboxRow: Sendable, Equatable {
    /// The order of rows; 0 until it is stored.
    public package(set) var number = 0
    /// Makes the id of a row one that nobody else's tag or an older copy of the file hits upon.
    package var nonce: UInt64 = 0

    /// What was put, behind one reference: rows are handed about a lot, and nearly all of a row is this.
    private var put = Boxed(PutMessage())
    /// When its time is over; `retry` moves it.
    package var expiresAt = 0

    // Where it stands.
    public package(set) var state = RowState.queued
    /// When it may be sent; set exactly while it is queued and not waiting for its sequence.
    package var due: Int?
    /// When something else is to be decided: an uncertain row, the patience of a sequence, the end of a row that waits.
    package var timer: Int?
    /// True while it waits for a row before it in its sequence.
    package var waits = false
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
    package var times = StatusTimes()
    package var changedAt = 0
    /// What the store holds of it beside the message, as it was read or written last.
    package var stored = StoredStanding()

    package init() {}

    /// 32 hexadecimal digits: number and nonce.
    public var id: RowID { RowID(number: number, nonce: nonce) }
}

/// What was put. None of it changes, but for what the fallback replaces: payload, type and category.
private struct PutMessage: Sendable, Equatable {
    var account = ""
    var api = API.cloud
    var type = ""
    var category = RowCategory.service
    var priority = 1
    var person = ""
    var isGroup = false
    var payload: [UInt8] = []
    var fallback: [UInt8]?
    var fallbackCategory = RowCategory.unknown
    var key: String?
    var tag: [UInt8]?
    var digest: [UInt8] = []
    var sequence: String?
    var after = SequenceStep.delivered
    var sequenceFailure = SequenceFailure.stop
    var sequenceTimeout = 0
    var putAt = 0
    var sendAt = 0
}

extension OutboxRow {
    package var account: String { get { put.value.account } set { put.value.account = newValue } }
    package var api: API { get { put.value.api } set { put.value.api = newValue } }
    package var type: String { get { put.value.type } set { put.value.type = newValue } }
    package var category: RowCategory { get { put.value.category } set { put.value.category = newValue } }
    package var priority: Int { get { put.value.priority } set { put.value.priority = newValue } }
    /// The recipient as rules compare it: digits of a phone number, a user id, or a group id.
    package var person: String { get { put.value.person } set { put.value.person = newValue } }
    package var isGroup: Bool { get { put.value.isGroup } set { put.value.isGroup = newValue } }
    /// Without `biz_opaque_callback_data`.
    package var payload: [UInt8] { get { put.value.payload } set { put.value.payload = newValue } }
    /// The template that takes over when the window is closed, without `biz_opaque_callback_data`.
    package var fallback: [UInt8]? { get { put.value.fallback } set { put.value.fallback = newValue } }
    package var fallbackCategory: RowCategory { get { put.value.fallbackCategory } set { put.value.fallbackCategory = newValue } }
    package var key: String? { get { put.value.key } set { put.value.key = newValue } }
    /// The caller's tag as JSON.
    package var tag: [UInt8]? { get { put.value.tag } set { put.value.tag = newValue } }
    /// What is compared under a key; empty without one.
    package var digest: [UInt8] { get { put.value.digest } set { put.value.digest = newValue } }
    package var sequence: String? { get { put.value.sequence } set { put.value.sequence = newValue } }
    package var after: SequenceStep { get { put.value.after } set { put.value.after = newValue } }
    package var sequenceFailure: SequenceFailure { get { put.value.sequenceFailure } set { put.value.sequenceFailure = newValue } }
    /// Milliseconds.
    package var sequenceTimeout: Int { get { put.value.sequenceTimeout } set { put.value.sequenceTimeout = newValue } }
    package var putAt: Int { get { put.value.putAt } set { put.value.putAt = newValue } }
    /// The earliest time at which it may go.
    package var sendAt: Int { get { put.value.sendAt } set { put.value.sendAt = newValue } }
}

extension OutboxRow {
    private static let blank = OutboxRow()

    /// When a message that was just put may go.
    private var firstDue: Int { min(max(sendAt, putAt), expiresAt) }

    /// Whether it stands as any message does that was put and waits for its time alone.
    package var isNew: Bool {
        state == .queued && due == firstDue && timer == nil && !waits && !holds && attempts == 0 && !usedFallback && changedAt == putAt
    }

    /// Where a message stands to which nothing has happened yet.
    package mutating func standAsNew() {
        let (number, nonce, expiresAt, put) = (self.number, self.nonce, self.expiresAt, self.put)
        self = OutboxRow.blank
        (self.number, self.nonce, self.expiresAt, self.put) = (number, nonce, expiresAt, put)
        due = firstDue
        changedAt = putAt
        stored.due = due
    }
}

/// What the store holds of a row in other places than its standing: it writes there only what is another.
package struct StoredStanding: Sendable, Equatable {
    /// True once anything happened to the row beside being put.
    package var exists = false
    package var messageID: String?
    /// Its place in the queue.
    package var due: Int?
    package var holds = false
    package var usedFallback = false
    /// True while it is recorded as under way.
    package var flies = false

    package init() {}

    package init(of row: OutboxRow, exists: Bool = true) {
        self.exists = exists
        (messageID, due, holds, usedFallback, flies) = (row.messageID, row.due, row.holds, row.usedFallback, row.state == .sending)
    }
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
