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
    /// The text of the document. Most reports list nothing, and a tree would cost more than the check itself.
    public var json: [UInt8] {
        guard issues.isEmpty, omitted == 0 else { return document.bytes }
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.name("valid")
        writer.bool(true)
        writer.name("type")
        if let type { writer.string(type) } else { writer.null() }
        writer.name("issues")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
