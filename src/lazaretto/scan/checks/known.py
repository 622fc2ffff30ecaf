"""Files that others know: on a list of hashes, by a rule of YARA, by a signature of ClamAV.

What was found is a fact, gathered before the scan. Limit: MAX_MATCHES that are read.
"""

from collections.abc import Iterator

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts, FileMatch
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.scan.evidence import clipped, quoted

HASH = "file_on_hash_list"
YARA = "file_matches_yara"
VIRUS = "virus_found"
SILENT = "file_scanner_silent"

MAX_MATCHES = 50
"""Matches of one message that are read."""

_WORDS = {
    "hash_list": (HASH, "stands on the list"),
    "yara": (YARA, "fits the rule"),
    "clamav": (VIRUS, "is called by ClamAV"),
}


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """What others know of the files."""
    for match in facts.files[:MAX_MATCHES]:
        yield _finding(message, match)
    for name in facts.silent[:MAX_MATCHES]:
        reason = f"{name} gave no answer on this message."
        yield Finding(SILENT, reason=clipped(reason), place="message", field="scanner", value=clipped(name))


def _finding(message: Message, match: FileMatch) -> Finding:
    rule, words = _WORDS[match.source]
    found = next((a for a in message.attachments if match.sha256 and a.sha256 == match.sha256), None)
    if found is None:
        reason = f"The message {words} {quoted(match.name)}."
        return Finding(
            rule, reason=clipped(reason), place="message", field=match.source, value=clipped(match.name)
        )
    called = f"The attachment {quoted(found.filename)}" if found.filename else "An attachment without a name"
    return Finding(
        rule,
        reason=clipped(f"{called} {words} {quoted(match.name)}."),
        place="attachment",
        field=match.source,
        value=clipped(match.name),
        part=found.part,
        attachment=found.filename,
    )
