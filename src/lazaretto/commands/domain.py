"""`lazaretto domain`: the domains whose mail is taken, from whom, where it goes, and what becomes of it."""

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lazaretto.commands.outcome import OK, PARTLY, USAGE, CommandFailed
from lazaretto.commands.shared import load, show, table, verb, verbs
from lazaretto.mail.challenge import record_name, record_value
from lazaretto.model.account import DOMAIN_MODES, MAX_LOOKBACK, Domain, DomainPolicy, NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import DETECTIONS, Disposition, Mode

if TYPE_CHECKING:
    from lazaretto.settings import Settings
    from lazaretto.store.database import Transaction

_ORDERS = {"hold": Order.QUARANTINE, "tag": Order.TAG, "reject": Order.REJECT, "deliver": Order.DELIVER}

_GIVEN = (*sorted(DETECTIONS), Disposition.UNKNOWN, Disposition.NONE)
"""The dispositions that a scan can give."""

_YES = {"yes": True, "no": False}

_BLANK = Domain(0, "", "", NextHop("", 0), datetime.fromtimestamp(0, UTC))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    group = verbs(parser)
    add = verb(group, "add", "take mail for a domain")
    change = verb(group, "set", "change what is named; all the rest stays")
    listing = verb(group, "list", "list all domains")
    remove = verb(group, "remove", "take no more mail for a domain")
    check = verb(group, "verify", "look for the TXT record that proves a domain")
    for named in (add, change, remove, check):
        named.add_argument("name", metavar="DOMAIN")
    for with_policy in (add, change):
        _road_arguments(with_policy)
        _policy_arguments(with_policy)
    remove.add_argument("--force", action="store_true", help="also while copies for it wait to be sent")
    check.add_argument("--accept", action="store_true", help="vouch for it without asking the DNS")
    for with_account in (add, change, listing, remove, check):
        with_account.add_argument("--account", metavar="REF", help="id or name, if there is more than one")


def _road_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--next-hop", metavar="HOST:PORT", help="where its mail goes")
    parser.add_argument("--protocol", choices=("smtp", "lmtp"))
    parser.add_argument("--tls", choices=("off", "opportunistic", "required"))
    parser.add_argument("--mode", metavar="MODE,...", help=f"ways in: {', '.join(DOMAIN_MODES)}")
    parser.add_argument("--from-ip", metavar="NETWORK,...", help="clients that may bring mail; '' is all")
    parser.add_argument("--lookback-hops", metavar="N", type=int, help="trusted relays before us, 0 to 20")
    parser.add_argument("--require-tls-inbound", choices=tuple(_YES), help="take mail over TLS only")
    parser.add_argument("--require-tls-outbound", choices=tuple(_YES), help="send mail on over TLS only")


def _policy_arguments(parser: argparse.ArgumentParser) -> None:
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
        help="what happens to mail that could not be scanned",
    )


def run(parsed: argparse.Namespace) -> int:
    """Add, set, list, remove or verify."""
    from lazaretto.commands.store import in_store

    settings = load(parsed)
    if parsed.verb == "list":
        domains = in_store(settings, lambda tx: _list(tx, parsed))
        show(parsed, [_value(domain) for domain in domains], table(_row(domain) for domain in domains))
    elif parsed.verb == "remove":
        in_store(settings, lambda tx: _remove(tx, parsed))
        show(parsed, {"name": parsed.name}, f"removed {parsed.name}")
    elif parsed.verb == "verify":
        domain = _verify(settings, parsed)
        show(parsed, _value(domain), _told(domain))
        return OK if domain.status == "ACTIVE" else PARTLY
    else:
        _changed(parsed, _BLANK)  # a wrong option is told before the store is touched
        domain = in_store(settings, lambda tx: _keep(tx, parsed, settings))
        show(parsed, _value(domain), table([_row(domain)]))
    return OK


