"""The rules of a ruleset whose condition is an expression: compiled together, asked together.

An expression that fails on a message gives the finding `rule_failed`, and a message of which not everything
was handed in gives `rule_view_cut`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.model.verdict import Rule
from lazaretto.scan.evidence import clipped, passage_finding, quoted
from lazaretto.scan.expressions.gates import finding_name
from lazaretto.scan.expressions.language import (
    Compiled,
    EvaluationError,
    ExpressionError,
    activation,
    compile_expression,
)
from lazaretto.scan.expressions.phrasebook import (
    MAX_GROUPS,
    Phrasebook,
    PhraseError,
    Spoken,
    phrasebook,
    windows,
)
from lazaretto.scan.expressions.places import expression_place, rules_in
from lazaretto.scan.expressions.rule_file import PlacedError, RuleData, RuleFile
from lazaretto.scan.expressions.view import View
from lazaretto.scan.reading import read

RULE_FAILED = "rule_failed"
VIEW_CUT = "rule_view_cut"

MAX_RULES = 2_000
"""Rules with an expression: each is asked about every message, and takes a few microseconds."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything about a rule that the verdict does not need: what it says of itself, and where it stands."""

    data: RuleData
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One rule and its expression."""

    rule: Rule
    compiled: Compiled


@dataclass(frozen=True, slots=True)
class Expressions:
    """All of them, and the phrases that they ask for."""

    conditions: tuple[Condition, ...] = ()
    books: tuple[Phrasebook, ...] = ()
    phrases: tuple[str, ...] = ()  # all names, in order

    def findings(
        self, message: Message, envelope: Envelope, facts: Facts, before: Iterable[Finding]
    ) -> Iterator[Finding]:
        """What the expressions say of a message, of which `before` was found already."""
        if not self.conditions:
            return
        spoken, found = self._spoken(message), {finding.rule: True for finding in before}
        seen = View(message, envelope, facts)
        if seen.cut:
            reason = "A list of this message is longer than expressions see; they saw its beginning."
            yield Finding(VIEW_CUT, reason=reason, place="message")
        held = seen.held.union((f"says.{name}" for name in spoken), map(finding_name, found))
        asked = tuple(c for c in self.conditions if c.compiled.gate.lets(held))
        if not asked:
            return
        values = seen.values(frozenset[str]().union(*(c.compiled.gate.fields for c in asked)))
        says = {f"says.{name}": name in spoken for name in self.phrases}
        told = activation({**values, **says, "findings": found}, self.phrases)
        for condition in asked:
            try:
                if condition.compiled.holds(told):
                    yield _finding(condition, spoken)
            except EvaluationError as error:
                reason = f"The rule {condition.rule.id} failed on this message: {error}."
                yield Finding(RULE_FAILED, clipped(reason), "message", "expression", condition.rule.id)

    def without(self, rules: frozenset[str]) -> "Expressions":
        """Without some rules."""
        kept = tuple(c for c in self.conditions if c.rule.id not in rules)
        return Expressions(kept, self.books, self.phrases)

    def _spoken(self, message: Message) -> dict[str, Spoken]:
        texts = windows(read(message).passages)
        together = b"\n".join(data for _, data in texts)
        found: dict[str, Spoken] = {}
        for book in self.books:
            found |= book.spoken(texts, together)
        return found


def _finding(condition: Condition, spoken: Mapping[str, Spoken]) -> Finding:
    """With the words that spoke for it as evidence, where it asked for words."""
    rule = condition.rule
    said = next((spoken[name] for name in condition.compiled.says if name in spoken), None)
    if said is None:
        return Finding(rule.id, reason=f"{rule.title}. {rule.text}", place="message", field="expression")
    reason = f"{rule.title}: {quoted(said.text)}. {rule.text}"
    return passage_finding(rule.id, said.passage, said.text, reason, (said.start, said.end))


NO_EXPRESSIONS = Expressions()


def compile_rules(
    files: Mapping[str, bytes], tables: Mapping[str, RuleFile], rules: Mapping[str, Rule]
) -> Expressions:
    """The expressions of all files. Raises PlacedError, which names file, line and column."""
    books, phrases = _books(tables)
    written = [(name, data) for name, table in tables.items() for data in table.rule if data.expression]
    if len(written) > MAX_RULES:
        raise PlacedError(written[-1][0], 1, 1, f"at most {MAX_RULES} rules can have an expression")
    names, before = tuple(sorted(phrases)), _speak_before(tables)
    conditions = []
    for name, data in written:
        try:
            compiled = compile_expression(data.expression or "", names, before)
        except ExpressionError as error:
            place = expression_place(files[name], data.id, error.line, error.column)
            raise PlacedError(name, *place, f"rule {data.id!r}: expression: {error}") from error
        conditions.append(Condition(rules[data.id], compiled))
    return Expressions(tuple(conditions), tuple(books), names)


def _books(tables: Mapping[str, RuleFile]) -> tuple[list[Phrasebook], set[str]]:
    """The phrases of all files, and their names."""
    books, phrases = list[Phrasebook](), set[str]()
    for name, table in tables.items():
        for group in table.phrases:
            if group in phrases or not group.isidentifier():
                what = "is defined twice" if group in phrases else "is no name"
                raise PlacedError(name, 1, 1, f"phrases: {group!r} {what}")
            phrases.add(group)
        if table.phrases:
            try:
                books.append(phrasebook(table.phrases))
            except PhraseError as error:
                raise PlacedError(name, 1, 1, f"phrases: {error}") from error
    if len(phrases) > MAX_GROUPS:
        raise PlacedError(next(iter(tables)), 1, 1, f"phrases: at most {MAX_GROUPS} names are expected")
    return books, phrases


def _speak_before(tables: Mapping[str, RuleFile]) -> frozenset[str]:
    """Rules whose findings an expression can ask for: those that code sees."""
    return frozenset(
        d.id for table in tables.values() for d in table.rule if d.expression is None and d.when is None
    )


def origins(files: Mapping[str, bytes], tables: Mapping[str, RuleFile]) -> dict[str, Origin]:
    """Where each rule stands, and all that it says."""
    found: dict[str, Origin] = {}
    for name, table in tables.items():
        steps, places = rules_in(files[name])
        for data in table.rule:
            found[data.id] = Origin(data, name, places.get(steps.get(data.id, ()), (1, 1))[0])
    return found
