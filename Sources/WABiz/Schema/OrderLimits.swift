// The numbers of order_details and order_status, in messages and in templates.

extension Limits {
    private static let payments: StaticString = "Meta: Payments Brazil, Payments India"
    private static let india: StaticString = "Meta: Payments India"

    static let orderReference = Limit(1...60, .characters, rule: "I21", source: "Meta: Payments Brazil")
    static let indianReference = Limit(0...35, .characters, rule: "I21", source: india)
    static let orderText = Limit(1...Int.max, .characters, source: payments)
    static let configurationName = Limit(1...60, .characters, source: india)
    static let amountValue = Limit(0...Int.max, .value, rule: "I19", source: payments)
    static let amountOffset = Limit(100...100, .value, rule: "I19", source: payments)
    static let amountDescription = Limit(0...60, .characters, source: payments)
    static let orderItems = Limit(1...Int.max, .items, source: payments)
    /// When any of them has a picture.
    static let picturedItems = Limit(0...10, .items, rule: "I20", source: india)
    static let itemName = Limit(1...60, .characters, source: payments)
    static let itemQuantity = Limit(1...Int.max, .value, rule: "I19", source: payments)
    static let statusDescription = Limit(0...120, .characters, source: payments)
    /// How far ahead an expiration lies at least.
    static let expirationSeconds = Limit(300...Int.max, .value, source: payments)

    static let countryOfOrigin = Limit(0...100, .characters, source: india)
    static let importerName = Limit(0...200, .characters, source: india)
    static let importerLine = Limit(0...100, .characters, source: india)
    static let importerCity = Limit(0...120, .characters, source: india)
    static let importerZone = Limit(0...2, .characters, source: india)
    static let importerPostalCode = Limit(0...6, .characters, source: india)
    static let beneficiaryName = Limit(1...200, .characters, source: india)
    static let beneficiaryLine = Limit(1...100, .characters, source: india)
    static let beneficiarySecondLine = Limit(0...100, .characters, source: india)

    static let shippingName = Limit(0...256, .characters, source: india)
    static let shippingPhone = Limit(0...12, .characters, source: india)
    static let shippingAddress = Limit(0...512, .characters, source: india)
    static let shippingCity = Limit(0...100, .characters, source: india)
    static let shippingState = Limit(0...100, .characters, source: india)
    static let shippingHouse = Limit(0...8, .characters, source: india)
    static let shippingFloor = Limit(0...10, .characters, source: india)
    static let shippingBuilding = Limit(0...128, .characters, source: india)

    static let receipt = Limit(1...40, .characters, source: india)
    static let notes = Limit(0...15, .items, source: india)
    static let note = Limit(0...256, .characters, source: india)
    static let payuField = Limit(0...255, .characters, source: india)
    static let zaakpayField = Limit(0...180, .characters, source: india)
    static let billdeskField = Limit(0...120, .characters, source: india)
}
