// The contacts of a change, matched to its items by business-scoped user id, then by phone number; never by position,
// which Meta does not promise.

struct Contacts {
    private struct Entry {
        let view: JSONView
        let userID: JSONView?
        let phone: JSONView?
        var isClaimed = false
    }

    private var entries: [Entry] = []
    /// Where a name was first seen; only for long lists, which a search per item would make slow.
    private var places: [[UInt8]: Int] = [:]
    private static let searchable = 16
    /// Bytes of a contact that goes with more than one item.
    private static let repeatable = 4096

    /// Takes the elements of a `contacts` array.
    mutating func add(_ array: JSONView) {
        for view in array.elements {
            entries.append(Entry(view: view, userID: Contacts.name(view["user_id"]), phone: Contacts.name(view["wa_id"])))
        }
        guard entries.count > Contacts.searchable else { return }
        for (place, entry) in entries.enumerated() {
            for key in Contacts.keys(entry) where places[key] == nil { places[key] = place }
        }
    }

    /// The contact of the person whom the item names first; marked as handed out.
    mutating func claim(for item: JSONView, _ person: Person) -> JSONView? {
        if entries.isEmpty { return nil }
        guard let place = place(item, person.userIDs, isPhone: false) ?? place(item, person.phones, isPhone: true),
            entries.indices.contains(place)
        else { return nil }
        // A long one is handed out once: each event of the same person would repeat it.
        let isRepeatable = unsafe entries[place].view.slice.count <= Contacts.repeatable
        guard isRepeatable || !entries[place].isClaimed else { return nil }
        entries[place].isClaimed = true
        return entries[place].view
    }

    /// The contacts that went with no item and do not repeat one that did.
    func unclaimed() -> [JSONView] {
        if entries.allSatisfy(\.isClaimed) { return [] }
        let claimed = Set(entries.lazy.filter(\.isClaimed).map(\.view.raw))
        return entries.filter { !$0.isClaimed && !claimed.contains($0.view.raw) }.map(\.view)
    }

    private func place(_ item: JSONView, _ paths: [Path], isPhone: Bool) -> Int? {
        for path in paths {
            guard let name = Contacts.name(path.find(in: item)) else { continue }
            let found =
                places.isEmpty
                ? entries.firstIndex { entry in
                    guard let other = isPhone ? entry.phone : entry.userID else { return false }
                    return isPhone ? Contacts.isSamePhone(name, other) : Contacts.isSame(name, other)
                }
                : places[Contacts.key(name, isPhone: isPhone)]
            if let found { return found }
        }
        return nil
    }

    /// A name that says something, and none so long that comparing it with each item would take for ever.
    private static func name(_ value: JSONView?) -> JSONView? {
        guard let value, value.isString, value.writtenLength > 0 else { return nil }
        return EntryStamp.word(value)
    }

    private static func keys(_ entry: Entry) -> [[UInt8]] {
        [entry.userID.map { key($0, isPhone: false) }, entry.phone.map { key($0, isPhone: true) }].compactMap(\.self)
    }

    private static func key(_ name: JSONView, isPhone: Bool) -> [UInt8] {
        isPhone ? [UInt8(ascii: "p")] + digits(name) : [UInt8(ascii: "u")] + (name.utf8 ?? [])
    }

    private static func isSame(_ left: JSONView, _ right: JSONView) -> Bool {
        if left.isEscaped || right.isEscaped { return left.utf8 == right.utf8 }
        return unsafe left.writtenLength == right.writtenLength && left.slice.elementsEqual(right.slice)
    }

    /// Meta's tables print phone numbers with a leading "+", its examples without.
    private static func isSamePhone(_ left: JSONView, _ right: JSONView) -> Bool {
        isSame(left, right) || (left.writtenLength != right.writtenLength && digits(left) == digits(right))
    }

    private static func digits(_ phone: JSONView) -> [UInt8] {
        let text = phone.utf8 ?? []
        return text.first == UInt8(ascii: "+") ? Array(text.dropFirst()) : text
    }
}
