// Leads an issue of an expanded short form back to what the caller wrote.

/// Pairs of JSON Pointers: a place in the payload, and the short member that supplies it.
struct PointerMap {
    private var pairs: [(payload: String, caller: String)] = []

    mutating func add(_ payload: String, _ caller: String) { pairs.append((payload, caller)) }

    /// The longest prefix that has a pair is replaced. The rest is kept where the caller wrote it, or would have to write it
    /// into something of his; a place that he did not write at all is named by the member that would supply it, else by the root.
    func callersPointer(for issue: Issue, in document: JSONView) -> String {
        let match = pairs.filter { issue.path == $0.payload || issue.path.hasPrefix($0.payload + "/") }.max { $0.payload.utf8.count < $1.payload.utf8.count }
        guard let match else {
            let isMissingMember = issue.code == .missing && issue.path.lastIndex(of: "/") == issue.path.startIndex
            return isMissingMember || Self.resolves(issue.path, in: document) ? issue.path : ""
        }
        var rest = String(issue.path.dropFirst(match.payload.count))
        if issue.code == .missing, let slash = rest.lastIndex(of: "/"), Self.resolvesToContainer(match.caller + rest[..<slash], in: document) {
            return match.caller + rest
        }
        while !rest.isEmpty, !Self.resolves(match.caller + rest, in: document) {
            rest = rest.lastIndex(of: "/").map { String(rest[..<$0]) } ?? ""
        }
        return match.caller + rest
    }

    private static func resolves(_ pointer: String, in document: JSONView) -> Bool { find(pointer, in: document) != nil }

    private static func resolvesToContainer(_ pointer: String, in document: JSONView) -> Bool {
        find(pointer, in: document).map { $0.isObject || $0.isArray } ?? false
    }

    private static func find(_ pointer: String, in document: JSONView) -> JSONView? {
        var view = document
        for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let member = view.members.reversed().first { $0.name.string.map(pointerPart) == String(part) }?.value
            guard let next = view.isArray ? Int(part).flatMap(view.element) : member else { return nil }
            view = next
        }
        return view
    }
}

/// A member's name as a part of a JSON Pointer (RFC 6901).
func pointerPart(_ name: String) -> String {
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
