// wabiz describe: the library's tables as JSON or Markdown.
import ArgumentParser
import WABiz

struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Print what the library knows, as JSON or Markdown: \(Describe.names.joined(separator: ", ")).",
        discussion: """
            EXAMPLES:
              wabiz describe errors
              wabiz describe limits | python3 -m json.tool
              wabiz describe errors --markdown
              wabiz describe messages --markdown --examples Tests/Corpus/messages
            """)

    @Argument(help: "Which table: \(Describe.names.joined(separator: ", ")).")
    var table: String

    @Flag(help: "Print Markdown: the pages under docs/ are made like this.")
    var markdown = false

    @Option(help: ArgumentHelp("Corpus folder to take the examples of messages from.", valueName: "folder"))
    var examples: String?

    func run() throws {
        guard let tree = Describe.table(table) else {
            throw ValidationError("There is no table '\(table)'; there are \(Describe.names.joined(separator: ", ")).")
        }
        if markdown { return write(try Markdown.document(table, examples: examples)) }
        write(tree.bytes)
    }
}
