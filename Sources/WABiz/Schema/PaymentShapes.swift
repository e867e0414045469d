// The ways to pay an order in Brazil and India, and the parties that Indian orders name.

enum PaymentShapes {
    private static func text(_ name: StaticString, _ limit: Limit, required: Dialects = [], _ meaning: StaticString) -> Member {
        Member(name, .string(StringShape(limits: [limit])), required: required, meaning)
    }

    private static func link(_ name: StaticString, _ format: Format, required: Dialects = [], _ meaning: StaticString) -> Member {
        Member(name, .string(StringShape(format: format)), required: required, meaning)
    }

    // MARK: Ways to pay

    /// One object per way, each under a member of its own name.
    static let setting = VariantShape(
        name: "order_details.payment_settings", discriminator: "type",
        cases: [
            way("pix_dynamic_code", pix), way("payment_link", paymentLink), way("boleto", boleto), way("offsite_card_pay", card), way("upi_intent_link", upi),
            way("payment_gateway", gateway),
        ],
        ignoresCase: true)

    private static func way(_ word: StaticString, _ shape: ObjectShape) -> VariantShape.Case {
        .init(word, .object(ObjectShape(name: "order_details.payment_settings", members: [Member(word, .object(shape), required: .all, "how to pay this way.")])))
    }

    private static let pix = ObjectShape(
        name: "order_details.pix_dynamic_code",
        members: [
            text("code", Limits.orderText, required: .all, "the Pix code that is copied."),
            text("merchant_name", Limits.orderText, required: .all, "who is paid."),
            text("key", Limits.orderText, required: .all, "the Pix key."),
            Member("key_type", .string(StringShape(words: ["CPF", "CNPJ", "EMAIL", "PHONE", "EVP"])), required: .all, "what the key is."),
        ])

    private static let paymentLink = ObjectShape(
        name: "order_details.payment_link",
        members: [
            link("uri", .url, required: .all, "where it is paid."),
            link("success_url", .url, "where the person goes after paying (India)."),
            link("cancel_url", .url, "where the person goes without paying (India)."),
        ])

    private static let boleto = ObjectShape(
        name: "order_details.boleto", members: [text("digitable_line", Limits.orderText, required: .all, "the number of the boleto.")])

    private static let card = ObjectShape(
        name: "order_details.offsite_card_pay",
        members: [
            Member("last_four_digits", .string(StringShape(format: .fourDigits)), required: .all, "the last four digits of the card."),
            text("credential_id", Limits.orderText, required: .all, "the id of the stored card."),
        ])

    private static let upi = ObjectShape(
        name: "order_details.upi_intent_link", members: [link("link", .upiLink, required: .all, "the UPI link.")])

    private static let gateway = ObjectShape(
        name: "order_details.payment_gateway",
        members: [
            Member("type", .string(StringShape(words: ["billdesk", "razorpay", "payu", "zaakpay"])), required: .all, "the gateway."),
            text("configuration_name", Limits.configurationName, required: .all, "the name of the payment configuration."),
            Member("razorpay", .object(razorpay), "what razorpay gets."),
            fields("payu", "order_details.payu", ["udf1", "udf2", "udf3", "udf4"], Limits.payuField),
            fields("zaakpay", "order_details.zaakpay", ["extra1", "extra2"], Limits.zaakpayField),
            fields(
                "billdesk", "order_details.billdesk",
                [
                    "additional_info1", "additional_info2", "additional_info3", "additional_info4", "additional_info5", "additional_info6", "additional_info7",
                ], Limits.billdeskField),
        ])

    private static let razorpay = ObjectShape(
        name: "order_details.razorpay",
        members: [
            text("receipt", Limits.receipt, "the number of the receipt."),
            Member("notes", .unchecked(array: false), "up to 15 texts under names of yours."),
        ],
        rules: [.razorpayNotes])

    private static func fields(_ word: StaticString, _ name: StaticString, _ names: [StaticString], _ limit: Limit) -> Member {
        Member(word, .object(ObjectShape(name: name, members: names.map { text($0, limit, "a text that the gateway gets.") })), "what the gateway gets.")
    }

    // MARK: Parties

    static let beneficiary = ObjectShape(
        name: "order_details.beneficiaries",
        members: [
            text("name", Limits.beneficiaryName, required: .all, "who is paid."),
            text("address_line1", Limits.beneficiaryLine, required: .all, "street and number."),
            text("address_line2", Limits.beneficiarySecondLine, "more of the address."),
            text("city", Limits.orderText, required: .all, "the city."),
            text("state", Limits.orderText, required: .all, "the state."),
            Member("country", .string(StringShape(words: ["India"])), required: .all, "\"India\"."),
            Member("postal_code", .string(StringShape(format: .sixDigits)), required: .all, "the PIN code, 6 digits."),
        ])

    static let importerAddress = ObjectShape(
        name: "order_details.importer_address",
        members: [
            text("address_line1", Limits.importerLine, "street and number."),
            text("address_line2", Limits.importerLine, "more of the address."),
            text("city", Limits.importerCity, "the city."),
            text("zone_code", Limits.importerZone, "the state, two letters."),
            text("postal_code", Limits.importerPostalCode, "the PIN code."),
            Member("country_code", .string(StringShape(format: .countryCode)), "the country by ISO 3166."),
        ])

    static let shippingInfo = ObjectShape(
        name: "order_details.shipping_info",
        members: [
            Member("country", .string(StringShape(words: ["IN"])), required: .all, "\"IN\"."),
            Member("addresses", .array(ArrayShape(element: .object(shippingAddress))), "where the goods may go."),
        ])

    private static let shippingAddress = ObjectShape(
        name: "order_details.addresses",
        members: [
            text("name", Limits.shippingName, "the name."),
            text("phone_number", Limits.shippingPhone, "the phone number."),
            text("address", Limits.shippingAddress, "the address."),
            text("city", Limits.shippingCity, "the city."),
            text("state", Limits.shippingState, "the state."),
            text("in_pin_code", Limits.pinCode, "the PIN code."),
            text("house_number", Limits.shippingHouse, "the house."),
            text("floor_number", Limits.shippingFloor, "the floor."),
            Member("tower_number", .string(StringShape()), "the tower."),
            text("building_name", Limits.shippingBuilding, "the building."),
            text("landmark_area", Limits.shippingBuilding, "what is near."),
        ])
}
