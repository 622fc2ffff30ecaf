"""The audit log: whatever is done to its rows is found, and nobody gets a second chain."""

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from lazaretto.model.audit import BEGINNING, Deed, Head, Stage, canonical, digest
from lazaretto.store import audit
from lazaretto.store.accounts import add_account, remove_account
from lazaretto.store.audit import (
    AuditFilter,
    add_audit,
    audited_accounts,
    count_audit,
    get_head,
    list_audit,
    read_audit,
    verify_audit,
)
from lazaretto.store.audit_writer import MAX_BATCH, AuditWriter
from lazaretto.store.database import open_database
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT

ALL = AuditFilter()
COUNT = 7
COLUMNS = {
    "at": "at + 1",
    "actor": "'somebody else'",
    "token": "'x'",
    "client": "'203.0.113.9'",
    "operation": "'GET /'",
    "target": "'{}'",
    "parameters": "'{\"a\": 1}'",
    "stage": "'ended'",
    "begun": "3",
    "status": "404",
    "request": "NULL",
    "previous": "hash",
    "hash": "previous",
}


def deed(number, **changes):
    fields = {
        "actor": "ann@example.com",
        "operation": "POST /release",
        "stage": Stage.ASKED,
        "target": {"investigate_id": f"4Njp-{number}"},
        "parameters": {"body": {"ids": ["a", "ü\ud800"], "count": 2}},
        "token": "t" * 32,
        "client": "192.0.2.7",
        "request": "r-1",
    }
    return Deed(**(fields | changes))


async def written(database, count=COUNT, account=ACCOUNT):
    for number in range(count):
        at = NOW + timedelta(seconds=number)
        await database.write(lambda tx, number=number, at=at: add_audit(tx, account, (deed(number),), at))


async def entries(database, account=ACCOUNT):
    return await database.read(lambda tx: read_audit(tx, account, ALL))


async def broken(database, *statements, anchors=()):
    """The first broken sequence after somebody who owns the database was at work."""

    async def tamper(tx):
        drop = "DROP TRIGGER {}" + (" ON {}" if tx.dialect == "postgres" else "")
        names = (
            ("audit_change audit", "audit_head_update audit_head", "audit_head_delete audit_head")
            if tx.dialect == "postgres"
            else ("audit_update", "audit_delete", "audit_insert", "audit_head_update", "audit_head_delete")
        )
        for name in names:
            await tx.execute(drop.format(*name.split()))
        for statement in statements:
            await tx.execute(statement)

    await database.write(tamper)
    found = await verify_audit(database, ACCOUNT, anchors=anchors)
    return found.damage.sequence if found.damage else None


async def test_a_chain_is_whole(database):
    """Each entry follows the one before it; what was written comes back; accounts have their own chains."""
    await written(database)
    await written(database, 2, OTHER_ACCOUNT)
    found = await entries(database)
    verified = await verify_audit(database, ACCOUNT)

    assert [*range(1, COUNT + 1)] == [entry.sequence for entry in found]
    assert [BEGINNING, *(entry.hash for entry in found[:-1])] == [entry.previous for entry in found]
    assert deed(3) == found[3].deed
    assert (None, Head(COUNT, found[-1].hash)) == (verified.damage, verified.head)
    assert 2 == len(await entries(database, OTHER_ACCOUNT))
    assert (ACCOUNT, OTHER_ACCOUNT) == await database.read(audited_accounts)


async def test_an_empty_chain_is_whole(database):
    """Nothing was done yet."""
    found = await verify_audit(database, ACCOUNT)

    assert (None, Head()) == (found.damage, found.head)


@pytest.mark.parametrize("row", [1, 4, COUNT])
@pytest.mark.parametrize("column", COLUMNS)
async def test_a_changed_column_is_found(database, column, row):
    """Any of them, in the first, a middle and the last entry."""
    await written(database)

    assert row == await broken(
        database,
        f"UPDATE audit SET {column} = {COLUMNS[column]} WHERE account = '{ACCOUNT}' AND sequence = {row}",
    )


@pytest.mark.parametrize("row", [1, 4])
async def test_a_removed_entry_is_found(database, row):
    """At its place."""
    await written(database)

    assert row == await broken(database, f"DELETE FROM audit WHERE sequence = {row}")


async def test_a_removed_entry_is_found_when_the_others_move_up(database):
    """Numbers are hashed as well."""
    await written(database)

    assert 4 == await broken(
        database,
        "DELETE FROM audit WHERE sequence = 4",
        *(
            f"UPDATE audit SET sequence = {number - 1} WHERE sequence = {number}"
            for number in range(5, COUNT + 1)
        ),
        f"UPDATE audit_head SET sequence = {COUNT - 1}",
    )


