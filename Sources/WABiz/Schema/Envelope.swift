// The members around the content, the same for every type of message.

enum Envelope {
    static let product = Member(
        "messaging_product", .string(StringShape(words: ["whatsapp"])), required: .graph, allowed: .graph, rule: "X05", valueRule: "X05", "\"whatsapp\", in the Cloud API.")

    static let members: [Member] = [
        product,
        Member(
            "recipient_type", .string(StringShape(words: ["individual", "group"])), required: .marketing, rule: "M01", valueRule: "X06",
            "\"individual\" (the default), or \"group\" in the Cloud API."),
        Member("to", .string(StringShape(integer: .warned)), "the phone number with + and country code, or the id of a group."),
        Member("recipient", .string(StringShape(format: .businessScopedUserID)), allowed: .graph, "a business-scoped user id in place of \"to\"."),
        // The words are the table's own types; the validator compares them, because they choose the shape.
        Member("type", .string(StringShape()), "what the message is; text without it."),
        Member("context", .object(context), allowed: .graph, rule: "X10", "the message that this one answers."),
        Member(
            "biz_opaque_callback_data", .string(StringShape(limits: [Limits.callbackData])), allowed: .graph, rule: "B01", "a text of yours that status webhooks bring back."),
        Member("recipient_identity_key_hash", .string(StringShape()), allowed: .graph, "delivers only while the person's identity is this one."),
        Member("preview_url", .boolean, allowed: .onPremises, rule: "X18", "the Cloud API has it inside \"text\"."),
        Member("ttl", .string(StringShape(format: .duration, integer: .accepted)), allowed: .onPremises, "how long a template may wait; the Cloud API has it on the template."),
        Member("message_activity_sharing", .boolean, allowed: .marketing, "overrides the account's setting for sharing events."),
        Member("product_policy", .string(StringShape(words: ["CLOUD_API_FALLBACK", "STRICT"])), allowed: .marketing, "what happens when onboarding is not complete."),
        Member(
            "category", .string(StringShape(words: ["utility", "authentication", "service"])), allowed: .cloud, "Direct Send (beta): the class of a free-form message outside the window."),
        Member("ttl_seconds", .number(NumberShape()), allowed: .cloud, rule: "D01", "Direct Send: how long the message may wait."),
        Member("direct_send_config", .object(directSend), allowed: .cloud, rule: "D01", "Direct Send: the template that is made of it."),
        Member("messaging_account_id", .string(StringShape()), allowed: .graph, "the account that pays."),
        Member("paid_messaging_account_id", .string(StringShape()), allowed: .graph, "the old name of messaging_account_id."),
        .misplaced("typing_indicator", .error, rule: "X19", "it goes with \"status\": \"read\" and the id of the inbound message, as a request of its own."),
        .misplaced("message_id", .warning, rule: "X19", "it goes with \"status\": \"read\"; to answer a message use \"context\"."),
    ]

    static let short = ShortWriting.form([
        #"{"to":"+15550001234","text":"Yes","reply_to":"wamid.HBgL","tag":"order 42"}"#,
        #"{"recipient":"US.13491208655302741918","text":"Yes"}"#,
        #"{"group":"Y2FwaV9ncm91cDox","text":"Meeting point is gate 4."}"#,
    ])

    static let rules: [Rule] = [
        .recipient, .onPremisesRecipient, .phoneNumber, .individualOnly, .group, .directSend,
    ]

    private static let context = ObjectShape(
        name: "context",
        members: [
            Member("message_id", .string(StringShape(limits: [Limits.messageID], format: .messageID)), required: .all, "the id of the message that is answered.")
        ])

    private static let directSend = ObjectShape(
        name: "direct_send_config",
        members: [
            Member("template_name", .string(StringShape(limits: [Limits.directSendTemplateName], format: .templateName)), required: .all, "the name of the template.")
        ])
}
