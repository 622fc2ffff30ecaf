"""Domains: found by name, kept as they were wished, looked up when it is time, counted with their mail."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from lazaretto.model.account import Domain, DomainPolicy, NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.store import codec, migrate
from lazaretto.store.accounts import add_account
from lazaretto.store.database import open_database
from lazaretto.store.domain_checks import Checked, due_domains, note_check
from lazaretto.store.domain_traffic import (
    KEEP_DAYS,
    PERIOD_DAYS,
    Traffic,
    count_message,
    day_of,
    forget_old,
    get_traffic,
)
from lazaretto.store.domains import (
    DomainFilter,
    add_domain,
    change_domain,
    count_domains,
    find_domain,
    get_domain,
    insert_domain,
    list_domains,
    remove_domain,
    search_domains,
    set_domain,
)
from lazaretto.store.times import micros
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, envelope, stored

HOP = NextHop("mail.example.com", 25, "lmtp", "required")
DAY = timedelta(days=1)


async def test_domains(database):
    """Any spelling of the name finds it, subdomains do not, and it belongs to one account."""
    policy = DomainPolicy(((Disposition.SPAM, Order.REJECT),), "quarantine")
    added = await database.write(
        lambda tx: add_domain(tx, ACCOUNT, "BÜCHER.example.", HOP, now=NOW, policy=policy)
    )
    with pytest.raises(Conflict):
        await database.write(lambda tx: add_domain(tx, OTHER_ACCOUNT, "xn--bcher-kva.example", HOP, now=NOW))
    with pytest.raises(NotFound):
        await database.write(lambda tx: add_domain(tx, "f" * 32, "else.example", HOP, now=NOW))

    names = ("xn--bcher-kva.example", "Bücher.EXAMPLE", "sub.xn--bcher-kva.example", "example", "\0")
    found = [await database.read(lambda tx, name=name: find_domain(tx, name)) for name in names]

    assert ("xn--bcher-kva.example", HOP, policy, ACCOUNT) == (
        added.name,
        added.next_hop,
        added.policy,
        added.account,
    )
    assert [added, added, None, None, None] == found
    assert ((added,), (), (added,)) == (
        await database.read(lambda tx: list_domains(tx, ACCOUNT)),
        await database.read(lambda tx: list_domains(tx, OTHER_ACCOUNT)),
        await database.read(list_domains),
    )


async def test_a_domain_is_changed_and_removed_by_its_account(database):
    """Nobody else can redirect its mail."""
    added = await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", HOP, now=NOW))
    evil = NextHop("evil.test", 25)

    wrong = await database.write(
        lambda tx: set_domain(tx, OTHER_ACCOUNT, "example.com", evil, DomainPolicy())
    )
    right = await database.write(
        lambda tx: set_domain(tx, ACCOUNT, "Example.com", evil, DomainPolicy((), "deliver"))
    )

    assert wrong is None
    assert (added.id, evil, DomainPolicy((), "deliver")) == (right.id, right.next_hop, right.policy)
    assert right == await database.read(lambda tx: find_domain(tx, "example.com"))
    assert [False, True, False] == [
        await database.write(lambda tx, account=account: remove_domain(tx, account, "EXAMPLE.com"))
        for account in (OTHER_ACCOUNT, ACCOUNT, ACCOUNT)
    ]


def draft(name="example.com", **wishes) -> Domain:
    return Domain(0, ACCOUNT, name, None, NOW, status="PENDING", **wishes)


async def test_every_wish_is_kept(database):
    """What is written is read back, by name, by number and in lists; a new domain has a challenge."""
    wishes = {
        "modes": (Mode.DIRECT, Mode.RETRO_SCAN),
        "ip_restrictions": ("192.0.2.0/24", "2001:DB8::/32"),
        "regions": ("DE", "GLOBAL"),
        "folder": "Inbox",
        "integration_id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
        "lookback_hops": 20,
        "require_tls_inbound": False,
        "require_tls_outbound": True,
        "transport": "mx.Example.com",
    }
    added = await database.write(lambda tx: insert_domain(tx, draft(**wishes)))
    changed = await database.write(
        lambda tx: change_domain(tx, replace(added, require_tls_inbound=None, modified_at=NOW, next_hop=HOP))
    )
    found = await database.read(lambda tx: find_domain(tx, "EXAMPLE.com"))

    assert replace(draft(**wishes), id=added.id, challenge=added.challenge) == added
    assert 32 == len(added.challenge)
    assert replace(added, require_tls_inbound=None, modified_at=NOW, next_hop=HOP) == changed
    assert changed == found == await database.read(lambda tx: get_domain(tx, ACCOUNT, added.id))
    assert await database.read(lambda tx: get_domain(tx, OTHER_ACCOUNT, added.id)) is None
    assert await database.write(lambda tx: change_domain(tx, replace(added, account=OTHER_ACCOUNT))) is None
    assert 1 == await database.read(lambda tx: count_domains(tx, ACCOUNT))


@pytest.fixture
async def three(database):
    """a_b.example of the command line, then b.example and c.example that wait; a fourth is another account's."""
    first = await database.write(lambda tx: add_domain(tx, ACCOUNT, "a_b.example", HOP, now=NOW))
    second = await database.write(
        lambda tx: insert_domain(
            tx, replace(draft("c.example", modes=(Mode.DIRECT,), integration_id="one"), created_at=NOW + DAY)
        )
    )
    third = await database.write(
        lambda tx: insert_domain(tx, replace(draft("b.example", modes=(Mode.API,)), created_at=NOW + 2 * DAY))
    )
    await database.write(lambda tx: add_domain(tx, OTHER_ACCOUNT, "d.example", HOP, now=NOW))
    return first, second, third


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["a_b.example", "b.example", "c.example"]),
        ({"descending": True}, ["c.example", "b.example", "a_b.example"]),
        ({"order": "created_at"}, ["a_b.example", "c.example", "b.example"]),
        ({"order": "created_at", "descending": True}, ["b.example", "c.example", "a_b.example"]),
        ({"names": ("B.example", "c.example", "d.example")}, ["b.example", "c.example"]),
        ({"allowed_mode": Mode.DIRECT}, ["a_b.example", "c.example"]),
        ({"integration_id": "one"}, ["c.example"]),
        ({"status": "ACTIVE"}, ["a_b.example"]),
        ({"status": "TIMEOUT"}, []),
        ({"search": "B.EX"}, ["a_b.example", "b.example"]),
        ({"search": "a_b"}, ["a_b.example"]),
        ({"search": "_"}, ["a_b.example"]),
        ({"search": "%"}, []),
        ({"active_mode": Mode.DIRECT, "active_since": day_of(NOW)}, ["b.example"]),
        ({"active_mode": Mode.API, "active_since": day_of(NOW)}, []),
        ({"active_mode": Mode.DIRECT, "active_since": day_of(NOW) + 1}, []),
    ],
)
async def test_search(database, three, wanted, names):
    """Every filter and order, of one account only."""
    sent = envelope("x@b.example")
    await database.write(lambda tx: count_message(tx, sent, at=NOW))
    found, total = await database.read(lambda tx: search_domains(tx, ACCOUNT, DomainFilter(**wanted)))

    assert names == [domain.name for domain in found]
    assert len(names) == total


