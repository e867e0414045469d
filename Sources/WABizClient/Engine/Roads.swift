// Every account that messages go out by, and the lane of each number: made when first used, kept as long as it is worth it.
import WABiz

struct Roads {
    /// Accounts that are kept; a provider with more pays for making some of them again.
    private static let mostSenders = 4096

    private let account: Account
    private let delivery: DeliveryOptions
    private let main: Sender
    private var senders: [AccountOverride: Sender] = [:]
    /// The one that was asked for last: a campaign has one number, and comparing costs less than hashing.
    private var latest: (override: AccountOverride, sender: Sender)?
    private var known: [String: Lane] = [:]
    private var sweepAt = Roads.mostSenders

    init(_ account: Account, _ delivery: DeliveryOptions) {
        self.account = account
        self.delivery = delivery
        let lane = Lane(account.phoneNumberID, delivery, account.api)
        main = Sender(account, lane)
        known[lane.name] = lane
    }

    /// Of the client's own number.
    var lane: Lane { main.lane }

    var lanes: [Lane] { known.values.sorted { $0.name < $1.name } }

    /// The client's own account, or what an override makes of it.
    /// - Throws: `.badArgument` when the override cannot be used.
    mutating func sender(_ override: AccountOverride?) throws(Failure) -> Sender {
        guard let override else { return main }
        if let latest, latest.override == override { return latest.sender }
        if let sender = senders[override] {
            latest = (override, sender)
            return sender
        }
        let account = try account.overridden(by: override)
        let sender = Sender(account, lane(account.phoneNumberID))
        if senders.count >= Roads.mostSenders { senders.removeAll(keepingCapacity: true) }
        senders[override] = sender
        latest = (override, sender)
        return sender
    }

    private mutating func lane(_ name: String) -> Lane {
        if let lane = known[name] { return lane }
        sweep()
        let lane = Lane(name, delivery, account.api)
        known[name] = lane
        return lane
    }

    /// Forgets lanes that a new one would not differ from. It looks at each of them, and so waits until there are twice as many
    /// as the last time left.
    private mutating func sweep() {
        guard known.count >= sweepAt else { return }
        let now = Clock.milliseconds
        senders.removeAll(keepingCapacity: true)
        latest = nil
        known = known.filter { !$0.value.isFresh(now) || $0.value === main.lane }
        sweepAt = max(Roads.mostSenders, 2 * known.count)
    }
}
