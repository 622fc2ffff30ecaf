"""How a next hop's certificate is looked at.

Opportunistic TLS proves nothing and only keeps eavesdroppers out: any certificate will do. RFC 7435 3.
Required TLS verifies the chain and the name, unless the settings say that encryption alone is enough.
"""

import ssl
from pathlib import Path

from lazaretto.model.account import TlsUse


def client_context(use: TlsUse, *, verify: bool = True, ca_file: Path | None = None) -> ssl.SSLContext | None:
    """The context for connections to a next hop; None where TLS is off."""
    if use == "off":
        return None
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if use == "opportunistic" or not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
