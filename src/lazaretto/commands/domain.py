"""`lazaretto domain`: the domains whose mail is taken, where it goes, what becomes of each disposition."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import OK, USAGE, CommandFailed
from lazaretto.commands.shared import load, show, table, verb, verbs
from lazaretto.model.account import Domain, DomainPolicy, NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import DETECTIONS, Disposition

if TYPE_CHECKING:
    from lazaretto.store.database import Transaction

_ORDERS = {"hold": Order.QUARANTINE, "tag": Order.TAG, "reject": Order.REJECT, "deliver": Order.DELIVER}

_GIVEN = (*sorted(DETECTIONS), Disposition.UNKNOWN, Disposition.NONE)
"""The dispositions that a scan can give."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    group = verbs(parser)
    add = verb(group, "add", "take mail for a domain")
    change = verb(group, "set", "change where a domain's mail goes and what it wants")
    listing = verb(group, "list", "list all domains")
    remove = verb(group, "remove", "take no more mail for a domain")
    for named in (add, change, remove):
        named.add_argument("name", metavar="DOMAIN")
    for with_policy in (add, change):
        _policy_arguments(with_policy)
    for with_account in (add, change, listing, remove):
        with_account.add_argument("--account", metavar="REF", help="id or name, if there is more than one")


def _policy_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--next-hop", metavar="HOST:PORT", required=True, help="where its mail goes")
    parser.add_argument("--protocol", choices=("smtp", "lmtp"), default="smtp")
    parser.add_argument("--tls", choices=("off", "opportunistic", "required"), default="opportunistic")
    for word, order in _ORDERS.items():
        parser.add_argument(
            f"--{word}",
            action="append",
            default=[],
            metavar="DISPOSITION,...",
            help=f"dispositions to {order.value}",
        )
    parser.add_argument(
        "--on-scan-failure",
        choices=("defer", "quarantine", "deliver"),
        default="defer",
        help="what happens to mail that could not be scanned",
    )


def run(parsed: argparse.Namespace) -> int:
    """Add, set, list or remove."""
    from lazaretto.commands.store import in_store

    settings = load(parsed)
    if parsed.verb == "list":
        domains = in_store(settings, lambda tx: _list(tx, parsed))
        show(parsed, [_value(domain) for domain in domains], table(_row(domain) for domain in domains))
    elif parsed.verb == "remove":
        in_store(settings, lambda tx: _remove(tx, parsed))
        show(parsed, {"name": parsed.name}, f"removed {parsed.name}")
    else:
        next_hop, policy = _next_hop(parsed), _policy(parsed)
        domain = in_store(settings, lambda tx: _keep(tx, parsed, next_hop, policy))
        show(parsed, _value(domain), table([_row(domain)]))
    return OK


async def _keep(
    tx: "Transaction", parsed: argparse.Namespace, next_hop: NextHop, policy: DomainPolicy
) -> Domain:
    from lazaretto.commands.store import the_account
    from lazaretto.store.accounts import add_domain, set_domain

    account = await the_account(tx, parsed.account)
    if parsed.verb == "add":
        return await add_domain(tx, account.id, parsed.name, next_hop, now=datetime.now(UTC), policy=policy)
    changed = await set_domain(tx, account.id, parsed.name, next_hop, policy)
    if changed is None:
        raise _unknown(parsed.name)
    return changed


async def _list(tx: "Transaction", parsed: argparse.Namespace) -> tuple[Domain, ...]:
    from lazaretto.commands.store import the_account
    from lazaretto.store.accounts import list_domains

    return await list_domains(tx, (await the_account(tx, parsed.account)).id if parsed.account else None)


async def _remove(tx: "Transaction", parsed: argparse.Namespace) -> None:
    from lazaretto.commands.store import the_account
    from lazaretto.store.accounts import remove_domain

    account = await the_account(tx, parsed.account)
    if not await remove_domain(tx, account.id, parsed.name):
        raise _unknown(parsed.name)


def _unknown(name: str) -> CommandFailed:
    return CommandFailed(f"There is no domain '{name}' in this account; see `lazaretto domain list`.")


def _next_hop(parsed: argparse.Namespace) -> NextHop:
    from lazaretto.settings.check import is_host_port

    if not is_host_port(parsed.next_hop):
        raise CommandFailed(
            f"--next-hop must be HOST:PORT, for example 127.0.0.1:25, not '{parsed.next_hop}'.", USAGE
        )
    host, _, port = parsed.next_hop.rpartition(":")
    return NextHop(host=host.strip("[]"), port=int(port), protocol=parsed.protocol, tls=parsed.tls)


def _policy(parsed: argparse.Namespace) -> DomainPolicy:
    """What is not named keeps its default."""
    orders = dict(DomainPolicy().orders)
    named: set[Disposition] = set()
    for word, order in _ORDERS.items():
        for text in ",".join(getattr(parsed, word)).replace(",", " ").split():
            disposition = _disposition(text)
            if disposition in named:
                raise CommandFailed(f"{disposition.value} is named twice; give it one order.", USAGE)
            named.add(disposition)
            orders[disposition] = order
    return DomainPolicy(orders=tuple(orders.items()), on_scan_failure=parsed.on_scan_failure)


def _disposition(text: str) -> Disposition:
    word = text.upper().replace("_", "-")
    if word not in _GIVEN:
        raise CommandFailed(f"'{text}' is not a disposition; known are {', '.join(_GIVEN)}.", USAGE)
    return Disposition(word)


def _value(domain: Domain) -> dict[str, object]:
    hop = domain.next_hop
    return {
        "name": domain.name,
        "account": domain.account,
        "next_hop": f"{_host(hop)}:{hop.port}",
        "protocol": hop.protocol,
        "tls": hop.tls,
        "orders": {disposition.value: order.value for disposition, order in domain.policy.orders},
        "on_scan_failure": domain.policy.on_scan_failure,
    }


def _row(domain: Domain) -> tuple[str, ...]:
    hop = domain.next_hop
    orders = (f"{disposition.value}={order.value}" for disposition, order in domain.policy.orders)
    return (domain.name, f"{hop.protocol}://{_host(hop)}:{hop.port}", f"tls {hop.tls}", " ".join(orders))


def _host(hop: NextHop) -> str:
    return f"[{hop.host}]" if ":" in hop.host else hop.host
