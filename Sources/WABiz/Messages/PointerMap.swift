// Leads an issue of an expanded short form back to what the caller wrote.

/// Pairs of places: one in the payload, and the one in the caller's document that supplies it.
struct PointerMap {
    /// How the part behind a paired pointer is translated.
    enum Step {
        /// As it is.
        case same
        /// A position in the payload that begins at this one.
        case shifted(Int)
        /// A position in the payload that stands for the member at that position.
        case members
    }

    private struct Place {
        let caller: String
        let view: JSONView?
        let step: Step
        let inner: [Inner]
    }

    /// What lies deeper in the payload than in the caller's object.
    struct Inner {
        let payload: [String]
        let caller: [String]
        /// Whether the caller's value must be an object, or must not be one; nil: it may be either.
        let isObject: Bool?

        init(_ payload: [String], _ caller: [String], isObject: Bool? = nil) {
            self.payload = payload
            self.caller = caller
            self.isObject = isObject
        }
    }

    /// False while nothing is written down: a message without an issue needs no way back, and most have none.
    let isKept: Bool
    private var places: [String: Place] = [:]
    /// Members of the payload's root that the caller did not write.
    private var made: Set<String> = []
    private var finder = PlaceFinder()

    init(isKept: Bool) { self.isKept = isKept }

    /// - Parameter view: the caller's value; without it the pointer stands for itself and nothing below it.
    mutating func add(
        _ payload: @autoclosure () -> String, _ caller: @autoclosure () -> String, _ view: @autoclosure () -> JSONView?, _ step: Step = .same,
        inner: @autoclosure () -> [Inner] = []
    ) {
        guard isKept else { return }
        places[payload()] = Place(caller: caller(), view: view(), step: step, inner: inner())
    }

    mutating func make(_ name: StaticString) { if isKept { made.insert("/\(name)") } }

    /// A pointer for `add`, handed down from where more than one place is made of it; empty while nothing is written down.
    func place(_ pointer: @autoclosure () -> String) -> String { isKept ? pointer() : "" }

    /// The longest paired prefix is replaced. The rest is kept where the caller wrote it, or would have to write it into
    /// something of his; a place that he did not write at all is named by the member that would supply it, else by the root.
    mutating func callersPointer(for issue: Issue) -> String {
        var prefix = Self.beginning(of: issue.path)
        while !prefix.isEmpty {
            if let place = places[String(prefix)] {
                let rest = issue.path.utf8.dropFirst(prefix.utf8.count)
                if let pointer = translate(Substring(rest), place, isMissing: issue.code == .missing) { return pointer }
            }
            // Without a pair: what the caller did not write has no place in his document, but for a member that he should add.
            if made.contains(String(prefix)) { return issue.code == .missing && prefix.utf8.count == issue.path.utf8.count ? issue.path : "" }
            prefix = prefix.utf8.lastIndex(of: UInt8(ascii: "/")).map { prefix[..<$0] } ?? ""
        }
        return issue.path
    }

    /// No pair is longer than this; deeper parts need not be looked up.
    private static let deepest = 9

    private static func beginning(of path: String) -> Substring {
        var slashes = 0
        for index in path.utf8.indices where path.utf8[index] == UInt8(ascii: "/") {
            slashes += 1
            if slashes > deepest { return path[..<index] }
        }
        return Substring(path)
    }

    private mutating func translate(_ rest: Substring, _ place: Place, isMissing: Bool) -> String? {
        var parts = rest.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst().map { String(Substring($0)) }[...]
        guard let view = place.view else { return place.caller }
        // What is missing in a list of several short members is missing in what holds them.
        if case .shifted = place.step, parts.isEmpty, isMissing {
            return place.caller.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(place.caller[..<$0]) } ?? ""
        }
        var pointer = place.caller
        var here = view
        if case .same = place.step {} else if let first = parts.first {
            guard let position = Int(first), let (part, child) = step(place.step, position, view) else { return nil }
            pointer += "/" + part
            here = child
            parts.removeFirst()
            if here.isObject { parts = shortened(parts, place.inner, here)[...] }
        }
        while let part = parts.popFirst() {
            guard let child = finder.child(of: here, part) else {
                return isMissing && parts.isEmpty && here.isObject ? pointer + "/" + part : pointer
            }
            pointer += "/" + part
            here = child
        }
        return pointer
    }

    /// What is written less deeply in the caller's object: of the pairs that begin like this the longest whose member he wrote,
    /// else the first that is the whole.
    private mutating func shortened(_ parts: ArraySlice<String>, _ inner: [Inner], _ here: JSONView) -> [String] {
        var best: (length: Int, parts: [String])?
        for pair in inner where parts.starts(with: pair.payload) {
            let value = pair.caller.first.flatMap { finder.child(of: here, $0) }
            if let value, let isObject = pair.isObject, value.isObject != isObject { continue }
            let length = value == nil ? 0 : pair.payload.count
            guard length > 0 || pair.payload.count == parts.count, best == nil || length > best?.length ?? 0 else { continue }
            best = (length, pair.caller + parts.dropFirst(pair.payload.count))
        }
        return best?.parts ?? Array(parts)
    }

    private mutating func step(_ step: Step, _ position: Int, _ view: JSONView) -> (String, JSONView)? {
        switch step {
        case .same: nil
        case .shifted(let base):
            position < base ? nil : finder.element(of: view, position - base).map { (String(position - base), $0) }
        case .members: finder.member(of: view, position).map { (pointerPart($0.name.string ?? ""), $0.value) }
        }
    }
}

/// Finds places below a view. A thousand issues may point into an array of a million: large ones are gone through once.
struct PlaceFinder {
    private var elements: [Int: [JSONView]] = [:]
    private var members: [Int: [(name: JSONView, value: JSONView)]] = [:]
    private var names: [Int: [String: JSONView]] = [:]

    mutating func child(of view: JSONView, _ part: String) -> JSONView? {
        if view.isArray { return Int(part).flatMap { element(of: view, $0) } }
        guard view.isObject else { return nil }
        let names = names[view.offset] ?? Dictionary(view.members.map { (pointerPart($0.name.string ?? ""), $0.value) }) { $1 }
        self.names[view.offset] = names
        return names[part]
    }

    mutating func element(of view: JSONView, _ position: Int) -> JSONView? {
        let list = elements[view.offset] ?? Array(view.elements)
        elements[view.offset] = list
        return list.indices.contains(position) ? list[position] : nil
    }

    mutating func member(of view: JSONView, _ position: Int) -> (name: JSONView, value: JSONView)? {
        let list = members[view.offset] ?? Array(view.members)
        members[view.offset] = list
        return list.indices.contains(position) ? list[position] : nil
    }
}

/// A member's name as a part of a JSON Pointer (RFC 6901).
func pointerPart(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return name }
    var part = ""
    for scalar in name.unicodeScalars {
        switch scalar {
        case "~": part += "~0"
        case "/": part += "~1"
        default: part.unicodeScalars.append(scalar)
        }
    }
    return part
}
