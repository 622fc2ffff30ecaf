"""`lazaretto import`: record stored mail, so that it can be searched and looked at. Nothing is sent.

May run beside the server. Run it again after an interruption: what is there already is passed over.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import FAILED, OK, PARTLY
from lazaretto.commands.shared import load, show

if TYPE_CHECKING:
    from lazaretto.intake.importer import Tally
    from lazaretto.settings import Settings

SHOWN_UNREADABLE = 20
"""More of them are only counted; --json names all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="file, folder or archive; - is standard input"
    )
    parser.add_argument("--account", metavar="REF", help="id or name, if there is more than one")
    parser.add_argument(
        "--envelopes", metavar="CSV", help="list with id, mail_from, rcpt_to, client_ip, helo"
    )
    parser.add_argument("--offline", action="store_true", help="ask no DNS; authentication is then unknown")


def run(parsed: argparse.Namespace) -> int:
    """Import everything; failed only if nothing could be read."""
    from lazaretto.telemetry.log import configure_log

    settings = load(parsed)
    configure_log("warning", settings.log.format)
    tally = asyncio.run(_import(parsed, settings))
    show(parsed, _value(tally), _text(tally))
    if tally.unreadable or _unjudged(tally):
        return PARTLY if tally.seen else FAILED
    return OK


async def _import(parsed: argparse.Namespace, settings: "Settings") -> "Tally":
    import dataclasses

    from tqdm import tqdm

    from lazaretto.app import open_app
    from lazaretto.commands.store import the_account
    from lazaretto.intake.envelopes import read_envelopes
    from lazaretto.intake.importer import Import
    from lazaretto.intake.sources import Sources, total_bytes

    if parsed.offline:
        settings = dataclasses.replace(settings, dns=dataclasses.replace(settings.dns, offline=True))
    listed = read_envelopes(Path(parsed.envelopes)) if parsed.envelopes else {}
    sources = Sources(parsed.paths, stdin=sys.stdin.buffer)
    async with open_app(settings) as app:
        account = await app.database.read(lambda tx: the_account(tx, parsed.account))
        running = Import(app.road, account.id, listed)
        with tqdm(
            total=total_bytes(parsed.paths),
            unit="B",
            unit_scale=True,
            miniters=1,  # else one large first step makes it wait for more of the kind
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
        ) as bar:

            def progress() -> None:
                bar.update(sources.bytes_read - bar.n)
                bar.set_postfix_str(f"{running.tally.seen} messages", refresh=False)

            return await running.take(sources, progress)


def _unjudged(tally: "Tally") -> int:
    from lazaretto.model.disposition import Disposition

    return tally.dispositions.get(Disposition.UNKNOWN, 0)


def _value(tally: "Tally") -> dict[str, object]:
    return {
        "recorded": tally.recorded,
        "known": tally.known,
        "refused": tally.refused,
        "dispositions": {
            disposition.value: count for disposition, count in sorted(tally.dispositions.items())
        },
        "unreadable": [{"path": item.path, "reason": item.reason} for item in tally.unreadable],
    }


def _text(tally: "Tally") -> str:
    from lazaretto.telemetry.text import printable

    for item in tally.unreadable[:SHOWN_UNREADABLE]:
        print(f"{printable(item.path)} {printable(item.reason)}", file=sys.stderr)
    found = ", ".join(
        f"{count} {disposition.value}" for disposition, count in sorted(tally.dispositions.items())
    )
    return (
        f"recorded {tally.recorded} messages{f' ({found})' if found else ''}, "
        f"{tally.known} were there before, {len(tally.unreadable)} could not be read"
        + (f", {tally.refused} belong to domains that do not allow RETRO_SCAN" if tally.refused else "")
    )
