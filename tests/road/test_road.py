"""The road: one message from SMTP through scan, decision and outbox to the next hop, the API and a release."""

import asyncio
import json

import pytest
import pytest_asyncio

from tests.helpers.load import GTUBE, Wire
from tests.helpers.program import Program, eventually
from tests.helpers.sink import sink as running_sink

CLEAN = (
    b"From: Ann <ann@sender.example>\r\nTo: user@corp.example\r\nSubject: Minutes\r\n"
    b"Message-ID: <1@sender.example>\r\nX-Lazaretto-Disposition: NONE\r\n\r\nSee you on Tuesday.\r\n..dots\r\n"
)
SPAM = (
    b"From: Bob <bob@sender.example>\r\nTo: user@corp.example\r\nSubject: Best offer\r\n"
    b"Message-ID: <2@sender.example>\r\n\r\n" + GTUBE.encode() + b"\r\n"
)


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def store_url(request):
    """Where the program keeps its records."""
    if request.param == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgres")
    address = await server.create()
    yield address
    await server.drop(address)


@pytest.mark.system
async def test_one_message_is_delivered_and_one_is_held_and_released(tmp_path, store_url):
    """Clean mail reaches the next hop byte for byte; spam waits, is explained, and arrives unchanged when released."""
    async with running_sink() as sink:
        program = Program(tmp_path, store_url=store_url)
        account, token = program.set_up(f"127.0.0.1:{sink.port}")
        await asyncio.to_thread(program.start)
        base = f"/client/v4/accounts/{account}/email-security/investigate"

        def ask(path, accept="application/json"):
            status, body = program.get(base + path, token, accept)
            assert status == 200, body
            return body if accept == "message/rfc822" else json.loads(body)

        async with Wire(program.smtp) as wire:
            clean = await wire.send("ann@sender.example", ["user@corp.example"], CLEAN)
            spam = await wire.send("bob@sender.example", ["user@corp.example", "two@corp.example"], SPAM)
        await sink.wait_for(1)
        delivered = sink.mails[0].content
        listed = await asyncio.to_thread(ask, "?detections_only=false")
        detected = await asyncio.to_thread(ask, "")
        detections = await asyncio.to_thread(ask, f"/{spam}/detections")
        raw = await asyncio.to_thread(ask, f"/{spam}/raw", "message/rfc822")
        status, answer = await asyncio.to_thread(program.post, f"{base}/release", token, [spam])
        again = await asyncio.to_thread(program.post, f"{base}/release", token, {"ids": [spam]})
        await sink.wait_for(2)
        trace = await asyncio.to_thread(ask, f"/{spam}/trace")
        await eventually(lambda: b'state="queued"} 0.0' in program.get("/metrics")[1])
        await asyncio.sleep(0.3)
        code = await asyncio.to_thread(program.stop)

    assert 0 == code
    forged = b"X-Lazaretto-Disposition: NONE\r\n"
    assert delivered.endswith(CLEAN.replace(forged, b""))
    assert clean in delivered.decode()
    assert {clean, spam} == {m["postfix_id"] for m in listed["result"]}
    assert [spam] == [m["postfix_id"] for m in detected["result"]]
    assert "SPAM" == detected["result"][0]["final_disposition"]
    assert detected["result"][0]["is_quarantined"]
    assert "gtube" in {f["name"] for f in detections["result"]["findings"]}
    assert SPAM == raw
    assert (200, ["user@corp.example", "two@corp.example"]) == (
        status,
        json.loads(answer)["result"][0]["delivered"],
    )
    assert [] == json.loads(again[1])["result"][0]["delivered"]
    assert 2 == len(sink.mails)
    assert sink.mails[1].content.endswith(SPAM)
    assert b"X-Spam-Flag: NO" in sink.mails[1].content
    assert trace["result"]["inbound"]["lines"]
    assert trace["result"]["outbound"]["lines"]
