"""Facts are gathered from a real name server, and replay to the same result."""

import asyncio
from dataclasses import replace

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazaretto.mail.authentication.authenticate import authenticate
from lazaretto.mail.questions import run_check
from lazaretto.model.disposition import AuthResult
from lazaretto.model.facts import Facts, Status
from lazaretto.resolve import facts as facts_module
from lazaretto.resolve.dns import Resolver
from lazaretto.resolve.facts import gather_facts
from lazaretto.resolve.network import Networks
from tests.helpers.bare import AT, bare_envelope, bare_message
from tests.helpers.nameserver import NameServer, Zone, nameserver
from tests.helpers.signing import key_zone, sign

pytestmark = pytest.mark.system

LETTER = b"From: ann@example.test\r\nTo: bob@receiver.test\r\nSubject: x\r\n\r\nHello\r\n"
SIGNED = sign(sign(LETTER), "list.test")
MESSAGE = bare_message("example.test")
ENVELOPE = bare_envelope(client_ip="8.8.8.8", helo="mail.example.test", mail_from="ann@example.test")
NETWORKS = Networks.load()
ZONE: Zone = {
    "example.test": {"TXT": ["v=spf1 include:spf.test -all"]},
    "spf.test": {"TXT": ["v=spf1 a:mail.example.test -all"]},
    "mail.example.test": {"A": ["8.8.8.8"]},
    "_dmarc.example.test": {"TXT": ["v=DMARC1; p=reject"]},
    **key_zone(),
    **key_zone("list.test"),
}


async def gather(resolver: Resolver | None, raw: bytes = SIGNED) -> Facts:
    return await gather_facts(
        raw,
        MESSAGE,
        ENVELOPE,
        resolver=resolver,
        networks=NETWORKS,
        own_domains=("receiver.test",),
        at=AT,
        lookback=0,
    )


async def ask_all(zone: Zone, raw: bytes = SIGNED, *, timeout: float = 5.0) -> tuple[Facts, NameServer]:
    async with (
        nameserver(zone) as server,
        Resolver([server.address], timeout=timeout, attempts=1) as resolver,
    ):
        return await gather(resolver, raw), server


def replay(facts: Facts, raw: bytes = SIGNED) -> object:
    known = {answer.question: answer for answer in facts.answers}
    return run_check(authenticate(raw, MESSAGE, facts.boundary, at=facts.at), known)


async def test_an_honest_message():
    """All of it, from the wire."""
    facts, server = await ask_all(ZONE)

    found = facts.authentication
    assert (AuthResult.PASS, AuthResult.PASS, AuthResult.PASS) == (
        found.folded_spf,
        found.folded_dkim,
        found.folded_dmarc,
    )
    assert ["pass", "pass"] == [d.result for d in found.dkim]
    assert facts.network is not None
    assert (15169, ("receiver.test",), False) == (facts.network.as_number, facts.own_domains, facts.offline)
    assert len(set(server.questions)) == len(server.questions)


async def test_answers_are_in_the_order_of_the_checks():
    """However the packets came back."""
    facts, _ = await ask_all(ZONE)

    assert [
        ("example.test", "TXT"),
        ("spf.test", "TXT"),
        ("mail.example.test", "A"),
        ("mail.example.test", "TXT"),
        ("test._domainkey.list.test", "TXT"),
        ("test._domainkey.example.test", "TXT"),
        ("_dmarc.example.test", "TXT"),
        ("_dmarc.test", "TXT"),
    ] == [(a.question.name, a.question.type) for a in facts.answers]


async def test_replay():
    """The stored answers give the same authentication, without a name server."""
    facts, _ = await ask_all(ZONE)

    assert facts.authentication == replay(facts)


FAULTS = st.dictionaries(
    st.sampled_from(sorted(ZONE)), st.sampled_from(["absent", "SERVFAIL", "garbage", "caf\xe9"])
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FAULTS)
async def test_replay_with_faults(faults):
    """Whatever is missing, broken or senseless in the world, the replay is equal and the facts can be stored."""
    zone = {n: node for n, node in ZONE.items() if faults.get(n) != "absent"}
    zone |= {n: {"TXT": [fault], "A": ["SERVFAIL"]} for n, fault in faults.items() if fault != "absent"}

    facts, _ = await ask_all(zone)

    assert facts.authentication == replay(facts)
    assert facts == msgspec.json.decode(msgspec.json.encode(facts), type=Facts)


async def test_offline():
    """Nothing is asked, nothing is failed, and the signed body is still checked."""
    facts = await gather(None)

    assert facts.offline
    assert () == facts.answers
    assert (AuthResult.NONE, AuthResult.NONE, AuthResult.NONE) == (
        facts.authentication.folded_spf,
        facts.authentication.folded_dkim,
        facts.authentication.folded_dmarc,
    )
    assert [True, True] == [d.body_hash_ok for d in facts.authentication.dkim]
    assert facts.network is not None


async def test_dead_servers_do_not_hold_a_message(monkeypatch):
    """After the time for one message all that is left is a temporary error, in the facts too."""
    monkeypatch.setattr(facts_module, "GATHER_SECONDS", 0.2)
    silent = {name: {"TXT": ["TIMEOUT"], "A": ["TIMEOUT"]} for name in ZONE}

    async with asyncio.timeout(5):
        facts, _ = await ask_all(silent, timeout=30.0)

    assert {Status.TEMPERROR, Status.NXDOMAIN} >= {a.status for a in facts.answers}
    assert AuthResult.ERROR == facts.authentication.folded_spf
    assert facts.authentication == replay(facts)


async def test_limit_of_questions(monkeypatch):
    """What a hostile zone asks beyond the limit is not put, and the replay knows."""
    monkeypatch.setattr(facts_module, "MAX_QUESTIONS", 4)

    facts, server = await ask_all(ZONE)

    assert 4 == len(server.questions)
    assert AuthResult.ERROR == facts.authentication.folded_spf
    assert facts.authentication == replay(facts)


async def test_limit_of_text(monkeypatch):
    """Answers of megabytes are not stored with every message."""
    monkeypatch.setattr(facts_module, "MAX_TEXT", 100)

    facts, _ = await ask_all(ZONE)

    assert 3_000 > sum(len(r) for a in facts.answers for r in a.records)
    assert facts.authentication == replay(facts)


async def test_checks_do_not_wait_for_each_other():
    """SPF, the signatures and the policy are asked for at the same time."""
    async with nameserver(ZONE) as server, Resolver([server.address], timeout=5.0) as resolver:
        server.delay = 1.0
        waiting = asyncio.create_task(gather(resolver))
        await asyncio.sleep(0.6)
        first_wave = {name for name, _ in server.questions}
        await waiting

    assert {
        "example.test",
        "mail.example.test",
        "test._domainkey.list.test",
        "test._domainkey.example.test",
        "_dmarc.example.test",
    } == first_wave


async def test_private_client_has_no_network():
    """Loopback belongs to nobody."""
    envelope = replace(ENVELOPE, client_ip="127.0.0.1")

    facts = await gather_facts(
        SIGNED, MESSAGE, envelope, resolver=None, networks=NETWORKS, own_domains=(), at=AT, lookback=0
    )

    assert facts.network is None
