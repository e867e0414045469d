// The numbers of contacts, interactive messages, pins and payments. Those that a rule of the reference's section 4 states carry
// its code.

extension Limits {
    private static let contactsPage: StaticString = "Meta: Contacts messages"
    private static let replyPage: StaticString = "Meta: Reply buttons; OpenAPI ActionObject"
    private static let listPage: StaticString = "Meta: List messages; OpenAPI SectionObject"
    private static let productsPage: StaticString = "Meta: Share products; OpenAPI SectionObject"
    private static let ctaPage: StaticString = "Meta: CTA URL messages"
    private static let callPage: StaticString = "Meta: Call button messages"
    private static let addressPage: StaticString = "Meta: Address messages"
    private static let carouselPage: StaticString = "Meta: Interactive media carousel, Product carousel"
    private static let directSendPage: StaticString = "Meta: Direct Send"

    // MARK: Contacts, pins, hsm

    static let contacts = Limit(1...257, .items, source: contactsPage)
    static let formattedName = Limit(1...Int.max, .characters, source: contactsPage)
    static let contactValue = Limit(1...Int.max, .characters, source: "OpenAPI ContactObject")
    static let pinDays = Limit(1...30, .value, source: "Meta: Groups, pin and unpin; days")
    static let hsmName = Limit(1...Int.max, .characters, source: "Meta: messages reference, On-Premises")

    // MARK: Around every interactive message

    static let headerText = Limit(1...60, .characters, source: "OpenAPI HeaderObject")
    static let interactiveBody = Limit(1...1024, .characters, source: "OpenAPI BodyObject")
    static let footerText = Limit(1...60, .characters, source: "OpenAPI FooterObject")

    // MARK: Buttons and lists

    static let replyButtons = Limit(1...3, .items, rule: "I06", source: replyPage)
    static let replyID = Limit(1...256, .characters, source: replyPage)
    static let replyTitle = Limit(1...20, .characters, source: replyPage)
    static let directSendButtons = Limit(1...10, .items, rule: "I06", source: directSendPage)
    static let directSendLinks = Limit(0...2, .items, rule: "I06", source: directSendPage)

    static let listBody = Limit(1...4096, .characters, source: "Meta: List messages, September 2026")
    /// What Meta's OpenAPI document and older pages allow.
    static let listBodyOnce = Limit(0...1024, .characters, .warning, source: "OpenAPI BodyObject")
    static let listButton = Limit(1...20, .characters, source: listPage)
    static let sections = Limit(1...10, .items, source: listPage)
    static let sectionTitle = Limit(1...24, .characters, source: listPage)
    static let sectionRows = Limit(1...Int.max, .items, rule: "I08", source: listPage)
    /// In all sections of the message together.
    static let rows = Limit(0...10, .items, rule: "I08", source: listPage)
    static let rowID = Limit(1...200, .characters, source: listPage)
    static let rowTitle = Limit(1...24, .characters, source: listPage)
    static let rowDescription = Limit(0...72, .characters, source: listPage)

    // MARK: Products

    static let catalogID = Limit(1...Int.max, .characters, source: productsPage)
    static let productID = Limit(1...Int.max, .characters, source: productsPage)
    /// Only Meta's oldest reference has a maximum.
    static let productIDOnce = Limit(0...100, .characters, .warning, source: "Meta: messages reference, 2023")
    static let productSections = Limit(1...10, .items, rule: "I12", source: productsPage)
    static let sectionProducts = Limit(1...Int.max, .items, rule: "I12", source: productsPage)
    /// In all sections of the message together.
    static let products = Limit(0...30, .items, rule: "I12", source: productsPage)

    // MARK: Flows, links, calls, addresses

    static let flowID = Limit(1...Int.max, .characters, source: "OpenAPI FlowActionParameters")
    static let flowCTA = Limit(1...30, .characters, source: "OpenAPI FlowActionParameters")
    /// What older pages allow.
    static let flowCTAOnce = Limit(0...20, .characters, .warning, source: "Meta: messages reference, 2023")
    static let flowData = Limit(1...Int.max, .items, rule: "I14", source: "OpenAPI FlowActionPayload")

    static let displayText = Limit(1...20, .characters, source: ctaPage)
    static let callText = Limit(1...20, .characters, source: callPage)
    static let callMinutes = Limit(1...43200, .value, source: callPage)
    static let callPayload = Limit(0...512, .characters, source: callPage)
    static let pinCode = Limit(0...6, .characters, source: addressPage)
    static let savedAddressID = Limit(1...Int.max, .characters, source: addressPage)

    // MARK: Carousels

    static let cards = Limit(2...10, .items, rule: "I16", source: carouselPage)
    static let cardIndex = Limit(0...9, .value, rule: "I16", source: carouselPage)
    static let cardBody = Limit(0...160, .characters, source: carouselPage)
    static let cardLineBreaks = Limit(0...2, .items, rule: "I18", source: carouselPage)
    static let cardButtons = Limit(1...Int.max, .items, source: carouselPage)
    static let cardButtonID = Limit(1...256, .characters, source: carouselPage)
    /// What one copy of the page allows.
    static let cardButtonIDOnce = Limit(0...20, .characters, .warning, source: "Meta: Interactive media carousel, December 2025")
    static let cardButtonTitle = Limit(1...20, .characters, source: carouselPage)
}
