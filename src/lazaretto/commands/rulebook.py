"""The verbs of `lazaretto rules` about single rules: list, explain, test, and switch off for an account."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import FAILED, OK, CommandFailed
from lazaretto.commands.shared import load, show, table, verb

if TYPE_CHECKING:
    from lazaretto.scan.catalogue import Catalogue, Listing
    from lazaretto.scan.trial import Trial
    from lazaretto.store.database import Transaction

MAX_FILES = 1_000
"""Rule files of one folder that are tested."""


def add_verbs(group: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What can be said to them."""
    listing = verb(group, "list", "list all rules")
    listing.add_argument(
        "--form", choices=("expression", "combination", "check"), help="only rules of a form"
    )
    explain = verb(group, "explain", "say everything about one rule")
    explain.add_argument("rule", metavar="ID")
    test = verb(group, "test", "check rule files and run the test messages of their rules")
    test.add_argument("path", nargs="?", metavar="FILE|DIR", help="default: all rules that run")
    off = verb(group, "disable", "switch a rule off for an account")
    on = verb(group, "enable", "switch it on again")
    for switch in (off, on):
        switch.add_argument("rule", metavar="ID")
        switch.add_argument("--account", metavar="REF", help="id or name, if there is more than one")


def run_verb(parsed: argparse.Namespace) -> int:
    """Do it."""
    if parsed.verb == "test":
        return _test(parsed)
    if parsed.verb in {"enable", "disable"}:
        return _switch(parsed)
    here = _catalogue(parsed)
    if parsed.verb == "list":
        found = [one for one in here.listings.values() if parsed.form in {None, one.form}]
        head = ("id", "form", "kind", "weight", "tests", "title")
        show(parsed, [_value(one) for one in found], table([head, *(_row(one) for one in found)]))
    else:
        one = _find(here, parsed.rule)
        show(parsed, _value(one), _told(one))
    return OK


def _catalogue(parsed: argparse.Namespace) -> "Catalogue":
    """The shipped rules with the edition that runs laid over them."""
    from lazaretto.scan.catalogue import catalogue
    from lazaretto.store.editions import Editions

    editions = Editions(load(parsed).data_folder)
    current = editions.current()
    return catalogue({} if current is None else editions.find(current).files)


def _find(here: "Catalogue", rule: str) -> "Listing":
    from lazaretto.scan.expressions.suggest import did_you_mean

    if rule not in here.listings:
        hint = did_you_mean(rule, here.listings)
        raise CommandFailed(f"There is no rule '{rule}'.{hint} `lazaretto rules list` names all.")
    return here.listings[rule]


def _test(parsed: argparse.Namespace) -> int:
    """Every problem on a line of its own, as compilers tell it: file:line:column: text."""
    from lazaretto.scan.rulefiles import RuleFileError

    try:
        trials = _trials(parsed)
    except RuleFileError as problem:
        prefix = _folder(parsed)
        show(parsed, {"passed": 0, "failed": [{"problem": f"{prefix}{problem}"}]}, f"{prefix}{problem}")
        return FAILED
    bad = [(name, trial) for name, trial in trials if trial.problem]
    failed = [
        {
            "file": name,
            "line": t.line,
            "column": t.column,
            "rule": t.rule,
            "test": f"{t.sort} {t.number}",
            "problem": t.problem,
        }
        for name, t in bad
    ]
    lines = [f"{name}:{t.line}:{t.column}: {t.problem}" for name, t in bad]
    rules = len({trial.rule for _, trial in trials})
    lines.append(f"{len(trials) - len(bad)} of {len(trials)} tests of {rules} rules passed")
    show(parsed, {"passed": len(trials) - len(bad), "failed": failed}, "\n".join(lines))
    return FAILED if bad else OK


def _folder(parsed: argparse.Namespace) -> str:
    """What stands before the names of files that are told."""
    path = Path(parsed.path) if parsed.path else None
    return (
        "" if path is None else f"{path}/" if path.is_dir() else f"{path.parent}/" * (path.parent != Path())
    )


