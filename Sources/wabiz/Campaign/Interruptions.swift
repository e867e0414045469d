// How often SIGINT and SIGTERM came: the first asks for an orderly end, the second for one at once. A wait ends when one comes.
import Foundation

private nonisolated(unsafe) var received: sig_atomic_t = 0

enum Interruptions {
    static func watch() {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in received += 1 }
        for number in [SIGINT, SIGTERM] { sigaction(number, &action, nil) }
    }

    static var count: Int { Int(received) }
}
