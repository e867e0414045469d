// What Brazil's and India's pages ask of an order beyond the common form. Their pages do not agree with each other, so that these only warn.

extension Rule {
    static let brazilianOrder = Rule("order_details (Brazil)", "In Brazil payment_type is br, items have a retailer_id, and an expiration has a description.") { parameters, walk in
        guard parameters["currency"]?.equals("BRL") == true else { return }
        let name = RuleName("order_details (Brazil)")
        if parameters["payment_type"] == nil {
            walk.report(.warning(.missing, "Orders in Brazil have \"payment_type\" br."), rule: name, at: [.named("payment_type")])
        }
        guard let order = parameters["order"] else { return }
        if let expiration = order["expiration"], expiration.isObject, expiration["description"] == nil {
            walk.report(.warning(.missing, "Brazil's page wants a description beside the time."), rule: name, at: [.named("order"), .named("expiration"), .named("description")])
        }
        for (index, item) in (order["items"]?.elements ?? order.elements).enumerated() where item.isObject && item["retailer_id"] == nil && item["image"] == nil {
            walk.report(.warning(.missing, "Brazil's page wants the id of each item."), rule: name, at: [.named("order"), .named("items"), .index(index), .named("retailer_id")])
        }
    }

    static let indianOrder = Rule("order_details (India)", "In India UPI names a payment configuration, gateways have settings, and items outside of a catalog their origin.") {
        parameters, walk in
        guard parameters["currency"]?.equals("INR") == true else { return }
        let name = RuleName("order_details (India)")
        let isUPI = parameters["payment_type"]?.equals("upi") == true
        if isUPI, parameters["payment_configuration"] == nil {
            walk.report(.warning(.missing, "UPI wants the name of the payment configuration."), rule: name, at: [.named("payment_configuration")])
        }
        if !isUPI, parameters["payment_settings"] == nil {
            walk.report(.warning(.missing, "India's gateways want \"payment_settings\"."), rule: name, at: [.named("payment_settings")])
        }
        if parameters["type"]?.equals("physical-goods") == true, parameters["beneficiaries"] == nil {
            walk.report(.warning(.missing, "Physical goods in India want \"beneficiaries\"."), rule: name, at: [.named("beneficiaries")])
        }
        guard !isUPI, let order = parameters["order"], order["catalog_id"] == nil, let items = order["items"] else { return }
        for (index, item) in items.elements.enumerated() where item.isObject {
            for member in ["country_of_origin", "importer_name", "importer_address"] as [StaticString] where item[member] == nil {
                walk.report(
                    .warning(.missing, "Items that are in no catalog want \"\(member)\" in India."), rule: name,
                    at: [.named("order"), .named("items"), .index(index), .named(member)])
            }
        }
    }
}
