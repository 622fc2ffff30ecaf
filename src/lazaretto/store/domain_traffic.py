"""How many messages each domain had, by day and way in.

Rules. A message counts once for each of its recipients' domains, in the transaction that decides it; one
that was put off does not, since it comes again.
Limits: days that are older than KEEP_DAYS are forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lazaretto.mail.domains import domain_of
from lazaretto.model.envelope import Envelope
from lazaretto.store.codec import plain_text
from lazaretto.store.transaction import Transaction

PERIOD_DAYS = 30
"""What the figures are about: these days up to now, and as many before."""

KEEP_DAYS = 2 * PERIOD_DAYS + 1

ACTIVE_DAYS = 7
"""A way in is active when mail came through it in these days."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Messages of a domain in the period up to now, and in the one before."""

    recent: int = 0
    before: int = 0


def day_of(at: datetime) -> int:
    """Days since 1970, UTC."""
    return int(at.astimezone(UTC).timestamp() // 86_400)


async def count_message(tx: Transaction, envelope: Envelope, *, at: datetime) -> None:
    """One more message for the domains of its recipients that are the account's."""
    for name in sorted({domain_of(recipient.address) for recipient in envelope.recipients}):
        await tx.execute(
            "INSERT INTO domain_traffic (account, domain, day, mode, messages)"
            " SELECT account, number, ?, ?, 1 FROM domain WHERE account = ? AND name = ?"
            " ON CONFLICT (account, domain, day, mode) DO UPDATE SET messages = domain_traffic.messages + 1",
            day_of(at),
            envelope.mode.value,
            envelope.account,
            plain_text(name),
        )


async def get_traffic(
    tx: Transaction, account: str, domains: Sequence[int], *, now: datetime
) -> dict[int, Traffic]:
    """The figures of some domains by number; those without mail are left out."""
    if not domains:
        return {}
    start = day_of(now) - PERIOD_DAYS + 1
    rows: list[Any] = await tx.rows(
        "SELECT domain, sum(CASE WHEN day >= ? THEN messages ELSE 0 END), sum(messages) FROM domain_traffic"
        f" WHERE account = ? AND domain IN ({', '.join('?' * len(domains))}) AND day >= ? GROUP BY domain",
        start,
        account,
        *domains,
        start - PERIOD_DAYS,
    )
    return {number: Traffic(int(recent), int(both - recent)) for number, recent, both in rows}


async def forget_old(tx: Transaction, *, now: datetime) -> None:
    """Remove the days that no figure is made from any more."""
    await tx.execute("DELETE FROM domain_traffic WHERE day < ?", day_of(now) - KEEP_DAYS)
