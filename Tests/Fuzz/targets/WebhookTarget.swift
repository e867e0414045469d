// Webhooks from any bytes: what is a JSON object is read, nothing in it is lost, and only its own signature opens it.

private let secret = "correct horse battery staple"

func fuzzWebhook(_ input: [UInt8]) {
    let parsed = try? Webhook.parse(body: input)
    let isObject = (try? Tape.read(input, .tolerant) { $0.isObject }) ?? false
    hold((parsed != nil) == isObject, "parse \(parsed == nil ? "refuses" : "takes") \(shown(input))")
    guard let signature = try? Webhook.sign(body: input, secret: secret) else { return hold(false, "a signature cannot be made") }
    hold((try? Webhook.receive(body: input, signature: signature, secrets: "other\n" + secret)) == parsed, "receive differs from parse: \(shown(input))")
    for (header, secrets) in [(signature, "other"), (signature.uppercased(), secret), (String(signature.dropLast()), secret), ("", secret), (signature, " \n")] {
        hold((try? Webhook.receive(body: input, signature: header, secrets: secrets)) == nil, "opened without its signature: \(shown(input))")
    }
    _ = Webhook.challenge(query: String(decoding: input, as: UTF8.self), verifyToken: "token").document
    guard let parsed else { return }
    holdDocument(parsed, .tolerant, "the events")
    let typed = try? Webhook.events(verified: input)
    let count = (try? Tape.read(parsed, .tolerant) { $0["events"]?.count }) ?? nil
    hold(typed != nil && typed?.count == count, "there are \(typed?.count ?? -1) typed events of \(count ?? -1)")
    try? Tape.read(input, .tolerant) { root in holdItems(of: root, in: parsed) }
}

/// Every item of every change stands in the events as it was written; what has another shape stands there whole.
private func holdItems(of root: JSONView, in events: [UInt8]) {
    var items: [JSONView] = []
    for (name, entries) in root.members where name.equals("entry") {
        for entry in entries.elements {
            for (name, changes) in entry.members where name.equals("changes") {
                for change in changes.elements {
                    for (name, value) in change.members where name.equals("value") { collect(value, &items) }
                }
            }
        }
    }
    for item in items { hold(contains(events, item.raw), "an item is lost: \(shown(item.raw))") }
}

private func collect(_ value: JSONView, _ items: inout [JSONView]) {
    for (name, member) in value.members {
        if name.equals("messages") || name.equals("statuses") || name.equals("errors") || name.equals("strange") { items += member.elements }
        if name.equals("strange"), !member.isArray, !member.isNull { items.append(member) }
    }
}

private func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard part.count <= text.count else { return false }
    return (0...(text.count - part.count)).contains { text[$0] == part.first && text[$0..<($0 + part.count)].elementsEqual(part) }
}
