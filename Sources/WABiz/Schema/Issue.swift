// One problem of a message: where, which rule, how large the limit, what was found.

public struct Issue: Sendable {
    public enum Severity: String, Sendable {
        /// Meta is documented to refuse it, or it cannot work.
        case error
        /// Sources disagree, or Meta probably accepts or ignores it.
        case warning
    }

    /// The words of issues. They never change.
    public enum Code: String, Sendable, CaseIterable {
        case missing
        case unknownMember = "unknown_member"
        case wrongType = "wrong_type"
        case tooShort = "too_short"
        case tooLong = "too_long"
        case tooFew = "too_few"
        case tooMany = "too_many"
        case badFormat = "bad_format"
        case notOneOf = "not_one_of"
        case outOfRange = "out_of_range"
        case notUnique = "not_unique"
        case exactlyOneOf = "exactly_one_of"
        case notAllowed = "not_allowed"
        case mismatch
    }

    public var severity: Severity
    /// A JSON Pointer into the document as the caller wrote it.
    public var path: String
    public var code: Code
    /// The name of the rule: a place in the schema, such as `text.body`, or a rule between fields, such as `X11`.
    public var rule: String
    public var limit: Int?
    public var unit: String?
    /// What was found: a count in `unit`, or nil.
    public var found: Int?
    public var message: String
    /// The code that Meta reports for it, where it is known: 132000 for a wrong number of template values.
    public var graphCode: Int?

    /// The issue as it stands in reports and failures.
    package var document: Tree { tree }

    var tree: Tree {
        .object([
            ("severity", .string(severity.rawValue)), ("path", .string(path)), ("code", .string(code.rawValue)),
            ("rule", .string(rule)), ("limit", limit.map(Tree.integer)), ("unit", unit.map(Tree.string)),
            ("found", found.map(Tree.integer)), ("message", .string(message)),
            ("graph_code", graphCode.map(Tree.integer)),
        ])
    }
}
