"""Stored JSON: versioned, reads what older releases wrote, refuses what newer ones did."""

import dataclasses
import typing

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Answer, Facts, Network, Question
from lazaretto.model.record import Summary
from lazaretto.model.verdict import Verdict
from lazaretto.query.criteria import MessageAction
from lazaretto.store import codec, flags
from lazaretto.store.errors import NotStorable
from tests.helpers.records import envelope, facts, finding_summary, summary, verdict

SAMPLES = [
    (envelope("a@b", "c@d"), Envelope),
    (facts(), Facts),
    (verdict(Disposition.SPAM), Verdict),
    (summary(findings=(finding_summary(),)), Summary),
    (facts(answers=(Answer(Question("x", "TXT"), "ok", ("\udcff",)),)), Facts),
]


@pytest.mark.parametrize(("value", "kind"), SAMPLES, ids=lambda value: type(value).__name__)
def test_values_come_back_equal(value, kind):
    """Plain and compressed."""
    assert value == codec.decode(codec.encode(value), kind) == codec.unpack(codec.pack(value), kind)


def test_the_version_stands_in_front():
    """Whoever reads the table sees it at once."""
    assert codec.encode(Network("1", None, None, None)).startswith(b'{"v":1,"data":{')


def test_a_field_that_is_missing_gets_its_default():
    """What an older release wrote, before the field existed, is read."""
    assert Answer(Question("x", "A"), "ok") == codec.decode(
        b'{"v":1,"data":{"question":{"name":"x","type":"A"},"status":"ok","later":1}}', Answer
    )


@pytest.mark.parametrize(
    "stored",
    [b'{"v":2,"data":{"ip":"1","as_number":null,"as_name":null,"country":null}}', b"", b"{}", b"\xff", b"[]"],
)
def test_what_cannot_be_read_is_said(stored):
    """A newer version, or damage."""
    with pytest.raises(NotStorable):
        codec.decode(stored, Network)


def test_every_label_has_its_own_bit():
    """A label that is added to the model without a bit would be lost to the search."""
    bits = [*flags.DISPOSITIONS.values(), *flags.STATES.values(), *flags.OPERATIONS.values()]
    bits += [flags.SUBMISSION, flags.DETECTION, flags.BYTES_GONE, flags.FACTS_GONE]

    for table in (flags.DISPOSITIONS, flags.STATES, flags.OPERATIONS):
        assert set(table) == set(type(next(iter(table))))
    assert set(flags.MESSAGE_ACTIONS) == set(typing.get_args(MessageAction))
    assert len(bits) == len(set(bits))
    assert all(bit.bit_count() == 1 and bit < 2**62 for bit in bits)


def test_bits_are_stored_and_never_change():
    """The numbers are in every store that exists."""
    assert (1, 2) == (flags.SUBMISSION, flags.DETECTION)
    assert 1 << 8 == flags.DISPOSITIONS[Disposition.MALICIOUS]
    assert 1 << 17 == flags.DISPOSITIONS[Disposition.NONE]


def test_nothing_is_forgotten_in_the_split():
    """Every field of a summary is in the part for lists or in the detail, apart from the words for the search."""
    from lazaretto.store.rows import Detail, split

    brief, detail = split(summary(findings=(finding_summary(),)))
    moved = {field.name for field in dataclasses.fields(Detail)} - {"version"}
    whole = {**dataclasses.asdict(brief), **{name: getattr(detail, name) for name in moved}}

    assert "" == brief.body_words
    assert summary(findings=(finding_summary(),)) == dataclasses.replace(
        brief, **{name: whole[name] for name in moved}, body_words=summary().body_words
    )
