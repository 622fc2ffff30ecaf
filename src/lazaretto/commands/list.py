"""`lazaretto list`: allowed and blocked senders, trusted domains, people and patterns of an account."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazaretto.commands.outcome import OK, USAGE, CommandFailed
from lazaretto.commands.shared import load, show, table, verb, verbs

if TYPE_CHECKING:
    from lazaretto.api.settings.resource import Resource
    from lazaretto.api.settings.sheet import Imported
    from lazaretto.model.account import Account
    from lazaretto.store.database import Transaction

NAMES = (
    "allow_policies",
    "block_senders",
    "content_policies",
    "impersonation_registry",
    "sending_domain_restrictions",
    "trusted_domains",
    "url_ignore_patterns",
)

_FIRST = {
    "content_policies": "pattern",
    "impersonation_registry": "email",
    "sending_domain_restrictions": "domain",
}
"""The field that a word without a name means; the pattern elsewhere."""

_UNSAID = {"verify_sender": "true", "enabled": "true", "targets": "SUBJECT BODY", "exclude": ""}
"""What is meant when nothing is said; of all that begins with is_ it is no."""

_DIRECTORY = ("directory_id", "directory_node_id", "external_directory_node_id", "provenance")
"""Columns that tables leave out."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    parser.add_argument("name", metavar="NAME", choices=NAMES, help=", ".join(NAMES))
    group = verbs(parser)
    shown = verb(group, "show", "show all entries")
    shown.add_argument("--search", default="", metavar="WORDS", help="only entries that hold these words")
    add = verb(group, "add", "add one entry")
    add.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help="the pattern may stand alone")
    remove = verb(group, "remove", "remove entries by their numbers")
    remove.add_argument("ids", nargs="+", metavar="ID")
    taken = verb(group, "import", "add all rows of a CSV file, or none")
    taken.add_argument("file", metavar="FILE", help="- is standard input")
    taken.add_argument("--skip-duplicates", action="store_true", help="pass over what is listed already")
    given = verb(group, "export", "write all entries as CSV")
    given.add_argument("file", nargs="?", default="-", metavar="FILE", help="default: standard output")
    for with_account in (shown, add, remove, taken, given):
        with_account.add_argument("--account", metavar="REF", help="id or name, if there is more than one")


def run(parsed: argparse.Namespace) -> int:
    """Show, add, remove, import or export."""
    resource: Resource[Any, Any] = import_module(f"lazaretto.api.settings.{parsed.name}").RESOURCE
    settings = load(parsed)
    do = {"show": _show, "add": _add, "remove": _remove, "import": _import, "export": _export}
    do[parsed.verb](parsed, resource, settings)
    return OK


def _show(parsed: argparse.Namespace, resource: "Resource[Any, Any]", settings: Any) -> None:
    entries = [resource.show(entry) for entry in _entries(parsed, resource, settings)]
    columns = ("id", *(name for name in resource.columns if name not in _DIRECTORY))
    rows = [tuple(_word(getattr(entry, name)) for name in columns) for entry in entries]
    show(parsed, [_value(entry) for entry in entries], table([columns, *rows]) if rows else "")


def _export(parsed: argparse.Namespace, resource: "Resource[Any, Any]", settings: Any) -> None:
    from lazaretto.api.settings.sheet import sheet_of

    entries = _entries(parsed, resource, settings)
    if parsed.json:
        show(parsed, [_value(resource.show(entry)) for entry in entries], "")
        return
    octets = sheet_of(resource, entries)
    if parsed.file == "-":
        sys.stdout.buffer.write(octets)
    else:
        Path(parsed.file).write_bytes(octets)


def _add(parsed: argparse.Namespace, resource: "Resource[Any, Any]", settings: Any) -> None:
    from lazaretto.api.settings.sheet import read_cells
    from lazaretto.commands.store import in_store

    cells = _cells(parsed, resource.columns)
    draft = read_cells(resource, cells)

    async def work(tx: "Transaction") -> Any:
        account = await _account(tx, parsed)
        edit = await resource.shelf.edit(tx, account.id, datetime.now(UTC))
        entry = await edit.add(draft)
        await edit.end()
        await _audit(tx, account, parsed, {"id": str(entry.id)}, dict(cells))
        return entry

    entry = resource.show(in_store(settings, work))
    value = _value(entry)
    show(parsed, value, f"added {value['id']}")


