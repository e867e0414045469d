// The validator's look at strings and numbers: kind, words, length, range and format.

extension Validation {
    mutating func checkString(_ view: JSONView, _ shape: StringShape, rule: RuleName) {
        guard view.isString else {
            if view.isInteger, shape.integer != .refused { return checkIntegerInPlace(view, shape, rule: rule) }
            return report(.error(.wrongType, "This is of the kind \(view.kindName); write a string."), rule: rule)
        }
        if !shape.words.isEmpty {
            if shape.words.contains(where: { view.equals($0) }) { return }
            if let retired = shape.retired.first(where: { view.equals($0.word) }), retired.dialects.contains(dialect) {
                return report(.warning(.notOneOf, "\"\(retired.word)\" was removed; write \(listing(shape.words))."), rule: rule)
            }
            return report(
                Complaint(severity: shape.otherWord, code: .notOneOf, message: "\"\(clipped(view))\" is not known here; write \(listing(shape.words))."),
                rule: rule)
        }
        if view.writtenLength == 0, shape.limits.contains(where: { $0.min > 0 }) {
            guard let limit = shape.limits.first(where: { $0.min > 0 }) else { return }
            let severity = shape.emptyWarns.contains(dialect) ? .warning : limit.severity
            let message = "This is empty; write at least \(limit.min) character\(limit.min == 1 ? "" : "s")."
            return report(Complaint(severity: severity, code: .tooShort, message: message), rule: limit.rule.map { RuleName($0) } ?? rule, limit: limit.min, unit: limit.unit, found: 0)
        }
        // The written bytes are never fewer than the characters: most texts need no counting.
        if shape.limits.contains(where: { view.writtenLength > $0.max }) { checkLength(view, shape, rule: rule) }
        if shape.limits.contains(where: { $0.min > 0 }), isBlank(view) {
            report(.warning(.badFormat, "This is only white space."), rule: rule)
        }
        if let format = shape.format, let complaint = format.check(view, api) { report(complaint, rule: rule) }
    }

    private mutating func checkIntegerInPlace(_ view: JSONView, _ shape: StringShape, rule: RuleName) {
        let spelling = String(decoding: view.raw, as: UTF8.self)
        let complaint = shape.format?.check(spelling, api)
        if let complaint, complaint.severity == .error || shape.integer == .accepted { return report(complaint, rule: rule) }
        if shape.integer == .warned {
            report(.warning(.wrongType, "Meta takes this integer, but documents a string; put it in quotes."), rule: rule)
        }
    }

    /// Meta never says which characters it counts. Above the limit in graphemes it is refused; when only code points or UTF-16
    /// units are above, another reader may refuse it.
    private mutating func checkLength(_ view: JSONView, _ shape: StringShape, rule: RuleName) {
        let text = view.string ?? ""
        let units = max(text.unicodeScalars.count, text.utf16.count)
        guard let tightest = shape.limits.last(where: { units > $0.max }) else { return }
        let graphemes = text.count
        if let limit = shape.limits.first(where: { graphemes > $0.max }) {
            return reportLimit(limit, .tooLong, "This has \(graphemes) characters; at most \(limit.max) are allowed.", limit.max, graphemes, rule)
        }
        let message = "This has \(graphemes) characters, but \(units) as code points or UTF-16 units; Meta may count those and allows \(tightest.max)."
        report(.warning(.tooLong, message), rule: tightest.rule.map { RuleName($0) } ?? rule, limit: tightest.max, unit: tightest.unit, found: units)
    }

    private func isBlank(_ view: JSONView) -> Bool {
        // A text that begins with something visible, as nearly all do, is not decoded.
        guard let first = unsafe view.slice.dropFirst().first, first <= 0x20 || first >= 0x80 || first == UInt8(ascii: "\\") else { return false }
        return view.string?.allSatisfy(\.isWhitespace) ?? false
    }

    mutating func checkNumber(_ view: JSONView, _ shape: NumberShape, rule: RuleName) {
        guard let number = numericValue(view, shape) else {
            let wanted = shape.integral ? "an integer" : "a number"
            return report(.error(.wrongType, "Write \(wanted)\(shape.text == .refused ? ", without quotes" : " here")."), rule: rule)
        }
        if shape.text == .preferred, view.isNumber {
            report(.warning(.wrongType, "Meta documents this number as a string; put it in quotes."), rule: rule)
        }
        for limit in shape.limits {
            let bound = number < Double(limit.min) ? limit.min : number > Double(limit.max) ? limit.max : nil
            guard let bound else { continue }
            let found = number.rounded(.towardZero) == number ? Int(exactly: number) : nil
            return reportLimit(limit, .outOfRange, "Write \(range(of: limit)).", bound, found, rule)
        }
    }

    private func numericValue(_ view: JSONView, _ shape: NumberShape) -> Double? {
        if view.isNumber { return shape.integral && !view.isInteger ? nil : view.number }
        guard shape.text != .refused, view.isString, view.writtenLength <= 64, let text = view.string else { return nil }
        // Only what JSON would take as a number: no "inf", no "0x10", no blanks.
        guard !text.isEmpty, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || "+-.eE".utf8.contains($0) }) else { return nil }
        return shape.integral ? Int(text).map(Double.init) : Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
}

private func range(of limit: Limit) -> String {
    if limit.min == limit.max { return "\(limit.min)" }
    return limit.max == .max ? "a number from \(limit.min) upwards" : "a number from \(limit.min) to \(limit.max)"
}
