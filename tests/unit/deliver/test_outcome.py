"""What is written after an attempt: done, again later, or given up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lazaretto.deliver.options import RelayOptions
from lazaretto.deliver.outcome import expired, outcome_of
from lazaretto.deliver.plan import by_rcpt_reply, by_reply, failed
from lazaretto.deliver.reply import Reply
from lazaretto.deliver.session import ClientOptions
from lazaretto.model.account import NextHop
from lazaretto.model.envelope import Recipient
from lazaretto.model.record import DeliveryState
from lazaretto.store.outbox import Claimed

NOW = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)
HOP = NextHop("next.test", 25)
ROW = Claimed(
    id=1, account="0" * 32, record=1, recipient=Recipient("r@x.test"), domain="x.test", attempts=0, generation=0,
    tagged=False, queued_at=NOW, owner="me", in_doubt_since=None,
)  # fmt: skip
OPTIONS = RelayOptions(ClientOptions("mx.test"), retry_waits=(60, 300), give_up_after=3600)


def outcome(result, row=ROW, options=OPTIONS):
    return outcome_of(result, row, hop=HOP, tls=None, options=options, now=NOW)


@pytest.mark.parametrize(
    ("text", "queue_id"),
    [
        ("2.0.0 Ok: queued as 4Njp3P0STMz2c02Q", "4Njp3P0STMz2c02Q"),
        ("OK id=1abcDE-000000-Xy", "1abcDE-000000-Xy"),
        ("2.0.0 <r@x.test> 9XyZ Saved", None),
    ],
)
def test_next_hops_queue_id_is_kept(text, queue_id):
    """The id under which the next hop goes on is what its administrator asks for."""
    done = outcome(by_reply("r@x.test", Reply(250, (text,))))

    assert (DeliveryState.DELIVERED, queue_id) == (done.state, done.outbound_queue_id)


@pytest.mark.parametrize(("attempts", "wait"), [(0, 60), (1, 300), (2, 300), (50, 300)])
def test_waits_grow_to_the_last_one(attempts, wait):
    """The last wait repeats."""
    later = outcome(failed("r@x.test", "no"), replace(ROW, attempts=attempts))

    assert (DeliveryState.DEFERRED, NOW + timedelta(seconds=wait)) == (later.state, later.next_attempt_at)


def test_jitter_spreads_by_a_tenth():
    """A thousand messages that failed together do not come back in the same second."""
    waits = [
        outcome(failed("r@x.test", "no"), options=replace(OPTIONS, jitter=lambda j=j: j)).next_attempt_at
        for j in (0.0, 1.0)
    ]

    assert [NOW + timedelta(seconds=54), NOW + timedelta(seconds=66)] == waits


def test_given_up_when_the_time_is_up():
    """After the limit a temporary failure is final, and known to be one of time."""
    result = failed("r@x.test", "no")
    ended = outcome(result, replace(ROW, queued_at=NOW - timedelta(hours=1), attempts=4))

    assert DeliveryState.BOUNCED is ended.state
    assert expired(ended, result)
    assert ended.trace.endswith("given up after 5 attempts")


def test_refusal_is_final_and_not_expired():
    """5xx ends it at once."""
    result = by_reply("r@x.test", Reply(550, ("5.1.1 nobody",)))
    ended = outcome(result)

    assert DeliveryState.BOUNCED is ended.state
    assert not expired(ended, result)
    assert "<r@x.test>: refused for good by next.test:25: 550 5.1.1 nobody" == ended.trace


def test_doubt_is_said():
    """The trace tells that nobody knows whether the next hop took it."""
    doubtful = outcome(failed("r@x.test", "connection lost", in_doubt=True))

    assert "it may have been accepted" in doubtful.trace


def test_too_many_recipients_is_temporary():
    """RFC 5321 4.5.3.1.10: 552 at RCPT means the next transaction, unless it says mailbox full."""
    states = [
        outcome(by_rcpt_reply("r@x.test", Reply(552, (text,)))).state
        for text in ("many", "5.5.3 many", "5.2.2 full")
    ]

    assert [DeliveryState.DEFERRED, DeliveryState.DEFERRED, DeliveryState.BOUNCED] == states
