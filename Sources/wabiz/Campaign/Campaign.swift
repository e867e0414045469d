// Sends every line of a file at the pace that the client keeps, and records what became of each. It can be interrupted at any
// moment and taken up again.
import Foundation
import WABiz
import WABizClient

struct Campaign {
    /// Messages that are begun and have no outcome, at most: what a crash leaves uncertain.
    static let window = 256

    private let lines: LineFile
    private let client: Client
    private let ledger: Ledger
    private let options: MessageOptions
    private var bar: ProgressBar
    /// Messages of the file.
    let total: Int

    private var lineNumber = 0
    private var isAtEnd = false
    /// Begun, and not taken by the client yet.
    private var begun: [(mark: LineMark, message: Message)] = []
    private var flying: [UInt64: LineMark] = [:]
    /// Why no further line is begun.
    private(set) var stop: Stop?

    enum Stop { case interrupted, account }

    /// Reads the whole file once, so that nothing is sent when a line that was sent before has changed.
    init(_ lines: LineFile, _ client: Client, _ ledger: Ledger) throws {
        self.lines = lines
        self.client = client
        self.ledger = ledger
        options = MessageOptions(api: client.account.api, now: Int(Date().timeIntervalSince1970))
        do {
            let mended: Set<Int>
            (total, mended) = try Campaign.look(lines, ledger)
            try ledger.open(without: mended)
        } catch {
            ledger.abandon()
            throw error
        }
        bar = ProgressBar(total: total)
    }

    /// Counts the messages, and finds those that did not go out and read differently now.
    private static func look(_ lines: LineFile, _ ledger: Ledger) throws -> (total: Int, mended: Set<Int>) {
        var (number, total) = (0, 0)
        var (changed, mended): ([Int], Set<Int>) = ([], [])
        while let (text, _) = try lines.next() {
            number += 1
            let isBlank = isBlank(text)
            if !isBlank { total += 1 }
            switch ledger.standing(of: try LineMark(number: number, text: text)) {
            case .changed: changed.append(number)
            case .mended: mended.insert(number)
            case .done, .open: break
            }
        }
        lines.rewind()
        let behind = ledger.lines(behind: number)
        guard changed.isEmpty, !behind.mayHaveGoneOut else {
            let what = changed.isEmpty ? "is shorter than" : "differs in line \(changed[0])\(changed.count > 1 ? " and \(changed.count - 1) more" : "") from"
            throw CommandFailure(
                "\(lines.name) \(what) what was sent according to \(ledger.path). Nothing was sent now. Bring the file back as it was (lines may be added "
                    + "at its end), or name another --out for a new campaign.")
        }
        return (total, mended.union(behind.others))
    }

    private static func isBlank(_ text: [UInt8]) -> Bool { text.allSatisfy { $0 <= 0x20 } }

    /// Messages that have an outcome, and what it is.
    var counts: [Fate: Int] { ledger.counts }
    var done: Int { ledger.counts.values.reduce(0, +) }

    mutating func run() throws {
        while true {
            if stop == nil, Interruptions.count > 0 { stop = .interrupted }
            if stop != nil {
                try giveBack()
            } else if begun.isEmpty, !isAtEnd, flying.count <= Campaign.window * 3 / 4 {
                try begin()
            }
            try submit()
            if flying.isEmpty, begun.isEmpty, isAtEnd || stop != nil { break }
            // A signal ends the wait early; where it comes just before it, the time does.
            try settle(Interruptions.count > 1 ? client.drain(timeout: 0) : client.step(timeout: flying.isEmpty ? 0 : 100))
            bar.show(done, counts, isStopping: stop != nil)
        }
        try ledger.close()
        bar.show(done, counts, isStopping: false, isLast: true)
    }

    /// Takes lines from the file until enough are under way; what is wrong by the rules has its outcome at once.
    private mutating func begin() throws {
        var wrong: [OutcomeLine] = []
        while begun.count + flying.count < Campaign.window, wrong.count < Campaign.window {
            guard let (text, _) = try lines.next() else {
                isAtEnd = true
                break
            }
            lineNumber += 1
            if Campaign.isBlank(text) { continue }
            let mark = try LineMark(number: lineNumber, text: text)
            switch ledger.standing(of: mark) {
            case .done: continue
            case .changed, .mended: throw CommandFailure("Line \(lineNumber) of \(lines.name) changed while it was sent. Do not write to the file meanwhile.")
            case .open: break
            }
            do throws(Failure) {
                begun.append((mark, try Message(json: text, options: options)))
            } catch {
                wrong.append(OutcomeLine(mark, attempts: 0, .failure(error)))
            }
        }
        if !wrong.isEmpty { try ledger.record(wrong) }
        if !begun.isEmpty { try ledger.begin(begun.map(\.mark)) }
    }

    private mutating func submit() throws {
        var taken = 0
        var wrong: [OutcomeLine] = []
        for (mark, message) in begun {
            do throws(Failure) {
                flying[try client.submit(message)] = mark
            } catch {
                if error.code == .full { break }
                wrong.append(OutcomeLine(mark, attempts: 0, .failure(error)))
            }
            taken += 1
        }
        begun.removeFirst(taken)
        if !wrong.isEmpty { try ledger.record(wrong) }
    }

    /// What was begun and not submitted never left.
    private mutating func giveBack() throws {
        guard !begun.isEmpty else { return }
        let failure = Failure(.cancelled, "The campaign was stopped before this message left.", retry: .backoff)
        try ledger.record(begun.map { OutcomeLine($0.mark, attempts: 0, .failure(failure)) })
        begun = []
    }

    private mutating func settle(_ outcomes: [WABizClient.Outcome]) throws {
        var found: [OutcomeLine] = []
        for outcome in outcomes {
            guard let mark = flying.removeValue(forKey: outcome.ticket) else { continue }
            found.append(OutcomeLine(mark, attempts: outcome.attempts, outcome.result))
            // Every further message would meet the same.
            if case .failure(let failure) = outcome.result, failure.code == .refused, failure.graph?.httpStatus == 401 { stop = stop ?? .account }
        }
        if !found.isEmpty { try ledger.record(found) }
    }
}
