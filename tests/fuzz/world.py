"""The world of a fuzzed letter: envelope, DNS and history, written behind the message.

An input is a message, and after a line that is MARK, if there is one, lines that say what the world answers:

    from ann@firm.test             the return path; also helo, client, name, to, mode, tls
    lookback 1                     trusted hops between us and the client
    history 30 4 3 2 1             what our records knew: days, messages, days of the sender, judged, proven
    file yara name                 what others know of the first file
    test._domainkey.firm.test TXT v=DKIM1; p=...    the answer to one question, records divided by tabs
    TXT v=spf1 include:a.test -all    the next answer to a question of this type that no line names
    MX !temperror                  instead of records: !nodata, !nxdomain, !temperror

Lines without a name are used in turn, over and over, so that a domain can include itself for ever.
What the resolver could never give is not given: an A record is an address, a text is Latin-1.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from itertools import cycle
from typing import get_args

from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.facts import Answer, History, Question, RecordType, Seen, Status
from lazaretto.resolve.dns import MAX_RECORDS, MAX_TEXT, is_possible
from tests.helpers.letters import NOW, RECIPIENT

MARK = b"\n=== the world ===\n"
MAX_LINES = 200
MAX_WORD = 320
"""Characters of a word of the envelope: what the gateway lets in."""

MAX_COUNT = 1_000_000

_TYPES = frozenset(get_args(RecordType))
_STATUS = {"!nodata": Status.NODATA, "!nxdomain": Status.NXDOMAIN, "!temperror": Status.TEMPERROR}
_SOURCES = frozenset({"hash_list", "yara", "clamav"})
_MODES = {mode.value: mode for mode in Mode}


@dataclass(frozen=True)
class World:
    """What the lines say."""

    envelope: Envelope
    answers: "Answers | None"  # None: the scan is made offline
    history: History | None = None
    lookback: int = 0
    known: tuple[str, ...] = ()  # source and name of what others know of the first file


def divide(data: bytes) -> tuple[bytes, bytes | None]:
    """The message, and the lines of its world; None where it has none."""
    message, mark, lines = data.rpartition(MARK)
    return (message, lines) if mark else (data, None)


def read_world(lines: bytes | None) -> World:
    """The world that the lines describe; without lines nobody answers."""
    said: dict[str, str] = {}
    known: list[str] = []
    answers = Answers()
    for line in (lines or b"").decode("latin-1").split("\n")[:MAX_LINES]:
        first, _, rest = line.partition(" ")
        second, _, value = rest.partition(" ")
        if first in _TYPES:
            answers.unnamed.setdefault(first, []).append(rest)
        elif second in _TYPES:
            answers.named[first, second] = value
        elif first == "file" and second in _SOURCES:
            known.append(rest)
        elif first:
            said.setdefault(first, rest)
    return World(
        _envelope(said),
        None if lines is None else answers,
        _history(said.get("history")),
        _number(said.get("lookback", "")) % 10,
        tuple(known),
    )


class Answers:
    """Stands where the resolver stands."""

    def __init__(self) -> None:
        self.named: dict[tuple[str, str], str] = {}
        self.unnamed: dict[str, list[str]] = {}
        self._turns: dict[str, cycle[str]] = {}

    async def ask(self, question: Question) -> Answer:
        """As `lazaretto.resolve.dns.Resolver`."""
        if not is_possible(question.name):
            return Answer(question, Status.NXDOMAIN)
        written = self.named.get((question.name, question.type))
        if written is None:
            turn = self._turns.setdefault(
                question.type, cycle(self.unnamed.get(question.type, ["!nxdomain"]))
            )
            written = next(turn)
        if written in _STATUS:
            return Answer(question, _STATUS[written])
        kept = tuple(_records(question.type, written))
        return Answer(question, Status.OK, kept, ttl=300) if kept else Answer(question, Status.NODATA)


def _records(kind: str, written: str) -> list[str]:
    """What the resolver makes of such records."""
    found = []
    for record in written.split("\t")[:MAX_RECORDS]:
        if kind == "TXT":
            found.append(record[:MAX_TEXT])
        elif kind in {"A", "AAAA"}:
            address = _address(record)
            if address and (":" in address) == (kind == "AAAA"):
                found.append(address)
        elif record.isascii() and record.isprintable():
            name = record.lower().removesuffix(".")
            number, _, host = name.partition(" ")
            found.append(name if kind != "MX" else f"{_number(number) % 65_536} {host}")
    return found


def _envelope(said: dict[str, str]) -> Envelope:
    """From the Internet to one recipient, where nothing else is said."""
    said = {name: _word(text) for name, text in said.items()}
    people = [said[name] for name in ("to", "too") if said.get(name)]
    return Envelope(
        account="0" * 32,
        queue_id="4Njp3P0STMz2c02Q",
        mode=_MODES.get(said.get("mode", ""), Mode.DIRECT),
        mail_from=said.get("from", "ann@firm.test"),
        recipients=tuple(Recipient(person) for person in people or [RECIPIENT]),
        received_at=NOW,
        client_ip=_address(said.get("client", "198.51.100.7")),
        client_name=said.get("name"),
        helo=said.get("helo", "mx.firm.test"),
        tls=said.get("tls"),
        smtputf8="smtputf8" in said,
    )


def _word(text: str) -> str:
    """What can come over SMTP: UTF-8, printable."""
    readable = text.encode("latin-1").decode("utf-8", "replace")
    return "".join(c for c in readable[:MAX_WORD] if c.isprintable())


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _history(text: str | None) -> History | None:
    if text is None:
        return None
    days, messages, since, judged, proven, *_ = [*map(_number, text.split(" ")), 0, 0, 0, 0, 0]
    seen = Seen(messages, since, judged, proven)
    return History(days, seen, seen, recipient=bool(days % 2), thread=(None, True, False)[days % 3])


def _number(text: str) -> int:
    return min(int(text), MAX_COUNT) if text.isascii() and text.isdigit() and len(text) < 10 else 0
