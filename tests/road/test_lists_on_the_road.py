"""The lists on the road: read when they changed, and counting by the envelope alone when no scan can be made."""

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from lazaretto.model.account import NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.pipeline import Road, receive
from lazaretto.policy.entries import check_entry
from lazaretto.scanner.job import WorkerOptions
from lazaretto.scanner.pool import ScannerPool
from lazaretto.store.accounts import add_account
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import open_database
from lazaretto.store.domains import add_domain
from lazaretto.store.list_edit import begin_edit
from lazaretto.store.list_kinds import BLOCK, RESTRICTIONS
from lazaretto.store.messages import get_record, get_trace
from tests.helpers.listed import DOMAIN, block, restriction
from tests.helpers.records import ACCOUNT, NOW, envelope

pytestmark = pytest.mark.system

LETTER = b"From: Ann <ann@firm.example>\r\nSubject: Tuesday\r\n\r\nSee you.\r\n"


@asynccontextmanager
async def road(folder, seconds: float, url: str = ""):
    """A road with one worker, which gives up after so many seconds."""
    database = await open_database(url or f"sqlite://{folder}/store.db")
    blobs = Blobs(folder / "blobs")
    options = WorkerOptions(blobs=str(folder / "blobs"), offline=True)
    scanner = ScannerPool(options, workers=1, seconds=seconds)
    await scanner.start()
    await database.write(lambda tx: add_account(tx, "one", now=NOW, id=ACCOUNT))
    hop = NextHop("127.0.0.1", 9)
    await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", hop, now=NOW))
    try:
        yield Road(database, blobs, scanner, "mx.test", decided=lambda: None)
    finally:
        await scanner.stop()
        await database.close()


async def change(on: Road, kind, entry=None, remove=None):
    async def work(tx):
        edit = await begin_edit(tx, ACCOUNT, kind, now=NOW)
        if remove is not None:
            await edit.remove(remove)
        added = await edit.add(check_entry(entry)) if entry is not None else None
        await edit.end()
        return added

    return await on.database.write(work)


@pytest.fixture(params=["sqlite", "postgresql"])
async def store_url(request):
    """Where the records are."""
    if request.param == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgres")
    address = await server.create()
    yield address
    await server.drop(address)


async def test_the_very_next_message_is_judged_by_what_is_listed_now(tmp_path, store_url):
    """Added, changed into another, taken away: nothing is remembered that is not so any more."""
    async with road(tmp_path, 30, store_url) as on:

        async def next_one():
            where = envelope(mail_from="ann@firm.example")
            return (await receive(on, where, LETTER)).disposition

        seen = [await next_one()]
        first = await change(on, BLOCK, block("firm.example", DOMAIN))
        seen += [await next_one(), await next_one()]
        await change(on, BLOCK, block("other.example", DOMAIN), remove=first.id)
        seen.append(await next_one())

    assert [Disposition.NONE, Disposition.MALICIOUS, Disposition.MALICIOUS, Disposition.NONE] == seen


async def test_without_a_scan_the_envelope_counts(tmp_path):
    """A blocked sender is MALICIOUS, a sender without TLS is refused, everybody else is asked to come back."""
    async with road(tmp_path, 0.001) as on:
        await change(on, BLOCK, block("evil.example", DOMAIN))
        await change(on, RESTRICTIONS, restriction("tls.example"))
        found = {}
        for name in ("fine", "evil", "tls"):
            where = envelope(mail_from=f"a@{name}.example")
            decision = await receive(on, where, LETTER)
            found[name] = (decision.disposition, decision.orders[0].order)
        record = await on.database.read(lambda tx: get_record(tx, ACCOUNT, where.queue_id))
        trace = await on.database.read(lambda tx: get_trace(tx, ACCOUNT, record.number))

    assert {
        "fine": (Disposition.UNKNOWN, Order.DEFER),
        "evil": (Disposition.MALICIOUS, Order.QUARANTINE),
        "tls": (Disposition.UNKNOWN, Order.REJECT),
    } == found
    assert any("must come over TLS" in line.text for line in trace)


async def test_behind_relays_the_client_is_not_the_sender(tmp_path):
    """Without a scan nobody knows who is behind the relay: its address and its TLS say nothing."""
    async with road(tmp_path, 0.001) as on:
        await change(on, RESTRICTIONS, restriction("tls.example"))
        relayed = replace(on, lookback=1)
        decision = await receive(relayed, envelope(mail_from="a@tls.example"), LETTER)

    assert Order.DEFER == decision.orders[0].order
