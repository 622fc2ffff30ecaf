"""Reclassify as an analyst sees it, over the running program: mail in, word given, mail out."""

import asyncio
import base64
import json

import pytest

from tests.helpers.load import GTUBE, Wire
from tests.helpers.program import Program, eventually
from tests.helpers.sink import sink as running_sink

pytestmark = pytest.mark.system

HAM = (
    b"From: Ann <ann@sender.example>\r\nTo: user@corp.example\r\nSubject: Minutes\r\n"
    b"Message-ID: <1@sender.example>\r\n\r\nSee you on Tuesday.\r\n"
)
PHISH = (
    b"From: PayPal Security <service@paypal-check.example>\r\nTo: user@corp.example\r\n"
    b"Subject: Your account is locked\r\nMessage-ID: <2@paypal-check.example>\r\n"
    b"Content-Type: text/html\r\n\r\n"
    b'<p>Verify your password now: <a href="http://paypal.com.evil-login.example/verify">https://www.paypal.com</a>'
    b" or your account is closed. " + GTUBE.encode() + b"</p>\r\n"
)
MANY = 30


class Desk:
    """An analyst with a token."""

    def __init__(self, folder, port):
        self.program = Program(folder)
        self.account, self.token = self.program.set_up(f"127.0.0.1:{port}")
        self.base = f"/client/v4/accounts/{self.account}/email-security"

    async def ask(self, path):
        status, body = await asyncio.to_thread(self.program.get, self.base + path, self.token)
        assert 200 == status, body
        return json.loads(body)["result"]

    async def say(self, path, **body):
        status, answer = await asyncio.to_thread(self.program.post, self.base + path, self.token, body)
        assert 202 == status, answer
        return json.loads(answer)["result"]

    async def ended(self, count):
        """All submissions, once none is pending."""
        rows = []
        async with asyncio.timeout(60):
            while len(rows) < count or any(row["status"] == "pending" for row in rows):
                await asyncio.sleep(0.05)
                rows = await self.ask("/submissions?per_page=100&order=submission_id&direction=asc")
        return rows


async def test_the_whole_loop(tmp_path):
    """Held mail called clean arrives; delivered mail called malicious is a detection, with and without a copy."""
    async with running_sink() as sink:
        desk = Desk(tmp_path, sink.port)
        await asyncio.to_thread(desk.program.start)
        try:
            async with Wire(desk.program.smtp) as wire:
                phish = await wire.send("service@paypal-check.example", ["user@corp.example"], PHISH)
                ham = await wire.send("ann@sender.example", ["user@corp.example"], HAM)
                copy = await wire.send(
                    "ann@sender.example", ["user@corp.example"], HAM.replace(b"<1@", b"<3@")
                )
            await sink.wait_for(2)
            held = await desk.ask(f"/investigate/{phish}")
            empty = await desk.say(
                f"/investigate/{phish}/reclassify", expected_disposition="NONE", follow_up="release"
            )
            await desk.say(f"/investigate/{ham}/reclassify", expected_disposition="MALICIOUS")
            eml = base64.b64encode(
                HAM.replace(b"<1@", b"<3@").replace(b"See", GTUBE.encode() + b" See")
            ).decode()
            await desk.say(
                f"/investigate/{copy}/reclassify",
                expected_disposition="SPAM",
                eml_content=eml,
                follow_up="move",
            )
            rows = await desk.ended(3)
            await sink.wait_for(3)
            listed = await desk.ask("/investigate")
            released = await desk.ask(f"/investigate/{phish}")
            found = await desk.ask(f"/investigate/{copy}/detections")
            similar = await desk.ask(f"/investigate/{ham}/similar")
            trace = await desk.ask(f"/investigate/{phish}/trace")
        finally:
            code = await asyncio.to_thread(desk.program.stop)

    assert 0 == code
    assert (True, {}) == (held["is_quarantined"], empty)
    assert [("completed", "accepted")] * 3 == [(row["status"], row["outcome"]) for row in rows]
    assert sink.mails[2].content.endswith(PHISH)
    assert {ham: "MALICIOUS", copy: "SPAM"} == {row["postfix_id"]: row["final_disposition"] for row in listed}
    assert ("NONE", False) == (released["final_disposition"], released["is_quarantined"])
    assert ["SUBMISSION", "RECLASSIFY", "QUARANTINE_RELEASE"] == [
        action["operation"] for action in released["action_log"]
    ]
    assert "gtube" in {finding["name"] for finding in found["findings"]}
    assert "NO_INTEGRATION" in rows[2]["reason"]
    assert copy in {row["message"]["postfix_id"] for row in similar}
    assert 1 == rows[1]["similar_count"]
    assert any("Reclassified" in line["message"] for line in trace["inbound"]["lines"])


async def test_a_kill_while_submissions_are_pending(tmp_path):
    """After kill -9 each of them is judged once, and each message is let go once."""
    async with running_sink() as sink:
        desk = Desk(tmp_path, sink.port)
        await asyncio.to_thread(desk.program.start)
        try:
            names = []
            async with Wire(desk.program.smtp) as wire:
                for number in range(MANY):
                    letter = PHISH.replace(b"<2@", b"<%d@" % number)
                    names.append(await wire.send("a@evil.example", ["user@corp.example"], letter))
            messages = [
                {"id": name, "expected_disposition": "NONE", "follow_up": "release"} for name in names
            ]
            await desk.say("/submissions", type="reclassification", messages=messages)
            await asyncio.sleep(0.1)
            desk.program.kill()
            await asyncio.to_thread(desk.program.start)
            rows = await desk.ended(MANY)
            await eventually(lambda: {_name(mail.content) for mail in sink.mails} == set(range(MANY)))
            logs = [(await desk.ask(f"/investigate/{name}"))["action_log"] for name in names]
        finally:
            await asyncio.to_thread(desk.program.stop)

    assert [("completed", "NONE")] * MANY == [(row["status"], row["outcome_disposition"]) for row in rows]
    assert [["SUBMISSION", "RECLASSIFY", "QUARANTINE_RELEASE"]] * MANY == [
        [action["operation"] for action in log] for log in logs
    ]


def _name(content):
    return int(content.partition(b"Message-ID: <")[2].partition(b"@")[0])
