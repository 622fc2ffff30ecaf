"""What the lists make of a message: the precedence as a table, and each condition for itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.parse import parse
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.facts import Boundary, DkimResult
from lazaretto.model.lists import Lists, PatternType
from lazaretto.model.message import Hop
from lazaretto.model.verdict import Verdict
from lazaretto.policy.compiled import compile_lists
from lazaretto.policy.decide import decide, decide_without_scan
from lazaretto.policy.judge import MAX_MATCHES, judge_by_lists, judge_unscanned
from lazaretto.policy.texts import MAX_TEXT
from tests.helpers.letters import RECIPIENT, envelope, facts, letter
from tests.helpers.listed import DOMAIN, EMAIL, IP, allow, block, content, restriction

MALICIOUS, BEC, SUSPICIOUS, SPOOF, SPAM, BULK, NONE, UNKNOWN = (
    Disposition.MALICIOUS, Disposition.MALICIOUS_BEC, Disposition.SUSPICIOUS, Disposition.SPOOF, Disposition.SPAM,
    Disposition.BULK, Disposition.NONE, Disposition.UNKNOWN,
)  # fmt: skip
SENDER = "ann@firm.test"
BLOCK, TRUST, ACCEPT, EXEMPT = (
    block(SENDER),
    allow(SENDER, number=11, trust=True),
    allow(SENDER, number=12, accept=True),
    allow(RECIPIENT, number=13, exempt=True),
)
SECOND = "bob@example.net"
CLEAR = facts(spf="none")
PROVEN = facts(spf="pass")


def judged(found, *, what=CLEAR, message=None, where=None, **lists):
    compiled = compile_lists(Lists(1, **lists))
    return judge_by_lists(found, message or letter(), where or envelope(), what, compiled)


@pytest.mark.parametrize(
    ("found", "allowed", "blocked", "block_wins", "becomes"),
    [
        (SPAM, (), (), True, SPAM),
        (NONE, (), (BLOCK,), True, MALICIOUS),
        (BEC, (), (BLOCK,), True, MALICIOUS),
        *((d, (TRUST,), (), True, NONE) for d in (MALICIOUS, BEC, SUSPICIOUS, SPOOF, SPAM, BULK, NONE)),
        *((d, (EXEMPT,), (), True, NONE) for d in (MALICIOUS, BEC, SUSPICIOUS, SPOOF, SPAM, BULK, NONE)),
        *((d, (ACCEPT,), (), True, NONE) for d in (SPOOF, SPAM, BULK, NONE)),
        *((d, (ACCEPT,), (), True, d) for d in (MALICIOUS, BEC, SUSPICIOUS)),
        (NONE, (TRUST,), (BLOCK,), True, MALICIOUS),
        (NONE, (EXEMPT,), (BLOCK,), True, MALICIOUS),
        (NONE, (ACCEPT,), (BLOCK,), True, MALICIOUS),
        (SPAM, (TRUST,), (BLOCK,), False, NONE),
        (SPAM, (EXEMPT,), (BLOCK,), False, NONE),
        (SPAM, (ACCEPT,), (BLOCK,), False, MALICIOUS),
    ],
)
def test_precedence(found, allowed, blocked, block_wins, becomes):
    """Blocking before trust unless the account says otherwise; acceptance waives three words only."""
    result = judged(found, allow=allowed, block=blocked, block_wins=block_wins)

    assert becomes == result.disposition
    assert len(allowed) + len(blocked) == len(result.matches)


def test_nothing_listed_changes_nothing():
    """And costs nothing."""
    assert SPOOF == judged(SPOOF).disposition
    assert () == judged(SPOOF).matches


@pytest.mark.parametrize(
    ("pattern", "kind", "how", "what", "trusted"),
    [
        (SENDER, EMAIL, {}, facts(spf="pass"), True),
        (SENDER, EMAIL, {}, facts(spf="pass", domain="mail.firm.test"), True),
        (SENDER, EMAIL, {}, facts(dmarc="pass"), True),
        (SENDER, EMAIL, {}, facts(dkim=[DkimResult("pass", "eu.firm.test", "s", "rsa", True)]), True),
        (SENDER, EMAIL, {}, facts(dkim=[DkimResult("pass", "evil.test", "s", "rsa", True)]), False),
        (
            SENDER,
            EMAIL,
            {},
            facts(dkim=[DkimResult("pass", "firm.test", "s", "rsa", True, body_length=3)]),
            False,
        ),
        (SENDER, EMAIL, {}, facts(dkim=[DkimResult("fail", "firm.test", "s", "rsa", True)]), False),
        (SENDER, EMAIL, {}, facts(spf="softfail"), False),
        (SENDER, EMAIL, {}, facts(spf="pass", domain="evil.test"), False),
        (SENDER, EMAIL, {}, facts(dmarc="pass", domain="evil.test"), False),
        (SENDER, EMAIL, {}, facts(spf="pass", offline=True), False),
        (SENDER, EMAIL, {"from_": "ann@firm.test, eve@evil.test"}, facts(dmarc="pass"), False),
        ("8.8.8.8", IP, {}, facts(spf="pass"), True),
        ("8.8.8.8", IP, {}, facts(spf="pass", domain="evil.test"), False),
    ],
)
def test_verify_sender(pattern, kind, how, what, trusted):
    """What passed must have passed for the sender that the policy names; a server proves whom it writes for."""
    where = envelope(mail_from="bounce@elsewhere.test" if "from_" in how else SENDER)
    what = replace(what, boundary=Boundary("8.8.8.8", "mx", where.mail_from, "received"))
    result = judged(
        SPAM,
        what=what,
        where=where,
        message=letter(**how),
        allow=(allow(pattern, kind, trust=True, verify=True),),
    )

    assert (NONE if trusted else SPAM) == result.disposition
    assert [trusted] == [m.counts for m in result.matches]
    assert trusted or "not honoured" in result.matches[0].reason


def test_the_side_that_is_proven_counts():
    """Header from is forged, the envelope from is proven: a policy that names both is honoured by the latter."""
    policy = allow("test", DOMAIN, trust=True, verify=True)
    what = replace(
        facts(spf="pass", domain="sender.test"),
        boundary=Boundary("8.8.8.8", "mx", "a@sender.test", "envelope"),
    )
    result = judged(SPAM, what=what, message=letter(from_="boss@firm.test"), allow=(policy,))

    assert NONE == result.disposition
    assert ("envelope from", True) == (result.matches[0].field, result.matches[0].counts)


def test_a_reply_to_makes_nobody_trusted():
    """Anybody can write anybody's address there; an expression is tested against it, as is documented."""
    message = letter(from_="eve@evil.test", headers={"Reply-To": SENDER})
    where = envelope(mail_from="eve@evil.test")
    what = replace(CLEAR, boundary=Boundary("8.8.8.8", "mx", "eve@evil.test", "envelope"))
    plain = judged(SPAM, what=what, where=where, message=message, allow=(TRUST,))
    expression = judged(
        SPAM, what=what, where=where, message=message, allow=(allow("^ann@firm", regex=True, trust=True),)
    )

    assert (SPAM, NONE) == (plain.disposition, expression.disposition)


