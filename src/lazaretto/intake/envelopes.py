"""The envelope of a message that is already stored: from a list that someone kept, else from its headers.

The list is a CSV with the columns id, mail_from, rcpt_to, client_ip, helo; others are ignored.
The id is the file name without ending, or the path below the folder or archive, or the whole path.
Headers are the sender's words where nobody else wrote them: without a list, the client is left to the look
back over the Received fields, which says where its knowledge comes from.
"""

import csv
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lazaretto.intake.sources import Found
from lazaretto.mail.address import parse_addresses
from lazaretto.mail.parse import parse_headers
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.errors import Invalid
from lazaretto.model.message import Header

MAX_RECIPIENTS = 1_000
"""Recipients taken from headers: each one costs a row."""

MAX_ADDRESS = 998
"""Characters of one address; longer ones are noise."""

REFUSED_CODE = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the list."""

    mail_from: str | None
    recipients: tuple[str, ...]
    client_ip: str | None
    helo: str | None


def read_envelopes(path: Path) -> Mapping[str, Listed]:
    """All rows by id. Raises Invalid when it is no such list."""
    with path.open(newline="", encoding="utf-8", errors="replace") as text:
        reader = csv.DictReader(text)
        if "id" not in (reader.fieldnames or ()):
            raise Invalid(REFUSED_CODE, f"{path} has no column 'id': its first line must name the columns.")
        try:
            return {row["id"]: _listed(row) for row in reader if row["id"]}
        except csv.Error as error:
            raise Invalid(REFUSED_CODE, f"{path}, line {reader.line_num}: {error}.") from error


def listed_for(found: Found, listed: Mapping[str, Listed]) -> Listed | None:
    """The row of a message, by any of its names."""
    return next((listed[name] for name in (found.id, found.name, found.path) if name in listed), None)


def stored_envelope(
    found: Found,
    listed: Listed | None,
    *,
    account: str,
    queue_id: str,
    at: datetime,
    headers: tuple[Header, ...] | None = None,
) -> Envelope:
    """What the list says, and the headers for the rest; whoever has parsed them already gives them."""
    headers = parse_headers(found.raw) if headers is None else headers
    mail_from = listed.mail_from if listed and listed.mail_from is not None else _return_path(found, headers)
    recipients = (listed.recipients if listed else ()) or _recipients(headers)
    return Envelope(
        account=account,
        queue_id=queue_id,
        mode=Mode.RETRO_SCAN,
        mail_from=mail_from,
        recipients=tuple(Recipient(address) for address in recipients),
        received_at=at,
        client_ip=listed.client_ip if listed else None,
        helo=listed.helo if listed else None,
        smtputf8=not all(address.isascii() for address in (mail_from, *recipients)),
    )


def _listed(row: Mapping[str, str | None]) -> Listed:
    words = (row.get("rcpt_to") or "").replace(",", " ").replace(";", " ").split()
    mail_from = row.get("mail_from")
    return Listed(
        mail_from=None if mail_from is None else mail_from.strip().strip("<>"),
        recipients=tuple(dict.fromkeys(word.strip("<>") for word in words))[:MAX_RECIPIENTS],
        client_ip=_ip((row.get("client_ip") or "").strip()),
        helo=(row.get("helo") or "").strip() or None,
    )


def _return_path(found: Found, headers: tuple[Header, ...]) -> str:
    """The newest Return-Path, else what the mbox says, else nobody."""
    # RFC 5321 4.4
    value = next((h.value for h in headers if h.key == "return-path"), None)
    if value is None:
        return found.mail_from or ""
    return value.strip().strip("<>").strip()[:MAX_ADDRESS]


def _recipients(headers: tuple[Header, ...]) -> tuple[str, ...]:
    """Whom it was delivered to, else whom it is addressed to."""
    for names in (("delivered-to", "x-original-to", "envelope-to"), ("to", "cc")):
        addresses = [
            mailbox.address
            for header in headers
            if header.key in names
            for mailbox in parse_addresses(header.value)
            if mailbox.address and len(mailbox.address) <= MAX_ADDRESS
        ]
        if addresses:
            return tuple(dict.fromkeys(addresses))[:MAX_RECIPIENTS]
    return ()


def _ip(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
