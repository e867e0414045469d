// Chooses the row of the table that a whole message is checked against: by `status`, by `type`, or by what there is.

extension Validation {
    /// Checks a whole message, and tells its type: the word of the table, `read`, or nil when it cannot be told.
    mutating func checkMessage(_ message: JSONView) -> StaticString? {
        let place = RuleName("message", "type")
        guard message.isObject else {
            wrongType(message, "an object", rule: RuleName("message"))
            return nil
        }
        if message["status"] != nil {
            check(message, .object(MessageTable.read), rule: RuleName("read"))
            return "read"
        }
        guard let type = message["type"] else { return check(message, row: rowWithoutType(message)) }
        guard type.isString, let index = MessageTable.index(of: type) else {
            if type.isString {
                let dialect = dialect
                var words: [StaticString] { MessageTable.types.filter { !$0.misplaced.contains { $0.0.contains(dialect) } }.map(\.word) }
                report(.error(.notOneOf, "There is no type \"\(clipped(type))\"; write \(listing(words))."), rule: place, at: [.named("type")])
            }
            check(message, .object(MessageTable.envelope), rule: place)
            return nil
        }
        let word = MessageTable.types[index].word
        if !type.equals(word) {
            report(.warning(.notOneOf, "The server takes it, but write \"\(word)\" in lower case."), rule: place, at: [.named("type")])
        }
        return check(message, row: index)
    }

    private mutating func check(_ message: JSONView, row index: Int) -> StaticString {
        row = index
        let row = MessageTable.types[index]
        let api = api
        if let (_, severity, rule) = row.misplaced.first(where: { $0.0.contains(dialect) }) {
            report(
                Complaint(severity: severity, code: .notAllowed, message: "The \(api.rawValue) dialect has no messages of this type; send another\(severity == .warning ? ", or try it" : "")."),
                rule: RuleName(rule), at: [typePlace(message)])
        }
        let isDirect = dialect == .cloud && row.directSend != nil && message["category"] != nil
        check(message, .object(isDirect ? MessageTable.directSendShapes[index] : MessageTable.shape(of: index)), rule: RuleName("message", "type"))
        return row.word
    }

    /// Where the message says its type: `type`, or else the content.
    func typePlace(_ message: JSONView) -> PathPart {
        guard message["type"] == nil, let row else { return .named("type") }
        return .named(MessageTable.types[row].word)
    }

    /// Without `type` Meta takes a message as text. What is meant otherwise is told by the content, and `type` is what is missing.
    private mutating func rowWithoutType(_ message: JSONView) -> Int {
        if dialect == .marketing {
            report(.error(.missing, "Add \"type\": \"template\"; marketing messages name it."), rule: RuleName("M01"), at: [.named("type")])
            return MessageTable.template
        }
        guard message["text"] == nil, let index = MessageTable.types.firstIndex(where: { message[$0.word] != nil }) else { return MessageTable.text }
        let word = MessageTable.types[index].word
        report(.error(.missing, "Add \"type\": \"\(word)\"; without it Meta takes the message as text and misses the text."), rule: RuleName("X03"), at: [.named("type")])
        return index
    }
}
