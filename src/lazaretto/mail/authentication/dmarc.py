"""DMARC: did the domain that the reader sees prove itself by SPF or DKIM? RFC 9989.

The organisational domain is found by walking up the DNS tree; where the walk gets no answer the
Public Suffix List decides.
Limits: failure and aggregate reports are not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lazaretto.mail.authentication.dmarc_record import DmarcRecord, select_record
from lazaretto.mail.authentication.spf import is_domain
from lazaretto.mail.domains import is_ip, organisational_domain
from lazaretto.mail.questions import Check, ask
from lazaretto.model.facts import DkimResult, DmarcResult, SpfResult, Status

MAX_QUERIES = 8
"""Questions of one walk: names of a hundred labels must not become a hundred questions. RFC 9989 4.10."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What lies on the way from a domain up to the root."""

    domain: str
    found: tuple[tuple[str, DmarcRecord], ...] = ()  # from the domain upwards
    answered: bool = True  # False when the DNS failed us on the way

    @property
    def organisational(self) -> str:
        """RFC 9989 4.10.2."""
        for name, record in self.found:
            if record.psd == "n":
                return name
            if record.psd == "y" and name != self.domain:
                below = name.count(".") + 2
                return ".".join(self.domain.split(".")[-below:])
        if self.found and self.answered:
            return self.found[-1][0]
        return organisational_domain(self.domain)

    @property
    def applicable(self) -> tuple[str, DmarcRecord] | None:
        """The domain's own record, else that of the organisational domain, else of the public suffix."""
        by_name = dict(self.found)
        for name in (self.domain, self.organisational):
            if name in by_name:
                return name, by_name[name]
        return self.found[-1] if self.found else None


@dataclass(frozen=True, slots=True)
class Author:
    """The domain of the header from with what was found about it."""

    walk: Walk
    exists: bool = True
    problem: str = ""  # why there is no one domain to ask about
    ambiguous: bool = False  # the problem is that there are several


def find_author(domains: Sequence[str], *, fields: int = 1) -> Check[Author]:
    """Look for the policy of the header from domain; `fields` is how many From fields there are."""
    distinct = sorted({domain for domain in domains if domain})
    if fields > 1 or len(distinct) > 1:  # RFC 9989 5.3.1: a reader cannot know which one is meant
        shown = distinct[0] if distinct else ""
        return Author(Walk(shown), problem="From does not name exactly one domain", ambiguous=True)
    if not distinct or is_ip(distinct[0]) or not is_domain(distinct[0]):
        return Author(Walk(distinct[0] if distinct else ""), problem="From names no domain")
    walk = yield from walk_up(distinct[0])
    applicable = walk.applicable
    exists = True
    if applicable and applicable[0] != walk.domain and applicable[1].nonexistent_policy:
        answer = yield from ask(walk.domain, "A")
        exists = answer.status != Status.NXDOMAIN
    return Author(walk, exists=exists)


def walk_up(domain: str) -> Check[Walk]:
    """The records from a domain up to the root. RFC 9989 4.10."""
    found: list[tuple[str, DmarcRecord]] = []
    for name in _names_on_the_way(domain):
        answer = yield from ask(f"_dmarc.{name}", "TXT")
        if answer.status == Status.TEMPERROR:
            return Walk(domain, tuple(found), answered=False)
        record = select_record(answer.records)
        if record:
            found.append((name, record))
            if record.psd != "u":
                break
    return Walk(domain, tuple(found))


def _names_on_the_way(domain: str) -> list[str]:
    labels = domain.split(".")
    names = [domain]
    rest = labels[-(MAX_QUERIES - 1) :] if len(labels) >= MAX_QUERIES else labels[1:]
    names.extend(".".join(rest[i:]) for i in range(len(rest)))
    return names


def check(author: Author, spf: SpfResult, dkim: Sequence[DkimResult]) -> Check[DmarcResult]:
    """Compare what SPF and DKIM proved with the author's domain. RFC 9989 5.3."""
    walk = author.walk
    result = DmarcResult(
        result="none",
        domain=walk.domain,
        organisational_domain=walk.organisational if walk.domain else "",
        policy="",
        spf_aligned=False,
        dkim_aligned=False,
    )
    if author.problem:
        return _ended(result, "permerror" if author.ambiguous else "none", author.problem)
    applicable = walk.applicable
    if applicable is None:
        if not walk.answered:
            return _ended(result, "temperror", "no answer for the policy")
        return _ended(result, "none", "no policy")
    name, record = applicable
    policy = record.for_own() if name == walk.domain else record.for_subdomain(exists=author.exists)
    if policy is None:
        return _ended(result, "permerror", "the policy record has no p=")
    alignment = yield from _align(walk, record, spf, dkim)
    return DmarcResult(
        result=alignment.result,
        domain=walk.domain,
        organisational_domain=walk.organisational,
        policy=policy,
        spf_aligned=alignment.spf,
        dkim_aligned=alignment.dkim,
        record=ascii(record.text)[1:-1],
        reason=alignment.reason,
    )


def _ended(
    result: DmarcResult, ending: Literal["none", "temperror", "permerror"], reason: str
) -> DmarcResult:
    return replace(result, result=ending, reason=reason)


@dataclass(frozen=True, slots=True)
class _Alignment:
    result: Literal["pass", "fail", "temperror"]
    spf: bool
    dkim: bool
    reason: str


def _align(walk: Walk, record: DmarcRecord, spf: SpfResult, dkim: Sequence[DkimResult]) -> Check[_Alignment]:
    by_spf = spf.result == "pass" and (yield from _is_aligned(walk, spf.domain, strict=record.strict_spf))
    by_dkim = False
    for domain in dict.fromkeys(d.domain for d in dkim if d.result == "pass"):
        by_dkim = by_dkim or (yield from _is_aligned(walk, domain, strict=record.strict_dkim))
    if by_spf or by_dkim:
        return _Alignment("pass", by_spf, by_dkim, "")
    if _might_align(walk, spf, dkim):
        return _Alignment("temperror", False, False, "SPF or DKIM could not be finished")
    return _Alignment("fail", False, False, "no aligned domain passed")


def _is_aligned(walk: Walk, domain: str, *, strict: bool) -> Check[bool]:
    """RFC 9989 4.4."""
    other = domain.lower().removesuffix(".")
    if other == walk.domain:
        return True
    organisational = walk.organisational
    if strict or not _is_within(other, organisational):
        return False  # a common organisational domain would be a suffix of both
    found = yield from walk_up(other)
    return (
        found.organisational == organisational
        if found.found
        else organisational_domain(other) == organisational
    )


def _might_align(walk: Walk, spf: SpfResult, dkim: Sequence[DkimResult]) -> bool:
    unfinished = [d.domain for d in dkim if d.result == "temperror"]
    if spf.result == "temperror":
        unfinished.append(spf.domain)
    return any(_is_within(domain.lower(), walk.organisational) for domain in unfinished)


def _is_within(name: str, domain: str) -> bool:
    return name == domain or name.endswith("." + domain)
