"""Fields of an incoming message that speak in our name, and must not be passed on. RFC 8601 5.

They are found by themselves and not by the parser of messages, whose limits and leniency an attacker could
use to keep a forged field from being seen: here, a line of the outer header that begins with such a name is
such a field, and it goes on as long as lines are folded.
"""

import re
from collections.abc import Sequence

from lazaretto.mail.authentication.authres import authserv_id_of
from lazaretto.mail.words import clean_controls, decode_words
from lazaretto.model.message import Header, Span

OWN_PREFIX = "x-lazaretto-"

MAX_HEADER = 4 << 20
"""Bytes of the outer header that are searched: several times what the gateway lets in."""

MAX_READ = 64 << 10
"""Bytes of one field that are read to find out in whose name it speaks. A longer one is not believed."""

_CLAIM = re.compile(rb"(?im)^(authentication-results|x-lazaretto-[!-9;-~]*)[ \t]*:")
_FIELD_END = re.compile(rb"\n(?![ \t])")


def find_claims(raw: bytes) -> tuple[Header, ...]:
    """The fields of the outer header that bear one of our names, in order. Total."""
    found = raw.find(b"\r\n\r\n", 0, MAX_HEADER)
    stop = min(len(raw), MAX_HEADER) if found < 0 else found + 2
    fields = []
    for match in _CLAIM.finditer(raw, 0, stop):
        end = _FIELD_END.search(raw, match.end(), stop)
        span = Span(match.start(), end.end() if end else stop)
        text = raw[match.end() : min(span.end, match.end() + MAX_READ)].decode("utf-8", "replace")
        value = clean_controls("".join(text.splitlines())).strip()
        fields.append(Header(match.group(1).decode("ascii"), decode_words(value), span))
    return tuple(fields)


def forged_fields(headers: Sequence[Header], authserv_id: str) -> tuple[Span, ...]:
    """Where the fields are that only we may write, ascending; neighbours are one span."""
    spans: list[Span] = []
    for span in (h.span for h in headers if _is_forged(h, authserv_id)):
        if spans and span.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, span.end))
        else:
            spans.append(span)
    return tuple(spans)


def _is_forged(header: Header, authserv_id: str) -> bool:
    if header.key.startswith(OWN_PREFIX):
        return True
    if header.key != "authentication-results":
        return False
    # results under another name are theirs to defend
    named = authserv_id_of(header.value).lower() == authserv_id.lower()
    return named or header.span.end - header.span.start > MAX_READ
