// Walks the table of messages: every row that a dialect takes has a short form or a reason for none, a Swift builder, valid and
// invalid cases in the corpus, and its place on the page. The Python builders are held against the same rows from Python.
import Foundation
import Testing
@testable import WABiz

@Suite struct TableRowTests {
    private static let now = 1_767_225_600

    private static func missing(_ wanted: [NamedRow], from used: [String: [String]], _ api: API) -> [String] {
        wanted.filter { $0.isTaken && used[$0.name] == nil }.map { "\(api.rawValue): \($0.name)" }.sorted()
    }

    private static func merge(_ rows: [UsedRows]) -> [String: [String]] {
        rows.reduce(into: [:]) { all, one in all.merge(one.places) { $0 + $1 } }
    }

    @Test(arguments: API.allCases) func everyRowSaysWhatItIs(_ api: API) {
        let rows = NamedRow.all(api)
        #expect(rows.count > 60 && rows.contains { $0.isTaken })
        for row in rows {
            #expect(row.meaning.hasSuffix(".") && row.meaning.first?.isLetter == true, "\(row.name): \(row.meaning)")
            if case .none(let reason) = row.short { #expect("\(reason)".hasSuffix("."), "\(row.name)") }
            if case .form(let messages) = row.short { #expect(!messages.isEmpty, "\(row.name)") }
        }
    }

    /// Each short form is a message that the dialects with this row take without a remark, and it leads to its row.
    @Test(arguments: API.allCases) func everyShortFormLeadsToItsRow(_ api: API) throws {
        let options = MessageOptions(api: api, now: Self.now)
        for row in NamedRow.all(api) where row.isTaken {
            guard case .form(let messages) = row.short else { continue }
            for text in messages {
                let json = Array("\(text)".utf8)
                #expect(try Tape.read(json) { ShortForm.isShort($0) }, "\(text) is no short form")
                let report = try Message.report(json: json, options: options)
                #expect(report.issues.isEmpty, "\(row.name), \(api): \(text)\(issueLines(report))")
                let used = try UsedRows(Message(json: json, options: options).payload)
                #expect(used.places[row.name] != nil, "\(text) does not lead to \(row.name)")
            }
        }
    }

    @Test func shortFormsOfTheEnvelopeAreTaken() throws {
        for case .form(let messages) in [Envelope.short, MessageTable.readShort] {
            for text in messages { #expect(try Message(json: Array("\(text)".utf8)).warnings.isEmpty, "\(text)") }
        }
    }

    // MARK: Builders

    private static let to: Recipient = "+15550001234"
    private static let link = Media.link("https://example.com/a.mp4")

    private static func template(_ header: Template.Parameter? = nil, body: [Template.Parameter] = [], buttons: [Template.Button] = []) -> Template {
        Template("t", language: "en", header: header, body: body, buttons: buttons)
    }

    private static var templates: [Template] {
        let amount: Tree = ["value": 2500, "offset": 100]
        let order: Tree = [
            "reference_id": "order-42", "type": "digital-goods", "payment_type": "br", "currency": "BRL", "total_amount": amount,
            "payment_settings": [["type": "boleto", "boleto": ["digitable_line": "03399"]]],
            "order": ["status": "pending", "subtotal": amount, "tax": ["value": 0, "offset": 100], "items": [["retailer_id": "cake", "name": "Cake", "amount": amount, "quantity": 1]]],
        ]
        let headers: [Template.Parameter] = [
            "Order", .image(link), .video(link), .document(.link("https://example.com/a.pdf")), .product("pot", catalog: "7"),
            .location(latitude: 48.2, longitude: 16.4, name: "Depot", address: "1 Main Square"),
        ]
        let buttons: [Template.Button] = [
            .quickReply(payload: "P"), .url(suffix: "42"), .copyCode("SAVE20"), .catalog(thumbnail: "pot"), .products(thumbnail: "pot", sections: [("Small", ["pot"])]),
            .flow(token: "tok"), .voiceCall(minutes: 60), .orderDetails(order),
        ]
        return headers.map { template($0) } + [
            template(body: ["Ada", .currency("$1", code: "USD", amount1000: 1000), .dateTime("today")], buttons: buttons),
            template(body: ["Ada"]).carousel([.init(.image(link), buttons: [.url(suffix: "a")]), .init(.image(link), buttons: [.url(suffix: "b")])]),
            template().tapTarget(url: "https://example.com", title: "Shop").orderStatus(referenceID: "o", status: "shipped").offerEnding(atMilliseconds: 1_893_456_000_000),
        ]
    }

    private static var drafts: [(API, Draft)] {
        let plain: [Draft] = [
            .text(to: to, "Hi"), .image(to: to, link), .audio(to: to, link), .video(to: to, link), .document(to: to, link), .sticker(to: to, link),
            .location(to: to, latitude: 1, longitude: 2, name: "Shop", address: "1 Main Square"), .reaction(to: to, "👍", on: "wamid.HBgL"),
        ]
        let written = plain + templates.map { .template(to: to, $0) }
        return written.flatMap { draft in API.allCases.map { ($0, draft) } } + [(.marketingMessages, .template(to: to, template(.gif(link))))]
            + CatalogueDraftTests.drafts.flatMap { one in API.allCases.map { ($0, one.draft()) } }
    }

    /// Only what passes without an error counts: a builder that writes something else is none.
    @Test(arguments: API.allCases) func everyRowHasASwiftBuilder(_ api: API) throws {
        let options = MessageOptions(api: api, now: Self.now)
        let used = try Self.drafts.filter { $0.0 == api }.compactMap { try? Message($0.1, options: options) }.map { try UsedRows($0.payload) }
        #expect(Self.missing(NamedRow.all(api), from: Self.merge(used), api) == [])
    }

    /// What a builder is given is written, whatever Meta says to it: no bound, no condition, no other outcome than a payload.
    @Test func buildersHoldNoLimitAndNoRule() throws {
        let folder = MessageCorpus.directory.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/WABiz/Messages")
        let builders = ["Draft", "Interactive", "Carousel", "Contact", "Flow", "Order", "Template", "TemplateButton", "LocalizableParameter"]
        for name in builders {
            let text = try String(contentsOf: folder.appending(path: name + ".swift"), encoding: .utf8)
            let code = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.hasPrefix("//") }
            // The one place that may fail is the check of what was written, at the end of Draft.swift.
            for line in code where !line.contains("init(_ draft: Draft, options") && !line.contains("try self.init(json: draft.json") {
                for word in ["throw", "Limits", "Rule", "Issue", "Complaint", ".count", "precondition"] {
                    #expect(!line.contains(word), "\(name).swift decides something: \(line)")
                }
                // Amounts are written in hundredths; no other number stands in a builder.
                let numbers = line.split { !$0.isNumber && !$0.isLetter && $0 != "_" }.compactMap { Int($0) }.filter { $0 > 3 }
                #expect(numbers.isEmpty || line.contains("\"offset\": 100"), "\(name).swift holds a number: \(line)")
            }
        }
    }

    // MARK: Corpus

    @Test(arguments: API.allCases) func everyRowHasValidAndInvalidCases(_ api: API) throws {
        var valid: [UsedRows] = [], broken: Set<String> = []
        for one in MessageCorpus.cases {
            let options = try one.messageOptions()
            guard options.api == api, let payload = one.payload ?? (one.isValid ? one.message : nil) ?? Optional(one.message) else { continue }
            guard let used = try? UsedRows(payload) else { continue }
            if one.isValid { valid.append(used) }
            let errors = try Message.report(json: one.message, options: options).issues.filter { $0.severity == .error }.map(\.path)
            for (name, places) in used.places where places.contains(where: { place in errors.contains { $0 == place || $0.hasPrefix(place + "/") } }) { broken.insert(name) }
        }
        let rows = NamedRow.all(api)
        #expect(Self.missing(rows, from: Self.merge(valid), api) == [], "without a valid case")
        #expect(Self.missing(rows, from: Dictionary(uniqueKeysWithValues: broken.map { ($0, []) }), api) == [], "without an invalid case")
    }

    // MARK: The page

    @Test func everyRowStandsOnThePage() throws {
        let file = MessageCorpus.directory.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/messages.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        for row in NamedRow.all(.cloud) {
            let sentence = row.meaning.prefix(1).uppercased() + row.meaning.dropFirst()
            if row.name.hasPrefix("message.type=") {
                #expect(page.contains("\n## \(row.word)\n\n\(sentence)\n"), "no chapter \(row.word)")
            } else {
                #expect(page.contains("\n| `\(row.word)` | \(sentence) |"), "\(row.name) is not on the page")
            }
            switch row.short {
            case .form(let messages): for text in messages { #expect(page.contains("`\(text)`"), "the page lacks \(text)") }
            case .none(let reason): #expect(page.contains("none. \(reason)"), "the page does not say why \(row.name) has no short form")
            }
        }
    }
}
