// Makes single HTTP requests to the webhook URL over libcurl, on threads of its own, with kept-alive connections.
import CCurl
import Foundation

/// What came back: a status and a body, or why nothing did.
struct PostResult: Sendable {
    var status: Int?
    var body: [UInt8] = []
    var problem: String?
}

final class Poster: @unchecked Sendable {
    private let url: String
    /// Handles that are free; each keeps its connection. Guarded by `lock`.
    private var idle: [OpaquePointerBox] = []
    private let lock = NSLock()
    private let queue = OperationQueue()

    /// Meta delivers concurrently; so many at once.
    static let width = 8

    init(url: String) {
        self.url = url
        queue.maxConcurrentOperationCount = Poster.width
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }

    /// POSTs bytes as JSON.
    func post(_ body: [UInt8], headers: [String]) async -> PostResult {
        await run { self.perform(on: $0, url: self.url, headers: ["Content-Type: application/json", "Expect:"] + headers, body: body) }
    }

    /// GETs the URL with a query.
    func get(query: String) async -> PostResult {
        let separator = url.contains("?") ? "&" : "?"
        return await run { self.perform(on: $0, url: self.url + separator + query, headers: [], body: nil) }
    }

    private func run(_ work: @escaping @Sendable (UnsafeMutableRawPointer) -> PostResult) async -> PostResult {
        await withCheckedContinuation { continuation in
            queue.addOperation {
                let box = self.lock.withLock { self.idle.popLast() } ?? OpaquePointerBox(pointer: curl_easy_init())
                guard let handle = box.pointer else {
                    return continuation.resume(returning: PostResult(problem: "libcurl has no memory"))
                }
                let result = work(handle)
                curl_easy_reset(handle)
                self.lock.withLock { self.idle.append(box) }
                continuation.resume(returning: result)
            }
        }
    }

    private func perform(on curl: UnsafeMutableRawPointer, url: String, headers: [String], body: [UInt8]?) -> PostResult {
        let sink = Sink()
        var list: UnsafeMutablePointer<curl_slist>?
        for header in headers { list = curl_slist_append(list, header) }
        defer { curl_slist_free_all(list) }
        _ = wabiz_curl_set_text(curl, CURLOPT_URL, url)
        _ = wabiz_curl_set_protocols(curl)
        _ = wabiz_curl_set_text(curl, CURLOPT_USERAGENT, "wabiz-sandbox")
        _ = wabiz_curl_set_long(curl, CURLOPT_NOSIGNAL, 1)
        _ = wabiz_curl_set_long(curl, CURLOPT_CONNECTTIMEOUT_MS, 5000)
        _ = wabiz_curl_set_long(curl, CURLOPT_TIMEOUT_MS, 20000)
        // A proxy of the environment is for the world outside, not for a receiver on this machine.
        if Host.isLoopback(of: url) { _ = wabiz_curl_set_text(curl, CURLOPT_PROXY, "") }
        _ = wabiz_curl_set_list(curl, CURLOPT_HTTPHEADER, list)
        if let body {
            _ = wabiz_curl_set_long(curl, CURLOPT_POSTFIELDSIZE, body.count)
            // libcurl copies as many bytes as the line before says. Without an address it would read standard input instead,
            // hence the byte more.
            var copied = body + [0]
            _ = copied.withUnsafeMutableBytes { wabiz_curl_set_pointer(curl, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
        }
        let code = withExtendedLifetime(sink) {
            _ = wabiz_curl_set_writer(curl, Sink.write)
            _ = wabiz_curl_set_pointer(curl, CURLOPT_WRITEDATA, Unmanaged.passUnretained(sink).toOpaque())
            return curl_easy_perform(curl)
        }
        var status = 0
        _ = wabiz_curl_get_long(curl, CURLINFO_RESPONSE_CODE, &status)
        guard code == CURLE_OK || status > 0 else { return PostResult(problem: String(cString: curl_easy_strerror(code))) }
        return PostResult(status: status, body: sink.bytes)
    }
}

/// A libcurl handle that may travel between threads, one at a time.
private struct OpaquePointerBox: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer?
}

/// Collects the first bytes of an answer and drops the rest.
private final class Sink {
    var bytes: [UInt8] = []

    static let write: curl_write_callback = { data, size, count, context in
        if let data, let context {
            let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
            let room = max(0, 65536 - sink.bytes.count)
            data.withMemoryRebound(to: UInt8.self, capacity: size * count) {
                sink.bytes.append(contentsOf: UnsafeBufferPointer(start: $0, count: min(room, size * count)))
            }
        }
        return size * count
    }
}
