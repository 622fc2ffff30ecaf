"""Facts: put every question that a message raises, several at a time, and keep the answers.

Within one message a question has one answer, and answers are kept in the order in which the checks would ask
one after the other. So the stored facts give the same authentication when they are replayed.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from lazaretto.mail.authentication.authenticate import Parts, authenticate_offline, conclude, split
from lazaretto.mail.boundary import find_boundary
from lazaretto.mail.questions import Check, unanswered
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Answer, Authentication, Facts, History, Question
from lazaretto.model.message import Message
from lazaretto.resolve.dns import Resolver
from lazaretto.resolve.network import Networks

GATHER_SECONDS = 15.0
"""For all questions of one message together; what has not been answered then is a temporary error.

A sender with slow name servers must not hold a scan beyond its own time limit.
RFC 7208 4.6.4 would have SPF wait for 20 seconds; a server that needs as long will fare the same next time.
"""

MAX_QUESTIONS = 200
"""Of one message: honest ones raise twenty, and a hostile zone must not make us flood others."""

MAX_TEXT = 262_144
"""Characters of all answers of one message, which are stored with it: honest ones have some thousands."""

T = TypeVar("T")


async def gather_facts(
    raw: bytes,
    message: Message,
    envelope: Envelope,
    *,
    resolver: Resolver | None,
    networks: Networks,
    own_domains: Sequence[str],
    at: datetime,
    lookback: int,
    history: History | None = None,
) -> Facts:
    """All that the world says about the message; without a resolver it is not asked."""
    boundary = find_boundary(message, envelope, lookback=lookback)
    answers: tuple[Answer, ...] = ()
    if resolver is None:
        authentication = authenticate_offline(raw, message, boundary, at=at)
    else:
        parts = split(raw, message, boundary, at=at)
        authentication, answers = await _authenticate(parts, _Asker(resolver))
    return Facts(
        at=at,
        boundary=boundary,
        authentication=authentication,
        answers=answers,
        network=networks.lookup(boundary.client_ip) if boundary.client_ip else None,
        own_domains=tuple(own_domains),
        offline=resolver is None,
        history=history,
    )


class _Asker:
    """Puts the questions of one message, each once, until time or room is used up."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._answers: dict[Question, Answer] = {}
        self._deadline = asyncio.get_running_loop().time() + GATHER_SECONDS
        self._asked = 0
        self._text = 0

    async def ask(self, question: Question) -> Answer:
        """The one answer that this question has for this message."""
        if question not in self._answers:
            answer = await self._put(question)
            self._answers.setdefault(question, answer)
        return self._answers[question]

    async def _put(self, question: Question) -> Answer:
        self._asked += 1
        if self._asked > MAX_QUESTIONS or self._text > MAX_TEXT:
            return unanswered(question)
        try:
            async with asyncio.timeout_at(self._deadline):
                answer = await self._resolver.ask(question)
        except TimeoutError:
            return unanswered(question)
        self._text += sum(map(len, answer.records))
        return answer

    async def drive(self, check: Check[T]) -> tuple[T, list[Answer]]:
        """Run a check to its end; its result, and the answers it was given."""
        given: list[Answer] = []
        try:
            question = next(check)
            while True:
                given.append(await self.ask(question))
                question = check.send(given[-1])
        except StopIteration as end:
            result: T = end.value
            return result, given


async def _authenticate(parts: Parts, asker: _Asker) -> tuple[Authentication, tuple[Answer, ...]]:
    async with asyncio.TaskGroup() as group:
        spf = group.create_task(asker.drive(parts.spf))
        helo = group.create_task(asker.drive(parts.helo)) if parts.helo else None
        dkim = [group.create_task(asker.drive(check)) for check in parts.dkim]
        arc = group.create_task(asker.drive(parts.arc))
        author = group.create_task(asker.drive(parts.author))
    authentication, last = await asker.drive(
        conclude(
            spf.result()[0],
            helo.result()[0] if helo else None,
            [task.result()[0] for task in dkim],
            arc.result()[0],
            author.result()[0],
        )
    )
    first = [*spf.result()[1], *(helo.result()[1] if helo else ())]
    signed = [answer for task in dkim for answer in task.result()[1]]
    everything = [*first, *signed, *arc.result()[1], *author.result()[1], *last]
    return authentication, tuple({answer.question: answer for answer in everything}.values())
