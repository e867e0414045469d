// Random numbers for the ids of rows. One call of the system brings those of many rows: it costs a twentieth of storing one.
import Glibc

/// Lives within one call, so that no child process of a fork goes on with the same numbers.
struct Nonces {
    private var words: [UInt64] = []
    private var wanted: Int

    /// 256 bytes are what the system gives in one piece.
    private static let most = 32

    /// - Parameter count: how many are going to be asked for at most.
    init(for count: Int) { wanted = count }

    mutating func next() -> UInt64 {
        if words.isEmpty, wanted > 1 { draw() }
        return words.popLast() ?? Outbox.random()
    }

    private mutating func draw() {
        words = [UInt64](repeating: 0, count: min(wanted, Self.most))
        wanted -= words.count
        let isDrawn = unsafe words.withUnsafeMutableBytes { unsafe $0.baseAddress.map { [count = $0.count] in unsafe getentropy($0, count) } == 0 }
        if !isDrawn { words = [] }
    }
}
