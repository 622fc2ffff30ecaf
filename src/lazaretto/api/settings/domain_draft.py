"""A domain as somebody wants it: read from a body, merged with what is kept, laid over what is kept.

What was set from the command line in finer words (an order for each disposition, TLS towards the next hop)
stays as long as nobody writes another value for it through the API.
"""

import re
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any

from msgspec import UNSET

from lazaretto.api import codes
from lazaretto.api.wire.settings.domains import DomainPatch, DomainReplacement
from lazaretto.api.wire.settings.entry import given
from lazaretto.mail.domains import to_alabel
from lazaretto.mail.transport import BadTransportError, read_transport, show_transport
from lazaretto.model.account import Domain, DomainPolicy, Folder, NextHop, Region
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.errors import Invalid

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
MAX_NAME = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that the API can say of a domain, checked."""

    domain: str | None  # None: not named
    allowed_delivery_modes: tuple[str, ...]
    drop_dispositions: tuple[Disposition, ...]
    ip_restrictions: tuple[str, ...]
    regions: tuple[Region, ...]
    folder: Folder | None
    integration_id: str | None
    lookback_hops: int | None
    require_tls_inbound: bool | None
    require_tls_outbound: bool | None
    transport: str | None


def read(fields: DomainReplacement) -> Draft:
    """The draft of a whole body. Raises Invalid."""
    values = {name: getattr(fields, name) for name in fields.__struct_fields__ if name != "id"}
    return _checked(Draft(**values | {"domain": None if fields.domain is UNSET else fields.domain}))


def merge(domain: Domain, patch: DomainPatch) -> Draft:
    """The domain as a patch wants it. Raises Invalid."""
    kept: dict[str, Any] = {
        "domain": domain.name,
        "allowed_delivery_modes": tuple(domain.modes),
        "drop_dispositions": domain.policy.dropped,
        "ip_restrictions": domain.ip_restrictions,
        "regions": domain.regions,
        "folder": domain.folder,
        "integration_id": domain.integration_id,
        "lookback_hops": domain.lookback_hops,
        "require_tls_inbound": domain.require_tls_inbound,
        "require_tls_outbound": outbound_tls(domain),
        "transport": transport(domain),
    }
    return _checked(Draft(**kept | given(patch)))


def laid_over(domain: Domain, draft: Draft) -> Domain:
    """The domain with everything that the draft says differently. Raises Invalid for another name."""
    if draft.domain is not None and to_alabel(draft.domain.strip()) != domain.name:
        raise Invalid(codes.GENERIC, "The name of a domain cannot be changed", pointer="/domain")
    if draft.transport != transport(domain):
        domain = replace(domain, transport=draft.transport, next_hop=_next_hop(draft.transport, domain))
    if draft.drop_dispositions != domain.policy.dropped:
        domain = replace(domain, policy=replace(domain.policy, drop=draft.drop_dispositions))
    if draft.require_tls_outbound != outbound_tls(domain):
        domain = domain.with_outbound_tls(draft.require_tls_outbound)
    return replace(
        domain,
        modes=tuple(Mode(mode) for mode in draft.allowed_delivery_modes),
        ip_restrictions=draft.ip_restrictions,
        regions=draft.regions,
        folder=draft.folder,
        integration_id=draft.integration_id,
        lookback_hops=draft.lookback_hops,
        require_tls_inbound=draft.require_tls_inbound,
    )


def transport(domain: Domain) -> str | None:
    """The next hop as it was written; as it would be written when the command line has set it."""
    if domain.transport is not None or domain.next_hop is None:
        return domain.transport
    return show_transport(domain.next_hop)


def outbound_tls(domain: Domain) -> bool | None:
    """As it was written; true also when the command line requires TLS of the next hop."""
    if domain.next_hop is not None and domain.next_hop.tls == "required":
        return True
    return domain.require_tls_outbound


def blank_policy(draft: Draft) -> DomainPolicy:
    """The policy of a new domain."""
    return DomainPolicy(drop=draft.drop_dispositions)


def read_name(text: str) -> str:
    """A domain name in A-label form. Raises Invalid."""
    name = to_alabel(text.strip())
    labels = name.split(".")
    well_formed = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    if not well_formed or len(name) > MAX_NAME or labels[-1].isdigit():
        raise Invalid(codes.GENERIC, "This is no domain name such as example.com", pointer="/domain")
    return name


def _checked(draft: Draft) -> Draft:
    for index, text in enumerate(draft.ip_restrictions):
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise Invalid(
                codes.GENERIC,
                "This is no address or network such as 192.0.2.0/24 or 2001:db8::/32",
                pointer=f"/ip_restrictions/{index}",
            ) from None
    if draft.integration_id and not draft.integration_id.isprintable():
        raise Invalid(codes.GENERIC, "It holds a control character", pointer="/integration_id")
    _next_hop(draft.transport, None)
    return draft


def _next_hop(text: str | None, domain: Domain | None) -> NextHop | None:
    """The next hop of a transport; how TLS is used there stays as it was. Raises Invalid."""
    if not text:
        return None
    old = domain.next_hop if domain else None
    try:
        return read_transport(text, tls=old.tls if old else "opportunistic")
    except BadTransportError as problem:
        raise Invalid(codes.GENERIC, f"This is no next hop: {problem}", pointer="/transport") from None
