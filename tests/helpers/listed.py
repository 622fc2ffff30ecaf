"""Entries of lists, short to write."""

from datetime import UTC, datetime

from lazaretto.model.lists import (
    AllowPolicy,
    BlockedSender,
    ContentPolicy,
    IgnoredUrl,
    Impersonated,
    PatternType,
    SendingRestriction,
    TrustedDomain,
)

THEN = datetime(2026, 11, 1, tzinfo=UTC)

EMAIL, DOMAIN, IP = PatternType.EMAIL, PatternType.DOMAIN, PatternType.IP


def allow(
    pattern, kind=EMAIL, *, number=1, regex=False, trust=False, exempt=False, accept=False, verify=False
):
    return AllowPolicy(
        id=number, created_at=THEN, modified_at=THEN, pattern=pattern, pattern_type=kind, is_regex=regex,
        is_trusted_sender=trust, is_exempt_recipient=exempt, is_acceptable_sender=accept, verify_sender=verify,
    )  # fmt: skip


def block(pattern, kind=EMAIL, *, number=2, regex=False):
    return BlockedSender(
        id=number, created_at=THEN, modified_at=THEN, pattern=pattern, pattern_type=kind, is_regex=regex
    )


def content(pattern, *targets, number=3, enabled=True, name="Words"):
    return ContentPolicy(
        id=number, created_at=THEN, modified_at=THEN, name=name, pattern=pattern,
        targets=targets or ("SUBJECT", "BODY"), enabled=enabled,
    )  # fmt: skip


def trusted(pattern, *, number=4, regex=False, recent=False, similar=False):
    return TrustedDomain(
        id=number, created_at=THEN, modified_at=THEN, pattern=pattern, is_regex=regex, is_recent=recent,
        is_similarity=similar,
    )  # fmt: skip


def person(name, email, *, number=5, regex=False):
    return Impersonated(
        id=number, created_at=THEN, modified_at=THEN, name=name, email=email, is_email_regex=regex
    )


def restriction(domain, *exclude, number=6):
    return SendingRestriction(id=number, created_at=THEN, modified_at=THEN, domain=domain, exclude=exclude)


def ignored(pattern, *, number=7):
    return IgnoredUrl(id=number, created_at=THEN, modified_at=THEN, pattern=pattern)
