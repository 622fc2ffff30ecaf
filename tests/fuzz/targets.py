"""What is fuzzed: a letter from its bytes to what the API says of it, and a file from its bytes to its links.

A target takes bytes and returns nothing. It raises whatever the code under it raises, and Broken where a check
broke, a result cannot be stored or sent, or a promise of the model does not hold.
`watched` runs a target under the limits: SECONDS of processor time, MEMORY bytes more than before.

Nothing here needs atheris: the kept corpus runs through the same functions in the tests.
"""

import asyncio
import base64
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from time import process_time
from urllib.parse import quote

from lazaretto.api.reply import encode
from lazaretto.api.wire.detections import Explained, detections
from lazaretto.api.wire.message import message as wire_message
from lazaretto.commands.explain_text import Page, page_text
from lazaretto.mail.charset import decode_text
from lazaretto.mail.claims import find_claims
from lazaretto.mail.correspondence import read_correspondence
from lazaretto.mail.defects import DefectList
from lazaretto.mail.html import read_html
from lazaretto.mail.parse import parse
from lazaretto.mail.reported import asked_disposition, read_report
from lazaretto.mail.stamp import joined, make_stamp, release_stamp
from lazaretto.model.decision import Decision
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts, FileMatch
from lazaretto.model.judgement import Judgement
from lazaretto.model.lists import Lists
from lazaretto.model.message import Message
from lazaretto.model.record import Record, RecordState, Summary
from lazaretto.model.verdict import Verdict
from lazaretto.policy.decide import decide
from lazaretto.resolve.facts import gather_facts
from lazaretto.resolve.network import Networks
from lazaretto.scan.checks.learned import hashed_words
from lazaretto.scan.expressions.rules import RULE_FAILED
from lazaretto.scan.judged import Judged, Listed, prepare, scan_listed
from lazaretto.scan.load import load_everything
from lazaretto.scan.ruleset import Ruleset
from lazaretto.scan.scan import CHECK_FAILED, scan
from lazaretto.scan.summary import summarise
from lazaretto.scan.whatif import enough, what_if
from lazaretto.scanner.job import LENGTH, Answered, Examination, decode_answered, frame
from lazaretto.store import codec
from lazaretto.store.likeness import traits
from lazaretto.store.words import document
from tests.fuzz.apart import Apart
from tests.fuzz.runs import image_of
from tests.fuzz.world import World, divide, read_world
from tests.helpers.letters import NOW, OWN
from tests.helpers.listed import (
    DOMAIN,
    EMAIL,
    allow,
    block,
    content,
    ignored,
    person,
    restriction,
    trusted,
)

CORPUS = Path(__file__).parent / "corpus"

SECONDS = 5.0
"""Of processor time for one input of at most MAX_INPUT bytes; documents that are opened apart have their own."""

MEMORY = 512 << 20
"""Bytes that one input may add to what the process holds: a quarter of what a worker has."""

MAX_INPUT = 64 << 10

PASSWORD = "Geheim!42"
"""What the letter around a fuzzed file gives away."""

MAX_NAME = 200
"""Bytes of the name of a fuzzed file."""

Target = Callable[[bytes], None]


class Broken(AssertionError):
    """A promise that did not hold."""


@cache
def _ruleset() -> Ruleset:
    return load_everything()


@cache
def _networks() -> Networks:
    return Networks.load()


