"""Custody: what a sender signed still verifies after gateway, quarantine, release and delivery."""

import asyncio
import csv
import os
import re
from datetime import UTC, datetime

import pytest

from lazaretto.mail.authentication.dkim import verify
from lazaretto.mail.questions import run_check
from tests.helpers.corpora import unpacked
from tests.helpers.load import Wire
from tests.helpers.program import Program, eventually
from tests.helpers.sink import sink as running_sink

LIMIT = int(os.environ.get("LAZARETTO_CUSTODY_MESSAGES", "150"))
SIGNED = re.compile(rb"^DKIM-Signature:", re.IGNORECASE | re.MULTILINE)


def signed_messages(limit: int) -> list[bytes]:
    """DKIM-signed messages of the corpus as they travel (CRLF) whose body hash holds before we touch them."""
    folder = unpacked("dev_set")
    found = []
    with (folder / "labels.csv").open(newline="", errors="replace") as listing:
        rows = list(csv.DictReader(listing))
    for row in rows:
        if int(row["dkim"] or 0) and len(found) < limit:
            raw = (folder / row["path"]).read_bytes()
            wire = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
            wire += b"" if wire.endswith(b"\r\n") else b"\r\n"
            if body_hashes(wire):
                found.append(wire)
    return found


def body_hashes(raw: bytes) -> tuple[tuple[str, str, bool], ...]:
    """Domain, selector and whether the body hash holds, for the signatures that hold."""
    results = run_check(verify(raw, at=datetime(2026, 11, 20, tzinfo=UTC)), {})
    return tuple((r.domain, r.selector, True) for r in results if r.body_hash_ok)


@pytest.mark.system
@pytest.mark.corpus
@pytest.mark.timeout(900)
async def test_signatures_survive_gateway_quarantine_and_release(tmp_path):
    """Every message is held, released, and arrives with the body hash of each signature intact and its bytes unchanged."""
    messages = signed_messages(LIMIT)
    async with running_sink() as sink:
        program = Program(tmp_path, extra="[relay]\nworkers = 8\n")
        account, token = program.set_up(f"127.0.0.1:{sink.port}", hold_all=True)
        await asyncio.to_thread(program.start)
        base = f"/client/v4/accounts/{account}/email-security/investigate"
        sent = {}
        for batch in batches(messages, 500):  # the gateway takes a thousand messages in a session
            async with Wire(program.smtp) as wire:
                for raw in batch:
                    sent[await wire.send("a@sender.example", ["user@corp.example"], raw)] = raw
        assert [] == sink.mails
        for batch in batches(list(sent), 50):
            status, body = await asyncio.to_thread(program.post, f"{base}/release", token, {"ids": batch})
            assert status == 200, body
        await eventually(lambda: len(sink.mails) >= len(sent), 120)
        assert await asyncio.to_thread(program.stop) == 0

    arrived = {re.search(rb"X-Lazaretto-Id: (\S+)", m.content)[1].decode(): m.content for m in sink.mails}
    print(f"{len(messages)} signed messages, {sum(len(body_hashes(m)) for m in messages)} signatures")
    assert len(sink.mails) == len(sent)
    assert set(sent) == set(arrived)
    for queue_id, raw in sent.items():
        assert arrived[queue_id].endswith(raw)
        assert body_hashes(raw) == body_hashes(arrived[queue_id])


def batches(items: list, size: int) -> list[list]:
    """Cut a list into lists of at most that size."""
    return [items[i : i + size] for i in range(0, len(items), size)]
