// Two members of one name in one object mean different things to different readers: rule J01. Documents may hold a million
// names, so that each is looked at once.

/// The names of one object that were met so far.
struct NameSet {
    private var few: [JSONView] = []
    private var many: Set<Name> = []

    /// Most objects have so few members that comparing them costs less than hashing.
    static let fewest = 12

    /// False when the name was there already.
    mutating func insert(_ name: JSONView) -> Bool {
        guard few.count >= Self.fewest else {
            if few.contains(where: { name.sameText(as: $0) }) { return false }
            few.append(name)
            return true
        }
        if many.isEmpty { many = Set(few.map(Name.init)) }
        return many.insert(Name(name)).inserted
    }

    /// A name in its place: hashed once, compared without a copy.
    private struct Name: Hashable {
        private let view: JSONView
        private let digest: Int

        init(_ view: JSONView) {
            self.view = view
            var hasher = Hasher()
            view.hashText(into: &hasher)
            digest = hasher.finalize()
        }

        static func == (left: Name, right: Name) -> Bool { left.digest == right.digest && left.view.sameText(as: right.view) }
        func hash(into hasher: inout Hasher) { hasher.combine(digest) }
    }
}

extension Validation {
    /// In what no table describes only the names are looked at. No recursion: the levels that are open stand in a list.
    mutating func checkRepeatedNames(_ view: JSONView) {
        guard view.count > 0 else { return }
        let floor = path.count
        var levels = [Level(view)]
        while !levels.isEmpty {
            guard let (part, value) = next(of: &levels[levels.count - 1]) else {
                levels.removeLast()
                if path.count > floor { path.removeLast() }
                continue
            }
            guard value.count > 0 else { continue }
            path.append(part)
            levels.append(Level(value))
        }
    }

    private struct Level {
        private let view: JSONView
        var members: JSONView.Members
        var elements: JSONView.Elements
        var position = 0
        private var names = NameSet()

        init(_ view: JSONView) {
            self.view = view
            members = view.members
            elements = view.elements
        }

        /// Whether an earlier member has this name. A small object is gone through again: that allocates nothing.
        mutating func repeats(_ name: JSONView) -> Bool {
            guard view.count <= NameSet.fewest else { return !names.insert(name) }
            for (earlier, _) in view.members {
                if earlier.offset == name.offset { return false }
                if earlier.sameText(as: name) { return true }
            }
            return false
        }
    }

    private mutating func next(of level: inout Level) -> (PathPart, JSONView)? {
        if let (name, value) = level.members.next() {
            if level.repeats(name) { reportRepeated(name) }
            return (.read(name), value)
        }
        guard let value = level.elements.next() else { return nil }
        level.position += 1
        return (.index(level.position - 1), value)
    }
}
