"""`settings/domains`: the domains whose mail is taken, what each of them wants, and the proof of ownership.

A domain that is added here is PENDING until its TXT record is found. A name that is taken is refused in the
same words whoever has it. A domain is not removed while copies for it wait to be sent.
"""

import msgspec
from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.budget import write
from lazaretto.api.call import Call
from lazaretto.api.entry import SETTINGS, Entry
from lazaretto.api.reply import success
from lazaretto.api.settings.domain_draft import merge, outbound_tls, read, transport
from lazaretto.api.settings.domain_shelf import DomainShelf, Known
from lazaretto.api.settings.operations import routes
from lazaretto.api.settings.resource import Resource, check_count, no_entry, number_in
from lazaretto.api.wire.settings import domains as wire
from lazaretto.api.wire.settings.entry import Deleted
from lazaretto.api.wire.times import rfc3339, rfc3339_or_none
from lazaretto.mail.challenge import record_name, record_value
from lazaretto.model.access import Capability
from lazaretto.model.account import Domain
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.store.database import Transaction
from lazaretto.store.domains import get_domain

_REMOVE = msgspec.json.Decoder(wire.References)


def show_domain(known: Known) -> wire.DomainShown:
    """A domain as it is answered."""
    domain, traffic = known.domain, known.traffic
    modified = rfc3339(domain.modified_at or domain.created_at)
    road, hops = transport(domain), domain.lookback_hops
    return wire.DomainShown(
        id=str(domain.id),
        domain=domain.name,
        status=domain.status,
        authorization=_authorization(domain),
        allowed_delivery_modes=tuple(domain.modes),
        drop_dispositions=domain.policy.dropped,
        ip_restrictions=domain.ip_restrictions,
        regions=domain.regions,
        folder=domain.folder,
        integration_id=domain.integration_id,
        lookback_hops=msgspec.UNSET if hops is None else hops,
        require_tls_inbound=domain.require_tls_inbound,
        require_tls_outbound=outbound_tls(domain),
        transport=msgspec.UNSET if road is None else road,
        spf_status=domain.spf_status,
        dmarc_status=domain.dmarc_status,
        emails_processed=wire.EmailsProcessed(rfc3339(known.at), traffic.recent, traffic.before),
        created_at=rfc3339(domain.created_at),
        modified_at=modified,
        last_modified=modified,
    )


def _authorization(domain: Domain) -> wire.Authorization:
    if domain.status == "ACTIVE":
        at = domain.authorised_at or domain.created_at
        return wire.Authorization(authorized=True, timestamp=rfc3339(at), status_message=None)
    name = record_name(domain.name)
    texts = {
        "PENDING": f"The TXT record {name} was not found yet",
        "FAILED": f"The TXT record {name} has another value than the one that was asked for",
        "TIMEOUT": f"The TXT record {name} was not found in time; it is looked for again on request only",
    }
    at = domain.last_checked_at or domain.created_at
    return wire.Authorization(authorized=False, timestamp=rfc3339(at), status_message=texts[domain.status])


RESOURCE = Resource(
    word="domains",
    key="domain_id",
    noun="domain",
    plural="domains",
    query=wire.DomainQuery,
    fields=wire.DomainFields,
    replacement=wire.DomainReplacement,
    patch=wire.DomainPatch,
    shown=wire.DomainShown,
    show=show_domain,
    read=read,
    merge=lambda known, patch: merge(known.domain, patch),
    shelf=DomainShelf(),
)


async def show_verification(call: Call) -> Response:
    """The TXT record that is wanted, and whether the DNS has it now."""
    key = RESOURCE.key
    number = number_in(RESOURCE, str(call.request.path_params[key]), key)
    look = call.services.verify_domain
    if look is not None:
        domain = await look(call.account, number)
    else:
        domain = await call.read(lambda tx: get_domain(tx, call.account, number))
    if domain is None:
        raise no_entry(RESOURCE, str(number), key)
    return success(
        wire.DomainVerification(
            domain.status,
            record_name(domain.name),
            record_value(domain.challenge),
            rfc3339_or_none(domain.last_checked_at),
        )
    )


async def delete_domains(call: Call) -> Response:
    """Remove the domains that the body names, all or none. Without a body none: it could mean all."""
    octets = await read_body(call.request, call.services.options)
    if not octets.strip():
        text = "Name the domains to remove, as an array of ids or as ids; nothing is removed without"
        raise Invalid(codes.MISSING_FIELD, text, pointer="/ids")
    body = read_json(octets, _REMOVE)
    wanted = wire.references(body)
    if not wanted:
        raise Invalid(codes.MISSING_FIELD, "No domain is named", pointer="/ids")
    check_count(len(wanted), "")
    numbers = {number_in(RESOURCE, item, place): place for place, item in wanted}
    now = call.services.now()

    async def work(tx: Transaction) -> None:
        edit = await RESOURCE.shelf.edit(tx, call.account, now)
        for number, place in numbers.items():
            try:
                await edit.remove(number)
            except (NotFound, Invalid) as refusal:
                raise type(refusal)(refusal.code, refusal.public, pointer=place) from None

    await write(call.services.database, work)
    return success([Deleted(str(number)) for number in numbers])


PATH = f"{SETTINGS}/domains"

ROUTES = (
    *routes(RESOURCE),
    Entry(
        "DELETE",
        PATH,
        delete_domains,
        Capability.POLICY,
        "Remove the named domains",
        body=wire.References,
        result=list[Deleted],
    ),
    Entry(
        "GET",
        PATH + "/{domain_id}/verification",
        show_verification,
        Capability.READ,
        "Show the TXT record that proves a domain",
        result=wire.DomainVerification,
    ),
)
