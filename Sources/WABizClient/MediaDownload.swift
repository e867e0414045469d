// One download from the id to the checked file: look up, fetch, follow a redirect without the token, ask for a new URL
// once when the old one is gone, check, and give the file its name. Nothing here is uncertain: repeating does no harm.
import WABiz

struct MediaDownload {
    private let account: Account
    private let line: MediaLine
    private let media: MediaReference
    private let options: DownloadOptions
    let target: DownloadTarget
    private let progress: Progress
    private var info: MediaInfo?
    private var type: String?
    private var httpStatus = 0
    /// Bytes that an earlier call had left and this one did not ask for again.
    private var resumedFrom = 0

    static let mostRedirects = 3

    init(
        _ media: MediaReference, _ options: DownloadOptions, _ account: Account, _ line: MediaLine, isHandedOver: Bool = false
    ) throws(Failure) {
        try options.check()
        guard media.id != nil || account.api != .onPremises && media.trustedURL(for: account) != nil else {
            throw .badArgument("The media object has no \"id\", and its \"url\" leads to a host that the token must not go to; look the media up by its id.")
        }
        self.media = media
        self.options = options
        self.account = account
        self.line = line
        target = try DownloadTarget(options, isHandedOver: isHandedOver)
        progress = Progress(options.progressDescriptor)
    }

    /// - Throws: `.refused`, `.unreachable`, `.unauthentic` (size or hash are wrong), `.full` (above the bound), `.storage`.
    mutating func run() throws(Failure) -> MediaFile {
        if account.api != .onPremises, media.trustedURL(for: account) == nil { try lookUp() }
        if hashes.isEmpty { try target.restart() } else { try target.resume() }
        resumedFrom = target.count
        let hash = try fetchAndCheck()
        try target.commit()
        return MediaFile(
            id: media.id ?? info?.id, path: options.path, size: target.count, sha256: hash.hex, type: info?.type ?? media.type ?? type,
            isVerified: !hashes.isEmpty, resumedFrom: resumedFrom, httpStatus: httpStatus)
    }

    /// Every hash that somebody said the file has.
    private var hashes: [MediaHash] { [media.hash, info?.hash].compactMap { $0 } }

    private mutating func lookUp() throws(Failure) {
        let call = try Call(lookUp: media.requiredID(), for: account)
        let exchange = MediaExchange(call)
        try line.perform(exchange)
        let found = try line.answer(exchange).mediaInfo(for: call)
        if let given = media.hash, let named = found.hash, given != named {
            throw Failure(.unauthentic, "The media object's \"sha256\" is not the one that Meta's metadata names. The id belongs to another file: check where the object comes from.")
        }
        info = found
        try target.expect(found.size)
    }

    // MARK: The wire

    private mutating func fetchAndCheck() throws(Failure) -> MediaHash {
        do throws(Failure) {
            try fetch()
            return try check()
        } catch {
            guard error.code == .unauthentic || error.code == .full else { throw error }
            // What an earlier call had left may be of another file: once more from the beginning.
            if resumedFrom > 0, error.code == .unauthentic {
                resumedFrom = 0
                try target.restart()
                return try fetchAndCheck()
            }
            // Wrong or unwanted bytes are of no use to a later call.
            target.discard()
            throw error
        }
    }

    private mutating func fetch() throws(Failure) {
        if let expected = target.expected, target.count == expected, expected > 0 { return httpStatus = 200 }
        var hasRenewed = false
        while true {
            let exchange = try ask()
            if exchange.isFile {
                httpStatus = exchange.status
                type = line.contentType
                return try checkLength(exchange)
            }
            if exchange.offset > 0, exchange.status == 416 || exchange.status == 206 {
                // The rest that we asked for does not fit what is there.
                resumedFrom = 0
                try target.restart()
                continue
            }
            let isGone = [401, 403, 404, 410].contains(exchange.status)
            guard isGone, !hasRenewed, account.api != .onPremises, media.id != nil else {
                throw line.answer(exchange).downloadFailure(for: exchange.call)
            }
            hasRenewed = true
            try lookUp()
        }
    }

    /// Asks the current URL, and where that leads; without the token behind the first.
    private func ask() throws(Failure) -> MediaExchange {
        var call = try firstCall()
        for _ in 0...MediaDownload.mostRedirects {
            let exchange = MediaExchange(call, target: target, progress: progress)
            try line.perform(exchange, timeout: options.timeout)
            guard [301, 302, 303, 307, 308].contains(exchange.status), let next = line.redirect else { return exchange }
            call = try Call(download: next, by: .none, for: account)
        }
        throw Failure(.refused, "The media host redirects more than \(MediaDownload.mostRedirects) times. Call again later.", retry: .backoff)
    }

    private func firstCall() throws(Failure) -> Call {
        if account.api == .onPremises { return try Call(downloadOnPremises: media.requiredID(), for: account) }
        guard let url = info?.url ?? media.trustedURL(for: account) else { throw .badArgument("The media object has no \"id\".") }
        return try Call(download: url, by: .token, for: account)
    }

    // MARK: Checks

    /// A body without a length that ends early was cut; one with a length is what the host calls whole.
    private func checkLength(_ exchange: MediaExchange) throws(Failure) {
        guard let expected = target.expected, target.count < expected else { return }
        guard !exchange.isMeasured else { throw target.wrongSize(found: "\(target.count)") }
        throw Failure(.unreachable, "The download broke off after \(target.count) of \(expected) bytes. Call again to go on.", retry: .backoff)
    }

    private func check() throws(Failure) -> MediaHash {
        let hash = try target.hash()
        guard hashes.allSatisfy({ $0 == hash }) else {
            throw Failure(
                .unauthentic, "The file's SHA-256 is not the one that Meta named: the file is damaged. It was thrown away; download it again.", retry: .backoff)
        }
        return hash
    }
}
