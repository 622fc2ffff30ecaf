"""DKIM: which domains vouch for this message? RFC 6376, RFC 8301, RFC 8463.

The body hash is computed whether or not the key can be had, so that custody can be checked without the DNS.
"""

from dataclasses import replace
from datetime import datetime
from hmac import compare_digest

from lazaretto.mail.authentication.dkim_canonical import SignedMessage
from lazaretto.mail.authentication.dkim_key import KeyMissingError, fetch_key, is_signed
from lazaretto.mail.authentication.dkim_signature import (
    Signature,
    SignatureError,
    read_dkim,
    read_tags,
    without_signature,
)
from lazaretto.mail.questions import Check
from lazaretto.model.facts import DkimResult

MAX_SIGNATURES = 10
"""Signatures that are looked at, newest first: each costs a question and a key operation. RFC 6376 6.1."""

MAX_SHOWN = 200
"""Characters of an unreadable tag that a result repeats."""


def verify(raw: bytes, *, at: datetime) -> Check[tuple[DkimResult, ...]]:
    """One result a signature, newest first; empty when there is none. `at` decides what has expired."""
    results: tuple[DkimResult, ...] = ()
    for check in checks(SignedMessage(raw), at=at):
        results += ((yield from check),)
    return results


def checks(message: SignedMessage, *, at: datetime) -> tuple[Check[DkimResult], ...]:
    """One independent check a signature, newest first."""
    found = message.named(b"dkim-signature")[:MAX_SIGNATURES]
    return tuple(_check(message, index, at) for index in found)


def _check(message: SignedMessage, index: int, at: datetime) -> Check[DkimResult]:
    tags: dict[str, str] = {}
    try:
        tags = read_tags(message.value(index))
        signature = read_dkim(tags)
    except SignatureError as problem:
        return _unreadable(tags, str(problem))
    unjudged = _unjudged(signature, body_hash_ok=is_body_signed(message, signature))
    try:
        key = yield from fetch_key(signature)
        _refuse(message, signature, at)
    except KeyMissingError as problem:
        return replace(unjudged, result="temperror", reason=str(problem))
    except SignatureError as problem:
        return replace(unjudged, result="permerror", reason=str(problem))
    known = replace(unjudged, testing=key.testing)
    if not unjudged.body_hash_ok:
        return replace(known, result="fail", reason="the body was changed")
    if not is_signed(key.key, signature.signature, signed_data(message, signature, index)):
        return replace(known, result="fail", reason="the signature does not match")
    return replace(known, result="pass")


def is_body_signed(message: SignedMessage, signature: Signature) -> bool:
    """The body hash of the signature is that of the body."""
    digest = message.body_hash(signature.body_method, signature.hash, signature.length)
    return compare_digest(digest, signature.body_hash)


def signed_data(message: SignedMessage, signature: Signature, index: int) -> bytes:
    """The header bytes that the signature is made over. RFC 6376 3.7."""
    method = signature.header_method
    chosen = [message.header(i, method) for i in message.select(signature.names, leaving=index)]
    own = without_signature(message.header(index, method))
    return b"\r\n".join([*chosen, own])


def _refuse(message: SignedMessage, signature: Signature, at: datetime) -> None:
    """Signatures that are well made and still not to be trusted."""
    if signature.hash == "sha1":  # RFC 8301 3.1
        raise SignatureError("rsa-sha1 is no longer trusted")
    if signature.expires is not None and at.timestamp() > signature.expires:  # RFC 6376 3.5, x=
        raise SignatureError("the signature has expired")
    if signature.length is not None and signature.length > message.body_size(signature.body_method):
        raise SignatureError("l= is longer than the body")  # RFC 6376 3.5, l=


def _unjudged(signature: Signature, *, body_hash_ok: bool) -> DkimResult:
    return DkimResult(
        result="none",
        domain=signature.domain,
        selector=signature.selector,
        algorithm=signature.algorithm,
        body_hash_ok=body_hash_ok,
        identity=signature.identity,
        body_length=signature.length,
        signed_headers=tuple(name.decode("latin-1") for name in signature.names),
    )


def _unreadable(tags: dict[str, str], reason: str) -> DkimResult:
    shown = {name: ascii(tags.get(name, "")[:MAX_SHOWN])[1:-1] for name in ("d", "s", "a")}
    return DkimResult("permerror", shown["d"].lower(), shown["s"], shown["a"], None, reason=reason)
