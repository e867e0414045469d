// What Meta says when it has taken a message. Accepted is not delivered: that comes by webhook. A receipt is kept as the document
// that is handed out, written once, straight from the answer; its words are made into strings when somebody asks for them.

public struct Receipt: Sendable {
    private var paper: Paper

    /// Meta's id of the message; nil for a mark as read.
    public var messageID: String? { paper.text(paper.messageID) }
    /// The recipient as WhatsApp knows it; may differ from what was written. Absent for sends by user id.
    public var waID: String? { paper.text(paper.waID) }
    /// The recipient as it was written.
    public var input: String? { paper.text(paper.input) }
    public var userID: String? { paper.text(paper.userID) }
    public var groupID: String? { paper.text(paper.groupID) }
    /// `accepted`, `held_for_quality_assessment`, `paused`, or a word of Meta's that is newer than this library.
    public var messageStatus: String? { paper.text(paper.messageStatus) }
    /// The sentence in which the On-Premises client says that it holds a message.
    public var messageStatusText: String? { paper.text(paper.messageStatusText) }
    public var httpStatus: Int { paper.httpStatus }
    /// True for a mark as read.
    public var success: Bool? { paper.success }

    /// The receipt document.
    public var document: Tree {
        .object([
            ("message_id", messageID.map(Tree.string)), ("wa_id", waID.map(Tree.string)), ("input", input.map(Tree.string)),
            ("user_id", userID.map(Tree.string)), ("group_id", groupID.map(Tree.string)),
            ("message_status", messageStatus.map(Tree.string)), ("message_status_text", messageStatusText.map(Tree.string)),
            ("success", success.map(Tree.bool)), ("http_status", .integer(httpStatus)),
        ])
    }

    /// Writes the receipt document: the same text as that of `document`, which is there already.
    public func write(to writer: inout JSONWriter) { writer.raw(paper.document) }

    /// The document, for whoever keeps it: not copied when nobody else has this receipt.
    package consuming func text() -> TextMemory {
        if isKnownUniquelyReferenced(&paper) { return paper.give() }
        var copy = JSONWriter(capacity: paper.document.count)
        copy.raw(paper.document)
        return copy.finish()
    }

    private init(_ pen: consuming ReceiptPen, httpStatus: Int, success: Bool? = nil) { paper = Paper(pen, httpStatus, success) }

    /// A mark as read that was taken.
    static func read(httpStatus: Int) -> Receipt { Receipt(ReceiptPen(), httpStatus: httpStatus, success: true) }

    /// The receipt in an answer to a send, or nil when it names no message: then nobody knows what became of it.
    static func sent(_ parts: AnswerParts, httpStatus: Int) -> Receipt? {
        var messages = parts.messages?.elements
        guard let message = messages?.next() else { return nil }
        var id: JSONView?, group: JSONView?, status: JSONView?
        for (name, value) in message.members {
            if name.equals("id") {
                id = value
            } else if name.equals("message_status") {
                status = value
            } else if name.equals("group_id") {
                group = value
            }
        }
        var pen = ReceiptPen()
        guard let id, id.isString else { return nil }
        pen.messageID = pen.write("message_id", id)
        guard pen.messageID.isSomewhere else { return nil }
        var contacts = parts.contacts?.elements
        if let contact = contacts?.next() { pen.write(contact: contact) }
        pen.groupID = pen.write("group_id", group)
        pen.write(status: status)
        return pen.writer.text.isExhausted ? nil : Receipt(pen, httpStatus: httpStatus)
    }
}

/// What an answer may hold at its root, found in one pass over its members; of a repeated one the last.
struct AnswerParts {
    private(set) var messages: JSONView?
    private(set) var contacts: JSONView?
    private var single: JSONView?
    private var several: JSONView?

    init(_ root: JSONView) {
        for (name, value) in root.members {
            if name.equals("messages") {
                messages = value
            } else if name.equals("contacts") {
                contacts = value
            } else if name.equals("error") {
                single = value
            } else if name.equals("errors") {
                several = value
            }
        }
    }

    /// Graph's `error`, or the first of On-Premises' `errors`.
    var error: JSONView? {
        if let single, single.isObject || single.isString { return single }
        var errors = several?.elements
        return errors?.next()
    }
}

/// Where a word stands in the text of a receipt, between its quotes; nowhere when its end is 0.
private struct Place: Sendable {
    private(set) var start: UInt32 = 0
    private(set) var end: UInt32 = 0

    init() {}

    /// The last string that was written, of so many bytes.
    init(_ length: Int, endOf writer: borrowing JSONWriter) {
        end = UInt32(clamping: writer.text.count - 1)
        start = UInt32(clamping: writer.text.count - 1 - length)
    }

