"""A next hop as people write it: `mx.example.com`, `host:port`, `[2001:db8::1]:25`, `lmtp://host:port`.

Postfix's `smtp:[host]:port` is read too. Without a port it is 25, for LMTP 24.
"""

import re

from lazaretto.mail.domains import bare_ip, to_alabel
from lazaretto.model.account import NextHop, NextHopProtocol, TlsUse

MAX_TRANSPORT = 300
"""Characters: a name of 255 with protocol and port."""

PORTS: dict[NextHopProtocol, int] = {"smtp": 25, "lmtp": 24}  # RFC 2033 5 forbids LMTP on 25

_FORM = re.compile(r"(?:(smtp|lmtp):(?://)?)?(\[[^\[\]]+\]|[^\[\]:/]+)(?::([0-9]{1,5}))?", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


class BadTransportError(ValueError):
    """The text names no next hop; the message says why."""


def read_transport(text: str, *, tls: TlsUse = "opportunistic") -> NextHop:
    """The next hop. Raises BadTransportError."""
    if len(text) > MAX_TRANSPORT:
        raise BadTransportError(f"it is longer than {MAX_TRANSPORT} characters")
    if ":" in text and bare_ip(text):
        return NextHop(bare_ip(text), PORTS["smtp"], "smtp", tls)
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise BadTransportError("it must be written as host, host:port or lmtp://host:port")
    protocol: NextHopProtocol = "lmtp" if (form[1] or "").lower() == "lmtp" else "smtp"
    port = int(form[3]) if form[3] else PORTS[protocol]
    if not 0 < port < 65_536:
        raise BadTransportError("the port must be between 1 and 65535")
    return NextHop(_host(form[2]), port, protocol, tls)


def show_transport(hop: NextHop) -> str:
    """The shortest text that is read as this next hop."""
    host = f"[{hop.host}]" if ":" in hop.host else hop.host
    scheme = "" if hop.protocol == "smtp" else f"{hop.protocol}://"
    return f"{scheme}{host}" + ("" if hop.port == PORTS[hop.protocol] else f":{hop.port}")


def _host(text: str) -> str:
    if address := bare_ip(text):
        return address
    name = to_alabel(text.strip("[]"))
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise BadTransportError("its host is no host name and no address")
    return name
