"""How the text is written: words hidden from filters, shouting, test patterns, payment addresses."""

import binascii
from collections.abc import Iterator

import re2

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.scan.confusables import mixed_scripts
from lazaretto.scan.evidence import passage_finding, quoted
from lazaretto.scan.reading import HEAD, Passage, read
from lazaretto.scan.thread import is_reply

ZERO_WIDTH = "zero_width_words"
MIXED_SCRIPTS = "mixed_script_words"
STYLED = "styled_letters"
TURNED = "text_turned_around"
GAPPY = "gappy_words"
SHOUTING = "subject_shouts"
SUBJECT_SIGNS = "subject_decorated"
SUBJECT_TAIL = "subject_random_tail"
CRYPTO_ADDRESS = "crypto_address"
GTUBE = "gtube"
EICAR = "eicar_text"
THREAD = "thread_reply"

MIN_ZERO_WIDTH = 3
"""Latin letters behind invisible characters before it is called a trick: one may come from a word processor.
Other scripts need joiners inside words."""

MIN_SOFT_HYPHENS = 12
"""Soft hyphens inside words: a newsletter in a language of long words has a few."""

MIN_MIXED = 2
"""Mixed words in a text: one is a typing error on a keyboard with two layouts."""

MAX_MATCHES = 200
"""Matches of one pattern that are looked at."""

MIN_SHOUTED = 10
"""Letters a subject must have before its capitals count."""

_ZERO_WIDTH = re2.compile(r"[\x{200B}-\x{200D}\x{2060}\x{FEFF}\x{034F}\x{180E}\x{2061}-\x{2064}]+[A-Za-z]")
_SOFT_HYPHEN = re2.compile(r"\pL\x{00AD}+\pL")
_CYRILLIC = re2.compile(
    r"[a-zA-Z]+[\x{0400}-\x{04FF}]+[a-zA-Z\x{0400}-\x{04FF}]*|[\x{0400}-\x{04FF}]+[a-zA-Z]+[a-zA-Z\x{0400}-\x{04FF}]*"
)
_TURNED = re2.compile(r"[\x{202D}\x{202E}][^\x{202C}\n]{0,3}[A-Za-z0-9.]{2}")
_STYLED = re2.compile(
    r"[\x{1D400}-\x{1D7FF}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\x{1F130}-\x{1F189}\x{24B6}-\x{24E9}]{3,}"
)
_GAPPY = re2.compile(r"(?:^|\s)(?:[A-Za-z][ ._*-]){4,}[A-Za-z](?:\W|$)")
_SIGNS = re2.compile(
    r"[\x{2600}-\x{27BF}\x{1F300}-\x{1FAFF}\x{FFFD}\x{2B50}\x{23E9}-\x{23FA}]|[!?*$#_]{3,}|\$\$|={3,}"
)
_TAIL = re2.compile(
    r"(?:\s{6,}|\s-\s|\s#|\s\(|\[)\W?(?:[a-zA-Z]*\d[a-zA-Z\d]{5,}|[bcdfghjklmnpqrstvwxz]{5,})\W*$"
)
_CRYPTO = re2.compile(
    r"\b(?:bc1[a-z0-9]{25,59}|[13][a-km-zA-HJ-NP-Z1-9]{25,34}|0x[a-fA-F0-9]{40}|T[1-9A-HJ-NP-Za-km-z]{33})\b"
)
# put together here, so that no scanner takes this file for the test pattern itself
_GTUBE = b"xjs*c4jdbqadn1.nsbn3*2idnen*" + b"gtube-standard-anti-ube-test-email*c.34x"
_EICAR = binascii.unhexlify("58354f2150254041505b345c505a58353428505e2937434329377d24").decode() + "EICAR"


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """The manner of the text."""
    passages = read(message).passages
    for passage in passages:
        yield from _patterns(passage)
        if not passage.text.isascii():
            yield from _letters(passage)
    yield from _subject(message)
    quotes = next((p for p in passages if p.quoted), None)
    if quotes is not None and (message.in_reply_to or message.references or is_reply(message.subject)):
        reason = f"The message answers an earlier one and quotes {quotes.quoted} lines of it."
        yield passage_finding(THREAD, quotes, "", reason)


