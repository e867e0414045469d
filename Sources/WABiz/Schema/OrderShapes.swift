// Orders: what order_details asks the person to pay, and what order_status tells of it. Templates carry the same objects.

enum OrderShapes {
    // MARK: Actions of interactive messages

    static let details = InteractiveActions.named(
        "review_and_pay", "interactive.order_details.action", Member("parameters", .object(orderDetailsParameters), required: .all, "the order."))

    static let status = InteractiveActions.named(
        "review_order", "interactive.order_status.action", Member("parameters", .object(orderStatusParameters), required: .all, "the order and its state."))

    // MARK: order_details

    static let orderDetailsParameters = ObjectShape(
        name: "order_details",
        members: [
            Member(
                "reference_id", .string(StringShape(limits: [Limits.orderReference], format: .orderReference)), required: .all, rule: "I21",
                "your own id of the order, used once."),
            Member("type", .string(StringShape(words: ["digital-goods", "physical-goods"])), required: .all, "\"digital-goods\" or \"physical-goods\"."),
            Member("payment_type", .string(StringShape(words: ["br", "upi"], otherWord: .warning)), "\"br\" in Brazil, \"upi\" for UPI in India."),
            Member("payment_configuration", .string(StringShape(limits: [Limits.configurationName])), "the name of the payment configuration, for UPI."),
            Member("payment_settings", .array(ArrayShape(element: .variant(PaymentShapes.setting))), "the ways to pay."),
            Member("currency", .string(StringShape(format: .currencyCode)), required: .all, "the currency by ISO 4217."),
            Member("total_amount", .object(amount("order_details.total_amount")), required: .all, rule: "I19", "subtotal, tax and shipping less the discount."),
            Member("order", .object(order), required: .all, "the items and what they cost."),
            Member("beneficiaries", .array(ArrayShape(element: .object(PaymentShapes.beneficiary))), "who is paid, for physical goods in India."),
            Member("shipping_info", .object(PaymentShapes.shippingInfo), "where the goods go, in checkout templates of India."),
        ],
        rules: [.totalOfOrder, .indianReference, .brazilianOrder, .indianOrder],
        // India's pages speak of a string of JSON; every sample is an object.
        string: .warning)

    private static func amount(_ name: StaticString, _ others: [Member] = []) -> ObjectShape {
        ObjectShape(
            name: name,
            members: [
                Member("value", .number(NumberShape(limits: [Limits.amountValue])), required: .all, "the amount times the offset, an integer."),
                Member("offset", .number(NumberShape(limits: [Limits.amountOffset])), required: .all, "100."),
            ] + others)
    }

    private static let description = Member("description", .string(StringShape(limits: [Limits.amountDescription])), "a text beside the amount.")

    private static let order = ObjectShape(
        name: "order_details.order",
        members: [
            Member("status", .string(StringShape(words: ["pending"])), required: .all, "\"pending\"."),
            Member("type", .string(StringShape(words: ["quick_pay"])), "\"quick_pay\", in India."),
            Member("catalog_id", .string(StringShape(limits: [Limits.catalogID])), "the catalog that the items are in."),
            Member("expiration", .object(expiration), "until when it can be paid."),
            Member("items", .array(ArrayShape(limits: [Limits.orderItems], element: .object(item))), required: .all, "what is sold."),
            Member("subtotal", .object(amount("order_details.subtotal")), required: .all, rule: "I19", "what the items cost together."),
            Member("tax", .object(amount("order_details.tax", [description])), required: .all, "the tax; its value may be 0."),
            Member("shipping", .object(amount("order_details.shipping", [description])), "what the shipping costs."),
            Member(
                "discount",
                .object(
                    amount(
                        "order_details.discount",
                        [description, Member("discount_program_name", .string(StringShape(limits: [Limits.amountDescription])), "the name of the discount.")])),
                "what is taken off."),
        ],
        rules: [.subtotalOfItems, .picturedItems])

    private static let expiration = ObjectShape(
        name: "order_details.expiration",
        members: [
            Member("timestamp", .number(NumberShape(text: .preferred)), required: .all, "UTC seconds since 1970, a string of digits, at least 5 minutes ahead."),
            Member("description", .string(StringShape(limits: [Limits.statusDescription])), "the text that tells of it."),
        ],
        rules: [.expirationAhead])

    private static let item = ObjectShape(
        name: "order_details.items",
        members: [
            Member("retailer_id", .string(StringShape(limits: [Limits.orderText])), "the id of the product, your own or the catalog's."),
            Member("name", .string(StringShape(limits: [Limits.itemName])), required: .all, "the name that is shown."),
            Member("amount", .object(amount("order_details.amount")), required: .all, "the price of one."),
            Member("sale_amount", .object(amount("order_details.sale_amount")), "the lower price of one in a sale."),
            Member("quantity", .number(NumberShape(limits: [Limits.itemQuantity])), required: .all, rule: "I19", valueRule: "I19", "how many."),
            Member("image", .object(image), "a picture, for items that are in no catalog."),
            Member("country_of_origin", .string(StringShape(limits: [Limits.countryOfOrigin])), "where it was made (India)."),
            Member("importer_name", .string(StringShape(limits: [Limits.importerName])), "who imported it (India)."),
            Member("importer_address", .object(PaymentShapes.importerAddress), "the importer's address (India)."),
        ],
        rules: [.saleIsLower])

    private static let image = ObjectShape(
        name: "order_details.image", members: [Member("link", .string(StringShape(format: .url)), required: .all, "the URL of a JPEG or PNG picture.")])

    // MARK: order_status

    static let orderStatusParameters = ObjectShape(
        name: "order_status",
        members: [
            Member("reference_id", .string(StringShape(limits: [Limits.orderText])), required: .all, "that of the order_details message."),
            Member("order", .object(state), required: .all, "the state of the order."),
            Member("payment", .object(payment), "the state of the payment."),
        ])

    private static let state = ObjectShape(
        name: "order_status.order",
        members: [
            Member(
                "status", .string(StringShape(words: ["pending", "processing", "partially-shipped", "partially_shipped", "shipped", "completed", "canceled"])), required: .all,
                "the state; completed and canceled are final."),
            Member("description", .string(StringShape(limits: [Limits.statusDescription])), "a text that tells of it."),
        ])

    private static let payment = ObjectShape(
        name: "order_status.payment",
        members: [
            Member("status", .string(StringShape(words: ["pending", "captured", "failed"])), required: .all, "\"pending\", \"captured\" or \"failed\"."),
            Member("timestamp", .number(NumberShape()), "seconds since 1970."),
        ])
}
