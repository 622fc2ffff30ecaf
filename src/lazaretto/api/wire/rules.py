"""Rules on the wire."""

from datetime import datetime
from typing import Literal

import msgspec

from lazaretto.api.wire.times import rfc3339
from lazaretto.model.verdict import Kind, Rule
from lazaretto.scan.ruleset import Ruleset
from lazaretto.store.rules_off import RuleOff

Form = Literal["expression", "combination", "check"]


class RuleValue(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, as the account hears it."""

    id: str
    version: int
    form: Form
    kind: Kind
    weight: float
    title: str
    text: str
    category: str | None
    expression: str | None
    enabled: bool
    disabled_at: str | None
    disabled_by: str | None


class RulePatch(msgspec.Struct, frozen=True, kw_only=True):
    """What the account wants of a rule."""

    enabled: bool


def rule_value(rule: Rule, form: Form, expression: str | None, off: RuleOff | None) -> RuleValue:
    """A rule as it is answered."""
    at: datetime | None = off.at if off is not None else None
    return RuleValue(
        id=rule.id,
        version=rule.version,
        form=form,
        kind=rule.kind,
        weight=rule.weight,
        title=rule.title,
        text=rule.text,
        category=rule.category,
        expression=expression,
        enabled=off is None,
        disabled_at=rfc3339(at) if at is not None else None,
        disabled_by=off.actor if off is not None else None,
    )


def rule_values(ruleset: Ruleset, off: tuple[RuleOff, ...]) -> list[RuleValue]:
    """All rules that are heard, by id."""
    switched = {one.rule: one for one in off}
    sources = {c.rule.id: c.compiled.source for c in ruleset.expressions.conditions}
    combined = {c.rule.id for c in ruleset.combinations}
    values = []
    for id in sorted(set(ruleset.rules) - ruleset.silent):  # noqa: A001
        form: Form = "expression" if id in sources else "combination" if id in combined else "check"
        values.append(rule_value(ruleset.rules[id], form, sources.get(id), switched.get(id)))
    return values
