"""What a DKIM-Signature, an ARC-Message-Signature or an ARC-Seal says. RFC 6376 3.5, RFC 8617 4.1.

Reading is strict: a signature whose text is wrong is worth nothing, and the reason tells what was wrong.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lazaretto.mail.authentication.dkim_canonical import Method
from lazaretto.mail.tags import TagError, parse_tags, without_space

MAX_FIELD = 65_536
"""Bytes of a signature field that is read; the longest real ones have a few thousand."""

MAX_NAME = 253

Hash = Literal["sha1", "sha256"]
KeyType = Literal["rsa", "ed25519"]

_ALGORITHMS: dict[str, tuple[KeyType, Hash]] = {
    "rsa-sha256": ("rsa", "sha256"),
    "rsa-sha1": ("rsa", "sha1"),  # read so that the body hash can be computed; never trusted. RFC 8301 3.1
    "ed25519-sha256": ("ed25519", "sha256"),
}
_METHODS: dict[str, Method] = {"simple": "simple", "relaxed": "relaxed"}
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_NUMBER = re.compile(r"[0-9]{1,76}")  # RFC 6376 3.5, l=
_TIME = re.compile(r"[0-9]{1,12}")


class SignatureError(Exception):
    """The signature cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The tags, read and checked one by one."""

    algorithm: str
    key_type: KeyType
    hash: Hash
    signature: bytes
    domain: str
    selector: str
    timestamp: int | None
    expires: int | None = None
    body_hash: bytes = b""
    header_method: Method = "simple"
    body_method: Method = "simple"
    names: tuple[bytes, ...] = ()
    length: int | None = None
    identity: str = ""

    @property
    def key_name(self) -> str:
        """Where the public key is."""
        return f"{self.selector}._domainkey.{self.domain}"


def read_tags(value: str) -> dict[str, str]:
    """The tags of a signature field."""
    if len(value) > MAX_FIELD:
        raise SignatureError("the field is too long")
    try:
        return parse_tags(value)
    except TagError as problem:
        raise SignatureError(str(problem)) from None


def read_dkim(tags: Mapping[str, str]) -> Signature:
    """A DKIM-Signature. RFC 6376 6.1.1."""
    if _required(tags, "v") != "1":
        raise SignatureError("v= is not 1")
    signature = read_message_signature(tags)
    if b"from" not in signature.names:  # RFC 6376 5.4
        raise SignatureError("From is not signed")
    if "dns/txt" not in [without_space(m).lower() for m in tags.get("q", "dns/txt").split(":")]:
        raise SignatureError("unknown q=")
    domain = signature.identity.rpartition("@")[2].lower()
    if domain != signature.domain and not domain.endswith("." + signature.domain):
        raise SignatureError("i= is not within d=")
    if None not in (signature.timestamp, signature.expires) and not _in_order(signature):
        raise SignatureError("x= is before t=")
    return signature


def read_message_signature(tags: Mapping[str, str]) -> Signature:
    """The tags that DKIM-Signature and ARC-Message-Signature share."""
    seal = read_seal(tags)
    header_method, body_method = _methods(tags)
    names = tuple(without_space(n).lower().encode("latin-1") for n in _present(tags, "h").split(":"))
    return Signature(
        algorithm=seal.algorithm,
        key_type=seal.key_type,
        hash=seal.hash,
        signature=seal.signature,
        domain=seal.domain,
        selector=seal.selector,
        timestamp=seal.timestamp,
        expires=_number(tags, "x", _TIME),
        body_hash=_base64(tags, "bh"),
        header_method=header_method,
        body_method=body_method,
        names=tuple(name for name in names if name),
        length=_number(tags, "l", _NUMBER),
        identity=without_space(tags.get("i", "")) if "@" in tags.get("i", "") else "@" + seal.domain,
    )


def read_seal(tags: Mapping[str, str]) -> Signature:
    """The tags that all three have."""
    algorithm = _required(tags, "a")
    if algorithm not in _ALGORITHMS:
        raise SignatureError("unknown a=")
    key_type, hash_name = _ALGORITHMS[algorithm]
    domain, selector = _required(tags, "d").lower(), _required(tags, "s").lower()
    name_size = len(domain) + len(selector) + len("._domainkey.")
    if name_size > MAX_NAME or "." not in domain or not _DOMAIN.fullmatch(domain):
        raise SignatureError("d= is not a domain")
    if not _DOMAIN.fullmatch(selector):
        raise SignatureError("s= is not a selector")
    return Signature(
        algorithm=algorithm,
        key_type=key_type,
        hash=hash_name,
        signature=_base64(tags, "b"),
        domain=domain,
        selector=selector,
        timestamp=_number(tags, "t", _TIME),
    )


def without_signature(field: bytes) -> bytes:
    """The field with the value of its b= tag removed. RFC 6376 3.5, b=."""
    name, colon, value = field.partition(b":")
    parts = value.split(b";")
    for i, part in enumerate(parts):
        tag, equals, _ = part.partition(b"=")
        if equals and tag.strip(b" \t\r\n") == b"b":
            parts[i] = tag + equals
            break
    return name + colon + b";".join(parts)


def _present(tags: Mapping[str, str], name: str) -> str:
    if name not in tags:
        raise SignatureError(f"{name}= is missing")
    return tags[name]


def _required(tags: Mapping[str, str], name: str) -> str:
    value = _present(tags, name)
    if not value:
        raise SignatureError(f"{name}= is empty")
    return value


def _base64(tags: Mapping[str, str], name: str) -> bytes:
    text = without_space(_required(tags, name))
    if not _BASE64.fullmatch(text):
        raise SignatureError(f"{name}= is not base64")
    try:
        return b64decode(text)
    except Base64Error:
        raise SignatureError(f"{name}= is not base64") from None


def _number(tags: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> int | None:
    if name not in tags:
        return None
    if not pattern.fullmatch(tags[name]):
        raise SignatureError(f"{name}= is not a number")
    return int(tags[name])


def _methods(tags: Mapping[str, str]) -> tuple[Method, Method]:
    if "c" not in tags:
        return "simple", "simple"
    header, _, body = tags["c"].partition("/")
    try:
        return _METHODS[header], _METHODS[body or "simple"]
    except KeyError:
        raise SignatureError("unknown c=") from None


def _in_order(signature: Signature) -> bool:
    return (signature.expires or 0) > (signature.timestamp or 0)
