"""Notifications about mail that we accepted and could not deliver. RFC 3464 and RFC 6522.

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
class Failure:
    """One recipient that will not get the message."""

    recipient: Recipient
    status: str  # enhanced status code
    text: str  # what is known, one line
    replied: bool  # the text is a reply of the next hop
    remote: str | None  # name of the next hop
    expired: bool  # it was tried until the time was up


@dataclass(frozen=True, slots=True)
class Returned:
    """What a notification gives back of the original message."""

    content: bytes
    whole: bool  # the message, not only its header block


def wants_failure(recipient: Recipient) -> bool:
    """RFC 3461 4.1: without NOTIFY failures are told, with it only when FAILURE is named."""
    return not recipient.notify or "FAILURE" in recipient.notify


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
    failures: Sequence[Failure],
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
        _part("text/plain; charset=utf-8", _explanation(envelope, failures, hostname), eight=True),
        _part("message/delivery-status", _report(envelope, failures, hostname, at), eight=False),
        _part(content_type, _crlf(original.content), eight=eight),
    )
    opening = f"--{boundary}\r\n".encode()
    body = b"".join(opening + p + b"\r\n" for p in parts) + f"--{boundary}--\r\n".encode()
    return _head(envelope, hostname, queue_id, boundary, at) + b"\r\n" + body


def subject() -> str:
    """The subject of every notification."""
    return "Undelivered mail returned to sender"


def returned(envelope: Envelope, opening: bytes, *, complete: bool) -> Returned:
    """What to give back, from the beginning of a message or all of it."""
    if envelope.ret == "FULL" and complete:
        return Returned(opening, whole=True)
    end = opening.find(b"\r\n\r\n")
    return Returned(opening[: end + 2] if end >= 0 else opening[: opening.rfind(b"\n") + 1], whole=False)


def _head(envelope: Envelope, hostname: str, queue_id: str, boundary: str, at: datetime) -> bytes:
    fields = (
        ("From", f"Mail Delivery System <MAILER-DAEMON@{hostname}>"),
        ("To", f"<{_clean(envelope.mail_from)}>"),
        ("Subject", subject()),
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


def _explanation(envelope: Envelope, failures: Sequence[Failure], hostname: str) -> bytes:
    lines = [
        f"This is the mail system at {hostname}.",
        "",
        "Your message could not be delivered to the recipients below.",
        f"It was received under the id {envelope.queue_id}.",
        "",
    ]
    for failure in failures[:MAX_SHOWN]:
        reason = "it could not be delivered in time; the last answer was" if failure.expired else "refused"
        lines += [f"<{_clean(failure.recipient.address)}>: {reason}: {_clean(failure.text)}", ""]
    return "".join(line + "\r\n" for line in lines).encode()


def _report(envelope: Envelope, failures: Sequence[Failure], hostname: str, at: datetime) -> bytes:
    """RFC 3464 2.2 and 2.3: fields about the message, then a group of fields for each recipient."""
    message = [f"Reporting-MTA: dns; {hostname}"]
    if envelope.envid:
        message.append(f"Original-Envelope-Id: {_ascii(_from_xtext(envelope.envid))}")
    if envelope.helo:
        message.append(f"Received-From-MTA: dns; {_ascii(envelope.helo)}")
    message.append(f"Arrival-Date: {format_datetime(envelope.received_at)}")
    groups = [message, *(_group(f, at) for f in failures[:MAX_SHOWN])]
    return "\r\n".join("".join(line + "\r\n" for line in group) for group in groups).encode("ascii")


def _group(failure: Failure, at: datetime) -> list[str]:
    kind, _, original = (failure.recipient.orcpt or "").partition(";")
    lines = [f"Original-Recipient: {_ascii(kind)};{_ascii(_from_xtext(original))}"] if original else []
    lines += [
        f"Final-Recipient: {_typed(failure.recipient.address)}",
        "Action: failed",
        f"Status: {'4.4.7' if failure.expired else failure.status}",  # RFC 3463 3.5: delivery time expired
    ]
    if failure.remote and failure.replied:
        lines.append(f"Remote-MTA: dns; {_ascii(failure.remote)}")
    code = "smtp" if failure.replied else "x-lazaretto"
    return [
        *lines,
        f"Diagnostic-Code: {code}; {_ascii(failure.text)}",
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
