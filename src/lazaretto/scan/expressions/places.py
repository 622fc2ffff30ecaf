"""Where in a rule file a table, a key, a rule or an expression stands: line and column, both from 1."""

import re
from collections.abc import Iterator

_HEAD = re.compile(r"^\s*\[(\[)?\s*([\w.\s\"'-]+?)\s*\]")
_KEY = re.compile(r"^(\s*)([A-Za-z_][\w-]*)\s*=\s*(.*)$")
_ID = re.compile(r"""=\s*["']([^"']*)["']""")
Steps = tuple[str | int, ...]


def places_in(text: str) -> Iterator[tuple[Steps, tuple[int, int]]]:
    """Path, line and column of every table and key; keys inside of values are left out."""
    counts: dict[Steps, int] = {}
    table: Steps = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if (head := _HEAD.match(line)) is not None:
            table = _table(head, counts)
            yield table, (number, line.index("[") + 1)
        elif (key := _KEY.match(line)) is not None:
            yield (*table, key[2]), (number, len(key[1]) + 1)
            closing = next((q for q in ('"""', "'''") if key[3].startswith(q) and q not in key[3][3:]), "")


def _table(head: "re.Match[str]", counts: dict[Steps, int]) -> Steps:
    steps: Steps = ()
    names = [name.strip(" \"'") for name in head[2].split(".")]
    for i, name in enumerate(names):
        steps = (*steps, name)
        if i == len(names) - 1 and head[1]:
            counts[steps] = counts.get(steps, -1) + 1
            for below in [k for k in counts if len(k) > len(steps) and k[: len(steps)] == steps]:
                del counts[below]
        if steps in counts:
            steps = (*steps, counts[steps])
    return steps


def place_of(content: bytes, rule: str, key: str = "id") -> tuple[int, int]:
    """Line and column of a key of a rule, (1, 1) when it is not found. Of two rules with one id, the last."""
    steps, places = rules_in(content)
    return places.get((*steps[rule], key), places.get(steps[rule], (1, 1))) if rule in steps else (1, 1)


def rules_in(content: bytes) -> tuple[dict[str, Steps], dict[Steps, tuple[int, int]]]:
    """The path of each rule by its id, and the places of all paths."""
    text = content.decode("utf-8", "replace")
    lines, places = text.splitlines(), dict(places_in(text))
    steps: dict[str, Steps] = {}
    for path, (line, _) in places.items():
        if path[-1:] == ("id",) and (found := _ID.search(lines[line - 1])) is not None:
            steps[found[1]] = path[:-1]
    return steps, places


def places_of_cases(content: bytes) -> dict[tuple[str, str, int], tuple[int, int]]:
    """Line and column of every test message: by rule, sort and number from 1."""
    steps, places = rules_in(content)
    names = {path: rule for rule, path in steps.items()}
    return {
        (names[path[:2]], str(path[2]), int(path[3]) + 1): place
        for path, place in places.items()
        if len(path) == 4 and path[:2] in names and path[2] in {"match", "pass"} and isinstance(path[3], int)
    }


def expression_place(content: bytes, rule: str, line: int, column: int) -> tuple[int, int]:
    """Where in the file a place within the expression of a rule stands."""
    first, _ = place_of(content, rule, "expression")
    lines = content.decode("utf-8", "replace").splitlines()
    written = lines[first - 1] if first <= len(lines) else ""
    value = re.match(r"""^\s*expression\s*=\s*('''|\"""|'|")""", written)
    if value is None:
        return first, 1
    if len(value[1]) == 3 and not written[value.end() :].strip():  # the line end after the quotes is not part
        return first + line, column
    return first + line - 1, column + (value.end() if line == 1 else 0)
