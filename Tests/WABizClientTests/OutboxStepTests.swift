// The outbox's step: rows go out through a client, are recorded before and after the wire, and settled when nobody answers.
import Foundation
import Testing
@testable import WABiz
@testable import WABizClient

private typealias Server = LoopbackServer

private func accepted(_ id: String, _ status: String = "accepted") -> Server.Act {
    .answer(
        Server.http(
            200,
            #"{"messaging_product":"whatsapp","contacts":[{"input":"1","wa_id":"15550001234"}],"messages":[{"id":"\#(id)","message_status":"\#(status)"}]}"#))
}

private func refused(_ code: Int) -> Server.Act {
    .answer(Server.http(400, #"{"error":{"message":"no","type":"OAuthException","code":\#(code)}}"#))
}

private func open(_ server: Server, _ more: String = "") throws -> Client {
    try Client(
        config: Array(#"{"access_token":"t","phone_number_id":"900","base_url":"\#(server.url)","proxy":"","pair_interval_ms":0,"messages_per_second":1000\#(more)}"#.utf8))
}

extension OutboxScene {
    /// Steps until nothing more comes, and gives the states that were handed out.
    func steps(_ outbox: Outbox, _ client: Client, _ timeout: Int = 5000) throws -> [String] {
        var states: [String] = []
        let end = Date() + 60
        while true {
            let (document, isIdle) = try outbox.step(client, timeout: timeout)
            let rows = try object(document)["outcomes"] as? [[String: Any]] ?? []
            states += rows.map { $0["state"] as? String ?? "" }
            // What is under way comes back, however slow the machine is.
            if isIdle || rows.isEmpty && (outbox.flights.isEmpty || Date() > end) { return states }
        }
    }
}

@Suite struct OutboxStepTests {
    @Test func rowsGoOutWithTheirIDs() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"), accepted("wamid.2"), accepted("wamid.3"))
        defer { server.stop() }
        let ids = try (0..<3).map { try scene.put(#"{"to":"+15550001234","text":"Hello \#($0)"}"#)["id"] as? String ?? "" }
        let outbox = try scene.open()
        #expect(try scene.steps(outbox, open(server)) == ["accepted", "accepted", "accepted"])
        for id in ids {
            #expect(server.requests.filter { $0.contains(#""biz_opaque_callback_data":"\#(id)""#) }.count == 1)
            let row = try scene.get(id)
            #expect(row["state"] as? String == "accepted" && row["attempts"] as? Int == 1 && row["wa_id"] as? String == "15550001234")
        }
        #expect(try outbox.step(open(server), timeout: -1).isIdle)
        #expect(server.requests.count == 3)
    }

    @Test func rowsOfOtherNumbersAreLeftAlone() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        try scene.put(outboxText, #"{"phone_number_id":"901"}"#)
        #expect(try scene.open().step(open(server), timeout: -1).isIdle)
        #expect(server.requests.isEmpty)
        expectFailure(.badArgument) {
            _ = try scene.open().step(Client(config: Array(#"{"access_token":"t","api":"on_premises","base_url":"http://127.0.0.1:1"}"#.utf8)))
        }
    }

    @Test func theUrgentGoFirst() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        let template = #"{"to":"+15550001234","template":"t","language":"en"}"#
        var order: [String] = []
        for category in ["marketing", "utility", "authentication"] { order.append(try scene.put(template, #"{"template_category":"\#(category)"}"#)["id"] as? String ?? "") }
        _ = try scene.steps(scene.open(), open(server, #","max_in_flight":1"#))
        for (request, id) in zip(server.requests, order.reversed()) { #expect(request.contains(id)) }
    }

    @Test func timesAreKept() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        let later = try scene.put(outboxText, #"{"send_at":\#(scene.time + 100)}"#)["id"] as? String ?? ""
        let over = try scene.put(outboxText, #"{"send_at":\#(scene.time + 50),"expires_at":\#(scene.time + 60)}"#)["id"] as? String ?? ""
        let client = try open(server)
        let (document, isIdle) = try scene.open().step(client, timeout: 10)
        #expect(!isIdle && document == Array(#"{"outcomes":[]}"#.utf8) && server.requests.isEmpty)
        scene.time += 100
        #expect(try scene.steps(scene.open(), client).sorted() == ["accepted", "expired"])
        #expect(try scene.state(later) == "accepted" && scene.state(over) == "expired")
    }

    @Test func nothingBeginsBehindItsEnd() throws {
        let scene = try OutboxScene()
        let server = try Server(.silence)
        defer { server.stop() }
        let (now, client) = (Int(Date().timeIntervalSince1970), try open(server, #","max_in_flight":1"#))
        scene.time = now
        try scene.put(outboxText)
        // Room for one at the client: the second waits there until it is over.
        let waiting = try scene.put(outboxText, #"{"expires_at":\#(now + 1)}"#)["id"] as? String ?? ""
        let outbox = try scene.open()
        var row = try #require(try outbox.store.row(RowID(waiting) ?? RowID(number: 0, nonce: 0)))
        _ = row.start(owner: outbox.owner, now: now * 1000)
        _ = try outbox.step(client, timeout: 0)
        try outbox.handOver([row], to: client)
        _ = try outbox.step(client, timeout: 3000)
        #expect(server.requests.count == 1)
        #expect(outbox.flights.count == 1)
    }

    @Test func whatWasForbiddenSinceIsBlocked() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        try scene.apply(#"{"kind":"message","key":"m","phone_number_id":"900","from":"15550001234","type":"text","timestamp":\#(scene.time)}"#)
        let text = try scene.put(outboxText, #"{"send_at":\#(scene.time + 86_400)}"#)["id"] as? String ?? ""
        let fallback = #"{"fallback":{"to":"+15550001234","template":"t","language":"en"},"template_category":"utility","send_at":\#(scene.time + 86_400)}"#
        let safe = try scene.put(outboxText, fallback)["id"] as? String ?? ""
        let promo = try scene.put(#"{"to":"+15550001234","template":"t","language":"en"}"#, #"{"template_category":"marketing"}"#)["id"] as? String ?? ""
        try scene.apply(#"{"kind":"user_preference","key":"p","phone_number_id":"900","wa_id":"15550001234","category":"marketing_messages","value":"stop","timestamp":1}"#)
        scene.time += 86_400
        _ = try scene.steps(scene.open(), open(server))
        #expect(try scene.state(text) == "blocked" && scene.state(promo) == "blocked" && scene.state(safe) == "accepted")
        #expect(((try scene.get(promo)["error"]) as? [String: Any])?["reason"] as? String == "stopped")
        #expect(server.requests.count == 1 && server.requests[0].contains(#""template""#))
    }

    // MARK: Losses

    @Test func lossesAreTriedAgainOrNot() throws {
        let scene = try OutboxScene()
        let server = try Server(refused(131056), refused(131026), refused(190), refused(131049))
        defer { server.stop() }
        let ids = try (0..<4).map { _ in try scene.put(outboxText)["id"] as? String ?? "" }
        let client = try open(server, #","max_in_flight":1"#)
        #expect(try scene.steps(scene.open(), client, 200) == ["failed"])
        #expect(try ids.map(scene.state) == ["queued", "failed", "queued", "queued"])
        #expect(try scene.get(ids[3])["next_at"] as? Int == scene.time + 86_400)
        server.play(accepted("wamid.1"))
        scene.time += 61
        #expect(try scene.steps(scene.open(), client, 200) == ["accepted", "accepted"])
        scene.time += 86_400
        #expect(try scene.steps(scene.open(), client, 200) == ["accepted"])
        #expect(try scene.get(ids[3])["attempts"] as? Int == 2)
    }

    @Test func nobodyListening() throws {
        let scene = try OutboxScene()
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        let client = try Client(config: Array(#"{"access_token":"t","phone_number_id":"900","base_url":"http://127.0.0.1:\#(try Server.refusedPort())","proxy":""}"#.utf8))
        #expect(try scene.steps(scene.open(), client, 100).isEmpty)
        let row = try scene.get(id)
        #expect(row["state"] as? String == "queued" && row["attempts"] as? Int == 1 && (row["error"] as? [String: Any])?["code"] as? String == "unreachable")
    }

    @Test func whatMayHaveGoneOutIsNotSentAgain() throws {
        for policy in ["report", "resend"] {
            let scene = try OutboxScene()
            scene.change = { $0.uncertain = policy == "resend" ? .resend : .report }
            let server = try Server(.close)
            defer { server.stop() }
            let id = try scene.put(outboxText)["id"] as? String ?? ""
            let client = try open(server)
            #expect(try scene.steps(scene.open(), client, 200).isEmpty)
            #expect(try scene.state(id) == "uncertain" && server.requests.count == 1)
            scene.time += 899
            #expect(try scene.steps(scene.open(), client, 100).isEmpty)
            #expect(server.requests.count == 1)
            scene.time += 1
            server.play(accepted("wamid.2"))
            #expect(try scene.steps(scene.open(), client, 200) == (policy == "resend" ? ["accepted"] : ["uncertain"]))
            #expect(server.requests.count == (policy == "resend" ? 2 : 1))
            #expect(try scene.get(id)["resends"] as? Int == (policy == "resend" ? 1 : 0))
            #expect(try scene.open().step(client, timeout: 0).isIdle)
        }
    }

    @Test func aWebhookSettlesWhatNobodyAnswered() throws {
        let scene = try OutboxScene()
        scene.change = { $0.uncertain = .wait }
        let server = try Server(.close)
        defer { server.stop() }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        #expect(try scene.steps(scene.open(), open(server), 200).isEmpty)
        try scene.hear("sent", tag: id, id: "wamid.7")
        #expect(try scene.state(id) == "sent" && scene.get(id)["error"] == nil)
    }

    @Test func statusesThatCameFirstAreTakenIn() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        #expect(try scene.hear("failed", id: "wamid.1", code: 131026)["unknown"] as? Int == 1)
        #expect(try scene.steps(scene.open(), open(server)) == ["failed"])
        #expect(try scene.state(id) == "failed")
    }

    // MARK: Sequences

    @Test func aSequenceIsNeverOvertaken() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1", "held_for_quality_assessment"), accepted("wamid.2"))
        defer { server.stop() }
        let ids = try (0..<2).map { _ in try scene.put(outboxText, #"{"sequence":"s"}"#)["id"] as? String ?? "" }
        let client = try open(server)
        #expect(try scene.steps(scene.open(), client, 100) == ["accepted"])
        #expect(try scene.get(ids[0])["held"] as? Bool == true && server.requests.count == 1)
        try scene.hear("delivered", tag: ids[0])
        #expect(try scene.steps(scene.open(), client, 100) == ["accepted"])
        #expect(server.requests.count == 2)
    }

    @Test func patienceEnds() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        let ids = try (0..<2).map { _ in try scene.put(outboxText, #"{"sequence":"s","sequence_timeout_seconds":60}"#)["id"] as? String ?? "" }
        let client = try open(server)
        _ = try scene.steps(scene.open(), client, 50)
        scene.time += 60
        #expect(try scene.steps(scene.open(), client, 50) == ["blocked"])
        #expect(try scene.state(ids[0]) == "accepted" && scene.state(ids[1]) == "blocked" && server.requests.count == 1)
    }

    // MARK: Owners

    @Test func rowsOfADeadProcessBecomeUncertain() throws {
        let scene = try OutboxScene()
        let server = try Server(.silence)
        defer { server.stop() }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        let (one, client) = (try scene.open(), try open(server))
        _ = try one.step(client, timeout: 100)
        #expect(try scene.state(id) == "sending")
        // Somebody else leaves it alone as long as the lease runs.
        let other = try open(server)
        _ = try scene.open().step(other, timeout: 0)
        scene.time += 59
        _ = try scene.open().step(other, timeout: 0)
        #expect(try scene.state(id) == "sending")
        scene.time += 1
        _ = try scene.open().step(other, timeout: 0)
        #expect(try scene.state(id) == "uncertain" && server.requests.count == 1)
        withExtendedLifetime(one) {}
    }

    @Test func aClockThatWasPutBackDoesNotKeepADeadLease() throws {
        let scene = try OutboxScene()
        let server = try Server(.silence)
        defer { server.stop() }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        let (one, client) = (try scene.open(), try open(server))
        _ = try one.step(client, timeout: 100)
        scene.time -= 10_000_000
        _ = try scene.open().step(open(server), timeout: 0)
        #expect(try scene.state(id) == "uncertain")
        withExtendedLifetime(one) {}
    }

    @Test func aLeaseIsRenewed() throws {
        let scene = try OutboxScene()
        scene.change = { $0.now = nil; $0.lease = 5000 }
        let server = try Server(.silence)
        defer { server.stop() }
        try scene.put(outboxText)
        let (outbox, client) = (try scene.open(), try open(server))
        _ = try outbox.step(client, timeout: 50)
        let first = try #require(try outbox.store.lease(outbox.owner))
        try outbox.store.renew(outbox.owner, until: first - 4000)
        _ = try outbox.step(client, timeout: 50)
        #expect(try outbox.store.lease(outbox.owner) ?? 0 > first - 1000)
    }

    @Test func aClosedClientLeavesUncertainRows() throws {
        let scene = try OutboxScene()
        let server = try Server(.silence, accepted("wamid.2"))
        defer { server.stop() }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        let outbox = try scene.open()
        do {
            let client = try open(server)
            _ = try outbox.step(client, timeout: 100)
            expectFailure(.badArgument) { _ = try outbox.step(open(server), timeout: 0) }
        }
        _ = try outbox.step(open(server), timeout: 0)
        #expect(try scene.state(id) == "uncertain")
    }

    @Test func aClosedOutboxLeavesUncertainRows() throws {
        let scene = try OutboxScene()
        let server = try Server(.silence)
        defer { server.stop() }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        let client = try open(server)
        do { _ = try scene.open().step(client, timeout: 100) }
        _ = try scene.open().step(open(server), timeout: 0)
        #expect(try scene.state(id) == "uncertain")
    }

    @Test func aDrainedClientBeginsNothing() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        let client = try open(server)
        _ = try client.drain(timeout: 0)
        #expect(try scene.open().step(client, timeout: -1).isIdle)
        #expect(try scene.state(id) == "queued" && scene.get(id)["attempts"] as? Int == 0)
    }

    @Test func othersOutcomesAreLeftToThem() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        try scene.put(outboxText)
        let (outbox, client) = (try scene.open(), try open(server))
        _ = try client.submit(json: Array(outboxText.utf8), options: Array(#"{"tag":"mine"}"#.utf8))
        #expect(try scene.steps(outbox, client) == ["accepted"])
        var mine: [Outcome] = []
        while !client.isIdle { mine += try client.step() }
        #expect(mine.map(\.tag) == [Array(#""mine""#.utf8)] && server.requests.count == 2)
    }

    @Test func aFullDiskForgetsNothingThatCameBack() throws {
        let scene = try OutboxScene()
        scene.change = { $0.busyTimeout = 10 }
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        let id = try scene.put(outboxText)["id"] as? String ?? ""
        let (outbox, client, other) = (try scene.open(), try open(server), try scene.open())
        _ = try outbox.step(client, timeout: 0)
        #expect(try scene.state(id) == "sending")
        try other.store.database.execute("BEGIN IMMEDIATE")
        expectFailure(.storage, "busy") { _ = try outbox.step(client, timeout: 5000) }
        try other.store.database.execute("ROLLBACK")
        #expect(try scene.steps(outbox, client) == ["accepted"])
        #expect(server.requests.count == 1)
    }

    @Test func theDescriptorTellsWhenThereIsSomethingToDo() throws {
        let scene = try OutboxScene()
        let server = try Server(accepted("wamid.1"))
        defer { server.stop() }
        let (outbox, client) = (try scene.open(), try open(server))
        let descriptor = outbox.descriptor(client)
        #expect(descriptor >= 0 && outbox.descriptor(client) == descriptor)
        func waits(_ milliseconds: Int32) -> Bool {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&watched, 1, milliseconds) == 0
        }
        #expect(try outbox.step(client, timeout: 0).isIdle)
        _ = try outbox.put(Array(outboxText.utf8))
        var states: [String] = []
        for _ in 0..<1000 where states.isEmpty {
            #expect(!waits(10_000))
            states += try (scene.object(outbox.step(client, timeout: 0).document)["outcomes"] as? [[String: Any]] ?? []).map { $0["state"] as? String ?? "" }
        }
        #expect(states == ["accepted"])
    }
}
