"""The outcome of a replay, added up message by message in bounded memory.

Rules. The same pairs give the same outcome in whatever order they come: messages to look at are chosen by how
far the verdict moved, then by time, then by id.

Limits: the constants below. Domains beyond the limit are counted together under "other".
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar

from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.replay import (
    HOSTILE,
    UNWANTED,
    DomainFlips,
    Flip,
    Flipped,
    Measure,
    Missing,
    MissingWhy,
    OrderFlip,
    Outcome,
    Pair,
    Rates,
    RuleShift,
)

MAX_DOMAINS = 20_000
"""Different domains that are counted: a spammer writes from a fresh one each time."""

MAX_DOMAINS_SHOWN = 50
"""Domains in the outcome, those with the most flips."""

MAX_MISSING_NAMED = 100
"""Messages that could not be judged and are named; all are counted."""

MAX_RECIPIENT_DOMAINS = 100
"""Domains of one message's recipients that are counted."""

OTHER = "other"

_SEVERITY = (
    Disposition.NONE,
    Disposition.EXTERNAL,
    Disposition.ENCRYPTED,
    Disposition.UNKNOWN,
    Disposition.BULK,
    Disposition.SPAM,
    Disposition.SUSPICIOUS,
    Disposition.SPOOF,
    Disposition.MALICIOUS_BEC,
    Disposition.MALICIOUS,
)
_RANK = {disposition: rank for rank, disposition in enumerate(_SEVERITY)}

S = TypeVar("S", Disposition, Order)
Change = tuple[Disposition, Disposition]


class Tally:
    """What has been added up so far."""

    def __init__(self, *, shown: int) -> None:
        self._shown = shown
        self._found = 0
        self._judged = 0
        self._flips: Counter[Change] = Counter()
        self._orders: Counter[tuple[Order, Order]] = Counter()
        self._senders: dict[str, Counter[Change]] = {}
        self._recipients: dict[str, Counter[Change]] = {}
        self._appeared: Counter[str] = Counter()
        self._disappeared: Counter[str] = Counter()
        self._labelled: Counter[tuple[Disposition, Disposition, Disposition]] = Counter()
        self._heap: list[tuple[int, int, str, int, Pair]] = []
        self._missing: Counter[MissingWhy] = Counter()
        self._named: list[tuple[str, str, Missing]] = []

    @property
    def done(self) -> int:
        """Messages that have been dealt with, one way or the other."""
        return self._found

    def add(self, pair: Pair) -> None:
        """One message that was judged again."""
        self._found += 1
        self._judged += 1
        before, after = pair.before, pair.after
        self._appeared.update(after.rules - before.rules)
        self._disappeared.update(before.rules - after.rules)
        self._orders.update(change for change in pair.orders if change[0] is not change[1])
        if pair.label is not None:
            self._labelled[(pair.label, before.disposition, after.disposition)] += 1
        if pair.flipped:
            change = (before.disposition, after.disposition)
            self._flips[change] += 1
            _count(self._senders, pair.sender, change)
            for domain in tuple(dict.fromkeys(pair.recipients))[:MAX_RECIPIENT_DOMAINS]:
                _count(self._recipients, domain, change)
            self._keep(pair)

    def miss(self, missing: Missing) -> None:
        """One message that could not be judged again."""
        self._found += 1
        self._missing[missing.why] += 1
        self._named.append((missing.why, missing.id, missing))
        if len(self._named) > 2 * MAX_MISSING_NAMED:
            self._name_some()

    def outcome(self, *, ruleset: str, seconds: float) -> Outcome:
        """Everything so far."""
        chosen = sorted(self._heap, reverse=True)
        return Outcome(
            found=self._found,
            judged=self._judged,
            same=self._judged - self._flips.total(),
            ruleset=ruleset,
            flips=_flips(self._flips),
            orders=tuple(OrderFlip(b, a, n) for (b, a), n in _most(self._orders)),
            senders=_domains(self._senders),
            recipients=_domains(self._recipients),
            rules=self._shifts(),
            measures=tuple(self._measures()),
            labelled=self._labelled.total(),
            messages=tuple(_flipped(pair) for *_, pair in chosen),
            missing=tuple(sorted(self._missing.items())),
            missing_named=tuple(missing for *_, missing in self._name_some()),
            seconds=seconds,
        )

    def _keep(self, pair: Pair) -> None:
        distance = abs(_RANK[pair.after.disposition] - _RANK[pair.before.disposition])
        entry = (distance, pair.position, pair.id, self._judged, pair)
        if len(self._heap) < self._shown:
            heapq.heappush(self._heap, entry)
        elif self._heap and entry[:3] > self._heap[0][:3]:
            heapq.heapreplace(self._heap, entry)

    def _name_some(self) -> list[tuple[str, str, Missing]]:
        """The first by reason and id, so that the order of coming does not matter."""
        self._named.sort(key=lambda entry: entry[:2])
        del self._named[MAX_MISSING_NAMED:]
        return self._named

    def _shifts(self) -> tuple[RuleShift, ...]:
        names = {*self._appeared, *self._disappeared}
        shifts = (RuleShift(name, self._appeared[name], self._disappeared[name]) for name in names)
        return tuple(sorted(shifts, key=lambda s: (-s.appeared - s.disappeared, s.rule)))

    def _measures(self) -> Iterator[Measure]:
        if not self._labelled:
            return
        labels = {_folded(label) for label, _, _ in self._labelled}
        kinds: list[tuple[str, frozenset[Disposition]]] = [("hostile", HOSTILE), ("unwanted", UNWANTED)]
        kinds += [(one.value, frozenset({one})) for one in Disposition if one in labels]
        for name, kind in kinds:
            yield Measure(name, self._rates(kind, 1), self._rates(kind, 2))

    def _rates(self, kind: frozenset[Disposition], which: int) -> Rates:
        right = wrong = missed = 0
        for row, count in self._labelled.items():
            called, is_so = _folded(row[which]) in kind, _folded(row[0]) in kind
            right += count * (called and is_so)
            wrong += count * (called and not is_so)
            missed += count * (is_so and not called)
        return Rates(right, wrong, missed)


