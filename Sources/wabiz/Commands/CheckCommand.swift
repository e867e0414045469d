// wabiz check: every problem of every message, before Meta sees it.
import ArgumentParser
import WABiz

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "List every problem of a message: where it is, which rule, which limit.",
        discussion: """
            Takes complete payloads in Meta's form and short forms such as {"to":"+15550001234","text":"Hi"}. Reads files, or \
            standard input when none is named; JSON Lines have one message per line and get one report each. The exit status is 1 when any message is invalid; warnings alone leave it valid.

            EXAMPLES:
              wabiz check order.json reminder.json
              echo '{"to":"+15550001234","text":""}' | wabiz check
              wabiz check --api on_premises --json message.json
              wabiz check campaign.jsonl
              wabiz check --templates message_templates.json order.json
            """)

    @Argument(help: ArgumentHelp("Files with one message each, or JSON Lines; - is standard input.", valueName: "file"))
    var files: [String] = []

    @OptionGroup var check: CheckOptions

    func run() throws {
        let options = try check.read()
        var allValid = true
        for input in try MessageInput.read(files) {
            let isValid = check.json ? reportJSON(input, options) : report(input, options)
            allValid = allValid && isValid
        }
        if !allValid { throw ExitCode(1) }
    }

    private func report(_ input: MessageInput, _ options: MessageOptions) -> Bool {
        do {
            let report = try Message.report(json: input.bytes, options: options)
            let verdict = report.isValid ? Listing.paint("valid", .good) : Listing.paint("invalid", .bad)
            write("\(input.name): \(verdict)\(report.type.map { ", \($0)" } ?? "")")
            if !report.issues.isEmpty { write(Listing.lines(report.issues)) }
            if report.omitted > 0 { write("  and \(report.omitted) more") }
            return report.isValid
        } catch {
            write("\(input.name): \(Listing.lines(error))")
            return false
        }
    }

    private func reportJSON(_ input: MessageInput, _ options: MessageOptions) -> Bool {
        do {
            let report = try Message.report(json: input.bytes, options: options)
            writeDocument(report.document, of: input)
            return report.isValid
        } catch {
            writeDocument(error.document, of: input)
            return false
        }
    }

    private func writeDocument(_ document: Tree, of input: MessageInput) {
        document.set("file", .string(input.name))
        write(document.bytes)
    }
}
