"""Every operation of the API as requests: good ids for its path, good bodies, and bodies that name foreign ids.

An operation that is new must be found here with all it needs. What is missing fails the walk, with a sentence
that says what to add.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lazaretto.api.entry import SECURITY
from lazaretto.api.openapi import _Schemas
from lazaretto.api.routes import CONTRACT
from lazaretto.api.sample import sample
from tests.wire.settings.conftest import BODIES as SETTINGS

MARK = "zanzibar"
"""In every name, address and text of the account that nobody else may see."""

PARAMETER = re.compile(r"\{(\w+)\}")
DOMAIN = {"allowed_delivery_modes": ["DIRECT"], "drop_dispositions": [], "ip_restrictions": [], "regions": []}


def collection(path):
    """The list that the id in the path belongs to: all before its last id."""
    return path.removeprefix(SECURITY).rpartition("/{")[0]


def marked(body):
    """The body with the mark in its texts, where they are free."""
    free = {"pattern", "name", "comments", "notes", "domain", "email"}
    return {
        name: (f"{MARK}.test" if name == "domain" else f"{MARK}@{MARK}.test" if name == "email" else f"{MARK}{value}")
        if name in free and isinstance(value, str)
        else value
        for name, value in body.items()
    }  # fmt: skip


MAKING = {
    "/users": lambda _: {"email": f"{MARK}@example.com", "role": "analyst", "name": MARK},
    "/tokens": lambda _: {"name": MARK, "role": "read_only"},
    "/investigate/bulk": lambda _: {"action": "RELEASE", "search_params": {"subject": MARK}, "comment": MARK},
    "/submissions": lambda ids: {
        "type": "reclassification",
        "messages": [{"id": ids["investigate_id"], "expected_disposition": "SPAM"}],
    },
    "/rescans": lambda _: {"search_params": {"subject": MARK}, "limit": 1},
    "/settings/domains": lambda _: {"domain": f"{MARK}.test", **DOMAIN, "regions": ["GLOBAL"]},
    **{f"/settings/{name}": lambda _, body=body: marked(body) for name, body in SETTINGS.items()},
}
"""What is posted to a list so that it has something whose id a path can name."""

FOREIGN = {
    "/investigate/release": lambda ids: [[ids["investigate_id"]], {"ids": [ids["investigate_id"]]}],
    "/investigate/move": lambda ids: [
        {"destination": "Inbox", "ids": [ids["investigate_id"]]},
        {"destination": "Inbox", "postfix_ids": [ids["queue_id"]]},
    ],
    "/investigate/preview": lambda ids: [{"id": ids["investigate_id"]}, {"postfix_id": ids["queue_id"]}],
    "/investigate/bulk": lambda ids: [
        {"action": "RELEASE", "search_params": {"subject": "about"}},
        {"action": "RELEASE", "search_params": {"alert_id": ids["investigate_id"].rpartition("-")[0]}, "dry_run": True},
    ],
    "/investigate/{investigate_id}/move": lambda _: [{"destination": "Inbox"}],
    "/submissions": lambda ids: [
        {"type": "reclassification", "messages": [{"id": ids["investigate_id"], "expected_disposition": "SPAM"}]}
    ],
    "/tokens": lambda ids: [{"name": "t", "role": "read_only", "user_id": ids["/users"]}],
    "/settings/domains": lambda ids: [{"ids": [ids["/settings/domains"]]}, [ids["/settings/domains"]]],
    "/settings/domains/batch": lambda ids: [
        {"deletes": [{"id": ids["/settings/domains"]}]},
        {"patches": [{"id": ids["/settings/domains"], "lookback_hops": 2}]},
    ],
    **{
        f"/settings/{name}/batch": lambda ids, name=name: [
            {"deletes": [{"id": ids[f"/settings/{name}"]}]},
            {"patches": [{"id": ids[f"/settings/{name}"], "comments": "mine"}]},
        ]
        for name in SETTINGS
    },
}  # fmt: skip
"""Bodies that name what belongs to somebody else, by the path below the account."""


@dataclass
class Ids:
    """What is in an account, by the name in the path or by the list that it is in."""

    found: dict[str, str] = field(default_factory=dict)

    def path(self, entry, account):
        """The path with ids in it."""

        def fill(match):
            name = match[1]
            key = name if name in self.found else collection(entry.path[: match.end()])
            if name == "account_id":
                return account
            assert key in self.found, (
                f"{entry.method} {entry.path} has an id that the walk does not know: add to MAKING in "
                f"tests/wire/walk.py what is to be posted to {key}"
            )
            return self.found[key]

        return PARAMETER.sub(fill, entry.path)


def bodies(entry, ids):
    """Bodies to send: those that name foreign ids where there are any, else one that fits the description."""
    below = entry.path.removeprefix(SECURITY)
    if below in FOREIGN and entry.method in ("POST", "DELETE"):
        return FOREIGN[below](ids.found)
    if entry.method == "PUT" and collection(entry.path) in MAKING:
        # In the words of the caller: the mark must not come from there.
        return [json.loads(json.dumps(MAKING[collection(entry.path)](ids.found)).replace(MARK, "elsewhere"))]
    if entry.body is None:
        return [None]
    assert not (below.endswith("/batch")), (
        f"{entry.method} {entry.path} changes many at once: add to FOREIGN in tests/wire/walk.py bodies that "
        "name ids of another account"
    )
    schemas = _Schemas(CONTRACT)
    return [sample(schemas.body_of(entry), schemas.components)]


async def fill(api, token, account):
    """One of everything in the account, with the mark in it."""
    ids = Ids()
    for _ in range(2):  # the second is like the first
        ids.found["investigate_id"] = await api.world.put(
            account=account,
            subject=f"about {MARK}",
            recipients=(f"{MARK}@example.com",),
            at=datetime.now(UTC),
        )
    ids.found["/rules"] = "spf_fail"  # the same in every account
    ids.found["queue_id"] = ids.found["investigate_id"].partition("-")[0]
    for entry in CONTRACT:
        key = collection(entry.path)
        if entry.path.endswith("}") and key not in ("", *ids.found) and "/investigate" != key:
            assert key in MAKING, (
                f"{entry.path} has an id that the walk does not know: add to MAKING in tests/wire/walk.py "
                f"what is to be posted to {key}"
            )
            ids.found[key] = await _make(api, token, account, key, MAKING[key](ids.found))
    return ids


async def _make(api, token, account, key, body):
    path = SECURITY.format(account_id=account) + key
    answer = await api.http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code < 300, f"POST {key}: {answer.text}"
    result = answer.json()["result"]
    made = result[0] if isinstance(result, list) else result
    return next(made[name] for name in ("id", "job_id", "submission_id") if name in made)
