// Answers from any bytes, as a server, a proxy or somebody in between may give them: a status, headers about the pace, a body. Every
// reading of them ends in a document or a failure that says what may have happened, asks for no impossible pause and shows no secret.

private let secret = "EAAG-fuzz-secret"
private let unixTime = 1_767_225_600

/// Every kind of call that an answer is read for.
private struct Callers {
    let message, read, premises, premisesRead, lookUp, delete, contacts, health, logIn: Call
    let account: Account
    let login: Login

    init() throws(Failure) {
        let cloud = try Account(accessToken: secret, phoneNumberID: "106")
        account = try Account(api: .onPremises, baseURL: "https://127.0.0.1", user: "admin", password: secret, newPassword: "Fuzz-pass-12")
        let token = try account.loggedIn(Secret(secret))
        var options = MessageOptions()
        let (text, seen) = (#"{"to":"+15550001234","text":"Hello"}"#, #"{"read":"wamid.1"}"#)
        message = try Call(Message(json: Array(text.utf8), options: options), for: cloud)
        read = try Call(Message(json: Array(seen.utf8), options: options), for: cloud)
        options.api = .onPremises
        premises = try Call(Message(json: Array(text.utf8), options: options), for: token)
        premisesRead = try Call(Message(json: Array(seen.utf8), options: options), for: token)
        lookUp = try Call(lookUp: "123", for: cloud)
        delete = Call(delete: "123", for: cloud)
        contacts = try Call(ContactCheck(["+15550001234"]), for: token)
        health = try Call(healthFor: token)
        guard let user = account.login else { throw .badArgument("The account has no user.") }
        login = user
        logIn = Session(user).call(for: account)
    }
}

private let callers = try? Callers()

/// The first line is the status; lines beginning with b, a, r and c are headers about business use, app use, Retry-After and the type;
/// what follows the first empty line is the body.
func fuzzAnswer(_ input: [UInt8]) {
    guard let callers else { return hold(false, "the calls cannot be made") }
    var (status, business, app, retry, type) = (0, String?.none, String?.none, String?.none, String?.none)
    var rest = input[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let line = rest[rest.startIndex..<end]
        rest = rest[rest.index(after: end)...]
        guard let first = line.first else { break }
        let value = String(decoding: line.dropFirst(), as: UTF8.self)
        switch first {
        case UInt8(ascii: "b"): business = value
        case UInt8(ascii: "a"): app = value
        case UInt8(ascii: "r"): retry = value
        case UInt8(ascii: "c"): type = value
        default: status = Int(String(decoding: line, as: UTF8.self)) ?? 0
        }
    }
    let answer = Answer(status: status, contentType: type, body: Array(rest))
    let hints = UsageHeaders(businessUse: business, app: app, retryAfter: retry, unixTime: unixTime)
    for call in [callers.message, callers.premises] { holdSent(answer, call, hints) }
    for call in [callers.read, callers.premisesRead] {
        do { holdDocument(try answer.receipt(for: call).document.bytes, .tolerant, "the receipt") } catch { holdFailure(error, answer) }
    }
    holdOthers(answer, callers)
    holdSession(answer, callers)
}

/// A message is told as sent only when the answer names it, and never as one that did not leave.
private func holdSent(_ answer: Answer, _ call: Call, _ hints: UsageHeaders) {
    let isYes = 200...299 ~= answer.status, isNo = 300...599 ~= answer.status
    do {
        let receipt = try answer.receipt(for: call)
        hold(isYes && receipt.messageID?.isEmpty == false, "a receipt without a message: \(shown(answer.body))")
        var writer = JSONWriter()
        receipt.write(to: &writer)
        holdDocument(writer.bytes, .tolerant, "the receipt")
        hold(String(decoding: writer.bytes, as: UTF8.self) == receipt.document.text, "the two ways to write a receipt differ: \(shown(writer.bytes))")
        holdPace(hints, after: nil, onPremises: call.api == .onPremises)
    } catch {
        holdFailure(error, answer)
        hold([.refused, .uncertain].contains(error.code), "it left, and is told as \(error.code): \(shown(answer.body))")
        hold(error.code == .refused || !isNo, "HTTP \(answer.status) is told as uncertain: \(shown(answer.body))")
        hold(error.code == .refused || error.retry == .uncertain, "uncertain, but \(error.retry): \(shown(answer.body))")
        holdPace(hints, after: error, onPremises: call.api == .onPremises)
        holdPolicy(error, hints)
    }
}

private func holdFailure(_ failure: Failure, _ answer: Answer) {
    let bytes = failure.document.bytes
    holdDocument(bytes, .tolerant, "the failure")
    hold(!String(decoding: bytes, as: UTF8.self).contains(secret), "a secret shows: \(shown(bytes))")
    let line = LogLine.outcome(ticket: 1, attempts: 1, LogLine.Ending(failure)).text(0)
    hold(line.count < 400 && line.firstIndex(of: UInt8(ascii: "\n")) == line.count - 1, "no line of a log: \(shown(line))")
    holdDocument(line.dropLast(), .strict, "the line of the log")
}

private func holdDocument(_ bytes: ArraySlice<UInt8>, _ tolerance: JSONTolerance, _ what: String) { holdDocument(Array(bytes), tolerance, what) }

/// Whatever the headers ask for, a pace stays within its limits and time brings it back.
private func holdPace(_ hints: UsageHeaders, after failure: Failure?, onPremises: Bool) {
    guard let (reason, wait) = hints.slowdown(after: failure, onPremises: onPremises) else { return }
    var pace = Throughput(limit: 80)
    _ = pace.take(1000)
    pace.slow(reason, wait: wait, 1000)
    hold(1...80 ~= pace.effective, "the pace is \(pace.effective)")
    holdDocument(pace.document(1000).bytes, .strict, "the pace")
    if let again = pace.take(1001) { hold(again > 1001, "asked again at \(again)") }
    hold(pace.take(1_000_000_000) == nil && pace.take(2_000_000_000) == nil, "stopped for more than 11 days")
}

/// The next attempt comes after what the server asked for, and before the deadline.
private func holdPolicy(_ failure: Failure, _ hints: UsageHeaders) {
    for attempts in [1, 3, 50] {
        let policy = RetryPolicy(maxAttempts: 100, deadline: 2_592_000_000, resendUncertain: attempts == 3)
        guard case .again(let at) = policy.decide(failure, attempts: attempts, waitHint: hints.wait, now: 10, started: 5, random: .max) else { continue }
        hold(at >= 10 + (hints.wait ?? 0) && at <= policy.last(5), "again at \(at), with \(hints)")
        hold(failure.retry == .backoff || attempts == 3 && failure.retry == .uncertain, "repeated although it is \(failure.retry)")
    }
}

private func holdOthers(_ answer: Answer, _ callers: Callers) {
    do { holdDocument(try answer.checkedContacts(for: callers.contacts).document.bytes, .tolerant, "the contacts") } catch { holdFailure(error, answer) }
    do { holdDocument(try answer.health(for: callers.health).document.bytes, .tolerant, "the health") } catch { holdFailure(error, answer) }
    do { holdDocument(try answer.mediaInfo(for: callers.lookUp).document.bytes, .tolerant, "the file") } catch { holdFailure(error, answer) }
    do { hold(try !answer.mediaID(for: callers.lookUp).isEmpty, "a file without an id") } catch { holdFailure(error, answer) }
    do { try answer.checkDeleted(for: callers.delete) } catch { holdFailure(error, answer) }
}

/// A login gives a token that fits into a header, for a while; or it says why not, and asks for few others.
private func holdSession(_ answer: Answer, _ callers: Callers) {
    var session = Session(callers.login)
    do {
        let token = try answer.token(for: callers.logIn)
        hold((try? callers.account.loggedIn(token.text)) != nil, "a token that cannot be used")
        session.begin(token, unixTime: unixTime, 1000)
        hold(session.token(1000) != nil, "a new token does not hold")
    } catch {
        holdFailure(error, answer)
        var others = 0
        while session.refused(error), others < 10 { others += 1 }
        hold(others <= 2, "\(others) logins in a row")
        hold(session.token(1000) == nil, "a token without a login")
    }
}