async def test_pages(database, three):
    """Each has its share, and the total is that of all."""
    pages = [
        await database.read(lambda tx, at=at: search_domains(tx, ACCOUNT, DomainFilter(limit=2, offset=at)))
        for at in (0, 2, 4)
    ]

    assert [["a_b.example", "b.example"], ["c.example"], []] == [[d.name for d in page] for page, _ in pages]
    assert {3} == {total for _, total in pages}


async def test_a_domain_is_not_removed_while_mail_for_it_waits(database):
    """Nothing that was promised is lost; who forces it knows. What is held does not wait."""
    await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", HOP, now=NOW))
    await stored(database, disposition=Disposition.NONE, order=Order.DELIVER)

    with pytest.raises(Invalid, match="wait to be sent"):
        await database.write(lambda tx: remove_domain(tx, ACCOUNT, "example.com"))
    assert await database.write(lambda tx: remove_domain(tx, ACCOUNT, "example.com", force=True))

    await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", HOP, now=NOW))
    await database.write(lambda tx: add_domain(tx, ACCOUNT, "other.example", HOP, now=NOW))
    assert await database.write(lambda tx: remove_domain(tx, ACCOUNT, "other.example"))


async def test_only_held_mail_lets_a_domain_go(database):
    """The copies stay where they are."""
    await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", HOP, now=NOW))
    await stored(database, disposition=Disposition.SPAM, order=Order.QUARANTINE)

    assert await database.write(lambda tx: remove_domain(tx, ACCOUNT, "example.com"))
    assert 1 == await database.read(
        lambda tx: tx.value("SELECT count(*) FROM delivery WHERE state = 'quarantined'")
    )


async def test_mail_is_counted_with_its_decision(database):
    """Once a message and domain; not while it is put off, not for domains of nobody or of others."""
    await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", HOP, now=NOW))
    await database.write(lambda tx: add_domain(tx, OTHER_ACCOUNT, "example.org", HOP, now=NOW))
    for order in (Order.DELIVER, Order.REJECT, Order.DEFER):
        await stored(database, disposition=Disposition.NONE, order=order)
    everywhere = envelope("a@example.com", "b@EXAMPLE.com", "c@example.org", "d")
    at = datetime.now(UTC)
    await database.write(lambda tx: count_message(tx, everywhere, at=at))
    numbers = [domain.id for domain in await database.read(list_domains)]
    counted = await database.read(
        lambda tx: tx.rows("SELECT domain, sum(messages) FROM domain_traffic GROUP BY domain")
    )

    assert [(min(numbers), 3)] == [(domain, int(count)) for domain, count in counted]


