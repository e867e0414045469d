// The command `wabiz`: its subcommands and what they share.
import ArgumentParser
import Foundation
import WABiz

@main
struct WabizCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wabiz",
        abstract: "Build, check and send WhatsApp Business messages; stand in for Meta's servers.",
        version: WABizLibrary.version,
        subcommands: [SandboxCommand.self])
}

extension Console {
    /// A line on standard error.
    static func warn(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data("wabiz: \(text)\n".utf8)) }
}
