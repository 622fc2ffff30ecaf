"""The relay over the real outbox of both databases: claimed once, settled, released, hastened, told."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lazaretto.actions.release import release
from lazaretto.model.account import NextHop
from lazaretto.model.decision import Order
from lazaretto.model.record import DeliveryState
from tests.helpers.outbox import OPTIONS, outbox, relaying
from tests.helpers.sink import Script, Sink, sink

pytestmark = pytest.mark.system

SLOW = replace(OPTIONS, retry_waits=(600,))


def hop_of(server: Sink) -> NextHop:
    return NextHop("127.0.0.1", server.port, "smtp", "off")


async def test_two_relays_share_one_outbox(tmp_path, url):
    """Leases keep two relays apart: nothing is sent twice, nothing is forgotten."""
    async with sink() as server, outbox(tmp_path, [("x.test", hop_of(server))], url=url) as box:
        ids = [await box.put(f"r{n}@x.test") for n in range(40)]
        async with relaying(box), relaying(box):
            for id_ in ids:
                await box.until(id_, DeliveryState.DELIVERED)

    assert sorted(f"r{n}@x.test" for n in range(40)) == sorted(server.accepted)


async def test_two_releases_at_once_send_once(tmp_path, url):
    """Two analysts press the button together."""
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))], url=url) as box,
        relaying(box) as relay,
    ):
        id_ = await box.put("a@x.test", "b@x.test", order=Order.QUARANTINE)
        both = await asyncio.gather(
            *(
                release(box.database, relay.poke, box.account, [id_], who, now=lambda: datetime.now(UTC))
                for who in ("one", "two")
            )
        )

    assert [(), ("a@x.test", "b@x.test")] == sorted(o.delivered for (o,) in both)
    assert 1 == len(server.mails)


async def test_mail_goes_when_the_next_hop_is_back(tmp_path, url):
    """Put-off mail does not sit out its wait."""
    async with sink() as gone:
        hop = hop_of(gone)
    async with outbox(tmp_path, [("x.test", hop)], url=url) as box, relaying(box, SLOW):
        ids = [await box.put() for _ in range(3)]
        await box.until(ids[0], DeliveryState.DEFERRED)
        async with sink(port=hop.port) as server:
            for id_ in ids:
                await box.until(id_, DeliveryState.DELIVERED)

    assert 3 == len(server.mails)


async def test_sender_is_told_in_the_transaction_that_settles(tmp_path, url):
    """Refused for good: the notification is a record of its own and arrives."""
    refuse = Script(rcpt={"r@x.test": "550 5.1.1 nobody"}.get)
    async with (
        sink(refuse) as server,
        outbox(tmp_path, [("x.test", hop_of(server))], url=url) as box,
        relaying(box),
    ):
        id_ = await box.put(mail_from="s@x.test")
        await server.wait_for(1)
        (told,) = [line for line in await box.trace(id_) if "told about it" in line]
        notification = await box.until(told.rpartition(" ")[2], DeliveryState.DELIVERED)

    assert "Undelivered mail returned to sender" == notification.summary.subject
    assert ("s@x.test",) == server.mails[0].accepted
