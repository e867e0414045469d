// Sends one text to many people from Swift concurrency, at the pace that Meta allows, and says what became of each message.
//
//     export WABIZ_ACCESS_TOKEN=... WABIZ_PHONE_NUMBER_ID=...     # from the app dashboard
//     export WABIZ_BASE_URL=http://127.0.0.1:8080                 # only to talk to the sandbox
//     swift run send-many "Hello *all*" < numbers.txt             # one phone number per line
import Foundation
import WABiz
import WABizAsync
import WABizClient

guard CommandLine.arguments.count == 2 else {
    FileHandle.standardError.write(Data("usage: send-many <text> < numbers\n".utf8))
    exit(64)
}
let body = CommandLine.arguments[1]
let environment = ProcessInfo.processInfo.environment
var numbers: [String] = []
while let line = readLine() { if !line.isEmpty { numbers.append(line) } }

do throws(Failure) {
    let account = try Account(
        accessToken: environment["WABIZ_ACCESS_TOKEN"] ?? "", phoneNumberID: environment["WABIZ_PHONE_NUMBER_ID"],
        baseURL: environment["WABIZ_BASE_URL"])
    let client = try AsyncClient(account)
    let messages = try numbers.map { (number) throws(Failure) in try Message(.text(to: .phone(number), body)) }
    var failed = false
    // In a server, any number of tasks may share the client: try await client.send(message)
    for await outcome in client.sendAll(messages) {
        // Without a tag of its own, an outcome has the number of its message.
        let number = outcome.tag.flatMap { Int(String(decoding: $0, as: UTF8.self)) }.map { numbers[$0] } ?? ""
        switch outcome.result {
        case .success(let receipt):
            print(number, receipt.messageID ?? "")
        case .failure(let failure):
            failed = true
            print(number, "failed (\(failure.code.rawValue), retry: \(failure.retry.rawValue)): \(failure.message)")
        }
    }
    await client.close()
    exit(failed ? 1 : 0)
} catch {
    FileHandle.standardError.write(Data("Not sent: \(error.message)\n".utf8))
    exit(1)
}
