"""Releasing quarantined mail: it arrives byte for byte, once, and each recipient is in one list."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lazaretto.actions.release import ReleaseOutcome, release
from lazaretto.mail.headers import parse_headers
from lazaretto.model.account import NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.record import DeliveryState, Operation
from tests.helpers.outbox import MESSAGE, OPTIONS, Outbox, outbox, relaying
from tests.helpers.sink import Script, Sink, sink

pytestmark = pytest.mark.system

SLOW = replace(OPTIONS, retry_waits=(600,))


def hop_of(server: Sink) -> NextHop:
    return NextHop("127.0.0.1", server.port, "smtp", "off")


async def hold(box: Outbox, *recipients: str, **fields) -> str:
    return await box.put(*recipients, order=Order.QUARANTINE, disposition=Disposition.MALICIOUS, **fields)


async def let_go(box: Outbox, relay, *refs: str, wait: float = 10.0, **fields) -> tuple[ReleaseOutcome, ...]:
    return await release(
        box.database,
        relay.poke,
        box.account,
        refs,
        "analyst",
        now=lambda: datetime.now(UTC),
        wait=wait,
        **fields,
    )


async def test_released_mail_arrives_byte_for_byte(tmp_path):
    """The original, with a second trace, and with marks that keep it out of Junk."""
    options = replace(OPTIONS, poll=600)
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box, options) as relay,
    ):
        id_ = await hold(box, "a@x.test", "b@x.test")
        (outcome,) = await let_go(box, relay, id_)
        record = await box.record(id_)
        trace = await box.trace(id_)

    (mail,) = server.mails
    assert ReleaseOutcome(id_, record.envelope.queue_id, ("a@x.test", "b@x.test"), (), ()) == outcome
    assert mail.content.endswith(MESSAGE)
    fields = parse_headers(mail.content.removesuffix(MESSAGE) + b"\r\n")
    assert ["NO"] == [h.value for h in fields if h.key == "x-spam-flag"]
    assert 2 == sum(h.key == "received" for h in fields)
    assert "x-lazaretto-release" in {h.key for h in fields}
    assert "<s@sender.test>" == mail.mail_from.partition(" ")[0]
    assert not record.is_quarantined
    assert {Operation.QUARANTINE_RELEASE, Operation.RELEASE} & {a.operation for a in record.actions}
    assert trace


async def test_second_release_sends_nothing(tmp_path):
    """Repeating is harmless: the SDKs repeat a request that they got no answer to."""
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box) as relay,
    ):
        id_ = await hold(box, "a@x.test")
        await let_go(box, relay, id_)
        (again,) = await let_go(box, relay, id_)

    assert ((), (), ("a@x.test",)) == (again.delivered, again.failed, again.undelivered)
    assert 1 == len(server.mails)


async def test_two_releases_at_once_send_once(tmp_path):
    """Two analysts press the button together."""
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box) as relay,
    ):
        id_ = await hold(box, "a@x.test")
        both = await asyncio.gather(let_go(box, relay, id_), let_go(box, relay, id_))

    assert [(), ("a@x.test",)] == sorted(o.delivered for (o,) in both)
    assert 1 == len(server.mails)


async def test_each_recipient_is_in_one_list(tmp_path):
    """Taken, refused for good, refused for now."""
    replies = {"b@x.test": "550 5.1.1 nobody", "c@x.test": "450 4.2.1 later"}
    async with (
        sink(Script(rcpt=replies.get)) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box, SLOW) as relay,
    ):
        id_ = await hold(box, "a@x.test", "b@x.test", "c@x.test")
        (outcome,) = await let_go(box, relay, id_)

    assert (("a@x.test",), ("b@x.test",), ("c@x.test",)) == (
        outcome.delivered,
        outcome.failed,
        outcome.undelivered,
    )


async def test_nobody_answers_in_time(tmp_path):
    """What is still under way when the time is up is undelivered, and arrives later."""
    async with (
        sink(Script(pause_at="end")) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box) as relay,
    ):
        id_ = await hold(box, "a@x.test")
        (outcome,) = await let_go(box, relay, id_, wait=0.1)
        server.go_on.set()
        await box.until(id_, DeliveryState.DELIVERED)

    assert ("a@x.test",) == outcome.undelivered
    assert 1 == len(server.mails)


async def test_order_is_kept_and_names_are_one(tmp_path):
    """Ids in the order given, each record once, unknown ones named as given."""
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box) as relay,
    ):
        first, second = await hold(box, "a@x.test"), await hold(box, "b@x.test")
        queue_id = (await box.record(first)).envelope.queue_id
        outcomes = await let_go(box, relay, second, "unknown", first, second, queue_id)

    assert [(second, True), ("unknown", False), (first, True)] == [(o.id, o.found) for o in outcomes]
    assert [("b@x.test",), (), ("a@x.test",)] == [o.delivered for o in outcomes]
    assert ["a@x.test", "b@x.test"] == sorted(server.accepted)


async def test_some_recipients_only(tmp_path):
    """A subset goes, the rest stays in quarantine; case does not matter, strangers get nothing."""
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box) as relay,
    ):
        id_ = await hold(box, "A@x.test", "b@x.test")
        (outcome,) = await let_go(box, relay, id_, recipients=["a@X.test", "z@evil.test"])
        states = await box.states(id_)

    assert (("A@x.test",), ("z@evil.test",)) == (outcome.delivered, outcome.undelivered)
    assert {"A@x.test": "delivered", "b@x.test": "quarantined"} == states
    assert ["A@x.test"] == server.accepted


async def test_mail_that_was_not_held(tmp_path):
    """Delivered mail is not sent again."""
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box) as relay,
    ):
        id_ = await box.put("a@x.test")
        await box.until(id_, DeliveryState.DELIVERED)
        (outcome,) = await let_go(box, relay, id_)

    assert (True, ("a@x.test",)) == (outcome.found, outcome.undelivered)
    assert 1 == len(server.mails)


async def test_other_account_finds_nothing(tmp_path):
    """An id of somebody else is an unknown id."""
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box) as relay,
    ):
        id_ = await hold(box, "a@x.test")
        (outcome,) = await release(
            box.database, relay.poke, "f" * 32, [id_], "analyst", now=lambda: datetime.now(UTC)
        )
        states = await box.states(id_)

    assert ReleaseOutcome(id_, "", found=False) == outcome
    assert {"a@x.test": "quarantined"} == states


async def test_long_list_is_released(tmp_path):
    """A long list goes through in batches, all of it."""
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box) as relay,
    ):
        ids = [await hold(box, f"r{n}@x.test") for n in range(150)]
        outcomes = await let_go(box, relay, *ids, wait=60)

    assert ids == [o.id for o in outcomes]
    assert all(o.delivered for o in outcomes)
    assert 150 == len(server.mails)
