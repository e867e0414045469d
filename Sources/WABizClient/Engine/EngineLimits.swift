// How much the engine takes on at once.

struct EngineLimits {
    var mostInFlight = 64
    var mostQueued = 4096
    /// Milliseconds.
    var deadline = 60_000
}
