"""What a careful service without any library does with a webhook of the field `messages`: verify, parse, and make the same flat
events as `wabiz.receive`, member by member. Written for speed: `receive.py` measures against it and holds the events to be equal."""
import hashlib
import hmac
import json


def receive(body, signature, secret, verdicts):
    """Events of the messages, statuses and errors of a body; `verdicts` has name and verdict of each error code."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature, expected):
        raise PermissionError("The signature does not match.")
    events = []
    for entry in json.loads(body)["entry"]:
        waba_id, sent = entry["id"], entry.get("time")
        for change in entry["changes"]:
            value = change["value"]
            metadata = value["metadata"]
            number = metadata["phone_number_id"]
            display = metadata["display_phone_number"]
            by_user, by_phone = {}, {}
            for contact in value.get("contacts", ()):
                if "user_id" in contact:
                    by_user.setdefault(contact["user_id"], contact)
                if "wa_id" in contact:
                    by_phone.setdefault(contact["wa_id"], contact)
            for item in value.get("messages", ()):
                key = item["id"]
                event = {"kind": "message", "key": key, "waba_id": waba_id, "phone_number_id": number, "display_phone_number": display,
                         "timestamp": int(item["timestamp"]), "message_id": key}
                if sent is not None:
                    event["entry_time"] = sent
                message(item, event, verdicts)
                person(event, by_user.get(item.get("from_user_id")) or by_phone.get(item.get("from")))
                event["payload"] = item
                events.append(event)
            for item in value.get("statuses", ()):
                key = f"{item['id']}:{item['status']}"
                event = {"kind": "status", "key": key, "waba_id": waba_id, "phone_number_id": number, "display_phone_number": display,
                         "timestamp": int(item["timestamp"]), "message_id": item["id"]}
                if sent is not None:
                    event["entry_time"] = sent
                status(item, event, verdicts)
                person(event, by_user.get(item.get("recipient_user_id")) or by_phone.get(item.get("recipient_id")))
                event["payload"] = item
                events.append(event)
            for item in value.get("errors", ()):
                event = {"kind": "error", "key": None, "waba_id": waba_id, "phone_number_id": number, "display_phone_number": display,
                         "errors": problems([item], verdicts), "payload": item}
                if sent is not None:
                    event["timestamp"] = sent
                events.append(event)
    return events


def person(event, contact):
    if contact is not None:
        event["contact"] = contact
        if "profile" in contact and "name" in contact["profile"]:
            event["profile_name"] = contact["profile"]["name"]


SENDER = ("from", "from_user_id", "from_parent_user_id", "group_id", "type", "referral", "identity")
MEDIA = {"image", "audio", "video", "document", "sticker"}


def message(item, event, verdicts):
    for name in SENDER:
        if name in item:
            event[name] = item[name]
    if "context" in item:
        context = item["context"]
        for name, member in (("id", "context_id"), ("from", "context_from"), ("forwarded", "forwarded"),
                             ("frequently_forwarded", "frequently_forwarded"), ("referred_product", "referred_product")):
            if name in context:
                event[member] = context[name]
    if "errors" in item:
        event["errors"] = problems(item["errors"], verdicts)
    kind = item["type"]
    content = item.get(kind)
    if content is None:
        return
    if kind == "text":
        event["text"] = content["body"]
    elif kind in MEDIA:
        event["media"] = content
        if "caption" in content:
            event["text"] = content["caption"]
    elif kind == "interactive":
        interactive(content, event)
    elif kind == "button":
        event["text"] = event["reply_title"] = content["text"]
        event["reply_id"] = content["payload"]
    elif kind == "reaction":
        event["reaction"] = {"message_id": content["message_id"], "emoji": content.get("emoji", "")}
    elif kind == "location":
        event["location"] = content
    elif kind == "contacts":
        event["contacts"] = content
        for name in ("vcard", "origin"):
            if name in item or name in content[0]:
                event[name] = item.get(name) or content[0][name]
    elif kind == "order":
        event["order"] = content
        if "text" in content:
            event["text"] = content["text"]
    elif kind == "system":
        event["system"] = content
        if "wa_id" in content:
            event["new_wa_id"] = content["wa_id"]
        if "user_id" in content:
            event["new_user_id"] = content["user_id"]
    elif kind == "edit":
        event["original_message_id"] = content["original_message_id"]
        edited = content["message"]
        inside = edited[edited["type"]]
        said = inside.get("body", inside.get("caption"))
        if said is not None:
            event["text"] = said
    elif kind == "revoke":
        event["original_message_id"] = content["original_message_id"]
    elif kind == "unsupported":
        event["unsupported_type"] = content["type"]


def interactive(content, event):
    kind = event["interactive_type"] = content["type"]
    reply = content[kind]
    if kind in ("button_reply", "list_reply"):
        event["text"] = event["reply_title"] = reply["title"]
        event["reply_id"] = reply["id"]
    elif kind == "nfm_reply":
        event["flow_response"] = json.loads(reply["response_json"])
        event["flow_name"] = reply["name"]
    else:
        event[kind] = reply


STATUS = (("status", "status"), ("type", "type"), ("recipient_id", "recipient_id"), ("recipient_user_id", "recipient_user_id"),
          ("recipient_parent_user_id", "recipient_parent_user_id"), ("recipient_type", "recipient_type"), ("group_id", "group_id"),
          ("recipient_participant_id", "participant_id"), ("recipient_participant_user_id", "participant_user_id"),
          ("recipient_identity_key_hash", "recipient_identity_key_hash"), ("biz_opaque_callback_data", "tag"), ("template_id", "template_id"),
          ("pricing", "pricing"), ("conversation", "conversation"))


def status(item, event, verdicts):
    for name, member in STATUS:
        if name in item:
            event[member] = item[name]
    participant = item.get("recipient_participant_user_id") or item.get("recipient_participant_id")
    if participant:
        event["key"] += ":" + participant
    if "payment" in item:
        event["payment"] = item["payment"]
        transaction = item["payment"]["transaction"]
        event["key"] = f"{item['id']}:{transaction['id']}:{transaction['status']}:{transaction['updated_timestamp']}"
    if "errors" in item:
        event["errors"] = problems(item["errors"], verdicts)


def problems(errors, verdicts):
    flat = []
    for error in errors:
        problem = {name: error[name] for name in ("code", "title", "message", "href") if name in error}
        if "error_data" in error:
            problem["details"] = error["error_data"]["details"]
        if problem["code"] in verdicts:
            problem["name"], problem["retry"] = verdicts[problem["code"]]
        flat.append(problem)
    return flat