@cache
def _listed() -> Listed:
    """An account that uses every list."""
    return prepare(
        Lists(
            1,
            allow=(
                allow("friend@firm.test", EMAIL, accept=True),
                allow("partner.test", DOMAIN, trust=True, verify=True),
            ),
            block=(block(r"[a-z]+@spam\.test", EMAIL, regex=True),),
            trusted=(trusted("firm.test", similar=True),),
            content=(content("(?i)wire +transfer"),),
            people=(person("Mary Miller", "mary.miller@example.net"),),
            restrictions=(restriction("tls.test"),),
            ignored_urls=(ignored("http://harmless.test/*"),),
        )
    )


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def letter(data: bytes) -> None:
    """A message, and the world where the input brings one: parsed, authenticated, judged, explained, encoded."""
    raw, lines = divide(data)
    world = read_world(lines)
    files: list[str] = []
    message = parse(raw, lambda sha256, _: files.append(sha256), Apart())
    _check_message(raw, message)
    facts = _loop().run_until_complete(_facts(raw, message, world))
    facts = replace(facts, files=tuple(_known(world, files[:1])))
    judged = _judged(message, world.envelope, facts)
    _check_verdict(judged.verdict)
    _show(raw, message, world.envelope, facts, judged)
    report = read_report(raw)
    asked_disposition(message.subject, report.feedback, world.envelope.mail_from)
    read_correspondence(raw)


def file(data: bytes) -> None:
    """A file under the name in the first line, in a letter that names a password: opened, judged, listed."""
    name, _, content_ = data.partition(b"\n")
    raw = enclosed(image_of(content_), name[:MAX_NAME])
    message = parse(raw, None, Apart())
    _check_message(raw, message)
    verdict = scan(message, read_world(None).envelope, _offline(), _ruleset())
    _check_verdict(verdict)
    if any(one.detected_type in {"text/html", "image/svg+xml"} for one in message.attachments):
        read_html(decode_text(content_, None)[0], 0, DefectList(), tree=False)


TARGETS: dict[str, Target] = {"letter": letter, "file": file}


