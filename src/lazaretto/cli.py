"""The command line: parses arguments, runs one command, turns every failure into one sentence.

Commands are imported when they are asked for; only their names and first lines are known here.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Protocol, cast

from lazaretto import __version__
from lazaretto.commands.outcome import CONFIG, FAILED, INTERRUPTED, OK, USAGE, CommandFailed
from lazaretto.commands.shared import shared_arguments

COMMANDS = {
    "serve": "run the server",
    "demo": "run a server with sample mail, to look at and play with",
    "import": "record stored mail: .eml, mbox, Maildir, tar, standard input",
    "scan": "judge stored mail without a server, one JSON object a message",
    "account": "add, list, set or remove accounts",
    "domain": "add, list or remove the domains whose mail is taken",
    "list": "show, add, remove, import or export what an account has listed",
    "token": "add, list or remove credentials for the API",
    "user": "add, change, list or remove the people who work in an account",
    "audit": "verify, show or export the log of what was done",
    "explain": "say why a stored message was judged so, and what would change it",
    "classifier": "train, measure, promote or roll back what an account's labels teach",
    "release": "send quarantined messages on to their recipients",
    "rules": "list, explain and test rules, promote rule files, go back",
    "hunt": "find stored messages that match something learned just now",
    "rescan": "judge stored messages again under other rules, and compare",
    "configtest": "check the settings and say what would be used",
    "settings": "list every setting with its default and meaning",
    "version": "print the version",
}

_EPILOG = "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 done in part, 78 wrong settings."


class Command(Protocol):
    """What every module of lazaretto.commands offers."""

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None:
        """Describe what can be said to it."""

    def run(self, parsed: argparse.Namespace, /) -> int:
        """Do it and return the exit code."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(words)
    parsed = parser.parse_args(words)
    if parsed.command is None:
        parser.print_help()
        return USAGE
    return _run(parsed)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lazaretto",
        formatter_class=_Wide,
        description="Self-hosted email security with an investigation desk.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"lazaretto {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    wanted = next((word for word in words if not word.startswith("-")), None)
    for name, line in COMMANDS.items():
        sub = commands.add_parser(
            name, help=line, description=line[0].upper() + line[1:] + ".", epilog=_EPILOG
        )
        if name == wanted:
            shared_arguments(sub)
            _module(name).add_arguments(sub)
    return parser


class _Wide(argparse.HelpFormatter):
    """Names and lines of commands on one line: argparse forgets the indent of the names when it counts."""

    def add_arguments(self, actions: Iterable[argparse.Action]) -> None:
        super().add_arguments(actions)
        self._action_max_length += self._indent_increment


def _run(parsed: argparse.Namespace) -> int:
    try:
        code: int = _module(parsed.command).run(parsed)
        sys.stdout.flush()
    except CommandFailed as failure:
        return _told(str(failure), failure.code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`); Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
            error = error.exceptions[0]
        sentence = _sentence(error)
        if sentence is None:
            raise
        return _told(*sentence)
    return code


def _sentence(error: Exception) -> tuple[str, int] | None:
    """Failures that deeper layers tell in words; None for a bug, which deserves its traceback."""
    from lazaretto.model.errors import Refusal
    from lazaretto.settings.load import SettingsError

    if isinstance(error, SettingsError):
        return str(error), CONFIG
    if isinstance(error, Refusal):
        return error.public, FAILED
    if type(error).__name__ in ("WrongStart", "WrongStore"):  # by name: their modules are heavy to import
        return str(error), FAILED
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}.", FAILED
    return None


def _told(sentence: str, code: int) -> int:
    print(f"lazaretto: {sentence}", file=sys.stderr)
    return code


def _module(command: str) -> Command:
    name = "import_" if command == "import" else command
    return cast("Command", import_module(f"lazaretto.commands.{name}"))
