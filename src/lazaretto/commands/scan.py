"""`lazaretto scan`: judge stored mail on all processors, without a store and without a server.

Prints one JSON object a message and line with path, disposition, score, scores by kind, findings and
milliseconds. A score of 5 and more is worse than BULK.
What could not be judged has disposition UNKNOWN and the key error, and the exit code is then 3.
It judges by the shipped rules, or by those of a folder or of an edition laid over them; only the last needs
the data folder of a server.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import FAILED, OK, PARTLY, CommandFailed

if TYPE_CHECKING:
    from lazaretto.commands.scan_worker import ScanJob, ScanLine, ScanOptions
    from lazaretto.intake.envelopes import Listed
    from lazaretto.intake.sources import Sources
    from lazaretto.settings import Settings

MAX_TITLES = 4
"""Findings named in a line of words."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="file, folder or archive; - is standard input"
    )
    parser.add_argument("--offline", action="store_true", help="ask no DNS; authentication is then unknown")
    parser.add_argument(
        "--envelopes", metavar="CSV", help="list with id, mail_from, rcpt_to, client_ip, helo"
    )
    parser.add_argument("--domain", action="append", default=[], metavar="NAME", help="a domain of ours")
    parser.add_argument(
        "--workers", type=int, default=0, metavar="N", help="processes (default: one a processor)"
    )
    rules = parser.add_mutually_exclusive_group()
    rules.add_argument("--rules", metavar="DIR", help="rule files, laid over the shipped ones")
    rules.add_argument(
        "--edition", metavar="N", help="what was promoted under this number; `current` is what a server runs"
    )
    parser.add_argument("--ordered", action="store_true", help="print in the order of reading")
    parser.add_argument("--text", action="store_true", help="print a line of words instead of JSON")


def run(parsed: argparse.Namespace) -> int:
    """Scan everything; failed only if nothing could be scanned."""
    from lazaretto.commands.scan_pool import ScanPool, in_order
    from lazaretto.commands.scan_worker import Scanner
    from lazaretto.commands.shared import load
    from lazaretto.intake.envelopes import read_envelopes
    from lazaretto.intake.sources import Sources
    from lazaretto.scan.rulefiles import RuleFileError

    settings = load(parsed)
    listed = read_envelopes(Path(parsed.envelopes)) if parsed.envelopes else {}
    sources = Sources(parsed.paths, stdin=sys.stdin.buffer)
    unread: list[bytes] = []
    try:
        scanner = Scanner(_options(parsed, settings))
    except RuleFileError as problem:
        raise CommandFailed(f"The rules cannot be used: {problem}") from None
    pool = ScanPool(scanner, workers=parsed.workers or settings.scan_workers, seconds=settings.scan.timeout)
    lines = pool.lines(_jobs(sources, listed, unread))
    return _print(in_order(lines) if parsed.ordered else lines, unread, text=parsed.text and not parsed.json)


def _options(parsed: argparse.Namespace, settings: "Settings") -> "ScanOptions":
    from lazaretto.commands.scan_worker import ScanOptions

    return ScanOptions(
        offline=parsed.offline or settings.dns.offline,
        own_domains=tuple(domain.lower() for domain in parsed.domain),
        dns_servers=settings.dns.servers,
        dns_timeout=settings.dns.timeout,
        dns_attempts=settings.dns.attempts,
        lookback=settings.scan.lookback,
        memory=settings.scan.memory_mib * 1024 * 1024,
        rules=tuple(_rules(parsed, settings).items()),
    )


def _rules(parsed: argparse.Namespace, settings: "Settings") -> "Mapping[str, bytes]":
    """The files that are laid over the shipped ones. Raises Refusal for what is not there."""
    from lazaretto.store.editions import Editions, read_folder

    if parsed.rules is not None:
        return read_folder(Path(parsed.rules))
    if parsed.edition is None:
        return {}
    editions = Editions(settings.data_folder)
    if parsed.edition == "current":
        return editions.files()
    if not (parsed.edition.isascii() and parsed.edition.isdigit()):
        raise CommandFailed(f"{parsed.edition!r} is no edition: give its number, or current.")
    return editions.find(int(parsed.edition)).files


def _jobs(sources: "Sources", listed: "Mapping[str, Listed]", unread: list[bytes]) -> "Iterator[ScanJob]":
    """A numbered job for each message; what is none goes to `unread` as a line."""
    from lazaretto.commands.scan_worker import ScanJob, failure_line
    from lazaretto.intake.envelopes import listed_for
    from lazaretto.intake.sources import Found

    ticket = 0
    for item in sources:
        if isinstance(item, Found):
            yield ScanJob(ticket, item, listed_for(item, listed))
            ticket += 1
        else:
            unread.append(failure_line(item.path, item.reason))


def _print(lines: "Iterator[ScanLine]", unread: list[bytes], *, text: bool) -> int:
    done = failed = 0
    for line in lines:
        _write(line.line, text=text)
        done += not line.failed
        failed += line.failed
        while unread:
            _write(unread.pop(0), text=text)
            failed += 1
    for left in unread:
        _write(left, text=text)
    failed += len(unread)
    if failed:
        return PARTLY if done else FAILED
    return OK


def _write(line: bytes, *, text: bool) -> None:
    sys.stdout.buffer.write((_words(line) if text else line) + b"\n")
    sys.stdout.buffer.flush()  # whoever reads along, or interrupts, has all lines so far


def _words(line: bytes) -> bytes:
    from lazaretto.telemetry.text import printable

    value = json.loads(line)
    why = value.get("error") or "; ".join(finding["title"] for finding in value["findings"][:MAX_TITLES])
    return printable(f"{value['disposition']:13} {value['score']:6.1f}  {value['path']}  {why}").encode()
