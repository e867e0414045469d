// A value behind one reference: copies share it until one of them writes. An array of one does that with no more code, and
// keeps what holds it Sendable.

struct Boxed<Value> {
    private var storage: [Value]

    init(_ value: Value) { storage = [value] }

    var value: Value {
        get { storage[0] }
        _modify { yield &storage[0] }
    }
}

extension Boxed: Sendable where Value: Sendable {}

extension Boxed: Equatable where Value: Equatable {}
