// What `put` is given: one message, or many in `{"messages":[…]}`, each with options of its own. Everything is read and
// checked before anything is stored.

package struct PutRequest: Sendable {
    package let rows: [OutboxRow]
    package let isMany: Bool

    /// - Parameter now: Unix milliseconds.
    /// - Throws: `.invalid` with the issues of all messages, `.badJSON`, `.badArgument`.
    package init(_ json: [UInt8], _ options: PutOptions, _ outbox: OutboxOptions, now: Int) throws(Failure) {
        let many = try PutRequest.messages(json, options)
        isMany = many != nil
        guard let many else {
            rows = [try OutboxRow(json, options, outbox, now: now)]
            return
        }
        var rows: [OutboxRow] = []
        rows.reserveCapacity(many.count)
        var invalid: Failure?
        for (index, element) in many.enumerated() {
            do {
                rows.append(try OutboxRow(element.message, element.options, outbox, now: now))
            } catch {
                let failure = error.inside("/messages/\(index)\(element.isWrapped ? "/message" : "")", of: "Message \(index)")
                guard failure.code == .invalid else { throw failure }
                if invalid == nil { invalid = failure } else { invalid?.issues += failure.issues }
            }
        }
        if let invalid { throw invalid }
        self.rows = rows
    }

    private struct Element {
        var message: [UInt8]
        var options: PutOptions
        var isWrapped: Bool
    }

    /// How many messages one call takes.
    private static let most = 10_000

    /// The elements of many; nil for a single message.
    private static func messages(_ json: [UInt8], _ options: PutOptions) throws(Failure) -> [Element]? {
        try Tape.read(json) { (root) throws(Failure) -> [Element]? in
            guard let list = root["messages"], list.isArray else { return nil }
            guard root.count == 1 else { throw .badArgument("Nothing stands beside \"messages\": options go into the options.") }
            guard 1...most ~= list.count else { throw .badArgument("\"messages\" holds 1 to \(most) messages; these are \(list.count).") }
            guard options.key == nil else { throw .badArgument("A key is one message's: write {\"message\":{…},\"key\":\"…\"} for each.") }
            var elements: [Element] = []
            elements.reserveCapacity(list.count)
            for (index, view) in list.elements.enumerated() {
                elements.append(try element(view, index, options))
            }
            return elements
        }
    }

    private static func element(_ view: JSONView, _ index: Int, _ options: PutOptions) throws(Failure) -> Element {
        guard let message = view["message"], message.isObject else { return Element(message: view.raw, options: options, isWrapped: false) }
        do {
            return Element(message: message.raw, options: try PutOptions(view, defaults: options, isElement: true), isWrapped: true)
        } catch {
            throw error.inside("/messages/\(index)", of: "Message \(index)")
        }
    }
}
