// The client's configuration: what is accepted, what is refused with advice, and that no secret shows anywhere.
import Testing
@testable import WABiz

private func configuration(_ json: String) throws -> Configuration { try Configuration(json: Array(json.utf8)) }

/// The failure's message, or nil when the configuration was accepted.
private func refusal(_ json: String) -> String? {
    do {
        _ = try configuration(json)
        return nil
    } catch let failure as Failure {
        #expect(failure.code == .badArgument)
        return failure.message
    } catch {
        return nil
    }
}

/// A complete Cloud configuration with further or replacing members.
private func cloud(_ members: String) -> String { #"{"access_token":"EAAGtoken","phone_number_id":"106540352242922","# + members + "}" }

@Suite struct GraphAccountTests {
    @Test func defaults() throws {
        let configuration = try configuration(#"{"access_token":"EAAGtoken","phone_number_id":"106540352242922"}"#)
        #expect(configuration.account.api == .cloud)
        #expect(configuration.account.baseURL == "https://graph.facebook.com")
        #expect(configuration.account.apiVersion == "v25.0")
        #expect(configuration.account.userAgent == "wabiz/\(WABizLibrary.version)")
        #expect(configuration.transport.connectTimeout == 10_000)
        #expect(configuration.transport.timeout == 30_000)
        #expect(configuration.transport.proxy == nil)
        #expect(configuration.transport.certificateFile == nil)
        #expect(configuration.account.document.text == #"{"api":"cloud","base_url":"https://graph.facebook.com"}"#)
    }

    @Test func everyMemberIsRead() throws {
        let configuration = try configuration(
            #"{"access_token":"t.o-k_e~n+/=","phone_number_id":"1","api":"cloud","api_version":"v100.9","base_url":"HTTPS://Example.com:8443/x//","#
                + #""app_secret":"s","connect_timeout_ms":1,"timeout_ms":600000,"proxy":"socks5://u:p@[::1]:1080","ca_file":"/a b.pem","#
                + #""user_agent":"shop/1 (x)","headers":{"X-A":"1","x-b":"two words"}}"#)
        let account = configuration.account
        #expect(account.baseURL == "HTTPS://Example.com:8443/x")
        #expect(account.apiVersion == "v100.9")
        #expect(account.headers.map(\.name) == ["X-A", "x-b"])
        #expect(account.headers.map(\.value.text) == ["1", "two words"])
        #expect(configuration.transport.connectTimeout == 1)
        #expect(configuration.transport.proxy?.text == "socks5://u:p@[::1]:1080")
        #expect(configuration.transport.certificateFile == "/a b.pem")
    }

    @Test(arguments: [
        (#""timeout_ms":0"#, "timeout_ms"), (#""timeout_ms":600001"#, "timeout_ms"), (#""timeout_ms":1.5"#, "timeout_ms"),
        (#""timeout_ms":"5""#, "timeout_ms"), (#""connect_timeout_ms":-1"#, "connect_timeout_ms"), (#""connect_timeout_ms":null"#, "connect_timeout_ms"),
        (#""api_version":"25.0""#, "api_version"), (#""api_version":"v25""#, "api_version"), (#""api_version":"v1234.0""#, "api_version"),
        (#""api_version":"v25.00""#, "api_version"), (#""api_version":"v25.0/..""#, "api_version"), (#""api_version":"v.0""#, "api_version"),
        (#""api_version":""#  + "\"", "api_version"), (#""api_version":"v2５.0""#, "api_version"), (#""api_version":25"#, "api_version"),
        (#""api":"graph""#, "api"), (#""api":"marketing_messages""#, "api"), (#""api":1"#, "api"),
        (#""base_url":"http://graph.facebook.com""#, "base_url"), (#""base_url":"ftp://x""#, "base_url"), (#""base_url":"graph.facebook.com""#, "base_url"),
        (#""base_url":"https://""#, "base_url"), (#""base_url":"https://u:p@x""#, "base_url"), (#""base_url":"https://x?y=1""#, "base_url"),
        (#""base_url":"https://x#f""#, "base_url"), (#""base_url":"https://x:0""#, "base_url"), (#""base_url":"https://x:65536""#, "base_url"),
        (#""base_url":"https://x:""#, "base_url"), (#""base_url":"https://x\\y""#, "base_url"), (#""base_url":"https://x y""#, "base_url"),
        (#""base_url":"https://x\ny""#, "base_url"), (#""base_url":"https://é""#, "base_url"), (#""base_url":"https://[::1""#, "base_url"),
        (#""base_url":"http://127.1""#, "base_url"), (#""base_url":"http://127.0.0.1.example""#, "base_url"), (#""base_url":"http://0177.0.0.1""#, "base_url"),
        (#""base_url":"http://127.0.0.256""#, "base_url"), (#""base_url":"http://localhost.example""#, "base_url"), (#""base_url":"http://127.0.0.1@evil""#, "base_url"),
        (#""base_url":"http://[::2]""#, "base_url"), (#""base_url":7"#, "base_url"),
        (#""app_secret":"""#, "app_secret"), (#""app_secret":"a b""#, "app_secret"), (#""app_secret":"a\n""#, "app_secret"),
        (#""proxy":"proxy:3128""#, "proxy"), (#""proxy":"socks4://x""#, "proxy"), (#""proxy":"http://x/y""#, "proxy"), (#""proxy":null"#, "proxy"),
        (#""ca_file":"""#, "ca_file"), (#""ca_file":"a\nb""#, "ca_file"), (#""ca_file":[]"#, "ca_file"),
        (#""user_agent":"a\r\nX: y""#, "user_agent"), (#""user_agent":"""#, "user_agent"), (#""user_agent":"é""#, "user_agent"),
        (#""headers":[]"#, "headers"), (#""headers":{"X":1}"#, "headers"), (#""headers":{"X":"a\r\nY: b"}"#, "headers"), (#""headers":{"X":""}"#, "headers"),
        (#""headers":{"X Y":"a"}"#, "headers"), (#""headers":{"X:":"a"}"#, "headers"), (#""headers":{"":"a"}"#, "headers"),
        (#""headers":{"X":"a","x":"b"}"#, "headers"), (#""headers":{"AUTHORIZATION":"a"}"#, "headers"), (#""headers":{"content-type":"a"}"#, "headers"),
        (#""headers":{"Content-Length":"1"}"#, "headers"), (#""headers":{"host":"a"}"#, "headers"), (#""headers":{"transfer-encoding":"a"}"#, "headers"),
        (#""headers":{"Accept-Encoding":"gzip"}"#, "headers"), (#""headers":{"Connection":"close"}"#, "headers"), (#""headers":{"User-Agent":"a"}"#, "headers"),
        (#""timeout":1"#, "timeout"), (#""proxy":"","proxy":"""#, "proxy"), (#""phone_number_id":"2""#, "phone_number_id"),
        (#""base_url":"http://127.0.0.1:1","proxy":"http://proxy.example""#, "proxy"),
    ]) func refuses(_ member: String, _ named: String) {
        let message = refusal(cloud(member))
        #expect(message?.contains("\"\(named)\": ") == true, "\(member) → \(message ?? "accepted")")
        #expect(message?.contains("EAAGtoken") != true)
    }

    @Test(arguments: [
        #""base_url":"http://127.0.0.1:8080/x""#, #""base_url":"http://127.255.0.9""#, #""base_url":"http://[::1]:80""#, #""base_url":"http://LOCALHOST/""#,
        #""base_url":"https://graph.example/a/b/""#, #""proxy":"""#, #""proxy":"https://x:1/""#, #""headers":{}"#,
        #""base_url":"http://127.0.0.1:1","proxy":"http://127.0.0.1:2""#, #""api_version":"v1.0""#,
    ]) func accepts(_ member: String) {
        #expect(refusal(cloud(member)) == nil)
    }

    @Test func namesEverythingAtOnce() {
        let message = refusal(#"{"phone_number_id":"+1","api_version":"x","timeout_ms":"1","retries":3,"headers":{"Host":"x"}}"#) ?? ""
        for member in ["access_token", "phone_number_id", "api_version", "timeout_ms", "retries", "headers"] {
            #expect(message.contains("\"\(member)\": "), "\(member)")
        }
        #expect(message.contains("known are access_token, phone_number_id, api, api_version, base_url"))
    }

    @Test func aWrongKindIsNotMissingAsWell() {
        let message = refusal(#"{"access_token":1,"phone_number_id":2}"#) ?? ""
        #expect(!message.contains("missing"))
        #expect(message.contains("\"access_token\": write a string."))
    }

    @Test(arguments: ["token\\n", "to ken", "", "to\\u0000", "tokén"]) func tokensAreVisibleASCII(_ token: String) {
        let json = #"{"access_token":"\#(token)","phone_number_id":"1"}"#
        do {
            _ = try configuration(json)
            Issue.record("accepted")
        } catch let failure as Failure {
            #expect(failure.code == .badArgument || failure.code == .badJSON)
        } catch { Issue.record(error) }
    }

    @Test func onPremisesNeedsItsAddress() throws {
        #expect(refusal(#"{"access_token":"t","api":"on_premises"}"#)?.contains("\"base_url\": is missing") == true)
        let account = try configuration(#"{"access_token":"t","api":"on_premises","base_url":"https://wa.example:9090/"}"#).account
        #expect(account.baseURL == "https://wa.example:9090")
    }

    @Test(arguments: ["[]", "1", "\"x\""]) func theConfigurationIsAnObject(_ json: String) {
        #expect(refusal(json)?.contains("JSON object") == true)
    }

    @Test(arguments: ["", "{", #"{"access_token":"EAAGtoken""#]) func badJSONIsSaidSo(_ json: String) {
        #expect { try configuration(json) } throws: { ($0 as? Failure)?.code == .badJSON && !"\($0)".contains("EAAGtoken") }
    }

    @Test func secretsNeverShow() throws {
        let account = try Account(
            accessToken: "EAAGveryverysecret", phoneNumberID: "1", appSecret: "appsecretappsecret", headers: [Header("X-Key", "keykeykeykey")])
        var shown = "\(account) \(account.secrets) " + String(reflecting: account)
        dump(account, to: &shown)
        let proof = try #require(account.appSecretProof?.text)
        for secret in ["EAAGveryverysecret", "appsecretappsecret", "keykeykeykey", proof] { #expect(!shown.contains(secret)) }
    }

    @Test func strikesSecretsOut() {
        let secret = Secret("EAAGtoken")
        #expect(secret.struckOut(of: "Malformed access token EAAGtoken.") == "Malformed access token (secret).")
        #expect(secret.struckOut(of: "EAAGtokenEAAGtoken") == "(secret)(secret)")
        #expect(secret.struckOut(of: "EAAGtoke") == "EAAGtoke")
        #expect(secret.struckOut(of: "EEAAGtoken é") == "E(secret) é")
        #expect(Secret("t").struckOut(of: "text") == "text")
    }

    /// Cuts and changed bytes of a full configuration: always an account or a failure, never a trap.
    @Test func damagedConfigurationsAlwaysHaveAnOutcome() {
        let full = Array(
            cloud(#""api":"cloud","base_url":"http://[::1]:8080/a/","proxy":"http://u:p@127.0.0.1:3128","headers":{"X-A":"b"},"timeout_ms":5,"api_version":"v25.0""#).utf8)
        var random = SplitMix(state: 11)
        for round in 0..<4000 {
            var damaged = round < full.count ? Array(full[..<round]) : full
            if round >= full.count {
                for _ in 0..<2 { damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0x20...0x7E, using: &random) }
            }
            do throws(Failure) {
                let configuration = try Configuration(json: damaged)
                #expect(configuration.account.isPlain ? WebAddress(configuration.account.baseURL)?.isLoopback == true : true)
            } catch {
                #expect(error.code == .badArgument || error.code == .badJSON)
            }
        }
    }
}
