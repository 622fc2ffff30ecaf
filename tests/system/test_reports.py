"""People report mail by mail: the whole program over real SMTP, from the 250 to the submission an analyst sees."""

import asyncio
import base64
import json
import os
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from lazaretto.mail.reported import NOTHING_ATTACHED
from lazaretto.model.account import AccountOptions
from lazaretto.store.database import open_database
from lazaretto.store.options import set_options
from tests.helpers.load import Wire
from tests.helpers.program import Program, eventually
from tests.helpers.sink import sink as running_sink

PHISH = (
    b"From: Bank <x@bad.test>\r\nTo: ann@corp.example\r\nSubject: Verify your account\r\n"
    b"Date: Fri, 20 Nov 2026 11:00:00 +0000\r\nMessage-ID: <phish-1@bad.test>\r\n"
    b"Content-Type: text/html\r\n\r\n"
    b'<p>Your account is suspended.</p><a href="http://login.bad.test/verify">http://bank.test</a>\r\n'
)


def report(*parts, sender=b"ann@corp.example", kind=b"mixed", subject=b"FW: Verify your account", number=1):
    """A report mail; each part is a whole entity."""
    head = b"From: " + sender + b"\r\nTo: phish@corp.example\r\nSubject: " + subject
    head += b"\r\nMessage-ID: <report-%d@corp.example>\r\nMIME-Version: 1.0\r\n" % number
    head += b"Content-Type: multipart/" + kind + b'; boundary="rpt"\r\n\r\n'
    said = b"Content-Type: text/plain\r\n\r\nIs this real?"
    return head + b"".join(b"--rpt\r\n" + part + b"\r\n" for part in (said, *parts)) + b"--rpt--\r\n"


def attached(message):
    return b"Content-Type: message/rfc822\r\n\r\n" + message


def as_file(message):
    head = (
        b'Content-Type: application/octet-stream; name="Verify.eml"\r\nContent-Transfer-Encoding: base64\r\n'
    )
    head += b'Content-Disposition: attachment; filename="Verify.eml"\r\n\r\n'
    return head + base64.encodebytes(message).replace(b"\n", b"\r\n")


FEEDBACK = (
    b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\n"
)


@dataclass
class Corp:
    """A running program whose account takes reports at phish@corp.example."""

    program: Program
    account: str
    token: str
    sink: object

    async def send(self, content, *recipients, sender="ann@corp.example"):
        async with Wire(self.program.smtp) as wire:
            return await wire.send(sender, list(recipients) or ["phish@corp.example"], content)

    async def get(self, path):
        base = f"/client/v4/accounts/{self.account}/email-security"
        status, body = await asyncio.to_thread(self.program.get, base + path, self.token)
        assert status == 200, body
        return json.loads(body)["result"]

    async def submissions(self, count=1, seconds=30.0):
        """The submissions of users, once there are so many and all are worked on."""

        async def look():
            found = await self.get("/submissions?type=USER&per_page=1000")
            done = [one for one in found if one["status"] != "pending"]
            return found if len(done) == len(found) >= count else None

        return await eventually(look, seconds)


@asynccontextmanager
async def corp(folder, store_url=""):
    async with running_sink() as sink:
        program = Program(folder, store_url=store_url)
        account, token = program.set_up(f"127.0.0.1:{sink.port}", hold_all=True)
        database = await open_database(store_url or f"sqlite://{folder}/data/lazaretto.db")
        options = AccountOptions(report_addresses=("Phish@corp.example", "spam@corp.example"))
        await database.write(lambda tx: set_options(tx, account, options, now=datetime.now(UTC)))
        await database.close()
        await asyncio.to_thread(program.start)
        try:
            yield Corp(program, account, token, sink)
        finally:
            code = await asyncio.to_thread(program.stop)
        assert code == 0


@pytest.mark.system
async def test_reports_in_every_shape(tmp_path):
    """Attached, as a file, as a feedback report: each is about the message that came in before, which names who reported it."""
    async with corp(tmp_path) as desk:
        phish = await desk.send(PHISH, "ann@corp.example", sender="x@bad.test")
        await desk.send(report(attached(PHISH), number=1))
        await desk.submissions(1)
        await desk.send(report(as_file(PHISH), subject=b"1|guid|192.0.2.7|x@bad.test|(Verify)", number=2))
        await desk.submissions(2)
        await desk.send(
            report(FEEDBACK, attached(PHISH), kind=b"report; report-type=feedback-report", number=3)
        )
        found = await desk.submissions(3)
        original = await desk.get(f"/investigate/{phish}")
        log = await desk.get(f"/investigate/{phish}/action_log")
        reports = await desk.get("/phishguard/reports")
        sent_on = [mail.recipients for mail in desk.sink.mails]

    assert ["SPAM", "SPAM", "MALICIOUS"] == [one["requested_disposition"] for one in found]
    assert {"User"} == {one["type"] for one in found}
    assert {"ann@corp.example"} == {one["requested_by"] for one in found}
    assert {phish} == {one["original_postfix_id"] for one in found}
    assert {"completed"} == {one["status"] for one in found}
    assert ["SUBMISSION"] == original["post_delivery_operations"]
    assert ["SUBMISSION"] * 3 == [entry["operation"] for entry in log]
    assert {"ann@corp.example"} == {entry["properties"]["requested_by"] for entry in log}
    assert [int(one["submission_id"]) for one in found] == [one["id"] for one in reports]
    assert {"Verify your account"} == {one["title"] for one in reports}
    assert all(one["content"].startswith("Is this real?") for one in reports)
    assert [] == sent_on


