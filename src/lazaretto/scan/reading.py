"""What several checks read from one message, worked out once.

A check gets the message, the envelope and the facts, and asks here for the texts in searchable form, the
links without repetition, and the domains that count as ours. The answer depends on the message alone, so
the last one is remembered: the checks of one scan run over the same message, one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import re2

from lazaretto.mail.domains import domain_of, organisational_domain, registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.message import Address, Link, Message, TextPart
from lazaretto.scan.confusables import ACCENTS
from lazaretto.scan.hosts import MAX_HOST, is_freemail

MAX_PASSAGES = 12
"""Text parts that are searched: a message of a thousand text parts is searched in its first ones."""

MAX_PASSAGE = 40_000
"""Characters of one text that are searched. A reader does not get this far, and a search stays below 1 ms."""

HEAD = 4_000
"""Bytes of a text in which its subject is looked for: a newsletter touches every topic somewhere, a lure
begins with its own."""

MAX_LINKS = 300
"""Different link targets that are looked at; a longer list is a catalogue, and its end says nothing new."""

MAX_LINKS_READ = 5_000
"""Links that are gone through to find the different ones."""

MAX_RECIPIENTS = 50
"""Envelope recipients whose addresses are looked for in the text."""

_FOLD = bytes(32 if chr(c) in "\t\r\n_*-" else c + 32 if 65 <= c <= 90 else c for c in range(256))
_PLAIN = ACCENTS | {0xA0: " "}  # a space that must not break is a space
_QUOTED_LINE = re2.compile(rb"(?m)^ {0,3}>[^\n]*$")
WEB = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Passage:
    """One text to search in."""

    field: str  # "subject" or "text"
    part: int | None
    text: str  # as a reader sees it, at most MAX_PASSAGE characters
    data: bytes  # the same in UTF-8, lower case, no accents, separators as spaces, one character for one
    quoted: int  # lines that quote an earlier message

    @property
    def head(self) -> bytes:
        """The beginning of `data`: what a text is about stands there."""
        return self.data[:HEAD]

    def characters(self, start: int, end: int) -> tuple[int, int]:
        """A range of bytes in `data` as a range of characters in `text`."""
        first = len(self.data[:start].decode("utf-8", "replace"))
        return first, first + len(self.data[start:end].decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Reading:
    """The common ground of the checks."""

    passages: tuple[Passage, ...]  # the subject first
    links: tuple[Link, ...]  # web links that a reader can follow, one for each target
    from_domain: str  # registered domain of the header from, "" if none
    words: int  # in the longest text


_last: list[tuple[Message, Reading]] = []


def read(message: Message) -> Reading:
    """The reading of a message; remembered for the one read last."""
    if _last and _last[0][0] is message:
        return _last[0][1]
    reading = _read(message)
    _last[:] = [(message, reading)]
    return reading


def _read(message: Message) -> Reading:
    texts = [t for t in message.texts[:MAX_PASSAGES] if t.visible]
    passages = (_passage("subject", None, message.subject), *(_text_passage(t) for t in texts))
    sender = message.header_from
    return Reading(
        passages=passages,
        links=tuple(_followable(message)),
        from_domain=home_of(sender) if sender else "",
        words=max((p.data.count(b" ") + 1 for p in passages[1:]), default=0),
    )


def home_of(address: Address) -> str:
    """The domain that an address belongs to: the registered one, or the name itself; "" if there is none."""
    return organisational_domain(address.domain) if len(address.domain) <= MAX_HOST else ""


def _text_passage(text: TextPart) -> Passage:
    return _passage("text", text.part, text.visible, plain=text.content_type != "text/html")


def _passage(field: str, part: int | None, text: str, *, plain: bool = False) -> Passage:
    text = text[:MAX_PASSAGE]
    lowered = (
        text.lower()
    )  # a few capitals become two letters; then only ASCII is lowered, and places stay right
    data = _plain(lowered if len(lowered) == len(text) else text).encode("utf-8", "replace")
    quoted = 0
    if plain and (b"\n>" in data or data.startswith(b">")):
        # what others wrote before is not what this sender says; blanked, so that places stay where they are
        data, quoted = _QUOTED_LINE.subn(lambda m: b" " * len(m.group()), data)
    return Passage(field, part, text, data.translate(_FOLD), quoted)


def _plain(text: str) -> str:
    """Accents off, so that one spelling of a phrase finds all, and every letter counts as one."""
    return text if text.isascii() else text.translate(_PLAIN)


def _followable(message: Message) -> Iterator[Link]:
    seen: set[tuple[str, str]] = set()
    for link in message.links[:MAX_LINKS_READ]:
        if link.place not in _CLICKED or link.scheme not in WEB or len(link.host) > MAX_HOST:
            continue
        key = (link.href, link.shown_domain)
        if key not in seen:
            seen.add(key)
            yield link
            if len(seen) >= MAX_LINKS:
                return


_CLICKED = frozenset({"text", "a", "area", "form", "meta", "iframe", "svg", "attachment", "qr"})


@lru_cache(256)
def _registered(domains: tuple[str, ...]) -> tuple[str, ...]:
    names = dict.fromkeys(registered_domain(d) for d in domains)
    return tuple(n for n in names if n and not is_freemail(n))


def own_domains(envelope: Envelope, facts: Facts) -> tuple[str, ...]:
    """Registered domains that are ours: the account's, and those of the recipients that we accepted."""
    received_for = (domain_of(r.address) for r in envelope.recipients[:MAX_RECIPIENTS])
    return _registered(tuple(dict.fromkeys((*facts.own_domains, *received_for))))


def recipient_addresses(envelope: Envelope) -> tuple[str, ...]:
    """The envelope recipients in lower case."""
    return tuple(r.address.lower() for r in envelope.recipients[:MAX_RECIPIENTS])
