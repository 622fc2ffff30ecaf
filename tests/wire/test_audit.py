"""What the log keeps of a request, and the calls that read it."""

import asyncio
import json
from dataclasses import replace
from hashlib import sha256

import pytest

from lazaretto.api import codes, trail, witness
from lazaretto.api.body import read_body
from lazaretto.api.entry import SECURITY, Entry
from lazaretto.api.openapi import _Schemas
from lazaretto.api.routes import CONTRACT
from lazaretto.api.trail import MAX_BODY, MAX_ITEMS, MAX_KEPT, MAX_TEXT, parameters
from lazaretto.api.witness import is_audited
from lazaretto.model.access import Capability
from lazaretto.model.audit import digest
from tests.wire.conftest import BASE
from tests.wire.samples import ACCOUNT
from tests.wire.seed import OTHER_ACCOUNT

RAW = f"GET {SECURITY}/investigate/{{investigate_id}}/raw"
RELEASE = f"POST {SECURITY}/investigate/release"


async def log(api, **params):
    """Oldest first, without the entries of this reading."""
    answer = await api.get("/audit", params={"per_page": 1000, **params})
    assert 200 == answer.status_code, answer.text
    return [entry for entry in reversed(answer.json()["result"]) if not entry["operation"].endswith("/audit")]


def short(entries):
    return [(entry["operation"], entry["stage"], entry["status"]) for entry in entries]


async def test_content_is_one_entry(api):
    """Who, what, from where, with which answer; found or not; a HEAD too."""
    message = await api.world.put()
    await api.get(f"/investigate/{message}/raw", token=api.world.read, headers={"X-Request-ID": "r-7"})
    await api.get("/investigate/nobody/raw", headers={"Accept": "message/rfc822"})
    await api.http.head(f"{BASE}/investigate/{message}/raw", headers=api.headers(None, {}))

    first, second, third = await log(api)

    assert [(RAW, "whole", 200), (RAW, "whole", 404), (RAW.replace("GET", "HEAD"), "whole", 200)] == short(
        (first, second, third)
    )
    assert ("read", "127.0.0.1", {"investigate_id": message}, {}, "r-7") == tuple(
        first[name] for name in ("actor", "client", "target", "parameters", "request_id")
    )
    assert first["token_id"] != second["token_id"]


async def test_plain_reading_leaves_no_trace(api):
    """Searching, one message, its verdict and its trace."""
    message = await api.world.put()
    for path in ("", f"/{message}", f"/{message}/detections", f"/{message}/trace"):
        await api.get(f"/investigate{path}")

    assert [] == await log(api)


async def test_a_change_is_two_entries(api):
    """What was asked comes first, with the body's digest and the ids; then how it ended."""
    message = await api.world.put()
    body = json.dumps({"ids": [message], "recipients": ["u@example.com"], "secret": "hush"}).encode()
    await api.post("/investigate/release", content=body)

    asked, ended = await log(api)

    assert [(RELEASE, "asked", None), (RELEASE, "ended", 200)] == short((asked, ended))
    assert asked["sequence"] == ended["begun"]
    assert {
        "body_sha256": sha256(body).hexdigest(),
        "body_size": len(body),
        "body": {"ids": [message], "recipients": ["u@example.com"]},
    } == asked["parameters"]
    assert {} == ended["parameters"]


async def test_what_was_made_is_in_the_end(api):
    """A secret is in neither entry."""
    answer = await api.post("/tokens", json={"name": "t", "role": "analyst"})
    token = answer.json()["result"]
    asked, ended = await log(api)

    assert {"name": "t", "role": "analyst"} == asked["parameters"]["body"]
    assert {"token_id": token["id"]} == ended["parameters"]
    assert token["secret"] not in str((asked, ended))


async def test_a_refused_change_is_logged(api):
    """A body that is wrong, a role that lacks it, and an account that is another's."""
    await api.post("/investigate/release", json=[])
    await api.post("/investigate/release", token=api.world.read, json=["x"])
    await api.http.post(
        BASE.replace(ACCOUNT, OTHER_ACCOUNT) + "/investigate/release",
        json=["x"],
        headers=api.headers(None, {}),
    )

    entries = await log(api)

    assert [("asked", None), ("ended", 400), ("whole", 403), ("whole", 403)] == [
        (entry["stage"], entry["status"]) for entry in entries
    ]
    assert {"account_id": OTHER_ACCOUNT} == entries[-1]["target"]
    assert "read" == entries[2]["actor"]


