"""Who writes, and what the message answers, read from the beginning of its bytes alone.

Our own records are asked about the sender before the message is scanned, in the process that takes mail in.
So this reads three fields and nothing else. The full parser has the last word on everything: where it reads
another sender, what is known about this one is of no use, and nothing worse happens.

Limits: MAX_OPENING bytes are looked at, MAX_FIELD of one field, MAX_ANSWERED ids. Total.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lazaretto.mail.address import parse_addresses

MAX_OPENING = 64 << 10
"""Bytes of a message that are looked at: headers of honest mail are a tenth of this."""

MAX_FIELD = 8 << 10
"""Bytes of one field: a From with a hundred mailboxes, the References of a hundred letters."""

MAX_ANSWERED = 8
"""Earlier messages that are looked for: the one that is answered, and the last of its thread."""

MAX_ID = 500
"""Characters of a message id that are kept."""

_FIELD = re.compile(rb"(?im)^(from|in-reply-to|references)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)")
_END = re.compile(rb"\r?\n\r?\n")
_ID = re.compile(r"<([^<>\s]+)>")


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What the beginning of a message says."""

    sender: str = ""  # address of the header from, "" if there is none
    answered: tuple[str, ...] = ()  # ids of earlier messages, without brackets, the nearest first


def read_correspondence(opening: bytes) -> Correspondence:
    """The first field of each name counts, as for the parser."""
    opening = opening[:MAX_OPENING]
    end = _END.search(opening)
    fields: dict[bytes, str] = {}
    for found in _FIELD.finditer(opening, 0, end.start() + 1 if end else len(opening)):
        name = found.group(1).lower()
        if name not in fields:
            value = found.group(2)[:MAX_FIELD].replace(b"\r", b"").replace(b"\n", b"")
            fields[name] = value.decode("utf-8", "replace").strip()
    senders = parse_addresses(fields.get(b"from", ""))
    return Correspondence(senders[0].address if senders else "", tuple(_answered(fields)))


def _answered(fields: dict[bytes, str]) -> Iterator[str]:
    ids = [
        *_ID.findall(fields.get(b"in-reply-to", ""))[:1],
        *reversed(_ID.findall(fields.get(b"references", ""))),
    ]
    yield from (name[:MAX_ID] for name in tuple(dict.fromkeys(ids))[:MAX_ANSWERED])
