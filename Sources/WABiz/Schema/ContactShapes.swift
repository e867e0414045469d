// Contact cards: an array of names with phones, addresses, e-mail addresses and links.

enum ContactShapes {
    static let contacts = ArrayShape(limits: [Limits.contacts], element: .object(contact))

    private static let contact = ObjectShape(
        name: "contacts",
        members: [
            Member("name", .object(name), required: .all, rule: "X20", "the person's name."),
            Member("birthday", .string(StringShape(format: .date)), "the day of birth, YYYY-MM-DD."),
            Member("phones", .array(ArrayShape(element: .object(phone))), "phone numbers."),
            Member("emails", .array(ArrayShape(element: .object(email))), "e-mail addresses."),
            Member("urls", .array(ArrayShape(element: .object(url))), "web pages."),
            Member("addresses", .array(ArrayShape(element: .object(address))), "postal addresses."),
            Member("org", .object(organization), "where the person works."),
        ])

    private static func text(_ name: StaticString, _ meaning: StaticString) -> Member { Member(name, .string(StringShape()), meaning) }

    private static let name = ObjectShape(
        name: "contacts.name",
        members: [
            Member("formatted_name", .string(StringShape(limits: [Limits.formattedName])), required: .all, rule: "X20", "the whole name as it is shown."),
            text("first_name", "the first name."),
            text("last_name", "the last name."),
            text("middle_name", "the middle name."),
            text("suffix", "what follows the name."),
            text("prefix", "what precedes the name."),
        ],
        rules: [.nameParts])

    private static let phone = ObjectShape(
        name: "contacts.phones",
        members: [
            text("phone", "the number, written as people write it."),
            text("type", "CELL, MAIN, IPHONE, HOME, WORK or a word of yours."),
            Member("wa_id", .string(StringShape(format: .whatsAppID)), "the WhatsApp id: with it the card has a button to write to the person."),
        ],
        rules: [.phoneOrID])

    private static let email = ObjectShape(
        name: "contacts.emails",
        members: [
            Member("email", .string(StringShape(format: .email)), required: .all, "the e-mail address."),
            text("type", "HOME, WORK or a word of yours."),
        ])

    private static let url = ObjectShape(
        name: "contacts.urls",
        members: [
            Member("url", .string(StringShape(format: .url)), required: .all, "the address of the page."),
            text("type", "HOME, WORK or a word of yours."),
        ])

    private static let address = ObjectShape(
        name: "contacts.addresses",
        members: [
            text("street", "street and number."), text("city", "the city."), text("state", "the state, abbreviated."), text("zip", "the postal code."),
            text("country", "the country's name."),
            Member("country_code", .string(StringShape(format: .countryCode)), "the country by ISO 3166, two letters."),
            text("type", "HOME, WORK or a word of yours."),
        ])

    private static let organization = ObjectShape(
        name: "contacts.org",
        members: [text("company", "the company."), text("department", "the department."), text("title", "the person's title there.")])
}

extension Rule {
    static let nameParts = Rule("X20", "Beside formatted_name stands at least one part of the name.") { name, walk in
        let parts: [StaticString] = ["first_name", "last_name", "middle_name", "suffix", "prefix"]
        guard !name.members.contains(where: { member in parts.contains { member.name.equals($0) } }) else { return }
        walk.report(.warning(.missing, "Better add a part of the name, such as \"first_name\"; older clients want one."), rule: RuleName("X20"))
    }

    static let phoneOrID = Rule("contacts.phones.phone", "A phone has its number, or the WhatsApp id that it is taken from.") { phone, walk in
        guard phone["phone"] == nil, phone["wa_id"] == nil else { return }
        walk.report(.error(.missing, "Add \"phone\" with the number, or \"wa_id\" with the WhatsApp id."), rule: RuleName("contacts.phones.phone"), at: [.named("phone")])
    }
}
