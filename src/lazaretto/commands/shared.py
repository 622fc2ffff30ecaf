"""What all commands have: --json and --config, the settings they ask for, and one way to print a result."""

import argparse
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lazaretto.settings import Settings


def shared_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of every command."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument(
        "--config", metavar="FILE", help="settings file (else the one LAZARETTO_CONFIG names)"
    )


def verbs(parser: argparse.ArgumentParser) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    """Room for `add`, `list` and `remove` behind a command; --json and --config may stand behind them too."""
    return parser.add_subparsers(dest="verb", metavar="VERB", required=True)


def verb(
    group: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, line: str
) -> argparse.ArgumentParser:
    """One of them."""
    parser = group.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON instead of text"
    )
    parser.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help="settings file")
    return parser


def load(parsed: argparse.Namespace) -> "Settings":
    """The settings: from --config, else LAZARETTO_CONFIG, and the environment."""
    from lazaretto.settings import load_settings

    return load_settings(Path(parsed.config) if parsed.config else None, os.environ)


def show(parsed: argparse.Namespace, value: object, text: str) -> None:
    """A result, as JSON or in words."""
    print(json.dumps(value, ensure_ascii=False, indent=None) if parsed.json else text)


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """Columns of text, as wide as they must be."""
    held = list(rows)
    if not held:
        return ""
    widths = [max(len(row[at]) for row in held) for at in range(len(held[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in held
    )
    return "\n".join(lines)
