"""Notifications about mail that we accepted: what became of it. RFC 3461, RFC 3464 and RFC 6522.

Two things are told: that a recipient will not get the message, and, to those who asked for it, that a next
hop took over which does not tell by itself.

Pure: who is to be told, and the bytes that tell it. A notification goes to the return path, comes from the
null return path and says so (RFC 3834 5), so that no two machines write to each other for ever. None is made
for the null return path, for mail that is a notification itself, or for mail that went through too many hops.

Limits: of the original message the header block is returned, or all of it when the sender asked (RET=FULL)
and it is small. Line ends of that copy are made CRLF.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Literal

from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.message import Header

MAX_HOPS = 50
"""Received fields after which we believe in a loop. RFC 5321 6.3 asks for 100 at most."""

MAX_SHOWN = 100
"""Failed recipients in one notification: one transaction has no more."""

PROTOCOL = "LOCAL"
"""The protocol in the envelope of a notification: it came in through no door."""

_XTEXT = re.compile(r"\+([0-9A-F]{2})")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notification says about one recipient."""

    recipient: Recipient
    action: Literal["failed", "relayed"]  # RFC 3464 2.3.3
    status: str  # enhanced status code
    text: str  # what is known, one line
    replied: bool  # the text is a reply of the next hop
    remote: str | None  # name of the next hop
    expired: bool = False  # it was tried until the time was up


@dataclass(frozen=True, slots=True)
class Returned:
    """What a notification gives back of the original message."""

    content: bytes
    whole: bool  # the message, not only its header block


def is_wanted(notice: Notice) -> bool:
    """RFC 3461 4.1: without NOTIFY notices are told, with it what it names."""
    notify = notice.recipient.notify
    if notice.action == "relayed":
        return "SUCCESS" in notify
    return not notify or "FAILURE" in notify


def why_silent(envelope: Envelope, headers: Sequence[Header]) -> str | None:
    """The reason for which nobody may be told, None when somebody should be."""
    if not envelope.mail_from:
        return "the return path is null"  # RFC 5321 6.1
    if sum(h.key == "received" for h in headers) > MAX_HOPS:
        return "the message went through too many hops"
    kinds = (h.value.lower() for h in headers if h.key == "content-type")
    if any("multipart/report" in k and "delivery-status" in k for k in kinds):
        return "the message is a notification itself"
    return None


def build_notification(
    envelope: Envelope,
    notices: Sequence[Notice],
    original: Returned,
    *,
    hostname: str,
    queue_id: str,
    at: datetime,
) -> bytes:
    """The message to the return path."""
    boundary = f"{queue_id}.{hostname}"
    content_type = "message/rfc822" if original.whole else "text/rfc822-headers"
    eight = not original.content.isascii()
    parts = (
        _part("text/plain; charset=utf-8", _explanation(envelope, notices, hostname), eight=True),
        _part("message/delivery-status", _report(envelope, notices, hostname, at), eight=False),
        _part(content_type, _crlf(original.content), eight=eight),
    )
    opening = f"--{boundary}\r\n".encode()
    body = b"".join(opening + p + b"\r\n" for p in parts) + f"--{boundary}--\r\n".encode()
    about = subject(notices)
    head = _head(envelope.mail_from, about, hostname=hostname, queue_id=queue_id, boundary=boundary, at=at)
    return head + b"\r\n" + body


def subject(notices: Sequence[Notice]) -> str:
    """The subject of a notification."""
    failed = any(n.action == "failed" for n in notices)
    return "Undelivered mail returned to sender" if failed else "Mail handed over"


def returned(envelope: Envelope, notices: Sequence[Notice], opening: bytes, *, complete: bool) -> Returned:
    """What to give back, from the beginning of a message or all of it."""
    failed = any(n.action == "failed" for n in notices)
    if envelope.ret == "FULL" and complete and failed:  # RFC 3461 4.3: RET is about failures only
        return Returned(opening, whole=True)
    end = opening.find(b"\r\n\r\n")
    return Returned(opening[: end + 2] if end >= 0 else opening[: opening.rfind(b"\n") + 1], whole=False)


