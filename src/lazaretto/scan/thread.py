"""Whether a message belongs to a conversation or to a mailing list, by what its headers claim."""

import re2

from lazaretto.mail.domains import registered_domain
from lazaretto.model.message import Message

MAX_HEADER = 998
"""Characters of a header that are read here. RFC 5322 2.1.1."""

_REPLY = re2.compile(
    r"(?i)^\s*(\[[^\]]{1,60}\]\s*)?(re|fw|fwd|aw|wg|sv|vs|antw|tr|rv|res|enc|ref|r)(\[\d+\])?\s?:"
)
_HOST = re2.compile(r"<([^<>\s]+)>")
_LIST_PRECEDENCE = frozenset({"list", "bulk", "junk"})


def is_reply(subject: str) -> bool:
    """The subject is marked as a reply or a forward."""
    return _REPLY.search(subject[:MAX_HEADER]) is not None


def list_domain(message: Message) -> str:
    """The registered domain of the list that List-Id names. RFC 2919 3."""
    value = (message.header("list-id") or "")[:MAX_HEADER]
    match = _HOST.search(value)
    return registered_domain(match.group(1)) if match else ""


def is_list(message: Message) -> bool:
    """The headers say that this went through a list."""
    precedence = (message.header("precedence") or "").strip().lower()
    return message.header("list-id") is not None or precedence in _LIST_PRECEDENCE
