"""The lists of an account: what its people decided in advance about senders, recipients, words and names.

Each entry has a number that is unique in the account over all lists, and never given twice.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from lazaretto.model.learning import Difference

Target = Literal["SUBJECT", "BODY"]


class PatternType(StrEnum):
    """What a pattern is compared with."""

    EMAIL = "EMAIL"
    DOMAIN = "DOMAIN"
    IP = "IP"
    UNKNOWN = "UNKNOWN"  # of entries older than the types; never written by us


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What all entries have."""

    id: int
    created_at: datetime
    modified_at: datetime
    comments: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowPolicy(Entry):
    """Mail that is let through in spite of its verdict, or of some verdicts."""

    pattern: str
    pattern_type: PatternType
    is_regex: bool
    is_trusted_sender: bool  # no verdict counts, no link is followed
    is_exempt_recipient: bool  # the pattern is a recipient, for whom no verdict counts
    is_acceptable_sender: bool  # SPAM, SPOOF and BULK do not count
    verify_sender: bool  # only when SPF, DKIM or DMARC passes for the sender


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedSender(Entry):
    """Every message of the sender is MALICIOUS."""

    pattern: str
    pattern_type: PatternType
    is_regex: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedDomain(Entry):
    """A domain that is not held to imitate another one, or whose age does not count."""

    pattern: str
    is_regex: bool
    is_recent: bool  # verdicts by the age of the domain are suppressed
    is_similarity: bool  # look-alike verdicts are suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPolicy(Entry):
    """A pattern in the subject or the body that makes a message MALICIOUS."""

    name: str
    pattern: str
    targets: tuple[Target, ...]
    enabled: bool
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impersonated(Entry):
    """A person whose name must only come from the known addresses."""

    name: str
    email: str
    is_email_regex: bool
    directory_id: int | None = None
    directory_node_id: int | None = None
    external_directory_node_id: str | None = None
    provenance: str = "A1S_INTERNAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRestriction(Entry):
    """A domain whose mail must come over TLS, except that of the excluded subdomains."""

    domain: str
    exclude: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredUrl(Entry):
    """Links that match are left alone."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything that an account has listed, as the scan and the decision need it."""

    version: int = 0  # grows with every change of the account's lists; 0: nothing was ever listed
    allow: tuple[AllowPolicy, ...] = ()
    block: tuple[BlockedSender, ...] = ()
    trusted: tuple[TrustedDomain, ...] = ()
    content: tuple[ContentPolicy, ...] = ()
    people: tuple[Impersonated, ...] = ()
    restrictions: tuple[SendingRestriction, ...] = ()
    ignored_urls: tuple[IgnoredUrl, ...] = ()
    rules_off: frozenset[str] = frozenset()  # rules that the account does not want to hear
    block_wins: bool = True  # a blocked sender is blocked even when an allow policy trusts it
    wording: Difference | None = None  # what the account's labels add to the classifier
