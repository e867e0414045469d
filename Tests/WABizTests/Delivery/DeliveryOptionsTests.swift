// The members of the configuration that are about delivery, the wire and who logs in: defaults, bounds, what goes together.
import Testing
@testable import WABiz

private func configuration(_ members: String, of account: String) throws -> Configuration {
    try Configuration(json: Array("{\(account)\(members.isEmpty ? "" : ",")\(members)}".utf8))
}

private let cloud = #""access_token":"EAAGtoken","phone_number_id":"1""#
private let onPremises = #""access_token":"EAAGtoken","api":"on_premises","base_url":"https://wa.example""#
private let partner = #""phone_number_id":"1","base_url":"https://partner.example/v1""#
private let loggingIn = #""api":"on_premises","base_url":"https://wa.example""#

private func refusal(_ members: String, of account: String = cloud) -> String? {
    do {
        _ = try configuration(members, of: account)
        return nil
    } catch {
        return (error as? Failure)?.message
    }
}

@Suite struct DeliveryOptionsTests {
    @Test func defaultsOfTheCloud() throws {
        let delivery = try configuration("", of: cloud).delivery
        #expect(delivery.maxInFlight == 64)
        #expect(delivery.maxQueued == 4096)
        #expect(delivery.maxAttempts == 4)
        #expect(delivery.deadline == 60_000)
        #expect(!delivery.resendUncertain)
        #expect(delivery.logDescriptor == nil)
        #expect(delivery.throughput(for: .cloud).limit == 80)
        #expect(delivery.throughput(for: .marketingMessages).limit == 80)
        #expect(delivery.pairRule(for: .cloud).interval == 6000)
        #expect(delivery.pairRule(for: .cloud).burst == 45)
        #expect(delivery.policy.maxAttempts == 4)
        #expect(delivery.policy.deadline == 60_000)
    }

