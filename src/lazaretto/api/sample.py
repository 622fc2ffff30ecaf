"""A plausible value for a JSON schema of our own description, for people who read it.

Limits: only what our own types are made of; it stops where types contain themselves.
"""

from typing import Any

Schema = dict[str, Any]

MAX_DEPTH = 6
REFERENCE = "#/components/schemas/"

BY_NAME: dict[str, Any] = {
    "account_id": "023e105f4ecef8ad9ca31a8372d0c353",
    "action": "QUARANTINED",
    "action_type": "MOVE",
    "alert_id": "4Njp3P0STMz2c02Q-2024-01-05T10:00:00",
    "client_recipient": "ana@example.com",
    "client_recipients": ["ana@example.com"],
    "comment": "Invoice wave of Monday",
    "comments": "Asked for by the helpdesk",
    "created_by": "ana@example.com",
    "delivered": ["ana@example.com"],
    "delivery_mode": "DIRECT",
    "delivery_status": "quarantined",
    "destination": "JunkEmail",
    "domain": "example.com",
    "email": "ana@example.com",
    "email_message_id": "<1@shop.example>",
    "envelope_from": "billing@shop.example",
    "envelope_to": ["ana@example.com"],
    "exact_subject": None,
    "final_disposition": "MALICIOUS",
    "from": "billing@shop.example",
    "from_name": "Shop",
    "id": "1042",
    "ids": ["4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678"],
    "investigate_id": "4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678",
    "job_id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "message_id": "<1@shop.example>",
    "metric": None,
    "name": "Ana Silva",
    "notes": "Seen in three waves",
    "pattern": "billing@shop.example",
    "postfix_id": "4Njp3P0STMz2c02Q",
    "postfix_ids": ["4Njp3P0STMz2c02Q"],
    "recipient": "ana@example.com",
    "rule_id": "robot_on_free_mail",
    "sender": "billing@shop.example",
    "smtp_helo_ip": "192.0.2.7",
    "smtp_helo_server_ip": "192.0.2.7",
    "subject": "Your invoice",
    "to": ["ana@example.com"],
}
MESSAGE = BY_NAME["investigate_id"]
DOMAIN = {
    "allowed_delivery_modes": ["DIRECT"],
    "drop_dispositions": ["MALICIOUS", "SPOOF"],
    "ip_restrictions": ["192.0.2.0/24"],
    "regions": ["GLOBAL"],
}
WHOLE: dict[str, dict[str, Any]] = {
    "AllowPolicyFields": {
        "pattern": "billing@partner.example",
        "pattern_type": "EMAIL",
        "is_regex": False,
        "is_trusted_sender": True,
        "is_exempt_recipient": False,
        "is_acceptable_sender": False,
        "verify_sender": True,
    },
    "BlockedSenderFields": {"pattern": "billing@shop.example", "pattern_type": "EMAIL", "is_regex": False},
    "TrustedDomainFields": {
        "pattern": "partner.example",
        "is_regex": False,
        "is_recent": True,
        "is_similarity": True,
    },
    "ContentPolicyFields": {
        "name": "Gift cards",
        "pattern": "gift ?cards?",
        "targets": ["SUBJECT", "BODY"],
        "enabled": True,
    },
    "DomainFields": {"domain": "example.net", **DOMAIN},
    "DomainReplacement": DOMAIN,
    "ImpersonatedFields": {"name": "Ana Silva", "email": "ana@example.com", "is_email_regex": False},
    "SendingRestrictionFields": {"domain": "bank.example", "exclude": ["news.bank.example"]},
    "IgnoredUrlFields": {"pattern": "https://links\\.shop\\.example/.*"},
    "Reclassify": {"expected_disposition": "SPAM"},
    "PreviewWish": {"id": MESSAGE},
    "DomainReferences": {"ids": ["1042"]},
    "RescanWish": {"rules": [{"id": "link_shortener", "weight": 2.5}], "thresholds": {"spam": 3.5}},
    "HuntWish": {"kind": "url_host", "value": "login.shop.example"},
    "Create": {
        "type": "missed_detection",
        "messages": [{"id": MESSAGE, "expected_disposition": "MALICIOUS"}],
    },
}
"""Bodies whose fields depend on each other, by the names of their types."""

WORTH_SHOWING = frozenset({"destination", "id", "ids", "expected_disposition", "name", "role"})
"""Optional fields without which an example would be refused, or would say little."""

TIME = "2026-01-05T10:00:00.123Z"
TIME_ENDS = ("_at", "_date", "_timestamp")


def sample(schema: Schema, components: Schema, name: str = "", depth: int = 0) -> Any:
    """The value; what is optional is left out of objects that say what they need."""
    if "$ref" in schema:
        kind = schema["$ref"].removeprefix(REFERENCE)
        return WHOLE[kind] if kind in WHOLE else sample(components[kind], components, name, depth)
    for word in ("default", "const"):
        if schema.get(word) is not None:
            return schema[word]
    if schema.get("enum"):
        return BY_NAME[name] if BY_NAME.get(name) in schema["enum"] else schema["enum"][0]
    if name in BY_NAME and BY_NAME[name] is None:
        return None
    if "anyOf" in schema:
        return sample(_best(schema["anyOf"]), components, name, depth)
    return _of_type(schema, components, name, depth)


def _best(choices: list[Schema]) -> Schema:
    """An object before a list, anything before null."""
    order = {"null": 2, "array": 1}
    return min(choices, key=lambda choice: order.get(str(choice.get("type")), 0))


def _of_type(schema: Schema, components: Schema, name: str, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return {} if depth >= MAX_DEPTH else _object(schema, components, depth)
    if kind == "array":
        return _array(schema, components, name, depth)
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return _text(schema, name) if kind == "string" else None


def _object(schema: Schema, components: Schema, depth: int) -> dict[str, Any]:
    fields: Schema = schema.get("properties", {})
    needed = schema.get("required", ())
    shown = [name for name in fields if name in needed or name in WORTH_SHOWING]
    return {name: sample(fields[name], components, name, depth + 1) for name in shown}


def _array(schema: Schema, components: Schema, name: str, depth: int) -> list[Any]:
    if (name == "messages" and depth == 1) or name == "puts":  # notes are rare; a batch that says enough
        return []
    if isinstance(BY_NAME.get(name), list):
        return list(BY_NAME[name])
    items = schema.get("items") or (schema.get("prefixItems") or [{}])[0]
    return (
        [sample(items, components, name.removesuffix("s"), depth + 1)] if items and depth < MAX_DEPTH else []
    )


def _text(schema: Schema, name: str) -> str:
    if "format" in schema or name in ("ts", "start", "end") or name.endswith(TIME_ENDS):
        return TIME
    found = BY_NAME.get(name)
    return found if isinstance(found, str) else "text"
