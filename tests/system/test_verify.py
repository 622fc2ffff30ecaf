"""The verifier against a real name server: what it finds, when it looks again, and when it gives up."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from lazaretto.actions import verify
from lazaretto.actions.verify import LONGEST_WAIT, REFRESH, SHORTEST_WAIT, Verifier
from lazaretto.mail.challenge import record_name, record_value
from lazaretto.model.account import Domain
from lazaretto.resolve.dns import Resolver
from lazaretto.store.accounts import add_account
from lazaretto.store.database import open_database
from lazaretto.store.domains import insert_domain, remove_domain
from tests.helpers.nameserver import nameserver
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT

pytestmark = pytest.mark.system

NAME = "sub.example.test"
RECORD = record_name(NAME)


class Clock:
    """The time of a test."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def database(tmp_path):
    opened = await open_database(f"sqlite://{tmp_path}/store.db")
    await opened.write(lambda tx: add_account(tx, "one", now=NOW, id=ACCOUNT))
    yield opened
    await opened.close()


@pytest.fixture
async def domain(database):
    draft = Domain(0, ACCOUNT, NAME, None, NOW, status="PENDING")
    return await database.write(lambda tx: insert_domain(tx, draft))


@pytest.fixture
async def server():
    async with nameserver({}) as running:
        yield running


@pytest.fixture
def verifier(database, server, clock):
    ask = partial(Resolver, [server.address], timeout=0.2, attempts=1, cache_size=0)
    return Verifier(database, ask, clock=clock)


async def next_check(database):
    """Seconds after NOW; None for never."""
    at = await database.read(lambda tx: tx.value("SELECT next_check_at FROM domain"))
    return None if at is None else at / 1e6 - NOW.timestamp()


@pytest.mark.parametrize(
    ("zone", "status", "spf", "dmarc"),
    [
        ({}, "PENDING", "none", "none"),
        ({RECORD: {"TXT": ["VALUE"]}}, "ACTIVE", "none", "none"),
        ({RECORD: {"TXT": ["lazaretto-verification=other"]}}, "FAILED", "none", "none"),
        ({RECORD: {"TXT": ["v=something"]}}, "PENDING", "none", "none"),
        ({RECORD: {"CNAME": ["proof.test"]}, "proof.test": {"TXT": ["VALUE"]}}, "ACTIVE", "none", "none"),
        ({RECORD: {"TXT": ["TIMEOUT"]}, NAME: {"TXT": ["v=spf1 -all"]}}, "PENDING", "good", "none"),
        ({RECORD: {"TXT": ["SERVFAIL"]}, NAME: {"TXT": ["SERVFAIL"]}}, "PENDING", None, "none"),
        ({f"_dmarc.{NAME}": {"TXT": ["v=DMARC1; p=x"]}}, "PENDING", "none", "invalid"),
        ({"_dmarc.example.test": {"TXT": ["v=DMARC1; p=reject"]}}, "PENDING", "none", "good"),
        ({"_dmarc.example.test": {"TXT": ["SERVFAIL"]}}, "PENDING", "none", None),
    ],
)
async def test_what_the_dns_says(domain, server, verifier, zone, status, spf, dmarc):
    """Each record, and silence, which changes nothing."""
    value = record_value(domain.challenge)
    server.zone = {
        name: {kind: [value if text == "VALUE" else text for text in texts] for kind, texts in node.items()}
        for name, node in zone.items()
    }
    found = await verifier.verify(ACCOUNT, domain.id)

    assert (status, spf, dmarc) == (found.status, found.spf_status, found.dmarc_status)
    assert (NOW if status == "ACTIVE" else None) == found.authorised_at
    assert NOW == found.last_checked_at


async def test_waits_grow_until_it_gives_up(database, domain, verifier, clock):
    """From seconds to an hour; after a week nobody looks any more, unless asked."""
    waits = []
    for age in (timedelta(0), timedelta(minutes=4), timedelta(hours=2), timedelta(days=6)):
        clock.now = NOW + age
        assert 1 == await verifier.check_due()
        assert 0 == await verifier.check_due()
        waits.append(await next_check(database) - age.total_seconds())
    clock.now = NOW + timedelta(days=8)
    await verifier.check_due()
    clock.now = NOW + timedelta(days=80)
    found = await verifier.verify(ACCOUNT, domain.id)

    shortest, longest = SHORTEST_WAIT.total_seconds(), LONGEST_WAIT.total_seconds()
    assert [shortest, 60, 1800, longest] == waits
    assert ("TIMEOUT", NOW + timedelta(days=80)) == (found.status, found.last_checked_at)
    assert await next_check(database) is None
    assert 0 == await verifier.check_due()


async def test_a_late_record_is_found_when_somebody_asks(domain, server, verifier, clock):
    """TIMEOUT is not for ever."""
    clock.now = NOW + timedelta(days=8)
    late = await verifier.verify(ACCOUNT, domain.id)
    server.zone = {RECORD: {"TXT": [record_value(domain.challenge)]}}
    clock.now += timedelta(days=1)
    mended = await verifier.verify(ACCOUNT, domain.id)

    assert ("TIMEOUT", "ACTIVE") == (late.status, mended.status)


async def test_a_proven_domain_stays_proven(database, domain, server, verifier, clock):
    """Its record may go; SPF and DMARC are looked up each day."""
    server.zone = {RECORD: {"TXT": [record_value(domain.challenge)]}}
    await verifier.check_due()
    server.zone = {NAME: {"TXT": ["v=spf1 ~all"]}}
    clock.now = NOW + timedelta(hours=23)
    early = await verifier.check_due()
    clock.now = NOW + timedelta(days=30)
    looked = await verifier.check_due()
    found = await verifier.verify(ACCOUNT, domain.id)

    assert (0, 1) == (early, looked)
    assert ("ACTIVE", "good", NOW) == (found.status, found.spf_status, found.authorised_at)
    assert (timedelta(days=30) + REFRESH).total_seconds() == await next_check(database)


async def test_who_asks_often_gets_the_last_answer(domain, server, verifier, clock):
    """One look in a second; a proven domain needs none."""
    for _ in range(5):
        await verifier.verify(ACCOUNT, domain.id)
    first = len(server.questions)
    clock.now += timedelta(seconds=2)
    await verifier.verify(ACCOUNT, domain.id)

    assert 4 == first
    assert 8 == len(server.questions)


async def test_nobody_is_asked_offline(database, domain, clock):
    """The domain stays as it is; one of another account is not found, nor one that is gone."""
    silent = Verifier(database, None, clock=clock)

    assert domain == await silent.verify(ACCOUNT, domain.id)
    assert await silent.verify(OTHER_ACCOUNT, domain.id) is None
    assert 0 == await silent.check_due()


async def test_a_domain_that_goes_meanwhile(database, domain, server, verifier):
    """What is found of it is dropped."""
    removed = replace(domain, id=domain.id)
    await database.write(lambda tx: remove_domain(tx, ACCOUNT, NAME))

    assert await verifier.verify(ACCOUNT, removed.id) is None
    assert 0 == await verifier.check_due()


async def test_a_round_is_bounded(database, domain, server, verifier, monkeypatch):
    """Of three that are due, two are looked up, then the third."""
    monkeypatch.setattr(verify, "BATCH", 2)
    for name in ("b.test", "c.test"):
        await database.write(
            lambda tx, name=name: insert_domain(tx, replace(domain, name=name, challenge=""))
        )

    assert [2, 1, 0] == [await verifier.check_due() for _ in range(3)]
