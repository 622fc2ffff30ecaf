"""Carry copies from folder to folder: in parallel, with a limit for each mailbox and one for all together.

Rules. All copies of a batch are found before the first one is moved, and the caller hears where they lie:
what is written down then outlives a crash in the middle. A copy that lies there already is left alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import structlog

from lazaretto.mailbox.mailbox import Landing, Mailbox, Mailboxes, Outcome, Place, Sighting, Sought
from lazaretto.model.job import MoveStatus

PER_MAILBOX = 4
"""Calls at one time to one mailbox: servers throttle more."""

AT_ONCE = 32
"""Calls at one time in all."""

CALL_SECONDS = 30.0
"""Time for one call."""

STATUS = {
    Outcome.OK: MoveStatus.OK,
    Outcome.NOT_FOUND: MoveStatus.NOT_FOUND,
    Outcome.TEMPORARY: MoveStatus.FAILED,
    Outcome.REFUSED: MoveStatus.NOT_ALLOWED,
}

log = structlog.get_logger("lazaretto.actions")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Errand:
    """One copy to be moved."""

    record: int
    recipient: str
    sought: Sought
    folder: str


@dataclass(frozen=True, slots=True)
class Carried:
    """How an errand ended."""

    errand: Errand
    status: MoveStatus
    origin: str | None = None  # the folder that it was found in
    detail: str = ""

    @property
    def changed(self) -> bool:
        """The copy lies elsewhere now."""
        return self.status is MoveStatus.OK and self.origin != self.errand.folder


@dataclass(frozen=True, slots=True)
class _Found:
    """An errand half way: the mailbox is known, and the place or the reason why there is none."""

    carried: Carried
    mailbox: Mailbox | None = None
    place: Place | None = None


Before = Callable[[Sequence[Carried]], Awaitable[None]]


class Porter:
    """Shared by everything in the program that moves copies, so that the limits hold."""

    def __init__(
        self,
        mailboxes: Mailboxes,
        *,
        per_mailbox: int = PER_MAILBOX,
        at_once: int = AT_ONCE,
        seconds: float = CALL_SECONDS,
    ) -> None:
        self._mailboxes = mailboxes
        self._per_mailbox = per_mailbox
        self._seconds = seconds
        self._all = asyncio.Semaphore(at_once)
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Semaphore] = WeakValueDictionary()

    async def carry(
        self, account: str, errands: Sequence[Errand], *, before: Before | None = None
    ) -> tuple[Carried, ...]:
        """Do all errands, in the order given. `before` hears what will be moved from where."""
        found = await self._each(self._locate(account, errand) for errand in errands)
        going = [one.carried for one in found if one.place and one.place.folder != one.carried.errand.folder]
        if before is not None and going:
            await before(going)
        return await self._each(self._bring(account, one) for one in found)

    async def _locate(self, account: str, errand: Errand) -> _Found:
        mailbox = await self._mailboxes.find(account, errand.recipient)
        if mailbox is None:
            detail = "no integration reaches this mailbox"
            return _Found(Carried(errand, MoveStatus.NO_INTEGRATION, detail=detail))
        turn = self._turn(account, errand.recipient)
        sighting = await self._call(turn, mailbox.find(errand.sought), Sighting(Outcome.TEMPORARY))
        if sighting.place is None:
            outcome = Outcome.TEMPORARY if sighting.outcome is Outcome.OK else sighting.outcome
            return _Found(Carried(errand, STATUS[outcome], detail=sighting.detail))
        return _Found(Carried(errand, MoveStatus.OK, sighting.place.folder), mailbox, sighting.place)

    async def _bring(self, account: str, found: _Found) -> Carried:
        carried, folder = found.carried, found.carried.errand.folder
        if found.mailbox is None or found.place is None or found.place.folder == folder:
            return carried
        turn = self._turn(account, carried.errand.recipient)
        landing = await self._call(turn, found.mailbox.move(found.place, folder), Landing(Outcome.TEMPORARY))
        return replace(carried, status=STATUS[landing.outcome], detail=landing.detail)

    def _turn(self, account: str, recipient: str) -> asyncio.Semaphore:
        """Kept as long as somebody waits for it: there may be a million mailboxes."""
        key = (account, recipient.lower())
        turn = self._turns.get(key)
        if turn is None:
            self._turns[key] = turn = asyncio.Semaphore(self._per_mailbox)
        return turn

    async def _call(self, turn: asyncio.Semaphore, call: Coroutine[Any, Any, T], failed: T) -> T:
        """One call; what breaks or hangs inside an integration is a temporary failure of this one copy."""
        try:
            async with turn, self._all, asyncio.timeout(self._seconds):
                return await call
        except TimeoutError:
            return replace(failed, detail=f"no answer within {self._seconds:g} seconds")  # type: ignore[type-var]
        except Exception:
            log.exception("mailbox call broke")
            return replace(failed, detail="the integration broke")  # type: ignore[type-var]
        finally:
            call.close()

    async def _each(self, works: Iterable[Coroutine[Any, Any, T]]) -> tuple[T, ...]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
        return tuple(task.result() for task in tasks)
