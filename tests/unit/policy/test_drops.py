"""Dropped dispositions, laid over the orders of a domain."""

import pytest

from lazaretto.model.account import DomainPolicy
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition

D = Disposition
FINE = (
    (D.MALICIOUS, Order.REJECT),
    (D.SPAM, Order.DELIVER),
    (D.SPOOF, Order.QUARANTINE),
    (D.BULK, Order.TAG),
)


@pytest.mark.parametrize(
    ("drop", "orders"),
    [
        (None, "reject deliver deliver quarantine deliver tag deliver"),
        ((), "tag deliver deliver tag deliver tag deliver"),
        ((D.SPAM,), "tag deliver quarantine tag deliver tag deliver"),
        ((D.MALICIOUS,), "reject quarantine deliver tag deliver tag deliver"),
        ((D.MALICIOUS_BEC,), "tag quarantine deliver tag deliver tag deliver"),
        ((D.BULK, D.NONE, D.SPOOF), "tag deliver deliver quarantine deliver quarantine quarantine"),
    ],
)
def test_orders(drop, orders):
    """Named is kept back, in the way that the orders say; not named is let through, marked where it was kept."""
    policy = DomainPolicy(FINE, drop=drop)
    each = (D.MALICIOUS, D.MALICIOUS_BEC, D.SPAM, D.SPOOF, D.SUSPICIOUS, D.BULK, D.NONE)

    assert orders.split() == [policy.order_for(disposition) for disposition in each]
    assert orders.split() == [policy.flattened().order_for(disposition) for disposition in each]


def test_what_is_read_back():
    """What was named, in its order; else what the orders keep back."""
    assert (D.SPAM, D.BULK, D.SPAM) == DomainPolicy(drop=(D.SPAM, D.BULK, D.SPAM)).dropped
    assert () == DomainPolicy(drop=()).dropped
    assert (D.MALICIOUS, D.SPOOF) == DomainPolicy(FINE).dropped


@pytest.mark.parametrize("failure", ["defer", "quarantine", "deliver"])
def test_mail_that_could_not_be_scanned(failure):
    """UNKNOWN among the dropped holds it; else the domain's own word counts."""
    assert failure == DomainPolicy(on_scan_failure=failure).scan_failure
    assert failure == DomainPolicy(on_scan_failure=failure, drop=(D.SPAM,)).scan_failure
    assert "quarantine" == DomainPolicy(on_scan_failure=failure, drop=(D.UNKNOWN,)).scan_failure
    assert "quarantine" == DomainPolicy(on_scan_failure=failure, drop=(D.UNKNOWN,)).flattened().scan_failure
