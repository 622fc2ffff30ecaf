"""`lazaretto demo`: what `make run` starts comes up with mail of every kind, and the second start sends nothing."""

import json
import mailbox
import subprocess
import sys
import urllib.request

import pytest

from lazaretto.demo.letters import SAMPLES
from lazaretto.model.disposition import Disposition

pytestmark = pytest.mark.system


def demo(folder, *words: str) -> dict:
    """One run that ends by itself."""
    done = subprocess.run(
        [
            sys.executable, "-m", "lazaretto", "demo", "--once", "--json", "--data", str(folder),
            "--http-port", "0", "--smtp-port", "0", *words,
        ],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def records(folder) -> dict[str, tuple[str, list[str]]]:
    """Disposition and delivery states of what the store holds, by subject."""
    done = subprocess.run(
        [sys.executable, "-c", _LIST, str(folder)], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


_LIST = """
import asyncio, json, sys
from datetime import UTC, datetime, timedelta
from lazaretto.query.criteria import Criteria
from lazaretto.store.accounts import list_accounts
from lazaretto.store.database import open_database
from lazaretto.store.search import search

async def main():
    database = await open_database(f"sqlite:///{sys.argv[1]}/lazaretto.db")
    now = datetime.now(UTC)
    criteria = Criteria(now - timedelta(days=1), now + timedelta(days=1), detections_only=False)
    (account,) = await database.read(list_accounts)
    page = await database.read(lambda tx: search(tx, account.id, criteria, None, 1000))
    await database.close()
    print(json.dumps({r.summary.subject: (r.disposition, [d.state for d in r.deliveries]) for r in page.records}))

asyncio.run(main())
"""


def test_two_starts(tmp_path):
    """All samples come in and are judged; what was let through lies in the sink; the second start finds it all there."""
    first = demo(tmp_path)
    assert len(SAMPLES) == first["sent"]
    assert {"250", "550"} == set(first["replies"])

    kept = records(tmp_path)
    assert {sample.subject for sample in SAMPLES} == set(kept)
    kinds = {disposition for disposition, _ in kept.values()}
    assert {sample.meant.value for sample in SAMPLES} == kinds
    assert Disposition.UNKNOWN.value not in kinds
    delivered = sum("delivered" in states for _, states in kept.values())
    assert delivered == len(list(mailbox.Maildir(tmp_path / "delivered", create=False)))
    assert any("quarantined" in states for _, states in kept.values())

    second = demo(tmp_path)
    assert 0 == second["sent"]
    assert (first["account"], first["secret"]) == (second["account"], second["secret"])
    assert kept == records(tmp_path)


def test_what_it_prints_works(tmp_path):
    """The address, account and token of the printed words list mail; Ctrl-C ends it with exit code 0."""
    running = subprocess.Popen(
        [
            sys.executable, "-m", "lazaretto", "demo", "--json", "--data", str(tmp_path),
            "--http-port", "0", "--smtp-port", "0",
        ],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        told = json.loads(running.stdout.readline())
        request = urllib.request.Request(
            f"{told['url']}/accounts/{told['account']}/email-security/investigate?per_page=5",
            headers={"Authorization": f"Bearer {told['secret']}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert 5 == len(json.load(answer)["result"])
        again = subprocess.run(
            [sys.executable, "-m", "lazaretto", "demo", "--data", str(tmp_path), "--http-port", "0", "--smtp-port", "0"],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert 1 == again.returncode
        assert "another server" in again.stderr
        running.send_signal(2)

        assert 0 == running.wait(timeout=30)
    finally:
        running.kill()
        running.wait()
        running.stdout.close()
