"""Worker processes of the offline scan: whatever a message does to its worker, every message gets its answer."""

import json
import os
import time
from contextlib import suppress

import pytest

from lazaretto.commands.scan_pool import BATCH_MESSAGES, ScanPool, in_order
from lazaretto.commands.scan_worker import ScanJob, ScanLine
from lazaretto.intake.sources import Found

pytestmark = pytest.mark.system


class Puppet:
    """A scanner that does what the message says."""

    def serve(self, pipe):
        with suppress(EOFError):
            while True:
                for job in pipe.recv():
                    match job.found.raw:
                        case b"die":
                            os._exit(9)
                        case b"hang":
                            time.sleep(60)
                        case b"slow":
                            time.sleep(0.05)
                    pipe.send(ScanLine(job.ticket, b'{"path":"%d"}' % job.ticket, failed=False))
        os._exit(0)


def jobs(*contents: bytes):
    return (ScanJob(ticket, Found(f"f{ticket}", "", "", raw), None) for ticket, raw in enumerate(contents))


def pool(*, workers: int = 2, seconds: float = 20.0) -> ScanPool:
    return ScanPool(Puppet(), workers=workers, seconds=seconds)


def test_every_message_is_answered_once():
    """More messages than several batches hold."""
    count = 5 * BATCH_MESSAGES + 7
    lines = list(pool().lines(jobs(*[b"x"] * count)))

    assert list(range(count)) == sorted(line.ticket for line in lines)
    assert not any(line.failed for line in lines)


def test_nothing_to_do():
    """No message, no line."""
    assert [] == list(pool().lines(jobs()))


def test_deadly_messages_are_found_out():
    """A message that ends its process is reported, and all the others of its batch are scanned."""
    contents = [b"x"] * 70
    contents[3] = contents[4] = contents[50] = b"die"
    lines = {line.ticket: line for line in pool().lines(jobs(*contents))}

    assert set(range(70)) == set(lines)
    assert {3, 4, 50} == {ticket for ticket, line in lines.items() if line.failed}
    told = json.loads(lines[3].line)
    assert ("f3", "UNKNOWN", "the scan ended its process (exit code 9)") == (
        told["path"],
        told["disposition"],
        told["error"],
    )


def test_message_that_never_ends():
    """A worker that is silent for too long is ended, and only its message is lost."""
    lines = {line.ticket: line for line in pool(seconds=0.5).lines(jobs(b"x", b"hang", b"x", b"x"))}

    assert {0, 1, 2, 3} == set(lines)
    assert [1] == [ticket for ticket, line in lines.items() if line.failed]
    assert "the scan took more than 0.5 seconds" == json.loads(lines[1].line)["error"]


def test_only_deadly_messages():
    """The last message may be deadly, and the only one too."""
    lines = list(pool(workers=1).lines(jobs(b"die")))

    assert [True] == [line.failed for line in lines]


def test_order_of_reading():
    """Ordered output is by ticket, failed ones included."""
    contents = [b"slow", b"x", b"die", b"slow"] * 20
    lines = list(in_order(pool().lines(jobs(*contents))))

    assert list(range(80)) == [line.ticket for line in lines]
