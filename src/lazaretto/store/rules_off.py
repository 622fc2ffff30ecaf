"""The rules that an account switched off.

Rules. A change makes a new version of the account's lists, so that scanners have it with the next message.
Limits: MAX_OFF rules of one account.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lazaretto.model.errors import Invalid
from lazaretto.store.list_head import lock_head, write_head
from lazaretto.store.times import micros, moment
from lazaretto.store.transaction import Transaction

BAD_RANGE = 1004

MAX_OFF = 1_000
"""Who does not want to hear more rules than this wants another ruleset."""

MAX_RULE = 100
"""Characters of the id of a rule."""


@dataclass(frozen=True, slots=True)
class RuleOff:
    """One of them."""

    rule: str
    at: datetime
    actor: str


async def list_rules_off(tx: Transaction, account: str) -> tuple[RuleOff, ...]:
    """All of them, by id."""
    rows: list[Any] = await tx.rows(
        "SELECT rule, at, actor FROM rule_off WHERE account = ? ORDER BY rule", account
    )
    return tuple(RuleOff(rule, moment(at), actor) for rule, at, actor in rows)


async def switch_rule(
    tx: Transaction, account: str, rule: str, *, enabled: bool, actor: str, now: datetime
) -> bool:
    """Switch a rule of an account on or off; whether that changed anything. Raises Invalid."""
    head = await lock_head(tx, account)
    if enabled:
        changed: Any = await tx.row(
            "DELETE FROM rule_off WHERE account = ? AND rule = ? RETURNING rule", account, rule
        )
    else:
        count: Any = await tx.value("SELECT count(*) FROM rule_off WHERE account = ?", account)
        if int(count) >= MAX_OFF:
            raise Invalid(BAD_RANGE, f"at most {MAX_OFF} rules of an account can be switched off", pointer="")
        changed = await tx.row(
            "INSERT INTO rule_off (account, rule, at, actor) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (account, rule) DO NOTHING RETURNING rule",
            account,
            rule[:MAX_RULE],
            micros(now),
            actor,
        )
    if changed is None:
        return False
    await write_head(tx, account, head, now)
    return True
