// The action of address messages (India): a form for an address, filled in beforehand where values are known.

enum AddressShapes {
    static let action = InteractiveActions.named(
        "address_message", "interactive.address_message.action",
        Member("parameters", .object(parameters), required: .all, rule: "I23", "the country and what is known of the address."))

    private static let parameters = ObjectShape(
        name: "interactive.address_message.parameters",
        members: [
            Member("country", .string(StringShape(format: .countryCode)), required: .all, rule: "I23", "the country by ISO 3166: IN."),
            Member("values", .object(values), "what the form is filled with."),
            Member("validation_errors", .object(errors), "what was wrong with the fields of an earlier answer."),
            Member("saved_addresses", .array(ArrayShape(element: .object(saved))), "addresses to choose from."),
        ])

    private static let saved = ObjectShape(
        name: "interactive.address_message.saved_addresses",
        members: [
            InteractiveActions.text("id", Limits.savedAddressID, "the id of the address, your own."),
            Member("value", .object(values), required: .all, "the address."),
        ])

    private static let plain: [StaticString] = [
        "name", "house_number", "floor_number", "tower_number", "building_name", "address", "landmark_area", "city", "state",
    ]

    private static let values = ObjectShape(
        name: "interactive.address_message.values",
        members: plain.map { Member($0, .string(StringShape()), "a field of the form.") } + [
            Member("phone_number", .string(StringShape(format: .phone)), "the phone number."),
            Member("in_pin_code", .string(StringShape(limits: [Limits.pinCode])), "the PIN code, up to 6 characters."),
        ])

    private static let errors = ObjectShape(
        name: "interactive.address_message.validation_errors",
        members: (plain + ["phone_number", "in_pin_code"]).map { Member($0, .string(StringShape()), "what is wrong with this field.") })
}

extension Rule {
    static let headerOfAddress = Rule("I02", "No page of Meta's shows a header above an address message.") { interactive, walk in
        guard interactive["header"] != nil else { return }
        walk.report(.warning(.notAllowed, "No page of Meta's shows a header here; it may be refused."), rule: RuleName("I02"), at: [.named("header")])
    }
}

extension Rule {
    /// Meta refuses it, but rewrites some numbers first: only what cannot fit is named.
    static let addressOfCountry = Rule("I23", "The country of an address message is that of the recipient.", in: .cloud) { message, walk in
        guard let to = message["to"]?.string, let interactive = message["interactive"], interactive["type"]?.equalsIgnoringCase("address_message") == true,
            interactive["action"]?["parameters"]?["country"]?.equalsIgnoringCase("in") == true
        else { return }
        let digits = to.utf8.filter { !" -().".utf8.contains($0) }
        guard digits.first == UInt8(ascii: "+"), !digits.starts(with: "+91".utf8) else { return }
        walk.report(
            .warning(.mismatch, "The recipient's number is not of India (+91); Meta refuses an address form for another country."), rule: RuleName("I23"),
            at: [.named("interactive"), .named("action"), .named("parameters"), .named("country")])
    }
}
