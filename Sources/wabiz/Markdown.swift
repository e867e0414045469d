// Prints the library's tables as Markdown: docs/messages.md, docs/webhooks.md and docs/errors.md are its output, regenerated and
// compared by the tests. It knows no fact of its own but the four format marks; what it says comes out of Describe.
import Foundation
import WABiz

/// A part of a description, read by name.
struct Description {
    private let value: Any?

    init(_ value: Any?) { self.value = value }

    init(table: String) throws {
        guard let tree = Describe.table(table) else { throw CocoaError(.fileReadNoSuchFile) }
        value = try JSONSerialization.jsonObject(with: Data(tree.bytes))
    }

    subscript(name: String) -> Description { Description((value as? [String: Any])?[name]) }
    var exists: Bool { value != nil && !(value is NSNull) }
    var list: [Description] { (value as? [Any] ?? []).map(Description.init) }
    var words: [String] { list.map(\.text) }
    var text: String { value as? String ?? "" }
    var number: Int? { (value as? NSNumber)?.intValue }
    var flag: Bool { (value as? NSNumber)?.boolValue ?? false }
}

struct Markdown {
    private(set) var text = ""

    static func document(_ table: String, examples: String?) throws -> String {
        let description = try Description(table: table)
        let page =
            switch table {
            case "messages": try MarkdownMessages(description, examples: MarkdownExamples(directory: examples)).text
            case "webhooks": webhooks(description)
            case "errors": errors(description)
            default: limits(description)
            }
        // The command ends what it writes with a line end of its own.
        return String(page.dropLast())
    }

    // MARK: Building blocks

    mutating func heading(_ level: Int, _ title: String) { text += "\n" + String(repeating: "#", count: level) + " " + title + "\n" }
    mutating func paragraph(_ words: String) { text += "\n" + words + "\n" }
    mutating func code(_ lines: String) { text += "\n```json\n" + lines + "\n```\n" }
    mutating func items(_ items: [String]) { if !items.isEmpty { text += "\n" + items.map { "- \($0)\n" }.joined() } }

    mutating func table(_ head: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        // A column that says nothing anywhere is left out.
        let columns = head.indices.filter { column in rows.contains { !$0[column].isEmpty } }
        let lines = [columns.map { head[$0] }, columns.map { _ in "---" }] + rows.map { row in columns.map { Self.cell(row[$0]) } }
        text += "\n" + lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    static func cell(_ text: String) -> String { text.replacingOccurrences(of: "|", with: "\\|").replacingOccurrences(of: "\n", with: " ") }
    static func code(_ word: String) -> String { word.isEmpty ? "" : "`\(word)`" }

    /// The opening of every document.
    static func title(_ title: String, _ command: String) -> Markdown {
        var page = Markdown()
        page.text = "# \(title)\n"
        page.paragraph("Printed by `wabiz \(command)` from the library's own tables. Do not edit: the tests compare this page with what the command prints.")
        return page
    }

    /// A sentence with its full stop and capital letter.
    static func sentence(_ text: String) -> String {
        guard let first = text.first else { return "" }
        return first.uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
    }

    // MARK: Errors

    private static let categories = ["onprem": "On-Premises client"]

    private static func errors(_ description: Description) -> String {
        var page = title("Meta's error codes", "describe errors --markdown")
        page.paragraph(
            """
            `retry` is the library's verdict, the same word that a failure carries: `never`, `after_fix` (change something first), `backoff` \
            (again, with growing pauses), `wait_window` (once a stated condition holds), `uncertain` (the message may have gone out: repeating it may \
            duplicate it). `where` says where the code was met: in the answer to a call (`sync`), in a webhook, or both.
            """)
        let rows = description["errors"].list
        var order: [String] = []
        for row in rows where !order.contains(row["category"].text) { order.append(row["category"].text) }
        for category in order {
            page.heading(2, categories[category] ?? category)
            page.table(
                ["Code", "Name", "HTTP", "Where", "Retry", "Meaning", "Source"],
                rows.filter { $0["category"].text == category }.map { row in
                    [
                        codes(row), row["name"].text, row["http_status"].list.compactMap(\.number).map(String.init).joined(separator: ", "), row["where"].text,
                        code(row["retry"].text), row["meaning"].text, row["source"].text,
                    ]
                })
        }
        return page.text
    }

    private static func codes(_ row: Description) -> String {
        let first = row["code"].number.map(String.init) ?? ""
        return row["last_code"].number.map { "\(first)-\($0)" } ?? first
    }

    // MARK: Webhooks

    private static func webhooks(_ description: Description) -> String {
        var page = title("Webhooks", "describe webhooks --markdown")
        page.paragraph("`wabiz_webhook_receive()` turns a notification into events. Each carries its item whole in `payload`, and beside it:")
        page.table(["Member", "From", "Meaning"], description["envelope"].list.map { [code($0["name"].text), code($0["source"].text), $0["meaning"].text] })
        for field in description["fields"].list {
            page.heading(2, code(field["field"].text))
            for array in field["arrays"].list {
                let name = array["array"].text
                let subject = name.isEmpty ? "The value is one item and becomes" : "Each element of `\(name)` becomes"
                page.paragraph("\(subject) an event of the kind `\(array["kind"].text)`: \(array["meaning"].text).")
                if !array["key"].text.isEmpty { page.paragraph("Its key is made of \(code(array["key"].text)).") }
                members(array["members"], &page)
                for type in array["types"].list where !type["members"].list.isEmpty {
                    page.heading(3, "`\(array["kind"].text)` of the type \(code(type["type"].text))")
                    members(type["members"], &page)
                }
            }
        }
        page.paragraph(sentence(description["unknown"].text))
        return page.text
    }

    private static func members(_ list: Description, _ page: inout Markdown) {
        page.table(["Member", "From", "Meaning"], list.list.map { [code($0["name"].text), $0["sources"].words.map(code).joined(separator: " or "), $0["meaning"].text] })
    }

    // MARK: Limits

    private static func limits(_ description: Description) -> String {
        var page = title("Limits", "describe limits --markdown")
        page.limits(description)
        return page.text
    }

    mutating func limits(_ description: Description) {
        table(
            ["Place", "At least", "At most", "Unit", "Beyond it", "Rule", "Source"],
            description["limits"].list.map { limit in
                [
                    Self.code(limit["name"].text), limit["min"].number.map(String.init) ?? "", limit["max"].number.map(String.init) ?? "", limit["unit"].text,
                    limit["severity"].text, limit["rule"].text, limit["source"].text,
                ]
            })
    }
}