async def _keep(tx: "Transaction", parsed: argparse.Namespace, settings: "Settings") -> Domain:
    from lazaretto.commands.store import the_account
    from lazaretto.store.domains import change_domain, insert_domain

    now = datetime.now(UTC)
    account = await the_account(tx, parsed.account)
    if parsed.verb == "set":
        domain = await _find(tx, parsed)
        changed = await change_domain(tx, replace(_changed(parsed, domain), modified_at=now))
        assert changed is not None
        return await _logged(tx, parsed, changed)
    draft = _changed(parsed, Domain(0, account.id, parsed.name, None, now, authorised_at=now))
    if draft.route(None) is None and not settings.relay.default_next_hop:
        raise CommandFailed(
            "--next-hop is needed, because the setting relay.default_next_hop is empty.", USAGE
        )
    return await _logged(tx, parsed, await insert_domain(tx, draft))


async def _logged(tx: "Transaction", parsed: argparse.Namespace, domain: Domain) -> Domain:
    """The change, in the audit log of the domain's account."""
    from lazaretto.commands.audited import audit_command

    told: dict[str, Any] = {} if parsed.verb == "remove" else _value(domain)
    await audit_command(tx, domain.account, f"domain {parsed.verb}", {"domain": domain.name}, told)
    return domain


async def _find(tx: "Transaction", parsed: argparse.Namespace) -> Domain:
    from lazaretto.commands.store import the_account
    from lazaretto.store.domains import find_domain

    account = await the_account(tx, parsed.account)
    domain = await find_domain(tx, parsed.name, lock=True)
    if domain is None or domain.account != account.id:
        raise CommandFailed(
            f"There is no domain '{parsed.name}' in this account; see `lazaretto domain list`."
        )
    return domain


async def _list(tx: "Transaction", parsed: argparse.Namespace) -> tuple[Domain, ...]:
    from lazaretto.commands.store import the_account
    from lazaretto.store.domains import list_domains

    return await list_domains(tx, (await the_account(tx, parsed.account)).id if parsed.account else None)


async def _remove(tx: "Transaction", parsed: argparse.Namespace) -> None:
    from lazaretto.store.domains import remove_domain

    domain = await _find(tx, parsed)
    await remove_domain(tx, domain.account, domain.name, force=parsed.force)
    await _logged(tx, parsed, domain)


def _verify(settings: "Settings", parsed: argparse.Namespace) -> Domain:
    """Ask the DNS, or take the operator's word."""
    import asyncio

    from lazaretto.commands.store import in_store
    from lazaretto.store.domains import change_domain

    async def accept(tx: "Transaction") -> Domain:
        domain, now = await _find(tx, parsed), datetime.now(UTC)
        vouched = replace(domain, status="ACTIVE", authorised_at=domain.authorised_at or now)
        return await _logged(tx, parsed, await change_domain(tx, vouched) or vouched)

    return in_store(settings, accept) if parsed.accept else asyncio.run(_look(settings, parsed))


async def _look(settings: "Settings", parsed: argparse.Namespace) -> Domain:
    from lazaretto.app import build_verifier
    from lazaretto.commands.store import open_store

    async with open_store(settings) as database:
        domain = await database.write(lambda tx: _find(tx, parsed))
        return await build_verifier(settings, database).verify(domain.account, domain.id) or domain


def _changed(parsed: argparse.Namespace, domain: Domain) -> Domain:
    """The domain with what the options name; the rest stays."""
    domain = _with_road(parsed, domain)
    if parsed.mode is not None:
        domain = replace(domain, modes=_modes(parsed.mode))
    if parsed.from_ip is not None:
        domain = replace(domain, ip_restrictions=_networks(parsed.from_ip))
    if parsed.lookback_hops is not None:
        if not 0 <= parsed.lookback_hops <= MAX_LOOKBACK:
            raise CommandFailed(f"--lookback-hops must be between 0 and {MAX_LOOKBACK}.", USAGE)
        domain = replace(domain, lookback_hops=parsed.lookback_hops or None)
    if parsed.require_tls_inbound:
        domain = replace(domain, require_tls_inbound=_YES[parsed.require_tls_inbound])
    if parsed.require_tls_outbound:
        domain = domain.with_outbound_tls(_YES[parsed.require_tls_outbound])
    return replace(domain, policy=_policy(parsed, domain.policy))


