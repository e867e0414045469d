// De-duplication keys: the same for a repeated delivery of an item, different for different items. Meta delivers at least
// once and retries for 7 days, so a receiver keeps the keys it has seen for that long and drops what it has seen.

/// The forms of a key, as JSON text with its quotes:
///
/// | event | key |
/// |---|---|
/// | message (also edit, revoke, system, reaction) | `id` |
/// | status | `id:status`, in a group `id:status:participant` (user id, else phone number) |
/// | status of a payment | `id:transaction id:transaction status:updated_timestamp` |
/// | echo, call, automatic event | `echo:id`, `call:id:event`, `auto:id:event_name` |
/// | old message of a history | `history:id:type` |
/// | copy for an app on standby | `standby:` and the key of the message, status or echo |
/// | error | none: `null`, every delivery counts |
/// | one of these whose id or other part is missing | its prefix, and 64 hexadecimal digits: SHA-256 of `{"element":…,"id":…,"time":…}` |
/// | value that is one item, unknown change | the same of `{"change":…,"id":…,"time":…}` |
/// | item without an id, unknown member beside items | the key of its change, entry or body, `:` and its number there, from 0 |
/// | unknown entry, unknown body | the same of `{"entry":…}`, `{"body":…}` |
///
/// What is hashed is canonical JSON (Canonical.swift); `id` and `time` are those of the entry and left out where missing.
/// `:` separates, because neither Meta's ids nor status words nor phone numbers contain it.
enum EventKey {
    /// Writes the key of an item after its row's rule.
    static func write(_ item: JSONView, _ rule: KeyRule, entry: EntryStamp, to json: inout JSONWriter) {
        if json.value({ text in append(item, rule, to: &text) }) { return }
        if let key = hash("element", item, entry: entry, prefix: rule.prefix) { json.raw(key) } else { json.null() }
    }

    /// Appends the parts of a key in quotes; false when one of them is missing.
    private static func append(_ item: JSONView, _ rule: KeyRule, to text: inout TextMemory) -> Bool {
        text.append(UInt8(ascii: "\""))
        unsafe text.append(UnsafeRawBufferPointer(start: rule.prefix.utf8Start, count: rule.prefix.utf8CodeUnitCount))
        var isFirst = rule.prefix.utf8CodeUnitCount == 0
        for path in rule.parts {
            guard append(path.find(in: item), isFirst, to: &text) else { return false }
            isFirst = false
        }
        for path in rule.last where append(path.find(in: item), isFirst, to: &text) { break }
        text.append(UInt8(ascii: "\""))
        return true
    }

    /// The key of something without an id: the hash of its canonical text, and of its entry's id and time.
    /// `label` sorts before "id". Nil when there is no memory, so that at worst nothing is dropped as a repetition.
    static func hash(_ label: StaticString, _ value: JSONView, entry: EntryStamp = EntryStamp(), prefix: StaticString = "") -> [UInt8]? {
        var text = Array("{\"\(label)\":".utf8)
        guard Canonical.write(value, to: &text) else { return nil }
        for (name, stamp) in [("id", entry.id), ("time", entry.time)] {
            guard let stamp else { continue }
            text.append(contentsOf: ",\"\(name)\":".utf8)
            guard Canonical.write(stamp, to: &text) else { return nil }
        }
        text.append(UInt8(ascii: "}"))
        let prefix = prefix.utf8CodeUnitCount > 0 ? Array("\(prefix):".utf8) : []
        return Digest.sha256(text).map { [UInt8(ascii: "\"")] + prefix + $0.hexBytes + [UInt8(ascii: "\"")] }
    }

    /// The key of the part with this number in something that has a key.
    static func part(_ number: Int, of key: [UInt8]?) -> [UInt8]? {
        key.map { $0.dropLast() + Array(":\(number)\"".utf8) }
    }

    /// Appends an id, behind a separator unless it is the first: the inside of a string that is not empty, or an integer.
    private static func append(_ value: JSONView?, _ isFirst: Bool, to text: inout TextMemory) -> Bool {
        guard let value, value.isInteger || value.writtenLength > 0 else { return false }
        if !isFirst { text.append(UInt8(ascii: ":")) }
        unsafe text.append(value.isInteger ? value.slice : UnsafeRawBufferPointer(rebasing: value.slice.dropFirst().dropLast()))
        return true
    }
}

/// What an entry says about its changes: whose they are and when they were sent.
struct EntryStamp {
    var id: JSONView?
    var time: JSONView?

    init() {}

    /// No id of Meta's comes near the bound; it keeps a senseless one from being copied for each item.
    init(_ entry: JSONView) {
        id = entry["id"].flatMap(EntryStamp.word)
        time = entry["time"].flatMap { $0.lenientInteger == nil ? nil : $0 }
    }

    /// True for the id and the time, which the events carry.
    func holds(_ value: JSONView) -> Bool { value.offset == id?.offset || value.offset == time?.offset }

    /// A string or an integer of at most 256 bytes.
    static func word(_ value: JSONView) -> JSONView? {
        guard value.isString || value.isInteger else { return nil }
        return unsafe value.slice.count <= 256 ? value : nil
    }
}
