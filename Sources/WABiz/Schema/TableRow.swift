// What a row of the tables tells beside its shape: what it is, and how it is written as a short form. The pages print it, and
// the tests walk it: each short form is built and checked, and must lead to its row.

/// How a type, a subtype or a part of a message is written as a short form, or why it is not.
enum ShortWriting: Sendable {
    /// Whole messages, one for each way of writing it.
    case form([StaticString])
    /// The reason, as a sentence.
    case none(StaticString)

    static let undocumented = ShortWriting.none("Meta does not document it.")
    static let misplaced = ShortWriting.none("It does not belong here; what Meta does with it is not known.")
    static let definitionOnly = ShortWriting.none("It stands in the template's definition; a message has nothing to add.")
}

/// What a case of a variant is, where the cases are kinds of messages or parts of templates.
struct TableRow: Sendable {
    /// Begins in small letters and ends with a full stop, as the meanings of members do.
    let meaning: StaticString
    let short: ShortWriting

    init(_ meaning: StaticString, _ short: ShortWriting) {
        self.meaning = meaning
        self.short = short
    }

    static let undocumented = TableRow("known to the server, described by no page.", .undocumented)
}
