"""`lazaretto hunt`: find what is stored already and matches something that was learned just now.

Works on the store directly, beside a running server or without one; it only reads.
"""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import OK, CommandFailed
from lazaretto.commands.shared import load, show, table

if TYPE_CHECKING:
    from lazaretto.model.hunt import Hunt
    from lazaretto.model.record import Record
    from lazaretto.store.transaction import Transaction

KINDS = ("block_sender", "message", "url_host", "domain", "hash", "sender", "fingerprint")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("value", metavar="VALUE", help="the value, or the id of the entry or the message")
    parser.add_argument("--account", metavar="REF", help="id or name, if there is more than one")
    parser.add_argument("--start", metavar="TIME", help="judged from this time on (default: ever)")


def run(parsed: argparse.Namespace) -> int:
    """Done, also when nothing was found."""
    from lazaretto.actions.hunt import hunt
    from lazaretto.api.times import read_time
    from lazaretto.commands.store import in_store, the_account
    from lazaretto.model.hunt import HuntKind
    from lazaretto.store.rows import load as load_records

    start = read_time(parsed.start) if parsed.start else None
    if parsed.start and start is None:
        raise CommandFailed(f"{parsed.start!r} is not a time such as 2026-01-05T10:00:00Z.")

    async def work(tx: "Transaction") -> "tuple[Hunt, dict[int, Record]]":
        account = (await the_account(tx, parsed.account)).id
        kind, now = HuntKind(parsed.kind), datetime.now(UTC)
        found = await hunt(tx, account, kind, parsed.value, now=now, start=start)
        numbers = tuple(dict.fromkeys(number for lead in found.leads for number in lead.sample))
        return found, {record.number: record for record in await load_records(tx, account, numbers)}

    found, records = in_store(load(parsed), work)
    show(parsed, _value(found, records), _text(found, records))
    return OK


def _value(found: "Hunt", records: "dict[int, Record]") -> list[dict[str, object]]:
    import msgspec

    from lazaretto.api.wire.hunt import search_params

    return [
        {
            "field": lead.trail.field.value,
            "value": lead.trail.value,
            "shown": lead.trail.shown,
            "count": lead.count,
            "search_params": msgspec.to_builtins(search_params(lead, found)),
            "sample": [records[number].id for number in lead.sample if number in records],
        }
        for lead in found.leads
    ]


def _text(found: "Hunt", records: "dict[int, Record]") -> str:
    from lazaretto.telemetry.text import printable

    if not any(lead.count for lead in found.leads):
        return "Nothing that is stored matches."
    lines = []
    for lead in found.leads:
        lines.append(f"{lead.count} messages: {printable(lead.trail.shown)}")
        rows = (records[number] for number in lead.sample if number in records)
        lines.append(table(_row(record) for record in rows))
    return "\n".join(line for line in lines if line)


def _row(record: "Record") -> tuple[str, ...]:
    from lazaretto.telemetry.text import printable

    summary = record.summary
    sender, subject = (summary.from_address, summary.subject) if summary else (record.envelope.mail_from, "")
    disposition = record.disposition.value if record.disposition else ""
    return ("", record.id, disposition, printable(sender), printable(subject[:60]))
