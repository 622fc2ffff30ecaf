"""The role that trains by itself after reclassifications, for accounts whose option `learn` says so.

Rules. A row of labels trains once, a while after the last of them. With `on`, what was trained is promoted
when it is not worse on labels it has not seen; with `ask`, it waits for somebody; with `off`, nothing is
trained. Several servers may work on one PostgreSQL store; a lease keeps them apart. Training that breaks is
tried again when the next label comes.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from lazaretto.actions.learn import Shipped, train
from lazaretto.model.audit import Deed
from lazaretto.model.errors import Invalid
from lazaretto.model.learning import Learned
from lazaretto.store.audit import add_audit
from lazaretto.store.examples import claim_training, next_training, training_ended
from lazaretto.store.options import get_options
from lazaretto.store.transaction import Database, Transaction
from lazaretto.store.wording import active_number, promote_learned

POLL_SECONDS = 10.0
"""Labels are written by others, who do not poke."""

WORK_SECONDS = 120.0
"""For one account: a thousand labels take a few seconds."""

LEASE = timedelta(seconds=300)
"""Longer than the work may take."""

ACTOR = "lazaretto:learning"
"""In the audit log and beside what was trained by itself."""

log = structlog.get_logger("lazaretto.learning")


class Learner:
    """The role."""

    def __init__(
        self,
        database: Database,
        shipped: Shipped,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._shipped = shipped
        self._clock = clock

    async def run(self) -> None:
        """Train what is due, until cancelled."""
        while True:
            try:
                await self.work_off()
            except Exception:  # the store is ill; the role must outlive that
                log.exception("training not looked for")
            await asyncio.sleep(await self._quiet_time())

    async def work_off(self) -> int:
        """Train all that is due now. Returns for how many accounts."""
        done = 0
        while await self._work_on_one():
            done += 1
        return done

    async def _work_on_one(self) -> bool:
        now = self._clock()
        account = await self._database.write(lambda tx: claim_training(tx, now=now, lease=LEASE))
        if account is None:
            return False
        await self._contained(account)
        await self._database.write(lambda tx: training_ended(tx, account, lease_until=now + LEASE))
        return True

    async def _contained(self, account: str) -> None:
        """One account must not stop the others."""
        try:
            async with asyncio.timeout(WORK_SECONDS):
                await self._train(account)
        except Invalid as refusal:
            log.info("not trained", account=account, reason=refusal.public)
        except Exception:
            log.exception("training failed", account=account)

    async def _train(self, account: str) -> None:
        options = await self._database.read(lambda tx: get_options(tx, account))
        if options.learn == "off":
            return
        now = self._clock()
        learned = await train(self._database, account, self._shipped, by=ACTOR, now=now)
        if options.learn == "on" and not learned.evaluation.worse:
            await self._database.write(lambda tx: _promote(tx, account, learned, now))

    async def _quiet_time(self) -> float:
        try:
            due = await self._database.read(next_training)
        except Exception:
            log.exception("training not looked for")
            return POLL_SECONDS
        if due is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(0.1, (due - self._clock()).total_seconds()))


async def _promote(tx: Transaction, account: str, learned: Learned, now: datetime) -> None:
    """If somebody has not switched it off meanwhile."""
    if (await get_options(tx, account)).learn != "on" or await active_number(tx, account) == learned.id:
        return
    await promote_learned(tx, account, learned.id, by=ACTOR, now=now)
    deed = Deed(ACTOR, "classifier promote", parameters={"id": learned.id}, status=0)
    await add_audit(tx, account, (deed,), now)
