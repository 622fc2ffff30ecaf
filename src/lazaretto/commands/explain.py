"""`lazaretto explain`: an analyst's page of one stored message.

What it was called, its points by kind, every finding with its sentence, the heaviest first, the lists that
had a say, and what would change the verdict.
"""

import argparse
import asyncio
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import OK, CommandFailed
from lazaretto.commands.shared import load, show

if TYPE_CHECKING:
    from lazaretto.commands.explain_text import Page
    from lazaretto.model.decision import Decision
    from lazaretto.model.record import Record
    from lazaretto.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    parser.add_argument("id", metavar="ID", help="investigate id or queue id")
    parser.add_argument("--account", metavar="REF", help="id or name, if there is more than one")


def run(parsed: argparse.Namespace) -> int:
    """Print the page; failed when there is no such message, or its verdict is no longer kept."""
    from lazaretto.commands.explain_text import page_text

    page = asyncio.run(_page(parsed, load(parsed)))
    show(parsed, _value(page), page_text(page))
    return OK


async def _page(parsed: argparse.Namespace, settings: "Settings") -> "Page":
    from lazaretto.actions.present_rules import PresentRules
    from lazaretto.commands.explain_text import Page
    from lazaretto.commands.store import open_store, the_account
    from lazaretto.scan.switched import heard_by
    from lazaretto.scan.whatif import enough, what_if
    from lazaretto.store.editions import Editions
    from lazaretto.store.lookup import get_decision, get_record, get_verdict
    from lazaretto.store.rules_off import list_rules_off

    async with open_store(settings) as database:
        account = await database.read(lambda tx: the_account(tx, parsed.account))
        record = await database.read(lambda tx: get_record(tx, account.id, parsed.id))
        if record is None:
            raise CommandFailed(f"There is no message '{parsed.id}' in the account {account.name}.")
        verdict = await database.read(lambda tx: get_verdict(tx, account.id, record.number))
        decision = await database.read(lambda tx: get_decision(tx, account.id, record.number))
        off = await database.read(lambda tx: list_rules_off(tx, account.id))
    if verdict is None:
        raise CommandFailed(f"No verdict on '{parsed.id}' is kept: it was not scanned, or is too old.")
    present = await PresentRules(Editions(settings.data_folder)).get()
    ruleset = heard_by(present, frozenset(one.rule for one in off))
    sender = record.summary.from_address if record.summary else ""
    return Page(
        head=tuple(_head(record, decision)),
        verdict=verdict,
        what_if=what_if(verdict, ruleset, sender=sender),
        enough=enough(ruleset),
        matches=record.summary.matches if record.summary else (),
    )


def _head(record: "Record", decision: "Decision | None") -> "list[tuple[str, str]]":
    head = [("Message", record.id), ("Received", f"{record.envelope.received_at:%Y-%m-%d %H:%M:%S} UTC")]
    if record.summary is not None:
        head += [
            ("Subject", record.summary.subject),
            ("From", f"{record.summary.from_name} <{record.summary.from_address}>".strip()),
        ]
    head += [
        ("Return path", f"<{record.envelope.mail_from}>"),
        ("Client", record.envelope.client_ip or "unknown"),
    ]
    if record.summary is not None:
        validation = record.summary.validation
        proof = f"SPF {validation.spf.value}, DKIM {validation.dkim.value}, DMARC {validation.dmarc.value}"
        head.append(("Proof", proof))
    for order in decision.orders if decision else ():
        head.append(("Order", f"{order.order.value} for {order.recipient}: {order.reason}"))
    if record.disposition is not None:
        head.append(("Called now", record.disposition.value))
    return head


def _value(page: "Page") -> dict[str, object]:
    return {
        **{name.lower().replace(" ", "_"): value for name, value in page.head if name != "Order"},
        "orders": [value for name, value in page.head if name == "Order"],
        "verdict": page.verdict.disposition.value,
        "weights": [
            {"kind": kind, "points": points, "enough": page.enough.get(kind)}
            for kind, points in page.verdict.scores
        ],
        "findings": [
            {
                "rule": weighed.rule.id,
                "title": weighed.rule.title,
                "kind": weighed.rule.kind,
                "points": weighed.points,
                "reason": weighed.finding.reason,
                "place": weighed.finding.place,
                "field": weighed.finding.field,
                "value": weighed.finding.value,
            }
            for weighed in page.verdict.findings
        ],
        "lists": [
            {"kind": match.kind, "entry": match.entry, "pattern": match.pattern, "counts": match.counts}
            for match in page.matches
        ],
        "counterfactuals": [
            {"change": c.text, "disposition": c.disposition.value, "findings": list(c.rules)}
            for c in page.what_if.changes
        ],
        "ruleset": {
            "recorded": page.verdict.ruleset,
            "now": page.what_if.ruleset,
            "same_verdict": page.what_if.same,
        },
    }