def test_exempt_recipients_are_some_or_all():
    """The disposition of the message stays while one recipient is not exempt; names keep the envelope's spelling."""
    where = envelope(recipients=["Mary.Miller@EXAMPLE.net", SECOND])
    some = judged(SPAM, where=where, allow=(EXEMPT,))
    every = judged(SPAM, where=where, allow=(allow("example.net", DOMAIN, exempt=True),))

    assert (SPAM, ("Mary.Miller@EXAMPLE.net",)) == (some.disposition, some.exempt)
    assert NONE == every.disposition


def test_a_thousand_exempt_recipients():
    """A limit on what is recorded is no limit on who is exempt."""
    people = [f"p{n}@example.net" for n in range(1_000)]
    where = envelope(recipients=[*people, "x@other.test"])
    result = judged(SPAM, where=where, allow=(allow("example.net", DOMAIN, exempt=True),))

    assert 1_000 == len(result.exempt)
    assert 100 == len(result.matches[0].recipients)


def test_orders_follow_each_recipient():
    """Exempt ones get the order for NONE, the others theirs; one reply stays one reply."""
    where = envelope(recipients=[RECIPIENT, SECOND])
    result = judged(MALICIOUS, where=where, allow=(EXEMPT,))
    decision = decide(Verdict(MALICIOUS, 0, (), (), (), (), ""), where, {}, judgement=result)

    assert [Order.DELIVER, Order.QUARANTINE] == [o.order for o in decision.orders]
    assert MALICIOUS == decision.disposition
    assert "exempt" in decision.orders[0].reason
    assert result.matches == decision.matches


