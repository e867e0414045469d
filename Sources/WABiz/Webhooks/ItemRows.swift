// The rows of other fields whose values hold arrays of items: preferences, ids, calls, groups, and the copies of messages
// that coexistence and handover bring.

extension WebhookTable {
    // MARK: People

    static let peopleFields = [
        WebhookField("user_preferences", EventPlace(rows: [userPreference, error])),
        WebhookField("user_id_update", EventPlace(rows: [userID, error])),
        WebhookField("automatic_events", EventPlace(rows: [automaticEvent, error])),
    ]

    private static let userPreference = EventRow(
        array: "user_preferences", kind: "user_preference", "a person stops or resumes marketing messages: obey at once",
        person: Person(userIDs: [Path("user_id")], phones: [Path("wa_id")]), time: Path("timestamp"),
        members: [
            EventMember("wa_id", .id, "the person's phone number"),
            EventMember("user_id", .id, "the person's business-scoped user id"),
            EventMember("parent_user_id", .id, "the same for the parent portfolio"),
            EventMember("category", .text, "marketing_messages"),
            EventMember("value", .text, "stop, resume or signup"),
            EventMember("detail", .text, "the same in words"),
            EventMember("signup_id", .id, "the sign-up, with signup"),
        ])

    private static let userID = EventRow(
        array: "user_id_update", kind: "user_id_update", "a person's business-scoped user id changed",
        person: Person(userIDs: [Path("user_id", "current"), Path("user_id", "previous")], phones: [Path("wa_id")]), time: Path("timestamp"),
        members: [
            EventMember("wa_id", .id, "the person's phone number"),
            EventMember("user_id", .object, "previous and current"),
            EventMember("parent_user_id", .object, "previous and current, for the parent portfolio"),
            EventMember("detail", .text, "why, in words"),
        ])

    private static let automaticEvent = EventRow(
        array: "automatic_events", kind: "automatic_event", "Meta found a lead or a purchase in a conversation that an ad began",
        key: KeyRule(prefix: "auto", parts: [Path("id"), Path("event_name")]), time: Path("timestamp"),
        members: [
            EventMember("message_id", .id, Path("id"), "the message it was found in"),
            EventMember("event_name", .text, "LeadSubmitted or Purchase"),
            EventMember("ctwa_clid", .text, "the click that began the conversation"),
            EventMember("custom_data", .object, "currency and value of a purchase"),
        ])

    // MARK: Coexistence

    static let coexistenceFields = [
        WebhookField("history", history),
        WebhookField("smb_app_state_sync", EventPlace(rows: [stateSync, error])),
        WebhookField("smb_message_echoes", or: "message_echoes", EventPlace(rows: [echo(), error])),
    ]

    private static let history = EventPlace(
        rows: [historyMessage("messages"), historyMessage("message_echoes"), error],
        inner: [
            InnerPlace(
                "history",
                EventPlace(
                    rows: [],
                    context: [EventMember("history", .object, Path("metadata"), "phase (0 to 2), chunk_order, progress; 100 is the end")],
                    inner: [
                        InnerPlace(
                            "threads",
                            EventPlace(
                                rows: [historyMessage("messages")],
                                context: [
                                    EventMember("thread_id", .id, Path("id"), "the person whose conversation it is"),
                                    EventMember("thread", .object, Path("context"), "wa_id, user_id and username of that person"),
                                ]),
                            empty: EventRow(kind: "history", "a conversation without messages", members: []))
                    ]),
                empty: EventRow(
                    kind: "history", "a part of the history without messages: its end, or why there is none",
                    members: [
                        EventMember("history", .object, Path("metadata"), "phase (0 to 2), chunk_order, progress; 100 is the end"),
                        EventMember("errors", .errors, "why the business shares no history"),
                    ]))
        ])

