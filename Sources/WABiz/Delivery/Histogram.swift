// How long answers took: counts in buckets that are at most a thirty-second of their value wide, 9 KB however many there
// are. Microseconds go in, milliseconds come out.

package struct Histogram: Sendable {
    package private(set) var count = 0
    /// The longest, exactly.
    package private(set) var longest: Int64 = 0
    private var buckets: [Int] = []

    /// Values below this have a bucket each.
    private static let exact: Int64 = 64
    /// Longer than this (12 days) counts as this.
    private static let most: Int64 = 1 << 40 - 1

    package init() {}

    package mutating func record(microseconds: Int64) {
        let value = min(max(microseconds, 0), Histogram.most)
        if buckets.isEmpty { buckets = Array(repeating: 0, count: Histogram.bucket(Histogram.most) + 1) }
        let bucket = Histogram.bucket(value)
        guard buckets.indices.contains(bucket) else { return }
        buckets[bucket] &+= 1
        count &+= 1
        longest = max(longest, value)
    }

    /// The time within which so many percent came back, in microseconds; up to 3 % more than the true one. 0 when there is none.
    package func percentile(_ percent: Int) -> Int64 {
        guard count > 0 else { return 0 }
        let rank = max((count / 100) * percent + (count % 100 * percent + 99) / 100, 1)
        var seen = 0
        for (bucket, count) in buckets.enumerated() where count > 0 {
            seen += count
            if seen >= rank { return min(Histogram.end(of: bucket), longest) }
        }
        return longest
    }

    private static func bucket(_ value: Int64) -> Int {
        guard value >= exact else { return Int(value) }
        let power = 63 - value.leadingZeroBitCount
        // 64 exact ones, then 32 for each power of two from 64 on.
        return (power - 6) * 32 + 64 + Int(value >> Int64(power - 5)) - 32
    }

    /// The largest value that falls into the bucket.
    private static func end(of bucket: Int) -> Int64 {
        guard bucket >= 64 else { return Int64(bucket) }
        let power = (bucket - 64) / 32 + 6
        return (Int64((bucket - 64) % 32) + 33) << Int64(power - 5) - 1
    }

    /// `{"p50":61.2,"p90":…,"p99":…,"max":…}` in milliseconds; null when there is none.
    package var document: Tree {
        func milliseconds(_ value: Int64) -> Tree { .real(Double(value) / 1000) }
        guard count > 0 else { return .null }
        return [
            "p50": milliseconds(percentile(50)), "p90": milliseconds(percentile(90)), "p99": milliseconds(percentile(99)),
            "max": milliseconds(longest),
        ]
    }
}
