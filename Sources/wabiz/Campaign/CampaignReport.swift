// What a campaign came to, in words or as one JSON document, and the exit status.
import WABiz

struct CampaignReport {
    let name: String
    let campaign: Campaign
    let ledger: Ledger

    private func count(_ fate: Fate) -> Int { campaign.counts[fate, default: 0] }
    private var left: Int { campaign.total - campaign.done }

    /// The gravest of what happened.
    var status: Int32 {
        if campaign.stop == .interrupted, left + count(.postponed) > 0 { return 130 }
        if count(.uncertain) > 0 { return 4 }
        if campaign.stop == .account || count(.refused) > 0 { return 2 }
        if count(.invalid) > 0 { return 1 }
        return count(.postponed) > 0 ? 3 : 0
    }

    var document: Tree {
        [
            "messages": .integer(campaign.total), "accepted": .integer(count(.accepted)), "refused": .integer(count(.refused)),
            "invalid": .integer(count(.invalid)), "uncertain": .integer(count(.uncertain)), "postponed": .integer(count(.postponed)),
            "left": .integer(left), "begun_before": .integer(ledger.lost), "resent": .integer(ledger.repeated),
            "interrupted": .bool(campaign.stop == .interrupted), "outcomes": .string(ledger.path),
        ]
    }

    var text: String {
        let parts = [
            (count(.accepted), "accepted"), (count(.refused), "refused"), (count(.invalid), "invalid"), (count(.uncertain), "uncertain"),
            (count(.postponed), "not sent for now"), (left, "left"),
        ]
        var lines = ["\(name): \(campaign.total) messages, " + parts.filter { $0.0 > 0 || $0.1 == "accepted" }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")]
        lines.append("Outcomes: \(ledger.path)")
        if ledger.lost > 0 { lines.append("\(ledger.lost) messages were begun by an earlier run that did not end in order: nobody knows whether they went out.") }
        if count(.uncertain) > 0 {
            lines.append("What is uncertain may have gone out. Wait for status webhooks; --resend-uncertain sends it again, and people may get it twice.")
        }
        if campaign.stop == .account { lines.append("Stopped because Meta refuses the account (HTTP 401). Renew the token, then run the same command again.") }
        if campaign.stop == nil ? count(.postponed) > 0 : left + count(.postponed) > 0 { lines.append("Run the same command again to send what is left.") }
        return lines.joined(separator: "\n")
    }
}
