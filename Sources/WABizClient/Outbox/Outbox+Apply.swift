// Takes in what webhooks tell: statuses move rows on, messages and calls open windows, preferences keep the stop list. All of
// a document in one transaction, which is on the disk when `apply` returns.
public import WABiz

extension Outbox {
    /// What `apply` did.
    private struct Applied: ~Copyable {
        var moved = 0
        var unknown = 0
        var rows = JSONWriter()
        var moves = Moves()
    }

    /// - Parameter events: the document of events as the library wrote it.
    /// - Returns: `{"moved":…,"unknown":…,"rows":[…]}`.
    /// - Throws: `.badJSON`, `.badArgument`, `.storage`, `.forked`: nothing was taken in.
    public func apply(_ events: [UInt8]) throws(Failure) -> [UInt8] {
        try checkProcess()
        defer { ring() }
        let now = milliseconds(nil)
        return try Tape.read(events, .tolerant) { (root) throws(Failure) in
            guard let list = root["events"], list.isArray else {
                throw .badArgument("Pass the document of events as it came: {\"events\":[…]}.")
            }
            let applied = try store.transaction { () throws(Failure) in
                var applied = Applied()
                applied.rows.beginArray()
                for (index, event) in list.elements.enumerated() { try apply(event, index, now, &applied) }
                for row in applied.moves.blocked { row.writeMove(event: nil, moved: true, to: &applied.rows) }
                applied.rows.endArray()
                return applied
            }
            var json = JSONWriter(capacity: applied.rows.bytes.count + 64)
            json.beginObject()
            json.member("moved", applied.moved + applied.moves.blocked.count)
            json.member("unknown", applied.unknown)
            json.name("rows")
            json.raw(applied.rows.bytes)
            json.endObject()
            return json.bytes
        }
    }

    private func apply(_ view: JSONView, _ index: Int, _ now: Int, _ applied: inout Applied) throws(Failure) {
        guard let kind = view["kind"] else { return }
        if kind.equals("status") {
            try applyStatus(view, index, now, &applied)
        } else if kind.equals("message") || kind.equals("standby_message") {
            // A change of number and the like is no word of the person's.
            if view["type"]?.equals("system") == true { try applyChange(view, now) } else if view["group_id"] == nil { try hear(view, now) }
        } else if kind.equals("call") {
            if view["direction"]?.equalsIgnoringCase("user_initiated") == true { try hear(view, now) }
        } else if kind.equals("user_preference") {
            try applyPreference(view, now)
        } else if kind.equals("user_id_update") {
            try applyUpdate(view, now)
        }
    }

    // MARK: Statuses

    private func applyStatus(_ view: JSONView, _ index: Int, _ now: Int, _ applied: inout Applied) throws(Failure) {
        let event = Event(view)
        guard event.type != "payment", event.type != "call", event.status.flatMap(DeliveryStatus.init) != nil else { return }
        guard var row = try row(of: event) else {
            applied.unknown += 1
            if let id = event.messageID, let key = event.key { try store.keep(view.raw, key: key, messageID: id, now: now) }
            return
        }
        let wire = try event.messageID.flatMap { (id) throws(Failure) in try store.wire(id) }
        let before = row
        let change = row.hear(event, isSpent: wire?.isSpent ?? false, options.rules, now: now)
        if row != before || !change.spends.isEmpty { try carryOut(change, &row, now, moment: moment(event.timestamp, now), &applied.moves) }
        var moved = change.moved
        if let id = event.messageID, wire == nil, !change.spends.contains(id) { moved = try absorb(id, &row, now, &applied.moves) || moved }
        if moved { applied.moved += 1 }
        row.writeMove(event: index, moved: moved, to: &applied.rows)
    }

    /// By our id, then by Meta's.
    private func row(of event: Event) throws(Failure) -> OutboxRow? {
        if let id = event.tag.flatMap(RowID.init), let row = try store.row(id) { return row }
        guard let id = event.messageID, let found = try store.wire(id) else { return nil }
        return try store.row(found.number)
    }

    // MARK: People

    /// A person wrote or called: 24 hours from then.
    private func hear(_ view: JSONView, _ now: Int) throws(Failure) {
        let account = view["phone_number_id"]?.string ?? ""
        let time = moment(view["timestamp"]?.integer, now)
        for name in try names(account, view["from"], view["from_user_id"], view["from_parent_user_id"]) { try store.hear(account, name, at: time) }
    }

    /// A person changed their number, and with it their user id.
    private func applyChange(_ view: JSONView, _ now: Int) throws(Failure) {
        let account = view["phone_number_id"]?.string ?? ""
        let old = people(view["from"], view["from_user_id"], view["from_parent_user_id"])
        let new = people(view["new_wa_id"], view["new_user_id"], view["system"]?["parent_user_id"])
        try store.carryOver(account, from: old, to: new)
    }

    /// A person's user id became another one. Events about the old one may still come, and rows for it may still wait.
    private func applyUpdate(_ view: JSONView, _ now: Int) throws(Failure) {
        let account = view["phone_number_id"]?.string ?? ""
        var old: [String] = []
        var new = people(view["wa_id"])
        for ids in [view["user_id"], view["parent_user_id"]] {
            let (previous, current) = (people(ids?["previous"]), people(ids?["current"]))
            for (previous, current) in zip(previous, current) { try store.learn(account, previous, is: current, now: now) }
            old += previous
            new += current
        }
        try store.carryOver(account, from: old, to: new)
    }

    private func applyPreference(_ view: JSONView, _ now: Int) throws(Failure) {
        let account = view["phone_number_id"]?.string ?? ""
        guard view["category"]?.equals("marketing_messages") != false, let value = view["value"] else { return }
        guard value.equalsIgnoringCase("stop") || value.equalsIgnoringCase("resume") else { return }
        let time = moment(view["timestamp"]?.integer, now)
        for name in try names(account, view["wa_id"], view["user_id"], view["parent_user_id"]) {
            try store.stop(account, name, value.equalsIgnoringCase("stop"), at: time / 1000)
        }
    }

    /// When an event happened, in milliseconds: not before 1970 and not after now, whatever number a webhook holds.
    func moment(_ seconds: Int?, _ now: Int) -> Int { seconds.map { min(max($0, 0), now / 1000) * 1000 } ?? now }

    private func people(_ views: JSONView?...) -> [String] { people(views) }

    private func people(_ views: [JSONView?]) -> [String] {
        views.compactMap { $0?.string }.map(OutboxRow.person).filter { !$0.isEmpty }
    }

    /// People, and what else they are called.
    private func names(_ account: String, _ views: JSONView?...) throws(Failure) -> [String] {
        var names: [String] = []
        for person in people(views) { names += try store.names(account, person) }
        return names
    }
}
