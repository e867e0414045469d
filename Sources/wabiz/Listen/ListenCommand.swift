// wabiz listen: options and help, start, the promised first line, and a clean end on SIGINT and SIGTERM.
import ArgumentParser
import Foundation
import WABiz

struct ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Receive webhooks; print their events as JSON Lines or hand them to a command.",
        discussion: """
            Answers Meta's verification request, verifies every notification over its raw bytes, and prints one event per line \
            on standard output. Meta calls https only: put a web server or a tunnel with a certificate in front.

            The app secret (several, one per line, while one is being rotated) is read from WABIZ_APP_SECRET, the verify token \
            from WABIZ_VERIFY_TOKEN. Without a verify token every verification request is refused.

            ANSWERS: 200 once the events are printed, or once the command ended with status 0 for each. 500 when they could not \
            be handed on: Meta brings the whole notification again, for up to 7 days, so drop events whose key you have seen. \
            400, 401, 403, 404, 405 and 413 for what is no notification of Meta's.

            With --exec, the command is run by /bin/sh for each event, one after the other, with the event as one line of JSON \
            on its standard input, and without the secrets in its environment. Meta waits meanwhile: put what takes long into a \
            queue.

            The first line on standard error is "wabiz listen on http://HOST:PORT/PATH"; what was refused follows there.

            EXAMPLES:
              export WABIZ_APP_SECRET=... WABIZ_VERIFY_TOKEN=...
              wabiz listen --port 9000 >> events.jsonl
              wabiz listen | jq -r 'select(.kind == "message") | .text'
              wabiz listen --exec 'python3 handle.py'
            """)

    @Option(help: ArgumentHelp("The port to listen on; 0 picks a free one.", valueName: "n"))
    var port: UInt16 = 9000

    @Option(help: ArgumentHelp("The address to listen on. Anything but loopback can be reached by others.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The path of the webhook; every other is answered with 404.", valueName: "path"))
    var path = "/webhook"

    @Option(help: ArgumentHelp("The environment variable that holds the app secret.", valueName: "name"))
    var appSecretEnv: String?

    @Option(help: ArgumentHelp("The environment variable that holds the verify token.", valueName: "name"))
    var verifyTokenEnv: String?

    @Flag(help: "Take notifications without a signature, as an On-Premises client posts them. Only that client may then reach this port.")
    var unsigned = false

    @Option(name: .customLong("exec"), help: ArgumentHelp("Hand each event to this command in place of printing it.", valueName: "command"))
    var command: String?

    @Flag(help: "Hand the command all events of a notification at once, as {\"events\":[…]}.")
    var batch = false

    @Option(help: ArgumentHelp("Seconds until a command that does not end is killed and counts as failed.", valueName: "n"))
    var execSeconds = 30.0

    func validate() throws {
        guard path.hasPrefix("/"), !path.contains(where: { $0.isWhitespace || "?#".contains($0) }) else {
            throw ValidationError("--path takes a path such as /webhook.")
        }
        guard 0.1...3600 ~= execSeconds else { throw ValidationError("--exec-seconds takes 0.1 to 3600.") }
        if let command, command.allSatisfy(\.isWhitespace) { throw ValidationError("--exec is blank.") }
        if batch, command == nil { throw ValidationError("--batch goes with --exec.") }
        if unsigned, appSecretEnv != nil { throw ValidationError("--unsigned takes what nobody signed: leave --app-secret-env out.") }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let stop = StopSignal()
        let desk = command.map { Desk(command: Command($0, seconds: execSeconds, withheld: secretNames), batch: batch) }
            ?? Desk(whenClosed: stop.raise)
        let listener = try Listener(path: path, secrets: secrets(), verifyToken: verifyToken(), desk: desk)
        let port: HTTPPort
        do {
            // Beyond the command's own time there may be others before it in the queue.
            port = try HTTPPort(host: host, port: self.port, timeout: execSeconds + 60, handler: listener.answer)
        } catch {
            throw ValidationError("--host takes an IP address such as 127.0.0.1 or ::1.")
        }
        try await serve(on: port, desk, until: stop)
    }

    private func serve(on port: HTTPPort, _ desk: Desk, until stop: StopSignal) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await port.server.run() } catch {
                    if !stop.isRaised {
                        throw CommandFailure("Cannot listen on \(host), port \(self.port): \(error.localizedDescription) Choose another --port, or 0 for any free one.")
                    }
                }
            }
            group.addTask {
                try await port.server.waitUntilListening(timeout: 30)
                warn("wabiz listen on \(await port.url ?? "?")\(path)")
                if !Host.isLoopback(host) {
                    warn("wabiz: the port can be reached from other machines on \(host)\(unsigned ? ", and whoever reaches it is believed" : "")")
                }
                await stop.wait()
                await desk.finish()
                await port.server.stop(timeout: 0.25)  // the last answers are on their way
            }
            try await group.next()
            group.cancelAll()
        }
    }

    // MARK: Secrets, which never stand on the command line: others would see them in the list of processes.

    private var secretNames: [String] { [appSecretEnv ?? "WABIZ_APP_SECRET", verifyTokenEnv ?? "WABIZ_VERIFY_TOKEN"] }

    /// Nil for notifications that are not signed.
    private func secrets() throws -> String? {
        if unsigned { return nil }
        let name = secretNames[0]
        guard let secrets = ProcessInfo.processInfo.environment[name], !secrets.allSatisfy(\.isWhitespace) else {
            throw CommandFailure("Set \(name) to the app secret, from the app dashboard. For an On-Premises client, which signs nothing, say --unsigned.")
        }
        return secrets
    }

    private func verifyToken() throws -> String? {
        let token = ProcessInfo.processInfo.environment[secretNames[1]]
        if let name = verifyTokenEnv, token == nil { throw CommandFailure("The environment has no \(name).") }
        return token
    }
}
