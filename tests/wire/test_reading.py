"""detections, raw and trace of one message, over HTTP."""

import asyncio

import pytest

from lazaretto.api import codes
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from tests.wire.seed import LETTER

BINARY = b"Subject: x\r\n\r\n" + bytes(range(256)) + b"\r\n"


def code(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


async def test_detections_say_why(api):
    """Findings, attachments, headers, links, sender, categories, validation, action."""
    made = await api.world.put()

    result = (await api.get(f"/investigate/{made}/detections")).json()["result"]

    assert "QUARANTINED" == result["action"]
    assert ["link_credential_page"] == [finding["name"] for finding in result["findings"]]
    assert ["a.pdf"] == [attachment["filename"] for attachment in result["attachments"]]
    assert [{"href": "http://x.test/", "text": None}] == result["links"]
    assert [{"name": "Subject", "value": "s"}] == result["headers"]
    assert 64500 == result["sender_info"]["as_number"]


async def test_benign_mail_has_no_detections(api):
    """404 with its own code, naming a call that answers."""
    made = await api.world.put(Disposition.NONE)

    answer = await api.get(f"/investigate/{made}/detections")

    assert (404, codes.NOT_A_DETECTION) == code(answer)
    assert f"GET /investigate/{made}" in answer.json()["errors"][0]["message"]


async def test_raw_is_text_in_json(api):
    """UTF-8 mail: the string encodes back to what came, without a note."""
    made = await api.world.put()

    body = (await api.get(f"/investigate/{made}/raw")).json()

    assert LETTER == body["result"]["raw"].encode()
    assert [] == body["messages"]


async def test_raw_of_other_octets_says_so(api):
    """Latin-1 can be undone, and the note says that it must be."""
    made = await api.world.put(raw=BINARY)

    body = (await api.get(f"/investigate/{made}/raw")).json()

    assert BINARY == body["result"]["raw"].encode("latin-1")
    assert [codes.RAW_AS_LATIN_1] == [note["code"] for note in body["messages"]]


@pytest.mark.parametrize("raw", [LETTER, BINARY, BINARY * 2000], ids=["utf8", "binary", "streamed"])
async def test_octets_for_those_who_ask(api, raw):
    """Octet for octet, with its length and type."""
    made = await api.world.put(raw=raw)

    answer = await api.get(f"/investigate/{made}/raw", headers={"Accept": "message/rfc822"})

    assert raw == answer.content
    assert ("message/rfc822", str(len(raw)), "no-store") == (
        answer.headers["content-type"],
        answer.headers["content-length"],
        answer.headers["cache-control"],
    )
    assert f'attachment; filename="{made.split("-")[0]}.eml"' == answer.headers["content-disposition"]


async def test_raw_of_benign_mail_is_closed(api):
    """404/1101 by default."""
    made = await api.world.put(Disposition.NONE)

    assert (404, codes.NOT_A_DETECTION) == code(await api.get(f"/investigate/{made}/raw"))


@pytest.mark.parametrize("api", [{"open_raw_for_benign": True}], indirect=True)
async def test_raw_of_benign_mail_can_be_opened(api):
    """By a setting of the server; detections stay closed, there are none."""
    made = await api.world.put(Disposition.NONE)

    assert 200 == (await api.get(f"/investigate/{made}/raw")).status_code
    assert 404 == (await api.get(f"/investigate/{made}/detections")).status_code


async def test_mail_that_was_never_judged_is_open(api):
    """UNKNOWN is no detection, but an analyst must be able to look."""
    made = await api.world.put(Disposition.UNKNOWN, order=Order.QUARANTINE)

    assert 200 == (await api.get(f"/investigate/{made}/raw")).status_code
    assert 200 == (await api.get(f"/investigate/{made}/detections")).status_code


@pytest.mark.parametrize("accept", ["application/json", "message/rfc822"])
async def test_bytes_that_are_gone(api, accept):
    """404/1104: the record is there, its content is not."""
    made = await api.world.put()
    sha256 = (await asyncio.to_thread(api.world.blobs.put, LETTER)).sha256
    await asyncio.to_thread(api.world.blobs.remove, sha256)

    answer = await api.get(f"/investigate/{made}/raw", headers={"Accept": accept})

    assert (404, codes.CONTENT_NOT_STORED) == code(answer)


async def test_trace_shows_both_sides(api):
    """Inbound lines are stored ones; benign mail has a trace too; a held copy is not pending."""
    made = await api.world.put()

    result = (await api.get(f"/investigate/{made}/trace")).json()["result"]

    assert "received from 192.0.2.7" in [line["message"] for line in result["inbound"]["lines"]]
    assert (False, False) == (result["inbound"]["pending"], result["outbound"]["pending"])


async def test_trace_of_queued_mail_is_pending(api):
    """Something is owed to the next hop."""
    made = await api.world.put(Disposition.NONE)

    result = (await api.get(f"/investigate/{made}/trace")).json()["result"]

    assert result["outbound"]["pending"] is True


@pytest.mark.parametrize("what", ["detections", "raw", "trace"])
async def test_unknown_messages_have_nothing(api, what):
    """404/1100."""
    assert (404, codes.NOT_FOUND) == code(await api.get(f"/investigate/4Njp3P0STMz2c02Q/{what}"))
