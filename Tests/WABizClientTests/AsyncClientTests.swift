// The actor for servers: every send gets its own outcome, sequences are pulled no faster than they are read, cancelling loses
// nothing, and closing answers whoever waits.
import Foundation
import Testing
import WABiz
import WABizAsync
import WABizClient

private typealias Server = LoopbackServer

/// What several tasks write.
private final class Noted<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Value] = []

    func note(_ value: Value) { lock.withLock { values.append(value) } }
    var all: [Value] { lock.withLock { values } }
}

@Suite struct AsyncClientTests {
    private let hello = Array(#"{"to":"+15550001234","text":"Hello"}"#.utf8)

    private func open(_ server: Server, _ more: String = "", unclaimed: @escaping @Sendable (Outcome) -> Void = { _ in }) throws -> AsyncClient {
        let config = #"{"access_token":"t","phone_number_id":"106","base_url":"\#(server.url)","proxy":"","max_attempts":1,"messages_per_second":1000,"pair_interval_ms":0,"deadline_ms":900000,"timeout_ms":600000\#(more)}"#
        return try AsyncClient(config: Array(config.utf8), unclaimed: unclaimed)
    }

    private func messages(_ count: Int) throws -> [Message] {
        try (0..<count).map { try Message(.text(to: "+15550001234", "\($0)")) }
    }

    private func until(_ condition: () -> Bool) async throws {
        for _ in 0..<12_000 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("It did not come to that.")
    }

    private func code(_ outcome: Outcome) -> Failure.Code? {
        if case .failure(let failure) = outcome.result { failure.code } else { nil }
    }

    @Test func everySendGetsItsOwnReceipt() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server)
        let all = try messages(200)
        try await withThrowingTaskGroup(of: Receipt.self) { group in
            for message in all { group.addTask { try await client.send(message) } }
            for try await receipt in group { #expect(receipt.messageID == "wamid.T") }
        }
        #expect(try await client.send(json: hello).messageID == "wamid.T")
        #expect(server.requests.count == 201)
        await client.close()
        await client.close()
        await #expect(throws: Failure.self) { try await client.send(all[0]) }
    }

