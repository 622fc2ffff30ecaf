"""The checks: generators of findings over a message, its envelope and its facts. Code says what was seen."""

from lazaretto.scan.checks import (
    attachments,
    authentication,
    bulk,
    codes,
    content,
    history,
    impersonation,
    invitations,
    known,
    limits,
    links,
    markup,
    sender,
    targets,
    wording,
)

CHECKS = (
    authentication.check,
    sender.check,
    impersonation.check,
    links.check,
    targets.check,
    codes.check,
    attachments.check,
    known.check,
    invitations.check,
    wording.check,
    content.check,
    markup.check,
    bulk.check,
    history.check,
    limits.check,
)
"""All checks, in the order in which equal findings are listed."""
