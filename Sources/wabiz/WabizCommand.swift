// The command `wabiz`: its subcommands and what they share.
import ArgumentParser
import WABiz

@main
struct WabizCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wabiz",
        abstract: "Build, check and send WhatsApp Business messages; receive webhooks; stand in for Meta's servers.",
        version: WABizLibrary.version,
        subcommands: [
            SandboxCommand.self, CheckCommand.self, BuildCommand.self, SendCommand.self, ListenCommand.self, DescribeCommand.self,
            SignCommand.self, ParseCommand.self, MediaCommand.self, OutboxCommand.self,
        ])
}
