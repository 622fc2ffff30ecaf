"""Two hashes by which messages of one campaign find each other.

The fingerprint ("edf") says: the same letter, whoever it is addressed to. Two messages have an equal one
when the visible text is made of the same words, apart from what campaigns vary: digits and whatever contains
them, addresses, links, the addressee's name, and short words. Of long texts only a fixed sample of the words
counts (those whose checksum falls into a quarter), so that one changed word mostly changes nothing. To the
words of shorter texts come the kinds of the parts, and to very few words also the subject and the kinds of
attachments.

The structure hash says: made with the same template. It knows the tree of parts and the sequence of HTML tags,
and is blind to all text.

Limits: MAX_CHARACTERS of text are read. A campaign that writes every letter anew is not held together.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable

from lazaretto.model.message import Address, Attachment, HtmlFacts, Part

MAX_CHARACTERS = 50_000
"""Characters of visible text that count."""

MANY_WORDS = 40
"""Different words from which a sample stands for the text."""

FEW_WORDS = 8
"""Different words up to which subject and attachments count too."""

_TOKEN = re.compile(r"[^\W_]+")
_NOT_WORDS = ("@", "://", "www.")
SHORTEST = 4
LONGEST = 30
"""Characters of the words that count."""


def structure_hash(parts: Iterable[Part], html: Iterable[HtmlFacts]) -> str:
    """The tree of parts and the tags of their HTML."""
    shape = [f"{part.depth}:{part.content_type}" for part in parts]
    shape += [facts.structure_hash for facts in html]
    return _hash(shape)


def fingerprint(
    *,
    text: str,
    subject: str,
    addressees: Iterable[Address],
    parts: Iterable[Part],
    attachments: Iterable[Attachment],
) -> str:
    """The hash that messages of one campaign share."""
    own = {
        word.lower()
        for address in addressees
        for word in (*_TOKEN.findall(address.name[:200]), *_TOKEN.findall(address.address[:200]))
    }
    words = _words(text[:MAX_CHARACTERS], own)
    shape = sorted({part.content_type for part in parts if not part.multipart})
    if len(words) > MANY_WORDS:
        sample = sorted(word for word in words if zlib.crc32(word.encode()) & 3 == 0)
        return _hash(["long", *sample])
    if len(words) > FEW_WORDS:
        return _hash(["short", *shape, *sorted(words)])
    kinds = sorted({attachment.detected_type for attachment in attachments})
    return _hash(["few", *shape, *kinds, *sorted(words), "subject", *sorted(_words(subject, own))])


def _words(text: str, own: set[str]) -> set[str]:
    """The different words of a text, lower case; what holds a digit, or is a link or an address, is none."""
    found: set[str] = set()
    for piece in set(text.lower().split()):
        if piece.isalpha():
            found.add(piece)
        elif not any(mark in piece for mark in _NOT_WORDS):
            found.update(token for token in _TOKEN.findall(piece) if token.isalpha())
    return {word for word in found if SHORTEST <= len(word) <= LONGEST} - own


def _hash(items: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(items).encode("utf-8", "replace")).hexdigest()[:32]
