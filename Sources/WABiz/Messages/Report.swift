// What the check of a message found.

public struct Report: Sendable {
    /// The word of the type, `read`, or nil when it cannot be told.
    public let type: String?
    /// Every problem, in the order of the document; warnings too.
    public let issues: [Issue]
    /// How many more issues there are than `issues` holds; it keeps the first 1,000.
    public let omitted: Int

    /// Warnings alone leave a message valid.
    public var isValid: Bool { !issues.contains { $0.severity == .error } }

    /// The report document: `{"valid":…,"type":…,"issues":[…]}`.
    public var document: Tree {
        let tree: Tree = ["valid": .bool(isValid), "type": type.map(Tree.string) ?? .null, "issues": .array(issues.map(\.tree))]
        if omitted > 0 { tree.set("omitted", .integer(omitted)) }
        return tree
    }
}
