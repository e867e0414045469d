// An outbox driven by any bytes: each byte chooses what is called next, what follows it becomes its document. Nothing may end the
// process, and whatever came, rows, states and answers stay what wabiz.h says of them.
#if OUTBOX
import Glibc

/// Documents that hostile pieces are put into.
private let messages = [
    #"{"to":"+15550001111","text":"a"}"#, #"{"to":"+15550002222","text":"b"}"#, #"{"to":"+15550001111","template":"t","language":"en"}"#,
    #"{"messages":[{"to":"+15550001111","text":"c"},{"message":{"to":"+15550002222","text":"d"},"key":"m"}]}"#,
]
private let options = [
    "{}", #"{"key":"k"}"#, #"{"sequence":"s"}"#, #"{"sequence":"s","sequence_failure":"skip","after":"sent"}"#, #"{"template_category":"marketing"}"#,
    #"{"send_at":1767225700}"#, #"{"expires_at":1767225601,"tag":{"a":[1]}}"#, #"{"key":"k","tag":"x","priority":0}"#,
]
private let words = ["sent", "delivered", "read", "failed", "failed", "played", "accepted", "x"]
private let codes = [131049, 131050, 131047, 131026, 470, 1026, 0, -1]
private let start = 1_767_225_600

/// Reads the input from its front.
private struct Script {
    var rest: ArraySlice<UInt8>
    mutating func next(below count: Int) -> Int { rest.popFirst().map { Int($0) % count } ?? 0 }
    /// Some bytes as they are: JSON or not.
    mutating func raw() -> [UInt8] {
        let count = min(next(below: 256), rest.count)
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}

func fuzzOutbox(_ input: [UInt8]) {
    let path = "/dev/shm/wabiz-fuzz-outbox-\(getpid()).db"
    let remove = { for end in ["", "-wal", "-shm"] { unsafe unlink(path + end) } }
    remove()
    defer { remove() }
    var script = Script(rest: input[...])
    var now = start
    let policies = [UncertainPolicy.report, .resend, .wait]
    let policy = policies[script.next(below: 3)]
    func open() -> Outbox? {
        var options = OutboxOptions(path: path, phoneNumberID: "900")
        (options.now, options.uncertain, options.checksWindow) = (now, policy, policy == .report)
        return try? Outbox(options)
    }
    // Nobody listens there: a step records, tries in vain and records again.
    let client = try? Client(config: Array(#"{"access_token":"t","phone_number_id":"900","base_url":"http://127.0.0.1:1","proxy":"","max_in_flight":4,"pair_interval_ms":0}"#.utf8))
    guard var outbox = open(), let client else { return hold(false, "an outbox cannot be opened") }
    var ids: [String] = []
    for _ in 0..<40 where !script.rest.isEmpty {
        let id = ids.isEmpty ? "0" : ids[script.next(below: ids.count)]
        switch script.next(below: 12) {
        case 0, 1: put(Array(messages[script.next(below: messages.count)].utf8), Array(options[script.next(below: options.count)].utf8), outbox, &ids)
        case 2: put(script.raw(), nil, outbox, &ids)
        case 3: put(Array(messages[0].utf8), script.raw(), outbox, &ids)
        case 4, 5: answer(try? outbox.apply(status(id, &script, now)), "apply")
        case 6: answer(try? outbox.apply(script.raw()), "apply")
        case 7: answer(try? outbox.apply(person(&script)), "apply")
        case 8: answer(script.next(below: 2) == 0 ? try? outbox.cancel(id) : try? outbox.retry(id), "cancel or retry")
        case 9: answer((try? RowFilter(json: script.raw())).flatMap { try? outbox.list($0) }, "list")
        case 10:
            _ = try? outbox.prune(PruneOptions(json: script.next(below: 2) == 0 ? Array(#"{"retention_seconds":0}"#.utf8) : script.raw()))
            _ = try? outbox.resume(String(decoding: script.raw(), as: UTF8.self))
        default:
            answer(try? outbox.step(client, timeout: 0).document, "step")
            now += [0, 1, 900, 86_400, 400_000, -86_400][script.next(below: 6)]
            // What was under way is uncertain when its handle is gone.
            guard let next = open() else { return hold(false, "an outbox cannot be opened again") }
            outbox = next
        }
        holdRows(outbox)
    }
}

private func put(_ message: [UInt8], _ options: [UInt8]?, _ outbox: Outbox, _ ids: inout [String]) {
    guard let answer = try? outbox.put(message, options: options) else { return }
    holdDocument(answer, .tolerant, "the answer of put")
    try? Tape.read(answer, .tolerant) { root in
        let rows = root["rows"].map { Array($0.elements) } ?? [root]
        for row in rows {
            guard let id = row["id"]?.string else { continue }
            hold((try? outbox.get(id)) != nil || row["new"]?.bool == false, "put promised a row that is not there: \(id)")
            if !ids.contains(id) { ids.append(id) }
        }
    }
}

private func answer(_ document: [UInt8]?, _ what: String) {
    if let document { holdDocument(document, .tolerant, "the answer of \(what)") }
}

/// Every number of a webhook may be anything that a tape takes.
private func status(_ id: String, _ script: inout Script, _ now: Int) -> [UInt8] {
    let word = words[script.next(below: words.count)]
    let message = "wamid.\(script.next(below: 4))"
    let time = ["\(now)", "\(now + 999_999)", "-1", "9223372036854775807", "99999999999999999999999", "\"x\"", "null"][script.next(below: 7)]
    let tag = script.next(below: 3) == 0 ? "" : #","tag":"\#(id)""#
    return Array(
        #"{"events":[{"kind":"status","key":"\#(message)\#(word)","status":"\#(word)","message_id":"\#(message)","timestamp":\#(time),"errors":[{"code":\#(codes[script.next(below: codes.count)])}]\#(tag)}]}"#
            .utf8)
}

private func person(_ script: inout Script) -> [UInt8] {
    let person = script.next(below: 2) == 0 ? "15550001111" : "15550002222"
    let event = [
        #"{"kind":"message","key":"m","phone_number_id":"900","from":"\#(person)","type":"text","timestamp":\#(start)}"#,
        #"{"kind":"call","key":"c","phone_number_id":"900","from":"\#(person)","direction":"USER_INITIATED"}"#,
        #"{"kind":"user_preference","key":"p","phone_number_id":"900","wa_id":"\#(person)","category":"marketing_messages","value":"stop","timestamp":\#(start)}"#,
    ][script.next(below: 3)]
    return Array(#"{"events":[\#(event)]}"#.utf8)
}

/// What the store and everybody else relies on.
private func holdRows(_ outbox: Outbox) {
    var all = RowFilter()
    all.limit = 1_000_000
    guard let rows = try? outbox.store.list(all) else { return hold(false, "the rows cannot be read") }
    // What stands with the row stands in the tables that lead to it.
    let leading: [(StaticString, Int)] = [
        ("SELECT count(*) FROM queue", rows.count { $0.due != nil }), ("SELECT count(*) FROM hold", rows.count(where: \.holds)),
        ("SELECT count(*) FROM flight", rows.count { $0.state == .sending }),
    ]
    for (query, count) in leading { hold((try? outbox.store.database.integer(query)) == count, "\(query) is not \(count)") }
    var holders: Set<String> = []
    for row in rows {
        hold((row.due != nil) == (row.state == .queued && !row.waits), "row \(row.number) is \(row.state), waits: \(row.waits), due: \(String(describing: row.due))")
        hold(!row.waits || row.state == .queued && row.timer != nil && row.sequence != nil, "row \(row.number) waits and is \(row.state)")
        hold(row.due ?? 0 <= row.expiresAt, "row \(row.number) is due behind its end")
        hold(![.cancelled, .expired, .blocked, .failed].contains(row.state) || !row.holds && row.timer == nil, "row \(row.number) is \(row.state) and holds")
        hold(row.state != .sending || row.owner != nil, "row \(row.number) is sending and has no owner")
        // The first of a sequence never waits: nobody would let it go.
        if row.holds, let sequence = row.sequence, holders.insert(row.account + "/" + sequence).inserted { hold(!row.waits, "row \(row.number) waits for nobody") }
        guard let document = try? outbox.get(row.id.description) else { return hold(false, "row \(row.number) cannot be got") }
        holdDocument(document, .tolerant, "a row")
    }
}
#endif
