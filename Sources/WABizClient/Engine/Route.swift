// Where a message goes: everything of a request that is the same for all messages of one number and kind, made once: its URL,
// taken apart, and its header lines in libcurl's form, and the call that its answers are read for.
import CCurl
import WABiz

@safe final class Route {
    /// The request without a body.
    let call: Call
    let lane: Lane
    let api: API
    /// Whether the user of the account logs in before a message goes out by it.
    let logsIn: Bool
    /// Which login its token is from.
    let generation: Int
    /// Whether it takes messages, and not marks as read; and whether it has a body.
    let sends: Bool
    let hasBody: Bool
    private let address: ParsedAddress
    private let lines: HeaderList

    init(_ call: Call, _ lane: Lane, logsIn: Bool, generation: Int = 0) throws(Failure) {
        self.call = call
        self.lane = lane
        api = call.api
        self.logsIn = logsIn
        self.generation = generation
        sends = call.purpose == .send
        hasBody = call.method != .get
        address = ParsedAddress(call.url)
        lines = HeaderList(call)
        guard lines.isComplete else { throw Failure(.noMemory, "libcurl has no memory for the headers.", retry: .backoff) }
    }

    /// The URL as libcurl takes it apart; nil when it has to do that itself.
    var url: OpaquePointer? { unsafe address.handle }

    /// The header lines for a body of this size.
    func headers(_ size: Int) -> UnsafeMutablePointer<curl_slist>? { unsafe size > Route.smallBody ? lines.first : lines.afterExpect }

    /// No libcurl waits for "100 Continue" before a body of so many bytes, and every line it is given costs it time.
    static let smallBody = 1024
}

/// An account that messages go out by, with its routes. Several may share a lane: a token was changed, say.
final class Sender {
    let account: Account
    let lane: Lane
    private var routes: [Route] = []

    init(_ account: Account, _ lane: Lane) {
        self.account = account
        self.lane = lane
    }

    private var logsIn: Bool { account.login != nil }

    /// - Throws: `.badArgument` for a message of another interface than the account's, `.noMemory`.
    @unsafe func route(for posting: Posting) throws(Failure) -> Route {
        let (api, sends) = unsafe (posting.api, !posting.isRead)
        // On-Premises names the message that is read in the URL.
        if api == .onPremises, !sends { return try unsafe Route(Call(posting: posting, for: account), lane, logsIn: logsIn) }
        for route in routes where route.sends == sends && route.api == api { return route }
        let route = try unsafe Route(Call(posting: posting, for: account), lane, logsIn: logsIn)
        routes.append(route)
        return route
    }
}

/// Owns a URL that libcurl has taken apart: it would take apart, and put together again, a text for every request (a tenth of
/// what a request costs it).
@safe struct ParsedAddress: ~Copyable {
    private(set) var handle: OpaquePointer?

    init(_ url: String) {
        unsafe handle = curl_url()
        // What is written in the path goes out as written.
        guard unsafe curl_url_set(handle, CURLUPART_URL, url, UInt32(CURLU_PATH_AS_IS)) != CURLUE_OK else { return }
        unsafe curl_url_cleanup(handle)
        unsafe handle = nil
    }

    deinit { unsafe curl_url_cleanup(handle) }
}

/// Owns libcurl's list of header lines.
@safe struct HeaderList: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?
    private(set) var isComplete = true

    init(_ call: Call) {
        // libcurl would wait a second for "100 Continue" before large bodies.
        append("Expect:")
        for header in call.headers { append("\(header.name): \(header.value.text)") }
    }

    /// The lines without the one that is for large bodies alone.
    var afterExpect: UnsafeMutablePointer<curl_slist>? { unsafe first?.pointee.next }

    private mutating func append(_ line: String) {
        guard let longer = unsafe curl_slist_append(first, line) else { return isComplete = false }
        unsafe first = longer
    }

    deinit { unsafe curl_slist_free_all(first) }
}
