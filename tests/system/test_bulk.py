"""A bulk release of the whole program, killed in the middle: everything once, and every look adds up.

`LAZARETTO_BULK_MESSAGES` sets how many messages; the figures are printed (`pytest -s`).
"""

import asyncio
import collections
import json
import os
import time

import psutil
import pytest

from lazaretto.store.blobs import Blobs
from tests.helpers.held import put_held
from tests.helpers.program import Program
from tests.helpers.sink import sink as running_sink

MESSAGES = int(os.environ.get("LAZARETTO_BULK_MESSAGES", "400"))
ENDED = ("COMPLETED", "FAILED", "CANCELLED")
RECIPIENT = "user@corp.example"


class Watch:
    """Looks at one job over and over; every look must add up, and nothing that was counted goes back."""

    def __init__(self, program: Program, account: str, token: str) -> None:
        self.program, self.token = program, token
        self.base = f"/client/v4/accounts/{account}/email-security/investigate/bulk"
        self.looks = 0
        self.job = ""
        self.most = collections.Counter()
        self.memory = 0

    def create(self, **body) -> None:
        status, answer = self.program.post(
            self.base, self.token, {"action": "RELEASE", "search_params": {}, **body}
        )
        assert status == 201, answer
        self.job = json.loads(answer)["result"]["job_id"]

    def look(self) -> dict:
        status, answer = self.program.get(f"{self.base}/{self.job}", self.token)
        assert status == 200, answer
        job = json.loads(answer)["result"]
        words = ("pending", "successful", "failed", "skipped", "cancelled")
        assert job["total_messages_discovered"] == sum(job[f"messages_{word}"] for word in words), job
        for name in (
            "total_messages_discovered",
            "messages_successful",
            "messages_failed",
            "messages_skipped",
        ):
            assert job[name] >= self.most[name], (name, job, self.most)
            self.most[name] = job[name]
        self.looks += 1
        self.memory = max(self.memory, psutil.Process(self.program.process.pid).memory_info().rss)
        return job

    def post(self, verb: str) -> tuple[int, dict]:
        status, answer = self.program.post(f"{self.base}/{self.job}/{verb}", self.token, {})
        return status, json.loads(answer)["result"]

    async def until(self, reached, seconds: float) -> dict:
        async with asyncio.timeout(seconds):
            while not reached(job := await asyncio.to_thread(self.look)):
                await asyncio.sleep(0.05)
            return job


async def prepared(tmp_path, sink, count) -> Watch:
    """A program with held mail, which is not running yet."""
    program = Program(tmp_path)
    account, token = program.set_up(f"127.0.0.1:{sink.port}")
    data = tmp_path / "data"
    began = time.monotonic()
    await put_held(f"sqlite://{data}/lazaretto.db", Blobs(data / "blobs"), account, RECIPIENT, count)
    print(f"{count} held messages stored in {time.monotonic() - began:.1f} s")
    return Watch(program, account, token)


def senders(sink) -> collections.Counter:
    return collections.Counter(mail.mail_from.partition(">")[0] for mail in sink.mails)


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.timeout(120 + MESSAGES // 20)
async def test_release_of_everything_with_kills_in_between(tmp_path):
    """Killed during discovery and twice while it sends: every copy arrives once, every look adds up."""
    patience = 60 + MESSAGES / 20
    async with running_sink() as sink:
        watch = await prepared(tmp_path, sink, MESSAGES)
        program = watch.program
        await asyncio.to_thread(program.start)
        idle = psutil.Process(program.process.pid).memory_info().rss
        began = time.monotonic()
        await asyncio.to_thread(watch.create)
        await watch.until(lambda job: job["status"] != "PENDING", patience)
        for share in (0, 0.3, 0.6):
            await watch.until(
                lambda job, share=share: job["messages_successful"] >= share * MESSAGES, patience
            )
            await asyncio.to_thread(program.kill)
            await asyncio.to_thread(program.start)
        job = await watch.until(lambda job: job["status"] in ENDED, patience)
        took = time.monotonic() - began
        assert await asyncio.to_thread(program.stop) == 0

    arrived = senders(sink)
    doubles = {name: count for name, count in arrived.items() if count > 1}
    doubt = sum("was cut off after" in text for text in await traces(tmp_path))
    print(
        f"{MESSAGES} messages in {took:.1f} s with three kill -9: {MESSAGES / took:.0f} a second; "
        f"{watch.looks} looks; {len(doubles)} doubles, {doubt} attempts in doubt; "
        f"RSS idle {idle / 1e6:.0f} MB, highest {watch.memory / 1e6:.0f} MB"
    )
    assert ("COMPLETED", MESSAGES) == (job["status"], job["messages_successful"])
    assert MESSAGES == job["total_messages_discovered"]
    assert {f"<held-{number}@sender.test" for number in range(MESSAGES)} == set(arrived)
    assert sum(doubles.values()) - len(doubles) <= doubt  # SMTP cannot say whether a cut off dot was heard


async def traces(tmp_path) -> list[str]:
    """All trace lines about attempts that were cut off."""
    from lazaretto.store.database import open_database

    database = await open_database(f"sqlite://{tmp_path}/data/lazaretto.db")
    try:
        rows = await database.read(
            lambda tx: tx.rows("SELECT text FROM trace WHERE text LIKE '%was cut off after%'")
        )
    finally:
        await database.close()
    return [str(text) for (text,) in rows]


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.timeout(120 + MESSAGES // 20)
async def test_cancel_in_the_middle(tmp_path):
    """Terminal with the answer; what was not released stays held; removing it works from then on."""
    patience = 60 + MESSAGES / 20
    async with running_sink() as sink:
        watch = await prepared(tmp_path, sink, MESSAGES)
        program = watch.program
        await asyncio.to_thread(program.start)
        await asyncio.to_thread(watch.create)
        await watch.until(lambda job: job["messages_successful"] > 0, patience)
        began = time.monotonic()
        status, cancelled = await asyncio.to_thread(watch.post, "cancel")
        took = time.monotonic() - began
        again, _ = await asyncio.to_thread(watch.post, "cancel")
        later = await asyncio.to_thread(watch.look)
        assert await asyncio.to_thread(program.stop) == 0

    print(f"cancelled in {took * 1000:.0f} ms: {cancelled['messages_cancelled']} of {MESSAGES}")
    assert (200, 400, "CANCELLED") == (status, again, cancelled["status"])
    assert cancelled == later
    assert cancelled["messages_cancelled"] > 0
    assert cancelled["messages_successful"] <= len(senders(sink)) <= MESSAGES
