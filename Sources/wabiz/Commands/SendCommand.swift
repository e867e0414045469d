// wabiz send: one message now, or a file of messages at the pace that Meta allows. The account comes from the environment or a
// file: a token in the arguments would show in the list of processes.
import ArgumentParser
import Foundation
import WABiz
import WABizClient

struct SendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Check and send a message and print the receipt, or send a whole file of messages.",
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

            MANY MESSAGES: a file of JSON Lines (its name ends in .jsonl or .ndjson, or --out is given), one message per line, is sent \
            at the pace that the account's configuration sets ("messages_per_second" and its kin). The file of outcomes gets one line \
            per message: {"line":12,"sha256":"...","attempts":1,"receipt":{...}}, or "error". Standard input is read to its end first.

            Interrupt it (Ctrl-C) and what is under way is still waited for; a second time cuts it. Run the same command again and it \
            goes on: what was accepted, refused or invalid is not sent again, what did not leave, or was refused for now, is. A line \
            is noted in OUT.begun before it may leave, so that after a crash the at most \(Campaign.window) messages of which nobody knows are \
            reported as uncertain and not sent again, unless with --resend-uncertain. Lines may be added at the end of the file and \
            corrected where they did not go out; when one that went out has changed, nothing is sent.

            EXIT STATUS of a file, the gravest of all its lines: 0 all accepted; 3 some did not leave, run it again; 1 some are \
            invalid, or files, input or account are wrong; 2 some were refused, or the account was and it stopped; 4 some are \
            uncertain; 130 interrupted, run it again.

            EXAMPLES:
              export WABIZ_BASE_URL=http://127.0.0.1:8080     (a sandbox)
              wabiz send '{"to":"+15550001234","text":"Hello *Ada*"}'
              wabiz send message.json
              wabiz send --config account.json --json < message.json
              wabiz check campaign.jsonl && wabiz send campaign.jsonl
              make-messages | wabiz send --out outcomes.jsonl -
            """)

    @Argument(help: ArgumentHelp("JSON, a file, or - for standard input.", valueName: "message"))
    var message = "-"

    @Option(help: ArgumentHelp("A file with the account as JSON, in place of the environment.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Where the outcomes of a file of messages go; default FILE.outcomes.jsonl.", valueName: "file"))
    var out: String?

    @Flag(help: "Send again what may have gone out: people may get it twice.")
    var resendUncertain = false

    @Flag(help: "Print failures, and what became of a file, as JSON documents.")
    var json = false

    func run() throws {
        let configuration = try config.map { try MessageInput(named: $0).bytes } ?? SendCommand.environment()
        do {
            let client = try Client(config: configuration)
            if isFileOfMessages { return try sendAll(client) }
            guard !resendUncertain else { throw ValidationError("--resend-uncertain goes with a file of messages: give --out, or a file that ends in .jsonl.") }
            let isText = message.drop(while: \.isWhitespace).first == "{"
            let text = isText ? Array(message.utf8) : try MessageInput(named: message).bytes
            write(try client.send(json: text, options: nil).document.bytes)
        } catch let error as Failure {
            if json { write(error.document.bytes) } else { warn(Listing.lines(error)) }
            throw ExitCode(SendCommand.status(error.code))
        }
    }

    private var isFileOfMessages: Bool { out != nil || message.hasSuffix(".jsonl") || message.hasSuffix(".ndjson") }

    private func sendAll(_ client: Client) throws {
        let lines = try LineFile(named: message)
        let ledger = try Ledger(out ?? message + ".outcomes.jsonl", resendUncertain: resendUncertain)
        var campaign = try Campaign(lines, client, ledger)
        Interruptions.watch()
        try campaign.run()
        let report = CampaignReport(name: lines.name, campaign: campaign, ledger: ledger)
        if json { write(report.document.bytes) } else { write(report.text) }
        if report.status != 0 { throw ExitCode(report.status) }
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