async def test_figures_of_two_periods(database):
    """Up to now, and before that; days that no figure needs are forgotten."""
    domain = await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", HOP, now=NOW))
    sent = envelope("x@example.com")
    for days in (0, PERIOD_DAYS - 1, PERIOD_DAYS, 2 * PERIOD_DAYS - 1, 2 * PERIOD_DAYS, KEEP_DAYS + 1):
        await database.write(lambda tx, days=days: count_message(tx, sent, at=NOW - days * DAY))

    async def figures(account):
        return await database.read(lambda tx: get_traffic(tx, account, [domain.id, 99], now=NOW))

    assert {domain.id: Traffic(2, 2)} == await figures(ACCOUNT)
    assert {} == await figures(OTHER_ACCOUNT)
    assert {} == await database.read(lambda tx: get_traffic(tx, ACCOUNT, [], now=NOW))

    await database.write(lambda tx: forget_old(tx, now=NOW))
    assert 5 == await database.read(lambda tx: tx.value("SELECT count(*) FROM domain_traffic"))
    await database.write(lambda tx: remove_domain(tx, ACCOUNT, "example.com"))
    assert 0 == await database.read(lambda tx: tx.value("SELECT count(*) FROM domain_traffic"))


async def test_checks_come_when_it_is_time(database):
    """A new domain is due at once; then when the last check says, or never again."""
    domain = await database.write(lambda tx: insert_domain(tx, draft()))
    due = [[d.name for d in await database.read(lambda tx: due_domains(tx, now=NOW, limit=9))]]
    for after in (timedelta(minutes=1), None):
        found = Checked("PENDING", "good", None, NOW + after if after else None)
        await database.write(lambda tx, f=found: note_check(tx, ACCOUNT, domain.id, f, now=NOW))
        for at in (NOW, NOW + timedelta(minutes=1)):
            found = await database.read(lambda tx, at=at: due_domains(tx, now=at, limit=9))
            due.append([each.name for each in found])

    assert [["example.com"], [], ["example.com"], [], []] == due


async def test_what_a_check_finds_is_kept(database):
    """SPF and DMARC keep what is known when the DNS is silent; a proven domain stays proven."""
    domain = await database.write(lambda tx: insert_domain(tx, draft()))
    states = []
    for status, spf, dmarc in (
        ("FAILED", "good", "none"),
        ("PENDING", None, None),
        ("ACTIVE", "neutral", "good"),
        ("PENDING", None, None),
    ):
        at, found = NOW + timedelta(minutes=len(states)), Checked(status, spf, dmarc, None)
        noted = await database.write(
            lambda tx, found=found, at=at: note_check(tx, ACCOUNT, domain.id, found, now=at)
        )
        states.append((noted.status, noted.spf_status, noted.dmarc_status, noted.authorised_at))

    proven = NOW + timedelta(minutes=2)
    assert [
        ("FAILED", "good", "none", None),
        ("PENDING", "good", "none", None),
        ("ACTIVE", "neutral", "good", proven),
        ("ACTIVE", "neutral", "good", proven),
    ] == states
    assert NOW + timedelta(minutes=3) == noted.last_checked_at
    unknown = Checked("ACTIVE", None, None, None)
    assert await database.write(lambda tx: note_check(tx, OTHER_ACCOUNT, domain.id, unknown, now=NOW)) is None


async def test_domains_of_an_older_store_are_active(url, monkeypatch):
    """They keep their mail flowing: allowed everything, vouched for, and with a challenge of their own."""
    if url.startswith("postgres"):
        connection = await asyncpg.connect(url)
        await connection.execute("DROP SCHEMA public CASCADE")
        await connection.execute("CREATE SCHEMA public")
        await connection.close()
    known = migrate.migrations()
    monkeypatch.setattr(migrate, "migrations", lambda: known[:4])
    old = await open_database(url)
    await old.write(lambda tx: add_account(tx, "one", now=NOW, id=ACCOUNT))
    for name in ("a.example", "b.example"):
        await old.write(
            lambda tx, name=name: tx.execute(
                "INSERT INTO domain (account, name, next_hop, policy, created_at) VALUES (?, ?, ?, ?, ?)",
                ACCOUNT, name, codec.encode(HOP), codec.encode(DomainPolicy()), micros(NOW),
            )
        )  # fmt: skip
    await old.close()
    monkeypatch.setattr(migrate, "migrations", lambda: known)
    new = await open_database(url)
    first, second = await new.read(list_domains)
    await new.close()

    assert (
        Domain(first.id, ACCOUNT, "a.example", HOP, NOW, authorised_at=NOW, challenge=first.challenge)
        == first
    )
    assert {32} == {len(first.challenge), len(second.challenge)}
    assert first.challenge != second.challenge