    @Test func defaultsOnPremises() throws {
        let delivery = try configuration("", of: onPremises).delivery
        #expect(delivery.throughput(for: .onPremises).limit == 70)
        #expect(delivery.pairRule(for: .onPremises).interval == 0)
        let set = try configuration(#""pair_burst":10"#, of: onPremises).delivery
        #expect(set.pairRule(for: .onPremises).interval == 6000)
        #expect(set.pairRule(for: .onPremises).burst == 10)
    }

    @Test func everyMemberIsRead() throws {
        let configuration = try configuration(
            #""max_in_flight":1000,"max_queued":10000000,"max_attempts":100,"deadline_ms":2592000000,"resend_uncertain":true,"#
                + #""messages_per_second":1000,"pair_interval_ms":0,"pair_burst":1000,"log":2,"low_speed_seconds":600,"http":"2","#
                + #""client_certificate":"/c.pem","client_key":"/k.pem","client_key_passphrase":"pass phrase","ca_file":"/a.pem""#,
            of: cloud)
        let delivery = configuration.delivery
        #expect(delivery.maxInFlight == 1000)
        #expect(delivery.maxQueued == 10_000_000)
        #expect(delivery.policy.maxAttempts == 100)
        #expect(delivery.policy.deadline == 2_592_000_000)
        #expect(delivery.policy.resendUncertain)
        #expect(delivery.throughput(for: .cloud).limit == 1000)
        #expect(delivery.pairRule(for: .cloud).interval == 0)
        #expect(delivery.pairBurst == 1000)
        #expect(delivery.logDescriptor == 2)
        let transport = configuration.transport
        #expect(transport.lowSpeed == 600)
        #expect(transport.http == .http2)
        #expect(transport.clientKeyPassphrase?.text == "pass phrase")
        #expect(transport.files.map(\.member) == ["ca_file", "client_certificate", "client_key"])
        #expect(transport.files.map(\.path) == ["/a.pem", "/c.pem", "/k.pem"])
        #expect(!"\(configuration)".contains("pass phrase"))
    }

    @Test(arguments: [
        ("max_in_flight", 1, 1000), ("max_queued", 1, 10_000_000), ("max_attempts", 1, 100), ("deadline_ms", 1, 2_592_000_000),
        ("messages_per_second", 0, 1000), ("pair_interval_ms", 0, 600_000), ("pair_burst", 1, 1000), ("low_speed_seconds", 0, 600),
        ("log", 0, 2_147_483_647),
    ]) func bounds(_ member: String, _ least: Int, _ most: Int) {
        for number in [least, most] { #expect(refusal("\"\(member)\":\(number)") == nil) }
        for wrong in ["\(least - 1)", "\(most + 1)", "9223372036854775807", "-9223372036854775808", "1.0", "\"1\"", "null", "true", "1e3"] {
            #expect(refusal("\"\(member)\":\(wrong)")?.contains("\"\(member)\": ") == true, "\(member) \(wrong)")
        }
    }

    @Test(arguments: [
        (#""resend_uncertain":1"#, "resend_uncertain"), (#""resend_uncertain":"true""#, "resend_uncertain"), (#""http":"3""#, "http"),
        (#""http":2"#, "http"), (#""http":null"#, "http"), (#""client_certificate":"""#, "client_certificate"),
        (#""client_certificate":1"#, "client_certificate"), (#""client_key":"/k""#, "client_certificate"),
        (#""client_certificate":"/c","client_key":"""#, "client_key"), (#""client_certificate":"/c","client_key":"a\nb""#, "client_key"),
        (#""client_key_passphrase":"x""#, "client_key_passphrase"), (#""client_certificate":"/c","client_key_passphrase":"""#, "client_key_passphrase"),
        (#""log":2,"log":2"#, "log"),
    ]) func refuses(_ members: String, _ named: String) {
        #expect(refusal(members)?.contains("\"\(named)\": ") == true, "\(refusal(members) ?? "accepted")")
    }

    @Test func theCertificateAloneWillDo() throws {
        #expect(try configuration(#""client_certificate":"/c","client_key_passphrase":"x""#, of: cloud).transport.clientKey == nil)
    }

    // MARK: Who asks

    @Test func aPartnersKeyStandsInForTheToken() throws {
        let account = try configuration(#""headers":{"D360-API-KEY":"keykeykey"}"#, of: partner).account
        let call = try Call(checkedMessage("{}"), for: account)
        #expect(call.headers.map(\.name) == ["Content-Type", "User-Agent", "D360-API-KEY"])
        #expect(call.struckOut("bad key keykeykey") == "bad key (secret)")
        let old = try configuration(#""headers":{"D360-API-KEY":"keykeykey"}"#, of: loggingIn).account
        #expect(Call(delete: "7", for: old).headers.map(\.name) == ["User-Agent", "D360-API-KEY"])
        let both = try configuration(#""headers":{"X-Key":"keykeykey"},"access_token":"EAAGtoken""#, of: partner).account
        #expect(both.authorization.map(\.value.text) == ["Bearer EAAGtoken"])
    }

    @Test(arguments: [
        #""phone_number_id":"1","headers":{"X-Trace":"1"}"#, #""phone_number_id":"1","base_url":"https://partner.example""#,
        #""phone_number_id":"1","base_url":"https://GRAPH.facebook.com:443/","headers":{"X-Trace":"1"}"#,
        #""phone_number_id":"1","base_url":"https://partner.example","headers":{}"#,
    ]) func elsewhereTheTokenIsMissing(_ account: String) {
        #expect(refusal("", of: account)?.contains("\"access_token\": is missing") == true)
    }

    @Test func theProofNeedsAToken() {
        #expect(refusal(#""headers":{"X-Key":"k"},"app_secret":"s""#, of: partner)?.contains("\"app_secret\": ") == true)
    }

    @Test func aUserLogsInOnPremises() throws {
        let account = try configuration(#""user":"admin","password":"passwordé 1","new_password":"Secret-123""#, of: loggingIn).account
        #expect(account.login?.user == "admin")
        #expect(account.login?.password.text == "passwordé 1")
        #expect(account.authorization.isEmpty)
        #expect(!"\(account)".contains("passwordé"))
        #expect(account.secrets.contains { $0.text == "Secret-123" })
    }

    @Test(arguments: [
        (#""user":"a""#, "password"), (#""password":"a""#, "user"), (#""new_password":"Secret-123""#, "user"), (#""user":"","password":"a""#, "user"),
        (#""user":"a:b","password":"a""#, "user"), (#""user":"a\nb","password":"a""#, "user"), (#""user":1,"password":"a""#, "user"),
        (#""user":"a","password":"""#, "password"), (#""user":"a","password":"a\u007f""#, "password"),
        (#""user":"a","password":"a","new_password":"Secret-1""#, ""), (#""user":"a","password":"a","new_password":"Secre-1""#, "new_password"),
        (#""user":"a","password":"a","new_password":"secret-123""#, "new_password"), (#""user":"a","password":"a","new_password":"SECRET-123""#, "new_password"),
        (#""user":"a","password":"a","new_password":"Secret123""#, "new_password"), (#""user":"a","password":"a","new_password":"Secret-abc""#, "new_password"),
        (#""user":"a","password":"a","access_token":"t""#, "access_token"),
    ]) func logins(_ members: String, _ named: String) {
        let refusal = refusal(members, of: loggingIn)
        if named.isEmpty { #expect(refusal == nil) } else { #expect(refusal?.contains("\"\(named)\": ") == true, "\(members): \(refusal ?? "accepted")") }
    }

    @Test func theCloudKnowsNoLogin() {
        let refusal = refusal(#""user":"a","password":"b""#)
        #expect(refusal?.contains("\"user\": logs in to \"on_premises\" only") == true)
    }

    @Test func anAccountIsMadeOfItsFields() throws {
        let accounts = [
            try configuration(#""app_secret":"s","headers":{"X-A":"b"},"api_version":"v1.0""#, of: cloud).account,
            try configuration(#""user":"a","password":"b""#, of: loggingIn).account,
            try configuration(#""headers":{"X-Key":"k"}"#, of: partner).account,
        ]
        for account in accounts {
            var problems = Problems()
            let same = Account(account.fields, &problems)
            try problems.raise()
            var shown = (first: "", second: "")
            dump(account, to: &shown.first)
            dump(same, to: &shown.second)
            #expect(shown.first == shown.second)
            #expect(same.accessToken.text == account.accessToken.text)
            #expect(same.login?.password.text == account.login?.password.text)
        }
    }

    /// Cuts and changed bytes of a full configuration: always policies that can be used or a failure, never a trap.
    @Test func damagedConfigurationsAlwaysHaveAnOutcome() {
        let full = Array(
            ("{" + loggingIn + #","user":"admin","password":"pass","new_password":"Secret-123","max_in_flight":12,"max_queued":345,"max_attempts":6,"#
                + #""deadline_ms":7890,"resend_uncertain":true,"messages_per_second":70,"pair_interval_ms":6000,"pair_burst":45,"log":2,"#
                + #""low_speed_seconds":30,"http":"1.1","client_certificate":"/c","client_key":"/k","client_key_passphrase":"x"}"#).utf8)
        var numbers = SeededNumbers(seed: 7)
        for round in 0..<4000 {
            var damaged = round < full.count ? Array(full[..<round]) : full
            if round >= full.count {
                for _ in 0..<2 { damaged[Int.random(in: 0..<damaged.count, using: &numbers)] = UInt8.random(in: 0x20...0x7E, using: &numbers) }
            }
            do throws(Failure) {
                let delivery = try Configuration(json: damaged).delivery
                #expect(1...1000 ~= delivery.maxInFlight && 1...100 ~= delivery.maxAttempts && delivery.deadline >= 1)
                #expect(0...1000 ~= delivery.throughput(for: .onPremises).limit && delivery.pairRule(for: .onPremises).burst >= 1)
            } catch {
                #expect(error.code == .badArgument || error.code == .badJSON)
                #expect(!error.message.contains("Secret-123"))
            }
        }
    }
}
