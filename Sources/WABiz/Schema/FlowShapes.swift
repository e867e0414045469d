// The action of flow messages: which flow, how the button is called, and where it begins.

enum FlowShapes {
    static let action = InteractiveActions.named(
        "flow", "interactive.flow.action", Member("parameters", .object(parameters), required: .all, "the flow."))

    private static let parameters = ObjectShape(
        name: "interactive.flow.parameters",
        members: [
            Member("flow_message_version", .string(StringShape(words: ["3"])), required: .all, "\"3\"."),
            Member("flow_id", .string(StringShape(limits: [Limits.flowID])), "the id of the flow."),
            Member("flow_name", .string(StringShape(limits: [Limits.flowID])), allowed: .graph, presence: .error, rule: "I13", "the name of the flow, in the Cloud API."),
            Member(
                "flow_cta", .string(StringShape(limits: [Limits.flowCTA, Limits.flowCTAOnce], format: .noEmoji)), required: .all, "what the button says, without emoji."),
            Member("mode", .string(StringShape(words: ["draft", "published"])), "\"draft\" or \"published\", the default."),
            Member("flow_token", .string(StringShape()), required: .onPremises, absence: .warning, "a text of yours that the flow's endpoint and answer bring back."),
            Member("flow_action", .string(StringShape(words: ["navigate", "data_exchange"])), "\"navigate\", the default, or \"data_exchange\"."),
            Member("flow_action_payload", .object(payload), rule: "I14", "where the flow begins, and with what."),
        ],
        rules: [.idOrName, .payloadNavigates])

    private static let payload = ObjectShape(
        name: "interactive.flow.flow_action_payload",
        members: [
            Member("screen", .string(StringShape(limits: [Limits.flowID])), required: .all, absence: .warning, "the screen that it begins at; its first screen without it."),
            // An object; one page shows a string of JSON. The rule looks at it.
            Member("data", .ignored, "what the screen gets."),
        ],
        rules: [.flowData])
}

extension Rule {
    static let idOrName = Rule("I13", "Exactly one of flow_id and flow_name; flow_name in the Cloud API only.") { parameters, walk in
        // On-Premises the name does not belong at all.
        let hasBoth = parameters["flow_id"] != nil && parameters["flow_name"] != nil && walk.dialect != .onPremises
        guard hasBoth || parameters["flow_id"] == nil && parameters["flow_name"] == nil else { return }
        walk.report(
            .error(.exactlyOneOf, hasBoth ? "\"flow_id\" and \"flow_name\" are both given; keep one." : "Add \"flow_id\" with the id of the flow, or \"flow_name\"."),
            rule: RuleName("I13"))
    }

    static let payloadNavigates = Rule("I14", "flow_action_payload goes with navigate.") { parameters, walk in
        guard parameters["flow_action_payload"] != nil, parameters["flow_action"]?.equals("data_exchange") == true else { return }
        walk.report(
            .error(.notAllowed, "With \"flow_action\" data_exchange your endpoint names the screen; remove \"flow_action_payload\"."), rule: RuleName("I14"),
            at: [.named("flow_action_payload")])
    }

    static let flowData = Rule("I14", "data is an object that is not empty.", limits: [Limits.flowData]) { payload, walk in
        guard let data = payload["data"] else { return }
        guard data.isObject || data.isString else {
            return walk.inside(.named("data")) { $0.wrongType(data, "an object", rule: RuleName("I14")) }
        }
        guard data.isObject ? data.count == 0 : data.writtenLength == 0 else { return }
        walk.reportLimit(Limits.flowData, .tooFew, "This is empty; leave it out or write what the screen gets.", 1, 0, RuleName("I14"), at: [.named("data")])
    }
}
