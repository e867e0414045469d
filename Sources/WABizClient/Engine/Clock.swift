// The clock of the engine: it never jumps, and every pause and deadline is counted on it.
import Glibc

enum Clock {
    /// Later than anything: no time is set.
    static let never = Int64.max

    /// Milliseconds since some moment in the past.
    static var milliseconds: Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// A moment that many milliseconds after another one; never when there is no such moment.
    static func after(_ moment: Int64, _ milliseconds: Int64) -> Int64 {
        let (sum, overflow) = moment.addingReportingOverflow(milliseconds)
        return overflow ? never : sum
    }
}
