"""The lists of an account: numbers, versions, duplicates, search and order, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from lazaretto.api.settings.batch import Changed, Changes, apply_batch
from lazaretto.api.settings.block_senders import RESOURCE
from lazaretto.model.account import AccountOptions
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.lists import (
    AllowPolicy,
    BlockedSender,
    ContentPolicy,
    IgnoredUrl,
    Impersonated,
    Lists,
    PatternType,
    SendingRestriction,
    TrustedDomain,
)
from lazaretto.policy.entries import check_entry
from lazaretto.store.accounts import add_account, remove_account
from lazaretto.store.database import open_database
from lazaretto.store.list_edit import begin_edit
from lazaretto.store.list_kinds import (
    ALLOW,
    BLOCK,
    KINDS,
    MAX_COMPARED,
    PEOPLE,
)
from lazaretto.store.lists import (
    ListSearch,
    count_list,
    get_entry,
    lists_version,
    load_lists,
    read_list,
    search_list,
)
from lazaretto.store.options import change_options, get_options, set_options
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT

BASE = {"id": 0, "created_at": NOW, "modified_at": NOW}
LATER = NOW + timedelta(hours=1)


def blocked(pattern="bad.example", **values):
    given = {"pattern_type": PatternType.DOMAIN, "is_regex": False, **BASE, **values}
    return BlockedSender(pattern=pattern, **given)


def allowed(pattern="a@b.example", **values):
    given = {
        "pattern_type": PatternType.EMAIL,
        "is_regex": False,
        "is_trusted_sender": True,
        "is_exempt_recipient": False,
        "is_acceptable_sender": False,
        "verify_sender": True,
        **BASE,
        **values,
    }
    return AllowPolicy(pattern=pattern, **given)


SAMPLES = {
    "allow_policies": allowed(),
    "block_senders": blocked(comments="Grüße"),
    "trusted_domains": TrustedDomain(
        pattern="b.example", is_regex=False, is_recent=True, is_similarity=False, **BASE
    ),
    "content_policies": ContentPolicy(
        name="Pay", pattern="pay", targets=("SUBJECT", "BODY"), enabled=True, notes="n", **BASE
    ),
    "impersonation_registry": Impersonated(
        name="Ann Lee", email="ann@corp.example", is_email_regex=False, directory_id=7, **BASE
    ),
    "sending_domain_restrictions": SendingRestriction(domain="b.example", exclude=("x.b.example",), **BASE),
    "url_ignore_patterns": IgnoredUrl(pattern=r"https://ok\.example/", **BASE),
}


async def change(database, kind, work, *, account=ACCOUNT, now=NOW, **limits):
    async def run(tx):
        edit = await begin_edit(tx, account, kind, now=now, **limits)
        result = await work(edit)
        await edit.end()
        return result

    return await database.write(run)


async def add(database, *entries, kind=BLOCK, account=ACCOUNT, now=NOW, **limits):
    async def work(edit):
        return [await edit.add(check_entry(entry)) for entry in entries]

    return await change(database, kind, work, account=account, now=now, **limits)


async def found(database, wanted, kind=BLOCK, *, offset=0, limit=100, account=ACCOUNT):
    return await database.read(lambda tx: search_list(tx, account, kind, wanted, offset=offset, limit=limit))


async def version(database, account=ACCOUNT):
    return await database.read(lambda tx: lists_version(tx, account))


async def test_nothing_was_ever_listed(database):
    """An account without lists has version 0 and the empty lists."""
    assert 0 == await version(database)
    assert Lists() == await database.read(lambda tx: load_lists(tx, ACCOUNT))


@pytest.mark.parametrize("name", sorted(SAMPLES))
async def test_an_entry_comes_back_as_it_was_written(database, name):
    """Every field of every kind, with number and times given by the store."""
    (added,) = await add(database, SAMPLES[name], kind=KINDS[name], now=LATER)

    assert replace(SAMPLES[name], id=1, created_at=LATER, modified_at=LATER) == added
    assert added == await database.read(lambda tx: get_entry(tx, ACCOUNT, KINDS[name], 1))
    assert (added,) == await database.read(lambda tx: read_list(tx, ACCOUNT, KINDS[name]))


async def test_all_lists_are_loaded(database):
    """What scan and decision get: every list under its name, by number, with the version."""
    for name, entry in SAMPLES.items():
        await add(database, entry, kind=KINDS[name])
    lists = await database.read(lambda tx: load_lists(tx, ACCOUNT))

    assert await version(database) == lists.version
    assert [["a@b.example"], ["bad.example"], ["b.example"], ["Pay"], ["Ann Lee"]] == [
        [entry.pattern for entry in lists.allow],
        [entry.pattern for entry in lists.block],
        [entry.pattern for entry in lists.trusted],
        [entry.name for entry in lists.content],
        [entry.name for entry in lists.people],
    ]
    assert ["b.example"] == [entry.domain for entry in lists.restrictions]
    assert [r"https://ok\.example/"] == [entry.pattern for entry in lists.ignored_urls]
    assert lists.block_wins


async def test_numbers_are_unique_over_all_lists_and_never_given_again(database):
    """One counter an account, also after the last entry was removed."""
    (first,) = await add(database, blocked())
    (second,) = await add(database, allowed(), kind=ALLOW)
    await change(database, ALLOW, lambda edit: edit.remove(second.id))
    (third,) = await add(database, allowed(), kind=ALLOW)
    (other,) = await add(database, blocked(), account=OTHER_ACCOUNT)

    assert (1, 2, 3, 1) == (first.id, second.id, third.id, other.id)


async def test_the_version_grows_with_every_change(database):
    """Adding, replacing and removing; also when the clock stands still or goes back, and not for others."""
    seen = [await version(database)]
    (entry,) = await add(database, blocked())
    seen.append(await version(database))
    await change(database, BLOCK, lambda edit: edit.put(entry.id, check_entry(blocked("c.example"))))
    seen.append(await version(database))
    await change(database, BLOCK, lambda edit: edit.remove(entry.id), now=NOW - timedelta(days=1))
    seen.append(await version(database))

    assert sorted(set(seen)) == seen
    assert 0 == await version(database, OTHER_ACCOUNT)


async def test_what_fails_changes_nothing(database):
    """One bad change in a work: no entry, no number, no version."""
    await add(database, blocked())
    before = await version(database)
    with pytest.raises(Invalid):
        await add(database, blocked("new.example"), blocked("bad.example"))

    assert before == await version(database)
    assert ["bad.example"] == [entry.pattern for entry in await found(database, ListSearch())]
    assert 2 == (await add(database, blocked("d.example")))[0].id


@pytest.mark.parametrize(
    ("name", "twin", "pointer"),
    [
        ("allow_policies", allowed("A@B.EXAMPLE", verify_sender=False), "/pattern"),
        ("block_senders", blocked("BAD.example."), "/pattern"),
        (
            "content_policies",
            replace(SAMPLES["content_policies"], name="X", targets=("BODY", "SUBJECT")),
            "/pattern",
        ),
        ("impersonation_registry", replace(SAMPLES["impersonation_registry"], name="ann  LEE"), "/email"),
        (
            "sending_domain_restrictions",
            replace(SAMPLES["sending_domain_restrictions"], exclude=()),
            "/domain",
        ),
        ("url_ignore_patterns", SAMPLES["url_ignore_patterns"], "/pattern"),
    ],
)
async def test_two_entries_never_mean_the_same(database, name, twin, pointer):
    """A duplicate is refused with the field and the number of the one that is there."""
    await add(database, SAMPLES[name], kind=KINDS[name])
    with pytest.raises(Invalid) as refused:
        await add(database, twin, kind=KINDS[name])

    assert (1301, pointer) == (refused.value.code, refused.value.pointer)
    assert "entry 1" in refused.value.public


async def test_what_only_looks_alike_is_no_duplicate(database):
    """Another type, a regular expression, another list, another account."""
    await add(
        database,
        blocked("b.example"),
        blocked("b.example", is_regex=True),
        blocked("192.0.2.1", pattern_type=PatternType.IP),
    )
    await add(database, allowed("b.example", pattern_type=PatternType.DOMAIN), kind=ALLOW)
    await add(database, blocked("b.example"), account=OTHER_ACCOUNT)

    assert 3 == len(await found(database, ListSearch()))


async def test_put_keeps_number_and_creation(database):
    """A replaced entry keeps who it is; it may keep its pattern, and not take that of another one."""
    first, second = await add(database, blocked("a.example"), blocked("b.example"))
    changed = await change(
        database,
        BLOCK,
        lambda edit: edit.put(first.id, check_entry(blocked("A.example", comments="c"))),
        now=LATER,
    )
    with pytest.raises(Invalid) as refused:
        await change(database, BLOCK, lambda edit: edit.put(second.id, check_entry(blocked("a.example"))))

    assert (first.id, NOW, LATER, "A.example", "c") == (
        changed.id,
        changed.created_at,
        changed.modified_at,
        changed.pattern,
        changed.comments,
    )
    assert 1301 == refused.value.code
    assert (changed,) == await found(database, ListSearch(title="a.EXAMPLE"))


@pytest.mark.parametrize("verb", ["get", "remove"])
async def test_other_accounts_and_other_lists_have_no_such_entry(database, verb):
    """A number is only found in its own list of its own account."""
    (entry,) = await add(database, blocked())
    for kind, account in ((BLOCK, OTHER_ACCOUNT), (ALLOW, ACCOUNT)):
        with pytest.raises(NotFound) as refused:
            await change(database, kind, lambda edit: getattr(edit, verb)(entry.id), account=account)

        assert 1300 == refused.value.code
    assert (entry,) == await found(database, ListSearch())
    assert () == await found(database, ListSearch(), account=OTHER_ACCOUNT)


async def test_a_list_is_full(database):
    """The limit holds inside one work and across works; what is removed makes room."""
    await add(database, blocked("a.example"), blocked("b.example"), most=2)
    with pytest.raises(Invalid) as refused:
        await add(database, blocked("c.example"), most=2)

    async def swap(edit):
        await edit.remove(1)
        return await edit.add(check_entry(blocked("c.example")))

    assert 1004 == refused.value.code
    assert 3 == (await change(database, BLOCK, swap, most=2)).id


async def test_search(database):
    """All words, anywhere in the texts, without regard to case; signs of LIKE are only signs."""
    await add(
        database,
        blocked("a.example", comments="50% off"),
        blocked("b.example", comments="Straße_1"),
        blocked("c.example"),
    )

    async def words(*given):
        return [entry.pattern for entry in await found(database, ListSearch(words=given))]

    assert ["a.example"] == await words("50%")
    assert [] == await words("5%f")
    assert ["b.example"] == await words("STRASSE")
    assert ["b.example"] == await words("e_1", "b.")
    assert [] == await words("e1")
    assert 3 == await database.read(lambda tx: count_list(tx, ACCOUNT, BLOCK, ListSearch(words=("EXAMPLE",))))
    assert [] == await words("!")


async def test_filters(database):
    """The exact title, a word, and flags that are or are not."""
    await add(
        database,
        allowed("a@b.example"),
        allowed("b.example", pattern_type=PatternType.DOMAIN, verify_sender=False),
        kind=ALLOW,
    )

    async def patterns(**wanted):
        return [entry.pattern for entry in await found(database, ListSearch(**wanted), ALLOW)]

    assert ["b.example"] == await patterns(title="B.Example")
    assert [] == await patterns(title="b.exampl")
    assert ["a@b.example"] == await patterns(word="EMAIL")
    assert ["b.example"] == await patterns(flags=(("verify_sender", False), ("is_trusted_sender", True)))
    assert [] == await patterns(flags=(("is_exempt_recipient", True),))


async def test_order_is_the_same_on_both_databases(database):
    """By code points of the folded text, then by number; pages fit together."""
    people = [("Zoe Lu", "a"), ("ann Lu", "c"), ("Émile", "b"), ("Ann Lu", "d"), ("_x_y", "e")]
    entries = [
        replace(SAMPLES["impersonation_registry"], name=name, email=f"{local}@corp.example")
        for name, local in people
    ]
    await add(database, *entries, kind=PEOPLE)

    async def names(order, *, descending=False):
        wanted = ListSearch(order=order, descending=descending)
        pages = [await found(database, wanted, PEOPLE, offset=at, limit=2) for at in (0, 2, 4, 6)]
        return [entry.id for page in pages for entry in page]

    assert [1, 2, 3, 4, 5] == await names("number")
    assert [5, 2, 4, 1, 3] == await names("title")
    assert [3, 1, 4, 2, 5] == await names("title", descending=True)
    assert [1, 3, 2, 4, 5] == await names("second")


async def test_long_titles(database):
    """Order and filter compare the beginning; the entry keeps all of it."""
    pattern = "𐍈" * 1024
    (entry,) = await add(database, blocked(pattern, is_regex=True))

    assert len(pattern) > MAX_COMPARED
    assert (entry,) == await found(database, ListSearch(title=pattern))
    assert pattern == entry.pattern


async def test_options(database):
    """Defaults without a row; only what lists are read with makes a new version."""
    assert AccountOptions() == await database.read(lambda tx: get_options(tx, ACCOUNT))

    reports = AccountOptions(report_addresses=("report@corp.example",), after_reclassify="release_or_move")
    await database.write(lambda tx: set_options(tx, ACCOUNT, reports, now=NOW))

    assert 0 == await version(database)
    assert reports == await database.read(lambda tx: get_options(tx, ACCOUNT))

    changed = await database.write(
        lambda tx: change_options(tx, ACCOUNT, lambda options: replace(options, block_wins=False), now=NOW)
    )

    assert replace(reports, block_wins=False) == changed
    assert 0 < await version(database)
    assert not (await database.read(lambda tx: load_lists(tx, ACCOUNT))).block_wins
    assert AccountOptions() == await database.read(lambda tx: get_options(tx, OTHER_ACCOUNT))


async def test_changes_at_the_same_time(database):
    """Many works at once: every number once, nothing lost, a version for each."""
    await asyncio.gather(*(add(database, blocked(f"n{index}.example")) for index in range(30)))
    await asyncio.gather(
        *(
            database.write(lambda tx: change_options(tx, ACCOUNT, _one_more_report, now=NOW))
            for _ in range(10)
        )
    )
    numbers = [entry.id for entry in await found(database, ListSearch())]

    assert list(range(1, 31)) == numbers
    assert 10 == len((await database.read(lambda tx: get_options(tx, ACCOUNT))).report_addresses)


def _one_more_report(options):
    return replace(options, report_addresses=(*options.report_addresses, "r@corp.example"))


async def test_the_same_entry_at_the_same_time(database):
    """One is added, the others are told of it."""
    results = await asyncio.gather(*(add(database, blocked()) for _ in range(10)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, Invalid)]

    assert 9 == len(refused)
    assert {1301} == {refusal.code for refusal in refused}


async def test_batches_at_the_same_time(database):
    """Batches that remove, patch and add the same entries: each is done whole or not at all."""
    entries = await add(database, *(blocked(f"n{index}.example") for index in range(5)))

    def batch(index):
        number = entries[index % 5].id
        changes = Changes(
            deletes=(number,),
            patches=(),
            puts=((entries[(index + 1) % 5].id, check_entry(blocked(f"put{index}.example"))),),
            posts=(check_entry(blocked(f"a{index}.example")), check_entry(blocked(f"b{index}.example"))),
        )
        return change(database, BLOCK, lambda edit: apply_batch(RESOURCE, edit, changes))

    results = await asyncio.gather(*(batch(index) for index in range(20)), return_exceptions=True)
    done = [result for result in results if isinstance(result, Changed)]
    refused = [result for result in results if isinstance(result, NotFound)]
    left = await found(database, ListSearch())

    assert len(results) == len(done) + len(refused)
    assert 1 <= len(done) <= 5
    assert 5 - len(done) + 2 * len(done) == len(left)
    assert {entry for result in done for entry in result.posts} <= set(left)
    assert {"/deletes/0/id", "/puts/0/id"} >= {refusal.pointer for refusal in refused}


async def test_the_version_is_one_point_read(tmp_path):
    """It is read for every message: SQLite finds it by its key."""
    database = await open_database(f"sqlite://{tmp_path}/store.db")
    plan = await database.read(
        lambda tx: tx.rows("EXPLAIN QUERY PLAN SELECT version FROM list_head WHERE account = ?", ACCOUNT)
    )
    await database.close()

    assert ["SEARCH list_head USING INDEX sqlite_autoindex_list_head_1 (account=?)"] == [
        row[3] for row in plan
    ]


async def test_a_removed_account_leaves_nothing(database):
    """Lists and options go; an account of the same id that comes later repeats no version."""
    await add(database, blocked())
    await database.write(lambda tx: set_options(tx, ACCOUNT, AccountOptions(block_wins=False), now=NOW))
    before = await version(database)
    await database.write(lambda tx: remove_account(tx, ACCOUNT))
    await database.write(lambda tx: add_account(tx, "again", now=LATER, id=ACCOUNT))

    assert Lists() == await database.read(lambda tx: load_lists(tx, ACCOUNT))
    await add(database, blocked(), now=LATER)
    assert before < await version(database)
