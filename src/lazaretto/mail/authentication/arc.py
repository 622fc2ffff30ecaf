"""ARC: has an unbroken chain of forwarders vouched for what they saw? RFC 8617 5.2.

Every seal is verified and the newest message signature; older message signatures may rightly be broken.
A key that the DNS did not answer for breaks the chain for now, and the reason says so.
"""

import re
from dataclasses import dataclass

from lazaretto.mail.authentication.dkim import is_body_signed, signed_data
from lazaretto.mail.authentication.dkim_canonical import SignedMessage
from lazaretto.mail.authentication.dkim_key import KeyMissingError, fetch_key, is_signed
from lazaretto.mail.authentication.dkim_signature import (
    Signature,
    SignatureError,
    read_message_signature,
    read_seal,
    read_tags,
    without_signature,
)
from lazaretto.mail.questions import Check
from lazaretto.model.facts import ArcResult

MAX_INSTANCES = 50
"""Longest chain. RFC 8617 4.2.1."""

_FIELDS = (b"arc-authentication-results", b"arc-message-signature", b"arc-seal")
_RESULTS, _SIGNATURE, _SEAL = _FIELDS
_INSTANCE = re.compile(r"[0-9]{1,3}")


class _BrokenChainError(Exception):
    """The chain does not verify; the text says why."""


@dataclass(frozen=True, slots=True)
class _Set:
    """The three fields of one forwarder, by position."""

    results: int
    signature: int
    seal: int


def verify(message: SignedMessage) -> Check[ArcResult]:
    """The state of the chain."""
    count = sum(key in _FIELDS for key in message.keys)
    if not count:
        return ArcResult("none", 0)
    sealer = ""
    try:
        sets = _collect(message)
        sealer = _seal_tags(message, sets[-1].seal).get("d", "")[:255]
        sealer = ascii(sealer)[1:-1]
        yield from _verify_chain(message, sets)
    except (_BrokenChainError, SignatureError, KeyMissingError) as problem:
        return ArcResult("fail", min(count // 3, MAX_INSTANCES), sealer, reason=str(problem))
    return ArcResult("pass", len(sets), sealer)


def _collect(message: SignedMessage) -> list[_Set]:
    """Sets by instance, from 1, each whole. RFC 8617 5.2, steps 1 and 3."""
    kinds: list[dict[int, int]] = []
    for key in _FIELDS:
        by_instance: dict[int, int] = {}
        positions = message.named(key)
        if len(positions) > MAX_INSTANCES:
            raise _BrokenChainError("too many instances")
        for position in positions:
            instance = _instance(message, position)
            if instance in by_instance:
                raise _BrokenChainError(f"instance {instance} appears twice")
            by_instance[instance] = position
        kinds.append(by_instance)
    results, signatures, seals = kinds
    wanted = set(range(1, len(seals) + 1))
    if not wanted or not set(results) == set(signatures) == set(seals) == wanted:
        raise _BrokenChainError("the sets are not whole")
    return [_Set(results[i], signatures[i], seals[i]) for i in sorted(wanted)]


def _instance(message: SignedMessage, position: int) -> int:
    value = message.value(position)
    if message.keys[position] == _RESULTS:
        name, _, text = value.partition(";")[0].partition("=")
        text = text.strip() if name.strip() == "i" else ""
    else:
        text = read_tags(value).get("i", "")
    if not _INSTANCE.fullmatch(text) or not 1 <= int(text) <= MAX_INSTANCES:
        raise _BrokenChainError("an instance has no number")
    return int(text)


def _seal_tags(message: SignedMessage, position: int) -> dict[str, str]:
    return read_tags(message.value(position))


def _verify_chain(message: SignedMessage, sets: list[_Set]) -> Check[None]:
    for instance, entry in enumerate(sets, 1):  # RFC 8617 5.2, step 3
        tags = _seal_tags(message, entry.seal)
        if "h" in tags:  # RFC 8617 4.1.3
            raise _BrokenChainError("a seal has h=")
        if tags.get("cv", "") != ("none" if instance == 1 else "pass"):
            raise _BrokenChainError(f"cv= of instance {instance} breaks the chain")
    yield from _verify_message_signature(message, sets[-1].signature)
    for instance in range(len(sets), 0, -1):
        yield from _verify_seal(message, sets[:instance])


def _verify_message_signature(message: SignedMessage, position: int) -> Check[None]:
    tags = read_tags(message.value(position))
    signature = read_message_signature({"c": "relaxed/relaxed", **tags, "i": ""})
    if b"arc-seal" in signature.names:  # RFC 8617 4.1.2
        raise _BrokenChainError("the message signature covers a seal")
    if not is_body_signed(message, signature):
        raise _BrokenChainError("the body was changed after the last seal")
    data = signed_data(message, signature, position)
    yield from _require(signature, data, "the newest message signature does not match")


def _verify_seal(message: SignedMessage, sets: list[_Set]) -> Check[None]:
    """RFC 8617 5.1.1: a seal covers all sets up to its own, oldest first."""
    signature = read_seal(_seal_tags(message, sets[-1].seal))
    fields = [
        message.header(position, "relaxed")
        for entry in sets
        for position in (entry.results, entry.signature, entry.seal)
    ]
    fields[-1] = without_signature(fields[-1])
    yield from _require(signature, b"\r\n".join(fields), f"seal {len(sets)} does not match")


def _require(signature: Signature, data: bytes, otherwise: str) -> Check[None]:
    if signature.hash != "sha256":
        raise _BrokenChainError("rsa-sha1 is no longer trusted")
    key = yield from fetch_key(signature)
    if not is_signed(key.key, signature.signature, data):
        raise _BrokenChainError(otherwise)
