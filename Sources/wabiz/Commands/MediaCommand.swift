// wabiz media: downloads, uploads, looks up and deletes files, with the account of wabiz send.
import ArgumentParser
import Foundation
import WABiz
import WABizClient

struct MediaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "media",
        abstract: "Download, upload, look up and delete media files.",
        discussion: """
            The account comes from --config or the environment, as for wabiz send. A media id is what an upload printed or a webhook
            named; the media object of a webhook, as JSON, does as well.

            EXIT STATUS: 0 done; 1 wrong input, wrong bytes or a file that cannot be read or written; 2 refused by Meta; 3 no
            complete answer, call again; 4 uncertain, calling again does no harm.

            EXAMPLES:
              wabiz media download 311222333444555 photo.jpg
              wabiz media upload invoice.pdf
            """,
        subcommands: [Download.self, Upload.self, Info.self, Delete.self])

    /// The account, and what every subcommand does with failures.
    struct Account: ParsableArguments {
        @Option(help: ArgumentHelp("A file with the account as JSON, in place of the environment.", valueName: "file"))
        var config: String?

        @Flag(help: "Print failures as JSON documents too.")
        var json = false

        /// Runs one call and prints its document.
        func run(_ call: (Client) throws(Failure) -> Tree) throws {
            let configuration = try config.map { try MessageInput(named: $0).bytes } ?? SendCommand.environment()
            do throws(Failure) {
                write(try call(Client(config: configuration)).bytes)
            } catch {
                if json { write(error.document.bytes) } else { warn(Listing.lines(error)) }
                throw ExitCode(SendCommand.status(error.code))
            }
        }
    }

    struct Download: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Download a file; call again to go on where it broke off.")

        @Argument(help: ArgumentHelp("A media id, or the media object of a webhook.", valueName: "media"))
        var media: String

        @Argument(help: ArgumentHelp("Where the file goes.", valueName: "path"))
        var path: String

        @Option(help: ArgumentHelp("The most that is taken.", valueName: "bytes"))
        var maxBytes = DownloadOptions.defaultMaxBytes

        @OptionGroup var account: Account

        func run() throws {
            try account.run { (client) throws(Failure) in
                let options = DownloadOptions(maxBytes: maxBytes)
                return try client.download(MediaReference(text: Array(media.utf8)), to: path, options: options).document
            }
        }
    }

    struct Upload: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check and upload a file, and print its media id.")

        @Argument(help: ArgumentHelp("The file.", valueName: "path"))
        var path: String

        @Option(help: ArgumentHelp("MIME type; otherwise by the file's ending.", valueName: "type"))
        var type: String?

        @Option(help: ArgumentHelp("What it will be sent as: audio, document, image, sticker or video.", valueName: "kind"))
        var kind: String?

        @OptionGroup var account: Account

        func run() throws {
            try account.run { (client) throws(Failure) in try client.upload(UploadOptions(path: path, type: type, kind: kind)).document }
        }
    }

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print what Meta knows of a file: URL, type, size, hash.")

        @Argument(help: ArgumentHelp("A media id.", valueName: "media"))
        var media: String

        @OptionGroup var account: Account

        func run() throws {
            try account.run { (client) throws(Failure) in try client.mediaInfo(MediaReference(text: Array(media.utf8))).document }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a file from Meta's servers.")

        @Argument(help: ArgumentHelp("A media id.", valueName: "media"))
        var media: String

        @OptionGroup var account: Account

        func run() throws {
            try account.run { (client) throws(Failure) in
                try client.delete(MediaReference(text: Array(media.utf8)))
                return ["deleted": true]
            }
        }
    }
}
