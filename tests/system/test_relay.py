"""From the outbox to a real next hop: every outcome is in the store, and nothing is sent twice without need."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest

from lazaretto.model.account import DomainPolicy, NextHop
from lazaretto.model.envelope import Recipient
from lazaretto.model.record import DeliveryState
from lazaretto.store.domains import set_domain
from lazaretto.store.outbox import claim, sending
from lazaretto.telemetry import metrics
from tests.helpers.outbox import MESSAGE, OPTIONS, Outbox, outbox, relaying
from tests.helpers.sink import Script, Sink, sink

pytestmark = pytest.mark.system

SLOW = replace(OPTIONS, retry_waits=(600,))
"""Nothing is tried twice within a test."""


def hop_of(server: Sink) -> NextHop:
    return NextHop("127.0.0.1", server.port, "lmtp" if server.lmtp else "smtp", "off")


def counted(state: str) -> float:
    return metrics.REGISTRY.get_sample_value("lazaretto_deliveries_total", {"state": state}) or 0.0


async def test_delivers_bytes_with_stamp(tmp_path):
    """What arrives is our fields and then the received bytes, and the store says who took them."""
    before = counted("delivered")
    async with sink() as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box, relaying(box):
        id_ = await box.put("a@x.test", "b@x.test")
        record = await box.until(id_, DeliveryState.DELIVERED)
        trace = await box.trace(id_)

    (mail,) = server.mails
    head, _, _ = mail.content.partition(b"From: s@sender.test")
    assert MESSAGE == mail.content.removeprefix(head)
    assert head.startswith(b"Received: from helo.test")
    assert ("a@x.test", "b@x.test") == mail.accepted
    assert ["250 2.0.0 stored as sink-0"] * 2 == [d.reply for d in record.deliveries]
    assert {"sink-0"} == {d.outbound_queue_id for d in record.deliveries}
    assert any("<a@x.test>: delivered to 127.0.0.1" in line for line in trace)
    assert 2 == counted("delivered") - before


async def test_new_mail_goes_at_once_when_poked(tmp_path):
    """A poke is enough; the relay need not look by itself."""
    options = replace(OPTIONS, poll=600)
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box, options) as relay,
    ):
        await asyncio.sleep(0.1)
        id_ = await box.put()
        relay.poke()
        await box.until(id_, DeliveryState.DELIVERED)

    assert 1 == len(server.mails)


async def test_recipients_end_differently(tmp_path):
    """One transaction, three recipients, three ends; the one that waits is tried again alone."""
    replies = {"b@x.test": "450 4.2.1 later", "c@x.test": "550 5.1.1 nobody"}
    async with (
        sink(Script(rcpt=replies.get)) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
    ):
        async with relaying(box):
            id_ = await box.put("a@x.test", "b@x.test", "c@x.test", mail_from="")
            await server.wait_for(1)
            while (await box.states(id_))["b@x.test"] != "deferred":
                await asyncio.sleep(0.01)
            del replies["b@x.test"]
            await server.wait_for(2)
        states = await box.states(id_)

    assert {"a@x.test": "delivered", "b@x.test": "delivered", "c@x.test": "bounced"} == states
    assert [("a@x.test",), ("b@x.test",)] == [m.accepted for m in server.mails]


async def test_lmtp_recipients_are_settled_one_by_one(tmp_path):
    """LMTP replies after DATA are per recipient."""
    replies = {"b@x.test": "550 5.2.1 disabled"}
    async with (
        sink(Script(end=replies.get), lmtp=True) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box, SLOW),
    ):
        id_ = await box.put("a@x.test", "b@x.test", mail_from="")
        await box.settled(id_)
        states = await box.states(id_)

    assert {"a@x.test": "delivered", "b@x.test": "bounced"} == states


async def test_connection_lost_before_the_dot_is_repeated(tmp_path):
    """The next hop cannot have it: sent again, once."""
    async with (
        sink(Script(drop_at="middle", drops=1)) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box),
    ):
        id_ = await box.put()
        await box.until(id_, DeliveryState.DELIVERED)
        trace = await box.trace(id_)

    assert 1 == len(server.mails)
    assert any("connection" in line and "next attempt in" in line for line in trace)


async def test_connection_lost_behind_the_dot_is_repeated_and_told(tmp_path):
    """Acceptance was unknown: it arrives twice, and the trace says why."""
    async with (
        sink(Script(drop_at="after", drops=1)) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box),
    ):
        id_ = await box.put()
        await box.until(id_, DeliveryState.DELIVERED)
        trace = await box.trace(id_)

    assert 2 == len(server.mails)
    assert any("it may have been accepted" in line for line in trace)


async def test_process_that_died_behind_the_dot_is_told(tmp_path):
    """A mark of an earlier process that never ended its attempt: sent again, and the trace says so."""
    async with sink() as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box:
        id_ = await box.put()
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        future = datetime.now(UTC) + timedelta(seconds=1)
        rows = await box.database.write(
            lambda tx: claim(tx, owner="dead", limit=1, now=future, lease=timedelta(seconds=-2))
        )
        await box.database.write(lambda tx: sending(tx, rows, now=long_ago))
        async with relaying(box):
            await box.until(id_, DeliveryState.DELIVERED)
        trace = await box.trace(id_)

    assert any("sending again, it may arrive twice" in line for line in trace)


async def test_next_hop_that_is_away(tmp_path):
    """Nobody listens: the mail waits, the state says so, and all of it goes at once when somebody is back."""
    async with sink() as server:
        hop = hop_of(server)
    async with outbox(tmp_path, [("x.test", hop)]) as box, relaying(box, SLOW) as relay:
        ids = [await box.put() for _ in range(5)]
        await box.until(ids[0], DeliveryState.DEFERRED)
        (state,) = relay.hops()
        async with sink(port=hop.port) as server:
            for id_ in ids:
                await box.until(id_, DeliveryState.DELIVERED)
            (better,) = relay.hops()

    assert (False, hop) == (state.up, state.hop)
    assert "no connection to 127.0.0.1" in state.error
    assert better.up
    assert 5 == len(server.mails)


async def test_next_hop_that_is_down_keeps_its_mail_unclaimed(tmp_path):
    """While one next hop is down its mail is left alone, and other mail flows."""
    options = replace(SLOW, hop_waits=(600,))
    async with sink() as gone:
        hop = hop_of(gone)
    async with (
        sink() as server,
        outbox(tmp_path, [("x.test", hop), ("y.test", hop_of(server))]) as box,
        relaying(box, options) as relay,
    ):
        first = await box.put("a@x.test")
        relay.poke()
        await box.until(first, DeliveryState.DEFERRED)
        waiting = [await box.put("a@x.test") for _ in range(3)]
        flowing = await box.put("b@y.test")
        relay.poke()
        await box.until(flowing, DeliveryState.DELIVERED)
        states = [(await box.record(id_)).deliveries[0] for id_ in waiting]

    assert [(DeliveryState.QUEUED, 0)] * 3 == [(d.state, d.attempts) for d in states]


async def test_domain_gets_another_next_hop(tmp_path):
    """Mail for a next hop that is down follows its domain to another one."""
    async with sink() as gone:
        hop = hop_of(gone)
    async with sink() as server, outbox(tmp_path, [("x.test", hop)]) as box, relaying(box) as relay:
        id_ = await box.put()
        await box.until(id_, DeliveryState.DEFERRED)
        await box.database.write(
            lambda tx: set_domain(tx, box.account, "x.test", hop_of(server), DomainPolicy())
        )
        await box.until(id_, DeliveryState.DELIVERED)
        states = {s.hop.port: s.up for s in relay.hops()}

    assert {hop.port: False, server.port: True} == states


async def test_slow_next_hop_holds_up_nobody_else(tmp_path):
    """Fifty messages for a next hop that hangs do not keep one message for another from going."""
    options = replace(SLOW, workers=4, per_hop=2)
    async with (
        sink(Script(pause_at="end")) as slow,
        sink() as quick,
        outbox(tmp_path, [("x.test", hop_of(slow)), ("y.test", hop_of(quick))]) as box,
    ):
        ids = [await box.put("a@x.test") for _ in range(50)]
        async with relaying(box, options) as relay:
            await slow.paused.wait()
            id_ = await box.put("b@y.test")
            relay.poke()
            await box.until(id_, DeliveryState.DELIVERED)
            slow.go_on.set()
            for id_ in ids:
                await box.until(id_, DeliveryState.DELIVERED)

    assert (50, 2) == (len(slow.mails), slow.most_open)


async def test_many_messages_on_few_connections(tmp_path):
    """A hundred messages, each once, over connections that are kept."""
    async with sink() as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box:
        ids = [await box.put(f"r{n}@x.test") for n in range(100)]
        async with relaying(box, replace(OPTIONS, per_hop=3)):
            for id_ in ids:
                await box.until(id_, DeliveryState.DELIVERED)

    assert sorted(f"r{n}@x.test" for n in range(100)) == sorted(server.accepted)
    assert 3 >= server.most_open
    assert 10 >= server.connections


async def test_two_relays_share_one_outbox(tmp_path):
    """Leases keep two relays apart: nothing is sent twice."""
    async with sink() as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box:
        ids = [await box.put(f"r{n}@x.test") for n in range(60)]
        async with relaying(box), relaying(box):
            for id_ in ids:
                await box.until(id_, DeliveryState.DELIVERED)

    assert sorted(f"r{n}@x.test" for n in range(60)) == sorted(server.accepted)


async def test_many_recipients_are_cut_into_transactions(tmp_path):
    """No transaction has more recipients than every server must take. RFC 5321 4.5.3.1.8."""
    names = [f"r{n}@x.test" for n in range(250)]
    async with sink() as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box, relaying(box):
        id_ = await box.put(*names)
        await box.until(id_, DeliveryState.DELIVERED)

    assert sorted(names) == sorted(server.accepted)
    assert 100 == max(len(m.recipients) for m in server.mails)


async def test_two_domains_of_one_next_hop_travel_together(tmp_path):
    """One record, two domains, one next hop: one transaction."""
    async with sink() as server:
        hops = [("x.test", hop_of(server)), ("y.test", hop_of(server))]
        async with outbox(tmp_path, hops) as box, relaying(box):
            id_ = await box.put("a@x.test", "b@y.test")
            await box.until(id_, DeliveryState.DELIVERED)

    assert [("a@x.test", "b@y.test")] == [m.accepted for m in server.mails]


async def test_stop_lets_the_transaction_end(tmp_path):
    """A message behind its final dot is waited for; what was not begun stays in the outbox."""
    options = replace(SLOW, per_hop=1)
    async with sink(Script(pause_at="end")) as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box:
        first, second = await box.put("a@x.test"), await box.put("b@x.test")
        async with relaying(box, options) as relay:
            await server.paused.wait()
            relay.stop()
            await asyncio.sleep(0.05)
            server.go_on.set()
        states = (await box.states(first)) | (await box.states(second))
        due = await box.database.write(
            lambda tx: claim(tx, owner="next", limit=9, now=datetime.now(UTC), lease=timedelta(minutes=1))
        )

    assert ["delivered", "queued"] == sorted(states.values())
    assert ["queued"] == [states[r.recipient.address] for r in due]
    assert ["delivered"] == [states[a] for a in server.accepted]


async def test_stop_does_not_wait_for_ever(tmp_path):
    """A next hop that hangs is left after the grace; the mail is due again at once, in doubt."""
    options = replace(SLOW, grace=0.05)
    async with sink(Script(pause_at="end")) as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box:
        await box.put("a@x.test")
        async with relaying(box, options) as relay:
            await server.paused.wait()
            relay.stop()
        due = await box.database.write(
            lambda tx: claim(tx, owner="next", limit=9, now=datetime.now(UTC), lease=timedelta(minutes=1))
        )

    assert [True] == [r.in_doubt_since is not None for r in due]


async def test_given_up_after_the_limit(tmp_path):
    """What could not be sent in time is bounced, and the trace says after how many attempts."""
    options = replace(OPTIONS, give_up_after=0.3)
    async with (
        sink(Script(mail="451 4.3.0 wait")) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
    ):
        async with relaying(box, options):
            id_ = await box.put(mail_from="")
            await box.until(id_, DeliveryState.BOUNCED)
        trace = await box.trace(id_)

    assert any("given up after" in line for line in trace)
    assert any("no notification could be sent: the return path is null" in line for line in trace)


async def test_domain_that_is_not_ours_any_more(tmp_path):
    """Without a next hop mail waits; it is not sent to strangers."""
    async with outbox(tmp_path) as box, relaying(box, SLOW):
        id_ = await box.put("a@x.test")
        record = await box.until(id_, DeliveryState.DEFERRED)

    assert "no next hop is configured for x.test" == record.deliveries[0].reply


async def test_bytes_that_are_gone(tmp_path):
    """A message whose bytes are missing waits, and the others go."""
    async with sink() as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box:
        lost, fine = await box.put(raw=b"Subject: lost\r\n\r\n"), await box.put()
        box.blobs.remove((await box.record(lost)).blob)
        async with relaying(box, SLOW):
            await box.until(fine, DeliveryState.DELIVERED)
            record = await box.until(lost, DeliveryState.DEFERRED)

    assert "the message bytes are not in the store" == record.deliveries[0].reply


async def test_smtputf8_is_asked_for_only_where_it_is_needed(tmp_path):
    """A client that always says SMTPUTF8 does not make plain mail undeliverable."""
    plain = Script(extensions=("8BITMIME",))
    async with (
        sink(plain) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box, SLOW),
    ):
        easy = await box.put(smtputf8=True, mail_from="")
        hard = await box.put(raw="Subject: grün\r\n\r\n".encode(), smtputf8=True, mail_from="")
        await box.until(easy, DeliveryState.DELIVERED)
        record = await box.until(hard, DeliveryState.BOUNCED)

    assert "message needs SMTPUTF8, which the next hop does not offer" == record.deliveries[0].reply


async def test_eight_bit_body_goes_as_it_is(tmp_path):
    """RFC 6152 3 would have us convert; we never change what we received, and the trace says so."""
    raw = "Subject: a\r\n\r\ngrün\r\n".encode()
    async with (
        sink(Script(extensions=("PIPELINING",))) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box),
    ):
        id_ = await box.put(raw=raw, body="8BITMIME")
        while not any("8BITMIME" in line for line in await box.trace(id_)):
            await asyncio.sleep(0.01)

    assert server.mails[0].content.endswith(raw)


async def test_sender_of_ours_is_told(tmp_path):
    """A failure is told to a return path of our own domains through its next hop, and the trace says so."""
    replies = {"r@x.test": "550 5.1.1 nobody"}
    async with (
        sink(Script(rcpt=replies.get)) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
    ):
        async with relaying(box):
            id_ = await box.put(mail_from="s@x.test")
            await server.wait_for(1)
        trace, states = await box.trace(id_), await box.states(id_)

    (mail,) = server.mails
    message = message_from_bytes(mail.content)
    assert {"r@x.test": "bounced"} == states
    assert mail.mail_from.startswith("<>")
    assert ("s@x.test",) == mail.accepted
    assert "multipart/report" == message.get_content_type()
    assert "rfc822; r@x.test" == message.get_payload(1).get_payload()[1]["Final-Recipient"]
    assert "Subject: hello" in message.get_payload(2).get_payload()
    assert any("<s@x.test>: told about it, " in line for line in trace)


async def test_stranger_is_told_through_the_bounce_route(tmp_path):
    """Other senders are told through the next hop of the settings."""
    async with sink(Script(rcpt=lambda a: "550 5.1.1 nobody")) as server, sink() as smarthost:
        options = replace(OPTIONS, bounce_route=hop_of(smarthost))
        async with outbox(tmp_path, [("x.test", hop_of(server))]) as box, relaying(box, options):
            await box.put()
            await smarthost.wait_for(1)

    assert ("s@sender.test",) == smarthost.mails[0].accepted


async def test_stranger_without_route_is_not_told(tmp_path):
    """Nobody can be told: the trace says so, and nothing is queued."""
    async with (
        sink(Script(rcpt=lambda a: "550 5.1.1 nobody")) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box),
    ):
        id_ = await box.put()
        await box.until(id_, DeliveryState.BOUNCED)
        trace = await box.trace(id_)

    assert any(
        "no notification could be sent: there is no bounce route to sender.test" in line for line in trace
    )


async def test_notification_that_fails_ends_there(tmp_path):
    """A notification that is refused is not told about: no loop."""
    async with (
        sink(Script(rcpt=lambda a: "550 5.1.1 nobody")) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box),
    ):
        id_ = await box.put(mail_from="s@x.test")
        await box.until(id_, DeliveryState.BOUNCED)
        (told,) = [line for line in await box.trace(id_) if "told about it" in line]
        notification = told.rpartition(" ")[2]
        await box.until(notification, DeliveryState.BOUNCED)
        trace = await box.trace(notification)

    assert any("no notification could be sent: the return path is null" in line for line in trace)
    assert 2 == sum(c.startswith("MAIL") for c in server.commands)


async def test_sender_who_asked_for_silence_is_not_told(tmp_path):
    """NOTIFY=NEVER. RFC 3461 4.1."""
    never = Recipient("r@x.test", ("NEVER",))
    async with (
        sink(Script(rcpt=lambda a: "550 5.1.1 nobody")) as server,
        outbox(tmp_path, [("x.test", hop_of(server))]) as box,
        relaying(box),
    ):
        id_ = await box.put(never, mail_from="s@x.test")
        await box.until(id_, DeliveryState.BOUNCED)
        trace = await box.trace(id_)

    assert any("the sender asked not to be told" in line for line in trace)
    assert 1 == sum(c.startswith("MAIL") for c in server.commands)


async def test_success_is_told_where_the_next_hop_does_not(tmp_path):
    """NOTIFY=SUCCESS and a next hop without DSN: we say that it was handed over. RFC 3461 5.2.2."""
    asked = Recipient("r@x.test", ("SUCCESS",))
    script = Script(extensions=("PIPELINING",))
    async with sink(script) as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box, relaying(box):
        await box.put(asked, mail_from="s@x.test")
        await server.wait_for(2)
    async with sink() as other, outbox(tmp_path / "2", [("y.test", hop_of(other))]) as box, relaying(box):
        id_ = await box.put(Recipient("r@y.test", ("SUCCESS",)), mail_from="s@y.test")
        await box.until(id_, DeliveryState.DELIVERED)

    report = message_from_bytes(server.mails[1].content).get_payload(1).get_payload()[1]
    assert ("relayed", "rfc822; r@x.test") == (report["Action"], report["Final-Recipient"])
    assert 1 == len(other.mails)


class Stubborn:
    """A database whose writes fail so often when outcomes are written, then work."""

    def __init__(self, box: Outbox, failures: int) -> None:
        self._database, self.failures = box.database, failures
        self.dialect = box.database.dialect
        self.armed = False

    async def write(self, work):
        if self.armed and self.failures:
            self.failures -= 1
            raise OSError("disk is full")
        return await self._database.write(work)

    async def read(self, work):
        return await self._database.read(work)


async def test_outcome_that_cannot_be_written_is_not_forgotten(tmp_path):
    """The store fails right after the next hop took the message: it is written later, and sent once."""
    async with sink(Script(pause_at="end")) as server, outbox(tmp_path, [("x.test", hop_of(server))]) as box:
        id_ = await box.put()
        broken = Stubborn(box, failures=3)
        async with relaying(replace(box, database=broken)):
            await server.paused.wait()
            broken.armed = True
            server.go_on.set()
            await box.until(id_, DeliveryState.DELIVERED)

    assert (0, 1) == (broken.failures, len(server.mails))
