"""Two hashes by which messages of one campaign find each other.

The fingerprint ("edf") says: the same letter, whoever it is addressed to. It is made of the words of the
visible text without what campaigns vary: digits and whatever contains them, addresses, links, the addressee's
name, accents, case, order and repetition. Of more than MANY_WORDS words only SKETCH count, those with the
smallest checksums: when a share d of the words differs, two letters still agree with a chance of (1 - d) to
the power of SKETCH, however long they are, and unrelated letters practically never. Shorter texts need all
their words and the kinds of the parts to be equal, very short ones also the subject and the kinds of
attachments.

The structure hash says: made with the same template. It knows the tree of parts and the sequence of HTML
tags, and is blind to all text.

Limits: MAX_CHARACTERS of text are read. A campaign that writes every letter anew is not held together.
"""

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable
from heapq import nsmallest

from lazaretto.model.message import Address, Attachment, HtmlFacts, Part

MAX_CHARACTERS = 50_000
"""Characters of visible text that count."""

MANY_WORDS = 24
"""Different words from which a sketch stands for the text."""

FEW_WORDS = 8
"""Different words up to which subject and attachments count too."""

SKETCH = 8
"""Words of a long text that count."""

SHORTEST = 4
LONGEST = 30
"""Characters of the words that count: shorter ones are in every letter, longer ones are identifiers."""

MAX_PIECE = 200
"""Characters of one piece between spaces: putting a long run of marks in order takes quadratic time."""

_TOKEN = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_AROUND = ".,;:!?()\"'"
"""What stands around most words that are no letters alone."""


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
    if len(words) > MANY_WORDS:
        return _hash(["long", *nsmallest(SKETCH, words, key=_checksum)])
    shape = sorted({part.content_type for part in parts if not part.multipart})
    if len(words) > FEW_WORDS:
        return _hash(["short", *shape, *sorted(words)])
    kinds = sorted({attachment.detected_type for attachment in attachments})
    titles = sorted(_words(subject, own))
    rest = (
        [] if words or titles else [_DIGITS.sub("0", f"{subject}\n{text[:MAX_CHARACTERS]}".lower()).strip()]
    )
    return _hash(["few", *shape, *kinds, *sorted(words), "subject", *titles, *rest])


def _checksum(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace"))


def _words(text: str, own: set[str]) -> set[str]:
    """The different words of a text, lower case; what holds a digit, or is a link or an address, is none."""
    found: set[str] = set()
    for written in set(text.lower().split()):
        piece = written if written.isascii() else _without_marks(written[:MAX_PIECE])
        if piece.isalpha():
            found.add(piece)
        elif not ("@" in piece or "://" in piece or "www." in piece):
            inside = piece.strip(_AROUND)
            tokens = (inside,) if inside.isalpha() else _TOKEN.findall(piece)
            found.update(token for token in tokens if token.isalpha())
    return {word for word in found if SHORTEST <= len(word) <= LONGEST} - own


def _without_marks(piece: str) -> str:
    """Accents and combining marks are sprinkled over letters to make each letter of a campaign differ."""
    return "".join(c for c in unicodedata.normalize("NFKD", piece) if not unicodedata.combining(c))


def _hash(items: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(items).encode("utf-8", "replace")).hexdigest()[:32]