@pytest.mark.parametrize("where", [0, -3, COUNT + 1])
async def test_an_inserted_entry_is_found(database, where):
    """Before the first and after the last; the place of another is not free."""
    await written(database)
    copy = audit._COLUMNS.replace("sequence", str(where), 1)

    assert min(max(where, 1), COUNT + 1) == await broken(
        database, f"INSERT INTO audit ({audit._COLUMNS}) SELECT {copy} FROM audit WHERE sequence = 2"
    )


async def test_an_entry_of_another_account_is_found(database):
    """The account is hashed: a chain cannot be exchanged for somebody else's."""
    await written(database, 3)
    await written(database, 3, OTHER_ACCOUNT)

    assert 1 == await broken(
        database,
        f"DELETE FROM audit WHERE account = '{ACCOUNT}'",
        f"UPDATE audit SET account = '{ACCOUNT}' WHERE account = '{OTHER_ACCOUNT}'",
    )


async def test_reordered_entries_are_found(database):
    """Two that change places."""
    await written(database)

    assert 2 == await broken(
        database,
        "UPDATE audit SET sequence = 100 WHERE sequence = 2",
        "UPDATE audit SET sequence = 2 WHERE sequence = 5",
        "UPDATE audit SET sequence = 5 WHERE sequence = 100",
    )


async def test_a_rewritten_entry_is_found_at_the_next(database):
    """With a hash of its own, forged well, it no longer leads to what follows."""
    await written(database)
    found = await entries(database)
    forged = digest(found[3].fields | {"actor": "eve"})

    assert 5 == await broken(
        database, f"UPDATE audit SET actor = 'eve', hash = '{forged}' WHERE sequence = 4"
    )


async def test_a_chain_that_was_cut_is_found(database):
    """The head says how many there were."""
    await written(database)

    assert COUNT - 1 == await broken(database, f"DELETE FROM audit WHERE sequence >= {COUNT - 1}")


async def test_a_missing_head_is_found(database):
    """Entries without one were not written by us."""
    await written(database)

    assert 1 == await broken(database, "DELETE FROM audit_head")


async def test_an_anchor_finds_what_the_database_cannot(database):
    """A cut chain with a head to fit, and one that was forged as a whole, look whole without an anchor."""
    await written(database)
    found = await entries(database)
    anchor = Head(COUNT, found[-1].hash)
    cut = (
        "DELETE FROM audit WHERE sequence > 4",
        f"UPDATE audit_head SET sequence = 4, hash = '{found[3].hash}'",
    )

    assert None is await broken(database, *cut)
    after = [
        await verify_audit(database, ACCOUNT, anchors=anchors)
        for anchors in ((anchor,), (Head(3, "x"),), (Head(4, found[3].hash),))
    ]
    assert [5, 3, None] == [each.damage.sequence if each.damage else None for each in after]


async def test_the_database_refuses_to_change_entries(database):
    """Not by a slip: who owns the database can take the triggers away."""
    await written(database)
    copy = audit._COLUMNS
    replaced = f"INSERT OR REPLACE INTO audit ({copy}) SELECT {copy} FROM audit WHERE sequence = 2"
    statements = ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit", "DELETE FROM audit_head"]
    statements += ["UPDATE audit_head SET sequence = 2", "UPDATE audit_head SET account = 'x'"]
    statements += ["TRUNCATE audit", "TRUNCATE audit_head"] if database.dialect == "postgres" else [replaced]
    refused = []
    for statement in statements:
        with suppress(Exception):
            await database.write(lambda tx, statement=statement: tx.execute(statement))
            refused.append(statement)

    assert [] == refused
    assert None is (await verify_audit(database, ACCOUNT)).damage


async def test_the_log_outlives_its_account(database):
    """An account of the same id goes on in the same chain."""
    await written(database, 2)
    await database.write(lambda tx: remove_account(tx, ACCOUNT))
    await database.write(lambda tx: add_account(tx, "again", now=NOW, id=ACCOUNT))
    await written(database, 1)

    found = await verify_audit(database, ACCOUNT)

    assert (None, 3) == (found.damage, found.head.sequence)


