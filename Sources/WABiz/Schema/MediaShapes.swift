// Media objects and locations: messages, template headers and later interactive headers share them.

enum MediaShapes {
    /// What a media object may carry beside its id or link.
    struct Extras: OptionSet, Sendable {
        let rawValue: UInt8
        static let caption = Extras(rawValue: 1)
        static let filename = Extras(rawValue: 2)
        static let voice = Extras(rawValue: 4)
    }

    private static let provider = ObjectShape(
        name: "media.provider",
        members: [Member("name", .string(StringShape(limits: [Limit(1...Int.max, .characters, source: "Meta: media messages, On-Premises")])), required: .all, "the name of a configured media provider.")],
        string: .warning)

    static func media(_ name: StaticString, _ extras: Extras, rules: [Rule] = []) -> ObjectShape {
        ObjectShape(
            name: name,
            members: [
                Member("id", .string(StringShape(limits: [Limits.mediaID])), "the id of an uploaded file."),
                Member("link", .string(StringShape(format: .url)), "the URL that Meta fetches the file from."),
                caption(name, allowed: extras.contains(.caption)),
                extras.contains(.filename)
                    ? Member("filename", .string(StringShape()), "the name of the document; its ending decides the icon.")
                    : .misplaced("filename", .warning, rule: "X16", "only documents have a file name."),
                extras.contains(.voice)
                    ? Member("voice", .boolean, allowed: .cloud, rule: "X17", "true shows the audio as a voice message.")
                    : .misplaced("voice", .error, rule: "X17", "only audio messages can be voice messages."),
                Member("provider", .object(provider), allowed: .onPremises, rule: "X13", "names a configured media provider of the On-Premises client."),
            ],
            rules: [.idOrLink, .providerNeedsLink] + rules)
    }

    private static func caption(_ name: StaticString, allowed: Bool) -> Member {
        guard allowed else { return .misplaced("caption", .error, rule: "X14", "only image, video and document messages have a caption.") }
        // The On-Premises client takes no caption for documents.
        let isDocument = "\(name)" == "document"
        return Member(
            "caption", .string(StringShape(limits: [Limits.caption])), allowed: isDocument ? .graph : .all, rule: isDocument ? "X15" : nil,
            "text below the file.")
    }

    static let location = ObjectShape(
        name: "location",
        members: [
            Member("latitude", .number(NumberShape(limits: [Limits.latitude], integral: false, text: .accepted)), required: .all, "degrees north, -90 to 90."),
            Member("longitude", .number(NumberShape(limits: [Limits.longitude], integral: false, text: .accepted)), required: .all, "degrees east, -180 to 180."),
            Member("name", .string(StringShape()), required: .all, absence: .warning, "the name of the place; older clients want it."),
            Member("address", .string(StringShape()), required: .all, absence: .warning, "the address; it shows only beside a name."),
        ])

    static let headerLocation = ObjectShape(
        name: "template.location",
        members: [
            Member("latitude", .number(NumberShape(limits: [Limits.latitude], integral: false, text: .preferred)), required: .all, "degrees north, as a string."),
            Member("longitude", .number(NumberShape(limits: [Limits.longitude], integral: false, text: .preferred)), required: .all, "degrees east, as a string."),
            Member("name", .string(StringShape(limits: [Limits.locationText])), required: .all, "the name of the place."),
            Member("address", .string(StringShape(limits: [Limits.locationText])), required: .all, "the address of the place."),
        ])
}
