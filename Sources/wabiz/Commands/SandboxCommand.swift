// wabiz sandbox: options and help, start, the promised first line, and a clean end on SIGINT and SIGTERM.
import ArgumentParser
import Foundation

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Stand in for the WhatsApp Cloud API and On-Premises API on this machine.",
        discussion: """
            Checks messages as Meta would, answers in Meta's shapes and then plays the life of each message (sent, delivered, \
            read) as webhooks, signed with the app secret. Nothing leaves this machine but the webhooks.

            The first line of output is "wabiz sandbox on http://HOST:PORT"; one line per event follows: ← came in, → went out. \
            Any bearer token is taken but "expired". The login of the On-Premises API is admin / secret.

            EXAMPLES:
              wabiz sandbox --webhook http://127.0.0.1:5000/webhook \\
                  --app-secret shh --verify-token hello
              wabiz sandbox --port 0 --quiet
              curl http://127.0.0.1:8080/v25.0/100200300/messages \\
                  -H 'Authorization: Bearer any' --json '{"to":"+15550001234",
                  "messaging_product":"whatsapp","type":"text","text":{"body":"Hi"}}'
              curl http://127.0.0.1:8080/sandbox/messages
              curl http://127.0.0.1:8080/sandbox/inbound \\
                  --json '{"from":"15557654321","text":"Hello there"}'

            RECIPIENTS: the last digits of "to" choose what is played; every other number gets sent, delivered, read.
            \(MagicNumbers.text)
            """)

    @Option(help: ArgumentHelp("The port to listen on; 0 picks a free one.", valueName: "n"))
    var port: UInt16 = 8080

    @Option(help: ArgumentHelp("The address to listen on. Anything but loopback opens the sandbox to others.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("Where webhooks are posted to.", valueName: "url"))
    var webhook: String?

    @Option(help: ArgumentHelp("Signs webhooks; also WABIZ_APP_SECRET in the environment. A made-up one is best.", valueName: "secret"))
    var appSecret: String?

    @Option(help: ArgumentHelp("Verifies the webhook URL at the start as Meta does; also WABIZ_VERIFY_TOKEN.", valueName: "token"))
    var verifyToken: String?

    @Option(help: ArgumentHelp("The only bearer token that is taken. Without it any is, but \"expired\".", valueName: "token"))
    var token: String?

    @Option(help: ArgumentHelp("Milliseconds before each webhook of a message.", valueName: "n"))
    var delayMs = 100

    @Option(help: ArgumentHelp("Seconds that a slow answer (…9707) takes.", valueName: "n"))
    var slowSeconds = 5.0

    @Option(help: ArgumentHelp("Seconds for which the URL of a file works.", valueName: "n"))
    var mediaUrlSeconds = 300.0

    @Option(help: ArgumentHelp("Seconds for which the token of an On-Premises login holds.", valueName: "n"))
    var loginSeconds = 604_800.0

    @Flag(help: "The first On-Premises login must set a new password, as on a fresh client.")
    var firstLogin = false

    @Flag(help: "Print the first line only.")
    var quiet = false

    func validate() throws {
        guard 0...3_600_000 ~= delayMs else { throw ValidationError("--delay-ms takes 0 to 3600000.") }
        guard 0...31_536_000 ~= loginSeconds else { throw ValidationError("--login-seconds takes 0 to 31536000.") }
        guard 0...86400 ~= mediaUrlSeconds else { throw ValidationError("--media-url-seconds takes 0 to 86400.") }
        guard 0...3600 ~= slowSeconds else { throw ValidationError("--slow-seconds takes 0 to 3600.") }
        if let webhook {
            let url = URLComponents(string: webhook)
            guard ["http", "https"].contains(url?.scheme ?? ""), url?.host?.isEmpty == false else {
                throw ValidationError("--webhook takes a URL such as http://127.0.0.1:5000/webhook.")
            }
        }
        for (name, value) in [("--app-secret", appSecret), ("--verify-token", verifyToken), ("--token", token)] {
            if let value, value.allSatisfy(\.isWhitespace) { throw ValidationError("\(name) is blank.") }
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let environment = ProcessInfo.processInfo.environment
        let settings = SandboxSettings(
            webhook: webhook, appSecret: appSecret ?? environment["WABIZ_APP_SECRET"],
            verifyToken: verifyToken ?? environment["WABIZ_VERIFY_TOKEN"], token: token, delay: delayMs, slowSeconds: slowSeconds,
            mediaURLSeconds: mediaUrlSeconds, loginSeconds: loginSeconds, firstLogin: firstLogin)
        let sandbox = Sandbox(settings: settings, console: Console(isQuiet: quiet))
        let server: SandboxServer
        do {
            server = try SandboxServer(sandbox: sandbox, host: host, port: port)
        } catch {
            throw ValidationError("--host takes an IP address such as 127.0.0.1 or ::1.")
        }
        let stop = StopSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await server.port.server.run() } catch {
                    if !stop.isRaised { throw StartFailure(host: host, port: port, reason: error) }
                }
            }
            group.addTask {
                try await server.port.server.waitUntilListening(timeout: 30)
                if !Host.isLoopback(host) { warn("wabiz: the sandbox can be reached from other machines on \(host)") }
                sandbox.console.line("wabiz sandbox on \(await server.port.url ?? "?")")
                if settings.webhook != nil, settings.verifyToken != nil { Task { await sandbox.verifyWebhook() } }
                await stop.wait()
                await sandbox.finish()
                await server.port.server.stop(timeout: 0.05)
            }
            try await group.next()
            group.cancelAll()
        }
        sandbox.console.event("·", "stopped")
    }
}

/// Why the sandbox could not start.
private struct StartFailure: LocalizedError {
    var host: String
    var port: UInt16
    var reason: any Error

    var errorDescription: String? {
        "The sandbox cannot listen on \(host), port \(port): \(reason.localizedDescription) Choose another --port, or 0 for any free one."
    }
}
