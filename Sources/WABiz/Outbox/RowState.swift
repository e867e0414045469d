// The states of a row in the outbox. Their words stand in documents and their numbers in the file: neither ever changes.

/// The names of the cases, for a table that is made once: making one from the case itself takes as long as storing a row.
private func names<Case: CaseIterable & Hashable>(of cases: Case.Type) -> [Case: String] {
    Dictionary(cases.allCases.map { ($0, "\($0)") }, uniquingKeysWith: { first, _ in first })
}

/// Where a stored message stands.
public enum RowState: Int, Sendable, CaseIterable {
    /// To be sent, now or later.
    case queued = 0
    /// Recorded as begun; what became of it is not recorded yet.
    case sending = 1
    /// Meta took it, or holds it for its quality assessment.
    case accepted = 2
    case sent = 3
    case delivered = 4
    case read = 5
    /// It will not be tried again.
    case failed = 6
    /// Taken back before it went out.
    case cancelled = 7
    /// Its time was over before it went out.
    case expired = 8
    /// It may have gone out.
    case uncertain = 9
    /// Stop list, closed window, or a sequence that stopped.
    case blocked = 10

    private static let words = names(of: Self.self)

    public var word: String { Self.words[self] ?? "" }

    public init?(word: String) {
        guard let state = RowState.allCases.first(where: { $0.word == word }) else { return nil }
        self = state
    }

    /// What webhooks say at this state; nil where they said nothing yet.
    var delivery: DeliveryStatus? {
        switch self {
        case .accepted: .accepted
        case .sent: .sent
        case .delivered: .delivered
        case .read: .read
        case .failed: .failed
        case .queued, .sending, .cancelled, .expired, .uncertain, .blocked: nil
        }
    }

    init(_ status: DeliveryStatus) {
        self =
            switch status {
            case .accepted: .accepted
            case .sent: .sent
            case .failed: .failed
            case .delivered: .delivered
            case .read, .played: .read
            }
    }

    /// Whether `retry` may queue it again.
    var isRetriable: Bool {
        switch self {
        case .failed, .cancelled, .expired, .uncertain, .blocked: true
        case .queued, .sending, .accepted, .sent, .delivered, .read: false
        }
    }
}

/// What a row is for. It decides the priority and the rules for marketing.
public enum RowCategory: Int, Sendable, CaseIterable {
    /// Anything but a template: free-form, inside the window of 24 hours.
    case service = 0
    case authentication = 1
    case utility = 2
    case marketing = 3
    /// A template of which nobody said what it is for.
    case unknown = 4

    private static let words = names(of: Self.self)

    public var word: String { Self.words[self] ?? "" }

    init(_ category: TemplateCategory) {
        self =
            switch category {
            case .authentication: .authentication
            case .marketing: .marketing
            case .utility: .utility
            }
    }

    /// 0 goes first.
    var priority: Int {
        switch self {
        case .authentication: 0
        case .service, .utility, .unknown: 1
        case .marketing: 2
        }
    }
}

/// What a row of a sequence has to reach before the next one goes.
public enum SequenceStep: Int, Sendable, CaseIterable {
    case sent = 0
    case delivered = 1
    case read = 2

    private static let words = names(of: Self.self)

    public var word: String { Self.words[self] ?? "" }

    func isReached(at state: RowState) -> Bool {
        guard state != .failed, let delivery = state.delivery else { return false }
        return switch self {
        case .sent: delivery >= .sent
        case .delivered: delivery >= .delivered
        case .read: delivery >= .read
        }
    }
}

/// What becomes of a sequence when one of its rows fails.
public enum SequenceFailure: Int, Sendable, CaseIterable {
    /// The rows behind it are blocked.
    case stop = 0
    /// The next row goes.
    case skip = 1

    private static let words = names(of: Self.self)

    public var word: String { Self.words[self] ?? "" }
}

/// What becomes of an uncertain row that no webhook settles in time.
public enum UncertainPolicy: String, Sendable, CaseIterable {
    case report, resend, wait
}
