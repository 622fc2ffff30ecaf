"""How the lists of an account reach the scan workers: once a version, again when they are gone, never mixed up."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.model.lists import Lists
from lazaretto.scanner import child as children
from lazaretto.scanner.job import Job, WorkerOptions
from lazaretto.scanner.pool import ScannerPool
from lazaretto.scanner.shelf import Shelf
from lazaretto.store.blobs import Blobs
from tests.helpers.listed import DOMAIN, block
from tests.helpers.records import envelope

pytestmark = pytest.mark.system

LETTER = b"From: Ann <ann@firm.example>\r\nSubject: Tuesday\r\n\r\nSee you.\r\n"
BLOCKING = Lists(7, block=(block("firm.example", DOMAIN),))
OTHERS = Lists(8, block=(block("other.example", DOMAIN),))
CLEAN, BLOCKED = Disposition.NONE, Disposition.MALICIOUS


class Counting:
    """Counts the lists that leave for the workers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.carried = 0
        encode = children.frame

        def frame(value):
            self.carried += isinstance(value, Job) and value.lists is not None
            return encode(value)

        monkeypatch.setattr(children, "frame", frame)


@pytest.fixture
async def pool(tmp_path):
    """One worker that asks nobody."""
    pool = ScannerPool(WorkerOptions(blobs=str(tmp_path / "blobs"), offline=True), workers=1, seconds=30)
    await pool.start()
    yield pool
    await pool.stop()


@pytest.fixture
def job(tmp_path):
    """One message."""
    blob = Blobs(tmp_path / "blobs").put(LETTER).sha256
    return Job(ticket=0, blob=blob, envelope=envelope(), own_domains=("example.com",), at=datetime.now(UTC))


async def disposition(pool: ScannerPool, job: Job, lists: Lists) -> Disposition:
    found = await pool.examine(job, lists)
    assert found.judgement.disposition is found.verdict.disposition
    return found.judgement.disposition


async def test_lists_travel_once_a_version(pool, job, monkeypatch):
    """Not with each message; a new version travels, and so does an old one that comes late."""
    counting = Counting(monkeypatch)
    seen = [
        await disposition(pool, job, lists)
        for lists in (Lists(), BLOCKING, BLOCKING, OTHERS, OTHERS, BLOCKING)
    ]

    assert [CLEAN, BLOCKED, BLOCKED, CLEAN, CLEAN, BLOCKED] == seen
    assert 3 == counting.carried


async def test_accounts_do_not_see_each_others_lists(pool, job):
    """Two accounts whose versions are the same number."""
    other = replace(job, envelope=replace(job.envelope, account="f" * 32))
    theirs = replace(OTHERS, version=7)

    assert [BLOCKED, CLEAN, BLOCKED, CLEAN] == [
        await disposition(pool, j, lists) for j, lists in ((job, BLOCKING), (other, theirs)) * 2
    ]


async def test_a_worker_that_lacks_them_is_sent_them_again(pool, job, monkeypatch):
    """The parent believes what is not so: the worker says it, and the message is judged all the same."""
    counting = Counting(monkeypatch)
    monkeypatch.setattr(Shelf, "has", lambda *_: True)

    assert BLOCKED == await disposition(pool, job, BLOCKING)
    assert 1 == counting.carried


async def test_a_new_worker_gets_them(pool, job):
    """What was sent to a worker that died was sent to nobody."""
    before = await disposition(pool, job, BLOCKING)
    os.kill(pool.pids[0], signal.SIGKILL)
    after = await disposition(pool, job, BLOCKING)

    assert [BLOCKED, BLOCKED] == [before, after]
