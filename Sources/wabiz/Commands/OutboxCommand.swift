// wabiz outbox: looks into an outbox file and changes single rows, while services use it or not.
import ArgumentParser
import Foundation
import WABiz
import WABizClient

struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract: "Look into an outbox file; retry, cancel and prune rows.",
        discussion: """
            The file is the "path" of wabiz_outbox_open(). Services may use it meanwhile. Nothing is sent: a row that is queued again goes
            out by the next step of a service.

            EXIT STATUS: 0 done; 1 no such file or row, wrong input, a file that cannot be used, or nothing to be changed.

            EXAMPLES:
              wabiz outbox list out.db --state failed --state uncertain
              wabiz outbox retry out.db 000000000000002a6c1f5e0d9b8a7c43
            """,
        subcommands: [List.self, Show.self, Retry.self, Cancel.self, Stats.self, Prune.self])

    struct File: ParsableArguments {
        @Argument(help: ArgumentHelp("The outbox file.", valueName: "file"))
        var path: String

        /// Opens the file, which must be there, and runs one call.
        func run(_ call: (Outbox) throws -> Void) throws {
            guard FileManager.default.fileExists(atPath: path) else {
                warn("wabiz: there is no file \(path)")
                throw ExitCode(1)
            }
            do {
                try call(Outbox(OutboxOptions(path: path)))
            } catch let failure as Failure {
                warn(Listing.lines(failure))
                throw ExitCode(1)
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print rows, one JSON document per line, the oldest first.")

        @OptionGroup var file: File

        @Option(help: ArgumentHelp("Only rows in this state; may be given several times.", valueName: "state"))
        var state: [String] = []

        @Option(help: ArgumentHelp("Only rows for this person.", valueName: "person"))
        var to: String?

        @Option(help: ArgumentHelp("Only rows of this sequence.", valueName: "name"))
        var sequence: String?

        @Option(help: ArgumentHelp("Only the row of this key.", valueName: "key"))
        var key: String?

        @Option(help: ArgumentHelp("How many rows at most.", valueName: "n"))
        var limit = 100

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit takes 1 or more.") }
            for word in state where RowState(word: word) == nil {
                throw ValidationError("--state takes one of " + RowState.allCases.map(\.word).joined(separator: ", ") + "; not \(word).")
            }
        }

        func run() throws {
            try file.run { outbox in
                var filter = RowFilter()
                filter.states = state.compactMap(RowState.init(word:))
                filter.setPerson(to)
                filter.sequence = sequence
                filter.key = key
                var left = limit
                repeat {
                    filter.limit = min(left, 1000)
                    let (rows, next) = try Tape.read(outbox.list(filter)) { root in
                        (root["rows"]?.elements.map(\.raw) ?? [], root["next"]?.string.flatMap(RowID.init))
                    }
                    for row in rows { write(row) }
                    left -= rows.count
                    filter.after = next
                } while left > 0 && filter.after != nil
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a row with its message.")

        @OptionGroup var file: File

        @Argument(help: ArgumentHelp("The row's id.", valueName: "id"))
        var id: String

        func run() throws { try file.run { outbox in write(try outbox.get(id)) } }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Queue a row again that failed, expired, was blocked or is uncertain; that one may go out twice.")

        @OptionGroup var file: File

        @Argument(help: ArgumentHelp("The row's id.", valueName: "id"))
        var id: String

        func run() throws { try file.run { outbox in try changed(try outbox.retry(id), "retried") } }
    }

    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a queued row back.")

        @OptionGroup var file: File

        @Argument(help: ArgumentHelp("The row's id.", valueName: "id"))
        var id: String

        func run() throws { try file.run { outbox in try changed(try outbox.cancel(id), "cancelled") } }
    }

    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Count rows by state, and what is kept beside them.")

        @OptionGroup var file: File

        func run() throws { try file.run { outbox in write(try outbox.stats().bytes) } }
    }

    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Forget rows at which nothing is left to do.")

        @OptionGroup var file: File

        @Option(help: ArgumentHelp("Rows that last moved so long ago.", valueName: "seconds"))
        var olderThan = 2_592_000

        func validate() throws {
            guard 0...31_536_000 ~= olderThan else { throw ValidationError("--older-than takes 0 to 31536000 seconds.") }
        }

        func run() throws {
            try file.run { outbox in
                var options = PruneOptions()
                options.retention = olderThan * 1000
                var more = true
                while more {
                    let document = try outbox.prune(options).bytes
                    write(document)
                    more = try Tape.read(document) { (root) throws(Failure) in root["more"]?.bool == true }
                }
            }
        }
    }
}

/// Prints the answer; ends with 1 when nothing was changed.
private func changed(_ document: [UInt8], _ name: StaticString) throws {
    write(document)
    let isDone = try Tape.read(document) { (root) throws(Failure) in root[name]?.bool == true }
    if !isDone { throw ExitCode(1) }
}
