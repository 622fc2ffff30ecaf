"""What the audit log keeps of a request: ids, the small fields that matter, and a digest of the body.

Rules. Only fields that are named here are kept: whatever else a body holds, a secret or a whole message, is
in the digest alone. Texts and lists are cut.

Limits: of a body that is larger than MAX_BODY, or not JSON, only the digest is kept.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from lazaretto.model.audit import Json, canonical

MAX_BODY = 256 * 1024
"""Bytes of a body that is looked into: reading it holds everybody else up."""

MAX_TEXT = 200
"""Characters of one value."""

MAX_ITEMS = 50
"""Items of one list; the count of all of them is kept as well."""

MAX_DEPTH = 4
"""A batch is lists of objects with lists."""

MAX_KEPT = 8 * 1024
"""Characters of all fields together; beyond it only the digest is kept."""

MAX_INTEGER = 2**53
"""Larger ones are kept as text: not everybody who checks a chain reads them exactly."""

FIELDS = frozenset(
    (
        # what is meant
        "id", "ids", "postfix_id", "postfix_ids", "escalated_submission_id", "user_id", "recipients",
        "messages", "search_params", "submission", "body",
        # what shall become of it
        "action", "type", "destination", "expected_disposition", "dry_run", "follow_up", "outcome",
        "comment", "comments", "note", "notes",
        # settings
        "deletes", "patches", "puts", "posts", "name", "email", "role", "disabled", "kind", "networks",
        "expires_at", "pattern", "pattern_type", "is_regex", "is_acceptable_sender", "is_exempt_recipient",
        "is_trusted_sender", "is_recipient", "is_sender", "is_spoof", "verify_sender", "is_recent",
        "is_similarity", "is_email_regex", "domain", "exclude", "enabled", "targets", "folder", "transport",
        "allowed_delivery_modes", "drop_dispositions", "ip_restrictions", "lookback_hops", "regions",
        "require_tls_inbound", "require_tls_outbound", "integration_id", "directory_id",
        "directory_node_id", "external_directory_node_id", "provenance", "block_wins", "report_addresses",
        "after_reclassify", "learn",
        # rules and what is tried with them
        "rules", "weight", "limit", "floor", "thresholds", "orders", "without_lists", "shipped", "value",
        # filters
        "query", "detections_only", "submissions", "final_disposition", "delivery_status",
        "message_action", "sender", "recipient", "subject", "exact_subject", "smtp_helo_ip", "message_id",
        "alert_id", "link_host", "attachment_sha256", "fingerprint",
        "start", "end", "actor", "operation", "before", "page", "per_page", "sequence", "hash",
    )
)  # fmt: skip
"""Names in bodies and queries whose values are kept."""


def parameters(query: Iterable[tuple[str, str]], body: bytes | None) -> dict[str, Json]:
    """What to keep of a request. Without a body there is no digest."""
    kept: dict[str, Json] = {}
    asked = {name: value[:MAX_TEXT] for name, value in query if name in FIELDS}
    if asked:
        kept["query"] = asked
    if body:
        kept["body_sha256"] = sha256(body).hexdigest()
        kept["body_size"] = len(body)
        fields = _fields(body)
        if fields and len(canonical(fields)) <= MAX_KEPT:
            kept["body"] = fields
    if "query" in kept and len(canonical(asked)) > MAX_KEPT:
        del kept["query"]
    return kept


def target(path: Mapping[str, Any], account: str) -> dict[str, Json]:
    """The ids in the path; the account's own is in every entry anyway."""
    return {
        name: str(value)[:MAX_TEXT]
        for name, value in path.items()
        if name != "account_id" or str(value).lower() != account
    }


def _fields(body: bytes) -> Json:
    if len(body) > MAX_BODY:
        return None
    try:
        value: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return _kept(value, MAX_DEPTH)


def _kept(value: Any, depth: int) -> Json:
    """The value, with only known names in it and everything cut to its limit."""
    if isinstance(value, dict):
        found = {name: _kept(item, depth - 1) for name, item in value.items() if name in FIELDS and depth}
        return {name: item for name, item in found.items() if item not in ({}, None)}
    if isinstance(value, list):
        items = [_kept(item, depth - 1) for item in value[:MAX_ITEMS] if depth]
        return items if len(value) <= MAX_ITEMS else {"first": items, "count": len(value)}
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > MAX_INTEGER):
        return str(value)[:MAX_TEXT]
    return value  # type: ignore[no-any-return]  # what is left is an integer, a boolean or null
