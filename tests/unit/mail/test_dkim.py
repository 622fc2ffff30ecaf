"""DKIM verification against dkimpy's signatures, term by term."""

from datetime import UTC, datetime
from itertools import product

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.authentication.dkim import MAX_SIGNATURES, verify
from lazaretto.mail.questions import run_check
from lazaretto.model.facts import DkimResult, Question
from tests.helpers.conformance import ZoneAnswers
from tests.helpers.signing import key_record, key_zone, private_key, sign

AT = datetime(2026, 1, 1, tzinfo=UTC)
LETTER = (
    b"X-Trace: from a by b\r\n"
    b"From: Ann <ann@example.test>\r\n"
    b"To: Bob <bob@example.org>,\r\n\t Carol  <carol@example.org>\r\n"
    b"Subject:  Two   spaces \t and a tab \r\n"
    b"\r\n"
    b"Hello  Bob,  \r\n\r\n\t tabbed\tline \r\n\r\n\r\n"
)
METHODS = tuple(product(("simple", "relaxed"), repeat=2))


def results(
    raw: bytes, zone: dict[str, dict[str, list[str]]] | None = None, at: datetime = AT
) -> tuple[DkimResult, ...]:
    return run_check(verify(raw, at=at), ZoneAnswers(key_zone() if zone is None else zone))


@pytest.mark.parametrize("canonicalize", METHODS)
def test_every_canonicalisation(canonicalize):
    """A message signed in each of the four ways verifies."""
    (result,) = results(sign(LETTER, canonicalize=canonicalize))

    assert "pass" == result.result
    assert result.body_hash_ok is True
    assert ("example.test", "test", "rsa-sha256", "@example.test") == (
        result.domain,
        result.selector,
        result.algorithm,
        result.identity,
    )


@pytest.mark.parametrize("canonicalize", METHODS)
def test_unix_line_ends(canonicalize):
    """A signed message that was stored with bare LF verifies, because it is sent with CRLF."""
    (result,) = results(sign(LETTER, canonicalize=canonicalize).replace(b"\r\n", b"\n"))

    assert "pass" == result.result


BODIES = [
    b"",
    b"\r\n",
    b"\r\n\r\n",
    b"x",
    b"x \r\n",
    b" \r\n\r\n",
    b"a\r\rb\r\n",
    b"a\r\r\n\r\n",
    b"a\r\n\r\r\n\r\n",
    b"\r",
    b"a \r",
]


@pytest.mark.parametrize("canonicalize", METHODS)
@pytest.mark.parametrize("body", BODIES)
def test_odd_ends_of_bodies(body, canonicalize):
    """Empty bodies, missing line ends and bare CRs are canonicalised as the oracle does."""
    raw = sign(LETTER.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body, canonicalize=canonicalize)

    (result,) = results(raw)

    assert "pass" == result.result


@given(
    body=st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\r", b"bc", b"."]), max_size=30).map(
        b"".join
    ),
    canonicalize=st.sampled_from(METHODS),
)
def test_bodies_as_the_oracle(body, canonicalize):
    """For all bodies of these pieces dkimpy and we agree on the canonical form.

    It leaves white space at an end without CRLF alone; SMTP would end that line, so we do not.
    """
    end = b"\r\n" if body.endswith((b" ", b"\t")) else b""
    raw = sign(b"From: a@example.test\r\n\r\n" + body + end, canonicalize=canonicalize)

    (result,) = results(raw)

    assert "pass" == result.result


@given(
    value=st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n ", b"\r\n\t", b":", b";"]), max_size=20).map(
        b"".join
    ),
    canonicalize=st.sampled_from(METHODS),
)
def test_headers_as_the_oracle(value, canonicalize):
    """For all field values of these pieces dkimpy and we agree on the canonical form."""
    raw = sign(
        b"Subject:" + value + b"\r\nFrom: a@example.test\r\n\r\nx\r\n",
        canonicalize=canonicalize,
        headers=(b"subject", b"from"),
    )

    (result,) = results(raw)

    assert "pass" == result.result


def test_changed_body():
    """The reason says what was changed."""
    (result,) = results(sign(LETTER).replace(b"Hello", b"Hallo"))

    assert ("fail", False, "the body was changed") == (result.result, result.body_hash_ok, result.reason)


