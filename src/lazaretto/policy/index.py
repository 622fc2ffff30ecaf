"""Thousands of patterns, asked at once: by dictionary, networks by prefix length, expressions joined.

The cost of a question does not grow with the number of addresses, domains and networks, and hardly with the
number of regular expressions.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from itertools import islice

from lazaretto.mail.domains import domain_of
from lazaretto.model.errors import Invalid
from lazaretto.model.lists import PatternType
from lazaretto.policy.patterns import check_pattern, client_address
from lazaretto.policy.regex import INDEX_INSTRUCTIONS, Regexes, compile_regex, data_of
from lazaretto.policy.sides import Field, Side
from lazaretto.policy.syntax import WrongPattern

MAX_LABELS = 128
"""Labels of a domain that are taken off one by one; a name of 253 characters has no more."""

MAX_FOUND = 50
"""Entries that one question may find: the first decides, and a list shows no more."""

PLAIN_FIELDS: frozenset[Field] = frozenset({"header from", "envelope from"})
"""What an address or a domain is compared with. A reply-to is written by anybody and is no sender; lists that
look at it say so."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of a list, with the number of its entry."""

    entry: int
    pattern: str
    pattern_type: PatternType
    is_regex: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern and what it matched."""

    pattern: Pattern
    side: Side


@dataclass(slots=True)
class _Tables:
    emails: dict[str, list[Pattern]] = field(default_factory=dict)
    domains: dict[str, list[Pattern]] = field(default_factory=dict)
    networks: dict[tuple[int, int], dict[int, list[Pattern]]] = field(default_factory=dict)
    regexes: list[Pattern] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    instructions: int = 0


class PatternIndex:
    """The patterns of one list."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        tables = _Tables()
        for pattern in patterns:
            _put(tables, pattern)
        self._tables = tables
        self._regexes = Regexes([p.pattern for p in tables.regexes])

    @property
    def left_out(self) -> tuple[int, ...]:
        """Entries that cannot be compared: damaged, or beyond what memory is given for."""
        return tuple(self._tables.left_out)

    def find(
        self, sides: Sequence[Side], plain: frozenset[Field] = PLAIN_FIELDS, *, limit: int = MAX_FOUND
    ) -> tuple[Found, ...]:
        """Every pattern with every side that it matches, in the order of the sides, up to the limit."""
        if not self:
            return ()
        pairs = (Found(pattern, side) for side in sides for pattern in self._of(side, plain))
        return tuple(islice(pairs, limit))

    def __bool__(self) -> bool:
        tables = self._tables
        return bool(tables.emails or tables.domains or tables.networks or tables.regexes)

    def _of(self, side: Side, plain: frozenset[Field]) -> Iterator[Pattern]:
        if side.field in plain:
            yield from self._tables.emails.get(side.value, ())
            yield from self.below(domain_of(side.value))
        if side.field == "client IP":
            yield from self._containing(side.value)
        yield from self.expressions(side.value)

    def below(self, domain: str) -> Iterator[Pattern]:
        """Domain patterns that the domain is or lies below."""
        name = domain
        for _ in range(MAX_LABELS if self._tables.domains else 0):
            yield from self._tables.domains.get(name, ())
            _, dot, name = name.partition(".")
            if not dot:
                break

    def expressions(self, text: str) -> Iterator[Pattern]:
        """Regular expressions that are in a text."""
        if text and len(self._regexes):
            for index, _ in self._regexes.search(data_of(text)):
                yield self._tables.regexes[index]

    def _containing(self, value: str) -> Iterator[Pattern]:
        address = client_address(value) if self._tables.networks else None
        if address is None:
            return
        bits, number = address.max_prefixlen, int(address)
        for (version, length), networks in self._tables.networks.items():
            if version == address.version:
                yield from networks.get(number >> (bits - length) << (bits - length), ())


def _put(tables: _Tables, pattern: Pattern) -> None:
    try:
        if pattern.is_regex:
            _put_expression(tables, pattern)
        else:
            _put_plain(tables, pattern, *_normal(pattern))
    except (Invalid, WrongPattern):
        tables.left_out.append(pattern.entry)


def _put_expression(tables: _Tables, pattern: Pattern) -> None:
    """The first that goes beyond the limit ends it: what follows is not even compiled."""
    if tables.instructions <= INDEX_INSTRUCTIONS:
        tables.instructions += compile_regex(pattern.pattern).programsize
    if tables.instructions > INDEX_INSTRUCTIONS:
        tables.left_out.append(pattern.entry)
    else:
        tables.regexes.append(pattern)


def _put_plain(tables: _Tables, pattern: Pattern, kind: PatternType, normal: str) -> None:
    if kind is PatternType.EMAIL:
        tables.emails.setdefault(normal, []).append(pattern)
    elif kind is PatternType.DOMAIN:
        tables.domains.setdefault(normal, []).append(pattern)
    else:
        network = ip_network(normal)
        of_length = tables.networks.setdefault((network.version, network.prefixlen), {})
        of_length.setdefault(int(network.network_address), []).append(pattern)


def _normal(pattern: Pattern) -> tuple[PatternType, str]:
    """The type and the normal form; of an entry without a type, the first that fits."""
    if pattern.pattern_type is not PatternType.UNKNOWN:
        return pattern.pattern_type, check_pattern(pattern.pattern, pattern.pattern_type, is_regex=False)
    for kind in (PatternType.IP, PatternType.EMAIL):
        try:
            return kind, check_pattern(pattern.pattern, kind, is_regex=False)
        except Invalid:
            continue
    return PatternType.DOMAIN, check_pattern(pattern.pattern, PatternType.DOMAIN, is_regex=False)
