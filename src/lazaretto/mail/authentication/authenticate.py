"""All authentication of one message, as one check that can be replayed from stored answers.

The parts that do not wait for each other are separate checks, so that a driver may run them at the same time;
run one after the other, in the order of `Parts`, they ask the same questions and give the same results.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lazaretto.mail.authentication import arc, dkim, dmarc, spf
from lazaretto.mail.authentication.dkim_canonical import SignedMessage
from lazaretto.mail.questions import Check, run_check
from lazaretto.model.facts import (
    ArcResult,
    Authentication,
    Boundary,
    DkimResult,
    DmarcResult,
    SpfResult,
)
from lazaretto.model.message import Message

OFFLINE = "offline"
"""The reason of every result when nothing was asked."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The checks that are independent of each other."""

    spf: Check[SpfResult]
    helo: Check[SpfResult] | None
    dkim: tuple[Check[DkimResult], ...]
    arc: Check[ArcResult]
    author: Check[dmarc.Author]


def authenticate(raw: bytes, message: Message, boundary: Boundary, *, at: datetime) -> Check[Authentication]:
    """Ask everything, one question after the other. `at` is the time of the scan."""
    parts = split(raw, message, boundary, at=at)
    spf_result = yield from parts.spf
    helo = (yield from parts.helo) if parts.helo else None
    signatures: tuple[DkimResult, ...] = ()
    for signature in parts.dkim:
        signatures += ((yield from signature),)
    chain = yield from parts.arc
    author = yield from parts.author
    return (yield from conclude(spf_result, helo, signatures, chain, author))


def split(raw: bytes, message: Message, boundary: Boundary, *, at: datetime) -> Parts:
    """The independent checks of one message, none of them started.

    Signatures are judged at the time when the message crossed the boundary: history does not expire.
    """
    signed = SignedMessage(raw)
    moment = boundary.at or at
    client, helo = boundary.client_ip, boundary.helo
    wants_helo = bool(
        boundary.mail_from and helo and "." in helo
    )  # RFC 7208 2.3: only for names that can exist
    return Parts(
        spf=spf.check_sender(client, boundary.mail_from, helo, at=moment),
        helo=spf.check_helo(client, helo, at=moment) if wants_helo else None,
        dkim=dkim.checks(signed, at=moment),
        arc=arc.verify(signed),
        author=dmarc.find_author(
            [address.domain for address in message.from_],
            fields=sum(h.key == "from" for h in message.headers),
        ),
    )


def conclude(
    spf_result: SpfResult,
    helo: SpfResult | None,
    signatures: Sequence[DkimResult],
    chain: ArcResult,
    author: dmarc.Author,
) -> Check[Authentication]:
    """What waits for all parts: alignment."""
    dmarc_result = yield from dmarc.check(author, spf_result, signatures)
    return Authentication(spf_result, tuple(signatures), dmarc_result, chain, helo)


def authenticate_offline(raw: bytes, message: Message, boundary: Boundary, *, at: datetime) -> Authentication:
    """What can be known without asking: whether signed bodies are unchanged. All else is none."""
    parts = split(raw, message, boundary, at=at)
    signatures = (run_check(check, {}) for check in parts.dkim)
    domain = message.header_from.domain if message.header_from else ""
    spf_domain = boundary.mail_from.rpartition("@")[2].lower()
    return Authentication(
        spf=SpfResult("none", spf_domain, "mailfrom" if spf_domain else "helo", reason=OFFLINE),
        dkim=tuple(replace(d, result="none", reason=OFFLINE) for d in signatures),
        dmarc=DmarcResult("none", domain, "", "", spf_aligned=False, dkim_aligned=False, reason=OFFLINE),
        arc=ArcResult("none", 0, reason=OFFLINE),
    )
