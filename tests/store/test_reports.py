"""Report mail as work: opened with the decision, claimed once, closed once, gone with its record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lazaretto.mail.stamp import Stamp
from lazaretto.model.decision import Decision
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.report import ReportMail, Standing
from lazaretto.store.accounts import remove_account
from lazaretto.store.blobs import BlobRef, Blobs
from lazaretto.store.messages import add_decided, add_received
from lazaretto.store.reports import (
    ClaimedReport,
    claim_reports,
    close_report,
    get_reports,
    next_report_due,
    put_off,
    renew,
    take_over,
)
from lazaretto.store.retention import Ages, expire
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, envelope

LEASE = timedelta(minutes=10)


async def come(database, queue_id="R1", *, reporting=True, account=ACCOUNT):
    """A mail, received and decided; its row number."""
    mode = Mode.REVIEW_SUBMISSION if reporting else Mode.DIRECT
    message = replace(
        envelope(account=account, queue_id=queue_id, mode=mode, reporting=reporting), recipients=()
    )

    async def work(tx):
        received = await add_received(tx, message, BlobRef("a" * 64, 10), at=NOW)
        await add_decided(
            tx,
            received.number,
            account=account,
            facts=None,
            verdict=None,
            summary=None,
            decision=Decision(Disposition.NONE, ()),
            stamp=Stamp(b"", ()),
            at=NOW,
        )
        return received.number

    return await database.write(work)


async def claim(database, now=NOW, limit=10):
    return await database.write(lambda tx: claim_reports(tx, limit=limit, now=now, lease=LEASE))


async def test_only_reports_are_work(database):
    """What goes to ordinary recipients, and what was reported, is nothing to read."""
    number = await come(database)
    await come(database, "R2", reporting=False)

    assert (ClaimedReport(ACCOUNT, number, 1),) == await claim(database)


async def test_a_lease_keeps_others_away(database):
    """Until it ends; then it is another attempt."""
    await come(database)
    (first,) = await claim(database)

    assert () == await claim(database)
    assert NOW + LEASE == await database.read(next_report_due)
    assert (replace(first, attempts=2),) == await claim(database, NOW + LEASE)


async def test_a_lease_is_renewed(database):
    """As long as it is held; a closed report gets no lease again."""
    await come(database)
    (claimed,) = await claim(database)
    await database.write(lambda tx: renew(tx, claimed, until=NOW + 2 * LEASE))

    assert () == await claim(database, NOW + LEASE)
    await database.write(lambda tx: close_report(tx, claimed, standing=None, said=""))
    await database.write(lambda tx: renew(tx, claimed, until=NOW))
    assert None is await database.read(next_report_due)


async def test_the_longest_waiting_first(database):
    """And no more than were asked for."""
    numbers = [await come(database, f"R{n}") for n in range(3)]

    first = await claim(database, limit=2)
    second = await claim(database, limit=2)

    assert numbers == [one.record for one in (*first, *second)]


async def test_closed_once(database):
    """Of two readers the second hears that it was too late; what was read is kept."""
    number = await come(database)
    (claimed,) = await claim(database)

    async def close(tx):
        return await close_report(tx, claimed, standing=Standing.VERIFIED, said="look \0 at this")

    first, second = await database.write(close), await database.write(close)
    known = await database.read(lambda tx: get_reports(tx, ACCOUNT, [number, number + 1]))

    assert (True, False) == (first, second)
    assert {number: ReportMail(number, Standing.VERIFIED, "look \\x00 at this")} == known
    assert None is await database.read(next_report_due)
    assert () == await claim(database, NOW + 9 * LEASE)


async def test_put_off(database):
    """It is due later, without a lease; one that was closed meanwhile stays closed."""
    await come(database)
    (claimed,) = await claim(database)
    later = NOW + timedelta(minutes=1)
    await database.write(lambda tx: put_off(tx, claimed, until=later))

    assert later == await database.read(next_report_due)
    assert () == await claim(database)
    (again,) = await claim(database, later)
    await database.write(lambda tx: close_report(tx, again, standing=None, said=""))
    await database.write(lambda tx: put_off(tx, again, until=later))
    assert () == await claim(database, NOW + 9 * LEASE)


async def test_a_new_start_takes_over(database, kind):
    """On SQLite there is one server: leases of the one that died do not hold. On PostgreSQL they do."""
    await come(database)
    await claim(database)
    await database.write(take_over)

    assert (1 if kind == "sqlite" else 0) == len(await claim(database))


async def test_accounts_are_apart(database):
    """What one account reads of its reports holds nothing of another; with an account its reports go."""
    number = await come(database, account=OTHER_ACCOUNT)

    assert {} == await database.read(lambda tx: get_reports(tx, ACCOUNT, [number]))
    await database.write(lambda tx: remove_account(tx, OTHER_ACCOUNT))
    assert () == await claim(database)


async def test_a_report_goes_with_its_record(database, tmp_path):
    """Retention leaves nothing to be read of a mail that is gone."""
    number = await come(database)
    ages = Ages(records=timedelta(days=1))
    await expire(database, Blobs(tmp_path), ages=ages, now=NOW + timedelta(days=2))

    assert () == await claim(database)
    assert {} == await database.read(lambda tx: get_reports(tx, ACCOUNT, [number]))


@pytest.mark.parametrize("numbers", [[], list(range(1, 1_001))])
async def test_any_number_is_looked_up(database, numbers):
    """None, and as many as a page has."""
    assert {} == await database.read(lambda tx: get_reports(tx, ACCOUNT, numbers))
