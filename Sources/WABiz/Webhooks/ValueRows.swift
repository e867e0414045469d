// The rows of fields whose value is one item: templates, the account, the business number, flows, payments, partners.

extension WebhookTable {
    // MARK: Templates

    static let templateFields = [
        templateStatus, templateQuality,
        WebhookField("message_template_components_update", "the text of a template changed", templateID, templateName, templateLanguage,
            EventMember("message_template_title", .text, "text of the header"),
            EventMember("message_template_element", .text, "text of the body"),
            EventMember("message_template_footer", .text, "text of the footer"),
            EventMember("message_template_buttons", .array, "type, text, url and phone_number of each button")),
        WebhookField("template_category_update", "a template's category changes within 24 hours, or has changed", templateID, templateName, templateLanguage,
            EventMember("previous_category", .text, "the category before, once it has changed"),
            EventMember("new_category", .text, "the category now"),
            EventMember("correct_category", .text, "the category to come, while it has not"),
            EventMember("category_update_timestamp", .integer, "when it comes, Unix seconds")),
        WebhookField("template_correct_category_detection", "Meta thinks that a template belongs to another category", templateID, templateName, templateLanguage,
            EventMember("category", .text, "the category now"),
            EventMember("correct_category", .text, "the one that Meta thinks right")),
    ]

    static let templateStatus = WebhookField("message_template_status_update", "a template was approved, rejected, paused, ...", templateID, templateName, templateLanguage,
        EventMember("event", .text, "APPROVED, REJECTED, PAUSED, DISABLED, ..."),
        EventMember("message_template_category", .text, "MARKETING, UTILITY or AUTHENTICATION"),
        EventMember("reason", .text, "why, as Meta's word"),
        EventMember("disable_info", .object, "disable_date"),
        EventMember("other_info", .object, "title and description"),
        EventMember("rejection_info", .object, "reason and recommendation"))

    static let templateQuality = WebhookField("message_template_quality_update", "a template's quality score changed", templateID, templateName, templateLanguage,
        EventMember("previous_quality_score", .text, "GREEN, YELLOW, RED or UNKNOWN"),
        EventMember("new_quality_score", .text, "the same, now"))

    private static let templateID = EventMember("message_template_id", .id, "id of the template")
    private static let templateName = EventMember("message_template_name", .text, "name of the template")
    private static let templateLanguage = EventMember("message_template_language", .text, "its language")

    // MARK: Account and number

    static let accountFields = [
        WebhookField("phone_number_quality_update", "the throughput or messaging limit of a number changed",
            EventMember("event", .text, "ONBOARDING, THROUGHPUT_UPGRADE, ..."),
            EventMember("current_limit", .text, "TIER_2K, TIER_UNLIMITED, ..."),
            EventMember("old_limit", .text, "the limit before"),
            EventMember("max_daily_conversations_per_business", .value, "the business's limit: a tier or a number")),
        WebhookField("phone_number_name_update", "a display name was approved or rejected",
            EventMember("decision", .text, "APPROVED, DEFERRED, PENDING or REJECTED"),
            EventMember("requested_verified_name", .text, "the name"),
            EventMember("rejection_reason", .text, "why not, as Meta's word")),
        WebhookField("account_update", "the account was restricted, banned, connected, ...",
            EventMember("event", .text, "ACCOUNT_RESTRICTION, DISABLED_UPDATE, PARTNER_ADDED, ..."),
            EventMember("restriction_info", .array, "restriction_type and expiration of each restriction"),
            EventMember("violation_info", .object, "violation_type and remediation"),
            EventMember("ban_info", .object, "waba_ban_state and waba_ban_date"),
            EventMember("waba_info", .object, "waba_id, owner_business_id, ..."),
            EventMember("disconnection_info", .object, "reason and initiated_by"),
            EventMember("partner_client_certification_info", .object, "client_business_id, status, rejection_reasons"),
            EventMember("partner_client_certification_needed_info", .object, "client_business_id"),
            EventMember("auth_international_rate_eligibility", .object, "start_time and exception_countries"),
            EventMember("volume_tier_info", .object, "tier, pricing_category, region, ..."),
            EventMember("country", .text, "the business's primary location"),
            EventMember("phone_number", .id, "the number that a warning is about")),
        WebhookField("account_alerts", "something about the account or a number deserves attention",
            EventMember("entity_type", .text, "BUSINESS, PHONE_NUMBER or CURRENT_STATUS_ID"),
            EventMember("entity_id", .id, "which one"),
            alert("alert_severity", "CRITICAL, WARNING or INFORMATIONAL"), alert("alert_status", "ACTIVE or NONE"),
            alert("alert_type", "OBA_APPROVED, PROFILE_PICTURE_LOST, ..."), alert("alert_description", "the same in words")),
        WebhookField("account_review_update", "the account was reviewed", EventMember("decision", .text, "APPROVED, REJECTED, PENDING or DEFERRED")),
        WebhookField("account_settings_update", "settings of a number changed, also by yourself", time: Path("timestamp"),
            EventMember("type", .text, "PHONE_NUMBER_SETTINGS"),
            EventMember("phone_number_settings", .object, "phone_number_id, calling, ...")),
        WebhookField("business_capability_update", "limits of the business changed; -1 is none",
            EventMember("max_daily_conversations_per_business", .value, "a tier or a number"),
            EventMember("max_daily_conversation_per_phone", .value, "until February 2026"),
            EventMember("max_phone_numbers_per_business", .value, "numbers of one business"),
            EventMember("max_phone_numbers_per_waba", .value, "numbers of one account")),
        WebhookField("security", "the two-step PIN of a number was changed or asked for",
            EventMember("event", .text, "PIN_CHANGED, PIN_RESET_REQUEST or PIN_REQUEST_SUCCESS"),
            EventMember("requester", .id, "who asked for it")),
        WebhookField("business_username_update", or: "business_username_updates", "the business's username was approved, reserved or deleted",
            EventMember("username", .text, "the name; absent when it was deleted"),
            EventMember("status", .text, "approved, reserved or deleted")),
    ]

