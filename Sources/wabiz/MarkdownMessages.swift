// docs/messages.md: every type of message with its members, kinds, limits, dialects and rules, as Describe tells them.
import WABiz

struct MarkdownMessages {
    private var page = Markdown.title("Messages", "describe messages --markdown --examples Tests/Corpus/messages")
    private let examples: MarkdownExamples
    /// Objects that were printed already: a later one points there.
    private var printed: Set<String> = []

    var text: String { page.text }

    init(_ description: Description, examples: MarkdownExamples) throws {
        self.examples = examples
        opening(description)
        marks()
        page.heading(2, "Around every message")
        object(description["envelope"], "")
        shortForms(description["envelope"]["short"])
        for type in description["types"].list { try chapter(type) }
        page.heading(2, "Mark as read")
        object(description["read"], "")
        shortForms(description["read"]["short"])
        try example("read")
        page.heading(2, "All limits")
        page.limits(try Description(table: "limits"))
    }

    private mutating func opening(_ description: Description) {
        page.paragraph(
            """
            The dialects are `cloud` (Cloud API), `on_premises` (On-Premises API) and `marketing_messages` (Marketing Messages API). Characters are what a \
            reader sees (extended grapheme clusters); where code points or UTF-16 units exceed a limit that the characters keep, it warns. A member without \
            a note in \"Where\" belongs to every dialect. Rules are called by the codes that issues carry.
            """)
        page.table(
            ["Type", "cloud", "on_premises", "marketing_messages", "Groups", "What it is"],
            description["types"].list.map { type in
                ["[`\(type["type"].text)`](#\(type["type"].text))"] + ["cloud", "on_premises", "marketing_messages"].map { type["api"][$0].text }
                    + [type["groups"].text, Markdown.sentence(type["meaning"].text)]
            })
        page.paragraph("`taken`: sent as it is. `warned`: sent with a warning. `refused`: an error, nothing is sent.")
    }

    private mutating func marks() {
        page.heading(2, "Format marks")
        page.paragraph("Texts, captions, and the bodies and footers of interactive messages show four marks; headers, buttons, and titles show them as they are.")
        page.table(
            ["Mark", "Shows as"],
            [["`*text*`", "bold"], ["`_text_`", "italic"], ["`~text~`", "strike-through"], ["```` ```text``` ````", "monospace"]])
        page.paragraph(
            """
            A mark works at the edge of a word. Text that somebody else wrote may hold marks by chance or on purpose: `wabiz.plain(text)` in Python and \
            `Draft.plain(text)` in Swift replace each mark that could work by the letter-like character that looks like it (`*` by U+2217, `_` by U+02CD, \
            `~` by U+223C, a backtick by U+02CB). Marks between two ASCII letters or digits stay, so that `snake_case` keeps its spelling, and the number \
            of characters stays the same. WhatsApp has no escape character. A link may have marks beside punctuation: put links in yourself.
            """)
    }

    // MARK: Types

    private mutating func chapter(_ type: Description) throws {
        let word = type["type"].text
        page.heading(2, word)
        page.paragraph(Markdown.sentence(type["meaning"].text))
        shortForms(type["short"])
        shape(type["content"], word)
        rules(type["rules"])
        if type["direct_send"].exists {
            page.heading(3, "\(word) of Direct Send")
            page.paragraph("With `category` the content may be more:")
            shape(type["direct_send"], word)
        }
        try example(word)
    }

    private mutating func example(_ type: String) throws {
        for (title, json) in try examples.examples(of: type) {
            page.paragraph("Example\(title.isEmpty ? "" : ", `\(title)`"):")
            page.code(json)
        }
    }

    // MARK: Shapes

    private mutating func shape(_ shape: Description, _ path: String) {
        switch shape["kind"].text {
        case "object": if shape["members"].exists { object(shape, path) } else { page.paragraph("Not looked into.") }
        case "array":
            let bounds = limits(shape)
            if !bounds.isEmpty { page.paragraph("An array of \(bounds).") }
            rules(shape["rules"])
            self.shape(shape["element"], path + "[]")
        case "variant": variant(shape, path)
        default: break
        }
    }

    private mutating func variant(_ shape: Description, _ path: String) {
        let by = shape["by"].text
        page.paragraph("`\(by)` says what `\(path)` is\(shape["ignores_case"].flag ? ", in upper or lower case" : ""):")
        let cases = shape["cases"].list
        let isRows = cases.contains { $0["meaning"].exists }
        page.table(
            [by] + (isRows ? ["What it is"] : []) + ["Note"],
            cases.map { one in [Markdown.code(one[by].text)] + (isRows ? [Markdown.sentence(one["meaning"].text)] : []) + [note(one)] })
        if isRows {
            page.paragraph("As short forms:")
            page.items(cases.flatMap { one in forms(one["short"]).map { "\(Markdown.code(one[by].text)): \($0)" } })
        }
        for one in shape["cases"].list where one["shape"]["members"].exists || one["shape"]["cases"].exists {
            self.shape(one["shape"], (path.hasSuffix("[]") ? String(path.dropLast(2)) : path) + "[\(one[by].text)]")
        }
    }

    private func note(_ one: Description) -> String {
        guard one["severity"].exists else { return "" }
        let elsewhere = one["elsewhere"].words
        return (one["severity"].text == "error" ? "refused" : "warned") + (elsewhere.count == 3 ? "" : " in \(elsewhere.joined(separator: ", "))")
    }

    private func forms(_ short: Description) -> [String] {
        short["none"].exists ? ["none. \(short["none"].text)"] : short["forms"].words.map(Markdown.code)
    }

