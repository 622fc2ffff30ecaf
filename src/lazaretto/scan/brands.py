"""Names that attackers borrow, and where those names really live.

The list is data (`rules/brands.toml`). A brand that is also a word or a short string ("common") proves
nothing by its name alone; it needs a word of a company's role beside it.

Limits: a brand that is not on the list is not known, and a new domain of a listed brand is a stranger until
added.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import msgspec
import re2

from lazaretto.scan.hosts import below, ending_of, host_lists, is_freemail
from lazaretto.scan.rulefiles import read_table, rule_files
from lazaretto.scan.words import word_lists

MAX_NAME = 200
"""Characters of a display name that are read: longer ones push the real address out of view, not the name."""

MAX_BRANDS = 5
"""Brands that one text is searched for: a list of customers' logos names dozens and imitates none."""

MAX_MENTIONS = 50
"""Mentions of brands that are read in one text."""

CACHED_DOMAINS = 8_192
"""Domains whose owner is remembered: the same few are asked for again and again."""


class _BrandData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    domains: tuple[str, ...]
    also: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    weak_labels: tuple[str, ...] = ()
    common: bool = False
    worldwide: bool = False


class _BrandFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    brand: tuple[_BrandData, ...]


@dataclass(frozen=True, slots=True)
class Brand:
    """One imitated name."""

    name: str
    phrases: tuple[str, ...]  # spellings that stand for it, lower case words joined by spaces
    domains: frozenset[str]  # registered domains, and hosts below public suffixes
    labels: tuple[str, ...]  # first labels worth imitating
    weak_labels: tuple[str, ...]  # labels that are words too
    common: bool
    worldwide: bool

    def owns(self, domain: str) -> bool:
        """The registered domain belongs to the brand."""
        if any(below(domain, own) for own in self.domains):
            return True
        label, ending = domain.partition(".")[0], ending_of(domain)
        return self.worldwide and label == self.labels[0] and _national(ending)

    def writes_from(self, domain: str) -> bool:
        """Mail of the brand itself may carry this domain: its own, but not the free mail that it offers."""
        return self.owns(domain) and not is_freemail(domain)


def _national(ending: str) -> bool:
    """A suffix under which a company of the world registers its name: .de, .co.uk, .com."""
    if ending in host_lists().abused_endings:
        return False
    last = ending.rpartition(".")[2]
    return ending in {"com", "net", "org", "eu"} or (len(last) == 2 and ending.count(".") <= 1)


def folded(text: str) -> str:
    """Lower case words joined by spaces, accents off, spaced letters together: "P r ì m e" is "prime"."""
    plain = unicodedata.normalize("NFKD", text[:MAX_NAME]).casefold()
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    words = kept.split()
    joined: list[str] = []
    run = ""
    for word in words:
        if len(word) == 1 and not word.isdigit():
            run += word
            continue
        if run:
            joined.append(run)
            run = ""
        joined.append(word)
    if run:
        joined.append(run)
    return " ".join(joined)


@cache
def brands() -> tuple[Brand, ...]:
    """The shipped list."""
    table = read_table("brands.toml", rule_files()["brands.toml"], _BrandFile)
    return tuple(
        Brand(
            name=b.name,
            phrases=tuple(dict.fromkeys((folded(b.name), *b.also))),
            domains=frozenset(b.domains),
            labels=(b.domains[0].partition(".")[0], *b.labels),
            weak_labels=b.weak_labels,
            common=b.common,
            worldwide=b.worldwide,
        )
        for b in table.brand
    )


@lru_cache(CACHED_DOMAINS)
def owner_of(domain: str) -> Brand | None:
    """The brand that a registered domain belongs to."""
    return next((b for b in brands() if domain and b.owns(domain)), None)


@cache
def _by_first_word() -> dict[str, tuple[tuple[str, Brand], ...]]:
    index: dict[str, list[tuple[str, Brand]]] = {}
    for brand in brands():
        for phrase in brand.phrases:
            index.setdefault(phrase.partition(" ")[0], []).append((phrase, brand))
    return {word: tuple(sorted(found, key=lambda f: -len(f[0]))) for word, found in index.items()}


def named_in(name: str) -> Brand | None:
    """The brand that a display name claims to be; a common name needs a role word, or must stand alone."""
    text = folded(name)
    words = text.split()
    padded = f" {text} "
    for word in words:
        for phrase, brand in _by_first_word().get(word, ()):
            if f" {phrase} " not in padded:
                continue
            if not brand.common or " " in phrase or text == phrase or _has_role(words, phrase):
                return brand
    return None


def _has_role(words: list[str], phrase: str) -> bool:
    return any(w in word_lists().role for w in words if w != phrase)


@cache
def _text_pattern() -> "re2._Regexp":
    """All phrases of distinct brands in one pattern, for text that is already lower case."""
    phrases = sorted(
        {p for b in brands() for p in b.phrases if (not b.common or " " in p) and p.isascii()},
        key=lambda p: (-len(p), p),
    )
    return re2.compile(r"\b(" + "|".join(p.replace(" ", " +") for p in phrases) + r")\b")


def named_in_text(data: bytes) -> tuple[Brand, ...]:
    """Brands that a lower-cased text names, in the order of first mention, at most MAX_BRANDS."""
    found: dict[str, Brand] = {}
    for match, _ in zip(_text_pattern().finditer(data), range(MAX_MENTIONS), strict=False):
        phrase = " ".join(match.group(1).decode("utf-8").split())
        for known, brand in _by_first_word()[phrase.partition(" ")[0]]:
            if known == phrase:
                found.setdefault(brand.name, brand)
        if len(found) >= MAX_BRANDS:
            break
    return tuple(found.values())
