"""The trace in words."""

from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import Disposition
from lazaretto.model.record import Direction
from lazaretto.store.steps import MAX_NAMES, MAX_TEXT, judged, names, received
from tests.helpers.records import NOW, envelope, verdict


def test_the_way_in_is_told():
    """Client, protocol, security, envelope and size."""
    one = envelope("a@b.test", "c@d.test", tls="TLSv1.3 TLS_AES_256_GCM_SHA384")
    line = received(one, 1234, NOW)

    assert (NOW, Direction.INBOUND) == (line.at, line.direction)
    assert (
        "Received from mx.remote.test [192.0.2.1], HELO mx.remote.test, ESMTP (DIRECT),"
        " TLSv1.3 TLS_AES_256_GCM_SHA384: <sender@remote.test> to 2 recipients, 1234 bytes"
    ) == line.text


def test_recipients_with_the_same_order_share_a_line():
    """One line an order and reason, in the order of the decision."""
    orders = (("a", Order.DELIVER, "x"), ("b", Order.REJECT, "y"), ("c", Order.DELIVER, "x"))
    decided = Decision(Disposition.SPAM, tuple(RecipientOrder(*order) for order in orders))

    assert [
        "Scanned: SPAM, score 6.0, ruleset test",
        "Queued for delivery for <a>, <c>: x",
        "Refused for <b>: y",
    ] == [line.text for line in judged(decided, verdict(Disposition.SPAM), NOW, inline=True)]


def test_a_failed_scan_and_a_copy_are_told():
    """Without verdict there was no scan; what is not in line is not delivered."""
    decided = Decision(Disposition.UNKNOWN, ())

    assert ["Not scanned: UNKNOWN", "Nothing to deliver: this is a copy"] == [
        line.text for line in judged(decided, None, NOW, inline=False)
    ]


def test_lines_have_limits():
    """Neither a thousand recipients nor an endless HELO make a line without end."""
    many = [f"user{n}@example.com" for n in range(1_000)]

    assert names(many).endswith(f"<user{MAX_NAMES - 1}@example.com> and {1_000 - MAX_NAMES} more")
    assert MAX_TEXT == len(received(envelope(helo="x" * 100_000), 1, NOW).text)