def test_changed_header():
    """A signed field may not change."""
    (result,) = results(sign(LETTER).replace(b"From: Ann", b"From: Eve"))

    assert ("fail", True, "the signature does not match") == (
        result.result,
        result.body_hash_ok,
        result.reason,
    )


def test_added_from_is_caught():
    """The oracle signs From once more than it is there: another From breaks the signature."""
    raw = sign(LETTER)
    head, body = raw.split(b"\r\n\r\n", 1)

    (above,) = results(b"From: eve@evil.test\r\n" + raw)
    (below,) = results(head + b"\r\nFrom: eve@evil.test\r\n\r\n" + body)

    assert ("fail", "fail") == (above.result, below.result)


def test_duplicates_are_taken_from_below():
    """h= names X-Trace once: the lowest is signed, and one more on top does no harm."""
    raw = sign(LETTER, headers=(b"from", b"x-trace"))

    (added,) = results(b"X-Trace: from c by d\r\n" + raw)
    (changed,) = results(raw.replace(b"from a by b", b"from x by b"))

    assert ("pass", "fail") == (added.result, changed.result)


def test_body_length():
    """With l= what follows is not covered, and the result tells how much was."""
    (result,) = results(sign(LETTER, length=True) + b"an advertisement\r\n")

    assert "pass" == result.result
    assert result.body_length is not None


def test_body_length_beyond_the_body():
    """RFC 6376 3.5: l= may not be larger than the body."""
    raw = sign(LETTER, length=True)
    cut = raw[: raw.index(b"\t tabbed")]

    (result,) = results(cut)

    assert "permerror" == result.result


@pytest.mark.parametrize(("bits", "expected"), [(1024, "pass"), (4096, "pass")])
def test_rsa_sizes(bits, expected):
    """RFC 8301 3.2: from 1024 bits."""
    (result,) = results(sign(LETTER, bits=bits), key_zone(bits=bits))

    assert expected == result.result


def test_rsa_512_is_refused():
    """A key that can be broken in an hour proves nothing."""
    weak = "k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANmBe10IgY+u7h3enWTukkqtUD5PR52Tb/mPfjC0QJTocVBq6Za/PlzfV+Py92VaCak19F4WrbVTK5Gg5tW220MCAwEAAQ=="

    (result,) = results(sign(LETTER), {"test._domainkey.example.test": {"TXT": [weak]}})

    assert ("permerror", "the key has 512 bits", True) == (result.result, result.reason, result.body_hash_ok)


@pytest.mark.parametrize(
    ("terms", "expected", "reason"),
    [
        ("v=DKIM1; k=rsa", "pass", ""),
        ("k=rsa; t=y", "pass", ""),
        ("v=DKIM1; s=email", "pass", ""),
        ("v=DKIM1; s=*", "pass", ""),
        ("v=DKIM1; s=tlsrpt", "permerror", "the key is not for mail"),
        ("v=DKIM1; h=sha1", "permerror", "the key forbids this hash"),
        ("v=DKIM1; h=sha1:sha256", "pass", ""),
        ("v=DKIM2; k=rsa", "permerror", "the key record is of another version"),
        ("v=DKIM1; k=dsa", "permerror", "the key is of unknown type"),
        ("v=DKIM1; k=ed25519", "permerror", "the key cannot be read"),
        ("v=DKIM1; k=rsa; k=rsa", "permerror", "bad key record: k= appears twice"),
        ("v=DKIM1; t=s", "pass", ""),
    ],
)
def test_terms_of_the_key(terms, expected, reason):
    """RFC 6376 3.6.1, tag by tag."""
    (result,) = results(sign(LETTER), key_zone(terms=terms))

    assert (expected, reason) == (result.result, result.reason)


def test_testing_flag():
    """t=y is reported, whatever the result."""
    (good,) = results(sign(LETTER), key_zone(terms="t=y"))
    (bad,) = results(sign(LETTER) + b"more", key_zone(terms="t=y"))

    assert (True, True) == (good.testing, bad.testing)


def test_strict_key_and_subdomain_identity():
    """t=s forbids an identity below d=."""
    raw = sign(LETTER, identity="ann@mail.example.test")

    (strict,) = results(raw, key_zone(terms="t=s"))
    (free,) = results(raw)

    assert ("permerror", "pass") == (strict.result, free.result)


