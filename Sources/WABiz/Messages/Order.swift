// The typed builders of orders: what the person is asked to pay, and what became of it. Amounts are in hundredths.

/// An order to be paid. Amounts are in hundredths of the currency: 5000 are 50.00.
public struct Order {
    public struct Item {
        fileprivate let tree: Tree

        /// - Parameters:
        ///   - retailerID: the id of the product.
        ///   - sale: the lower price of one in a sale.
        ///   - image: the URL of a picture, for items that are in no catalog.
        ///   - others: further members as Meta names them, such as `country_of_origin` (India).
        public init(_ name: String, retailerID: String? = nil, amount: Int, sale: Int? = nil, quantity: Int, image: String? = nil, others: [(String, Tree)] = []) {
            tree = .object(
                [
                    ("retailer_id", retailerID.map(Tree.string)), ("name", .string(name)), ("amount", .amount(amount)), ("sale_amount", sale.map { .amount($0) }),
                    ("quantity", .integer(quantity)), ("image", image.map { ["link": .string($0)] }),
                ] + others)
        }
    }

    /// A way to pay.
    public struct Payment {
        fileprivate let tree: Tree

        private init(_ type: String, _ value: Tree) { tree = ["type": .string(type)]; tree.set(type, value) }

        /// - Parameter keyType: CPF, CNPJ, EMAIL, PHONE or EVP.
        public static func pix(code: String, merchant: String, key: String, keyType: String) -> Payment {
            Payment("pix_dynamic_code", .texts(("code", code), ("merchant_name", merchant), ("key", key), ("key_type", keyType)))
        }
        public static func link(_ uri: String, success: String? = nil, cancel: String? = nil) -> Payment {
            Payment("payment_link", .texts(("uri", uri), ("success_url", success), ("cancel_url", cancel)))
        }
        public static func boleto(_ digitableLine: String) -> Payment { Payment("boleto", .texts(("digitable_line", digitableLine))) }
        public static func card(lastFourDigits: String, credentialID: String) -> Payment {
            Payment("offsite_card_pay", .texts(("last_four_digits", lastFourDigits), ("credential_id", credentialID)))
        }
        public static func upi(_ link: String) -> Payment { Payment("upi_intent_link", .texts(("link", link))) }

        /// - Parameters:
        ///   - type: billdesk, razorpay, payu or zaakpay.
        ///   - details: what the gateway gets, an object.
        public static func gateway(_ type: String, configuration: String, details: Tree? = nil) -> Payment {
            let gateway = Tree.texts(("type", type), ("configuration_name", configuration))
            gateway.set(type, details)
            return Payment("payment_gateway", gateway)
        }
    }

    let tree: Tree

    /// - Parameters:
    ///   - reference: your own id of the order, used once.
    ///   - type: `digital-goods` or `physical-goods`.
    ///   - currency: ISO 4217.
    ///   - total: subtotal, tax and shipping less the discount.
    ///   - subtotal: what the items cost together.
    ///   - paymentType: `br` in Brazil, `upi` for UPI in India.
    ///   - configuration: the name of the payment configuration, for UPI.
    ///   - expires: UTC seconds since 1970.
    ///   - others: further members of the parameters as Meta names them, such as `beneficiaries`.
    public init(
        _ reference: String, type: String, currency: String, items: [Item], subtotal: Int, tax: Int, total: Int, shipping: Int? = nil, discount: Int? = nil,
        catalogID: String? = nil, expires: (time: Int, description: String?)? = nil, paymentType: String? = nil, configuration: String? = nil, payments: [Payment] = [],
        others: [(String, Tree)] = []
    ) {
        let expiration = expires.map { Tree.texts(("timestamp", String($0.time)), ("description", $0.description)) }
        let order = Tree.object([
            ("status", "pending"), ("catalog_id", catalogID.map(Tree.string)), ("expiration", expiration), ("items", .array(items.map(\.tree))),
            ("subtotal", .amount(subtotal)), ("tax", .amount(tax)), ("shipping", shipping.map { .amount($0) }), ("discount", discount.map { .amount($0) }),
        ])
        tree = .object(
            [
                ("reference_id", .string(reference)), ("type", .string(type)), ("payment_type", paymentType.map(Tree.string)),
                ("payment_configuration", configuration.map(Tree.string)), ("payment_settings", Tree.array(payments.map(\.tree)).unlessEmpty),
                ("currency", .string(currency)), ("total_amount", .amount(total)), ("order", order),
            ] + others)
    }
}

extension Tree {
    fileprivate static func amount(_ hundredths: Int) -> Tree { ["value": .integer(hundredths), "offset": 100] }
}

extension Draft {
    public static func orderDetails(to recipient: Recipient, body: String, _ order: Order, header: Heading? = nil, footer: String? = nil) -> Draft {
        interactive("order_details", to: recipient, header: header, body: body, footer: footer, action: named("review_and_pay", order.tree))
    }

    /// - Parameters:
    ///   - reference: that of the order_details message.
    ///   - status: `pending`, `processing`, `partially-shipped`, `shipped`, `completed` or `canceled`.
    ///   - payment: `pending`, `captured` or `failed`, and when, in seconds since 1970.
    public static func orderStatus(
        to recipient: Recipient, body: String, reference: String, status: String, description: String? = nil, payment: (status: String, time: Int?)? = nil,
        header: Heading? = nil, footer: String? = nil
    ) -> Draft {
        let parameters = Tree.object([
            ("reference_id", .string(reference)), ("order", .texts(("status", status), ("description", description))),
            ("payment", payment.map { .object([("status", .string($0.status)), ("timestamp", $0.time.map(Tree.integer))]) }),
        ])
        return interactive("order_status", to: recipient, header: header, body: body, footer: footer, action: named("review_order", parameters))
    }
}
