// Which phone numbers WhatsApp knows: the question to the contacts node of an On-Premises client, and its answer.

/// A question about phone numbers.
public struct ContactCheck: Sendable {
    /// The body as it is posted.
    package let body: [UInt8]

    /// - Parameters:
    ///   - numbers: 1 to 10000 phone numbers in any usual notation, `+1 (631) 555-1004` say.
    ///   - waits: whether the answer waits until every number is looked up; else some may be `processing`.
    ///   - forces: asks WhatsApp even where the On-Premises client remembers the answer (it does so for 7 days).
    /// - Throws: `.badArgument`
    public init(_ numbers: [String], waits: Bool = true, forces: Bool = false) throws(Failure) {
        guard 1...10_000 ~= numbers.count else { throw .badArgument("Write 1 to 10000 contacts; these are \(numbers.count).") }
        for (index, number) in numbers.enumerated() where !ContactCheck.isNumber(number) {
            throw .badArgument("Contact \(index) is not a phone number such as \"+1 (631) 555-1004\": 1 to 64 characters with a digit.")
        }
        let tree: Tree = ["blocking": .string(waits ? "wait" : "no_wait"), "contacts": .array(numbers.map(Tree.string))]
        if forces { tree.set("force_check", true) }
        body = tree.bytes
    }

    /// - Parameters:
    ///   - contacts: a JSON array of phone numbers.
    ///   - options: `{"blocking":"wait","force_check":false}` or nil.
    /// - Throws: `.badJSON`, `.badArgument`
    package init(contacts: [UInt8], options: [UInt8]?) throws(Failure) {
        let numbers = try Tape.read(contacts) { (root) throws(Failure) in
            guard root.isArray else { throw .badArgument("The contacts are a JSON array of phone numbers; this is of kind \(root.kindName).") }
            var numbers: [String] = []
            for element in root.elements {
                guard let number = element.string else { throw .badArgument("Contact \(numbers.count) is not a string.") }
                numbers.append(number)
                if numbers.count > 10_000 { break }
            }
            return numbers
        }
        var (waits, forces) = (true, false)
        if let options {
            (waits, forces) = try Tape.read(options) { (root) throws(Failure) in try ContactCheck.read(root) }
        }
        try self.init(numbers, waits: waits, forces: forces)
    }

    private static func read(_ root: JSONView) throws(Failure) -> (waits: Bool, forces: Bool) {
        guard root.isObject else { throw .badArgument("The options are of the kind \(root.kindName); write a JSON object or nothing.") }
        var (waits, forces) = (true, false)
        for (name, value) in root.members {
            if name.equals("blocking") {
                guard value.equals("wait") || value.equals("no_wait") else { throw .badArgument("The option \"blocking\" is \"wait\" or \"no_wait\".") }
                waits = value.equals("wait")
            } else if name.equals("force_check") {
                guard let bool = value.bool else { throw .badArgument("The option \"force_check\" is true or false.") }
                forces = bool
            } else {
                throw .badArgument("There is no such option here; there are \"blocking\" and \"force_check\".")
            }
        }
        return (waits, forces)
    }

    private static func isNumber(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.contains(where: WebAddress.isDigit) && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }
}

/// What is known of phone numbers.
public struct CheckedContacts: Sendable {
    public struct Contact: Sendable {
        /// The phone number as it was asked for.
        public let input: String
        /// `valid`, `invalid`, `processing` or `failed`, or a word that is newer than this library. Since version 2.43 of the
        /// On-Premises client everybody is `valid`.
        public let status: String
        /// Nil when there is none (yet).
        public let waID: String?
    }

    public let contacts: [Contact]
    public let httpStatus: Int

    /// `{"contacts":[{"input":"+1 631 555 1001","status":"valid","wa_id":"16315551001"}],"http_status":200}`
    public var document: Tree {
        let list = contacts.map { contact in
            Tree.object([("input", .string(contact.input)), ("status", .string(contact.status)), ("wa_id", contact.waID.map(Tree.string))])
        }
        return ["contacts": .array(list), "http_status": .integer(httpStatus)]
    }
}

extension Answer {
    /// - Throws: `.refused`; `.unreachable` for what is no answer of the On-Premises client's.
    package func checkedContacts(for call: Call) throws(Failure) -> CheckedContacts {
        try value(for: call) { root in
            guard let list = root["contacts"], list.isArray else { return nil }
            let contacts = list.elements.map { contact in
                CheckedContacts.Contact(
                    input: contact["input"]?.string ?? "", status: contact["status"]?.string ?? "", waID: contact["wa_id"]?.string)
            }
            return CheckedContacts(contacts: contacts, httpStatus: status)
        }
    }
}
