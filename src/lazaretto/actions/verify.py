"""Proving domains by DNS: the TXT record of those that wait for it, SPF and DMARC of all.

A new domain is looked up after waits that grow with its age, until `patience` is over: TIMEOUT. A domain that
is proven stays so; only what is said of its SPF and DMARC records is kept fresh. Somebody who asks for the
state of a domain gets a look at once, but not more than one in FRESH.
Limits: BATCH domains are looked up at one time, and each look ends after LOOK_SECONDS.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from lazaretto.mail.challenge import dmarc_status, find_proof, record_name, spf_status
from lazaretto.mail.domains import organisational_domain
from lazaretto.mail.questions import question
from lazaretto.model.account import DmarcStatus, Domain, DomainStatus
from lazaretto.model.facts import Answer, Status
from lazaretto.resolve.dns import Resolver
from lazaretto.store.database import Database
from lazaretto.store.domain_checks import Checked, due_domains, note_check
from lazaretto.store.domain_traffic import forget_old
from lazaretto.store.domains import get_domain

POLL_SECONDS = 5.0
"""Between two looks for domains whose time has come."""

BATCH = 50
"""Domains that are looked up at one time: 200 questions on the way."""

LOOK_SECONDS = 8.0
"""For the questions of one domain: whoever has asked for its state waits as long."""

FRESH = timedelta(seconds=1)
"""So old may be what somebody is told who asks for the state."""

SHORTEST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
AGE_PART = 4
"""The wait before the next look is this part of the domain's age: an hour old, a quarter of an hour."""

REFRESH = timedelta(days=1)
"""How old the state of SPF and DMARC may be."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Found:
    """What the DNS says of one domain; None where it gave no answer."""

    status: DomainStatus | None
    spf: tuple[str, ...] | None
    dmarc: DmarcStatus | None


class Verifier:
    """The role. Without a resolver nobody is asked: domains stay as they are until the operator vouches.

    Every round has a resolver of its own, because c-ares remembers answers that are not true any more.
    """

    def __init__(
        self,
        database: Database,
        resolver: Callable[[], Resolver] | None,
        *,
        patience: timedelta = timedelta(days=7),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._resolver = resolver
        self._patience = patience
        self._clock = clock

    async def run(self) -> None:
        """Look up what is due, until cancelled."""
        forget_at = self._clock()
        while True:
            try:
                await self.check_due()
                if self._clock() >= forget_at:
                    await self._database.write(lambda tx: forget_old(tx, now=self._clock()))
                    forget_at = self._clock() + LONGEST_WAIT
            except Exception:  # the store is ill; the next round may succeed
                log.exception("domains could not be looked up")
            await asyncio.sleep(POLL_SECONDS)

    async def check_due(self) -> int:
        """One round: how many domains were looked up."""
        if self._resolver is None:
            return 0
        now = self._clock()
        domains = await self._database.read(lambda tx: due_domains(tx, now=now, limit=BATCH))
        if domains:
            async with self._resolver() as resolver, asyncio.TaskGroup() as group:
                for domain in domains:
                    group.create_task(self._check(resolver, domain))
        return len(domains)

    async def verify(self, account: str, number: int) -> Domain | None:
        """The domain as it is now; looked up unless that was just done or it is proven. None if unknown."""
        domain = await self._database.read(lambda tx: get_domain(tx, account, number))
        if domain is None or domain.status == "ACTIVE" or self._resolver is None:
            return domain
        if domain.last_checked_at is not None and self._clock() - domain.last_checked_at < FRESH:
            return domain
        async with self._resolver() as resolver:
            return await self._check(resolver, domain)

    async def _check(self, resolver: Resolver, domain: Domain) -> Domain | None:
        checked = self._judge(domain, await look(resolver, domain))
        now = self._clock()
        after = await self._database.write(
            lambda tx: note_check(tx, domain.account, domain.id, checked, now=now)
        )
        if after is not None and after.status != domain.status:
            log.info("domain checked", domain=domain.name, status=after.status)
        return after

    def _judge(self, domain: Domain, found: Found) -> Checked:
        now = self._clock()
        age = now - domain.created_at
        status = found.status or domain.status
        wait: timedelta | None = min(max(age / AGE_PART, SHORTEST_WAIT), LONGEST_WAIT)
        if status == "ACTIVE" or domain.status == "ACTIVE":
            wait = REFRESH
        elif age > self._patience:
            status, wait = "TIMEOUT", None
        return Checked(
            status=status,
            spf_status=None if found.spf is None else spf_status(found.spf),
            dmarc_status=found.dmarc,
            next_check_at=now + wait if wait else None,
        )


async def look(resolver: Resolver, domain: Domain) -> Found:
    """Ask for the three records of a domain; whatever does not answer in time is not known."""
    parent = organisational_domain(domain.name)
    names = (record_name(domain.name), domain.name, f"_dmarc.{domain.name}", f"_dmarc.{parent}")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_texts(resolver, name)) for name in names]
    proof, spf, own, parents = (task.result() for task in tasks)
    dmarc: DmarcStatus | None = None
    if own is not None and parents is not None:
        dmarc = dmarc_status(own) if dmarc_status(own) != "none" else dmarc_status(parents)
    return Found(_status(proof, domain.challenge), spf, dmarc)


def _status(texts: tuple[str, ...] | None, challenge: str) -> DomainStatus | None:
    if texts is None:
        return None
    match find_proof(texts, challenge):
        case "found":
            return "ACTIVE"
        case "other":
            return "FAILED"
        case "absent":
            return "PENDING"


async def _texts(resolver: Resolver, name: str) -> tuple[str, ...] | None:
    """The TXT records of a name; None when there was no answer."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            answer: Answer = await resolver.ask(question(name, "TXT"))
    except TimeoutError:
        return None
    return None if answer.status is Status.TEMPERROR else answer.records