    private mutating func shortForms(_ short: Description) {
        let forms = forms(short)
        guard forms.count == 1, let form = forms.first else {
            page.paragraph("Short forms:")
            return page.items(forms)
        }
        page.paragraph("Short form: \(form)")
    }

    private mutating func object(_ shape: Description, _ path: String) {
        let name = shape["name"].text
        let members = shape["members"].list.filter { $0["shape"].exists && $0["shape"]["kind"].text != "any" }
        // Two shapes may share a name; then they differ in their members.
        guard printed.insert(name + " " + members.map { $0["name"].text }.joined(separator: " ")).inserted || path.isEmpty else { return }
        if !path.isEmpty {
            page.heading(path.contains(where: { ".[".contains($0) }) ? 4 : 3, name)
            if path != name { page.paragraph("At `\(path)`:") }
        }
        page.table(["Member", "Kind", "Required", "Where", "Limits and form", "Meaning"], members.map(row))
        let elsewhere = shape["members"].list.filter { !$0["shape"].exists }
        page.items(elsewhere.map { "`\($0["name"].text)` does not belong here (\($0["elsewhere"].text)\(rule($0))): \($0["meaning"].text)" })
        rules(shape["rules"])
        for member in members { inner(member["shape"], path, member["name"].text) }
    }

    /// What a member holds, when that is a structure.
    private mutating func inner(_ shape: Description, _ path: String, _ name: String) {
        var place = path.isEmpty ? name : path + "." + name
        var shape = shape
        while shape["kind"].text == "array" {
            place += "[]"
            if shape["rules"].exists {
                page.paragraph("All of `\(place)`:")
                rules(shape["rules"])
            }
            shape = shape["element"]
        }
        if shape["members"].exists || shape["cases"].exists { self.shape(shape, place) }
    }

    private func row(_ member: Description) -> [String] {
        let shape = member["shape"]
        let required = member["required"].words
        let note = member["absence"].text == "warning" ? " (warns)" : ""
        let apis = member["api"].words
        let belongs = apis.count == 3 ? "" : apis.joined(separator: ", ") + (member["elsewhere"].text == "error" ? "; refused elsewhere" : "; warned elsewhere")
        let codes = [member["rule"].text, member["value_rule"].text].enumerated().filter { !$1.isEmpty && ($0 == 0 || $1 != member["rule"].text) }.map(\.element)
        return [
            Markdown.code(member["name"].text), kind(shape), required.isEmpty ? "" : (required.count == 3 ? "yes" : required.joined(separator: ", ")) + note,
            belongs, form(shape) + (codes.isEmpty ? "" : (form(shape).isEmpty ? "" : "; ") + "rule " + codes.joined(separator: ", ")), member["meaning"].text,
        ]
    }

    private func rule(_ member: Description) -> String { member["rule"].exists ? ", rule \(member["rule"].text)" : "" }

    private func kind(_ shape: Description) -> String {
        switch shape["kind"].text {
        case "object": "object" + (shape["name"].exists ? " " + Markdown.code(shape["name"].text) : "")
        case "variant": "object " + Markdown.code(shape["name"].text)
        case "array": "array of " + kind(shape["element"])
        case "integer", "number": shape["kind"].text + (shape["also_as_string"].flag ? " or digits in a string" : "")
        case "any": "anything"
        case let kind: kind
        }
    }

    private func form(_ shape: Description) -> String {
        var parts: [String] = []
        let bounds = limits(shape)
        if !bounds.isEmpty { parts.append(bounds) }
        if shape["words"].exists { parts.append(shape["words"].words.map(Markdown.code).joined(separator: ", ") + (shape["other_words"].text == "warning" ? " (others warn)" : "")) }
        if shape["format"].exists { parts.append("\(shape["format"]["name"].text): \(clause(shape["format"]["meaning"].text))") }
        if shape["also_as_integer"].exists { parts.append("an integer \(shape["also_as_integer"].text == "warning" ? "warns" : "is taken")") }
        if shape["kind"].text == "array", shape["element"]["limits"].exists { parts.append("each " + limits(shape["element"])) }
        return parts.joined(separator: "; ")
    }

    private func clause(_ sentence: String) -> String { sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence }

    /// Limits of one severity hold together: the tightest is named.
    private func limits(_ shape: Description) -> String {
        let all = shape["limits"].list
        return ["error", "warning"].compactMap { severity in
            let mine = all.filter { $0["severity"].text == severity }
            guard let first = mine.first else { return nil }
            let codes = mine.map { $0["rule"].text }.filter { !$0.isEmpty }
            let bounds = range(mine.compactMap { $0["min"].number }.max() ?? 0, mine.compactMap { $0["max"].number }.min(), first["unit"].text)
            let notes = (severity == "warning" ? ["warns beyond"] : []) + (codes.isEmpty ? [] : ["rule " + codes.joined(separator: ", ")])
            return bounds + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
        }.joined(separator: ", ")
    }

    private func range(_ min: Int, _ max: Int?, _ unit: String) -> String {
        let isOne = (max ?? min) == 1
        let unit = unit == "value" ? "" : " " + (isOne && unit.hasSuffix("s") ? String(unit.dropLast()) : unit)
        guard let max else { return "at least \(min)\(unit)" }
        if min == max { return "exactly \(min)\(unit)" }
        return min == 0 && !unit.isEmpty ? "up to \(max)\(unit)" : "\(min) to \(max)\(unit)"
    }

    private mutating func rules(_ list: Description) {
        page.items(
            list.list.map { rule in
                let apis = rule["api"].words
                return "**\(rule["code"].text)** \(rule["meaning"].text)" + (apis.count == 3 ? "" : " (\(apis.joined(separator: ", ")))")
            })
    }
}