def _patterns(passage: Passage) -> Iterator[Finding]:
    at = passage.text.lower().find(_GTUBE.decode()) if b"gtube" in passage.data else -1
    if at >= 0:
        span = (at, at + len(_GTUBE))
        yield passage_finding(
            GTUBE,
            passage,
            passage.text[slice(*span)],
            "The text holds the test pattern for spam (GTUBE).",
            span,
        )
    at = passage.text.find(_EICAR)
    if at >= 0:
        span = (at, at + len(_EICAR))
        yield passage_finding(
            EICAR,
            passage,
            passage.text[slice(*span)],
            "The text holds the test pattern for malware (EICAR).",
            span,
        )
    head = passage.text[:HEAD]
    if (match := _CRYPTO.search(head)) is not None:
        reason = f"The text gives an address for crypto money: {quoted(match.group())}."
        yield passage_finding(CRYPTO_ADDRESS, passage, match.group(), reason, match.span())
    if (match := _GAPPY.search(head)) is not None:
        reason = f"Letters are set apart, as a reader joins and a filter does not: {quoted(match.group())}."
        yield passage_finding(GAPPY, passage, match.group().strip(), reason, match.span())


def _letters(passage: Passage) -> Iterator[Finding]:
    text = passage.text
    split = _first_of(_ZERO_WIDTH, text, MIN_ZERO_WIDTH) or _first_of(_SOFT_HYPHEN, text, MIN_SOFT_HYPHENS)
    if split is not None:
        yield passage_finding(
            ZERO_WIDTH, passage, text[slice(*split)], "Words are split by characters that nobody sees.", split
        )
    mixed = [
        m
        for m, _ in zip(_CYRILLIC.finditer(text), range(MAX_MATCHES), strict=False)
        if mixed_scripts(m.group())
    ]
    if len(mixed) >= (1 if passage.field == "subject" else MIN_MIXED):
        reason = f"{len(mixed)} words mix letters of several scripts, first {quoted(mixed[0].group())}."
        yield passage_finding(MIXED_SCRIPTS, passage, mixed[0].group(), reason, mixed[0].span())
    if (match := _TURNED.search(text)) is not None:
        reason = (
            f"A sign turns the direction of writing around, so that {quoted(match.group())} reads otherwise."
        )
        yield passage_finding(TURNED, passage, match.group(), reason, match.span())
    if (match := _STYLED.search(text)) is not None:
        reason = f"Letters are taken from the mathematical or full-width alphabets: {quoted(match.group())}."
        yield passage_finding(STYLED, passage, match.group(), reason, match.span())


def _first_of(pattern: "re2._Regexp", text: str, needed: int) -> tuple[int, int] | None:
    """The first match, where there are so many as needed."""
    found = [m.span() for m, _ in zip(pattern.finditer(text), range(needed), strict=False)]
    return found[0] if len(found) >= needed else None


def _subject(message: Message) -> Iterator[Finding]:
    subject = message.subject[:1000]
    passage = read(message).passages[0]
    letters = [c for c in subject if c.isalpha()]
    if len(letters) >= MIN_SHOUTED and sum(c.isupper() for c in letters) >= 0.8 * len(letters):
        yield passage_finding(SHOUTING, passage, subject, "The subject is written in capitals.")
    if (match := _SIGNS.search(subject)) is not None:
        yield passage_finding(
            SUBJECT_SIGNS,
            passage,
            subject,
            f"The subject is decorated with signs: {quoted(match.group())}.",
            match.span(),
        )
    if (match := _TAIL.search(subject)) is not None:
        reason = f"The subject ends in a random string, different in every copy: {quoted(match.group())}."
        yield passage_finding(SUBJECT_TAIL, passage, subject, reason, match.span())
