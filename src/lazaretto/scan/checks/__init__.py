"""The checks: generators of findings over a message, its envelope and its facts. Code says what was seen."""

from lazaretto.scan.checks import (
    attachments,
    authentication,
    bulk,
    content,
    impersonation,
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
    attachments.check,
    wording.check,
    content.check,
    markup.check,
    bulk.check,
)
"""All checks, in the order in which equal findings are listed."""
