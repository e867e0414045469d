// wabiz send: one message, now. The account comes from the environment or a file: a token in the arguments would show in
// the list of processes.
import ArgumentParser
import Foundation
import WABiz
import WABizClient

struct SendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Check and send a message, and print the receipt.",
        discussion: """
            The message is JSON, complete or a short form: in the argument, in a file, or on standard input. The account is a \
            JSON file (--config, the members are those of wabiz_client_open) or, member by member, the environment:

              WABIZ_ACCESS_TOKEN      bearer token; required
              WABIZ_PHONE_NUMBER_ID   the sender's id; required for the Cloud API
              WABIZ_BASE_URL          default https://graph.facebook.com
              WABIZ_API               cloud (default) or on_premises
              WABIZ_API_VERSION       Graph version, such as v25.0
              WABIZ_APP_SECRET        adds appsecret_proof

            EXIT STATUS: 0 accepted; 1 not sent, the message or the account is wrong; 2 refused by Meta; 3 unreachable, nothing \
            left; 4 uncertain, it may have gone out.

            EXAMPLES:
              export WABIZ_BASE_URL=http://127.0.0.1:8080     (a sandbox)
              wabiz send '{"to":"+15550001234","text":"Hello *Ada*"}'
              wabiz send message.json
              wabiz send --config account.json --json < message.json
            """)

    @Argument(help: ArgumentHelp("JSON, a file, or - for standard input.", valueName: "message"))
    var message = "-"

    @Option(help: ArgumentHelp("A file with the account as JSON, in place of the environment.", valueName: "file"))
    var config: String?

    @Flag(help: "Print failures as JSON documents too.")
    var json = false

    func run() throws {
        let configuration = try config.map { try MessageInput(named: $0).bytes } ?? SendCommand.environment()
        let isText = message.drop(while: \.isWhitespace).first == "{"
        let text = isText ? Array(message.utf8) : try MessageInput(named: message).bytes
        do {
            let client = try Client(config: configuration)
            write(try client.send(json: text, options: nil).document.bytes)
        } catch {
            if json { write(error.document.bytes) } else { warn(Listing.lines(error)) }
            throw ExitCode(SendCommand.status(error.code))
        }
    }

    /// The configuration that the environment describes; what is missing is for the client to say.
    static func environment() -> [UInt8] {
        let names = ["access_token", "phone_number_id", "base_url", "api", "api_version", "app_secret"]
        let environment = ProcessInfo.processInfo.environment
        return Tree.object(names.map { name in
            (name, environment["WABIZ_" + name.uppercased()].flatMap { $0.isEmpty ? nil : .string($0) })
        }).bytes
    }

    static func status(_ code: Failure.Code) -> Int32 {
        switch code {
        case .refused: 2
        case .unreachable: 3
        case .uncertain: 4
        default: 1
        }
    }
}
