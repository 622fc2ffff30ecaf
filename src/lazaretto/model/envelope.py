"""The SMTP envelope: what the sending client said outside the message."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lazaretto.model.disposition import Mode

Notify = Literal["NEVER", "SUCCESS", "FAILURE", "DELAY"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """One RCPT TO with the DSN parameters that must travel on. RFC 3461 4."""

    address: str  # as given, without angle brackets
    notify: tuple[Notify, ...] = ()
    orcpt: str | None = None  # "rfc822;user@example.com", still xtext encoded


@dataclass(frozen=True, slots=True)
class Envelope:
    """One transaction for one account."""

    account: str  # account id, 32 hex digits
    queue_id: str  # Postfix style long queue id, ours
    mode: Mode
    mail_from: str  # "" is the null return path
    recipients: tuple[Recipient, ...]
    received_at: datetime  # aware, UTC
    client_ip: str | None = None  # the true client: after PROXY, XCLIENT or look back over trusted hops
    client_name: str | None = None  # reverse name, if known
    helo: str | None = None
    protocol: str = "ESMTP"  # the "with" of our Received field: SMTP ESMTP ESMTPS LMTP UTF8SMTP ... RFC 3848
    tls: str | None = None  # "TLSv1.3 TLS_AES_256_GCM_SHA384", None when in clear
    body: Literal["7BIT", "8BITMIME", "BINARYMIME"] = "7BIT"
    smtputf8: bool = False
    ret: Literal["FULL", "HDRS"] | None = None  # DSN RET
    envid: str | None = None  # DSN ENVID, still xtext encoded
    reporting: bool = False  # sent to a report address: it holds messages that somebody complains about
