"""Borrowed names of people: the impersonation registry against the names that a message shows.

A name is the same whatever its case, accents, the order of its words, signs between them, or look-alike
letters of other scripts; words around it ("John Doe, CFO") change nothing. It is nearly the same when a
letter or two differ. Whoever bears such a name must write from an address that is listed for it: a plain
address is compared as a whole, and so is a regular expression.

Limits: names of one word are found only when they stand alone and alike, names of fewer than MIN_NEAR letters
only when they are alike. Two people of one name are one: all addresses of both are known.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import re2
from rapidfuzz import process
from rapidfuzz.distance import OSA

from lazaretto.model.errors import Invalid
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.lists import Impersonated
from lazaretto.model.message import Address, Message
from lazaretto.policy.patterns import check_email, normal_address
from lazaretto.policy.regex import compile_regex, data_of
from lazaretto.policy.syntax import WrongPattern
from lazaretto.scan.confusables import latin, skeleton
from lazaretto.scan.evidence import clipped, quoted

IMPERSONATED = "person_impersonated"
IMITATED = "person_imitated"
REPLIES_ELSEWHERE = "person_replies_elsewhere"
UNPROVEN = "person_unproven"

MAX_NAME = 200
"""Characters of a name that are read."""

MAX_WORDS = 12
"""Words of a name that are read."""

MAX_AROUND = 3
"""Words beside the name of a person: a title, a department. More is a sentence that names somebody."""

MAX_MAILBOXES = 10
"""Reply-To mailboxes that are looked at."""

MAX_PATTERNS = 1_000
"""Addresses that are regular expressions; each is kept compiled."""

MIN_NEAR = 6
"""Letters from which one letter may differ: shorter names are one letter away from other names."""

MIN_FAR = 14
"""Letters from which two letters may differ."""


@dataclass(slots=True)
class Person:
    """Everybody of one name."""

    name: str  # as it was listed first
    words: tuple[str, ...]
    addresses: set[str] = field(default_factory=set)
    patterns: list["re2._Regexp"] = field(default_factory=list)

    def knows(self, address: str) -> bool:
        """The address is listed for the person."""
        normal = normal_address(address)
        return normal in self.addresses or any(p.fullmatch(data_of(normal)) for p in self.patterns)


class People:
    """The registry, by name."""

    def __init__(self, entries: tuple[Impersonated, ...]) -> None:
        self._by_words: dict[tuple[str, ...], Person] = {}
        self._patterns = 0
        self.left_out = tuple(entry.id for entry in entries if not self._add(entry))
        self._by_word: dict[str, list[Person]] = {}
        self._by_look: dict[str, Person] = {}
        for key, person in self._by_words.items():
            if len(key) < 2:
                continue
            for word in key:
                self._by_word.setdefault(word, []).append(person)
            for text in ("".join(person.words), "".join(key)):
                self._by_look.setdefault(skeleton(text), person)
        self._looks = tuple(look for look in self._by_look if len(look) >= MIN_NEAR)

    def __bool__(self) -> bool:
        return bool(self._by_words)

    def _add(self, entry: Impersonated) -> bool:
        words = words_of(entry.name)
        known = self._address(entry) if words else None
        if known is None:
            return False
        person = self._by_words.setdefault(tuple(sorted(words)), Person(entry.name, words))
        if isinstance(known, str):
            person.addresses.add(known)
        else:
            person.patterns.append(known)
        return True

    def _address(self, entry: Impersonated) -> "str | re2._Regexp | None":
        """The known address as it is compared; None for one that cannot be."""
        try:
            if not entry.is_email_regex:
                return check_email(entry.email)
            self._patterns += 1
            return compile_regex(entry.email) if self._patterns <= MAX_PATTERNS else None
        except (Invalid, WrongPattern):
            return None

    def named(self, name: str) -> Person | None:
        """The person whose name this is, alone or with a few words around it."""
        words = words_of(name)
        if not words:
            return None
        same = self._by_words.get(tuple(sorted(words)))
        if same is not None:
            return same
        shown = frozenset(words)
        for word in shown:
            for person in self._by_word.get(word, ()):
                if shown.issuperset(person.words) and len(words) - len(person.words) <= MAX_AROUND:
                    return person
        return None

    def nearly_named(self, name: str) -> Person | None:
        """The person whose name this is made to look like."""
        words = words_of(name)
        for text in dict.fromkeys(("".join(words), "".join(sorted(words)))):
            look = skeleton(text)
            if look in self._by_look and len(look) >= MIN_NEAR:
                return self._by_look[look]
            far = 0 if len(look) < MIN_NEAR else 1 if len(look) < MIN_FAR else 2
            near = (
                process.extractOne(look, self._looks, scorer=OSA.distance, score_cutoff=far) if far else None
            )
            if near is not None:
                return self._by_look[near[0]]
        return None


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: plain small letters, without initials where there is more."""
    plain = latin(unicodedata.normalize("NFKC", name[:MAX_NAME]))
    words = "".join(c if c.isalnum() else " " for c in plain.replace("'", "").replace("’", "")).split()
    long = [w for w in words if len(w) > 1]
    return tuple(
        (long if len(long) > 1 else ["".join(words)] if len(long) < len(words) else long)[:MAX_WORDS]
    )


def check_people(message: Message, facts: Facts, people: People) -> Iterator[Finding]:
    """Names of listed people on addresses that are not theirs."""
    sender = message.header_from
    if not people or sender is None:
        return
    person = people.named(sender.name)
    near = None if person is not None else people.nearly_named(sender.name)
    if person is not None and not person.knows(sender.address):
        yield _finding(IMPERSONATED, "From", sender, f"bears the name of {quoted(person.name)}")
    elif near is not None and not near.knows(sender.address):
        yield _finding(IMITATED, "From", sender, f"looks like {quoted(near.name)}")
    else:
        if person is not None and _denied(facts):
            reason = f"Authentication denies that {sender.address} of {quoted(person.name)} sent this."
            yield Finding(UNPROVEN, clipped(reason), "header", "From", clipped(sender.address))
        yield from _replies(message, person, people)


def _replies(message: Message, person: Person | None, people: People) -> Iterator[Finding]:
    """The first reply-to that bears a listed name, or belongs to a sender who does, and is not listed."""
    for address in message.reply_to[:MAX_MAILBOXES]:
        named = people.named(address.name) if address.name else person
        if named is not None and not named.knows(address.address):
            what = f"goes by the name of {quoted(named.name)}"
            yield _finding(REPLIES_ELSEWHERE, "Reply-To", address, what)
            return


def _finding(rule: str, field_name: str, address: Address, what: str) -> Finding:
    who = "The sender" if field_name == "From" else "The reply-to"
    shown = quoted(address.name) + ", " if address.name else ""
    reason = f"{who}, {shown}{what}, and {address.address} is not an address of that person."
    value = f"{address.name} <{address.address}>"
    return Finding(rule, reason=clipped(reason), place="header", field=field_name, value=clipped(value))


def _denied(facts: Facts) -> bool:
    """The domain says that this is not from it."""
    if facts.offline:
        return False
    auth = facts.authentication
    signed = any(signature.result == "pass" for signature in auth.dkim)
    return auth.dmarc.result == "fail" or (
        auth.spf.result == "fail" and not signed and auth.dmarc.result != "pass"
    )
