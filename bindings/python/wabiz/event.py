"""One item of a webhook, described for type checkers.

At run time an event is a plain dict. Kinds and members may be added at any time: ignore those you do not know.
`wabiz.describe("webhooks")` says of every kind which members it has and where in Meta's item they come from.
"""

from __future__ import annotations

from typing import Any, Optional, TypedDict, Union

Object = dict[str, Any]

# "from" is a word of the language and cannot be written in the class below.
_Sender = TypedDict("_Sender", {"from": str}, total=False)


class Problem(TypedDict, total=False):
    """Why something failed, with Meta's code and our verdict."""

    code: int
    title: str
    message: str
    details: str
    href: str
    name: str
    """Meta's name for the code, where the table of error codes holds it."""
    retry: str
    """The verdict: "never", "after_fix", "backoff", "wait_window" or "uncertain"."""


class Event(_Sender, total=False):
    """One item of a webhook. `payload` is the item as Meta sent it; the members beside it are conveniences, absent where
    they do not apply or where Meta left them out. `kind`, `key` and `payload` are always there."""

    kind: str
    """ "message", "status", "error", "call", "account_update" ..., and "unknown" for what the library does not know."""
    key: Optional[str]
    """The same for a repeated delivery: keep keys for 7 days. None where every delivery counts."""
    payload: Any

    # Where and when.
    waba_id: str
    business_portfolio_id: str
    """In place of `waba_id` where Meta names the business portfolio."""
    phone_number_id: str
    display_phone_number: str
    timestamp: int
    """Unix seconds: when it happened, or when the notification was sent where the item has no time."""
    entry_time: int
    """Unix seconds: when the notification was sent, beside an item's own timestamp."""
    field: str
    """The webhook field, of all but known items of `messages`."""
    member: str
    """Of kind "unknown": the name of the member, when it is not a whole change, entry or body."""

    # People. Phone numbers are absent when they are hidden; user ids are business-scoped.
    profile_name: str
    contact: Object
    from_user_id: str
    from_parent_user_id: str
    to: str
    to_user_id: str
    to_parent_user_id: str
    wa_id: str
    user_id: Union[str, Object]
    """The person's id; of kind "user_id_update" an object with `previous` and `current`."""
    parent_user_id: Union[str, Object]
    new_wa_id: str
    new_user_id: str
    username: str
    requester: str
    """Who wants it, such as to change a username or a phone number's name."""
    identity: Object

    # Messages.
    message_id: str
    """The message, or the one that a status is about."""
    type: str
    text: str
    """What the person said: body, caption or button title."""
    reply_id: str
    """What was tapped: the id of the button or row, the payload of a template's button."""
    reply_title: str
    interactive_type: str
    media: Object
    location: Object
    contacts: list[Any]
    vcard: str
    origin: str
    reaction: Object
    order: Object
    flow_response: Object
    """The answers to a flow or an address form, read from their text."""
    flow_name: str
    call_permission_reply: Object
    payment_method: Object
    system: Object
    unsupported_type: str
    original_message_id: str
    """Of an edit or a deletion: the message that it is about."""
    context_id: str
    """The message that it answers or quotes."""
    context_from: str
    forwarded: bool
    frequently_forwarded: bool
    referred_product: Object
    referral: Object
    """The ad or post that led here."""
    group_id: str
    message: Union[str, Object]
    template: Object
    flow: Object

    # Statuses.
    status: str
    """ "sent", "delivered", "read", "played", "failed" ...; other kinds have words of their own."""
    recipient_id: str
    recipient_user_id: str
    recipient_parent_user_id: str
    recipient_type: str
    recipient_identity_key_hash: str
    participant_id: str
    """In a group: the phone number of the person concerned."""
    participant_user_id: str
    participant_parent_user_id: str
    tag: str
    """What was set as tag when sending."""
    template_id: str
    pricing: Object
    conversation: Object
    payment: Object
    errors: list[Problem]

    # What people do, allow and forbid.
    action_type: str
    cta_payload: str
    deeplink_payload: str
    marketing_messages_link_click_data: Object
    category: str
    value: str
    detail: str
    signup_id: str
    event_name: str
    ctwa_clid: str
    custom_data: Object

    # Calls.
    call_id: str
    event: str
    direction: str
    session: Object
    connection: Object
    start_time: int
    """Unix seconds, as is `end_time`."""
    end_time: int
    duration: int
    """Seconds."""

    # Copies: the history of a number, the contact book of the phone app, conversations handed over.
    history: Object
    thread_id: str
    thread: Object
    action: str
    conversation_context: Object
    control_passed: Object
    control_taken: Object

    # Groups.
    subject: str
    description: str
    invite_link: str
    join_approval_mode: str
    request_id: str
    join_request_id: str
    reason: str
    initiated_by: str
    added_participants: list[Any]
    removed_participants: list[Any]
    failed_participants: list[Any]
    group_subject: Object
    group_description: Object
    profile_picture: Object

    # The account and its numbers.
    entity_type: str
    entity_id: str
    alert_severity: str
    alert_status: str
    alert_type: str
    alert_description: str
    alert_state: str
    decision: str
    rejection_reason: str
    requested_verified_name: str
    country: str
    current_limit: str
    old_limit: str
    phone_number: str
    phone_number_settings: Object
    waba_info: Object
    ban_info: Object
    disable_info: Object
    disconnection_info: Object
    restriction_info: list[Any]
    violation_info: Object
    volume_tier_info: Object
    auth_international_rate_eligibility: Object
    partner_client_certification_info: Object
    partner_client_certification_needed_info: Object
    max_daily_conversation_per_phone: Union[int, str]
    max_daily_conversations_per_business: Union[int, str]
    max_phone_numbers_per_business: Union[int, str]
    max_phone_numbers_per_waba: Union[int, str]
    solution_id: str
    solution_status: str
    configuration_name: str
    provider_name: str
    provider_mid: str
    created_timestamp: int
    updated_timestamp: int

    # Templates.
    message_template_id: str
    message_template_name: str
    message_template_language: str
    message_template_category: str
    message_template_title: str
    message_template_element: str
    message_template_footer: str
    message_template_buttons: list[Any]
    rejection_info: Object
    other_info: Object
    previous_category: str
    new_category: str
    correct_category: str
    category_update_timestamp: int
    previous_quality_score: str
    new_quality_score: str

    # Flows.
    flow_id: str
    flow_errors: list[Any]
    old_status: str
    new_status: str
    threshold: Union[int, float, str]
    error_rate: Union[int, float, str]
    p50_latency: Union[int, float, str]
    p90_latency: Union[int, float, str]
    availability: Union[int, float, str]
    requests_count: Union[int, str]
