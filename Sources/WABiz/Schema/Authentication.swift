// Rule T07 and the category part of M01: what a template's category allows, when options say which category it is.

extension Validation {
    /// What the caller says, or else what the template's definition says.
    fileprivate func category(of message: JSONView) -> TemplateCategory? {
        if let category = options.templateCategory { return category }
        guard let template = message["template"] else { return nil }
        return options.templates?.definition(of: template)?.category
    }
}

extension Rule {
    static let marketingCategory = Rule("M01", "Marketing messages are templates of the category marketing.", in: .marketing) { message, walk in
        guard let category = walk.category(of: message), category != .marketing else { return }
        walk.report(
            .error(.mismatch, "This template is of the category \(category.rawValue); send it with the Cloud API.", graph: 131055), rule: RuleName("M01"),
            at: [.named("template")])
    }

    static let authentication = Rule(
        "T07", "With options.template_category authentication: a code of at most 15 characters, the same in body and button, to a phone number.",
        in: .cloud, limits: [Limits.oneTimePassword]
    ) { message, walk in
        guard walk.category(of: message) == .authentication else { return }
        if message["recipient"] != nil, message["to"] == nil {
            walk.report(
                .error(.notAllowed, "Authentication templates go to phone numbers only; write \"to\".", graph: 131062), rule: RuleName("T07"), at: [.named("recipient")])
        }
        if message["recipient_type"]?.equals("group") == true {
            walk.report(.error(.notAllowed, "Authentication templates do not go to groups."), rule: RuleName("T07"), at: [.named("recipient_type")])
        }
        guard let components = message["template"]?["components"], components.isArray else { return }
        walk.inside(.named("template")) { walk in walk.inside(.named("components")) { $0.checkPassword(components) } }
    }
}

extension Validation {
    private static let rule = RuleName("T07")

    fileprivate mutating func checkPassword(_ components: JSONView) {
        var code: JSONView?
        var button: (view: JSONView, place: [PathPart])?
        let hasButton = components.elements.contains { $0["sub_type"]?.equalsIgnoringCase("url") == true }
        for (position, component) in components.elements.enumerated() {
            let isButton = component["sub_type"]?.equalsIgnoringCase("url") == true
            if component["type"]?.equalsIgnoringCase("header") == true, component["parameters"]?.element(0)?["type"]?.equalsIgnoringCase("text") == false {
                report(.error(.notAllowed, "Authentication templates have no media."), rule: Self.rule, at: [.index(position)])
            }
            guard isButton || component["type"]?.equalsIgnoringCase("body") == true, let parameters = component["parameters"] else { continue }
            for (index, parameter) in parameters.elements.enumerated() {
                guard let text = parameter["text"], text.isString else { continue }
                let place: [PathPart] = [.index(position), .named("parameters"), .index(index), .named("text")]
                checkValue(text, place, hasButton ? .error : .warning)
                if isButton { button = button ?? (text, place) } else { code = code ?? text }
            }
        }
        guard let button else { return }
        guard let code else {
            return report(.error(.missing, "Add a body component with the code; the button alone does not carry it."), rule: Self.rule)
        }
        if !code.sameText(as: button.view) {
            report(.error(.mismatch, "The button copies another code than the body shows; write the same in both."), rule: Self.rule, at: button.place)
        }
    }

    /// Templates without the button are older; their text may hold more than the code, so that they only warn.
    private mutating func checkValue(_ text: JSONView, _ place: [PathPart], _ severity: Issue.Severity) {
        let limit = Limits.oneTimePassword
        let value = text.string ?? ""
        if text.writtenLength > limit.max, value.count > limit.max {
            report(
                Complaint(severity: severity, code: .tooLong, message: "This has \(value.count) characters; a code has at most \(limit.max)."), rule: Self.rule,
                at: place, limit: limit.max, unit: limit.unit, found: value.count)
        }
        if hasURL(value) || value.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) {
            report(Complaint(severity: severity, code: .badFormat, message: "A code holds no URL and no emoji."), rule: Self.rule, at: place)
        }
    }

    private func hasURL(_ text: String) -> Bool {
        let bytes = Array(text.lowercased().utf8)
        return ["://", "www."].contains { mark in
            let mark = Array(mark.utf8)
            return bytes.indices.contains { bytes[$0...].starts(with: mark) }
        }
    }
}
