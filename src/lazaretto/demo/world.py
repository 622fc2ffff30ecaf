"""The little world of the demo: which domains exist, their servers, their keys and what their DNS says.

Every domain that signs a sample has one server, an SPF record, an Ed25519 key and a DMARC policy.
The keys are derived from the names, so that nothing has to be kept between two starts; they protect nothing.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lazaretto.demo.letters import SAMPLES
from lazaretto.demo.sample import OWN_DOMAIN, STRICT_DOMAIN, Sample
from lazaretto.mail.authentication.dkim_canonical import relaxed_body, relaxed_header

Zone = Mapping[str, Mapping[str, tuple[str, ...]]]

SELECTOR = "demo"
PROTECTED = (OWN_DOMAIN, STRICT_DOMAIN, "tidal-savings.example")
"""Domains that send no sample of their own and forbid others to use their name."""

_SIGNED = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")


def domains() -> tuple[str, ...]:
    """All domains that the world knows."""
    return tuple(dict.fromkeys((*PROTECTED, *(sample.signed_by for sample in SAMPLES if sample.signed_by))))


def server_of(domain: str) -> str:
    """The address of a domain's one mail server, in a network kept for documentation."""
    return f"192.0.2.{10 + domains().index(domain)}"


def client_of(sample: Sample) -> tuple[str, str]:
    """Address and HELO name of the server that brings a sample."""
    if sample.client_ip:
        return sample.client_ip, sample.helo or f"mail.{sample.return_path.rsplit('@', 1)[-1]}"
    return server_of(sample.signed_by), f"mail.{sample.signed_by}"


def zone() -> Zone:
    """What the DNS of this world says."""
    names: dict[str, dict[str, tuple[str, ...]]] = {}
    for domain in domains():
        ip = server_of(domain)
        policy = "reject" if domain in PROTECTED else "quarantine"
        names[domain] = {"TXT": (f"v=spf1 ip4:{ip} -all",), "MX": (f"10 mail.{domain}",), "A": (ip,)}
        names[f"mail.{domain}"] = {"A": (ip,)}
        names[f"_dmarc.{domain}"] = {"TXT": (f"v=DMARC1; p={policy}",)}
        names[f"{SELECTOR}._domainkey.{domain}"] = {"TXT": (_key_record(domain),)}
        names[".".join(reversed(ip.split("."))) + ".in-addr.arpa"] = {"PTR": (f"mail.{domain}",)}
    return names


def signed(raw: bytes, domain: str) -> bytes:
    """The message with a DKIM signature of the domain on top. RFC 8463 3."""
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = _fields(head)
    names = [name for name in _SIGNED if name.lower().encode() in fields]
    digest = b64encode(sha256(relaxed_body(body)).digest()).decode()
    signature = (
        f"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d={domain}; s={SELECTOR};\r\n"
        f" h={':'.join(names)};\r\n bh={digest};\r\n b="
    )
    lines = [relaxed_header(fields[name.lower().encode()]) for name in names]
    data = b"\r\n".join([*lines, relaxed_header(signature.encode())])
    # RFC 8463 3: what is signed is the SHA-256 of the data, not the data
    value = b64encode(_key(domain).sign(sha256(data).digest())).decode()
    return f"{signature}{value}\r\n".encode() + raw


def _fields(head: bytes) -> dict[bytes, bytes]:
    """The header fields by lower case name; folded lines belong to theirs."""
    unfolded = head.replace(b"\r\n ", b"\0 ").replace(b"\r\n\t", b"\0\t").split(b"\r\n")
    return {line.split(b":", 1)[0].lower(): line.replace(b"\0", b"\r\n") for line in unfolded}


def _key(domain: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(b"lazaretto demo " + domain.encode()).digest())


def _key_record(domain: str) -> str:
    public = _key(domain).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={b64encode(public).decode()}"