    @Test func failuresAreThrown() async throws {
        let server = try Server(.close)
        defer { server.stop() }
        let client = try open(server)
        do throws(Failure) {
            _ = try await client.send(json: hello)
            Issue.record("There was no answer.")
        } catch { #expect(error.code == .uncertain) }
        do throws(Failure) {
            _ = try await client.send(json: Array(#"{"to":"+15550001234","text":""}"#.utf8))
            Issue.record("It is invalid.")
        } catch { #expect(error.code == .invalid && !error.issues.isEmpty) }
        await client.close()
    }

    @Test func aFullQueueIsWaitedFor() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server, #","max_queued":3,"max_in_flight":2"#)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for message in try messages(60) { group.addTask { _ = try await client.send(message) } }
            try await group.waitForAll()
        }
        var tags: Set<String> = []
        for await outcome in client.sendAll(try messages(60)) { tags.insert(String(decoding: outcome.tag ?? [], as: UTF8.self)) }
        #expect(tags == Set((0..<60).map(String.init)))
        #expect(server.requests.count == 120)
        await client.close()
    }

    @Test func aSequenceIsSentWhole() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server)
        for inFlight in [1, 7, 1024] {
            var count = 0
            for await outcome in client.sendAll(try messages(100), inFlight: inFlight) {
                #expect(code(outcome) == nil)
                count += 1
            }
            #expect(count == 100)
        }
        for await _ in client.sendAll([Message]()) { Issue.record("There was nothing to send.") }
        let tagged = try messages(3).map { Submission($0, SubmitOptions(tag: Array("\"mine\"".utf8))) }
        for await outcome in client.sendAll(tagged) { #expect(outcome.tag == Array("\"mine\"".utf8)) }
        await client.close()
    }

    @Test func aSlowReaderHoldsTheSequenceBack() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server)
        let taken = Noted<Int>()
        let all = try messages(100)
        let source = (0..<100).lazy.map { number in
            taken.note(number)
            return all[number]
        }
        var outcomes = client.sendAll(source, inFlight: 5).makeAsyncIterator()
        _ = await outcomes.next()
        try await until { server.requests.count >= 5 }
        #expect(taken.all.count <= 10)
        var count = 1
        while await outcomes.next() != nil { count += 1 }
        #expect(count == 100)
        await client.close()
    }

    @Test func aCancelledSendTellsWhatBecameOfIt() async throws {
        let server = try Server(.silence)
        defer { server.stop() }
        let client = try open(server, #","max_in_flight":1"#)
        let hello = hello
        let flying = Task { () async -> Failure.Code? in
            do throws(Failure) { _ = try await client.send(json: hello); return nil } catch { return error.code }
        }
        try await until { server.requests.count == 1 }
        let queued = Task { () async -> Failure.Code? in
            do throws(Failure) { _ = try await client.send(json: hello); return nil } catch { return error.code }
        }
        queued.cancel()
        #expect(await queued.value == .cancelled)
        flying.cancel()
        #expect(await flying.value == .uncertain)
        await client.close()
    }

    @Test func aCancelledLoopStillGetsItsOutcomes() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)), .silence)
        defer { server.stop() }
        let client = try open(server, #","max_in_flight":2"#)
        let all = try messages(1000)
        let found = Noted<Failure.Code?>()
        let loop = Task { for await outcome in client.sendAll(all, inFlight: 10) { found.note(self.code(outcome)) } }
        try await until { found.all.count == 1 && server.requests.count == 3 }
        loop.cancel()
        await loop.value
        #expect(found.all.count <= 21)
        #expect(found.all.filter { $0 == .uncertain }.count == 2)
        #expect(Set(found.all) == [nil, .uncertain, .cancelled])
        await client.close()
    }

    @Test func leavingALoopHandsItsOutcomesOn() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)), .silence)
        defer { server.stop() }
        let unclaimed = Noted<Failure.Code?>()
        let client = try open(server, #","max_in_flight":2"#, unclaimed: { outcome in
            if case .failure(let failure) = outcome.result { unclaimed.note(failure.code) } else { unclaimed.note(nil) }
        })
        for await _ in client.sendAll(try messages(10)) { break }
        try await until { unclaimed.all.count == 9 }
        #expect(Set(unclaimed.all).isSubset(of: [.cancelled, .uncertain]))
        await client.drain()
        await client.close()
    }

    /// Several outcomes come at once to a reader that was away; those behind the one at which it leaves are not lost.
    @Test func leavingALoopHandsOnWhatItHadNotRead() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let unclaimed = Noted<UInt64>()
        let client = try open(server, unclaimed: { unclaimed.note($0.ticket) })
        var read = 0
        for await _ in client.sendAll(try messages(10)) {
            read += 1
            guard read == 1 else { break }
            while try await inFlight(client) > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
        try await until { read + unclaimed.all.count == 10 }
        #expect(Set(unclaimed.all).count == 8)
        await client.close()
    }

    private func inFlight(_ client: AsyncClient) async throws -> Int {
        let document = try await client.statistics()
        return try #require(JSONSerialization.jsonObject(with: Data(document)) as? [String: Any])["in_flight"] as? Int ?? 0
    }

    @Test func drainingWaitsAndClosingCuts() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)), .silence)
        defer { server.stop() }
        let client = try open(server)
        let hello = hello
        async let first = client.send(json: hello)
        try await until { server.requests.count == 1 }
        await client.drain()
        #expect(try await first.messageID == "wamid.T")
        await #expect(throws: Failure.self) { try await client.send(json: hello) }

        let other = try open(server)
        let cut = Task { () async -> Failure.Code? in
            do throws(Failure) { _ = try await other.send(json: hello); return nil } catch { return error.code }
        }
        try await until { server.requests.count == 2 }
        let draining = Task { await other.drain() }
        try await Task.sleep(for: .milliseconds(20))
        draining.cancel()
        await draining.value
        #expect(await cut.value == .uncertain)
        await other.close()
    }

    // MARK: Asynchronous sources

    private struct SourceEnded: Error {}

    @Test func anAsynchronousSequenceIsSentWhole() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server, #","max_queued":20"#)
        let all = try messages(100)
        for inFlight in [1, 7, 1024] {
            let (source, sink) = AsyncStream.makeStream(of: Message.self)
            var tags: Set<String> = []
            var outcomes = client.sendAll(source, inFlight: inFlight).makeAsyncIterator()
            // The first comes out before the second is there.
            sink.yield(all[0])
            while let outcome = await outcomes.next() {
                #expect(code(outcome) == nil)
                tags.insert(String(decoding: outcome.tag ?? [], as: UTF8.self))
                guard tags.count == 1 else { continue }
                for message in all.dropFirst() { sink.yield(message) }
                sink.finish()
            }
            #expect(tags == Set((0..<100).map(String.init)))
        }
        #expect(server.requests.count == 300)
        let tagged = AsyncStream { sink in
            for message in all.prefix(3) { sink.yield(Submission(message, SubmitOptions(tag: Array("\"mine\"".utf8)))) }
            sink.finish()
        }
        for await outcome in client.sendAll(tagged) { #expect(outcome.tag == Array("\"mine\"".utf8)) }
        await client.close()
    }

    @Test func aSourceThatThrowsIsSentUntilThere() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server)
        let all = try messages(10)
        let source = AsyncThrowingStream { sink in
            for message in all { sink.yield(message) }
            sink.finish(throwing: SourceEnded())
        }
        var count = 0
        await #expect(throws: SourceEnded.self) {
            for try await _ in client.sendAll(source, inFlight: 3) { count += 1 }
        }
        #expect(count == 10)
        await client.close()
    }

    @Test func aSlowReaderHoldsAnAsynchronousSourceBack() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        let client = try open(server)
        let taken = Noted<Int>()
        let all = try messages(100)
        let source = AsyncStream(unfolding: { () async -> Message? in
            let number = taken.all.count
            taken.note(number)
            return number < all.count ? all[number] : nil
        })
        var outcomes = client.sendAll(source, inFlight: 5).makeAsyncIterator()
        _ = await outcomes.next()
        try await until { taken.all.count >= 5 }
        try await Task.sleep(for: .milliseconds(20))
        #expect(taken.all.count <= 6)
        var count = 1
        while await outcomes.next() != nil { count += 1 }
        #expect(count == 100)
        await client.close()
    }

    /// The source would never end by itself.
    @Test func cancellingEndsTheWaitForASource() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)), .silence)
        defer { server.stop() }
        let client = try open(server, #","max_in_flight":2"#)
        let (source, sink) = AsyncStream.makeStream(of: Message.self)
        for message in try messages(5) { sink.yield(message) }
        let found = Noted<Failure.Code?>()
        let loop = Task { for await outcome in client.sendAll(source) { found.note(self.code(outcome)) } }
        try await until { found.all.count == 1 && server.requests.count == 3 }
        loop.cancel()
        await loop.value
        #expect(found.all.filter { $0 == .uncertain }.count == 2)
        #expect(found.all.count <= 5)

        let (other, _) = AsyncStream.makeStream(of: Message.self)
        let idle = Task { for await _ in client.sendAll(other) { Issue.record("There was nothing to send.") } }
        try await Task.sleep(for: .milliseconds(5))
        idle.cancel()
        await idle.value
        await client.close()
    }

    /// The source would go on for ever.
    @Test func leavingALoopEndsItsSource() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)), .silence)
        defer { server.stop() }
        let unclaimed = Noted<Failure.Code?>()
        let client = try open(server, #","max_in_flight":2"#, unclaimed: { unclaimed.note(self.code($0)) })
        let message = try messages(1)[0]
        let taken = Noted<Int>()
        let source = AsyncStream(unfolding: { () async -> Message? in
            taken.note(1)
            return message
        })
        for await _ in client.sendAll(source, inFlight: 5) { break }
        await client.drain()
        // One was read, and one may have been on its way from the source.
        try await until { taken.all.count - 2...taken.all.count - 1 ~= unclaimed.all.count }
        #expect(taken.all.count <= 7)
        #expect(Set(unclaimed.all).isSubset(of: [.cancelled, .uncertain]))
        await client.close()
    }

    @Test func drainingEndsAfterItsTime() async throws {
        let server = try Server(.silence)
        defer { server.stop() }
        let client = try open(server, #","max_in_flight":1"#)
        let hello = hello
        let codes = Noted<Failure.Code>()
        let sends = (0..<2).map { _ in
            Task { do throws(Failure) { _ = try await client.send(json: hello) } catch { codes.note(error.code) } }
        }
        try await until { server.requests.count == 1 }
        await client.drain(timeout: .milliseconds(30))
        for send in sends { await send.value }
        // One of the two may come so late that it is not taken at all.
        #expect(codes.all.sorted { $0.rawValue < $1.rawValue } == [.cancelled, .uncertain].sorted { $0.rawValue < $1.rawValue })
        await client.drain(timeout: .zero)
        await client.close()
    }

    @Test func aForgottenClientGoesAway() async throws {
        let server = try Server(.answer(Server.http(200, Server.accepted)))
        defer { server.stop() }
        for _ in 0..<20 {
            let client = try open(server)
            _ = try await client.send(json: hello)
        }
        #expect(server.waitUntilClosed())
    }
}
