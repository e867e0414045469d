// wabiz build: the payload as it would be posted.
import ArgumentParser
import WABiz

struct BuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Write the payload that would be posted for a message.",
        discussion: """
            A complete payload is written as it stands, a short form is expanded, JSON Lines line by line. Payloads go to standard output, problems to \
            standard error (with --json: failure documents to standard output). The exit status is 1 when any message is invalid.

            EXAMPLES:
              echo '{"to":"+15550001234","text":"Hello"}' | wabiz build
              wabiz build short.json > payload.json
              wabiz build campaign.jsonl > payloads.jsonl
              wabiz build --templates message_templates.json --api marketing_messages promotion.json
            """)

    @Argument(help: ArgumentHelp("Files with one message each, or JSON Lines; - is standard input.", valueName: "file"))
    var files: [String] = []

    @OptionGroup var check: CheckOptions

    func run() throws {
        let options = try check.read()
        var allValid = true
        for input in try MessageInput.read(files) {
            do {
                let message = try Message(json: input.bytes, options: options)
                write(message.payload)
                if !check.json, !message.warnings.isEmpty { warn("\(input.name):\n\(Listing.lines(message.warnings))") }
            } catch {
                allValid = false
                if check.json { write(error.document.bytes) } else { warn("\(input.name): \(Listing.lines(error))") }
            }
        }
        if !allValid { throw ExitCode(1) }
    }
}