    /// Old messages come with a placeholder for media first, and with the media later under the same id: two keys.
    private static func historyMessage(_ array: StaticString) -> EventRow {
        EventRow(
            array: array, kind: "history", "an old message, from before the number joined: do not answer it",
            key: KeyRule(prefix: "history", parts: [Path("id"), Path("type")]), person: sender, time: Path("timestamp"),
            members: messageMembers + addressees + [EventMember("status", .text, Path("history_context", "status"), "DELIVERED, ERROR, PENDING, PLAYED, READ or SENT")],
            types: messageTypes)
    }

    private static let addressees = [
        EventMember("to", .id, "phone number of the person it was sent to"),
        EventMember("to_user_id", .id, "business-scoped user id of that person"),
        EventMember("to_parent_user_id", .id, "the same for the parent portfolio"),
    ]

    private static func echo(kind: StaticString = "message_echo", prefix: StaticString = "echo", _ more: [EventMember] = []) -> EventRow {
        EventRow(
            array: "message_echoes", kind: kind, "a message that the business sent by other means, such as the phone app",
            key: KeyRule(prefix: prefix, parts: [Path("id")]), person: Person(userIDs: [Path("to_user_id")], phones: [Path("to")]),
            time: Path("timestamp"), members: messageMembers + addressees + more, types: messageTypes)
    }

    private static let stateSync = EventRow(
        array: "state_sync", kind: "state_sync", "the contact book of the phone app changed",
        time: Path("metadata", "timestamp"),
        members: [
            EventMember("type", .text, "contact"),
            EventMember("action", .text, "add (also after an edit) or remove"),
            EventMember("contact", .object, "full_name, first_name, phone_number, user_id, username"),
        ])

    // MARK: Handover

    /// Copies for an app that does not own the conversation: kinds of their own, so that nobody answers them.
    static let standby = WebhookField(
        "standby",
        EventPlace(
            rows: [],
            inner: [
                InnerPlace(
                    "standby",
                    EventPlace(rows: [
                        EventRow(
                            array: "messages", kind: "standby_message", "a copy of a message that another app answers",
                            key: KeyRule(prefix: "standby", parts: [Path("id")]), person: sender, time: Path("timestamp"),
                            members: messageMembers, types: messageTypes),
                        EventRow(
                            array: "statuses", kind: "standby_status", "a copy of a status of a message that another app sent",
                            key: statusKey(prefix: "standby"), person: recipient, time: Path("timestamp"), members: statusMembers,
                            types: statusTypes(prefix: "standby")),
                        echo(
                            kind: "standby_message_echo", prefix: "standby:echo",
                            [
                                EventMember("message", .object, "the message as the other app posted it"),
                                EventMember("template", .object, "the template it was made of"),
                                EventMember("flow", .object, "the flow it opens"),
                            ]),
                    ]))
            ]))

    // MARK: Calls

    static let calls = WebhookField("calls", EventPlace(rows: [call, callStatus, error]))

    private static let call = EventRow(
        array: "calls", kind: "call", "a call begins, ends or leaves something behind",
        key: KeyRule(prefix: "call", parts: [Path("id"), Path("event")]),
        person: Person(userIDs: [Path("from_user_id"), Path("to_user_id")], phones: [Path("from"), Path("to")]), time: Path("timestamp"),
        members: [
            EventMember("call_id", .id, Path("id"), "id of the call"),
            EventMember("event", .text, "connect, terminate, call_created, call_recording_available, call_transcription_available"),
            EventMember("direction", .text, "BUSINESS_INITIATED or USER_INITIATED"),
            EventMember("from", .id, "phone number of the caller"),
            EventMember("from_user_id", .id, "business-scoped user id of a person who calls"),
            EventMember("from_parent_user_id", .id, "the same for the parent portfolio"),
            EventMember("to", .id, "phone number of the one called"),
            EventMember("to_user_id", .id, "business-scoped user id of a person who is called"),
            EventMember("to_parent_user_id", .id, "the same for the parent portfolio"),
            EventMember("status", .text, "of a call that ended: COMPLETED or FAILED, also in small letters"),
            EventMember("start_time", .integer, "Unix seconds; only of answered calls"),
            EventMember("end_time", .integer, "Unix seconds; only of answered calls"),
            EventMember("duration", .integer, "seconds; only of answered calls"),
            EventMember("session", .object, "sdp_type and sdp; absent with SIP"),
            EventMember("connection", .object, "the older form of session"),
            EventMember("tag", .text, Path("biz_opaque_callback_data"), "the tag that was set when calling"),
            EventMember("deeplink_payload", .text, "payload of the link that was tapped"),
            EventMember("cta_payload", .text, "payload of the button that was tapped"),
            EventMember("media", .object, Path("call_recording", "audio"), or: Path("call_transcript", "document"), "the recording or transcript; its url is good for 5 minutes"),
            EventMember("errors", .errors, "why the call failed"),
        ])

