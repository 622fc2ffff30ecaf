"""Choose options of an account: checked against its domains, in the transaction that writes them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lazaretto.mail.domains import domain_of
from lazaretto.model.account import AccountOptions
from lazaretto.model.errors import Invalid
from lazaretto.policy.patterns import check_email
from lazaretto.store.domains import list_domains
from lazaretto.store.options import change_options
from lazaretto.store.transaction import Transaction

GENERIC = 1000
BAD_RANGE = 1004

MAX_REPORT_ADDRESSES = 20
"""Each is compared with every recipient of the account."""


async def choose(
    tx: Transaction, account: str, wanted: Mapping[str, Any], *, now: datetime
) -> AccountOptions:
    """The options with other values for those that are named. Raises Invalid."""
    addresses = wanted.get("report_addresses")
    if addresses is not None:
        names = frozenset(domain.name for domain in await list_domains(tx, account))
        wanted = {**wanted, "report_addresses": _checked(addresses, names)}
    return await change_options(tx, account, lambda options: replace(options, **wanted), now=now)


def _checked(addresses: tuple[str, ...], names: frozenset[str]) -> tuple[str, ...]:
    if len(addresses) > MAX_REPORT_ADDRESSES:
        text = f"At most {MAX_REPORT_ADDRESSES} addresses can take reports"
        raise Invalid(BAD_RANGE, text, pointer="/report_addresses")
    found = []
    for index, address in enumerate(addresses):
        pointer = f"/report_addresses/{index}"
        if "\0" in address:
            raise Invalid(GENERIC, "The address holds a NUL character", pointer=pointer)
        normal = check_email(address, pointer=pointer)
        if domain_of(normal) not in names:
            text = f"{domain_of(normal)} is no domain of this account: reports to it do not come here"
            raise Invalid(GENERIC, text, pointer=pointer)
        found.append(normal)
    return tuple(dict.fromkeys(found))
