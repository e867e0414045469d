// The rules of orders: sums, pictures, references, and what Brazil and India want. What is malformed already is left out of a sum.

/// An amount that is written as it should be.
private func amount(_ view: JSONView?) -> Int? {
    guard let view, let value = view["value"]?.integer, value >= 0, view["offset"]?.integer == Limits.amountOffset.max else { return nil }
    return value
}

/// A part of a sum that may be left out; nil when it is malformed.
private func optionalAmount(_ view: JSONView?) -> Int? { view == nil ? 0 : amount(view) }

private func sum(_ numbers: Int...) -> Int? {
    var sum = 0
    for number in numbers {
        let (next, isTooLarge) = sum.addingReportingOverflow(number)
        if isTooLarge { return nil }
        sum = next
    }
    return sum
}

extension Rule {
    static let subtotalOfItems = Rule("I19", "subtotal is the sum of (sale_amount or amount) times quantity.") { order, walk in
        guard let items = order["items"], items.isArray, items.count > 0, let subtotal = amount(order["subtotal"]) else { return }
        var total = 0
        for item in items.elements {
            guard let price = item["sale_amount"] == nil ? amount(item["amount"]) : amount(item["sale_amount"]), let quantity = item["quantity"]?.integer, quantity > 0,
                case let (cost, isTooLarge) = price.multipliedReportingOverflow(by: quantity), !isTooLarge, let next = sum(total, cost)
            else { return }
            total = next
        }
        guard total != subtotal else { return }
        let wanted = total
        walk.report(.error(.mismatch, "The subtotal is \(subtotal), but the items make \(wanted)."), rule: RuleName("I19"), limit: wanted, unit: .value, found: subtotal)
    }

    static let totalOfOrder = Rule("I19", "total_amount is subtotal and tax and shipping less discount.") { parameters, walk in
        guard let order = parameters["order"], let total = amount(parameters["total_amount"]), let subtotal = amount(order["subtotal"]), let tax = amount(order["tax"]),
            let shipping = optionalAmount(order["shipping"]), let discount = optionalAmount(order["discount"]), let wanted = sum(subtotal, tax, shipping, -discount),
            wanted != total
        else { return }
        walk.report(
            .error(.mismatch, "The total is \(total), but subtotal, tax and shipping less the discount make \(wanted)."), rule: RuleName("I19"), limit: wanted, unit: .value,
            found: total)
    }

    static let saleIsLower = Rule("I19", "sale_amount is lower than amount.") { item, walk in
        guard let sale = amount(item["sale_amount"]), let full = amount(item["amount"]), sale >= full else { return }
        walk.report(.error(.mismatch, "The sale price \(sale) is not lower than the price \(full)."), rule: RuleName("I19"))
    }

    static let picturedItems = Rule("I20", "An item with a picture has no retailer_id, its order no catalog_id and at most 10 items.", in: .graph, limits: [Limits.picturedItems]) { order, walk in
        guard let items = order["items"], items.isArray else { return }
        var hasPictures = false
        for (index, item) in items.elements.enumerated() where item["image"] != nil {
            hasPictures = true
            guard item["retailer_id"] != nil || order["catalog_id"] != nil else { continue }
            let other: StaticString = item["retailer_id"] != nil ? "retailer_id" : "catalog_id"
            walk.report(
                .error(.notAllowed, "The catalog shows the picture of an item with \"\(other)\"; remove one of the two."), rule: RuleName("I20"),
                at: [.named("items"), .index(index), .named("image")])
        }
        guard hasPictures, items.count > Limits.picturedItems.max else { return }
        walk.reportLimit(
            Limits.picturedItems, .tooMany, "There are \(items.count) items; with pictures at most \(Limits.picturedItems.max) are allowed.", Limits.picturedItems.max, items.count,
            RuleName("I20"), at: [.named("items")])
    }

    static let indianReference = Rule("I21", "In India reference_id has at most 35 characters.", limits: [Limits.indianReference]) { parameters, walk in
        let limit = Limits.indianReference
        guard parameters["currency"]?.equals("INR") == true, let reference = parameters["reference_id"], reference.writtenLength > limit.max,
            let count = reference.string?.count, count > limit.max, count <= Limits.orderReference.max
        else { return }
        walk.reportLimit(limit, .tooLong, "This has \(count) characters; in India at most \(limit.max) are allowed.", limit.max, count, RuleName("I21"), at: [.named("reference_id")])
    }

    /// The time is only looked at when it is known: the core has no clock.
    static let expirationAhead = Rule("order_details.expiration.timestamp", "An order expires at least 300 seconds ahead.", limits: [Limits.expirationSeconds]) { expiration, walk in
        guard let now = walk.options.now, let time = expiration["timestamp"]?.lenientInteger, case let (ahead, isTooFar) = time.subtractingReportingOverflow(now), !isTooFar,
            ahead < Limits.expirationSeconds.min
        else { return }
        walk.reportLimit(
            Limits.expirationSeconds, .outOfRange, "This is \(ahead) seconds ahead; write a time at least 300 seconds ahead.", Limits.expirationSeconds.min, ahead,
            RuleName("order_details.expiration.timestamp"), at: [.named("timestamp")])
    }

    static let razorpayNotes = Rule("order_details.razorpay.notes", "At most 15 notes, each a text of up to 256 characters.", limits: [Limits.notes, Limits.note]) { razorpay, walk in
        guard let notes = razorpay["notes"], notes.isObject else { return }
        let name = RuleName("order_details.razorpay.notes")
        if notes.count > Limits.notes.max {
            walk.reportLimit(Limits.notes, .tooMany, "There are \(notes.count) notes; at most \(Limits.notes.max) are allowed.", Limits.notes.max, notes.count, name, at: [.named("notes")])
        }
        walk.inside(.named("notes")) { walk in
            for (key, value) in notes.members { walk.inside(.read(key)) { $0.check(value, Self.note, rule: name) } }
        }
    }

    private static let note = Shape.string(StringShape(limits: [Limits.note]))
}