def _folded(disposition: Disposition) -> Disposition:
    """Labels have no word of their own for compromised business mail."""
    return Disposition.MALICIOUS if disposition is Disposition.MALICIOUS_BEC else disposition


def _count(domains: dict[str, Counter[Change]], domain: str, change: Change) -> None:
    name = domain if domain in domains or len(domains) < MAX_DOMAINS else OTHER
    domains.setdefault(name, Counter())[change] += 1


def _domains(domains: Mapping[str, Counter[Change]]) -> tuple[DomainFlips, ...]:
    most = sorted(domains.items(), key=lambda item: (-item[1].total(), item[0]))[:MAX_DOMAINS_SHOWN]
    return tuple(DomainFlips(domain, flips.total(), _flips(flips)) for domain, flips in most)


def _flips(flips: Counter[Change]) -> tuple[Flip, ...]:
    return tuple(Flip(before, after, count) for (before, after), count in _most(flips))


def _most(counted: Counter[tuple[S, S]]) -> list[tuple[tuple[S, S], int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _flipped(pair: Pair) -> Flipped:
    before, after = pair.before, pair.after
    worse = after if _RANK[after.disposition] > _RANK[before.disposition] else before
    return Flipped(
        id=pair.id,
        sender=pair.sender,
        recipients=tuple(dict.fromkeys(pair.recipients))[:MAX_RECIPIENT_DOMAINS],
        subject=pair.subject,
        before=before.disposition,
        after=after.disposition,
        score_before=before.score,
        score_after=after.score,
        appeared=tuple(sorted(after.rules - before.rules)),
        disappeared=tuple(sorted(before.rules - after.rules)),
        reasons=worse.reasons,
        label=pair.label,
    )
