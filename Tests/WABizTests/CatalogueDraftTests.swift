// Every typed builder of the catalogue writes what the table accepts, and every type and subtype of the table has one.
import Testing
@testable import WABiz

@Suite struct CatalogueDraftTests {
    private static let to: Recipient = "+15550001234"
    private static let india: Recipient = .phone("+919000000000")
    private static let buttons = [ReplyButton(id: "yes", title: "Yes"), ReplyButton(id: "no", title: "No")]
    private static let picture = Heading.image(.link("https://example.com/a.jpg"))

    /// The word of the type or subtype, the dialect, and what its builder writes.
    static var drafts: [(word: String, api: API, draft: () -> Draft)] { [
        (
            "contacts", .cloud,
            {
                .contacts(
                    to: to,
                    [
                        Contact(
                            .init("Ada Example", first: "Ada", last: "Example"), phones: [.phone("+1 555 000 9999", type: "WORK", whatsAppID: "15550009999")],
                            emails: [.email("ada@example.com")], urls: [.url("https://example.com")], addresses: [.address(city: "Pune", countryCode: "IN")], company: "Shop",
                            birthday: "1990-02-28")
                    ])
            }
        ),
        ("button", .cloud, { .buttons(to: to, body: "Ready?", buttons, header: .document(.id("1"), filename: "a.pdf"), footer: "Shop") }),
        ("list", .onPremises, { .list(to: to, body: "Pick", button: "Menu", sections: [ListSection("A", rows: [.init(id: "1", title: "One", description: "x")])], header: "H") }),
        ("product", .cloud, { .product(to: to, "pot-12", catalogID: "1112") }),
        ("product_list", .cloud, { .productList(to: to, header: "Pots", body: "Ours", catalogID: "1112", sections: [ProductSection("A", products: ["1", "2"])]) }),
        ("catalog_message", .cloud, { .catalog(to: to, body: "All", thumbnail: "pot-12") }),
        ("flow", .cloud, { .flow(to: to, body: "Book", Flow(.name("booking"), button: "Book", token: "t", isDraft: true, screen: "A", data: ["guests": 2]), header: "H") }),
        ("flow", .onPremises, { .flow(to: to, body: "Book", .asking(.id("1"), button: "Book", token: "t")) }),
        ("cta_url", .cloud, { .ctaURL(to: to, body: "Hours", button: "Open", url: "https://example.com", header: picture) }),
        ("location_request_message", .cloud, { .locationRequest(to: to, body: "Where?") }),
        ("address_message", .cloud, { .address(to: india, body: "Where?", AddressForm(country: "IN", values: ["city": "Pune"], saved: [.init(id: "a", ["city": "Pune"])])) }),
        ("voice_call", .cloud, { .voiceCall(to: to, body: "Talk") }),
        ("contacts", .cloud, { .contacts(to: to, [Contact(.init("Ada", first: "Ada"))]) }),
        ("voice_call", .cloud, { .voiceCall(to: to, body: "Talk", button: "Call", minutes: 60, payload: "x") }),
        ("call_permission_request", .cloud, { .callPermission(to: to) }),
        ("request_contact_info", .cloud, { .contactRequest(to: .user("US.13491208655302741918"), body: "Share?") }),
        ("carousel", .cloud, { .carousel(to: to, body: "Pots", [.link(picture, button: "Buy", url: "https://example.com", body: "Blue"), .link(picture, button: "Buy", url: "https://example.com")]) }),
        ("carousel", .cloud, { .carousel(to: to, body: "Pots", [.replies(picture, buttons), .replies(picture, buttons)]) }),
        ("carousel", .cloud, { .carousel(to: to, body: "Pots", [.product("1", catalogID: "2"), .product("2", catalogID: "2")]) }),
        (
            "order_details", .cloud,
            {
                .orderDetails(
                    to: to, body: "Your order",
                    Order(
                        "order-42", type: "digital-goods", currency: "BRL", items: [.init("Cake", retailerID: "cake", amount: 2500, sale: 2000, quantity: 2)], subtotal: 4000, tax: 0,
                        total: 4000, expires: (4_102_444_800, "soon"), paymentType: "br",
                        payments: [
                            .link("https://example.com/pay"), .boleto("03399"), .pix(code: "1", merchant: "Shop", key: "a@b.example", keyType: "EMAIL"),
                            .card(lastFourDigits: "4242", credentialID: "1"), .upi("upi://pay?pa=a"), .gateway("razorpay", configuration: "c", details: ["receipt": "r"]),
                        ]))
            }
        ),
        ("order_status", .cloud, { .orderStatus(to: to, body: "Paid", reference: "order-42", status: "shipped", description: "x", payment: ("captured", 1_767_225_600)) }),
        ("pin", .cloud, { .pin(group: "Y2FwaV9ncm91cDox", "wamid.HBgL", days: 7) }),
        ("pin", .cloud, { .unpin(group: "Y2FwaV9ncm91cDox", "wamid.HBgL") }),
        (
            "hsm", .onPremises,
            {
                .hsm(
                    to: to, "purchase", namespace: "aaaa", language: "en_US",
                    ["1234", .currency("$10", code: "USD", amount1000: 10_000), .date("soon", time: 1), .date("Monday", component: [("day_of_week", "MONDAY")])])
            }
        ),
    ] }

    @Test(arguments: drafts.indices) func writesWhatTheTableAccepts(_ index: Int) throws {
        let (word, api, draft) = Self.drafts[index]
        let message = try Message(draft(), options: MessageOptions(api: api, now: 1_767_225_600))
        #expect(message.warnings.isEmpty, "\(word): \(message.warnings.map(\.message))")
        #expect(try JSONValue(text: String(decoding: message.payload, as: UTF8.self))["type"] == .string(["contacts", "pin", "hsm"].contains(word) ? word : "interactive"))
    }

    /// Builders hold no rule: what Meta refuses is written all the same, and refused by the table.
    @Test func holdsNoRule() throws {
        let four = (0..<4).map { ReplyButton(id: "\($0)", title: "\($0)") }
        let failure = #expect(throws: Failure.self) { try Message(.buttons(to: Self.to, body: "", four)) }
        #expect(failure?.issues.map(\.path).sorted() == ["/interactive/action/buttons", "/interactive/body/text"])
    }

    @Test func everySubtypeOfTheTableHasABuilder() {
        let words = Set(Self.drafts.map(\.word))
        let subtypes = InteractiveShapes.interactive.cases.filter { $0.severity(in: .cloud) == nil }.map { "\($0.word)" }
        #expect(subtypes.count == 15)
        #expect(Set(subtypes + ["contacts", "pin", "hsm"]).subtracting(words) == [])
    }
}
