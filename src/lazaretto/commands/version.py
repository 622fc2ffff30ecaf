"""`lazaretto version`."""

import argparse
import json
import platform

from lazaretto import __version__
from lazaretto.commands.outcome import OK


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Nothing can be said to it."""


def run(parsed: argparse.Namespace) -> int:
    """Our version, and Python's."""
    if parsed.json:
        print(json.dumps({"version": __version__, "python": platform.python_version()}))
    else:
        print(f"lazaretto {__version__} (Python {platform.python_version()})")
    return OK
