"""The stamp is ours alone: forged fields go, injected ones cannot come, and the received bytes stay."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.claims import MAX_HEADER, MAX_READ, find_claims
from lazaretto.mail.headers import parse_headers
from lazaretto.mail.stamp import (
    FLAGGED,
    MAX_TESTS,
    Stamp,
    joined,
    make_stamp,
    received_field,
    release_stamp,
)
from lazaretto.model.decision import Decision
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.facts import (
    ArcResult,
    Authentication,
    Boundary,
    DkimResult,
    DmarcResult,
    Facts,
    SpfResult,
)
from lazaretto.model.finding import Finding
from lazaretto.model.message import Span
from lazaretto.model.verdict import Rule, Verdict, Weighed

AT = datetime(2026, 11, 21, 5, 30, 0, tzinfo=UTC)
ENVELOPE = Envelope(
    account="0" * 32,
    queue_id="4Njp3P0STMz2c02Q",
    mode=Mode.DIRECT,
    mail_from="s@sender.test",
    recipients=(Recipient("r@x.test"),),
    received_at=AT,
    client_ip="192.0.2.1",
    client_name="mail.sender.test",
    helo="helo.sender.test",
    protocol="ESMTPS",
    tls="TLSv1.3 TLS_AES_256_GCM_SHA384",
)
FACTS = Facts(
    at=AT,
    boundary=Boundary("192.0.2.1", "helo.sender.test", "s@sender.test", "envelope"),
    authentication=Authentication(
        spf=SpfResult("pass", "sender.test", "mailfrom"),
        dkim=(DkimResult("pass", "sender.test", "s1", "rsa-sha256", body_hash_ok=True),),
        dmarc=DmarcResult(
            "pass", "sender.test", "sender.test", "reject", spf_aligned=True, dkim_aligned=True
        ),
        arc=ArcResult("none", 0),
    ),
    answers=(),
    network=None,
    own_domains=("x.test",),
)
RAW = (
    b"Authentication-Results: mx.lazaretto.test; spf=pass\r\n"
    b"AUTHENTICATION-results:\r\n (hi) mx.LAZARETTO.test 1;\r\n\tdmarc=pass\r\n"
    b"Authentication-Results: mx.other.test; spf=pass\r\n"
    b"X-Lazaretto-Disposition: NONE\r\n"
    b"Subject: hello\r\n"
    b"x-lazaretto-anything : yes\r\n  folded\r\n"
    b"\r\n"
    b"X-Lazaretto-Disposition: stays, this is the body\r\n"
)
KEPT = (
    b"Authentication-Results: mx.other.test; spf=pass\r\n"
    b"Subject: hello\r\n"
    b"\r\n"
    b"X-Lazaretto-Disposition: stays, this is the body\r\n"
)


def decision(disposition: Disposition = Disposition.NONE) -> Decision:
    return Decision(disposition, ())


def verdict(*rules: str, score: float = 7.5) -> Verdict:
    weighed = tuple(
        Weighed(Finding(r, "because", "header"), Rule(r, 1, "malicious", 2.0, "t", "t"), 2.0) for r in rules
    )
    return Verdict(Disposition.MALICIOUS, score, (), weighed, (), (), "v1")


def stamp_of(
    raw: bytes = RAW, *, envelope=ENVELOPE, facts=FACTS, judged=None, disposition=Disposition.NONE
) -> Stamp:
    return make_stamp(
        find_claims(raw), envelope, facts, judged, decision(disposition), hostname="mx.lazaretto.test"
    )


def fields(prefix: bytes) -> dict[str, str]:
    found = parse_headers(prefix + b"\r\n")
    assert len(found) == len({h.key for h in found}) or b"X-Lazaretto-Release" in prefix
    return {h.key: " ".join(h.value.split()) for h in found}


def test_received_field_says_where_it_came_from():
    """RFC 5321 4.4: from, by, with, id, for and the time."""
    field = received_field(ENVELOPE, hostname="mx.lazaretto.test")

    assert (
        "Received: from helo.sender.test (mail.sender.test [192.0.2.1]) (using TLSv1.3 with cipher "
        "TLS_AES_256_GCM_SHA384) by mx.lazaretto.test (Lazaretto) with ESMTPS id 4Njp3P0STMz2c02Q "
        "for <r@x.test>; Sat, 21 Nov 2026 05:30:00 +0000"
    ) == " ".join(field.decode().split())
    assert all(len(line) <= 78 for line in field.split(b"\r\n"))


def test_received_field_does_not_tell_blind_copies():
    """With several recipients none of them is named. RFC 5321 7.2."""
    two = replace(ENVELOPE, recipients=(Recipient("a@x.test"), Recipient("b@x.test")))

    assert b"for <" not in received_field(two, hostname="mx.lazaretto.test")


def test_received_field_names_an_ipv6_client():
    """RFC 5321 4.1.3: an IPv6 literal carries its tag."""
    field = received_field(replace(ENVELOPE, client_ip="2001:db8::1", client_name=None), hostname="mx")

    assert b"(unknown [IPv6:2001:db8::1])" in field


def test_prefix_carries_results_disposition_and_marks():
    """Everything that the next hop and its filters look at."""
    stamp = stamp_of(judged=verdict("rule_one", "rule_two"), disposition=Disposition.MALICIOUS)
    found = fields(stamp.prefix)

    assert found["authentication-results"].startswith("mx.lazaretto.test; spf=pass")
    assert ("MALICIOUS", "4Njp3P0STMz2c02Q") == (found["x-lazaretto-disposition"], found["x-lazaretto-id"])
    assert "YES" == found["x-spam-flag"]
    assert "Yes, score=7.5 required=5.0 tests=rule_one,rule_two" == found["x-spam-status"]


@pytest.mark.parametrize(
    ("disposition", "score", "status"),
    [
        (Disposition.SPOOF, 4.2, "Yes, score=4.2 required=4.2 tests=r"),
        (Disposition.BULK, 7.0, "No, score=1.5 required=5.0 tests=r"),
    ],
)
def test_answer_and_numbers_agree(disposition, score, status):
    """Filters that compare the numbers come to the answer that stands before them."""
    judged = replace(verdict("r", score=score), scores=(("spam", 1.5), ("bulk", 7.0)))

    assert status == fields(stamp_of(judged=judged, disposition=disposition).prefix)["x-spam-status"]


@pytest.mark.parametrize("disposition", list(Disposition))
def test_flag_and_status_agree(disposition):
    """Filters read one or the other: both say the same."""
    found = fields(stamp_of(judged=verdict("r"), disposition=disposition).prefix)

    assert ("YES" == found["x-spam-flag"]) is found["x-spam-status"].startswith("Yes, ")
    assert ("YES" == found["x-spam-flag"]) is (disposition in FLAGGED)


def test_without_scan_nothing_is_claimed():
    """Mail that could not be scanned carries no results."""
    found = fields(stamp_of(facts=None, disposition=Disposition.UNKNOWN).prefix)

    assert "mx.lazaretto.test; none" == found["authentication-results"]
    assert "No, score=0.0 required=5.0 tests=not_scanned" == found["x-spam-status"]


def test_offline_results_are_not_claimed():
    """Authentication that was never asked for is not a failure."""
    found = fields(stamp_of(facts=replace(FACTS, offline=True)).prefix)

    assert "mx.lazaretto.test; none" == found["authentication-results"]


def test_mail_that_was_let_through_does_not_carry_its_score():
    """A mail reader that sorts by the number must not undo what the account decided."""
    found = replace(verdict("gtube"), scores=(("malicious", 12.0), ("spam", 40.0)))

    status = fields(stamp_of(judged=found).prefix)["x-spam-status"]

    assert status.startswith("No, score=4.9 required=5.0")


@pytest.mark.parametrize("count", [0, 1, 5, 30, MAX_TESTS + 10])
def test_many_rules_fold_without_spaces(count):
    """A long list of rules stays one list when it is unfolded, and ends somewhere."""
    names = [f"rule_number_{n}" for n in range(count)]
    prefix = stamp_of(judged=verdict(*names)).prefix
    status = prefix[prefix.index(b"X-Spam-Status") :]
    listed = status.partition(b"tests=")[2].replace(b"\r\n\t", b"").strip().split(b",")

    assert ([n.encode() for n in names[:MAX_TESTS]] or [b"none"]) == listed
    assert b", " not in status.partition(b"tests=")[2]
    assert all(len(line) <= 78 for line in prefix.split(b"\r\n"))


def test_forged_fields_are_cut_and_nothing_else():
    """RFC 8601 5: results under our name and X-Lazaretto-* go, those of others and the body stay."""
    stamp = stamp_of()

    assert KEPT == b"".join(joined(RAW, stamp)).removeprefix(stamp.prefix)
    assert len(RAW) - len(KEPT) == stamp.cut_bytes


@pytest.mark.parametrize(
    "raw",
    [
        b"A: b\r\n" * 2_000 + b"Authentication-Results: mx.lazaretto.test; spf=pass\r\n\r\n",
        b"A: b\r\nno colon here\r\nAuthentication-Results: mx.lazaretto.test; spf=pass\r\n\r\n",
        b"A: b\r\nAuthentication-Results \t: (x)\r\n\t(y) mx.lazaretto.test; spf=pass\r\n\r\n",
        b"Authentication-Results: =?utf-8?q?mx=2Elazaretto=2Etest?=; spf=pass\r\nA: b\r\n\r\n",
        b'Authentication-Results: "mx.lazaretto.test"; spf=pass\r\n\r\n',
        b"Authentication-Results: mx.lazaretto.test.; spf=pass",
        b"X-Lazaretto-: 1\r\nX-LAZARETTO-Release: 1\r\n\r\n",
    ],
)
def test_forged_fields_are_found_behind_every_trick(raw):
    """Thousands of fields, lines without colon, odd spaces, encoded words and quotes hide nothing."""
    stamp = stamp_of(raw)
    sent = b"".join(joined(raw, stamp)).removeprefix(stamp.prefix)

    assert b"lazaretto" not in sent.lower()
    assert raw.count(b"A: b\r\n") == sent.count(b"A: b\r\n")


def test_neighbouring_fields_are_one_cut():
    """A flood of forged fields is one range, not a list as long as the message."""
    stamp = stamp_of(b"X-Lazaretto-A: 1\r\n" * 10_000 + b"\r\n")

    assert (Span(0, 180_000),) == stamp.cuts


def test_field_too_long_to_be_read_is_not_believed():
    """The search for the name ends somewhere; nobody hides a forged name behind that."""
    raw = b"Authentication-Results: (" + b"x" * MAX_READ + b") mx.lazaretto.test; spf=pass\r\n\r\n"

    assert (Span(0, len(raw) - 2),) == stamp_of(raw).cuts


def test_header_flood_is_searched_to_the_limit():
    """A header block beyond any size is read up to the limit and no further."""
    raw = b"A: b\r\n" * (MAX_HEADER // 6 + 1) + b"X-Lazaretto-A: 1\r\n"

    assert () == find_claims(raw)


@given(st.binary(max_size=300))
def test_claims_are_total(raw):
    """Any bytes: no error, and spans inside the input, ascending."""
    ends = [0]
    for header in find_claims(b"X-Lazaretto-" + raw):
        assert ends[-1] <= header.span.start < header.span.end <= len(raw) + 12
        ends.append(header.span.end)


@given(st.lists(st.integers(min_value=0, max_value=len(RAW)), max_size=10))
def test_joining_is_the_same_for_every_chunking(places):
    """Minus the prefix, what is sent is what was received minus the cuts."""
    stamp = stamp_of()
    edges = [0, *sorted(places), len(RAW)]
    chunks = [RAW[a:b] for a, b in itertools.pairwise(edges)]

    assert stamp.prefix + KEPT == b"".join(joined(chunks, stamp))


@given(st.binary(max_size=400), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=5))
def test_cuts_remove_exactly_their_bytes(raw, pairs):
    """For any ascending cuts the rest is untouched."""
    cuts, end = [], 0
    for start, length in sorted(pairs):
        if start >= end and start + length <= len(raw):
            cuts.append(Span(start, start + length))
            end = start + length
    wanted = bytes(b for i, b in enumerate(raw) if not any(c.start <= i < c.end for c in cuts))

    assert b"P" + wanted == b"".join(joined(raw, Stamp(b"P", tuple(cuts))))


HOSTILE = st.text(alphabet=st.sampled_from(list('ab.@<>()";:,\\ \t\r\n\0\x85\u2028é')), max_size=300)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_can_be_injected(helo, name, recipient, tls, domain):
    """Whatever the client says, the prefix has exactly our six fields and no line too long."""
    envelope = replace(
        ENVELOPE, helo=helo, client_name=name, recipients=(Recipient(recipient),), tls=tls, client_ip=helo
    )
    facts = replace(
        FACTS,
        boundary=Boundary(name, helo, recipient, "envelope"),
        authentication=replace(
            FACTS.authentication,
            spf=SpfResult("fail", domain, "mailfrom", explanation=helo, reason=name),
            dkim=(DkimResult("fail", domain, name, helo, body_hash_ok=None, reason=recipient, identity=tls),),
        ),
    )
    prefix = stamp_of(envelope=envelope, facts=facts).prefix

    keys = [h.key for h in parse_headers(prefix + b"\r\n")]
    assert [
        "received", "authentication-results", "x-lazaretto-disposition",
        "x-lazaretto-id", "x-spam-flag", "x-spam-status",
    ] == keys  # fmt: skip
    assert prefix.endswith(b"\r\n")
    assert b"\r\n\r\n" not in prefix
    assert prefix.count(b"\r\n") == prefix.count(b"\r") == prefix.count(b"\n")
    assert b"\0" not in prefix
    assert all(len(line) <= 998 for line in prefix.split(b"\r\n"))


def test_release_stamp_turns_the_marks_round():
    """Released mail has a second trace, says when, and does not go to Junk again."""
    first = stamp_of(judged=verdict("r"), disposition=Disposition.SPAM)
    stamp = release_stamp(first, hostname="mx.lazaretto.test", queue_id="4Njp3P0STMz2c02Q", at=AT)
    found = parse_headers(stamp.prefix + b"\r\n")

    assert ["received", "x-lazaretto-release", "x-spam-flag", "received", "authentication-results",
            "x-lazaretto-disposition", "x-lazaretto-id"] == [h.key for h in found]  # fmt: skip
    assert ["NO"] == [h.value for h in found if h.key == "x-spam-flag"]
    assert "2026-11-21T05:30:00Z" == found[1].value
    assert first.cuts == stamp.cuts
    assert stamp.prefix + KEPT == b"".join(joined(RAW, stamp))
