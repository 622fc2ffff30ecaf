"""A message under the lists of its account: the scan, what the lists mute, and what they decide.

Pure, as the scan is: the same message, facts, ruleset and lists give the same verdict and the same judgement.
The verdict that comes out says what counts in the end; its points say what the scan thought.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding, Place
from lazaretto.model.judgement import BLOCKING, Judgement, ListMatch
from lazaretto.model.lists import Lists
from lazaretto.model.message import Message
from lazaretto.model.verdict import Verdict
from lazaretto.policy.compiled import CompiledLists, compile_lists
from lazaretto.policy.judge import MAX_MATCHES, judge_by_lists
from lazaretto.scan.classifier.adapted import Own, own_of
from lazaretto.scan.muted import without_ignored, without_muted
from lazaretto.scan.partners import check_partners, partners_of
from lazaretto.scan.people import People, check_people
from lazaretto.scan.ruleset import Ruleset
from lazaretto.scan.scan import expressed, observations, observe, verdict_of
from lazaretto.scan.score import MAX_REASONS, weigh
from lazaretto.scan.switched import heard_by, without_switched_off

BLOCKED_SENDER = "list_blocked_sender"
BLOCKED_CONTENT = "list_blocked_content"
BLOCK_SET_ASIDE = "list_block_set_aside"
NO_TLS = "list_no_tls"
LET_THROUGH = "list_let_through"
NOT_HONOURED = "list_not_honoured"
LEFT_OUT = "list_entries_left_out"

MAX_NUMBERS = 20
"""Entries that are named as left out."""

_PLACES: dict[str, Place] = {
    "subject": "header",
    "header from": "header",
    "reply-to": "header",
    "body": "body",
}
"""Where a match stands; everything else is of the envelope."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What an account has listed, ready for scan and decision."""

    policy: CompiledLists
    people: People
    partners: tuple[str, ...] = ()  # domains that are trusted, and so worth imitating
    off: frozenset[str] = frozenset()  # rules that are switched off
    own: Own | None = None  # what its labels add to the classifier

    @property
    def left_out(self) -> tuple[int, ...]:
        """Entries that cannot be used."""
        return tuple(sorted({*self.policy.left_out, *self.people.left_out}))


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict that counts, and what the lists had to do with it."""

    verdict: Verdict
    judgement: Judgement


def prepare(lists: Lists) -> Listed:
    """The lists, ready to be used; done once for each version."""
    people, partners = People(lists.people), partners_of(lists)
    return Listed(compile_lists(lists), people, partners, lists.rules_off, own_of(lists.wording))


@cache
def nothing_listed() -> Listed:
    """The lists of an account that has none."""
    return prepare(Lists())


def scan_listed(
    message: Message, envelope: Envelope, facts: Facts, ruleset: Ruleset, listed: Listed
) -> Judged:
    """The verdict and the judgement on one message."""
    kept, ignored = without_ignored(message, listed.policy)
    people = observe(lambda m, _, f: check_people(m, f, listed.people), kept, envelope, facts)
    partners = observe(lambda m, e, f: check_partners(m, e, f, listed.partners), kept, envelope, facts)
    seen = (*observations(kept, envelope, facts, ruleset, listed.own), *people, *partners)
    heard = without_muted(seen, kept, listed.policy, ruleset)
    found = without_switched_off(heard.findings, listed.off)
    said = without_switched_off(expressed(kept, envelope, facts, found, ruleset), listed.off)
    ruleset = heard_by(ruleset, listed.off)
    verdict = verdict_of((*found, *said, *ignored.findings, *_left_out(listed)), ruleset)
    judgement = judge_by_lists(verdict.disposition, message, envelope, facts, listed.policy)
    matches = (*judgement.matches, *heard.matches, *ignored.matches)[:MAX_MATCHES]
    judgement = replace(judgement, matches=matches)
    return Judged(_settled(verdict, judgement, ruleset), judgement)


def _left_out(listed: Listed) -> Iterator[Finding]:
    numbers = listed.left_out
    if numbers:
        named = ", ".join(str(n) for n in numbers[:MAX_NUMBERS])
        reason = f"{len(numbers)} entries of the account's lists cannot be used: {named}."
        yield Finding(LEFT_OUT, reason=reason, place="message", field="lists", value=named)


def _settled(verdict: Verdict, judgement: Judgement, ruleset: Ruleset) -> Verdict:
    """The verdict with what the lists said, and the disposition that they left."""
    spoken = tuple(m for m in judgement.matches if m.kind in _RULES)
    if not spoken:
        return verdict
    said = weigh((_finding(m) for m in spoken), ruleset.rules)
    own = judgement.disposition is verdict.disposition
    blocked = judgement.disposition is Disposition.MALICIOUS
    heads = (m.reason for m in spoken if m.counts)
    return replace(
        verdict,
        disposition=judgement.disposition,
        findings=(*said, *verdict.findings),
        reasons=tuple(dict.fromkeys((*heads, *(verdict.reasons if own or blocked else ()))))[:MAX_REASONS],
        categories=_categories(verdict, spoken, ruleset) if own or blocked else (),
    )


def _categories(verdict: Verdict, spoken: tuple[ListMatch, ...], ruleset: Ruleset) -> tuple[str, ...]:
    rules = (ruleset.rules[_rule_of(m)] for m in spoken)
    return tuple(dict.fromkeys((*(r.category for r in rules if r.category), *verdict.categories)))


_RULES = {
    "blocked_sender": BLOCKED_SENDER,
    "blocked_content": BLOCKED_CONTENT,
    "sending_restriction": NO_TLS,
    "allowed_sender": LET_THROUGH,
    "acceptable_sender": LET_THROUGH,
    "allowed_recipient": LET_THROUGH,
}


def _rule_of(match: ListMatch) -> str:
    if match.counts:
        return _RULES[match.kind]
    return BLOCK_SET_ASIDE if match.kind in BLOCKING else NOT_HONOURED


def _finding(match: ListMatch) -> Finding:
    return Finding(
        _rule_of(match),
        reason=match.reason,
        place=_PLACES.get(match.field, "envelope"),
        field=match.field,
        value=match.value,
    )
