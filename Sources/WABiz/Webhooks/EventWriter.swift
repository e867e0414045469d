// Writes events: the members that an item's row names, then the item itself as it was read. Strings, numbers and objects
// are copied as slices, so that a number keeps its spelling and an escape its form.

/// What stands around an item in its webhook.
struct EventScope {
    var entry = EntryStamp()
    /// False where the entry's id names a business portfolio.
    var entryIsAccount = true
    /// The id of the WhatsApp Business Account where the entry's id names something else.
    var accountID: JSONView?
    var field: JSONView?
    /// The field's name where events of known kinds carry it: in all fields but `messages`.
    var namedField: JSONView?
    var phoneNumberID: JSONView?
    var displayPhoneNumber: JSONView?
    var isOnPremises = false
    /// What the places around the item say about it.
    var carried: [(name: StaticString, form: EventMember.Form, value: JSONView)] = []
}

struct EventWriter: ~Copyable {
    private(set) var json: JSONWriter
    /// Where each event lies in the text, when somebody wants to know.
    private(set) var places: [Range<Int>] = []
    private let keepsPlaces: Bool
    private var isFirst = true
    private var start = 0

    init(capacity: Int, keepsPlaces: Bool) {
        self.keepsPlaces = keepsPlaces
        json = JSONWriter(capacity: capacity)
        json.beginObject()
        json.name("events")
        json.beginArray()
    }

    /// The document `{"events":[…]}`.
    consuming func finish() throws(Failure) -> TextMemory {
        json.endArray()
        json.endObject()
        guard !json.text.isExhausted else {
            throw Failure(.noMemory, "There is no memory for the events of this body; free some.", retry: .backoff)
        }
        return json.finish()
    }

    // MARK: Events

    /// One item that the table knows.
    /// - Parameter inChange: the key of an item that has its key by its place in a change.
    mutating func item(
        _ item: JSONView, _ row: EventRow, _ type: EventType?, key rule: KeyRule, inChange key: [UInt8]?, contact: JSONView?, _ scope: EventScope
    ) {
        begin(row.kind)
        if rule.basis == .parts { EventKey.write(item, rule, entry: scope.entry, to: &json) } else { write(key: key) }
        around(scope)
        write("field", .text, scope.namedField, scope)
        if let time = row.time { write("timestamp", .integer, time.find(in: item), scope) }
        write(row.time == nil ? "timestamp" : "entry_time", .integer, scope.entry.time, scope)
        let names = NameMarks(item)
        write(row.members, of: item, names, scope)
        if let type { write(type.members, of: item, names, scope) }
        for (name, form, value) in scope.carried { write(name, form, value, scope) }
        if let contact {
            write("profile_name", .text, Path("profile", "name").find(in: contact), scope)
            write("contact", .object, contact, scope)
        }
        end(payload: item)
    }

    /// Something that the table does not know, whole.
    /// - Parameter member: the name it stands under, when it is not a whole change, entry or body.
    mutating func unknown(_ payload: JSONView, key: [UInt8]?, member: JSONView? = nil, _ scope: EventScope) {
        begin("unknown")
        write(key: key)
        around(scope)
        write("timestamp", .integer, scope.entry.time, scope)
        write("field", .text, scope.field, scope)
        write("member", .text, member, scope)
        end(payload: payload)
    }

    /// Begins an event; its key is written next.
    private mutating func begin(_ kind: StaticString) {
        start = json.text.count + (isFirst ? 0 : 1)
        isFirst = false
        json.beginObject()
        json.name("kind")
        json.string(kind)
        json.name("key")
    }

    private mutating func write(key: [UInt8]?) {
        if let key { json.raw(key) } else { json.null() }
    }

    /// What stands around an item.
    private mutating func around(_ scope: EventScope) {
        write("waba_id", .id, scope.accountID ?? (scope.entryIsAccount ? scope.entry.id : nil), scope)
        if !scope.entryIsAccount { write("business_portfolio_id", .id, scope.entry.id, scope) }
        write("phone_number_id", .id, scope.phoneNumberID, scope)
        write("display_phone_number", .id, scope.displayPhoneNumber, scope)
    }

