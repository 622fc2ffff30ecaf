"""Cursors: where a listing goes on, sealed so that only this server's own are believed.

A cursor holds a position and the filters it was made with.
A request that brings a cursor and no filters gets those filters; filters in the request win.
The seal covers the account, so a cursor of one account is a bad cursor for every other.

Limits: a cursor does not expire, and is void once the server's secret changes.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from lazaretto.api import codes
from lazaretto.model.errors import Invalid

SEAL_BYTES = 16
MAX_CURSOR = 8_192
"""Longest cursor that is looked at: filters are part of it, and the request line ends at 16 KiB."""

_VERSION = b"1"


@dataclass(frozen=True, slots=True)
class Position:
    """A page begins below `before`; `filters` is the query text it belongs to."""

    before: int
    filters: str


def seal_cursor(secret: bytes, account: str, position: Position) -> str:
    """The position as text for `result_info.next`."""
    content = b"%s %d %s" % (_VERSION, position.before, position.filters.encode())
    return urlsafe_b64encode(_seal(secret, account, content) + content).rstrip(b"=").decode()


def open_cursor(secret: bytes, account: str, text: str) -> Position:
    """The position that was sealed; a refusal for everything else."""
    if len(text) > MAX_CURSOR or not text.isascii():
        raise _bad_cursor()
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise _bad_cursor() from None
    seal, content = sealed[:SEAL_BYTES], sealed[SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(secret, account, content)):
        raise _bad_cursor()
    version, before, filters = content.split(b" ", 2)
    if version != _VERSION:
        raise _bad_cursor()
    return Position(int(before), filters.decode())


def _seal(secret: bytes, account: str, content: bytes) -> bytes:
    return hmac.digest(secret, account.encode() + b"\0" + content, sha256)[:SEAL_BYTES]


def _bad_cursor() -> Invalid:
    text = "The cursor is not one of this server for this account; take it from result_info.next"
    return Invalid(codes.BAD_CURSOR, text, pointer="cursor")
