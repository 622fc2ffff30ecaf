"""The TLS context of the gateway, from PEM files."""

import ssl
from pathlib import Path


class BadCertificateError(Exception):
    """Says in one sentence what is wrong with the files."""


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """A context for STARTTLS: no client certificates, TLS 1.2 and later.

    Older versions are left out although mail without TLS is taken: what still needs them falls back to clear
    text, and a session that claims protection has it. RFC 8996, RFC 9325 3.1.1.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise BadCertificateError(
            f"{certificate} and {key} are not a certificate with its key: {error}"
        ) from error
    except OSError as error:
        raise BadCertificateError(f"cannot read {error.filename or certificate}: {error.strerror}") from error
    return context
