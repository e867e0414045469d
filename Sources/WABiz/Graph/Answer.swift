// What came back for a call: status and body become a receipt or a failure. The question behind every branch is
// "did it leave, and may it be sent again?" Unknown members of an answer are never an error: the message went out.

/// A complete answer of the server.
public struct Answer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The value of Content-Type, when there was one. It is a hint for people only: proxies lie about it.
    public var contentType: String?
    public var body: [UInt8]

    public init(status: Int, contentType: String? = nil, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// The receipt of a message that was sent and taken, read where the answer lies; nil when the answer says anything else, which is then
    /// read again, by `receipt(for:)`, for what it says.
    @unsafe package static func accepted(_ body: UnsafeRawBufferPointer, status: Int) -> Receipt? {
        guard 200...299 ~= status else { return nil }
        return try? unsafe Tape.read(body, .tolerant) { root in
            let parts = AnswerParts(root)
            return parts.error == nil ? Receipt.sent(parts, httpStatus: status) : nil
        }
    }

    /// - Throws: `.refused` when Meta, or something before it, said no; `.uncertain` when it said yes without saying
    ///   what became of the message.
    public func receipt(for call: Call) throws(Failure) -> Receipt {
        let reading: Reading
        do throws(Failure) {
            reading = try Tape.read(body, .tolerant) { root in read(root, call) }
        } catch {
            reading = body.allSatisfy { $0 <= 0x20 } ? .empty : .foreign
        }
        switch reading {
        case .receipt(let receipt): return receipt
        case .error(let graph, let namesMessage):
            throw refusal(graph, call, mayHaveLeft: namesMessage)
        case .empty where isSuccess && call.purpose == .markRead && call.api == .onPremises:
            return .read(httpStatus: status)
        case .empty, .foreign, .silent:
            throw isSuccess ? uncertainty(reading, call) : strangeRefusal(call)
        }
    }

    private var isSuccess: Bool { 200...299 ~= status }

    /// What a body turns out to be.
    private enum Reading {
        case receipt(Receipt)
        /// Meta's error; a message id beside it makes it doubtful whether nothing was sent.
        case error(GraphError, namesMessage: Bool)
        /// JSON that holds neither.
        case silent
        case empty
        /// No JSON: HTML, a cut body.
        case foreign
    }

    private func read(_ root: JSONView, _ call: Call) -> Reading {
        let parts = AnswerParts(root)
        if let graph = graphError(in: parts, call) {
            return .error(graph, namesMessage: isSuccess && Receipt.sent(parts, httpStatus: status) != nil)
        }
        guard isSuccess else { return .silent }
        if call.purpose == .send { return Receipt.sent(parts, httpStatus: status).map(Reading.receipt) ?? .silent }
        // The On-Premises client answers `{}`, the Cloud API `{"success":true}`.
        let isRead = call.api == .onPremises ? root.isObject && root["success"]?.bool != false : root["success"]?.bool == true
        return isRead ? .receipt(.read(httpStatus: status)) : .silent
    }

    private func graphError(in parts: AnswerParts, _ call: Call) -> GraphError? {
        guard let error = parts.error else { return nil }
        var graph = GraphError(error, onPremises: call.api == .onPremises, httpStatus: status)
        graph.rewriteTexts(call.struckOut)
        return graph
    }

    /// What an answer to anything but a message holds. `pick` says nil when it is not there.
    /// - Throws: `.refused`, or the code of the purpose's loss when a success does not say what it should.
    package func value<Value>(for call: Call, _ pick: (JSONView) -> Value?) throws(Failure) -> Value {
        var found: Value?
        let reading = reading(for: call) { root in found = pick(root) }
        if let found { return found }
        throw loss(reading, call)
    }

    /// Reads a body, and hands over what a success holds.
    @inline(never) private func reading(for call: Call, _ take: (JSONView) -> Void) -> Reading {
        do throws(Failure) {
            return try Tape.read(body, .tolerant) { root in
                if let graph = graphError(in: AnswerParts(root), call) { return .error(graph, namesMessage: false) }
                if isSuccess { take(root) }
                return .silent
            }
        } catch {
            return body.allSatisfy { $0 <= 0x20 } ? .empty : .foreign
        }
    }

    @inline(never) private func loss(_ reading: Reading, _ call: Call) -> Failure {
        if case .error(let graph, _) = reading { return refusal(graph, call, mayHaveLeft: false) }
        return isSuccess ? uncertainty(reading, call) : strangeRefusal(call)
    }

    // MARK: Failures

    private func refusal(_ graph: GraphError, _ call: Call, mayHaveLeft: Bool) -> Failure {
        let known = graph.code.flatMap { ErrorTable.row(code: $0, onPremises: call.api == .onPremises) }
        var verdict = known?.verdict ?? classVerdict(call, isTransient: graph.isTransient == true, hasCode: graph.code != nil)
        if mayHaveLeft { verdict = .uncertain }
        // Only a message does harm when it is duplicated.
        if verdict == .uncertain { verdict = call.purpose.repeatVerdict }
        let code = graph.code.map { " with code \($0)" } ?? ""
        let name = graph.name.map { " (\($0))" } ?? ""
        // A row whose title says it all has nothing to add.
        let meaning = known.flatMap { $0.meaning == "see name" ? nil : " \($0.meaning)." } ?? ""
        let reason = (graph.details ?? graph.userMessage ?? graph.message).map { " Meta's words: \($0.prefix(500))" } ?? ""
        return Failure(.refused, "Meta refused the request\(code)\(name), HTTP \(status).\(meaning)\(reason)", retry: verdict, graph: graph)
    }

    /// A 3xx, 4xx or 5xx that is not Meta's JSON: something between us and Meta answered.
    private func strangeRefusal(_ call: Call) -> Failure {
        let verdict = classVerdict(call, isTransient: false, hasCode: false)
        let text: String
        switch status {
        case 300...399:
            text = "The server redirects (HTTP \(status)), and redirects are not followed with a token. Write the final address in \"base_url\"."
        case 404 where call.purpose == .download || call.purpose == .delete || call.purpose == .lookUp:
            text = "There is no such file (HTTP 404). Media ids of webhooks live 7 days, those of uploads 30; check the id."
        case 429:
            text = "Too many requests (HTTP 429), said something between here and Meta. Send again with growing pauses."
        case 400...499:
            text = "HTTP \(status) without an error of Meta's\(kind(call)). Check \"base_url\", and the proxy if there is one."
        case 500...599 where verdict == .uncertain:
            text = "HTTP \(status) without an error of Meta's\(kind(call)). The message may have gone out: a repeat may duplicate it."
        case 500...599:
            text = "HTTP \(status) without an error of Meta's\(kind(call)). Send again with growing pauses."
        default:
            return Failure(
                call.purpose.codeOfLoss, "HTTP \(status) is no complete answer to this request. Check \"base_url\".", retry: repeatVerdict(call))
        }
        return Failure(.refused, text, retry: verdict, graph: GraphError(code: nil, httpStatus: status))
    }

    private func uncertainty(_ reading: Reading, _ call: Call) -> Failure {
        let what =
            switch reading {
            case .empty: "an empty body"
            case .foreign: "a body that is not JSON\(kind(call))"
            default: call.purpose.lack
            }
        return Failure(call.purpose.codeOfLoss, "HTTP \(status) came with \(what). \(call.purpose.advice)", retry: repeatVerdict(call))
    }

    private func repeatVerdict(_ call: Call) -> Verdict { call.purpose.repeatVerdict }

    /// The verdict when no row of the table has one.
    private func classVerdict(_ call: Call, isTransient: Bool, hasCode: Bool) -> Verdict {
        switch status {
        case 500...599: repeatVerdict(call)
        case 429: .backoff
        case 200...299 where !hasCode: repeatVerdict(call)
        default: isTransient ? .backoff : .afterFix
        }
    }

    /// The media type for people, when it is a plain one: ` (text/html)`.
    private func kind(_ call: Call) -> String {
        guard let type = contentType?.split(separator: ";").first, type.utf8.count <= 64,
            type.utf8.allSatisfy({ WebAddress.isAlphanumeric($0) || "/+-.".utf8.contains($0) })
        else { return "" }
        return " (\(call.struckOut(String(type))))"
    }
}
