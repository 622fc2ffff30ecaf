"""Scan workers: lost, stopped or too slow, and what the rest of the mail notices of it."""

import asyncio
import os
import signal
from datetime import UTC, datetime

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.scanner.job import Job, WorkerOptions
from lazaretto.scanner.pool import ScanFailed, ScannerPool
from lazaretto.store.blobs import Blobs
from tests.helpers.load import GTUBE
from tests.helpers.records import envelope

pytestmark = pytest.mark.system

SPAM = b"From: a@b.example\r\nSubject: offer\r\n\r\n" + GTUBE.encode() + b"\r\n"


@pytest.fixture
def blobs(tmp_path):
    """An empty blob store."""
    return Blobs(tmp_path / "blobs")


def job(blobs: Blobs, raw: bytes = SPAM) -> Job:
    """One message to examine."""
    return Job(
        ticket=0,
        blob=blobs.put(raw).sha256,
        envelope=envelope(),
        own_domains=("example.com",),
        at=datetime.now(UTC),
    )


def options(tmp_path) -> WorkerOptions:
    """A worker that asks nobody."""
    return WorkerOptions(blobs=str(tmp_path / "blobs"), offline=True)


async def test_an_examination_crosses_the_border_whole(tmp_path, blobs):
    """Facts, verdict and summary come back as the values they were."""
    pool = ScannerPool(options(tmp_path), workers=1, seconds=30)
    await pool.start()
    try:
        found = await pool.examine(job(blobs))
    finally:
        await pool.stop()

    assert Disposition.SPAM == found.verdict.disposition
    assert "offer" == found.summary.subject
    assert found.facts.offline


async def test_jobs_of_a_killed_worker_are_done_all_the_same(tmp_path, blobs):
    """A worker killed with signal 9 in the middle of its work costs nothing but time."""
    pool = ScannerPool(options(tmp_path), workers=1, seconds=30)
    await pool.start()
    try:
        await pool.examine(job(blobs))
        os.kill(pool.pids[0], signal.SIGSTOP)
        waiting = [asyncio.create_task(pool.examine(job(blobs))) for _ in range(3)]
        await asyncio.sleep(0.1)
        os.kill(pool.pids[0], signal.SIGKILL)
        found = await asyncio.gather(*waiting)
        after = await pool.examine(job(blobs))
    finally:
        await pool.stop()

    assert [Disposition.SPAM] * 3 == [f.verdict.disposition for f in found]
    assert Disposition.SPAM == after.verdict.disposition


async def test_a_job_that_never_ends_is_given_up(tmp_path, blobs):
    """The time limit ends the worker, the second try alone ends too, and the reason says so."""
    pool = ScannerPool(options(tmp_path), workers=1, seconds=0.001)
    await pool.start()
    try:
        with pytest.raises(ScanFailed) as failure:
            await pool.examine(job(blobs))
    finally:
        await pool.stop()

    assert "timeout" == failure.value.reason


async def test_what_breaks_inside_is_named(tmp_path, blobs):
    """Bytes that are not there are an error of this job, not of the worker."""
    pool = ScannerPool(options(tmp_path), workers=1, seconds=30)
    await pool.start()
    try:
        missing = job(blobs)
        blobs.remove(missing.blob)
        with pytest.raises(ScanFailed) as failure:
            await pool.examine(missing)
        again = await pool.examine(job(blobs))
        state = pool.state
    finally:
        await pool.stop()

    assert "error" == failure.value.reason
    assert Disposition.SPAM == again.verdict.disposition
    assert (1, 1, 0) == (state.workers, state.alive, state.in_hand)