def test_revoked_key():
    """An empty p= revokes."""
    (result,) = results(sign(LETTER), {"test._domainkey.example.test": {"TXT": ["v=DKIM1; p="]}})

    assert ("permerror", "the key is revoked") == (result.result, result.reason)


def test_no_key_and_no_answer():
    """No key is permanent, no answer is temporary; the body hash is known in both cases."""
    (missing,) = results(sign(LETTER), {})
    (silent,) = results(sign(LETTER), {"test._domainkey.example.test": {"TXT": ["TIMEOUT"]}})

    assert ("permerror", True) == (missing.result, missing.body_hash_ok)
    assert ("temperror", True) == (silent.result, silent.body_hash_ok)


def test_other_text_beside_the_key():
    """A second TXT record that is no key does no harm."""
    (result,) = results(sign(LETTER), {"test._domainkey.example.test": {"TXT": ["hello", key_record()]}})

    assert "pass" == result.result


def test_key_with_spaces():
    """Base64 may hold white space."""
    record = key_record()
    spaced = record[:60] + " \t" + record[60:]

    (result,) = results(sign(LETTER), {"test._domainkey.example.test": {"TXT": [spaced]}})

    assert "pass" == result.result


def test_several_signatures():
    """Each gets its own result, newest first, and each is asked for once."""
    raw = sign(sign(LETTER, "first.test"), "second.test")
    answers = ZoneAnswers(key_zone("first.test"))

    found = run_check(verify(raw, at=AT), answers)

    assert [("second.test", "permerror"), ("first.test", "pass")] == [(r.domain, r.result) for r in found]
    assert [
        Question("test._domainkey.second.test", "TXT"),
        Question("test._domainkey.first.test", "TXT"),
    ] == answers.asked


def test_limit_of_signatures():
    """Signatures beyond the limit cost nothing."""
    raw = sign(LETTER)
    field = raw[: raw.index(b"X-Trace:")]
    answers = ZoneAnswers(key_zone())

    found = run_check(verify(field * (MAX_SIGNATURES + 5) + LETTER, at=AT), answers)

    assert MAX_SIGNATURES == len(found) == len(answers.asked)


def test_no_signature():
    """Nothing is asked."""
    answers = ZoneAnswers({})

    assert () == run_check(verify(LETTER, at=AT), answers)
    assert [] == answers.asked


FIELD = (
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.test; s=test; h=from:to; "
    "bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=AAAA"
)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("v=1; ", "", "v= is missing"),
        ("v=1", "v=2", "v= is not 1"),
        ("a=rsa-sha256", "a=rsa-md5", "unknown a="),
        ("a=rsa-sha256; ", "", "a= is missing"),
        ("d=example.test", "d=", "d= is empty"),
        ("d=example.test", "d=legitimate.com(.attacker.com", "d= is not a domain"),
        ("d=example.test", "d=" + "a." * 126 + "b", "d= is not a domain"),
        ("d=example.test", "d=test", "d= is not a domain"),
        ("s=test", "s=a b", "s= is not a selector"),
        ("s=test", "s=..", "s= is not a selector"),
        ("h=from:to", "h=to:subject", "From is not signed"),
        ("h=from:to; ", "", "h= is missing"),
        ("b=AAAA", "b=A$AA", "b= is not base64"),
        ("b=AAAA", "b=", "b= is empty"),
        ("b=AAAA", "b=A", "b= is not base64"),
        ("b=AAAA", "b=AAAA; d=other.test", "d= appears twice"),
        ("b=AAAA", "b=AAAA; i=ann@other.test", "i= is not within d="),
        ("b=AAAA", "b=AAAA; i=ann@notexample.test", "i= is not within d="),
        ("b=AAAA", "b=AAAA; l=x", "l= is not a number"),
        ("b=AAAA", "b=AAAA; t=5; x=4", "x= is before t="),
        ("b=AAAA", "b=AAAA; q=http/txt", "unknown q="),
        ("b=AAAA", "b=AAAA;; z=1", "not a list of tags"),
        ("b=AAAA", "b=AAAA; " + "; ".join(f"z{i}=1" for i in range(200)), "too many tags"),
        ("c=relaxed/relaxed", "c=relaxed/strict", "unknown c="),
    ],
)
def test_bad_signatures(old, new, reason):
    """Each kind of wrong signature is a permanent error that says what was wrong, and nothing is asked."""
    answers = ZoneAnswers({})

    (result,) = run_check(verify(FIELD.replace(old, new, 1).encode() + b"\r\n" + LETTER, at=AT), answers)

    assert ("permerror", reason) == (result.result, result.reason)
    assert [] == answers.asked