    /// Meta nests the four; they were seen beside the others too.
    private static func alert(_ name: StaticString, _ meaning: StaticString) -> EventMember {
        EventMember(name, .text, Path("alert_info", name), or: Path(name), meaning)
    }

    // MARK: Services

    static let serviceFields = [
        WebhookField("flows", "a flow changed its status, or it or its endpoint is in trouble",
            EventMember("event", .text, "FLOW_STATUS_CHANGE, ENDPOINT_ERROR_RATE, ..."),
            EventMember("flow_id", .id, "the flow"),
            EventMember("message", .text, "the same in words"),
            EventMember("old_status", .text, "the status before"),
            EventMember("new_status", .text, "DRAFT, PUBLISHED, DEPRECATED, BLOCKED or THROTTLED"),
            EventMember("alert_state", .text, "ACTIVATED or DEACTIVATED"),
            EventMember("threshold", .value, "the bound that was crossed"),
            EventMember("error_rate", .value, "percent"),
            EventMember("availability", .value, "percent"),
            EventMember("p50_latency", .value, "half of the requests took no longer"),
            EventMember("p90_latency", .value, "nine in ten requests took no longer"),
            EventMember("requests_count", .value, "requests that were measured"),
            EventMember("flow_errors", .array, Path("errors"), "error_type, error_rate and error_count of each kind")),
        WebhookField("payment_configuration_update", "a payment configuration changed",
            EventMember("configuration_name", .text, "its name"),
            EventMember("provider_name", .text, "billdesk, payu, razorpay or zaakpay"),
            EventMember("provider_mid", .id, "the business's id there"),
            EventMember("status", .text, "Active, Needs Connecting or Needs Testing"),
            EventMember("created_timestamp", .integer, "Unix seconds"),
            EventMember("updated_timestamp", .integer, "Unix seconds")),
        WebhookField("partner_solutions", "a solution with a partner was made or changed",
            EventMember("event", .text, "SOLUTION_CREATED or SOLUTION_UPDATED"),
            EventMember("solution_id", .id, "the solution"),
            EventMember("solution_status", .text, "ACTIVE, DEACTIVATED, DRAFT, INITIATED, PENDING_DEACTIVATION or REJECTED")),
        WebhookField("messaging_handovers", "a conversation passed to or from another app", time: Path("timestamp"),
            EventMember("type", .text, "control_passed or control_taken"),
            EventMember("from", .id, Path("sender", "phone_number"), "the person's phone number"),
            EventMember("control_passed", .object, "previous and new owner, metadata"),
            EventMember("control_taken", .object, "the same"),
            EventMember("conversation_context", .object, or: Path("control_passed", "conversation_context"), "what the previous owner says about it")),
    ]
}
