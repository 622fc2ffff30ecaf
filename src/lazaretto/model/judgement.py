"""What an account's lists made of a message: which entries matched, and what counts in the end."""

from dataclasses import dataclass
from typing import Literal

from lazaretto.model.disposition import Disposition

MatchKind = Literal[
    "allowed_sender",  # an allow policy that trusts the sender
    "allowed_recipient",  # an allow policy that exempts a recipient
    "acceptable_sender",  # an allow policy that waives SPAM, SPOOF and BULK
    "domain_similarity",  # a trusted domain that is not held to imitate another one
    "domain_recency",  # a trusted domain whose youth does not count
    "blocked_sender",
    "blocked_content",
    "sending_restriction",  # a domain whose mail must come over TLS
    "ignored_url",
]

ALLOWING: tuple[MatchKind, ...] = (
    "allowed_sender",
    "allowed_recipient",
    "acceptable_sender",
    "domain_similarity",
    "domain_recency",
)
"""Kinds that speak for a message, the one that says most first; their names are those that are published."""

BLOCKING: tuple[MatchKind, ...] = ("blocked_sender", "blocked_content")


@dataclass(frozen=True, slots=True)
class ListMatch:
    """One entry that matched, and what it was compared with."""

    kind: MatchKind
    entry: int  # id of the entry
    pattern: str
    field: (
        str  # "header from", "envelope from", "reply-to", "client IP", "server name", "recipient", "subject"
    )
    value: str  # what matched, at most 500 characters
    counts: bool  # False: another entry was stronger, or the sender did not prove itself
    reason: str  # one sentence
    recipients: tuple[str, ...] = ()  # whom an exemption is for


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows from the lists for one message."""

    disposition: Disposition  # of the message
    matches: tuple[ListMatch, ...] = ()
    exempt: tuple[str, ...] = ()  # recipients for whom the disposition is NONE, as the envelope writes them
    refused: bool = False  # the message had to come over TLS and did not
