"""`lazaretto serve`: run the server until SIGTERM or Ctrl-C."""

import argparse

from lazaretto.commands.outcome import OK
from lazaretto.commands.shared import load


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Everything is in the settings."""


def run(parsed: argparse.Namespace) -> int:
    """Serve."""
    settings = load(parsed)

    import uvloop

    from lazaretto.roles import serve
    from lazaretto.telemetry.log import configure_log

    configure_log(settings.log.level, "json" if parsed.json else settings.log.format)
    uvloop.run(serve(settings))
    return OK
