"""Public keys from the DNS, and what they verify. RFC 6376 3.6.1, RFC 8301, RFC 8463.

Keys are parsed once and kept: a provider's key is asked for with every second message.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from lazaretto.mail.authentication.dkim_signature import Signature, SignatureError
from lazaretto.mail.questions import Check, ask
from lazaretto.mail.remembered import remembered
from lazaretto.mail.tags import TagError, parse_tags, without_space
from lazaretto.model.facts import Status

CACHED_KEYS = 4_096

MAX_CACHED = 2_000
"""Characters of a key record that is remembered: the longest RSA key that is taken has 1,400."""

MIN_RSA_BITS = 1_024
"""Smaller keys can be broken and prove nothing. RFC 8301 3.2."""

MAX_RSA_BITS = 8_192
"""A key as long as a TXT record may be would take seconds for one verification."""

MAX_EXPONENT_BITS = 64
"""As MAX_RSA_BITS: verification takes time in proportion to the exponent."""

MAX_RECORDS = 4
"""TXT records at one name in which a key is sought."""

PublicKey = RSAPublicKey | Ed25519PublicKey


class KeyMissingError(Exception):
    """The DNS did not answer: the key may be there at another time."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key and the terms of its use."""

    key: PublicKey
    key_type: str
    hashes: tuple[str, ...]  # empty: all
    testing: bool
    strict: bool  # i= must name d= itself


def fetch_key(signature: Signature) -> Check[KeyRecord]:
    """The key of a signature, fit for it; raises SignatureError or KeyMissingError."""
    answer = yield from ask(signature.key_name, "TXT")
    if answer.status == Status.TEMPERROR:
        raise KeyMissingError("the DNS did not answer for the key")
    record = _first_key(answer.records[:MAX_RECORDS])
    if record.key_type != signature.key_type:
        raise SignatureError("the key is of another type")
    if record.hashes and signature.hash not in record.hashes:
        raise SignatureError("the key forbids this hash")
    if record.strict and signature.identity.rpartition("@")[2].lower() != signature.domain:
        raise SignatureError("the key is not for subdomains")
    return record


def _first_key(records: tuple[str, ...]) -> KeyRecord:
    if not records:
        raise SignatureError("no key for this signature")
    problem = "no key for this signature"
    for text in records:
        parsed = parse_key(text)
        if isinstance(parsed, KeyRecord):
            return parsed
        problem = parsed
    raise SignatureError(problem)


@remembered(CACHED_KEYS, MAX_CACHED)
def parse_key(text: str) -> KeyRecord | str:
    """The key record, or the reason why it cannot be used: a refusal is remembered like a key."""
    try:
        return _read_key(parse_tags(text))
    except TagError as problem:
        return f"bad key record: {problem}"
    except SignatureError as problem:
        return str(problem)


def _read_key(tags: dict[str, str]) -> KeyRecord:
    if tags.get("v", "DKIM1") != "DKIM1":
        raise SignatureError("the key record is of another version")
    services = _listed(tags, "s")
    if services and not {"*", "email"} & set(services):
        raise SignatureError("the key is not for mail")
    key_type, flags, data = tags.get("k", "rsa"), _listed(tags, "t"), without_space(tags.get("p", ""))
    if not data:
        raise SignatureError("the key is revoked" if "p" in tags else "the key record has no p=")
    key = _load(key_type, data)
    return KeyRecord(key, key_type, _listed(tags, "h"), testing="y" in flags, strict="s" in flags)


def _listed(tags: dict[str, str], name: str) -> tuple[str, ...]:
    return tuple(without_space(v) for v in tags[name].split(":")) if name in tags else ()


def _load(key_type: str, data: str) -> PublicKey:
    if key_type not in ("rsa", "ed25519"):
        raise SignatureError("the key is of unknown type")
    try:
        der = b64decode(data, validate=True)
        key = Ed25519PublicKey.from_public_bytes(der) if key_type == "ed25519" else load_der_public_key(der)
    except (Base64Error, ValueError, UnsupportedAlgorithm):
        raise SignatureError("the key cannot be read") from None
    if isinstance(key, Ed25519PublicKey):
        return key
    if not isinstance(key, RSAPublicKey):
        raise SignatureError("the key is of another type than it says")
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise SignatureError(f"the key has {key.key_size} bits")
    if key.public_numbers().e.bit_length() > MAX_EXPONENT_BITS:
        raise SignatureError("the key has a long exponent")
    return key


def is_signed(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """The signature over the data is by the key. All signatures are over SHA-256."""
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, data, PKCS1v15(), SHA256())
        else:
            key.verify(signature, sha256(data).digest())  # RFC 8463 3
    except InvalidSignature:
        return False
    return True
