// The options that check and build share: those of wabiz_message_check, read from the command line and from files.
import ArgumentParser
import Foundation
import WABiz

/// How messages are to be checked.
struct CheckOptions: ParsableArguments {
    enum UnknownMembers: String, ExpressibleByArgument, CaseIterable { case warn, error }

    @Option(help: ArgumentHelp("For which interface: cloud, on_premises or marketing_messages.", valueName: "api"))
    var api: API = .cloud

    @Option(help: ArgumentHelp("What members that the rules do not know are worth: warn or error.", valueName: "severity"))
    var unknownMembers: UnknownMembers = .warn

    @Flag(help: "The same as --unknown-members error.")
    var strict = false

    @Option(help: ArgumentHelp("A file with template definitions, as Meta's list of message_templates returns them: template messages are held against theirs.", valueName: "file"))
    var templates: String?

    @Option(help: ArgumentHelp("What the templates are for: authentication, marketing or utility; it outweighs their definitions.", valueName: "category"))
    var templateCategory: TemplateCategory?

    @Option(help: ArgumentHelp("The time to judge offers and orders by, in seconds since 1970; the clock's without it.", valueName: "seconds"))
    var now: Int?

    @Flag(help: "Print JSON documents, one per line and message.")
    var json = false

    func validate() throws {
        if let now, now < 0 { throw ValidationError("--now is a number of seconds since 1970.") }
    }

    /// Reads the file of definitions, if one is named: once for all messages.
    func read() throws -> MessageOptions {
        MessageOptions(
            api: api, unknownMembers: strict || unknownMembers == .error ? .error : .warning, now: now ?? Int(Date().timeIntervalSince1970),
            templates: try templates.map(definitions), templateCategory: templateCategory)
    }

    private func definitions(_ file: String) throws -> TemplateDefinitions {
        let json = try MessageInput(named: file).bytes
        do { return try TemplateDefinitions(json: json) } catch { throw CommandFailure("\(file): \(error.message)") }
    }
}

extension API: ExpressibleByArgument {}
extension TemplateCategory: ExpressibleByArgument {}
