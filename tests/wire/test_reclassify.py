"""Reclassify: what is taken, what is refused with its place, and that a repeated POST makes one submission."""

import base64
import json

import httpx
import pytest

from lazaretto.api import codes, upload
from lazaretto.api.app import build_api
from lazaretto.model.disposition import Disposition
from lazaretto.store.submissions import get_submission
from tests.wire.samples import ACCOUNT
from tests.wire.seed import LETTER

UNKNOWN = "4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678"
EML = base64.b64encode(LETTER).decode()


def error(answer):
    (problem,) = answer.json()["errors"]
    return answer.status_code, problem["code"], problem.get("source", {}).get("pointer")


async def reclassify(api, message, query="", **body):
    return await api.post(f"/investigate/{message}/reclassify{query}", content=json.dumps(body))


async def submissions(api):
    return (await api.get("/submissions")).json()["result"]


@pytest.mark.parametrize("word", ["MALICIOUS", "SUSPICIOUS", "SPOOF", "SPAM", "BULK", "NONE"])
async def test_every_disposition_is_taken(api, word):
    """202 with an empty object; the list shows the team submission at once."""
    made = await api.world.put()
    answer = await reclassify(api, made, expected_disposition=word)

    (row,) = await submissions(api)
    assert (202, {}, True) == (answer.status_code, answer.json()["result"], answer.json()["success"])
    assert ("Team", "reviewed", "pending", "write") == (
        row["type"],
        row["customer_status"],
        row["status"],
        row["requested_by"],
    )
    assert (word, "MALICIOUS", "s", "a1b2", made.split("-")[0]) == (
        row["requested_disposition"],
        row["original_disposition"],
        row["subject"],
        row["original_edf_hash"],
        row["original_postfix_id"],
    )


async def test_both_names_of_a_message(api):
    """Old SDKs put the queue id into the path; the second wish is the first one, because it is pending."""
    made = await api.world.put()

    await reclassify(api, made, expected_disposition="NONE")
    again = await reclassify(api, made.split("-")[0], expected_disposition="NONE")

    assert 202 == again.status_code
    assert 1 == len(await submissions(api))


async def test_the_role_is_told(api):
    """Whoever judges learns of it."""
    told = []
    object.__setattr__(api.services, "submitted", lambda: told.append(1))
    made = await api.world.put()
    await reclassify(api, made, expected_disposition="NONE")

    assert [1] == told


async def test_an_uploaded_message_is_kept(api):
    """With blanks in the base64, as command line tools write it."""
    made = await api.world.put(Disposition.NONE)
    answer = await reclassify(
        api, made, expected_disposition="SPAM", eml_content=f"{EML[:20]}\r\n{EML[20:]}\n"
    )

    (row,) = await submissions(api)
    stored = await api.world.database.read(lambda tx: get_submission(tx, ACCOUNT, row["submission_id"]))
    assert 202 == answer.status_code
    assert LETTER == api.world.blobs.get(stored.blob)


