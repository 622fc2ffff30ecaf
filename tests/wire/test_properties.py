"""What a message says about the lists that matched it: the five published names."""

import msgspec
import pytest

from lazaretto.api.wire.message import Properties, properties
from lazaretto.model.judgement import ALLOWING, BLOCKING, ListMatch

PUBLISHED = {
    "quarantine_release",
    "acceptable_sender",
    "allowed_sender",
    "allowed_recipient",
    "domain_similarity",
    "domain_recency",
    "managed_acceptable_sender",
    "outbound_ndr",
}


def match(kind, pattern="p", *, counts=True) -> ListMatch:
    return ListMatch(kind, 1, pattern, "header from", "a@b.test", counts, "Because.")


@pytest.mark.parametrize("kind", ALLOWING)
def test_each_kind_of_allowance_is_a_published_word(kind):
    """Under its name and under the older one."""
    shown = properties((match(kind),))

    assert kind in PUBLISHED
    assert Properties("p", kind, False, None, kind) == shown


@pytest.mark.parametrize("kind", BLOCKING)
def test_blocking(kind):
    """Senders and content alike."""
    assert Properties(None, None, True, "p", None) == properties((match(kind),))


def test_the_strongest_is_shown():
    """Trust says more than a muted finding, whatever came first."""
    shown = properties(
        (match("domain_recency", "a"), match("allowed_sender", "b"), match("acceptable_sender", "c"))
    )

    assert ("b", "allowed_sender") == (shown.allowlisted_pattern, shown.allowlisted_pattern_type)


@pytest.mark.parametrize(
    "matches",
    [(), (match("allowed_sender", counts=False), match("blocked_sender", counts=False)), (match("ignored_url"),),
     (match("sending_restriction"),)],
)  # fmt: skip
def test_what_did_not_count_is_not_shown(matches):
    """A policy that was not honoured let nothing through; the object itself is always there."""
    assert Properties() == properties(matches)
    assert b"allowlisted_pattern" in msgspec.json.encode(properties(matches))
