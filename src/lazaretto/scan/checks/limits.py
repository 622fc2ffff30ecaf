"""What was not read: limits of ours that ended the reading of this message, in the words of an analyst.

A limit keeps the server alive and says nothing of the sender, so this is a note; the rest of the message is
judged as ever. What is built to reach a limit is said by other checks: `malformed_structure`, `archive_bomb`.
Limits: MAX_SENTENCES of them are named.
"""

from collections.abc import Iterator

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.scan.checks.attachments import MAX_ATTACHMENTS
from lazaretto.scan.checks.markup import MAX_HTML
from lazaretto.scan.evidence import clipped
from lazaretto.scan.reading import MAX_LINKS, MAX_PASSAGES, read

NOT_ALL_READ = "not_all_read"

MAX_SENTENCES = 6
"""Of one finding."""

_LIMITS = frozenset(
    {
        *("header_block_too_long", "header_field_too_long", "too_many_headers", "too_many_addresses"),
        *("too_many_hops", "too_many_parts", "nested_too_deep", "split_budget_spent", "html_budget_spent"),
        *("text_budget_spent", "too_many_links", "too_many_attachments", "too_much_attached"),
        *("archive_too_large", "nested_archives_too_deep", "document_too_large", "document_read_in_part"),
        *("embedded_too_deep", "too_many_pictures", "too_many_locked_files"),
    }
)


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """One finding that names every limit that was reached."""
    sentences = dict.fromkeys(defect.text for defect in message.defects if defect.code in _LIMITS)
    sentences.update(dict.fromkeys(_of_the_checks(message)))
    if sentences:
        reason = " ".join(list(sentences)[:MAX_SENTENCES])
        yield Finding(NOT_ALL_READ, clipped(reason), "message", "limits")


def _of_the_checks(message: Message) -> Iterator[str]:
    if len(read(message).links) >= MAX_LINKS:
        yield f"Of many links the first {MAX_LINKS} different ones were judged."
    if sum(bool(text.visible) for text in message.texts) > MAX_PASSAGES:
        yield f"Of many texts the first {MAX_PASSAGES} were searched."
    if len(message.attachments) > MAX_ATTACHMENTS:
        yield f"Of many files the first {MAX_ATTACHMENTS} were judged."
    if len(message.html) > MAX_HTML:
        yield f"Of many pages the first {MAX_HTML} were judged."