    private static let callStatus = EventRow(
        array: "statuses", kind: "call_status", "what became of a call of the business",
        key: statusKey(), person: recipient, time: Path("timestamp"),
        members: [
            EventMember("call_id", .id, Path("id"), "id of the call"),
            EventMember("status", .text, "RINGING, ACCEPTED or REJECTED"),
            EventMember("type", .text, "call"),
            EventMember("recipient_id", .id, "phone number; absent when it is hidden"),
            EventMember("recipient_user_id", .id, "the person's business-scoped user id"),
            EventMember("tag", .text, Path("biz_opaque_callback_data"), "the tag that was set when calling"),
            EventMember("errors", .errors, "why it failed"),
        ])

    // MARK: Groups

    static let groupFields = [
        WebhookField("group_lifecycle_update", groups("group_lifecycle_update", "a group was made or deleted, or could not be", [
            EventMember("subject", .text, "the group's name"),
            EventMember("description", .text, "the group's description"),
            EventMember("invite_link", .text, "the link that lets people join"),
            EventMember("join_approval_mode", .text, "auto_approve or approval_required"),
        ])),
        // Meta's published interface description has the second spelling.
        WebhookField("group_participants_update", or: "group_participant_update", groups("group_participants_update", "people joined, left or asked to join", [
            EventMember("reason", .text, "invite_link, say"),
            EventMember("added_participants", .array, "wa_id, user_id, username of each"),
            EventMember("removed_participants", .array, "the same of those who left"),
            EventMember("failed_participants", .array, "input and errors of those who could not be removed"),
            EventMember("initiated_by", .text, "business or participant"),
            EventMember("join_request_id", .id, "the request to join"),
            EventMember("wa_id", .id, "phone number of the person who asks"),
            EventMember("user_id", .id, "business-scoped user id of the person who asks"),
        ])),
        WebhookField("group_settings_update", groups("group_settings_update", "name, description or picture of a group was set, or could not be", [
            EventMember("group_subject", .object, "text, update_successful, errors"),
            EventMember("group_description", .object, "text, update_successful, errors"),
            EventMember("profile_picture", .object, "mime_type, sha256, update_successful, errors"),
        ])),
        WebhookField("group_status_update", groups("group_status_update", "a group was suspended, or is free again", [])),
    ]

    private static func groups(_ kind: StaticString, _ meaning: StaticString, _ members: [EventMember]) -> EventPlace {
        EventPlace(
            rows: [
                EventRow(
                    array: "groups", kind: kind, meaning, time: Path("timestamp"),
                    members: [
                        EventMember("group_id", .id, "the group"),
                        EventMember("type", .text, "Meta's word for what happened"),
                        EventMember("request_id", .id, "id of the call that asked for it"),
                        EventMember("errors", .errors, "why it could not be done"),
                    ] + members),
                error,
            ],
            // Beside the groups on one page of Meta's, in them on another.
            context: [EventMember("initiated_by", .text, "business or participant")])
    }
}
