// wabiz describe: the library's tables as JSON.
import ArgumentParser
import WABiz

struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Print what the library knows as JSON: \(Describe.names.joined(separator: ", ")).",
        discussion: """
            EXAMPLES:
              wabiz describe errors
              wabiz describe limits | python3 -m json.tool
            """)

    @Argument(help: "Which table: \(Describe.names.joined(separator: ", ")).")
    var table: String

    func run() throws {
        guard let tree = Describe.table(table) else {
            throw ValidationError("There is no table '\(table)'; there are \(Describe.names.joined(separator: ", ")).")
        }
        write(tree.bytes)
    }
}
