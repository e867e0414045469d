// Every account that messages go out by, and the lane of each number: made when first used, kept as long as it is worth it.
import WABiz

struct Roads {
    /// Accounts that are kept; a provider with more pays for making some of them again.
    private static let mostSenders = 4096

    private let account: Account
    private let main: Sender
    private var senders: [AccountOverride: Sender] = [:]
    private var lanes: [String: Lane] = [:]

    init(_ account: Account) {
        self.account = account
        let lane = Lane(account.phoneNumberID)
        main = Sender(account, lane)
        lanes[lane.name] = lane
    }

    /// The client's own account, or what an override makes of it.
    /// - Throws: `.badArgument` when the override cannot be used.
    mutating func sender(_ override: AccountOverride?) throws(Failure) -> Sender {
        guard let override else { return main }
        if let sender = senders[override] { return sender }
        let account = try account.overridden(by: override)
        let sender = Sender(account, lane(account.phoneNumberID))
        if senders.count >= Roads.mostSenders { senders.removeAll(keepingCapacity: true) }
        senders[override] = sender
        return sender
    }

    private mutating func lane(_ name: String) -> Lane {
        if let lane = lanes[name] { return lane }
        let lane = Lane(name)
        lanes[name] = lane
        return lane
    }
}
