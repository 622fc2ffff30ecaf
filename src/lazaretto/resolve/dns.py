"""The DNS client: every question ends in an Answer, and none takes longer than its time limit.

Equal questions that are on the way at the same time are put once.
Answers are kept for their time to live, the bad ones for a short while, in a cache of bounded size.
Limits: no DNSSEC validation of its own and no search domains.
A name that cannot exist is not asked for. SPF macros can make names with "@", "=" or ":", for which c-ares
cannot ask: these are temporary errors.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import aiodns
import pycares

from lazaretto.model.facts import Answer, Question, Status
from lazaretto.telemetry.metrics import dns_questions

MAX_NAME = 253
MAX_LABEL = 63
MAX_RECORDS = 100
"""Records of one answer that are kept: a name may have thousands of addresses."""

MAX_TEXT = 20_000
"""Bytes of one TXT record that are kept: beyond what any check reads."""

MAX_TTL = 3_600
"""Seconds that an answer is kept at most, however long its owner allows."""

NEGATIVE_TTL = 60
"""Seconds for "there is no such name": senders mend their zones and try again."""

FAULT_TTL = 5
"""Seconds for "no answer": a flood of mail must not wait for the same dead server each time."""

CHANNEL_QUESTIONS = 20_000
"""Questions of one c-ares channel: it remembers every answer for up to an hour and cannot be told not to."""

GRACE = 1.0
"""Seconds beyond the tries of c-ares before the question is given up."""

_TYPES = {
    "A": pycares.QUERY_TYPE_A,
    "AAAA": pycares.QUERY_TYPE_AAAA,
    "MX": pycares.QUERY_TYPE_MX,
    "TXT": pycares.QUERY_TYPE_TXT,
    "PTR": pycares.QUERY_TYPE_PTR,
    "CNAME": pycares.QUERY_TYPE_CNAME,
    "NS": pycares.QUERY_TYPE_NS,
}
_STATUS = {
    aiodns.error.ARES_ENODATA: Status.NODATA,
    aiodns.error.ARES_ENOTFOUND: Status.NXDOMAIN,
}


@dataclass(slots=True)
class _Flight:
    """A question on the way. Without an answer at its end, whoever asked was cancelled."""

    done: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Answer | None = None


class _Channel:
    """One c-ares channel with the count of its questions."""

    def __init__(self, servers: Sequence[str], *, timeout: float, attempts: int) -> None:
        self.client = aiodns.DNSResolver(list(servers) or None, timeout=timeout, tries=attempts)
        self.asked = 0
        self.waiting = 0


class Resolver:
    """Asks the given servers ("address" or "address:port"), or those of the system when none is given."""

    def __init__(
        self,
        servers: Sequence[str] = (),
        *,
        timeout: float = 2.0,  # seconds for the first try
        attempts: int = 2,
        concurrency: int = 200,
        cache_size: int = 20_000,
    ) -> None:
        self._servers = tuple(_server(text) for text in servers)
        self._timeout = timeout
        self._attempts = attempts
        self._limit = timeout * (2**attempts - 1) + GRACE  # c-ares doubles its patience with every try
        self._slots = asyncio.Semaphore(concurrency)
        self._cache_size = cache_size
        self._cache: OrderedDict[Question, tuple[float, Answer]] = OrderedDict()
        self._flights: dict[Question, _Flight] = {}
        self._channel: _Channel | None = None
        self._retired: list[_Channel] = []

    async def ask(self, question: Question) -> Answer:
        """The answer; trouble of any kind is TEMPERROR, never an exception."""
        if not is_possible(question.name):
            return Answer(question, Status.NXDOMAIN)
        while True:
            known = self._known(question)
            if known is not None:
                return known
            flight = self._flights.get(question)
            if flight is None:
                return await self._fly(question)
            await flight.done.wait()
            if flight.answer is not None:
                return flight.answer

    async def close(self) -> None:
        """Give up what is on the way and let go of the sockets."""
        channels = [*self._retired, *([self._channel] if self._channel else [])]
        self._channel, self._retired = None, []
        for channel in channels:
            await channel.client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _known(self, question: Question) -> Answer | None:
        entry = self._cache.get(question)
        if entry is None:
            return None
        until, answer = entry
        if until <= asyncio.get_running_loop().time():
            del self._cache[question]
            return None
        self._cache.move_to_end(question)
        return answer

    async def _fly(self, question: Question) -> Answer:
        flight = self._flights[question] = _Flight()
        try:
            async with self._slots:
                answer = await self._put(question)
            flight.answer = answer
            self._keep(answer)
        finally:
            del self._flights[question]
            flight.done.set()
        dns_questions.labels(answer.status).inc()
        return answer

    async def _put(self, question: Question) -> Answer:
        channel = await self._open_channel()
        channel.waiting += 1
        try:
            async with asyncio.timeout(self._limit):
                found = await channel.client.query_dns(question.name, question.type)
        except aiodns.error.DNSError as error:
            return Answer(question, _STATUS.get(error.args[0], Status.TEMPERROR))
        except (TimeoutError, UnicodeError):
            return Answer(question, Status.TEMPERROR)
        finally:
            channel.waiting -= 1
        return _answer(question, found)

    async def _open_channel(self) -> _Channel:
        channel = self._channel
        if channel is not None and channel.asked >= CHANNEL_QUESTIONS:
            self._retired.append(channel)
            channel = None
        if channel is None:
            channel = _Channel(self._servers, timeout=self._timeout, attempts=self._attempts)
            self._channel = channel
            idle = [c for c in self._retired if not c.waiting]
            self._retired = [c for c in self._retired if c.waiting]
            for old in idle:
                await old.client.close()
        channel.asked += 1
        return channel

    def _keep(self, answer: Answer) -> None:
        seconds = _seconds(answer)
        if seconds <= 0 or self._cache_size <= 0:
            return
        self._cache[answer.question] = (asyncio.get_running_loop().time() + seconds, answer)
        self._cache.move_to_end(answer.question)
        while len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)


def is_possible(name: str) -> bool:
    """The DNS can hold the name."""
    if not name or len(name) > MAX_NAME or not name.isascii() or not name.isprintable() or "\\" in name:
        return False
    return all(0 < len(label) <= MAX_LABEL for label in name.split("."))


def _server(text: str) -> str:
    """The address as c-ares reads it; raises ValueError for everything else."""
    host, port = text, "53"
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        port = port.removeprefix(":") or "53"
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    try:
        address = ip_address(host)
        number = int(port)
    except ValueError:
        number = 0
    if not 0 < number < 65_536:
        raise ValueError(f"the resolver {text!r} must be written as address or address:port")
    return f"[{address}]:{number}" if address.version == 6 else f"{address}:{number}"


def _seconds(answer: Answer) -> int:
    match answer.status:
        case Status.OK:
            return min(answer.ttl, MAX_TTL)
        case Status.TEMPERROR:
            return FAULT_TTL
        case _:
            return NEGATIVE_TTL


def _answer(question: Question, found: pycares.DNSResult) -> Answer:
    wanted = _TYPES[question.type]
    records = [r for r in found.answer if r.type == wanted][:MAX_RECORDS]
    if not records:
        return Answer(question, Status.NODATA)
    texts = tuple(_text(r.data) for r in records)
    return Answer(question, Status.OK, texts, ttl=min(r.ttl for r in found.answer))


def _text(data: object) -> str:
    match data:
        case pycares.TXTRecordData():
            text = data.data[:MAX_TEXT].decode("latin-1")
        case pycares.MXRecordData():
            text = f"{data.priority} {_name(data.exchange)}"
        case pycares.PTRRecordData():
            text = _name(data.dname)
        case pycares.CNAMERecordData():
            text = _name(data.cname)
        case pycares.NSRecordData():
            text = _name(data.nsdname)
        case _:  # A and AAAA, the only ones left
            text = str(getattr(data, "addr", ""))
    return text


def _name(text: str) -> str:
    return text.lower().removesuffix(".")