async def test_benign_mail_without_bytes_needs_an_upload(api):
    """Its own code, and the field that helps."""
    made = await api.world.put(Disposition.NONE)
    await api.world.database.write(lambda tx: tx.execute("UPDATE record SET flags = flags | 4"))

    refused = await reclassify(api, made, expected_disposition="SPAM")
    taken = await reclassify(api, made, expected_disposition="SPAM", eml_content=EML)

    assert (400, codes.CONTENT_NOT_STORED, "/eml_content") == error(refused)
    assert 202 == taken.status_code


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, codes.MISSING_FIELD, "/expected_disposition"),
        ({"expected_disposition": None}, codes.GENERIC, "/expected_disposition"),
        ({"expected_disposition": 1}, codes.GENERIC, "/expected_disposition"),
        ({"expected_disposition": "MALICIOUS-BEC"}, codes.BAD_ENUM, "/expected_disposition"),
        ({"expected_disposition": "EXTERNAL"}, codes.BAD_ENUM, "/expected_disposition"),
        ({"expected_disposition": "SPAM", "eml_content": "%%%"}, codes.GENERIC, "/eml_content"),
        ({"expected_disposition": "SPAM", "eml_content": "ü"}, codes.GENERIC, "/eml_content"),
        ({"expected_disposition": "SPAM", "eml_content": "YWJj"}, codes.BAD_EML, "/eml_content"),
        ({"expected_disposition": "SPAM", "eml_content": ""}, codes.BAD_EML, "/eml_content"),
        ({"expected_disposition": "SPAM", "eml_content": {}}, codes.GENERIC, "/eml_content"),
        (
            {"expected_disposition": "SPAM", "escalated_submission_id": "17"},
            codes.NO_SUBMISSION,
            "/escalated_submission_id",
        ),
        (
            {"expected_disposition": "SPAM", "escalated_submission_id": ""},
            codes.GENERIC,
            "/escalated_submission_id",
        ),
        ({"expected_disposition": "MALICIOUS", "follow_up": "release"}, codes.GENERIC, "/follow_up"),
        ({"expected_disposition": "NONE", "follow_up": "burn"}, codes.BAD_ENUM, "/follow_up"),
        ({"expected_disposition": "NONE", "destination": "Inbox"}, codes.GENERIC, "/destination"),
        (
            {"expected_disposition": "NONE", "follow_up": "move", "destination": "Attic"},
            codes.BAD_ENUM,
            "/destination",
        ),
        ([], codes.GENERIC, ""),
    ],
)
async def test_bad_input_is_named(api, body, code, pointer):
    """Every refusal says which field is wrong, and nothing is stored."""
    made = await api.world.put()
    answer = await api.post(f"/investigate/{made}/reclassify", content=json.dumps(body))

    assert (400, code, pointer) == error(answer)
    assert [] == await submissions(api)


async def test_a_message_that_is_not_there(api):
    """404 for unknown ids, for those of others, and for the store that was not asked for."""
    made = await api.world.put()
    theirs = await api.world.put(account="f" * 32)

    for name, query in ((UNKNOWN, ""), (theirs, ""), (made, "?submission=true")):
        answer = await reclassify(api, name, query, expected_disposition="NONE")
        assert (404, codes.NOT_FOUND, "investigate_id") == error(answer)
    assert 202 == (await reclassify(api, made, "?submission=false", expected_disposition="NONE")).status_code
    bad = await reclassify(api, made, "?submission=maybe", expected_disposition="NONE")
    assert (400, codes.GENERIC, "submission") == error(bad)


async def test_a_reader_may_not(api):
    """It changes what a message is called."""
    made = await api.world.put()
    body = json.dumps({"expected_disposition": "NONE"})
    answer = await api.post(f"/investigate/{made}/reclassify", content=body, token=api.world.read)

    assert 403 == answer.status_code


async def test_an_upload_has_limits(api, monkeypatch):
    """A message that is too large is a 400 with its field; a body that is too large is a 413."""
    made = await api.world.put()
    monkeypatch.setattr(upload, "SMALL", 100)
    monkeypatch.setattr(upload, "MAX_EML", 2_000)
    monkeypatch.setattr(upload, "MAX_UPLOAD", 10_000)
    large = base64.b64encode(b"Subject: x\r\n\r\n" + b"a" * 3_000).decode()

    message = await reclassify(api, made, expected_disposition="SPAM", eml_content=large)
    body = await reclassify(api, made, expected_disposition="SPAM", eml_content=large * 3)

    assert (400, codes.BODY_TOO_LARGE, "/eml_content") == error(message)
    assert (413, codes.BODY_TOO_LARGE, None) == error(body)


async def test_a_real_message_of_several_mebibytes(api):
    """Larger than other bodies may be."""
    made = await api.world.put(Disposition.NONE)
    large = base64.b64encode(b"Subject: x\r\n\r\n" + b"a" * (3 << 20)).decode()
    answer = await reclassify(api, made, expected_disposition="SPAM", eml_content=large)

    assert 202 == answer.status_code


async def test_too_many_uploads_at_one_time(api, monkeypatch):
    """Who gets no turn is told to come back."""
    made = await api.world.put()
    monkeypatch.setattr(upload, "SMALL", 1)
    monkeypatch.setattr(upload, "TURN_SECONDS", 0.0)
    monkeypatch.setattr("lazaretto.api.call.UPLOADS_AT_ONCE", 0)
    transport = httpx.ASGITransport(build_api(api.services))
    async with httpx.AsyncClient(transport=transport, base_url="http://lazaretto.test") as http:
        object.__setattr__(api, "http", http)
        answer = await reclassify(api, made, expected_disposition="NONE")

    assert (503, codes.TRY_LATER, None) == error(answer)
