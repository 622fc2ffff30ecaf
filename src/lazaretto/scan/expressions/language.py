"""The language of conditions: CEL over the documented fields, checked before the first message.

Rules: every field has a type, so a mistyped name or a comparison of a number with a text is found when the
rule is loaded. Evaluation has a budget of steps inside the library; it and every other failure is an error
here, never a value. The library is imported when the first expression is compiled.

Pitfalls of the library: `eval` returns most errors as a value that is a text, and so true in a condition.
Others, as the end of the budget, are raised. `msg.text.matches(...)` compiles its pattern each time:
phrases (`says.NAME`) are ten times as fast.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lazaretto.scan.expressions.fields import ELEMENTS, FIELDS
from lazaretto.scan.expressions.gates import Gate, gate_of
from lazaretto.scan.expressions.suggest import did_you_mean

if TYPE_CHECKING:
    from cel_expr_python import cel

MAX_EXPRESSION = 4_000
"""Characters of one expression: a longer one is several rules."""

MAX_ERROR = 300
"""Characters of an error that are kept."""

KNOWN_MACROS = ("all", "exists", "exists_one", "filter", "map")
FUNCTIONS = ("has", "size", "contains", "startsWith", "endsWith", "matches")
_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']+)'")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
_LOOP = re.compile(r"\.(?:all|exists|exists_one|filter|map)\(\s*([A-Za-z_]\w*)\s*,")
_LIST = re.compile(r"\bmsg\.(\w+)")
_ASKED = re.compile(r"""findings\.has\(\s*(["'])([^"'\n]*)\1\s*\)""")
_SAYS = re.compile(r"\bsays\.(\w+)")


class ExpressionError(ValueError):
    """An expression is wrong, at a line and column of its text, both from 1; told in MAX_ERROR characters."""

    def __init__(self, text: str, line: int = 1, column: int = 1) -> None:
        super().__init__(text[:MAX_ERROR])
        self.line = line
        self.column = column


class EvaluationError(Exception):
    """An expression did not end with true or false on a message."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression, ready to ask."""

    source: str
    program: Any
    says: tuple[str, ...]  # the phrases that it asks for
    gate: Gate  # what a message must have for it

    def holds(self, activation: Any) -> bool:
        """The answer for one message. Raises EvaluationError."""
        try:
            answer = self.program.eval(activation).value()
        except Exception as error:
            raise EvaluationError(_first_line(error)) from error
        if answer is not True and answer is not False:  # the text of an error
            raise EvaluationError(str(answer)[:MAX_ERROR])
        return answer


def compile_expression(source: str, phrases: tuple[str, ...], rules: frozenset[str]) -> Compiled:
    """An expression that gives true or false. Raises ExpressionError."""
    if not source.strip():
        raise ExpressionError("the expression is empty")
    if len(source) > MAX_EXPRESSION:
        raise ExpressionError(f"the expression has {len(source)} characters, {MAX_EXPRESSION} are the most")
    try:
        program = _environment(phrases).compile(source)
    except RuntimeError as error:
        raise _told(str(error), source, phrases) from error
    if not _is_bool(program):
        kind = str(program.return_type()).lower()
        raise ExpressionError(f"the expression gives {kind}, not true or false")
    _check_elements(source)
    _check_rules(source, rules)
    says = tuple(dict.fromkeys(_SAYS.findall(_blank(source))))
    return Compiled(source, program, says, gate_of(_blank(source, keep=r"\w")))


def activation(values: Mapping[str, object], phrases: tuple[str, ...]) -> Any:
    """The values of one message, for all expressions."""
    return _environment(phrases).Activation(values)


@lru_cache(8)
def _environment(phrases: tuple[str, ...]) -> "cel.Env":
    from cel_expr_python import cel

    kinds = cel.Type
    item = kinds.Map(kinds.STRING, kinds.DYN)
    types = {
        "bool": kinds.BOOL,
        "int": kinds.INT,
        "string": kinds.STRING,
        "list(string)": kinds.List(kinds.STRING),
        "map(string, string)": kinds.Map(kinds.STRING, kinds.STRING),
        **dict.fromkeys(ELEMENTS, kinds.List(item)),
    }
    found = kinds.Map(kinds.STRING, kinds.BOOL)
    spoke = cel.Overload("findings_has", kinds.BOOL, [found, kinds.STRING], is_member=True, impl=_has)
    return cel.NewEnv(
        variables={
            **{field.name: types[field.type] for field in FIELDS},
            **{f"says.{name}": kinds.BOOL for name in phrases},
            "findings": found,
        },
        functions=[cel.FunctionDecl("has", [spoke])],
    )


def _has(found: Mapping[str, bool], rule: str) -> bool:
    return rule in found


def _is_bool(program: Any) -> bool:
    from cel_expr_python import cel

    return bool(program.return_type() == cel.Type.BOOL)


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return (lines[0] if lines else type(error).__name__)[:MAX_ERROR]


def _told(text: str, source: str, phrases: Sequence[str]) -> ExpressionError:
    """The library's first error in our form: where, what, and what was probably meant."""
    found = _ERROR.search(text)
    if found is None:
        return ExpressionError(_first_line(RuntimeError(text)))
    line, column, what = int(found[1]), int(found[2]), found[3].replace(" (in container '')", "")
    what = what.replace(" [INVALID_ARGUMENT]", "")
    if (name := _UNDECLARED.search(what)) is None:
        return ExpressionError(f"{what}.", line, column)
    known = (
        {f.name for f in FIELDS} | {f"says.{p}" for p in phrases} | {*FUNCTIONS, *KNOWN_MACROS, "findings"}
    )
    lines = source.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    at = written.rfind(name[1], 0, column + len(name[1]))
    what = f"there is no field or function {name[1]!r}."
    return ExpressionError(what + did_you_mean(name[1], known), line, at + 1 if at >= 0 else column)


def _blank(source: str, keep: str = "") -> str:
    """The source with the insides of strings blanked, each character in its place."""
    return _STRING.sub(lambda m: '"' + re.sub(rf"[^\n{keep}]", " ", m[0][1:-1]) + '"', source)


def _check_elements(source: str) -> None:
    """What is asked of the items of a list is one of their fields."""
    bare = _blank(source)
    lists = {f.name.removeprefix("msg."): f.type for f in FIELDS if f.type in ELEMENTS}
    loops: list[tuple[int, str, frozenset[str]]] = []
    for loop in _LOOP.finditer(bare):
        before = [m[1] for m in _LIST.finditer(bare, 0, loop.start()) if m[1] in lists]
        known = frozenset(f.name for f in ELEMENTS[lists[before[-1]]]) if before else frozenset[str]()
        loops.append((loop.end(), loop[1], known))
    for name in {name for _, name, _ in loops}:
        for asked in re.finditer(rf"(?<![.\w]){name}\.(\w+)(?!\w*\s*\()", bare):
            known = next(
                (k for at, n, k in reversed(loops) if n == name and at <= asked.start()), frozenset()
            )
            if known and asked[1] not in known:
                hint = did_you_mean(asked[1], known)
                raise _placed(
                    f"an item of this list has no field {asked[1]!r}.{hint}", source, asked.start(1)
                )


def _check_rules(source: str, rules: frozenset[str]) -> None:
    """Rules that are asked for can have spoken before."""
    for asked in _ASKED.finditer(source):
        if asked[2] not in rules:
            hint = did_you_mean(asked[2], rules)
            raise _placed(f"{asked[2]!r} is no rule that speaks before.{hint}", source, asked.start(2))


def _placed(text: str, source: str, at: int) -> ExpressionError:
    line = source.count("\n", 0, at) + 1
    return ExpressionError(text, line, at - (source.rfind("\n", 0, at) + 1) + 1)
