"""`lazaretto settings`: every setting with its default and meaning."""

import argparse
import json
import sys

from lazaretto.commands.outcome import OK


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    parser.add_argument(
        "--markdown", action="store_true", help="print the page docs/settings.md (the default)"
    )


def run(parsed: argparse.Namespace) -> int:
    """The page, or the defaults as JSON."""
    from lazaretto.settings import Settings
    from lazaretto.settings.page import as_table, markdown

    if parsed.json:
        print(json.dumps(as_table(Settings()), indent=2))
    else:
        sys.stdout.write(markdown())
    return OK
