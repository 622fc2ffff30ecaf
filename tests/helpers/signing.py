"""Messages signed by dkimpy, which shares no code with what verifies them here."""

from base64 import b64encode
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SELECTOR = "test"


@cache
def private_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_record(bits: int = 2048, *, terms: str = "v=DKIM1; k=rsa") -> str:
    """The TXT record for `private_key`."""
    der = private_key(bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"{terms}; p={b64encode(der).decode()}"


def sign(
    message: bytes,
    domain: str = "example.test",
    *,
    bits: int = 2048,
    canonicalize: tuple[str, str] = ("relaxed", "relaxed"),
    headers: tuple[bytes, ...] | None = None,
    length: bool = False,
    identity: str | None = None,
) -> bytes:
    """The message with one more signature on top."""
    pem = private_key(bits).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    field: bytes = dkim.sign(
        message,
        SELECTOR.encode(),
        domain.encode(),
        pem,
        canonicalize=(canonicalize[0].encode(), canonicalize[1].encode()),
        include_headers=headers,
        length=length,
        identity=identity.encode() if identity else None,
    )
    return field + message


def key_zone(
    domain: str = "example.test", *, bits: int = 2048, terms: str = "v=DKIM1; k=rsa"
) -> dict[str, dict[str, list[str]]]:
    """The zone with the key of `sign`."""
    return {f"{SELECTOR}._domainkey.{domain}": {"TXT": [key_record(bits, terms=terms)]}}
