"""Host names as the mail system compares them: A-labels, registered domains, IP addresses.

Everything here is total: for any text there is an answer, and what is not a host name gives "".
The Public Suffix List comes with a package and is read once, when the first host is asked for.

Limits: no DNS is asked, and a list entry newer than the package is not known.
"""

import re
from functools import cache
from ipaddress import ip_address

import idna
from publicsuffixlist import PublicSuffixList

from lazaretto.mail.remembered import remembered

MAX_HOST = 255
"""Longest name that is converted. RFC 1035 2.3.4 ends at 255; converting longer ones costs quadratic time."""

MAX_LABEL = 63
"""Longest label that is encoded as punycode. RFC 1035 2.3.4."""

CACHED_HOSTS = 16_384
"""How many answers are remembered: mail names the same hosts over and over."""

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})  # RFC 3490 3.1: these are dots too


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _listed_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@remembered(CACHED_HOSTS, MAX_HOST)
def to_alabel(host: str) -> str:
    """The host in lower case A-label form, without the final dot; unconvertible characters become "?"."""
    if host.isascii():
        return host.lower().removesuffix(".")
    host = host.translate(_DOTS).removesuffix(".")
    if len(host) > MAX_HOST:
        return host.encode("ascii", "replace").decode("ascii").lower()
    return ".".join(_label_to_ascii(label) for label in host.split("."))


def _label_to_ascii(label: str) -> str:
    if label.isascii():
        return label.lower()
    try:
        return idna.encode(label, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError, ValueError, IndexError):
        pass  # emoji and other characters that IDNA 2008 forbids still resolve in browsers
    if len(label) > MAX_LABEL or any("\ud800" <= c <= "\udfff" for c in label):
        return label.encode("ascii", "replace").decode("ascii").lower()
    return "xn--" + label.lower().encode("punycode").decode("ascii")


def is_ip(host: str) -> bool:
    """The host is an IPv4 or IPv6 address, with or without the brackets of a literal."""
    return bool(bare_ip(host))


def bare_ip(host: str) -> str:
    """The address inside "[IPv6:...]", "[...]" or the plain text; "" when it is none."""
    text = host
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
        if text[:5].lower() == "ipv6:":  # RFC 5321 4.1.3
            text = text[5:]
    if not text or not (":" in text or text[-1:].isdigit()) or len(text) > MAX_LABEL:
        return ""
    if _IPV4.fullmatch(text):
        return text
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


@remembered(CACHED_HOSTS, MAX_HOST)
def registered_domain(host: str) -> str:
    """The public suffix and one label more, as A-labels; an IP address as it is; "" for everything else."""
    if is_ip(host):
        return bare_ip(host)
    name = to_alabel(host.strip())
    if not name or len(name) > MAX_HOST or name.startswith(".") or ".." in name or " " in name:
        return ""
    return _public_suffixes().privatesuffix(name) or ""


@remembered(CACHED_HOSTS, MAX_HOST)
def listed_domain(host: str) -> str:
    """The registered domain where its suffix is on the list; "" for words that only look like a host."""
    if is_ip(host):
        return bare_ip(host)
    domain = registered_domain(host)
    return domain if domain and _listed_suffixes().publicsuffix(domain) else ""


def organisational_domain(host: str) -> str:
    """The registered domain, or the name itself where it is a public suffix."""
    return registered_domain(host) or to_alabel(host.strip())


def domain_of(address: str) -> str:
    """What stands behind the last "@", in A-label form; "" when there is none."""
    _, at, domain = address.rpartition("@")
    return to_alabel(domain.strip().rstrip(">")) if at else ""
