"""Hunting: what is stored already and matches something that was learned just now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HuntKind(StrEnum):
    """What is known of the prey."""

    SENDER = "sender"  # an address or a domain
    BLOCK_SENDER = "block_sender"  # an entry of the list of blocked senders, by its number
    MESSAGE = "message"  # a message, by its id: all that a campaign keeps from one mail to the next
    URL_HOST = "url_host"  # the exact host of a link
    DOMAIN = "domain"  # of a sender, a recipient or a link, with everything below it
    HASH = "hash"  # MD5, SHA-1 or SHA-256 of an attachment
    FINGERPRINT = "fingerprint"  # the fuzzy hash of the content


class SearchField(StrEnum):
    """What of the search finds it; the names are those of the published search."""

    SENDER = "sender"
    CLIENT = "smtp_helo_ip"
    DOMAIN = "domain"
    LINK_HOST = "link_host"
    ATTACHMENT = "attachment_sha256"
    FINGERPRINT = "fingerprint"
    WORDS = "query"


@dataclass(frozen=True, slots=True)
class Trail:
    """One thing to search for."""

    field: SearchField
    value: str
    shown: str  # for people


@dataclass(frozen=True, slots=True)
class Lead:
    """What one trail led to."""

    trail: Trail
    count: int
    sample: tuple[int, ...]  # record numbers, newest first


@dataclass(frozen=True, slots=True)
class Hunt:
    """Everything that was found."""

    start: datetime
    end: datetime
    leads: tuple[Lead, ...]