    private mutating func end(payload: JSONView) {
        json.name("payload")
        json.raw(payload)
        json.endObject()
        if keepsPlaces { places.append(start..<json.text.count) }
    }

    // MARK: Members

    private mutating func write(_ members: EventMembers, of item: JSONView, _ names: NameMarks, _ scope: EventScope) {
        for (index, mark) in members.marks.enumerated() where names.mayHold(mark) { write(members.list[index], of: item, names, scope) }
    }

    private mutating func write(_ member: EventMember, of item: JSONView, _ names: NameMarks, _ scope: EventScope) {
        if names.mayHold(member.source), write(member.name, member.form, member.source.find(in: item), scope) { return }
        for path in member.others where names.mayHold(path) {
            if write(member.name, member.form, path.find(in: item), scope) { return }
        }
    }

    /// Writes a member when its value has the form; says whether it did.
    @discardableResult
    private mutating func write(_ name: StaticString, _ form: EventMember.Form, _ value: JSONView?, _ scope: EventScope) -> Bool {
        guard let value, value.fits(form) else { return false }
        if form == .json { return json(name, value) }
        json.name(name)
        switch form {
        case .id where value.isInteger: json.string(String(decoding: value.raw, as: UTF8.self))
        case .integer: json.integer(value.lenientInteger ?? 0)
        case .reaction: reaction(value, scope)
        case .errors: errors(value, scope)
        default: json.raw(value)
        }
        return true
    }

    /// The document inside a string: a person's answers, so nothing that has to be JSON.
    private mutating func json(_ name: StaticString, _ value: JSONView) -> Bool {
        guard let text = value.utf8 else { return false }
        do {
            let isObject = try Tape.read(text, .tolerant, depth: EventWriter.deepestAnswer) { $0.isObject }
            guard isObject else { return false }
        } catch {
            return false
        }
        json.name(name)
        json.raw(text)
        return true
    }

    private static let deepestAnswer = 256

    private mutating func reaction(_ value: JSONView, _ scope: EventScope) {
        json.beginObject()
        // Old samples misspell the name.
        if !write("message_id", .id, value["message_id"], scope) { write("message_id", .id, value["messsage_id"], scope) }
        // Meta leaves the emoji out, or empty, when the reaction was taken back.
        if !write("emoji", .text, value["emoji"], scope) {
            json.name("emoji")
            json.string("" as StaticString)
        }
        json.endObject()
    }

    private mutating func errors(_ value: JSONView, _ scope: EventScope) {
        json.beginArray()
        if value.isObject { error(value, scope) }
        for element in value.elements where element.isObject { error(element, scope) }
        json.endArray()
    }

    private mutating func error(_ value: JSONView, _ scope: EventScope) {
        json.beginObject()
        write("code", .integer, value["code"], scope)
        write("title", .text, value["title"], scope)
        write("message", .text, value["message"], scope)
        // Before Graph v16, and On-Premises, the details lie in the error itself.
        if !write("details", .text, Path("error_data", "details").find(in: value), scope),
            !write("details", .text, value["details"], scope)
        {
            write("details", .text, value["error_data"], scope)
        }
        write("href", .text, value["href"], scope)
        verdict(on: value, scope)
        json.endObject()
    }

    /// Meta's name for the code and whether the message may be sent again; nothing where the table does not know it.
    private mutating func verdict(on error: JSONView, _ scope: EventScope) {
        guard let code = error["code"]?.lenientInteger,
            let row = ErrorTable.row(code: code, onPremises: scope.isOnPremises)
        else { return }
        json.name("name")
        json.string(row.name)
        json.name("retry")
        json.string(row.verdict.rawValue)
    }
}

extension JSONView {
    /// True when a member of this form can be made of the value.
    func fits(_ form: EventMember.Form) -> Bool {
        switch form {
        case .id: isString || isInteger
        case .text, .json: isString
        case .integer: lenientInteger != nil
        case .value: isString || isNumber
        case .bool: bool != nil
        case .object, .reaction: isObject
        case .array: isArray
        case .errors: isArray || isObject
        }
    }
}
