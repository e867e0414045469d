// A list of words that texts are held against, found by their length: of twenty names of members one or two are compared.

/// At most 64 words are told apart by length; of more each is asked.
struct WordList: Sendable {
    let all: [StaticString]
    /// For each length the places of the words that have it, a bit for each.
    private let places: [UInt64]

    init(_ words: [StaticString]) {
        all = words
        var places: [UInt64] = Array(repeating: 0, count: (words.map(\.utf8CodeUnitCount).max() ?? 0) + 1)
        if words.count <= 64 {
            for (place, word) in words.enumerated() { places[word.utf8CodeUnitCount] |= 1 << UInt64(place) }
        } else {
            places = []
        }
        self.places = places
    }

    /// Which of them the text of a string is, byte for byte; nil when it is none of them.
    func position(of text: JSONView) -> Int? {
        guard text.isString, !text.isEscaped, !places.isEmpty else { return all.firstIndex { text.equals($0) } }
        let inside = unsafe text.inside
        guard places.indices.contains(inside.count), let written = inside.baseAddress else { return nil }
        var rest = places[inside.count]
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            if unsafe sameBytes(written, all[place].utf8Start, inside.count) { return place }
            rest &= rest &- 1
        }
        return nil
    }
}

/// Whether so many bytes are the same in both places, eight at a time.
func sameBytes(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var at = 0
    while at <= count &- 8 {
        guard unsafe UnsafeRawPointer(one + at).loadUnaligned(as: UInt64.self) == UnsafeRawPointer(other + at).loadUnaligned(as: UInt64.self) else { return false }
        at &+= 8
    }
    if at <= count &- 4 {
        guard unsafe UnsafeRawPointer(one + at).loadUnaligned(as: UInt32.self) == UnsafeRawPointer(other + at).loadUnaligned(as: UInt32.self) else { return false }
        at &+= 4
    }
    while at < count {
        guard unsafe one[at] == other[at] else { return false }
        at &+= 1
    }
    return true
}
