"""What policy orders for each recipient, and where one reply for all forces the same order on all."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from lazaretto.model.account import Domain, DomainPolicy, NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.verdict import Verdict
from lazaretto.policy.decide import decide, decide_without_scan, delivers
from tests.helpers.letters import NOW, envelope

D, T, Q, R, W = Order.DELIVER, Order.TAG, Order.QUARANTINE, Order.REJECT, Order.DEFER


def verdict(disposition: Disposition) -> Verdict:
    return Verdict(disposition, 0.0, (), (), (), (), "test")


def domain(name: str, malicious: Order = Q, on_scan_failure: str = "defer") -> Domain:
    policy = DomainPolicy(((Disposition.MALICIOUS, malicious),), on_scan_failure)  # type: ignore[arg-type]
    return Domain(1, "0" * 32, name, NextHop("127.0.0.1", 25), NOW, policy)


def orders_of(decision) -> list[Order]:
    return [o.order for o in decision.orders]


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        (Disposition.NONE, D),
        (Disposition.BULK, T),
        (Disposition.SPAM, Q),
        (Disposition.SPOOF, Q),
        (Disposition.SUSPICIOUS, Q),
        (Disposition.MALICIOUS, Q),
        (Disposition.MALICIOUS_BEC, Q),
        (Disposition.UNKNOWN, D),
    ],
)
def test_the_default_policy(disposition: Disposition, expected: Order):
    """What is not named is delivered; a domain without a policy of its own has this one."""
    decision = decide(verdict(disposition), envelope(), {})

    assert disposition == decision.disposition
    assert [expected] == orders_of(decision)
    assert "example.net" in decision.orders[0].reason


CASES: Iterable[tuple[list[Order], list[Order], list[Order]]] = [
    ([D, Q, T], [D, Q, T], [D, Q, T]),
    ([R, R], [R, R], [R, R]),
    ([R, D], [Q, D], [R, D]),
    ([R, Q, T], [Q, Q, T], [R, Q, T]),
    ([W, D], [W, W], [W, D]),
    ([W, R], [W, W], [W, R]),
]


@pytest.mark.parametrize(("wanted", "smtp", "lmtp"), CASES)
def test_one_reply_for_all_or_one_for_each(wanted: list[Order], smtp: list[Order], lmtp: list[Order]):
    """A message is refused only when everybody refuses it; with a reply for each, each gets its own."""
    names = [f"d{i}.test" for i in range(len(wanted))]
    where = envelope(recipients=[f"a@{n}" for n in names])
    domains = {n: domain(n, order) for n, order in zip(names, wanted, strict=True)}

    together = decide(verdict(Disposition.MALICIOUS), where, domains)
    apart = decide(verdict(Disposition.MALICIOUS), where, domains, per_recipient_replies=True)

    assert smtp == orders_of(together)
    assert lmtp == orders_of(apart)


def test_a_copy_that_is_held_instead_of_refused_says_why():
    """The analyst sees that policy wanted more."""
    where = envelope(recipients=["a@one.test", "b@two.test"])
    domains = {"one.test": domain("one.test", R), "two.test": domain("two.test", D)}

    held, _ = decide(verdict(Disposition.MALICIOUS), where, domains).orders

    assert "reject" in held.reason
    assert "held instead" in held.reason


@pytest.mark.parametrize(
    ("policies", "smtp", "lmtp"),
    [
        (["deliver", "quarantine"], [D, Q], [D, Q]),
        (["deliver", "defer"], [W, W], [D, W]),
        (["quarantine", "defer", "defer"], [W, W, W], [Q, W, W]),
    ],
)
def test_a_failed_scan(policies: list[str], smtp: list[Order], lmtp: list[Order]):
    """Each domain says what it wants; one who waits makes all wait where the reply is shared."""
    names = [f"d{i}.test" for i in range(len(policies))]
    where = envelope(recipients=[f"a@{n}" for n in names])
    domains = {n: domain(n, on_scan_failure=p) for n, p in zip(names, policies, strict=True)}

    together = decide_without_scan(where, domains, "the scanner ran out of time")
    apart = decide_without_scan(where, domains, "the scanner ran out of time", per_recipient_replies=True)

    assert Disposition.UNKNOWN == together.disposition
    assert smtp == orders_of(together)
    assert lmtp == orders_of(apart)
    assert all("the scanner ran out of time" in o.reason for o in together.orders)


def test_an_unknown_domain_waits_when_the_scan_failed():
    """When unsure: temporary."""
    assert [W] == orders_of(decide_without_scan(envelope(), {}, "x"))


@pytest.mark.parametrize("mode", [m for m in Mode if m is not Mode.DIRECT])
def test_ways_in_that_owe_no_delivery(mode: Mode):
    """A decision is recorded, and nobody is told to come back or refused."""
    where = envelope(recipients=["a@one.test"], mode=mode)
    domains = {"one.test": domain("one.test", R)}

    assert not delivers(mode)
    assert [Q] == orders_of(decide(verdict(Disposition.MALICIOUS), where, domains))
    assert [D] == orders_of(decide_without_scan(where, domains, "x"))


@pytest.mark.parametrize("disposition", list(Disposition))
def test_a_report_is_kept(disposition: Disposition):
    """It holds bad mail by its nature: whatever was found in it, it is neither refused, held nor put off."""
    where = replace(envelope(recipients=["phish@one.test"], mode=Mode.REVIEW_SUBMISSION), reporting=True)
    domains = {"one.test": domain("one.test", R)}

    scanned = decide(verdict(disposition), where, domains)
    unscanned = decide_without_scan(where, domains, "x")

    assert (Disposition.NONE, [D]) == (scanned.disposition, orders_of(scanned))
    assert (Disposition.UNKNOWN, [D]) == (unscanned.disposition, orders_of(unscanned))


def test_recipients_are_named_as_given():
    """The order finds its recipient again, and the domain is found whatever its case."""
    where = envelope(recipients=["Mary.Miller@ONE.test"])

    (order,) = decide(verdict(Disposition.MALICIOUS), where, {"one.test": domain("one.test", R)}).orders

    assert ("Mary.Miller@ONE.test", R) == (order.recipient, order.order)


def test_a_transaction_without_recipients_is_refused_by_nobody():
    """An empty list of orders, not an error."""
    assert () == decide(verdict(Disposition.MALICIOUS), envelope(recipients=[]), {}).orders
