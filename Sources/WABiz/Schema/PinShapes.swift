// Pins a message of a group, or takes the pin off. Cloud API only.

enum PinShapes {
    static let pin = VariantShape(
        name: "pin", discriminator: "type",
        cases: [
            .init(
                "pin",
                .object(
                    ObjectShape(
                        name: "pin",
                        members: [message, Member("expiration_days", .number(NumberShape(limits: [Limits.pinDays])), required: .all, "how many days it stays pinned, 1 to 30.")])),
                row: .init("pins a message.", .form([#"{"group":"Y2FwaV9ncm91cDox","pin":"wamid.HBgL","days":7}"#]))),
            .init(
                "unpin",
                .object(
                    ObjectShape(
                        name: "unpin", members: [message, .misplaced("expiration_days", .warning, rule: "pin.expiration_days", "taking a pin off has no days.")])),
                row: .init("takes the pin off.", .form([#"{"group":"Y2FwaV9ncm91cDox","unpin":"wamid.HBgL"}"#]))),
        ],
        ignoresCase: true)

    private static let message = Member(
        "message_id", .string(StringShape(limits: [Limits.messageID], format: .messageID)), required: .all, "the message of the group.")
}