def _remove(parsed: argparse.Namespace, resource: "Resource[Any, Any]", settings: Any) -> None:
    from lazaretto.api.settings.resource import number_in
    from lazaretto.commands.store import in_store

    numbers = [number_in(resource, reference, "id") for reference in parsed.ids]

    async def work(tx: "Transaction") -> None:
        account = await _account(tx, parsed)
        edit = await resource.shelf.edit(tx, account.id, datetime.now(UTC))
        for number in numbers:
            await edit.remove(number)
        await edit.end()
        await _audit(tx, account, parsed, {"ids": [str(number) for number in numbers]}, {})

    in_store(settings, work)
    show(parsed, [{"id": str(number)} for number in numbers], f"removed {', '.join(map(str, numbers))}")


def _import(parsed: argparse.Namespace, resource: "Resource[Any, Any]", settings: Any) -> None:
    from lazaretto.api.settings.sheet import add_rows, read_sheet
    from lazaretto.commands.store import in_store

    octets = sys.stdin.buffer.read() if parsed.file == "-" else Path(parsed.file).read_bytes()
    rows = read_sheet(resource, octets)

    async def work(tx: "Transaction") -> "Imported":
        account = await _account(tx, parsed)
        edit = await resource.shelf.edit(tx, account.id, datetime.now(UTC))
        done = await add_rows(edit, rows, skip=parsed.skip_duplicates)
        await edit.end()
        await _audit(tx, account, parsed, {}, {"added": done.added, "skipped": done.skipped})
        return done

    done = in_store(settings, work)
    text = f"added {done.added}" + (f", skipped {done.skipped} that were there" if done.skipped else "")
    show(parsed, {"added": done.added, "skipped": done.skipped}, text)


def _entries(parsed: argparse.Namespace, resource: "Resource[Any, Any]", settings: Any) -> Sequence[Any]:
    from lazaretto.commands.store import in_store

    async def work(tx: "Transaction") -> Sequence[Any]:
        account = await _account(tx, parsed)
        query = resource.query(search=getattr(parsed, "search", "") or None)
        return await resource.shelf.find_all(tx, account.id, query)

    return in_store(settings, work)


def _cells(parsed: argparse.Namespace, columns: Sequence[str]) -> dict[str, str]:
    """The fields that were said, and what is meant where nothing was."""
    cells = {name: "false" for name in columns if name.startswith("is_")}
    cells |= {name: value for name, value in _UNSAID.items() if name in columns}
    first = _FIRST.get(parsed.name, "pattern")
    for word in parsed.fields:
        name, equals, value = word.partition("=")
        if name in columns and equals:
            cells[name] = value
        elif first in cells:
            raise CommandFailed(f"'{word}' is no FIELD=VALUE; fields are {', '.join(columns)}.", USAGE)
        else:
            cells[first] = word
    if "pattern_type" in columns and first in cells:
        cells.setdefault("pattern_type", _type_of(cells[first]))
    return cells


def _type_of(pattern: str) -> str:
    try:
        ip_network(pattern, strict=False)
    except ValueError:
        return "EMAIL" if "@" in pattern else "DOMAIN"
    return "IP"


async def _account(tx: "Transaction", parsed: argparse.Namespace) -> "Account":
    from lazaretto.commands.store import the_account

    return await the_account(tx, parsed.account)


async def _audit(
    tx: "Transaction",
    account: "Account",
    parsed: argparse.Namespace,
    target: dict[str, Any],
    parameters: dict[str, Any],
) -> None:
    from lazaretto.commands.audited import audit_command

    await audit_command(tx, account.id, f"list {parsed.verb}", {"list": parsed.name, **target}, parameters)


def _value(entry: Any) -> dict[str, Any]:
    import msgspec

    value: dict[str, Any] = msgspec.to_builtins(entry)
    return value


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(value)
    return "-" if value is None else str(value)
