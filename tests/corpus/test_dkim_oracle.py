"""Canonical forms of real signed messages, ours against dkimpy's."""

import hashlib

import dkim
import pytest
from dkim.canonicalization import CanonicalizationPolicy

from lazaretto.mail.authentication.dkim_canonical import SignedMessage
from lazaretto.mail.authentication.dkim_signature import Signature, SignatureError, read_dkim, read_tags
from tests.helpers.corpora import unpacked

pytestmark = pytest.mark.corpus

EVERY = 10
LARGEST = 100_000  # the oracle takes quadratic time


def signatures(message: SignedMessage) -> list[Signature]:
    found = []
    for index in message.named(b"dkim-signature"):
        try:
            found.append(read_dkim(read_tags(message.value(index))))
        except SignatureError:
            continue
    return found


def test_the_oracle_agrees():
    """Body hash and chosen header fields are the same for every readable signature."""
    compared = 0
    for path in sorted((unpacked("dev_set") / "msgs").iterdir())[::EVERY]:
        raw = path.read_bytes()
        message = SignedMessage(raw)
        try:
            headers, body = dkim.rfc822_parse(raw) if len(raw) < LARGEST else ([], b"")
        except dkim.MessageFormatError:
            continue
        for signature in signatures(message) if headers else []:
            policy = CanonicalizationPolicy.from_c_value(
                f"{signature.header_method}/{signature.body_method}".encode()
            )
            canonical = policy.canonicalize_body(body)[: signature.length]
            chosen = dkim.select_headers(policy.canonicalize_headers(headers), list(signature.names))
            ours = [
                message.header(i, signature.header_method)
                for i in message.select(signature.names, leaving=-1)
            ]

            assert hashlib.new(signature.hash, canonical).digest() == message.body_hash(
                signature.body_method, signature.hash, signature.length
            ), path.name
            assert [name + b":" + value for name, value in chosen] == [field + b"\r\n" for field in ours], (
                path.name
            )
            compared += 1

    assert compared > 100
