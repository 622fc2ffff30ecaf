"""What travels between main process and scan worker: length-prefixed MessagePack frames of typed values."""

import struct
from asyncio import IncompleteReadError, StreamReader
from dataclasses import dataclass
from datetime import datetime

import msgspec

from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts, History
from lazaretto.model.judgement import Judgement
from lazaretto.model.lists import Lists
from lazaretto.model.message import Header
from lazaretto.model.record import Summary
from lazaretto.model.verdict import Verdict
from lazaretto.resolve.files import NOTHING_KNOWN, FileOptions

LENGTH = struct.Struct("!I")
MAX_FRAME = 64 * 1024 * 1024
"""A worker that was taken over by what it read cannot make us allocate more than this."""

MAX_JOB_FRAME = 512 * 1024 * 1024
"""The other way comes from us; the lists of an account at their limits, with long patterns, fit into this."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What a worker is told once, at its start."""

    blobs: str  # folder of the blob store
    dns_servers: tuple[str, ...] = ()  # empty: those of the system
    dns_timeout: float = 3.0  # seconds for one question
    dns_attempts: int = 2
    dns_concurrency: int = 100
    dns_cache: int = 20_000  # answers kept
    offline: bool = False  # ask nothing
    memory: int = 2 * 1024**3  # bytes of address space
    rules: tuple[tuple[str, bytes], ...] = ()  # files laid over the shipped rules
    nice: int = 2  # how far it stands back
    files: FileOptions = NOTHING_KNOWN  # where others' knowledge of files lies


@dataclass(frozen=True, slots=True)
class Job:
    """One message to examine."""

    ticket: int
    blob: str
    envelope: Envelope
    own_domains: tuple[str, ...]
    at: datetime
    lookback: int = 0  # trusted hops between us and the true client
    lists_version: int = 0  # of the account's lists; 0: nothing was ever listed
    lists: Lists | None = None  # the lists themselves, when the worker does not have this version
    history: History | None = None  # what our records knew about the sender
    facts: bytes | None = None  # as the store keeps them: judge by these, and ask the world nothing
    wants_words: bool = False  # give the hashed features of the wording, to learn from


@dataclass(frozen=True, slots=True)
class Examination:
    """All that one look at a message gave."""

    facts: Facts
    verdict: Verdict
    summary: Summary
    headers: tuple[Header, ...]  # those that bear one of our names, for the stamp
    eight_bit: bool  # the bytes are not pure ASCII
    judgement: Judgement  # what the account's lists made of it
    words: bytes = b""  # hashed features of the wording, where the job wants them


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What a message is under given facts, as far as a replay compares it."""

    disposition: Disposition
    score: float
    ruleset: str
    rules: tuple[str, ...]  # that spoke
    reasons: tuple[str, ...]
    judgement: Judgement
    sender: str  # domain of the header from
    subject: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A worker's answer to one job: an examination, or the name of what broke.

    The first that a worker says, under ticket 0, is which ruleset it has, or what is wrong with its files.
    """

    ticket: int
    examination: Examination | None
    error: str = ""
    lacks_lists: bool = False  # the job named lists that the worker does not have
    rejudged: Rejudged | None = None  # instead of an examination, for a job with given facts
    ruleset: str = ""


_encoder = msgspec.msgpack.Encoder()
_options = msgspec.msgpack.Decoder(WorkerOptions)
_job = msgspec.msgpack.Decoder(Job)
_answered = msgspec.msgpack.Decoder(Answered)


def frame(value: WorkerOptions | Job | Answered) -> bytes:
    """One value, ready to send."""
    body = _encoder.encode(value)
    return LENGTH.pack(len(body)) + body


async def read_frame(reader: StreamReader, limit: int = MAX_FRAME) -> bytes | None:
    """The next frame's body; None at the end of the stream or when a frame is over the limit."""
    try:
        (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
        return await reader.readexactly(length) if length <= limit else None
    except (IncompleteReadError, ConnectionError):
        return None


def decode_options(body: bytes) -> WorkerOptions:
    """The first frame that a worker reads."""
    return _options.decode(body)


def decode_job(body: bytes) -> Job:
    """Every later frame that a worker reads."""
    return _job.decode(body)


def decode_answered(body: bytes) -> Answered:
    """Every frame that a worker writes."""
    return _answered.decode(body)