def test_expired():
    """x= is judged by the clock that is passed in."""
    raw = (FIELD + "; t=1000; x=2000\r\n").encode() + LETTER

    (late,) = results(raw, at=datetime.fromtimestamp(2001, UTC))
    (early,) = results(raw, at=datetime.fromtimestamp(1999, UTC))

    assert "the signature has expired" == late.reason
    assert "the signature has expired" != early.reason


def test_sha1_is_not_trusted():
    """RFC 8301 3.1; the body hash is still computed, for custody."""
    raw = FIELD.replace("rsa-sha256", "rsa-sha1").encode() + b"\r\n" + LETTER

    (result,) = results(raw)

    assert ("permerror", "rsa-sha1 is no longer trusted", False) == (
        result.result,
        result.reason,
        result.body_hash_ok,
    )


def test_mailbox_separator():
    """A "From " line of a mailbox file is no field."""
    (result,) = results(b"From ann@example.test Thu Jan  1 00:00:00 2026\r\n" + sign(LETTER))

    assert "pass" == result.result


def test_line_without_colon():
    """A line that is no field is passed over, and the signed fields still verify."""
    raw = sign(LETTER)

    (result,) = results(b"this is no field\r\n" + raw)

    assert "pass" == result.result


HOSTILE_BODIES = {
    "spaces": b" " * 1_000_000,
    "tabs": b"\t " * 500_000,
    "space before each line end": b" \r\n" * 350_000,
    "line ends": b"\r\n" * 500_000,
    "carriage returns": b"\r" * 1_000_000 + b"\r\n",
    "CR CR LF": b"\r\r\n" * 350_000,
    "line feeds": b"\n" * 1_000_000,
    "alternating": b"a " * 500_000,
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("body", HOSTILE_BODIES.values(), ids=HOSTILE_BODIES)
def test_hostile_bodies_end(body):
    """A megabyte of anything is canonicalised in linear time, both ways."""
    fields = (FIELD + "\r\n" + FIELD.replace("relaxed/relaxed", "simple/simple") + "\r\n").encode()

    found = results(fields + LETTER + body)

    assert [False, False] == [r.body_hash_ok for r in found]


HOSTILE_HEADERS = {
    "spaces": b"X: " + b" " * 1_000_000,
    "folds": b"X:" + b"\r\n " * 350_000,
    "fields": b"X: y\r\n" * 150_000,
    "colons": b":" * 1_000_000,
    "signed names": (FIELD.replace("from:to", "from:" + "x:" * 30_000)).encode(),
    "long signature": (FIELD + "; z=" + "x" * 1_000_000).encode(),
    "semicolons": (FIELD + ";" * 60_000).encode(),
    "key": b"DKIM-Signature: " + b"b=" * 30_000,
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("field", HOSTILE_HEADERS.values(), ids=HOSTILE_HEADERS)
def test_hostile_headers_end(field):
    """A megabyte of header, with ten signatures over it, ends."""
    fields = (FIELD.replace("h=from:to", "h=from:x:x:x:x") + "\r\n").encode() * 9

    found = results(fields + field + b"\r\n" + LETTER)

    assert 9 <= len(found) <= 10


@given(st.binary(max_size=300))
def test_never_raises(junk):
    """Whatever stands in the field and in the key, there is a result."""
    raw = (
        b"DKIM-Signature: v=1; a=rsa-sha256; d=example.test; s=test; h=from; bh=AAAA; b=AAAA;"
        + junk
        + b"\r\n"
        + LETTER
    )

    found = results(raw, {"test._domainkey.example.test": {"TXT": [junk.decode("latin-1")]}})

    assert all(r.result != "pass" for r in found)


def test_agrees_with_the_oracle_on_its_own_signature():
    """The oracle verifies what it signed, so the comparison means something."""
    assert private_key()
    assert dkim.verify(sign(LETTER), dnsfunc=lambda *_args, **_kwargs: key_record().encode())
