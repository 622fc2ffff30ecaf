"""A valid body for every operation that takes one: the beginning of tests that break it field by field."""

from typing import Any

from tests.suites import examples

FRESH = 900_000
"""Numbers of objects that nobody else makes."""


def bodies(message: str, ids: list[str]) -> dict[tuple[str, str], Any]:
    """By method and path below email-security, parameters as {}. About a message and three settings."""
    found: dict[tuple[str, str], Any] = {
        ("POST", "/investigate/release"): {"ids": [message], "recipients": ["u@example.com"]},
        ("POST", "/investigate/bulk"): {
            "action": "MOVE",
            "destination": "Inbox",
            "comment": "c",
            "search_params": {"subject": "s", "detections_only": True, "final_disposition": "SPAM"},
        },
        ("POST", "/investigate/move"): {"destination": "Inbox", "ids": [message]},
        ("POST", "/investigate/{}/move"): {"destination": "Inbox"},
        ("POST", "/investigate/preview"): {"id": message},
        ("POST", "/investigate/{}/reclassify"): {
            "expected_disposition": "SPAM",
            "eml_content": examples.EML,
        },
        ("POST", "/submissions"): {
            "type": "reclassification",
            "messages": [{"id": message, "expected_disposition": "SPAM"}],
        },
        ("POST", "/submissions/{}/escalate"): {"expected_disposition": "SPAM"},
        ("POST", "/submissions/{}/review"): {},
        ("PATCH", "/settings/options"): {},
        ("POST", "/classifier/promote"): {"id": 1},
        ("PATCH", "/rules/{}"): {"enabled": True},
        ("POST", "/hunts"): {"kind": "url_host", "value": "a.example"},
        ("POST", "/rescans"): {"ids": [message], "limit": 1, "rules": [{"id": "spf_fail", "weight": 1.0}]},
        ("POST", "/classifier/rollback"): {},
        ("POST", "/tokens"): {"name": "n", "role": "analyst"},
        ("POST", "/users"): {"email": "a@example.com", "name": "n", "role": "analyst"},
        ("PATCH", "/users/{}"): {"name": "n", "role": "analyst"},
        ("DELETE", "/settings/domains"): {"ids": [ids[0]]},
    }
    for group in examples.SETTING_GROUPS:
        path = f"/settings/{group}"
        found["POST", path] = examples.setting(group, FRESH)
        found["PATCH", path + "/{}"] = _put(group, FRESH + 1)
        found["PUT", path + "/{}"] = _put(group, FRESH + 2)
        found["POST", path + "/batch"] = {
            "deletes": [{"id": ids[0]}],
            "patches": [{"id": ids[1], **_put(group, FRESH + 3)}],
            "puts": [{"id": ids[2], **_put(group, FRESH + 4)}],
            "posts": [examples.setting(group, FRESH + 5)],
        }
    return found


def _put(group: str, number: int) -> dict[str, Any]:
    """The name of a domain cannot be changed."""
    whole = examples.setting(group, number)
    return {name: value for name, value in whole.items() if (group, name) != ("domains", "domain")}