def _with_road(parsed: argparse.Namespace, domain: Domain) -> Domain:
    from lazaretto.settings.check import is_host_port

    if not (parsed.next_hop or parsed.protocol or parsed.tls):
        return domain
    hop = domain.next_hop
    if parsed.verb == "add" and not parsed.next_hop:
        hop = None
    if parsed.next_hop:
        if not is_host_port(parsed.next_hop):
            raise CommandFailed(
                f"--next-hop must be HOST:PORT, for example 127.0.0.1:25, not '{parsed.next_hop}'.", USAGE
            )
        host, _, port = parsed.next_hop.rpartition(":")
        hop = replace(hop or NextHop("", 0), host=host.strip("[]"), port=int(port))
    if hop is None:
        raise CommandFailed("--protocol and --tls belong to a --next-hop, and there is none.", USAGE)
    hop = replace(hop, protocol=parsed.protocol or hop.protocol, tls=parsed.tls or hop.tls)
    return replace(domain, next_hop=hop, transport=None)


def _modes(text: str) -> tuple[Mode, ...]:
    words = text.upper().replace("-", "_").replace(",", " ").split()
    unknown = [word for word in words if word not in DOMAIN_MODES]
    if unknown or not words:
        raise CommandFailed(f"--mode takes {', '.join(DOMAIN_MODES)}, not '{text}'.", USAGE)
    return tuple(Mode(word) for word in dict.fromkeys(words))


def _networks(text: str) -> tuple[str, ...]:
    from ipaddress import ip_network

    words = tuple(text.replace(",", " ").split())
    for word in words:
        try:
            ip_network(word, strict=False)
        except ValueError:
            raise CommandFailed(
                f"--from-ip takes addresses and networks such as 192.0.2.0/24, not '{word}'.", USAGE
            ) from None
    return words


def _policy(parsed: argparse.Namespace, policy: DomainPolicy) -> DomainPolicy:
    """What is not named stays; a list of dropped dispositions becomes orders when orders are named."""
    named: dict[Disposition, Order] = {}
    for word, order in _ORDERS.items():
        for text in ",".join(getattr(parsed, word)).replace(",", " ").split():
            disposition = _disposition(text)
            if disposition in named:
                raise CommandFailed(f"{disposition.value} is named twice; give it one order.", USAGE)
            named[disposition] = order
    if parsed.on_scan_failure:
        policy = replace(policy, on_scan_failure=parsed.on_scan_failure)
    if not named:
        return policy
    return replace(policy.flattened(), orders=tuple((dict(policy.flattened().orders) | named).items()))


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
        "status": domain.status,
        "next_hop": f"{_host(hop)}:{hop.port}" if hop else None,
        "protocol": hop.protocol if hop else None,
        "tls": hop.tls if hop else None,
        "orders": {disposition.value: order.value for disposition, order in domain.policy.flattened().orders},
        "on_scan_failure": domain.policy.scan_failure,
        "modes": domain.modes,
        "from_ip": domain.ip_restrictions,
        "lookback_hops": domain.lookback_hops,
        "require_tls_inbound": bool(domain.require_tls_inbound),
        "require_tls_outbound": bool(domain.require_tls_outbound),
        "txt_record_name": record_name(domain.name),
        "txt_record_value": record_value(domain.challenge),
    }


def _row(domain: Domain) -> tuple[str, ...]:
    hop = domain.next_hop
    orders = (f"{disposition.value}={order.value}" for disposition, order in domain.policy.flattened().orders)
    road = (f"{hop.protocol}://{_host(hop)}:{hop.port}", f"tls {hop.tls}") if hop else ("default", "")
    return (domain.name, domain.status, *road, " ".join(orders))


def _told(domain: Domain) -> str:
    if domain.status == "ACTIVE":
        return f"{domain.name} is verified"
    return (
        f"{domain.name} is not verified ({domain.status}). It needs this TXT record:\n"
        f"{record_name(domain.name)} {record_value(domain.challenge)}"
    )


def _host(hop: NextHop) -> str:
    return f"[{hop.host}]" if ":" in hop.host else hop.host
