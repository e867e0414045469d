// What `put` is given: one message, or many in `{"messages":[…]}`, each with options of its own. Everything is read and
// checked before anything is stored.

package struct PutRequest: Sendable {
    package var rows: [OutboxRow]
    package let isMany: Bool

    /// - Parameter now: Unix milliseconds.
    /// - Throws: `.invalid` with the issues of all messages, `.badJSON`, `.badArgument`.
    package init(_ json: [UInt8], _ options: PutOptions, _ outbox: OutboxOptions, now: Int) throws(Failure) {
        self = try unsafe json.withUnsafeBufferPointer { (json) throws(Failure) in
            try unsafe PutRequest(borrowing: UnsafeRawBufferPointer(json), options, outbox, now: now)
        }
    }

    /// The same for a text that the caller keeps until this returns.
    @unsafe package init(borrowing json: UnsafeRawBufferPointer, _ options: PutOptions, _ outbox: OutboxOptions, now: Int) throws(Failure) {
        var options = options
        options.message.now = options.message.now ?? now / 1000
        self = try unsafe Tape.read(json) { [options] (root) throws(Failure) in
            guard let list = root["messages"], list.isArray else {
                var maker = RowMaker(outbox, now: now)
                return PutRequest(rows: [try maker.row(of: root, options)], isMany: false)
            }
            return PutRequest(rows: try PutRequest.rows(of: PutRequest.elements(list, of: root, options), options, outbox, now), isMany: true)
        }
    }

    private init(rows: [OutboxRow], isMany: Bool) {
        self.rows = rows
        self.isMany = isMany
    }

    /// One of many messages.
    private struct Element {
        let message: JSONView
        /// Its own options, where it has some.
        var options: PutOptions? { own.first }
        var isWrapped: Bool { !own.isEmpty }
        /// One or none: an array takes a word where the options take hundreds of bytes.
        private let own: [PutOptions]

        init(_ message: JSONView, _ own: PutOptions? = nil) {
            self.message = message
            self.own = own.map { [$0] } ?? []
        }
    }

    /// How many messages one call takes.
    private static let most = 10_000

    /// The options of all messages are read before any message is checked.
    private static func elements(_ list: JSONView, of root: JSONView, _ options: PutOptions) throws(Failure) -> [Element] {
        guard root.count == 1 else { throw .badArgument("Nothing stands beside \"messages\": options go into the options.") }
        guard 1...most ~= list.count else { throw .badArgument("\"messages\" holds 1 to \(most) messages; these are \(list.count).") }
        guard options.key == nil else { throw .badArgument("A key is one message's: write {\"message\":{…},\"key\":\"…\"} for each.") }
        var elements: [Element] = []
        elements.reserveCapacity(list.count)
        for view in list.elements {
            guard let message = view["message"], message.isObject else {
                elements.append(Element(view))
                continue
            }
            do { elements.append(Element(message, try PutOptions(view, defaults: options, isElement: true))) } catch {
                throw error.inside("/messages/\(elements.count)", of: "Message \(elements.count)")
            }
        }
        return elements
    }

    private static func rows(of elements: [Element], _ options: PutOptions, _ outbox: OutboxOptions, _ now: Int) throws(Failure) -> [OutboxRow] {
        var maker = RowMaker(outbox, now: now)
        var rows: [OutboxRow] = []
        rows.reserveCapacity(elements.count)
        var invalid: Failure?
        for (index, element) in elements.enumerated() {
            do {
                if let own = element.options { rows.append(try maker.row(of: element.message, own)) } else { rows.append(try maker.row(of: element.message, options)) }
            } catch {
                let failure = error.inside("/messages/\(index)\(element.isWrapped ? "/message" : "")", of: "Message \(index)")
                guard failure.code == .invalid else { throw failure }
                if invalid == nil { invalid = failure } else { invalid?.issues += failure.issues }
            }
        }
        if let invalid { throw invalid }
        return rows
    }
}