async def test_filters_and_pages(database):
    """Newest first; each filter narrows, and the bounds of time are inclusive and exclusive."""
    await written(database)
    await database.write(
        lambda tx: add_audit(tx, ACCOUNT, (deed(9, actor="bob"), deed(9, operation="GET /raw")), NOW)
    )

    async def shown(limit=100, offset=0, **wanted):
        wish = AuditFilter(**wanted)
        found = await database.read(lambda tx: list_audit(tx, ACCOUNT, wish, limit=limit, offset=offset))
        total = await database.read(lambda tx: count_audit(tx, ACCOUNT, wish))
        return [entry.sequence for entry in found], total

    assert ([9, 8, 7], 9) == await shown(3)
    assert ([1], 9) == await shown(3, 8)
    assert ([8], 1) == await shown(actor="bob")
    assert ([9], 1) == await shown(operation="GET /raw")
    assert ([3, 2], 2) == await shown(start=NOW + timedelta(seconds=1), end=NOW + timedelta(seconds=3))
    assert ([2, 1], 2) == await shown(before=3)
    assert ([], 0) == await shown(actor="\0")


async def test_long_chains_are_read_in_pieces(database, monkeypatch):
    """Damage in a later piece is found, and the head at the very end of one."""
    monkeypatch.setattr(audit, "CHUNK", 3)
    await written(database, 6)
    whole = await verify_audit(database, ACCOUNT)

    assert (None, 6) == (whole.damage, whole.head.sequence)
    assert 5 == await broken(database, "UPDATE audit SET actor = 'eve' WHERE sequence = 5")


async def test_many_at_once_make_one_chain(database, url):
    """Two servers, fifty requests each: no entry is lost, none has the place of another."""
    second = await open_database(url)
    try:
        writers = [AuditWriter(database), AuditWriter(second)]
        given = await asyncio.gather(
            *(writers[number % 2].add(ACCOUNT, deed(number), NOW) for number in range(100))
        )
    finally:
        await second.close()
    found = await entries(database)

    assert [*range(1, 101)] == sorted(given)
    assert None is (await verify_audit(database, ACCOUNT)).damage
    assert sorted(f"4Njp-{number}" for number in range(100)) == sorted(
        entry.deed.target["investigate_id"] for entry in found
    )


async def test_works_that_are_run_together_make_one_chain(database):
    """Without the writer in between, as the command line does it."""
    await asyncio.gather(
        *(
            database.write(lambda tx, number=number: add_audit(tx, ACCOUNT, (deed(number),), NOW))
            for number in range(30)
        )
    )

    assert (None, 30) == (
        (await verify_audit(database, ACCOUNT)).damage,
        (await database.read(lambda tx: get_head(tx, ACCOUNT))).sequence,
    )


async def test_who_waits_for_a_writer_that_fails_is_told(database):
    """All that one of them wrote for get the problem; the next one works."""
    writer = AuditWriter(database)
    bad = deed(1, target={"id": object()})

    told = await asyncio.gather(
        *(writer.add(ACCOUNT, bad if number == 3 else deed(number), NOW) for number in range(5)),
        return_exceptions=True,
    )
    after = await writer.add(ACCOUNT, deed(6), NOW)

    assert all(isinstance(each, int) or "serializable" in str(each) for each in told)
    assert isinstance(told[3], TypeError)
    assert len([each for each in told if isinstance(each, int)]) + 1 == after


async def test_who_gave_up_waiting_holds_nobody_up(database):
    """More of them than one transaction takes; what they asked for is in the log all the same."""
    writer = AuditWriter(database)
    async with writer._locks[ACCOUNT]:
        gone = [
            asyncio.create_task(writer.add(ACCOUNT, deed(number), NOW)) for number in range(MAX_BATCH + 1)
        ]
        await asyncio.sleep(0)  # each stands in line now
        for task in gone:
            task.cancel()
        await asyncio.gather(*gone, return_exceptions=True)

    assert MAX_BATCH + 2 == await writer.add(ACCOUNT, deed(0), NOW)


def test_numbers_and_texts_have_one_form():
    """What anybody's JSON library reads is what was hashed."""
    fields = {"b": [1, True, None], "a": {"ü": "\ud800"}}

    assert '{"a":{"\\u00fc":"\\ud800"},"b":[1,true,null]}' == canonical(fields)
    assert digest(fields) == digest(json.loads(canonical(fields)))


async def test_anybody_can_verify_an_export(database, tmp_path):
    """The few lines of Python on the page find a good export good, and a changed one broken."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "audit.md").read_text("utf-8")
    program = page.split("```python\n", 1)[1].split("```", 1)[0]
    await written(database)
    lines = [canonical(entry.exported) for entry in await entries(database)]
    results = []
    for changed in (
        lines,
        [line.replace("ann@", "eve@") if "4Njp-3" in line else line for line in lines],
        lines[1:],
    ):
        (tmp_path / "audit.jsonl").write_text("\n".join(changed) + "\n")
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        results.append((done.returncode, (done.stdout + done.stderr).split()[0:2]))

    assert [(0, ["7", "entries,"]), (1, ["broken", "at"]), (1, ["broken", "at"])] == results