    var isSomewhere: Bool { end > 0 }
}

/// Writes the document of a receipt, in the order of its members, and remembers where its words stand.
private struct ReceiptPen: ~Copyable {
    var writer = JSONWriter(capacity: 320)
    var messageID = Place(), waID = Place(), input = Place(), userID = Place(), groupID = Place(), messageStatus = Place(), messageStatusText = Place()

    init() { writer.beginObject() }

    /// The text of a string or a number, without blanks around it; nothing when nothing is left.
    mutating func write(_ name: StaticString, _ view: JSONView?) -> Place {
        guard let view else { return Place() }
        if view.isString, !view.isEscaped, unsafe view.inside.first ?? 0 > 0x20, unsafe view.inside.last ?? 0 > 0x20 {
            writer.name(name)
            writer.raw(view)
            return Place(view.writtenLength, endOf: writer)
        }
        return Receipt.trimmed(view).map { write(name, text: $0) } ?? Place()
    }

    mutating func write(_ name: StaticString, text: String) -> Place {
        writer.name(name)
        let start = writer.text.count + 1
        writer.string(text)
        return Place(writer.text.count - 1 - start, endOf: writer)
    }

    mutating func write(contact: JSONView) {
        var waID: JSONView?, input: JSONView?, userID: JSONView?
        for (name, value) in contact.members {
            if name.equals("wa_id") {
                waID = value
            } else if name.equals("input") {
                input = value
            } else if name.equals("user_id") {
                userID = value
            }
        }
        self.waID = write("wa_id", waID)
        self.input = write("input", input)
        self.userID = write("user_id", userID)
    }

    /// Meta names a state only where it has something to add; a message with an id is accepted.
    mutating func write(status view: JSONView?) {
        guard let view, !view.equals("accepted"), let written = Receipt.trimmed(view), written != "accepted" else {
            writer.name("message_status")
            writer.string("accepted" as StaticString)
            return messageStatus = Place("accepted".utf8.count, endOf: writer)
        }
        guard written.utf8.contains(UInt8(ascii: " ")) else { return messageStatus = write("message_status", text: written) }
        let isHeld = written.lowercased().split(separator: " ").starts(with: ["message", "has", "been", "held"])
        messageStatus = write("message_status", text: isHeld ? "held_for_quality_assessment" : written)
        messageStatusText = write("message_status_text", text: written)
    }
}

extension Receipt {
    /// The text of a string or a number, without blanks around it; nil when nothing is left.
    fileprivate static func trimmed(_ view: JSONView) -> String? {
        guard view.isString || view.isInteger else { return nil }
        let bytes = view.utf8 ?? view.raw
        let blank: (UInt8) -> Bool = { $0 <= 0x20 }
        let trimmed = bytes.drop(while: blank).reversed().drop(while: blank).reversed()
        return trimmed.isEmpty ? nil : String(decoding: trimmed, as: UTF8.self)
    }
}

/// What a receipt is written on: nobody changes it, and its last owner may give the document away.
private final class Paper: @unchecked Sendable {
    let httpStatus: Int
    let success: Bool?
    let messageID, waID, input, userID, groupID, messageStatus, messageStatusText: Place
    private(set) var document: TextMemory

    init(_ pen: consuming ReceiptPen, _ httpStatus: Int, _ success: Bool?) {
        self.httpStatus = httpStatus
        self.success = success
        (messageID, waID, input, userID) = (pen.messageID, pen.waID, pen.input, pen.userID)
        (groupID, messageStatus, messageStatusText) = (pen.groupID, pen.messageStatus, pen.messageStatusText)
        if let success {
            pen.writer.name("success")
            pen.writer.bool(success)
        }
        pen.writer.name("http_status")
        pen.writer.integer(httpStatus)
        pen.writer.endObject()
        document = pen.writer.finish()
    }

    /// Gives the document to its last owner.
    func give() -> TextMemory {
        var given = TextMemory()
        swap(&given, &document)
        return given
    }

    func text(_ place: Place) -> String? {
        let (start, end) = (Int(place.start), Int(place.end))
        guard place.isSomewhere, 0 < start, start <= end, end < document.count else { return nil }
        let written = unsafe UnsafeRawBufferPointer(rebasing: document.bytes[start..<end])
        guard unsafe written.contains(UInt8(ascii: "\\")) else { return unsafe String(decoding: written, as: UTF8.self) }
        let quoted = unsafe UnsafeRawBufferPointer(rebasing: document.bytes[(start - 1)...end])
        return try? unsafe Tape.read(quoted, .tolerant) { $0.string }
    }
}
