// Sends what is due through a client: records the start of every row before it is handed over and what became of it after,
// each step's in one transaction; and waits for the rest at the end. Here is the loop; what is recorded stands in Outbox+Round.swift.
import Glibc
public import WABiz

extension Outbox {
    /// Records what came back, begins what is due and waits for more.
    /// - Parameters:
    ///   - client: sends for the number of its account; rows of other numbers are left alone.
    ///   - timeout: milliseconds to wait for an outcome at most; negative: until there is one.
    /// - Returns: `{"outcomes":[…]}` and whether nothing is left to be done, now or later.
    /// - Throws: `.badArgument`, `.storage`, `.forked`. What is not recorded yet is kept for the next step.
    public func step(_ client: Client, timeout: Int = -1) throws(Failure) -> (document: [UInt8], isIdle: Bool) {
        isDraining = false
        return try work(client, timeout)
    }

    /// As `step`, but begins nothing: before the end of a process, until what is under way has come back.
    /// - Returns: `{"outcomes":[…]}` and whether nothing is under way any more.
    /// - Throws: as `step`.
    public func drain(_ client: Client, timeout: Int = -1) throws(Failure) -> (document: [UInt8], isIdle: Bool) {
        isDraining = true
        return try work(client, timeout)
    }

    private func work(_ client: Client, _ timeout: Int) throws(Failure) -> (document: [UInt8], isIdle: Bool) {
        try checkProcess()
        guard (client.account.api == .onPremises) == (options.api == .onPremises) else {
            throw .badArgument("The client is for \"\(client.account.api.rawValue)\" and the outbox for \"\(options.api.rawValue)\"; step with a client for the same.")
        }
        defer { ring() }
        if !flights.lost.isEmpty { try abandonFlights() }
        try flights.use(client)
        let end = timeout < 0 ? Clock.never : Clock.after(Clock.milliseconds, Int64(timeout))
        while true {
            flights.land(try client.step(timeout: 0, owner: desk))
            let outcomes = try round(client)
            if !outcomes.isEmpty { return (Outbox.document(outcomes), false) }
            // What ended as soon as it began.
            if !flights.landed.isEmpty, timeout != 0 { continue }
            let rest = try timeToNext(client)
            guard let rest else { return (Outbox.nothing, true) }
            let left = end == Clock.never ? Outbox.poll : Int(clamping: max(0, end - Clock.milliseconds))
            let wait = min(rest, left, Outbox.poll)
            guard left > 0, try pause(client, wait) else { return (Outbox.nothing, false) }
        }
    }

    /// Another process may put something: milliseconds between two looks.
    static let poll = 1000

    /// Waits, and works for the client meanwhile. False when the caller should get its turn: after a signal, or when there is
    /// something for another owner at the client.
    private func pause(_ client: Client, _ wait: Int) throws(Failure) -> Bool {
        let start = Clock.milliseconds
        guard flights.isEmpty else {
            let outcomes = try client.step(timeout: wait, owner: desk)
            flights.land(outcomes)
            return !outcomes.isEmpty || Clock.milliseconds - start >= Int64(wait)
        }
        var watched = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
        let ready = unsafe Glibc.poll(&watched, 1, Int32(clamping: wait))
        guard ready > 0 else { return ready == 0 }
        // A kept connection that the server closed is nobody's business; what stays ready is another owner's.
        flights.land(try client.step(timeout: 0, owner: desk))
        return unsafe Glibc.poll(&watched, 1, 0) == 0
    }

    /// Milliseconds until something is to be done; nil when nothing is left, now or later.
    private func timeToNext(_ client: Client) throws(Failure) -> Int? {
        // A client that was drained begins nothing any more.
        if isDraining || client.isDraining { return flights.isEmpty ? nil : Outbox.poll }
        let now = milliseconds(nil)
        var due = try store.nextDue(options.api == .onPremises ? "" : client.account.phoneNumberID)
        if let moment = due, moment <= now {
            let room = client.room(flights.tickets)
            if room.count > 0 { return 0 }
            // What comes back makes room, and ends the wait before.
            due = now + (room.wait ?? Outbox.poll)
        }
        let next = [due, try store.nextTimer()].compactMap(\.self).min()
        if let next { return max(0, next - now) }
        return flights.isEmpty ? nil : Outbox.poll
    }

    /// A document without outcomes.
    package static let nothing = document([])

    private static func document(_ rows: [OutboxRow]) -> [UInt8] {
        var json = JSONWriter(capacity: 32 + 512 * rows.count)
        json.beginObject()
        json.name("outcomes")
        json.beginArray()
        for row in rows { row.write(to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    // MARK: The descriptor

    /// Becomes readable when `step` has something to do, at the latest a second after another process put something. The outbox
    /// owns it; -1 when there is none to be had.
    public func descriptor(_ client: Client) -> Int32 {
        guard !store.database.isForeign, (try? flights.use(client)) != nil else { return -1 }
        if bell == nil { bell = OutboxBell() }
        guard let bell, bell.watch(client.descriptor) else { return -1 }
        ring()
        return bell.descriptor
    }

    /// Before a call returns: the descriptor tells when there is something to do.
    func ring() {
        guard let bell, !store.database.isForeign else { return }
        guard let client = flights.client else { return bell.arm(after: Outbox.poll) }
        let rest = flights.landed.isEmpty ? (try? timeToNext(client)) ?? Outbox.poll : 0
        bell.arm(after: min(rest, Outbox.poll))
    }
}
