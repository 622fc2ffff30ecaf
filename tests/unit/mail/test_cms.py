"""S/MIME containers: a message that is signed in one piece is read, an encrypted one is called so."""

import base64
import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.files import cms
from lazaretto.mail.files.cms import cms_kind, signed_content
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import file_part, letter, multipart

INNER = b"Content-Type: text/html\r\n\r\n<a href='http://evil.test/x'>Open</a>\r\n"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ann")])
NOW = dt.datetime.now(dt.UTC)
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(NAME)
    .issuer_name(NAME)
    .public_key(KEY.public_key())
    .serial_number(7)
    .not_valid_before(NOW)
    .not_valid_after(NOW + dt.timedelta(days=1))
    .sign(KEY, hashes.SHA256())
)


def signed(content=INNER, *options):
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(CERTIFICATE, KEY, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def encrypted():
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(INNER).add_recipient(CERTIFICATE)
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def value(tag, content, *, open_end=False):
    if open_end:
        return bytes((tag, 0x80)) + content + b"\x00\x00"
    length = len(content).to_bytes(3)
    return bytes((tag, 0x83)) + length + content


def pieced(content=INNER, size=20):
    """The same as streaming programs write it: open lengths, content in pieces."""
    pieces = b"".join(value(4, content[at : at + size]) for at in range(0, len(content), size))
    octets = value(0xA0, value(0x24, pieces, open_end=True), open_end=True)
    data = value(0x30, bytes.fromhex("06092a864886f70d010701") + octets, open_end=True)
    body = bytes.fromhex("06092a864886f70d010702") + value(
        0xA0, value(0x30, b"\x02\x01\x01" + b"\x31\x00" + data, open_end=True), open_end=True
    )
    return value(0x30, body, open_end=True)


@pytest.mark.parametrize("data", [signed(), pieced(), pieced(INNER * 50, 1_000)], ids=["DER", "BER", "long"])
def test_signed_in_one_piece(data):
    """The message comes out, and the links of its page are links of ours."""
    message = parse(multipart(file_part(data, "smime.p7m", "application/pkcs7-mime")))

    assert "signed" == cms_kind(data)
    assert signed_content(data).startswith(INNER)
    assert ["http://evil.test/x"] == [link.href for link in message.links][:1]
    assert message.texts[-1].visible.startswith("Open")
    assert not message.attachments[0].encrypted


def test_whole_message():
    """The container is the body of the message, as programs send it."""
    data = base64.encodebytes(signed())
    message = parse(
        letter(
            data,
            content_type="application/pkcs7-mime; smime-type=signed-data",
            Content_Transfer_Encoding="base64",
        )
    )

    assert ["evil.test"] == [link.host for link in message.links]


def test_signature_beside_the_message():
    """A detached signature holds no message."""
    data = signed(INNER, pkcs7.PKCS7Options.DetachedSignature)

    assert ("signed", b"") == (cms_kind(data), signed_content(data))
    assert () == parse(multipart(file_part(data, "smime.p7s", "application/pkcs7-signature"))).links


@pytest.mark.parametrize(
    "data", [encrypted(), b"-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n"]
)
def test_encrypted(data):
    """Encrypted for the reader: an attribute, no file under a password."""
    attachment = parse(multipart(file_part(data, "smime.p7m"))).attachments[0]

    assert attachment.encrypted
    assert ("encrypted_message",) == attachment.traits


def test_what_is_none():
    """Certificates, keys and signatures of PGP."""
    assert cms_kind(CERTIFICATE.public_bytes(Encoding.DER)) is None
    key = parse(multipart(file_part(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "key.asc"))).attachments[0]
    assert not key.encrypted


def test_limits(monkeypatch):
    """Pieces, depth and bytes are bounded."""
    deep = bytes.fromhex("06092a864886f70d010701")
    inner = value(4, b"x")
    for _ in range(cms.MAX_DEPTH + 2):
        inner = value(0x24, inner)
    assert b"" == signed_content(deep + value(0xA0, inner))
    monkeypatch.setattr(cms, "MAX_CONTENT", 9)
    assert INNER[:9] == signed_content(signed())
    monkeypatch.setattr(cms, "MAX_PIECES", 2)
    assert INNER[:6] == signed_content(
        deep + value(0xA0, value(4, INNER[:3]) + value(4, INNER[3:6]) + value(4, b"y"))
    )


@given(st.binary(max_size=200))
def test_total(data):
    """Nothing raises, whatever a container holds."""
    cms_kind(b"0" + data)
    signed_content(bytes.fromhex("06092a864886f70d010701a080") + data)
