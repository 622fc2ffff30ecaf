"""The given DKIM vectors: RFC 6376, RFC 8463, Exim, Gmail, and odd keys."""

from datetime import UTC, datetime

import pytest

from lazaretto.mail.authentication.dkim import verify
from lazaretto.mail.authentication.dkim_key import KeyRecord, parse_key
from lazaretto.mail.questions import run_check
from lazaretto.model.facts import DkimResult
from tests.helpers.conformance import ZoneAnswers
from tests.helpers.shared import shared

AT = datetime(2019, 1, 1, tzinfo=UTC)
BRISBANE = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # RFC 8463 A.2
GMAIL = (  # public key of 20120113._domainkey.gmail.com
    "k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1Kd87/UeJjenpabgbFwh"
    "+eBCsSTrqmwIYYvywlbhbqoo2DymndFkbjOVIPIldNs/m40KF+yzMn1skyoxcTUGCQ"
    "s8g3FgD2Ap3ZB5DekAo5wMmk4wimDO+U8QzI3SD07y2+07wlNWwIt8svnxgdxGkVbb"
    "hzY8i+RQ9DpSVpPbF7ykQxtKXkv/ahW3KjViiAH+ghvvIhkx4xYSIc9oSwVmAl5Oct"
    "MEeWUwg8Istjqz8BZeTWbf41fbNhte7Y+YqZOwq1Sd0DbvYAD9NOZK9vlfuac0598H"
    "Y+vtSBczUiKERHv1yRbcaQtZFh5wtiRrN04BLUTD21MycBX5jYchHjPY/wIDAQAB"
)


def read(name: str) -> bytes:
    return shared(f"conformance/dkim/{name}").read_bytes()


def text(name: str) -> str:
    return read(name).decode().strip()


def results(name: str, keys: dict[str, str]) -> tuple[DkimResult, ...]:
    zone = {where: {"TXT": [key]} for where, key in keys.items()}
    return run_check(verify(read(name), at=AT), ZoneAnswers(zone))


def football(key: str = "test.txt") -> dict[str, str]:
    return {
        "brisbane._domainkey.football.example.com": BRISBANE,
        "test._domainkey.football.example.com": text(key),
    }


def test_rfc_8463_both_signatures():
    """Ed25519 and RSA over the same message."""
    found = results("rfc6376.signed.msg", football())

    assert [("ed25519-sha256", "pass"), ("rsa-sha256", "pass")] == [(r.algorithm, r.result) for r in found]


def test_rsa_alone():
    """The RSA signature, with k= and without."""
    assert ["pass"] == [r.result for r in results("rfc6376.signed.rsa.msg", football())]
    assert ["pass"] == [r.result for r in results("rfc6376.signed.rsa.msg", football("test2.txt"))]


def test_no_timestamp():
    """The signature was made over another field: it fails without an error, and the far expiry is read."""
    (result,) = results("rfc6376.signed.no_t.msg", football())

    assert ("fail", True) == (result.result, result.body_hash_ok)


def test_exim():
    """Ed25519 by another implementation."""
    (result,) = results("ed25519test2.msg", {"sed._domainkey.test.ex": text("eximtest.dns")})

    assert "pass" == result.result


def test_degenerate_folding():
    """A colon of h= at the start of a line, and base64 with a space in it."""
    (result,) = results("test2.message", {"20120113._domainkey.gmail.com": GMAIL})

    assert "pass" == result.result


def test_bad_domain():
    """d= may not hold a parenthesis."""
    (result,) = results("test.message.baddomain", {})

    assert ("permerror", "d= is not a domain") == (result.result, result.reason)


def test_body_hash_without_key():
    """A mailbox message from 2011 whose key is long gone: the body is still shown to be unchanged."""
    (result,) = results("message.mbox", {})

    assert ("permerror", True) == (result.result, result.body_hash_ok)


@pytest.mark.parametrize(
    "name",
    [
        "ed25519test.msg",
        "test.message",
        "test_extra.message",
        "test_nofrom.message",
        "rfc6376.msg",
        "rfc6376.w1258.msg",
    ],
)
def test_unsigned(name):
    """No signature, no result."""
    assert () == results(name, {})


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("1024_testkey_wo_markers.pub.txt", 1024),
        ("1024_testkey_wo_markers.pub.rsa.txt", 1024),
        ("2048_testkey_wo_markers.pub.txt", 2048),
        ("2048_testkey_wo_markers.pub.rsa.txt", 2048),
        ("2048_testkey_PKCS8.key.pub.txt", 2048),
        ("test.txt", 1024),
        ("test2.txt", 1024),
    ],
)
def test_readable_keys(name, bits):
    """SubjectPublicKeyInfo and bare RSAPublicKey."""
    record = parse_key(text(name))

    assert isinstance(record, KeyRecord)
    assert bits == getattr(record.key, "key_size", 0)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("test_bad.txt", "the key cannot be read"),
        ("badversion.txt", "the key record is of another version"),
        ("badk.txt", "the key is of unknown type"),
        ("test_tlsrpt.txt", "the key is not for mail"),
    ],
)
def test_unusable_keys(name, reason):
    """Each says why."""
    assert reason == parse_key(text(name))


def test_ed25519_key():
    """The key of RFC 8463 and the given one."""
    assert isinstance(parse_key(BRISBANE), KeyRecord)
    assert isinstance(parse_key(text("ed25519test.dns")), KeyRecord)
