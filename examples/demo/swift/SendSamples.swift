// Sends message files and prints one JSON line for each: the demonstration's sender in Swift.
//
//     WABIZ_CONFIG='{"access_token":"...",...}' send-samples FILE...
//
// Prints {"sample":"<file>","status":"<word>","document":{...}}: a receipt, or the failure.
import Foundation
import WABiz
import WABizClient

@main
struct SendSamples {
    static func main() throws {
        let config = ProcessInfo.processInfo.environment["WABIZ_CONFIG"] ?? ""
        let client = try Client(config: Array(config.utf8))
        for path in CommandLine.arguments.dropFirst() {
            let message = try Data(contentsOf: URL(fileURLWithPath: path))
            let (status, document) = send([UInt8](message), with: client)
            let line: Tree = ["sample": .string(path), "status": .string(status), "document": document]
            print(String(decoding: line.bytes, as: UTF8.self))
        }
    }

    private static func send(_ message: [UInt8], with client: Client) -> (status: String, document: Tree) {
        do throws(Failure) {
            return ("ok", try client.send(json: message).document)
        } catch {
            return (error.code.rawValue, error.document)
        }
    }
}