async def test_asking_is_durable_before_anything_is_done(api, monkeypatch):
    """A server that is killed within the operation leaves what was asked, without an end."""
    seen = []

    async def operation(call):
        await read_body(call.request, call.services.options)
        seen.append(await call.read(lambda tx: tx.rows("SELECT stage, status FROM audit")))
        raise asyncio.CancelledError  # as far as the log is concerned, the end of the world

    entry = Entry("POST", SECURITY + "/investigate/release", operation, Capability.ACT, "x", body=list)
    monkeypatch.setattr("lazaretto.api.routes.CONTRACT", (entry,))
    from lazaretto.api.app import build_api

    app = build_api(api.services)
    api.http._transport.app = app
    with pytest.raises(asyncio.CancelledError):
        await api.post("/investigate/release", json=["x"])
    rows = await api.world.database.read(lambda tx: tx.rows("SELECT stage, status FROM audit"))

    assert [[("asked", None)]] == seen
    assert [("asked", None)] == rows


async def test_content_that_cannot_be_logged_is_not_given(api, monkeypatch):
    """The log is not an afterthought."""
    message = await api.world.put(raw=b"Subject: s\r\n\r\nthe secret text\r\n")

    async def stuck(self, account, deed, now):
        raise TimeoutError

    monkeypatch.setattr("lazaretto.store.audit_writer.AuditWriter.add", stuck)
    answer = await api.get(f"/investigate/{message}/raw")

    assert (503, codes.TRY_LATER) == (answer.status_code, answer.json()["errors"][0]["code"])
    assert "secret text" not in answer.text


async def test_filters_pages_and_order(api):
    """Newest first; `before` keeps pages still while reading adds entries."""
    message = await api.world.put()
    for _ in range(5):
        await api.get(f"/investigate/{message}/raw", token=api.world.read)

    async def sequences(**params):
        answer = (await api.get("/audit", params=params)).json()
        return [entry["sequence"] for entry in answer["result"]], answer["result_info"]["total_count"]

    assert ([5, 4], 5) == await sequences(per_page=2)
    assert ([3, 2], 5) == await sequences(before=6, per_page=2, page=2)
    assert ([4, 3], 4) == await sequences(before=5, per_page=2)
    assert ([5, 4, 3, 2, 1], 5) == await sequences(actor="read")
    assert ([5, 4, 3, 2, 1], 5) == await sequences(operation=RAW)
    assert ([], 0) == await sequences(end="2020-01-01T00:00:00Z")
    assert ([2, 1], 2) == await sequences(before=3)


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"start": "yesterday"}, "start"),
        ({"start": "2026-01-02", "end": "2026-01-01"}, "start"),
        ({"before": "0"}, "before"),
        ({"per_page": "1001"}, "per_page"),
    ],
)
async def test_wrong_filters(api, params, pointer):
    """400 and the parameter's name."""
    answer = await api.get("/audit", params=params)

    assert (400, pointer) == (answer.status_code, answer.json()["errors"][0]["source"]["pointer"])


async def test_the_export_can_be_checked(api):
    """JSON lines, oldest first, each with the hash of the rest; the export itself is the last."""
    message = await api.world.put()
    for _ in range(3):
        await api.get(f"/investigate/{message}/raw")
    answer = await api.get("/audit", headers={"Accept": "application/x-ndjson"})
    entries = [json.loads(line) for line in answer.text.splitlines()]

    assert "application/x-ndjson" == answer.headers["content-type"].partition(";")[0]
    assert [1, 2, 3, 4] == [entry["sequence"] for entry in entries]
    assert all(digest({k: v for k, v in entry.items() if k != "hash"}) == entry["hash"] for entry in entries)


