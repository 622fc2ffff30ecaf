"""A message as a set of named features: the words a reader meets, their stems, the words of links and names.

Rules. A feature is a kind, a colon and a text, so that an explanation can show it: "word:invoice". Only what
the sender wrote counts: no dates, no message ids, no recipients, no markup. Whether mail is HTML says nothing
here, because the honest mail that one can learn from is mostly plain and the bad mail mostly not; nor do
top-level domains, by which its sources differ. Digits become "#", so that amounts and numbers are one word.
Scripts that are written without spaces are read as pairs of characters.

Limits: the constants below; what lies beyond them is not read.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lazaretto.model.message import Message

MAX_TEXT = 40_000
"""Characters of text that are read: more than a reader reads."""

MAX_WORDS = 600
"""Words of the text that count: a lure comes to the point, and a long text must not drown it."""

MAX_SUBJECT_WORDS = 40
MAX_NAME_WORDS = 10
MAX_LINKS = 40
MAX_PATH_WORDS = 12
"""Words of one link's path and query; long ones are tracking data."""

MAX_ATTACHMENTS = 20
MAX_WORD = 24
"""Characters of a word that tell it apart."""

STEM = 5
"""First characters of a longer word that count too: "verify" and "verification" have them in common, and
languages that bend their words need them most."""

MAX_NUMBER = 12
"""Characters of a word with digits: longer ones are tokens that never come again."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[$€£¥!]{1,3}")
_DIGIT = re.compile(r"\d")
_ASCII_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]{2,}")
"""Thai, Japanese and Chinese: a run of them is a sentence, not a word."""


def features(message: Message, own_domains: frozenset[str] = frozenset()) -> frozenset[str]:
    """All features of a message. Links to `own_domains` are the recipient's and say nothing."""
    text = set(words(message.visible_text[:MAX_TEXT], MAX_WORDS))
    subject = words(message.subject, MAX_SUBJECT_WORDS)
    found = {f"word:{word}" for word in text}
    found.update(f"stem:{stem}" for stem in stems(text))
    found.update(f"subject:{word}" for word in subject)
    found.update(f"subject-stem:{stem}" for stem in stems(subject))
    if (sender := message.header_from) is not None:
        found.update(f"name:{word}" for word in words(sender.name, MAX_NAME_WORDS))
        found.update(f"from:{word}" for word in words(sender.address.rpartition("@")[0], 4))
    found.update(f"path:{word}" for word in _paths(message, own_domains))
    found.update(f"file:{attachment.detected_type}" for attachment in message.attachments[:MAX_ATTACHMENTS])
    return frozenset(found)


def _paths(message: Message, own: frozenset[str]) -> set[str]:
    """The words of the paths and queries of the first links; many links of a message are the same."""
    links = islice((link for link in message.links if link.host), MAX_LINKS)
    paths = {link.href.partition(link.host)[2] for link in links if link.domain not in own}
    return {word for path in paths for word in words(path, MAX_PATH_WORDS)}


def stems(words: Iterable[str]) -> Iterator[str]:
    """The beginnings of the longer words."""
    return (word[:STEM] for word in words if len(word) > STEM and word[0].isalpha())


def words(text: str, limit: int) -> list[str]:
    """The words of a text in one form, at most `limit`."""
    text = text[:MAX_TEXT].casefold()
    if text.isascii():
        return _plain_words(text.encode().translate(_ASCII_DIGITS).decode(), limit)
    return list(islice(_words(_DIGIT.sub("0", text)), limit))


def _plain_words(text: str, limit: int) -> list[str]:
    """The same as `_words` of a text in ASCII, which most are."""
    found = (match[0] for match in islice(_WORD.finditer(text), limit))
    return [word.replace("0", "#")[:MAX_NUMBER] if "0" in word else word[:MAX_WORD] for word in found]


def _words(text: str) -> Iterator[str]:
    """Of a text in lower case whose digits are all "0"."""
    for found in _WORD.finditer(text):
        word = found[0]
        if "0" in word:
            yield word.replace("0", "#")[:MAX_NUMBER]
        elif word.isascii() or (runs := _UNSPACED.findall(word)) == []:
            yield word[:MAX_WORD]
        else:
            yield from (run[at : at + 2] for run in runs for at in range(len(run) - 1))
