"""Rules that an account switched off: what they saw becomes a note, and they join no combination."""

from collections.abc import Iterable
from dataclasses import replace

from lazaretto.model.finding import Finding
from lazaretto.scan.evidence import clipped
from lazaretto.scan.ruleset import Ruleset

RULE_OFF = "list_rule_off"


def without_switched_off(findings: Iterable[Finding], off: frozenset[str]) -> tuple[Finding, ...]:
    """The findings, those of switched off rules as notes: an analyst sees what the switch keeps away."""
    return tuple(_noted(finding) if finding.rule in off else finding for finding in findings)


def _noted(finding: Finding) -> Finding:
    reason = f"The account switched off the rule {finding.rule}. {finding.reason}"
    return replace(finding, rule=RULE_OFF, reason=clipped(reason))


def heard_by(ruleset: Ruleset, off: frozenset[str]) -> Ruleset:
    """The ruleset without the combinations that are switched off."""
    if not off:
        return ruleset
    kept = tuple(c for c in ruleset.combinations if c.rule.id not in off)
    return replace(ruleset, combinations=kept)
