// What the sandbox received, answered and played, for GET /sandbox/messages. Bounded: the oldest entries go first.
import Foundation
import WABiz

/// One webhook that was posted, or could not be.
struct Delivery: Sendable {
    var what: String
    var body: [UInt8]
    /// The receiver's last answer; nil when there was none.
    var status: Int?
    var attempts: Int
    /// Why it was not delivered, when it was not.
    var problem: String?
}

struct Journal {
    private struct Entry {
        var number: Int
        var time: Double
        var request: Request
        var reply: Reply?
        var messageID: String?
        var deliveries: [Delivery] = []

        var size: Int { request.body.count + (reply?.body.count ?? 0) + deliveries.reduce(500) { $0 + $1.body.count } }
    }

    private var entries: [Entry] = []
    private var size = 0
    private var next = 1
    private var dropped = 0

    /// Bytes of requests, answers and webhooks that are kept.
    static let sizeLimit = 64 << 20

    /// Begins an entry and returns its number.
    mutating func begin(_ request: Request) -> Int {
        let entry = Entry(number: next, time: Date().timeIntervalSince1970, request: request)
        next += 1
        entries.append(entry)
        grow(by: entry.size)
        return entry.number
    }

    mutating func answer(_ number: Int, _ reply: Reply, messageID: String?) {
        guard let index = index(of: number) else { return }
        entries[index].reply = reply
        entries[index].messageID = messageID
        grow(by: reply.body.count)
    }

    mutating func deliver(_ number: Int, _ delivery: Delivery) {
        guard let index = index(of: number) else { return }
        entries[index].deliveries.append(delivery)
        grow(by: delivery.body.count)
    }

    /// Forgets everything and says how many entries there were. Numbers go on.
    mutating func clear() -> Int {
        defer {
            entries = []
            size = 0
            dropped = 0
        }
        return entries.count
    }

    /// `{"messages":[…],"dropped":0,"pending_webhooks":0}`, oldest first.
    func document(pending: Int) -> [UInt8] {
        var writer = JSONWriter(capacity: size + 1024)
        writer.beginObject()
        writer.name("messages")
        writer.beginArray()
        for entry in entries { write(entry, to: &writer) }
        writer.endArray()
        writer.name("dropped")
        writer.integer(dropped)
        writer.name("pending_webhooks")
        writer.integer(pending)
        writer.endObject()
        return writer.bytes
    }

    private func write(_ entry: Entry, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("number")
        writer.integer(entry.number)
        writer.name("time")
        writer.raw(Tree.real((entry.time * 1000).rounded() / 1000).bytes)
        writer.name("method")
        writer.string(entry.request.method)
        writer.name("path")
        writer.string(entry.request.path)
        writer.name("query")
        writer.string(Journal.withoutSecrets(query: entry.request.query))
        writer.name("headers")
        writer.raw(Tree.object(entry.request.headers.map { ($0.name, .string(Journal.withoutSecrets(header: $0))) }).bytes)
        writer.name("body")
        write(entry.request.body, to: &writer)
        if let reply = entry.reply {
            writer.name("answer")
            write(reply, to: &writer)
        }
        if let id = entry.messageID {
            writer.name("message_id")
            writer.string(id)
        }
        writer.name("webhooks")
        writer.beginArray()
        for delivery in entry.deliveries { write(delivery, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private func write(_ reply: Reply, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("http_status")
        if reply.wire == .whole || reply.wire == .cutInBody { writer.integer(reply.status) } else { writer.null() }
        writer.name("wire")
        switch reply.wire {
        case .whole: writer.string("whole")
        case .cut: writer.string("cut")
        case .cutInBody: writer.string("cut_in_body")
        case .silent: writer.string("silent")
        }
        writer.name("body")
        write(reply.body, to: &writer)
        writer.endObject()
    }

    private func write(_ delivery: Delivery, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("what")
        writer.string(delivery.what)
        writer.name("http_status")
        if let status = delivery.status { writer.integer(status) } else { writer.null() }
        writer.name("attempts")
        writer.integer(delivery.attempts)
        if let problem = delivery.problem {
            writer.name("problem")
            writer.string(problem)
        }
        writer.name("body")
        write(delivery.body, to: &writer)
        writer.endObject()
    }

    /// JSON stands as JSON, anything else as text, nothing as null.
    private func write(_ body: [UInt8], to writer: inout JSONWriter) {
        if body.isEmpty {
            writer.null()
        } else if (try? Tape.read(body, .tolerant) { _ in true }) ?? false {
            writer.raw(body)
        } else {
            writer.string(String(decoding: body, as: UTF8.self))
        }
    }

    private func index(of number: Int) -> Int? {
        guard let first = entries.first?.number, number >= first, number - first < entries.count else { return nil }
        return number - first
    }

    private mutating func grow(by bytes: Int) {
        size += bytes
        guard size > Journal.sizeLimit else { return }
        // A quarter at a time: taking from the front moves all the rest.
        var gone = 0
        while size > Journal.sizeLimit / 4 * 3, gone < entries.count - 1 {
            size -= entries[gone].size
            gone += 1
        }
        entries.removeFirst(gone)
        dropped += gone
    }

    private static func withoutSecrets(header: (name: String, value: String)) -> String {
        guard header.name.lowercased() == "authorization" else { return header.value }
        return (header.value.split(separator: " ").first.map(String.init) ?? "") + " (not shown)"
    }

    private static func withoutSecrets(query: String) -> String {
        query.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return name == "access_token" || name == "appsecret_proof" ? "\(name)=(not shown)" : String(pair)
        }.joined(separator: "&")
    }
}