def _trials(parsed: argparse.Namespace) -> list[tuple[str, "Trial"]]:
    from lazaretto.scan.catalogue import catalogue
    from lazaretto.scan.rulefiles import shipped_files
    from lazaretto.scan.trial import try_rules

    files = _read(Path(parsed.path)) if parsed.path else {}
    here = catalogue(files) if files else _catalogue(parsed)
    contents = {**shipped_files(), **files}
    wanted = files or dict.fromkeys(one.origin.file for one in here.listings.values())
    return [
        (f"{_folder(parsed)}{name}", trial)
        for name in wanted
        for trial in try_rules(contents.get(name, b""), here.data_of(name), here.ruleset)
    ]


def _read(path: Path) -> dict[str, bytes]:
    """The rule files at a path, by name."""
    try:
        paths = sorted(path.glob("*.toml"))[:MAX_FILES] if path.is_dir() else [path]
        files = {one.name: one.read_bytes() for one in paths}
    except OSError as problem:
        raise CommandFailed(f"{path} cannot be read: {problem.strerror}.") from None
    if not files:
        raise CommandFailed(f"{path} holds no rule files: their names end in .toml.")
    return files


def _switch(parsed: argparse.Namespace) -> int:
    from lazaretto.commands.audited import actor, audit_command
    from lazaretto.commands.store import in_store, the_account
    from lazaretto.store.rules_off import switch_rule

    enabled = parsed.verb == "enable"
    if not enabled:
        _find(_catalogue(parsed), parsed.rule)

    async def switch(tx: "Transaction") -> bool:
        account = await the_account(tx, parsed.account)
        now = datetime.now(UTC)
        changed = await switch_rule(tx, account.id, parsed.rule, enabled=enabled, actor=actor(), now=now)
        await audit_command(tx, account.id, f"rules {parsed.verb}", {"rule": parsed.rule}, {})
        return changed

    changed = in_store(load(parsed), switch)
    state = "on" if enabled else "off"
    text = f"{parsed.rule} is {state}" if changed else f"{parsed.rule} was {state} already"
    show(parsed, {"rule": parsed.rule, "enabled": enabled, "changed": changed}, text)
    return OK


def _value(one: "Listing") -> dict[str, object]:
    rule, data = one.rule, one.origin.data
    return {
        "id": rule.id,
        "version": rule.version,
        "form": one.form,
        "kind": rule.kind,
        "weight": rule.weight,
        "severity": data.severity,
        "title": rule.title,
        "text": rule.text,
        "category": rule.category,
        "attack_type": data.attack_type,
        "tactics": list(data.tactics),
        "references": list(data.references),
        "floor": rule.floor,
        "expression": data.expression,
        "tests": {"match": len(data.match), "pass": len(data.passes)},
        "file": one.origin.file,
        "line": one.origin.line,
        "heard": one.heard,
    }


def _row(one: "Listing") -> tuple[str, ...]:
    rule, data = one.rule, one.origin.data
    tests = f"{len(data.match)}+{len(data.passes)}" if one.form == "expression" else ""
    return (rule.id, one.form, rule.kind, f"{rule.weight:g}", tests, rule.title)


def _told(one: "Listing") -> str:
    rule, data = one.rule, one.origin.data
    attack = ", ".join(word for word in (data.attack_type or "", *data.tactics) if word)
    facts = [
        ("weight", f"{rule.weight:g} of kind {rule.kind}, severity {data.severity}"),
        ("category", rule.category or ""),
        ("attack", attack),
        ("at least", str(rule.floor or "")),
        ("references", "\n".join(data.references)),
        ("tests", f"{len(data.match)} that match, {len(data.passes)} that pass"),
        ("defined", f"{one.origin.file}, line {one.origin.line}, version {rule.version}"),
        ("heard", "" if one.heard else "no: an override silences it"),
    ]
    lines = [
        f"{rule.id}: {rule.title}",
        rule.text,
        "",
        table((name, value) for name, value in facts if value),
    ]
    if data.expression:
        lines += ["", "It speaks when:", *(f"  {line}" for line in data.expression.strip().splitlines())]
    elif data.when:
        lines += ["", f"It speaks beside other rules: all {data.when.all}, any {data.when.any}."]
    else:
        lines += ["", "It speaks when a check sees this; what checks see is code."]
    return "\n".join(lines)