def enclosed(data: bytes, name: bytes) -> bytes:
    """The file in a letter."""
    head = (
        "From: Ann <ann@firm.test>\r\nTo: mary.miller@example.net\r\nSubject: a file\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\n\r\nThe password is {PASSWORD}\r\n--b\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{quote(name)}\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(data) + b"\r\n--b--\r\n"


@cache
def _offline() -> Facts:
    world = read_world(None)
    return _loop().run_until_complete(_facts(b"\r\n", parse(b"\r\n"), world))


async def _facts(raw: bytes, message: Message, world: World) -> Facts:
    return await gather_facts(
        raw,
        message,
        world.envelope,
        resolver=world.answers,  # type: ignore[arg-type]  # it asks as the resolver does
        networks=_networks(),
        own_domains=OWN,
        at=NOW + timedelta(seconds=1),
        lookback=world.lookback,
        history=world.history,
    )


def _known(world: World, files: list[str]) -> Iterator[FileMatch]:
    for known in world.known:
        source, _, name = known.partition(" ")
        yield FileMatch(source, name, *files)  # type: ignore[arg-type]  # one of the three


def _judged(message: Message, envelope: Envelope, facts: Facts) -> Judged:
    """With lists where somebody answers, without where nobody does."""
    if facts.offline:
        verdict = scan(message, envelope, facts, _ruleset())
        return Judged(verdict, Judgement(verdict.disposition))
    return scan_listed(message, envelope, facts, _ruleset(), _listed())


def _show(raw: bytes, message: Message, envelope: Envelope, facts: Facts, judged: Judged) -> None:
    """Everything that is made of a result: for the parent process, the store, the next hop and the API."""
    verdict, matches = judged.verdict, judged.judgement.matches
    summary = summarise(message, envelope, facts, verdict, matches=matches)
    decision = decide(verdict, envelope, {}, judgement=judged.judgement)
    claims = find_claims(raw)
    examination = Examination(
        facts, verdict, summary, claims, not raw.isascii(), judged.judgement, hashed_words(message, envelope)
    )
    sent = frame(Answered(ticket=1, examination=examination))
    if decode_answered(sent[LENGTH.size :]).examination != examination:
        raise Broken("what a worker sends is not what arrives")
    for value in (facts, verdict, summary, decision):
        if codec.unpack(codec.pack(value), type(value)) != value:
            raise Broken(f"a stored {type(value).__name__} comes back as another")
    stamp = make_stamp(claims, envelope, facts, verdict, decision, hostname="mx.example.net")
    if len(b"".join(joined(raw, stamp))) != len(stamp.prefix) + len(raw) - stamp.cut_bytes:
        raise Broken("a stamp cuts what is not there")
    if b"\r\n\r\n" in stamp.prefix or not stamp.prefix.endswith(b"\r\n"):
        raise Broken("a stamp is no header")
    release_stamp(stamp, hostname="mx.example.net", queue_id="1", at=NOW)
    document(envelope, summary, disposition=verdict.disposition, name="1-2-3", at=NOW)
    traits(summary)
    _explain(envelope, summary, verdict, decision, size=len(raw))


def _explain(
    envelope: Envelope, summary: Summary, verdict: Verdict, decision: Decision, *, size: int
) -> None:
    found = what_if(verdict, _ruleset(), sender=summary.from_address)
    points = enough(_ruleset())
    page = Page((("Subject", summary.subject),), verdict, found, points, summary.matches)
    page_text(page).encode("utf-8", "backslashreplace")
    record = Record(
        number=1,
        id="4Njp3P0STMz2c02Q-20261120120000-00000001",
        envelope=envelope,
        state=RecordState.DECIDED,
        blob="0" * 64,
        size=size,
        scanned_at=NOW,
        disposition=verdict.disposition,
        summary=summary,
        deliveries=(),
        actions=(),
        is_submission=False,
        bytes_kept=True,
    )
    encode(detections(record, summary, decision, Explained(verdict, found, points)))
    encode(wire_message(record, frozenset(OWN)))


def _check_message(raw: bytes, message: Message) -> None:
    """Offsets lie inside the bytes, parts belong to parts before them, everything belongs to a part."""
    if message.size != len(raw) or not message.parts:
        raise Broken("the message is not whole")
    for part in message.parts:
        for span in (part.header, part.body, *(header.span for header in part.headers)):
            if not 0 <= span.start <= span.end <= len(raw):
                raise Broken(f"{span} of part {part.index} lies outside of the message")
        if part.parent is not None and not 0 <= part.parent < part.index:
            raise Broken(f"part {part.index} belongs to part {part.parent}")
    owners = {
        *(one.part for one in message.texts),
        *(one.part for one in message.html),
        *(one.part for one in message.links),
        *(one.part for one in message.attachments),
    }
    if not owners <= set(range(len(message.parts))):
        raise Broken(f"something belongs to parts that are not there: {owners}")


def _check_verdict(verdict: Verdict) -> None:
    for weighed in verdict.findings:
        finding = weighed.finding
        if finding.rule in {CHECK_FAILED, RULE_FAILED}:
            raise Broken(f"{finding.reason} {finding.field} {finding.value}")


def watched(target: Target, data: bytes) -> float:
    """Run a target; raises what it raises, and Broken when it took more than the limits. The seconds it took."""
    before, started = _fresh_peak(), process_time()
    target(data)
    seconds = process_time() - started
    grown = _peak() - before
    if len(data) <= MAX_INPUT and seconds > SECONDS:
        raise Broken(f"{len(data)} bytes took {seconds:.1f} s of processor time")
    if len(data) <= MAX_INPUT and grown > MEMORY:
        raise Broken(f"{len(data)} bytes took {grown >> 20} MiB of memory")
    return seconds


def _fresh_peak() -> int:
    """What the process holds now; from here on the kernel measures the peak anew."""
    if sys.platform != "linux":
        return 0
    descriptor = os.open("/proc/self/clear_refs", os.O_WRONLY)
    try:
        os.write(descriptor, b"5")  # proc(5)
    finally:
        os.close(descriptor)
    return _peak()


def _peak() -> int:
    """Bytes; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    descriptor = os.open("/proc/self/status", os.O_RDONLY)
    try:
        status = os.read(descriptor, 8_192)
    finally:
        os.close(descriptor)
    return int(status.partition(b"VmHWM:")[2].split(maxsplit=1)[0]) << 10
