"""Findings that mean more together than alone. Which ones, is data (`rules/combinations.toml`).

A combination that spoke counts as a finding for the combinations after it.
"""

from collections.abc import Iterable, Iterator

from lazaretto.model.finding import Finding
from lazaretto.scan.ruleset import Combination, Ruleset


def combine(findings: Iterable[Finding], ruleset: Ruleset) -> Iterator[Finding]:
    """One finding for every combination whose parts were all seen, with the place of its first part."""
    seen: dict[str, Finding] = {}
    for finding in findings:
        seen.setdefault(finding.rule, finding)
    for combination in ruleset.combinations:
        parts = _parts(combination, seen)
        if parts:
            found = _together(combination, parts)
            seen[found.rule] = found
            yield found


def _parts(combination: Combination, seen: dict[str, Finding]) -> tuple[Finding, ...]:
    firsts: list[str] = []
    for alternatives in combination.all:
        for rule in alternatives:
            if rule in seen:
                firsts.append(rule)
                break
        else:
            return ()
    if any(rule in seen for rule in combination.none):
        return ()
    some = [rule for rule in combination.any if rule in seen]
    if combination.any and len(some) < combination.least:
        return ()
    return tuple(seen[rule] for rule in (*firsts, *some))


def _together(combination: Combination, parts: tuple[Finding, ...]) -> Finding:
    first = parts[0]
    evidence = " ".join(dict.fromkeys(part.reason for part in parts))
    return Finding(
        combination.rule.id,
        reason=f"{combination.rule.title}: {evidence}"[:1000],
        place=first.place,
        field=first.field,
        value=first.value,
        part=first.part,
        start=first.start,
        end=first.end,
        attachment=first.attachment,
    )
