// Sends one message and says what became of it.
//
//     export WABIZ_ACCESS_TOKEN=... WABIZ_PHONE_NUMBER_ID=...     # from the app dashboard
//     export WABIZ_BASE_URL=http://127.0.0.1:8080                 # only to talk to the sandbox
//     swift run send +15550001234 "Hello *Ada*"
import Foundation
import WABiz
import WABizClient

/// Prints a line on standard error and ends with a status.
func stop(_ status: Int32, _ text: String) -> Never {
    FileHandle.standardError.write(Data((text + "\n").utf8))
    exit(status)
}

guard CommandLine.arguments.count == 3 else { stop(64, "usage: send <phone number> <text>") }
let environment = ProcessInfo.processInfo.environment

do {
    let account = try Account(
        accessToken: environment["WABIZ_ACCESS_TOKEN"] ?? "", phoneNumberID: environment["WABIZ_PHONE_NUMBER_ID"],
        baseURL: environment["WABIZ_BASE_URL"])
    // A client keeps its connection: make one and send many messages with it, from one thread at a time.
    let client = try Client(account)
    // A Message can only be had by passing the rules.
    let message = try Message(.text(to: .phone(CommandLine.arguments[1]), CommandLine.arguments[2]).tagged("example"))
    let receipt = try client.send(message)
    // Accepted is not delivered: the statuses come by webhook, see Sources/receive.
    print(receipt.messageID ?? "")
} catch {
    switch error.code {
    case .invalid:
        let issues = error.issues.map { "  \($0.path): \($0.message)" }
        stop(1, (["Not sent, because Meta would refuse it:"] + issues).joined(separator: "\n"))
    case .refused: stop(2, "Meta refused it (\(error.retry.rawValue)): \(error.message)")
    case .unreachable: stop(3, "Not sent, try again: \(error.message)")
    case .uncertain: stop(4, "It may have gone out; wait for a status before sending it again: \(error.message)")
    default: stop(1, "Not sent: \(error.message)")
    }
}
