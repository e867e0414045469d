// What a loss means for a row: tried again after a pause, held back for the person's sake, or over. The engine tries again
// within seconds; this is the patience of hours, which outlives the process. Pure: the random number is an argument.

/// A judgement on one lost attempt.
enum RowLoss: Equatable {
    /// It did not go out; try again after so many milliseconds.
    case again(after: Int)
    /// Meta held it back because the person had enough marketing: much longer pauses.
    case marketing
    /// The person stopped marketing messages.
    case stopped
    /// More than 24 hours since the person wrote.
    case windowClosed
    /// It may have gone out.
    case uncertain
    case final

    /// What an answer to a send, or the lack of one, means.
    /// - Parameters:
    ///   - attempts: how many were made, this one included.
    ///   - random: 64 random bits, for the jitter.
    static func judge(_ loss: Failure, onPremises: Bool, attempts: Int, random: UInt64) -> RowLoss {
        switch loss.code {
        case .unreachable, .full, .noMemory, .cancelled, .forked:
            return .again(after: pause(first: 1000, longest: 60_000, attempts, random))
        case .uncertain: return .uncertain
        case .refused: return refusal(loss, onPremises, attempts, random)
        default: return .final
        }
    }

    /// What a `failed` webhook means. Meta took the message and gave it up: only what the rules name goes out again.
    static func judge(failedWith code: Int?, onPremises: Bool) -> RowLoss { code.flatMap { rule(code: $0, onPremises) } ?? .final }

    private static func refusal(_ loss: Failure, _ onPremises: Bool, _ attempts: Int, _ random: UInt64) -> RowLoss {
        let code = loss.graph?.code
        if let rule = code.flatMap({ rule(code: $0, onPremises) }) { return rule }
        if code == 131056, !onPremises { return .again(after: power(4, attempts, first: 1000, longest: 3_600_000)) }
        let isSenders = code.map { senderCodes(onPremises).contains($0) || isOfAccount($0, onPremises) } ?? false
        if isSenders || loss.graph?.httpStatus == 401 {
            return .again(after: pause(first: 60_000, longest: 3_600_000, attempts, random))
        }
        switch loss.retry {
        case .uncertain: return .uncertain
        case .backoff: return .again(after: pause(first: 1000, longest: 60_000, attempts, random))
        case .waitWindow: return waitWindow(code, onPremises, attempts, random)
        case .never, .afterFix: return .final
        }
    }

    private static func rule(code: Int, _ onPremises: Bool) -> RowLoss? {
        switch (code, onPremises) {
        case (131049, false), (1026, true): .marketing
        case (131050, false): .stopped
        case (131047, false), (470, true): .windowClosed
        default: nil
        }
    }

    /// Times that Meta states, and restrictions that lift by themselves. What else must be waited for is not a message's to wait for.
    private static func waitWindow(_ code: Int?, _ onPremises: Bool, _ attempts: Int, _ random: UInt64) -> RowLoss {
        switch (code, onPremises) {
        case (134101, false): .again(after: 600_000)
        case (132069, false), (2069, true), (131048, false), (131064, false), (368, false), (471, true):
            .again(after: pause(first: 3_600_000, longest: 86_400_000, attempts, random))
        default: .final
        }
    }

    /// The sender's payment, registration or lock: nothing is wrong with the message, and somebody will mend it.
    private static func senderCodes(_ onPremises: Bool) -> Set<Int> {
        onPremises ? [402, 430, 432, 433, 1005, 1024, 1031] : [131042, 131031, 133010]
    }

    /// Tokens, permissions, the account's name: the same.
    private static func isOfAccount(_ code: Int, _ onPremises: Bool) -> Bool {
        guard !onPremises, let category = ErrorTable.row(code: code, onPremises: false)?.category else { return false }
        return category == "auth" || category == "account"
    }

    /// Doubles with every attempt; the upper half is random, so that what failed together comes back spread out.
    private static func pause(first: Int, longest: Int, _ attempts: Int, _ random: UInt64) -> Int {
        let whole = power(2, attempts, first: first, longest: longest)
        let jitter = random.multipliedFullWidth(by: UInt64(whole / 2 + 1)).high
        return whole - whole / 2 + Int(truncatingIfNeeded: jitter)
    }

    private static func power(_ base: Int, _ attempts: Int, first: Int, longest: Int) -> Int {
        var pause = first
        var rest = attempts
        while rest > 1, pause < longest {
            pause *= base
            rest -= 1
        }
        return min(pause, longest)
    }
}
