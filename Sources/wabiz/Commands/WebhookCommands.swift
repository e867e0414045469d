// wabiz sign and wabiz parse: the two ends of a webhook, for tests, relays and archives.
import ArgumentParser
import Foundation
import WABiz

struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a webhook body as Meta does.",
        discussion: """
            Reads the body from standard input or a file, byte for byte, and prints the value of X-Hub-Signature-256. The app \
            secret is read from WABIZ_APP_SECRET.

            EXAMPLES:
              curl http://127.0.0.1:5000/webhook --data-binary @body.json \\
                  -H 'Content-Type: application/json' \\
                  -H "X-Hub-Signature-256: $(wabiz sign body.json)"
            """)

    @Argument(help: ArgumentHelp("The body; - or nothing is standard input.", valueName: "file"))
    var file = "-"

    func run() throws {
        guard let secret = ProcessInfo.processInfo.environment["WABIZ_APP_SECRET"] else {
            throw CommandFailure("Set WABIZ_APP_SECRET to the app secret.")
        }
        let body = try MessageInput(named: file).bytes
        do {
            write(try Webhook.sign(body: body, secret: secret))
        } catch {
            throw CommandFailure(error.message)
        }
    }
}

struct ParseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse",
        abstract: "Read a webhook body and print its events.",
        discussion: """
            Reads the body from standard input or a file. With --signature it is verified first, against the app secret (or \
            several, one per line) in WABIZ_APP_SECRET. The exit status is 1 when it is no webhook or was not signed by the secret.

            EXAMPLES:
              wabiz parse body.json
              wabiz parse --signature sha256=5bdcc1… < body.json
            """)

    @Argument(help: ArgumentHelp("The body; - or nothing is standard input.", valueName: "file"))
    var file = "-"

    @Option(help: ArgumentHelp("The value of X-Hub-Signature-256; verify before reading.", valueName: "value"))
    var signature: String?

    func run() throws {
        let body = try MessageInput(named: file).bytes
        do {
            if let signature {
                let secrets = ProcessInfo.processInfo.environment["WABIZ_APP_SECRET"]
                write(try Webhook.receive(body: body, signature: signature, secrets: secrets))
            } else {
                write(try Webhook.parse(body: body))
            }
        } catch {
            write(error.document.bytes)
            throw ExitCode(1)
        }
    }
}
