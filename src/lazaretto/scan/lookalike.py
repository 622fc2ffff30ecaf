"""Domains that are made to be taken for another one.

Five ways are told apart: letters that look the same, one letter changed, words added, another ending, and
the real name put in front as a subdomain. Compared are the registered domain's first label and the labels
before it, against the brands of the shipped list and the domains that we receive mail for.

Limits: names of fewer than five letters are compared for look-alike letters and added role words only,
because any short word is one letter away from any other.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

import re2
from rapidfuzz import process
from rapidfuzz.distance import OSA

from lazaretto.mail.domains import is_ip, registered_domain
from lazaretto.scan.brands import brands, owner_of
from lazaretto.scan.confusables import skeleton
from lazaretto.scan.hosts import MAX_HOST, host_lists, listed
from lazaretto.scan.words import word_lists

Way = Literal["letters", "typo", "words", "ending", "subdomain"]

MIN_TYPO = 6
"""Letters a name must have before one changed letter means anything."""

MAX_LABELS = 12
"""Labels before the registered domain that are read."""

CACHED_HOSTS = 8_192
"""Hosts whose answer is remembered."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """One domain that resembles another."""

    way: Way
    name: str  # the brand or domain that is imitated
    domain: str  # where the imitated name really lives

    @property
    def called(self) -> str:
        """The imitated name, with its domain where that is not the name."""
        return self.name if self.name == self.domain else f"{self.name} ({self.domain})"

    @property
    def words(self) -> str:
        """The way in words, to follow "the domain"."""
        return {
            "letters": "uses letters that look like those of",
            "typo": "differs by one letter from",
            "words": "adds words to the name of",
            "ending": "has another ending than",
            "subdomain": "puts in front of itself the name of",
        }[self.way]


@dataclass(frozen=True, slots=True)
class _Mark:
    label: str
    name: str
    domain: str
    common: bool


def imitated_brand(host: str) -> Likeness | None:
    """The brand that a host is made to look like; None for the brand's own hosts and for strangers."""
    return _imitated_brand(host) if len(host) <= MAX_HOST else None


@lru_cache(CACHED_HOSTS)
def _imitated_brand(host: str) -> Likeness | None:
    domain = registered_domain(host)
    if not domain or is_ip(domain) or owner_of(domain) or listed(host, host_lists().free_hosting):
        return None
    return _resemblance(host, domain, _brand_marks(), _brand_skeletons(), _brand_labels())


def imitated_own(host: str, own: tuple[str, ...]) -> Likeness | None:
    """The domain of ours that a host is made to look like."""
    return _imitated_own(host, own) if len(host) <= MAX_HOST else None


@lru_cache(CACHED_HOSTS)
def _imitated_own(host: str, own: tuple[str, ...]) -> Likeness | None:
    domain = registered_domain(host)
    if not domain or is_ip(domain) or domain in own or owner_of(domain):
        return None
    marks, skeletons, labels = _own_marks(own)
    found = _resemblance(host, domain, marks, skeletons, labels)
    if found is None and domain.partition(".")[0] in marks:
        mark = marks[domain.partition(".")[0]]
        return None if mark.common else Likeness("ending", mark.name, mark.domain)
    return found


@cache
def _filler() -> "re2._Regexp":
    words = sorted(word_lists().lure, key=len, reverse=True)
    return re2.compile(r"(?:" + "|".join(words) + r"|[0-9]|-)+")


@cache
def _brand_marks() -> dict[str, _Mark]:
    marks: dict[str, _Mark] = {}
    for brand in brands():
        for label in (*brand.labels, *brand.weak_labels):
            short = (brand.common and label == brand.labels[0]) or label in brand.weak_labels
            home = min((d for d in brand.domains if d.startswith(f"{label}.")), default=min(brand.domains))
            marks.setdefault(label, _Mark(label, brand.name, home, common=short or len(label) < 5))
    return marks


@cache
def _brand_skeletons() -> dict[str, _Mark]:
    return {skeleton(m.label): m for m in _brand_marks().values() if len(m.label) >= 4}


@cache
def _brand_labels() -> tuple[str, ...]:
    return tuple(m.label for m in _brand_marks().values() if len(m.label) >= MIN_TYPO and not m.common)


@lru_cache(64)
def _own_marks(own: tuple[str, ...]) -> tuple[dict[str, _Mark], dict[str, _Mark], tuple[str, ...]]:
    marks = {
        label: _Mark(label, domain, domain, common=len(label) < 5)
        for domain in own
        if (label := domain.partition(".")[0]) and not owner_of(domain)
    }
    skeletons = {skeleton(m.label): m for m in marks.values() if len(m.label) >= 4}
    return marks, skeletons, tuple(m.label for m in marks.values() if len(m.label) >= MIN_TYPO)


def _resemblance(
    host: str, domain: str, marks: dict[str, _Mark], skeletons: dict[str, _Mark], labels: tuple[str, ...]
) -> Likeness | None:
    label = unicode_label(domain.partition(".")[0])
    if (mark := skeletons.get(skeleton(label))) and mark.label != label:
        return Likeness("letters", mark.name, mark.domain)
    if mark := marks.get(label):
        return None if mark.common else Likeness("ending", mark.name, mark.domain)
    if mark := _with_words(label, marks):
        return Likeness("words", mark.name, mark.domain)
    near = (
        process.extractOne(label, labels, scorer=OSA.distance, score_cutoff=1)
        if len(label) >= MIN_TYPO
        else None
    )
    if near is not None:
        mark = marks[near[0]]
        return Likeness("typo", mark.name, mark.domain)
    return _in_front(host, domain, marks)


def _with_words(label: str, marks: dict[str, _Mark]) -> _Mark | None:
    """A mark with words of a company's role around it: "paypal-support", "securepaypal", "apple-id-login"."""
    pieces = label.split("-")
    for mark in marks.values():
        if mark.label not in label:
            continue
        if mark.label in pieces and len(pieces) > 1:
            rest = "-".join(p for p in pieces if p != mark.label)
            if not mark.common or _filler().fullmatch(rest):
                return mark
        rest = label.replace(mark.label, "", 1)
        if not mark.common and rest and _filler().fullmatch(rest):
            return mark
    return None


def _in_front(host: str, domain: str, marks: dict[str, _Mark]) -> Likeness | None:
    """The real name stands where a hurried reader looks, as in paypal.com.example.net."""
    front = host[: -len(domain)].rstrip(".") if host.endswith(domain) else ""
    labels = front.split(".")[-MAX_LABELS:] if front else []
    for i, label in enumerate(labels):
        mark = marks.get(label)
        if mark is None:
            continue
        real_ending = mark.domain.partition(".")[2].partition(".")[0]
        followed = i + 1 < len(labels) and labels[i + 1] == real_ending
        if followed or (not mark.common and len(label) >= 5):
            return Likeness("subdomain", mark.name, mark.domain)
    for label in labels:
        if (mark := _with_words(label, marks)) and not mark.common:
            return Likeness("subdomain", mark.name, mark.domain)
    return None


@lru_cache(CACHED_HOSTS)
def unicode_label(label: str) -> str:
    """An A-label as a browser may show it; anything else as it is."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label