async def test_verify_over_the_api(api):
    """Whole, with its head; damaged, with the place; an anchor that does not fit."""
    message = await api.world.put()
    await api.get(f"/investigate/{message}/raw")
    good = (await api.get("/audit/verify")).json()["result"]
    anchored = (await api.get("/audit/verify", params={"sequence": 1, "hash": good["hash"]})).json()["result"]
    wrong = (await api.get("/audit/verify", params={"sequence": 1, "hash": "0" * 64})).json()["result"]
    half = await api.get("/audit/verify", params={"sequence": 1})

    async def tamper(tx):
        await tx.execute("DROP TRIGGER audit_update")
        await tx.execute("UPDATE audit SET actor = 'eve' WHERE sequence = 2")

    await api.world.database.write(tamper)
    broken = (await api.get("/audit/verify")).json()["result"]

    assert (True, 1, None) == (good["intact"], good["sequence"], good["broken_sequence"])
    assert anchored["intact"]
    assert (False, 1) == (wrong["intact"], wrong["broken_sequence"])
    assert (400, "hash") == (half.status_code, half.json()["errors"][0]["source"]["pointer"])
    assert (False, 2, "its hash is not that of its content") == (
        broken["intact"],
        broken["broken_sequence"],
        broken["reason"],
    )


async def test_many_readers_at_once(api):
    """Each has an entry, and the chain is one."""
    message = await api.world.put()
    answers = await asyncio.gather(*(api.get(f"/investigate/{message}/raw") for _ in range(60)))
    verified = (await api.get("/audit/verify")).json()["result"]

    assert {200} == {answer.status_code for answer in answers}
    assert (True, 60) == (verified["intact"], verified["sequence"])


def test_what_is_audited():
    """Everything but plain reading, unless the operation says otherwise; no change is left out."""
    entry = CONTRACT[0]
    changes = [each for each in CONTRACT if each.method != "GET" and not is_audited(each)]
    content = [each for each in CONTRACT if each.needs is Capability.CONTENT and not is_audited(each)]

    assert ([], []) == (changes, content)
    assert [True, False, True, False] == [
        is_audited(replace(entry, method=method, needs=needs, audited=audited))
        for method, needs, audited in (
            ("GET", Capability.CONTENT, None),
            ("GET", Capability.READ, None),
            ("GET", Capability.READ, True),
            ("POST", Capability.ACT, False),
        )
    ]


def test_only_known_fields_are_kept():
    """At any depth; floats and huge numbers as text, so that everybody hashes the same."""
    body = {
        "eml_content": "x" * 50,
        "secret": "hush",
        "posts": [{"pattern": "a", "password": "hush", "lookback_hops": 1.5}],
        "page": 2**60,
    }

    kept = parameters([("query", "q"), ("token", "hush")], json.dumps(body).encode())

    assert {"posts": [{"pattern": "a", "lookback_hops": "1.5"}], "page": str(2**60)} == kept["body"]
    assert {"query": "q"} == kept["query"]
    assert "hush" not in str(kept)


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({"ids": ["x"] * MAX_BODY}).encode(),
        json.dumps({"posts": [{"pattern": "x" * MAX_TEXT}] * MAX_ITEMS}).encode(),
    ],
)
def test_what_is_too_much_is_a_digest(body):
    """The fields are given up, the digest never is."""
    kept = parameters((), body)

    assert {"body_sha256": sha256(body).hexdigest(), "body_size": len(body)} == kept


def test_limits_of_a_field():
    """Texts are cut, lists keep their count, depth ends, and a long query goes as a whole."""
    kept = parameters(
        [(name, "x" * 1000) for name in sorted(trail.FIELDS)],
        json.dumps({"name": "x" * 1000, "ids": ["a"] * 60, "posts": [[[[[1]]]]]}).encode(),
    )

    assert "query" not in kept
    assert MAX_KEPT < MAX_TEXT * len(trail.FIELDS)
    assert "x" * MAX_TEXT == kept["body"]["name"]
    assert {"first": ["a"] * MAX_ITEMS, "count": 60} == kept["body"]["ids"]
    assert "1" not in str(kept["body"]["posts"])


def test_no_field_of_a_body_was_forgotten():
    """Each is kept, or is here because it must not be: a message, or words that change nothing."""
    not_kept = {"eml_content", "metric", "action_log"}
    schemas = _Schemas(CONTRACT)
    waiting = [schemas.body_of(entry) for entry in CONTRACT if entry.body is not None]
    names, seen = set(), set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            names |= set(each.get("properties", ()))
            waiting += each.values()
            if each.get("$ref") and each["$ref"] not in seen:
                seen.add(each["$ref"])
                waiting.append(schemas.components[each["$ref"].rpartition("/")[2]])

    assert set() == names - trail.FIELDS - not_kept, "add it to FIELDS in api/trail.py, or to not_kept here"
    assert set() == not_kept & trail.FIELDS


def test_reading_has_two_methods():
    """All others change something."""
    assert ("GET", "HEAD") == witness.READING