def test_tls_is_asked_of_mail_that_comes_by_smtp():
    """Refused for everybody; a copy of mail that is already there cannot be refused, and is not restricted."""
    lists = {"restrictions": (restriction("firm.test", "news.firm.test"),), "allow": (TRUST,)}
    clear = judged(NONE, **lists)
    secure = judged(NONE, where=replace(envelope(), tls="TLSv1.3"), **lists)
    copied = judged(NONE, where=envelope(mode=Mode.JOURNAL), **lists)
    decision = decide(Verdict(NONE, 0, (), (), (), (), ""), envelope(), {}, judgement=clear)

    assert [True, False, False] == [r.refused for r in (clear, secure, copied)]
    assert [Order.REJECT] == [o.order for o in decision.orders]
    assert "must come over TLS" in decision.orders[0].reason


@pytest.mark.parametrize(
    ("sender", "refused"),
    [
        ("a@firm.test", True),
        ("a@pay.firm.test", True),
        ("a@news.firm.test", False),
        ("a@eu.news.firm.test", False),
        ("a@news.firm.test.evil.test", False),
        ("a@otherfirm.test", False),
    ],
)
def test_restricted_domains(sender, refused):
    """The domain and all below it, without what is excluded and all below that."""
    result = judged(
        NONE, message=letter(from_=sender), where=envelope(mail_from=""),
        restrictions=(restriction("FIRM.test", " News.firm.test"),),
    )  # fmt: skip

    assert refused == result.refused


@pytest.mark.parametrize(
    ("protocol", "refused"), [("ESMTPS", False), ("ESMTPSA", False), ("ESMTP", True), (None, True)]
)
def test_tls_behind_our_own_relays(protocol, refused):
    """The connection of the sender counts, as the relay noted it, and not the relay's to us."""
    hop = Hop(0, "mx.firm.test", None, "8.8.8.8", "relay.test", protocol, None, None, None)
    what = replace(CLEAR, boundary=Boundary("8.8.8.8", "mx.firm.test", SENDER, "received"))
    result = judged(
        NONE, what=what, message=replace(letter(), hops=(hop,)), restrictions=(restriction("firm.test"),),
        where=replace(envelope(), tls="TLSv1.3" if refused else None),
    )  # fmt: skip

    assert refused == result.refused


def test_several_entries_are_recorded_up_to_a_limit():
    """A message that everything matches is no larger for it."""
    many = tuple(block("test", DOMAIN, number=n) for n in range(100, 200))
    result = judged(NONE, block=many)

    assert MALICIOUS == result.disposition
    assert MAX_MATCHES == len(result.matches)


