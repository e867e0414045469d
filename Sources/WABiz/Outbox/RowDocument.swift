// A row as a document: for get, list and outcomes, and the small answers of put, cancel and apply.

extension OutboxRow {
    /// - Parameter withMessage: whether the payload stands in it.
    package func write(to json: inout JSONWriter, withMessage: Bool = false) {
        json.beginObject()
        writeName(to: &json)
        json.member("to", person)
        json.member("type", type)
        json.member("category", category.word)
        json.member("api", api.rawValue)
        if !account.isEmpty { json.member("phone_number_id", account) }
        json.member("priority", priority)
        json.member("attempts", attempts)
        json.member("put_at", putAt / 1000)
        if let next = due ?? timer { json.member("next_at", next / 1000) }
        json.member("expires_at", expiresAt / 1000)
        json.member("changed_at", changedAt / 1000)
        writeSequence(to: &json)
        if let messageID { json.member("message_id", messageID) }
        if let waID { json.member("wa_id", waID) }
        if isHeld { json.name("held"); json.bool(true) }
        if let heldText { json.member("message_status_text", heldText) }
        if usedFallback { json.name("fallback"); json.bool(true) }
        json.member("repeats", repeats)
        json.member("resends", resends)
        writeTimes(to: &json)
        if let error { json.name("error"); json.raw(error) }
        if withMessage { json.name("message"); json.raw(payload) }
        json.endObject()
    }

    /// What every document about a row begins with.
    private func writeName(to json: inout JSONWriter) {
        json.member("id", id)
        if let key { json.member("key", key) }
        if let tag { json.name("tag"); json.raw(tag) }
        json.member("state", state.word)
    }

    private func writeSequence(to json: inout JSONWriter) {
        guard let sequence else { return }
        json.member("sequence", sequence)
        json.member("after", after.word)
        if waits { json.name("waits"); json.bool(true) }
    }

    private func writeTimes(to json: inout JSONWriter) {
        guard times != StatusTimes() else { return }
        json.name("times")
        json.beginObject()
        for status in DeliveryStatus.allCases {
            guard let time = times[status] else { continue }
            switch status {
            case .accepted: json.member("accepted", time)
            case .sent: json.member("sent", time)
            case .failed: json.member("failed", time)
            case .delivered: json.member("delivered", time)
            case .read: json.member("read", time)
            case .played: json.member("played", time)
            }
        }
        json.endObject()
    }

    /// `{"id":…,"state":…,…}` with one answer behind it.
    package func answer(_ name: StaticString, _ value: Bool, warnings: [PutWarning] = []) -> JSONWriter {
        var json = JSONWriter()
        writeAnswer(name, value, warnings: warnings, to: &json)
        return json
    }

    /// The same into a larger document.
    package func writeAnswer(_ name: StaticString, _ value: Bool, warnings: [PutWarning] = [], to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", id)
        json.member("state", state.word)
        json.name(name)
        json.bool(value)
        if usedFallback { json.name("fallback"); json.bool(true) }
        if !warnings.isEmpty {
            json.name("warnings")
            json.beginArray()
            for warning in warnings { json.raw(warning.json) }
            json.endArray()
        }
        json.endObject()
    }

    /// What is left of a row that is gone: enough for the answer of `put` for its key.
    package init(pruned id: RowID, _ state: RowState) {
        self.init()
        (number, nonce, self.state) = (id.number, id.nonce, state)
    }

    /// What `apply` says about the row of an event.
    /// - Parameter event: the event's number; nil when the row moved because another one did.
    package func writeMove(event: Int?, moved: Bool, to json: inout JSONWriter) {
        json.beginObject()
        json.name("event")
        if let event { json.integer(event) } else { json.null() }
        writeName(to: &json)
        json.name("moved")
        json.bool(moved)
        json.endObject()
    }
}

extension JSONWriter {
    mutating func member(_ name: StaticString, _ id: RowID) {
        self.name(name)
        _ = value { text in
            text.append(UInt8(ascii: "\""))
            text.append(hex: UInt64(truncatingIfNeeded: id.number))
            text.append(hex: id.nonce)
            text.append(UInt8(ascii: "\""))
            return true
        }
    }

    package mutating func member(_ name: StaticString, _ text: String) {
        self.name(name)
        string(text)
    }

    package mutating func member(_ name: StaticString, _ number: Int) {
        self.name(name)
        integer(number)
    }
}
