// Messages from any bytes: the check reports or refuses the JSON, the build agrees with it, what is built passes the check again,
// and every issue leads to a place that the caller wrote or has to add.

/// Every kind of component, for messages to be held against.
private let definitions = try? TemplateDefinitions(
    json: Array(
        #"""
        [{"name":"a","language":"en","status":"PAUSED","category":"AUTHENTICATION","components":[{"type":"HEADER","format":"IMAGE"},
        {"type":"BODY","text":"{{1}} {{2}}"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY"},{"type":"URL","url":"https://a/{{1}}"},
        {"type":"URL","url":"https://a"},{"type":"COPY_CODE"},{"type":"MPM"}]},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"has_expiration":true}}]},
        {"name":"order_shipped","language":"en_US","parameter_format":"NAMED","components":[{"type":"HEADER","format":"TEXT","text":"{{x}}"},
        {"type":"BODY","text":"{{customer}} {{eta}}"},{"type":"CAROUSEL","cards":[{"components":[{"type":"HEADER","format":"IMAGE"},
        {"type":"BODY","text":"{{x}}"},{"type":"BUTTONS","buttons":[{"type":"URL","url":"https://a/{{1}}"}]}]},{"components":[]}]}]}]
        """#.utf8))

/// A leading digit chooses dialect and strictness, from 6 also definitions and a clock; JSON objects begin with none.
func fuzzMessage(_ input: [UInt8]) {
    var options = MessageOptions()
    var text = input
    if let first = input.first, (0x30...0x39).contains(first) {
        options.api = API.allCases[Int(first - 0x30) % 3]
        options.unknownMembers = 0x33...0x35 ~= first ? .error : .warning
        if first > 0x35 {
            options.templates = definitions
            options.now = 1_767_225_600
            options.templateCategory = first == 0x39 ? .authentication : nil
        }
        text.removeFirst()
    }
    holdMessage(text, options)
}

func holdMessage(_ text: [UInt8], _ options: MessageOptions) {
    let report: Report
    do { report = try Message.report(json: text, options: options) } catch {
        hold(error.code == .badJSON, "a report fails with \(error.code): \(shown(text))")
        holdDocument(error.document.bytes, .strict, "the failure")
        hold((try? Message(json: text, options: options)) == nil, "a build takes what the check calls no JSON: \(shown(text))")
        return
    }
    holdDocument(report.document.bytes, .strict, "the report")
    for issue in report.issues {
        hold(!issue.message.isEmpty && !issue.rule.isEmpty && issue.message.utf8.count < 2000, "an issue without words: \(issue)")
        hold(isPlace(issue, in: text), "\(issue.path) (\(issue.code)) is no place in \(shown(text))")
    }
    do {
        let message = try Message(json: text, options: options)
        hold(report.isValid && report.type == message.type, "built, but the check refuses: \(shown(text))")
        // On-Premises the id of a read message goes into the path of the request.
        guard message.readMessageID == nil || options.api != .onPremises else { return }
        let again = try? Message.report(json: message.payload, options: options)
        hold(again?.isValid == true && again?.type == message.type, "the payload of \(shown(text)) is refused: \(again?.document.text ?? "no JSON")")
        hold((try? Message(json: message.payload, options: options).payload) == message.payload, "the payload changes when it is built again: \(shown(text))")
    } catch {
        hold(!report.isValid && error.code == .invalid, "the check takes it, the build does not: \(shown(text))")
        holdDocument(error.document.bytes, .strict, "the failure")
    }
}

/// A pointer leads to a value, or one step beyond an object: a member to add. Of a repeated name any may be meant.
private func isPlace(_ issue: Issue, in text: [UInt8]) -> Bool {
    (try? Tape.read(text) { root in
        var views = [root]
        let parts = issue.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst().map { String(Substring($0)) }
        for (depth, part) in parts.enumerated() {
            let next = views.flatMap { view in
                view.isArray ? Int(part).flatMap(view.element).map { [$0] } ?? [] : view.members.filter { pointerPart($0.name.string ?? "") == part }.map(\.value)
            }
            if next.isEmpty { return issue.code == .missing && depth == parts.count - 1 && views.contains(where: \.isObject) }
            views = next
        }
        return true
    }) ?? false
}