def test_content_beyond_the_limit_is_not_searched():
    """A book is searched in its first part."""
    policy = (content("needle", "BODY"),)

    inside = judged(NONE, message=letter(text="x" * 10 + " needle"), content=policy)
    outside = judged(NONE, message=letter(text="x " * (MAX_TEXT // 2) + "needle"), content=policy)

    assert (MALICIOUS, NONE) == (inside.disposition, outside.disposition)


def test_words_cut_by_unseen_characters_are_whole():
    """What a reader does not see does not help."""
    split = judged(
        NONE,
        message=letter(text="pay the in\u200bvo\u00adice now"),
        content=(content(r"\binvoice\b", "BODY"),),
    )

    assert MALICIOUS == split.disposition


def test_without_a_scan_the_envelope_decides():
    """Blocking and TLS count; trust needs a proof that nobody has. Behind a relay the client is not the sender."""
    lists = compile_lists(Lists(1, block=(block("198.51.100.7", IP),), allow=(TRUST,)))
    by_name = compile_lists(Lists(1, block=(BLOCK,)))
    tls = compile_lists(Lists(1, restrictions=(restriction("firm.test"),)))

    assert [MALICIOUS, UNKNOWN, MALICIOUS] == [
        judge_unscanned(envelope(), lists, relayed=False).disposition,
        judge_unscanned(envelope(), lists, relayed=True).disposition,
        judge_unscanned(envelope(), by_name, relayed=True).disposition,
    ]
    assert [True, False] == [judge_unscanned(envelope(), tls, relayed=r).refused for r in (False, True)]


def test_orders_without_a_scan():
    """A blocked sender is held though nothing was scanned; everybody else waits as before."""
    blocked = judge_unscanned(envelope(), compile_lists(Lists(1, block=(BLOCK,))), relayed=False)
    other = judge_unscanned(envelope(), compile_lists(Lists(1)), relayed=False)

    held = decide_without_scan(envelope(), {}, "timeout", judgement=blocked)
    waiting = decide_without_scan(envelope(), {}, "timeout", judgement=other)

    assert (MALICIOUS, [Order.QUARANTINE]) == (held.disposition, [o.order for o in held.orders])
    assert (UNKNOWN, [Order.DEFER]) == (waiting.disposition, [o.order for o in waiting.orders])
    assert 1 == len(held.matches)


def test_entries_that_cannot_be_used_are_left_out_and_named():
    """Damaged entries of an older store harm nobody else; an entry without a type is taken for what it looks like."""
    compiled = compile_lists(
        Lists(
            1,
            block=(
                block("(", regex=True, number=21), block("nonsense", number=22), block("10.0.0.1", IP, number=23),
                block("evil.test", PatternType.UNKNOWN, number=24), block("e@x.test", PatternType.UNKNOWN, number=25),
                block("203.0.113.9", PatternType.UNKNOWN, number=26),
            ),
            content=(content("(", number=27),),
            restrictions=(restriction("no domain", number=28),),
        )
    )  # fmt: skip
    what = replace(CLEAR, boundary=Boundary("203.0.113.9", "mx", "e@x.test", "received"))
    result = judge_by_lists(NONE, letter(from_="a@evil.test"), envelope(), what, compiled)

    assert (21, 22, 23, 27, 28) == compiled.left_out
    assert {24, 25, 26} == {m.entry for m in result.matches}


EVERYTHING = compile_lists(
    Lists(
        1,
        allow=(
            allow(".", regex=True, trust=True, accept=True, exempt=True, verify=True), allow("test", DOMAIN, accept=True),
        ),
        block=(block("^$|x", regex=True), block("test", DOMAIN), block("8.0.0.0/8", IP)),
        content=(content(r"\b\w+\b"), content("^ *$", number=31)),
        restrictions=(restriction("test"),),
        block_wins=False,
    )
)  # fmt: skip


@given(st.binary(max_size=300), st.text(max_size=60), st.sampled_from(Disposition))
def test_no_message_raises(raw, text, found):
    """Every byte is from an attacker: there is always a judgement."""
    raw = (
        b"From: "
        + raw.replace(b"\n", b" ")
        + b"\nReply-To: "
        + raw[:50]
        + b"\nSubject: "
        + raw
        + b"\n\n"
        + raw
    )
    where = replace(
        envelope(mail_from=text, recipients=(text, "a@b.test")), client_ip=text, helo=text, client_name=text
    )
    what = replace(CLEAR, boundary=Boundary(text, text, text, "received"))

    result = judge_by_lists(found, parse(raw), where, what, EVERYTHING)
    unscanned = judge_unscanned(where, EVERYTHING, relayed=False)

    assert len(result.matches) <= MAX_MATCHES
    assert all(len(m.reason) <= 500 and len(m.value) <= 500 for m in (*result.matches, *unscanned.matches))