def _head(to: str, about: str, *, hostname: str, queue_id: str, boundary: str, at: datetime) -> bytes:
    fields = (
        ("From", f"Mail Delivery System <MAILER-DAEMON@{hostname}>"),
        ("To", f"<{_clean(to)}>"),
        ("Subject", about),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{queue_id}@{hostname}>"),
        ("Auto-Submitted", "auto-replied"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/report; report-type=delivery-status;\r\n\tboundary="{boundary}"'),
        ("Content-Transfer-Encoding", "8bit"),
    )
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode()


def _part(content_type: str, content: bytes, *, eight: bool) -> bytes:
    encoding = "8bit" if eight else "7bit"
    return f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + content


def _explanation(envelope: Envelope, notices: Sequence[Notice], hostname: str) -> bytes:
    lines = [
        f"This is the mail system at {hostname}.",
        "",
        f"This is what became of your message, which was received under the id {envelope.queue_id}.",
        "",
    ]
    for notice in notices[:MAX_SHOWN]:
        lines += [f"<{_clean(notice.recipient.address)}>: {_words(notice)}: {_clean(notice.text)}", ""]
    return "".join(line + "\r\n" for line in lines).encode()


def _words(notice: Notice) -> str:
    if notice.action == "relayed":
        return "handed over to a mail system that sends no notifications"
    return "not delivered in time, the last answer was" if notice.expired else "not delivered, refused"


def _report(envelope: Envelope, notices: Sequence[Notice], hostname: str, at: datetime) -> bytes:
    """RFC 3464 2.2 and 2.3: fields about the message, then a group of fields for each recipient."""
    message = [f"Reporting-MTA: dns; {hostname}"]
    if envelope.envid:
        message.append(f"Original-Envelope-Id: {_ascii(_from_xtext(envelope.envid))}")
    if envelope.helo:
        message.append(f"Received-From-MTA: dns; {_ascii(envelope.helo)}")
    message.append(f"Arrival-Date: {format_datetime(envelope.received_at)}")
    groups = [message, *(_group(n, at) for n in notices[:MAX_SHOWN])]
    return "\r\n".join("".join(line + "\r\n" for line in group) for group in groups).encode("ascii")


def _group(notice: Notice, at: datetime) -> list[str]:
    kind, _, original = (notice.recipient.orcpt or "").partition(";")
    lines = [f"Original-Recipient: {_ascii(kind)};{_ascii(_from_xtext(original))}"] if original else []
    lines += [
        f"Final-Recipient: {_typed(notice.recipient.address)}",
        f"Action: {notice.action}",
        f"Status: {'4.4.7' if notice.expired else notice.status}",  # RFC 3463 3.5: delivery time expired
    ]
    if notice.remote and notice.replied:
        lines.append(f"Remote-MTA: dns; {_ascii(notice.remote)}")
    code = "smtp" if notice.replied else "x-lazaretto"
    return [
        *lines,
        f"Diagnostic-Code: {code}; {_ascii(notice.text)}",
        f"Last-Attempt-Date: {format_datetime(at)}",
    ]


def _typed(address: str) -> str:
    """An address with its type; outside ASCII in the form that travels in plain reports. RFC 6533 3."""
    if address.isascii():
        return f"rfc822; {_ascii(address)}"
    coded = "".join(c if c.isascii() else f"\\x{{{ord(c):X}}}" for c in _clean(address))
    return f"utf-8; {coded}"


def _from_xtext(text: str) -> str:
    """RFC 3461 4: "+2B" stands for "+". What is not xtext stays as it is."""
    return _XTEXT.sub(lambda found: chr(int(found.group(1), 16)), text)


def _clean(text: str) -> str:
    """One line without control characters: what strangers wrote starts no field and ends no part."""
    return "".join(c if c.isprintable() else "?" for c in text)[:600]


def _ascii(text: str) -> str:
    return _clean(text).encode("ascii", "replace").decode("ascii")


def _crlf(content: bytes) -> bytes:
    return b"".join(line + b"\r\n" for line in content.splitlines())