@pytest.mark.system
async def test_what_is_reported_can_be_looked_at(tmp_path):
    """A message that never came by us is a record of its own, among submissions only, with its exact bytes."""
    async with corp(tmp_path) as desk:
        mail = await desk.send(report(attached(PHISH)))
        (found,) = await desk.submissions()
        listed = await desk.get("/investigate?submissions=true&detections_only=false")
        regular = await desk.get("/investigate?detections_only=false")
        copy = await desk.get(f"/investigate/{found['original_postfix_id']}?submission=true")
        raw = await desk.get(f"/investigate/{copy['id']}/raw")
        carrier = await desk.get(f"/investigate/{mail}?submission=true")
        (shown,) = await desk.get("/phishguard/reports")

    assert f"{mail}R1" == copy["postfix_id"] == found["original_postfix_id"]
    assert {copy["id"], carrier["id"]} == {one["id"] for one in listed}
    assert [] == regular
    assert {("REVIEW_SUBMISSION", True)} == {(m["delivery_mode"], m["is_phish_submission"]) for m in listed}
    assert PHISH == raw["raw"].encode() + b"\r\n" or PHISH == raw["raw"].encode()
    assert "Verify your account" == copy["subject"]
    assert ("NONE", False, None) == (
        carrier["final_disposition"],
        carrier["is_quarantined"],
        carrier["delivery_status"],
    )
    assert None is found["original_disposition"]
    assert ["ann@corp.example"] == shown["fields"]["to"]


@pytest.mark.system
async def test_reports_that_cannot_be_taken_up(tmp_path):
    """Nothing attached, or sent by a stranger: 250 all the same, and a submission that says what was wrong."""
    async with corp(tmp_path) as desk:
        await desk.send(report(), "phish@corp.example")
        await desk.submissions(1)
        await desk.send(report(attached(PHISH), sender=b"eve@elsewhere.test"), sender="eve@elsewhere.test")
        stranger, empty = await desk.submissions(2)
        reports = await desk.get("/phishguard/reports")
        listed = await desk.get("/investigate?submissions=true&detections_only=false")

    assert ["invalid", "invalid"] == [stranger["status"], empty["status"]]
    assert "eve@elsewhere.test" == stranger["requested_by"]
    assert NOTHING_ATTACHED in reports[1]["content"]
    assert "no domain of this account" in reports[0]["content"]
    assert {"category": "standing", "value": "outside"} in reports[0]["tags"]
    assert 2 == len(listed)


@pytest.mark.system
async def test_reports_and_other_mail_do_not_mix(tmp_path):
    """The second kind of recipient in a transaction is asked to come separately, whichever comes first."""
    async with corp(tmp_path) as desk, Wire(desk.program.smtp) as wire:
        for first, second in (("phish", "ann"), ("ann", "spam")):
            await wire.expect(b"250", "MAIL FROM:<ann@corp.example>")
            await wire.expect(b"250", f"RCPT TO:<{first}@corp.example>")
            await wire.expect(b"452 4.5.3", f"RCPT TO:<{second}@corp.example>")
            await wire.expect(b"250", "RSET")
        await wire.send(
            "ann@corp.example", ["PHISH@Corp.Example", "spam@corp.example"], report(attached(PHISH))
        )
        (found,) = await desk.submissions()

    assert "completed" == found["status"]


STORES = ["sqlite", *(["postgresql"] if os.environ.get("LAZARETTO_LEASES") else [])]


@pytest_asyncio.fixture(params=STORES)
async def store_url(request):
    """Where the program keeps its records. On PostgreSQL the leases of the dead end first, which takes minutes."""
    if request.param == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgres")
    address = await server.create()
    yield address
    await server.drop(address)


@pytest.mark.system
@pytest.mark.timeout(600)
async def test_a_report_survives_kill_9(tmp_path, store_url):
    """Killed right after the last of many 250s, twice: every report is read once, and every reported message kept once."""
    count = 12
    async with corp(tmp_path, store_url) as desk:
        async with Wire(desk.program.smtp) as wire:
            mails = []
            for number in range(count):
                message = PHISH.replace(b"phish-1@", b"phish-%d@" % number)
                mails.append(
                    await wire.send(
                        "ann@corp.example", ["phish@corp.example"], report(attached(message), number=number)
                    )
                )
        await asyncio.to_thread(desk.program.kill)
        await asyncio.to_thread(desk.program.start)
        await asyncio.to_thread(desk.program.kill)
        await asyncio.to_thread(desk.program.start)
        found = await desk.submissions(count, 480.0 if store_url else 150.0)
        listed = await desk.get("/investigate?submissions=true&detections_only=false&per_page=1000")

    judged = [one["postfix_id"] for one in listed if one["final_disposition"] != "UNKNOWN"]
    assert count == len(found)
    assert {f"{mail}R1" for mail in mails} == {one["original_postfix_id"] for one in found}
    assert {*mails, *(f"{mail}R1" for mail in mails)} == set(judged)
    assert len(judged) == len(set(judged))
    assert not re.search(r'"level": ?"(error|critical)"', desk.program.log())
