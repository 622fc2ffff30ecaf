"""What would change a verdict: the smallest changes under which a message would be called something else.

Rules. The stored findings are judged again without one of them, or without a group that goes together: all
that authentication said, all about one link, one attachment, the sender, the wording. Combinations are made
anew each time, since they live by their parts. Where no group does it alone, two are taken away, and then as
many as it needs, the heaviest first.
Where the account's lists decided, the change is that they had not.

Limits: findings are what the checks saw. A changed message might show a check something else, and rules with
an expression, which read the message, stay as they spoke. Tries and changes have limits. The ruleset is the
one that is given: where it is not the one that judged, `same` says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

from lazaretto.model.disposition import Disposition
from lazaretto.model.finding import Finding
from lazaretto.model.verdict import Verdict, Weighed
from lazaretto.scan.checks import authentication
from lazaretto.scan.judged import (
    BLOCK_SET_ASIDE,
    BLOCKED_CONTENT,
    BLOCKED_SENDER,
    LET_THROUGH,
    NO_TLS,
    NOT_HONOURED,
)
from lazaretto.scan.ruleset import Ruleset
from lazaretto.scan.scan import verdict_of
from lazaretto.scan.score import SEVERITY

MAX_TRIES = 100
"""Verdicts that are made to explain one: each adds up all findings, and a message has at most a thousand."""

MAX_GROUPS = 40
"""Groups that are taken away one by one, the heaviest first."""

MAX_IN_PAIRS = 8
"""Groups of which two are taken away together."""

MAX_CHANGES = 8
"""Changes that are told: nobody reads more."""

MAX_SHOWN = 80
"""Characters of a name from the message inside a sentence."""

_SINGLE = "without the finding "
_LISTS = frozenset({BLOCKED_SENDER, BLOCKED_CONTENT, BLOCK_SET_ASIDE, NO_TLS, LET_THROUGH, NOT_HONOURED})
_ACCEPTABLE = frozenset({Disposition.SPAM, Disposition.SPOOF, Disposition.BULK})
_DENIED = frozenset(
    {
        authentication.SPF_FAIL,
        authentication.DMARC_REJECT,
        authentication.DMARC_QUARANTINE,
        authentication.DMARC_FAIL,
        authentication.OWN_UNPROVEN,
        authentication.BRAND_UNPROVEN,
    }
)
_PROVEN_INSTEAD = {
    authentication.OWN_UNPROVEN: authentication.OWN_PROVEN,
    authentication.BRAND_UNPROVEN: authentication.BRAND_PROVEN,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would have to be different."""

    text: str  # "SPAM instead of MALICIOUS without the link to example.com"
    disposition: Disposition  # what the message would then be called
    rules: tuple[str, ...]  # of the findings that would be gone


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would change a verdict, and by which rules that was found out."""

    ruleset: str  # version of the rules that judged again
    same: bool  # they give the recorded disposition for the recorded findings
    now: Disposition  # what the recorded findings amount to under them, the lists left aside
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    words: str
    gone: frozenset[int]  # places in the findings
    instead: tuple[Finding, ...] = ()
    single: bool = False  # one finding, named by its title


def enough(ruleset: Ruleset) -> dict[str, float]:
    """The points of a kind that make a verdict, as the thresholds have them."""
    at = ruleset.thresholds.threshold
    return {"malicious": at.malicious, "bec": at.bec, "spoof": at.spoof, "spam": at.spam, "bulk": at.bulk}


def what_if(verdict: Verdict, ruleset: Ruleset, *, sender: str = "") -> WhatIf:
    """What would give the message a milder verdict. `sender` is the address of the header from."""
    return _Trial(verdict, ruleset, sender).run()


class _Trial:
    """One verdict, judged again and again."""

    def __init__(self, verdict: Verdict, ruleset: Ruleset, sender: str) -> None:
        made = {combination.rule.id for combination in ruleset.combinations}
        seen = (w for w in verdict.findings if w.rule.id not in made)
        self._verdict, self._ruleset, self._sender = verdict, ruleset, sender
        self._by_lists = tuple(w for w in verdict.findings if w.rule.id in _LISTS)
        self._seen = tuple(w for w in seen if w.rule.id not in _LISTS)
        self._tries = 0
        self._now = self._judge(frozenset())

    def run(self) -> WhatIf:
        recorded, now = self._verdict.disposition, self._now
        listed = bool(self._by_lists) and recorded is not now and recorded in _BY_LISTS
        changes = self._without_lists() if listed else tuple(self._milder())
        offer = () if listed else tuple(self._policy())
        return WhatIf(
            ruleset=self._ruleset.version,
            same=listed or recorded is now,
            now=now,
            changes=(*changes[: MAX_CHANGES - len(offer)], *offer),
        )

    def _judge(self, gone: frozenset[int], instead: tuple[Finding, ...] = ()) -> Disposition:
        self._tries += 1
        left = tuple(w.finding for at, w in enumerate(self._seen) if at not in gone)
        return verdict_of((*left, *instead), self._ruleset).disposition

    def _without_lists(self) -> tuple[Change, ...]:
        words = "without the entry of the account's lists that let it through"
        if self._verdict.disposition is Disposition.MALICIOUS:
            words = "without the entry of the account's lists that blocks it"
        rules = tuple(dict.fromkeys(w.rule.id for w in self._by_lists))
        return (self._change(self._now, words, rules),)

    def _milder(self) -> Iterator[Change]:
        """By one group; where none does it, by two; where none of those does, by as many as it needs."""
        groups = sorted(_groups(self._seen), key=self._weight, reverse=True)[:MAX_GROUPS]
        found = list(self._tried(groups))
        if not found:
            found = list(self._tried(_joined(pair) for pair in combinations(groups[:MAX_IN_PAIRS], 2)))
        if not found:
            grown = (_joined(groups[:size]) for size in range(3, len(groups) + 1))
            found = list(self._tried(grown))[:1]
        yield from _telling(found)

    def _weight(self, group: _Group) -> float:
        return sum(abs(self._seen[at].points) for at in group.gone)

    def _tried(self, groups: Iterable[_Group]) -> Iterator[tuple[_Group, Change]]:
        for group in groups:
            if self._tries >= MAX_TRIES:
                return
            disposition = self._judge(group.gone, group.instead)
            if SEVERITY.index(disposition) > SEVERITY.index(self._now):
                rules = tuple(dict.fromkeys(self._seen[at].rule.id for at in sorted(group.gone)))
                yield group, self._change(disposition, group.words, rules)

    def _policy(self) -> Iterator[Change]:
        """An allow policy would let it through; the wording says what that means."""
        now = self._now
        if not self._sender or now in (Disposition.NONE, Disposition.BULK):
            return
        kind = "an acceptable sender" if now in _ACCEPTABLE else "a trusted sender"
        words = f"with an allow policy that makes {_shown(self._sender)} {kind}"
        if any(w.rule.id in _DENIED for w in self._seen):
            words += "; nothing proves the sender here, so it would also let through what is forged"
        yield self._change(Disposition.NONE, words, ())

    def _change(self, disposition: Disposition, words: str, rules: tuple[str, ...]) -> Change:
        text = f"{disposition.value} instead of {self._verdict.disposition.value} {words}"
        return Change(text, disposition, rules)


_BY_LISTS = frozenset({Disposition.NONE, Disposition.MALICIOUS})
"""What entries of the lists make of a message; acceptable senders get NONE as well."""


def _groups(seen: tuple[Weighed, ...]) -> Iterator[_Group]:
    """What goes together, each group once; single findings after them."""
    places: dict[str, list[int]] = {}
    for at, weighed in enumerate(seen):
        for words in _words(weighed):
            places.setdefault(words, []).append(at)
    told: set[frozenset[int]] = set()
    if denied := _authentication(seen):
        told.add(denied.gone)
        yield denied
    for words, members in places.items():
        gone = frozenset(members)
        if gone not in told and any(seen[at].rule.kind != "good" for at in gone):
            told.add(gone)
            yield _Group(words, gone, single=words.startswith(_SINGLE))


def _words(weighed: Weighed) -> Iterator[str]:
    """The groups that a finding belongs to, in words that follow a disposition."""
    finding, rule = weighed.finding, weighed.rule
    if rule.kind == "good" or (rule.weight == 0 and rule.floor is None and rule.kind != "note"):
        return
    if finding.place == "link":
        yield f"without the link to {_shown(_host(finding.value))}"
        yield "without its links"
    elif finding.place == "attachment":
        yield f"without the attachment {_shown(finding.attachment or finding.value)}"
    elif finding.place == "header":
        yield _OF_FIELD.get(finding.field, f"without the header {_shown(finding.field)}")
    elif finding.place == "body":
        yield "with another text"
    if rule.kind == "learned":
        yield "without what was learned about its wording"
    elif rule.kind == "bulk":
        yield "without the signs of mail to many"
    if finding.place != "authentication":
        yield f"{_SINGLE}“{rule.title}”"


_OF_FIELD = {
    "From": "with a sender whose name and address raise no question",
    "Reply-To": "if replies went to the sender",
    "Subject": "with another subject",
    "envelope": "if no mailing service had sent it",
}


def _authentication(seen: tuple[Weighed, ...]) -> _Group | None:
    """All that authentication holds against the message; in its stead the sender is proven."""
    against = [
        at for at, w in enumerate(seen) if w.finding.place == "authentication" and w.rule.kind != "good"
    ]
    if not against or any(w.rule.id == authentication.DMARC_PASS for w in seen):
        return None
    signature = any(seen[at].rule.id == authentication.DKIM_FAIL for at in against)
    domain = next((seen[at].finding.value for at in against if seen[at].finding.field != "spf"), "")
    rules = [authentication.DMARC_PASS]
    rules += [_PROVEN_INSTEAD[seen[at].rule.id] for at in against if seen[at].rule.id in _PROVEN_INSTEAD]
    return _Group(
        "if DKIM were aligned" if signature else f"if SPF or DKIM proved {_shown(domain or 'the sender')}",
        frozenset(against),
        tuple(Finding(rule, reason="The sender is proven.", place="authentication") for rule in rules),
    )


def _joined(groups: Iterable[_Group]) -> _Group:
    held = tuple(groups)
    return _Group(
        " and ".join(group.words for group in held),
        frozenset[int]().union(*(group.gone for group in held)),
        tuple(finding for group in held for finding in group.instead),
        any(group.single for group in held),
    )


def _telling(found: list[tuple[_Group, Change]]) -> Iterator[Change]:
    """Each once, by the smallest change: fewer findings gone, and a verdict as mild.

    What is wrong with a message is its link or its sender; a single finding is told where no such thing is.
    """
    ordered = sorted(found, key=lambda f: (f[0].single, len(f[1].rules), -SEVERITY.index(f[1].disposition)))
    told: list[Change] = []
    for group, change in ordered:
        rules = set(change.rules)
        alike = [set(other.rules) for other in told if other.disposition is change.disposition]
        if not any(other <= rules or (group.single and rules <= other) for other in alike):
            told.append(change)
            yield change


def _host(value: str) -> str:
    try:
        return urlsplit(value).hostname or value
    except ValueError:
        return value


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
