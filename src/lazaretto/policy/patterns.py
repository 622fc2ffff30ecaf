"""Patterns of the lists: an address, a domain, a network or a regular expression, checked and compared.

What a pattern is compared with:

- EMAIL: the whole address, without regard to case; domains in A-label form.
- DOMAIN: the domain and everything below it.
- IP: the connecting mail server, an address or a network in CIDR form, IPv4 or IPv6. A v4-mapped address is
  the IPv4 address inside it. Addresses that no server on the Internet has are refused: private, unique local,
  loopback, link local, unspecified, broadcast.
- A regular expression, whatever its type: found anywhere in the envelope from, the header from, the reply-to,
  the address of the client, or the server's name. `^` and `$` bind it to begin and end.

Everything here raises `Invalid` with code 1000, a sentence for the person who wrote the pattern and the place
of what is wrong, and nothing else. The functions give the form that is compared; two texts with one form are
duplicates of each other.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import re2

from lazaretto.mail.domains import bare_ip, domain_of, to_alabel
from lazaretto.model.errors import Invalid
from lazaretto.model.lists import PatternType
from lazaretto.policy.content import translated
from lazaretto.policy.regex import compile_regex, data_of
from lazaretto.policy.syntax import WrongPattern

WRONG = 1000
"""The published number of a value that is not acceptable."""

MAX_ADDRESS = 254
"""Characters of an address. RFC 5321 4.5.3.1.3, less the angle brackets."""

MAX_LOCAL = 64
"""Characters before the "@". RFC 5321 4.5.3.1.1."""

MAX_DOMAIN = 253
"""Characters of a domain in A-label form. RFC 1035 2.3.4, less the root."""

MAX_NAME = 200
"""Characters of a person's name."""

MIN_NAME = 2
"""Letters of a person's name: one letter is the name of everybody."""

MAX_URL_PATTERN = 512
"""Characters of a pattern for links."""

Network = IPv4Network | IPv6Network

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAPPED = 96
"""Bits of a v4-mapped address before the IPv4 address. RFC 4291 2.5.5.2."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One compiled pattern."""

    pattern_type: PatternType
    normal: str  # the form that is compared; of a regular expression, what was written
    network: Network | None = None
    regex: "re2._Regexp | None" = None

    def matches(self, value: str) -> bool:
        """One value: an address, the address of a client or a server's name."""
        if self.regex is not None:
            return self.regex.search(data_of(value)) is not None
        if self.network is not None:
            client = client_address(value)
            return client is not None and client in self.network
        if self.pattern_type is PatternType.EMAIL:
            return normal_address(value) == self.normal
        domain = domain_of(value) if "@" in value else to_alabel(value)
        return domain == self.normal or domain.endswith("." + self.normal)


def compile_pattern(
    pattern: str,
    pattern_type: PatternType,
    is_regex: bool,  # noqa: FBT001  # in the order of the entries' fields
    *,
    pointer: str = "/pattern",
) -> Matcher:
    """A pattern of an allow policy or of a blocked sender, ready to be compared. Raises Invalid."""
    if is_regex:
        return Matcher(pattern_type, pattern, regex=_regex(pattern, pointer))
    match pattern_type:
        case PatternType.EMAIL:
            return Matcher(pattern_type, check_email(pattern, pointer=pointer))
        case PatternType.DOMAIN:
            return Matcher(pattern_type, check_domain(pattern, pointer=pointer))
        case PatternType.IP:
            network = check_network(pattern, pointer=pointer)
            return Matcher(pattern_type, str(network), network=network)
        case _:
            raise Invalid(
                WRONG,
                "UNKNOWN is the type of old entries; write EMAIL, DOMAIN or IP.",
                pointer="/pattern_type",
            )


def check_pattern(
    pattern: str, pattern_type: PatternType, *, is_regex: bool, pointer: str = "/pattern"
) -> str:
    """The normal form of a pattern of an allow policy or of a blocked sender. Raises Invalid."""
    return compile_pattern(pattern, pattern_type, is_regex, pointer=pointer).normal


def check_trusted_domain(pattern: str, *, is_regex: bool, pointer: str = "/pattern") -> str:
    """The normal form of a trusted domain. Raises Invalid."""
    return compile_pattern(pattern, PatternType.DOMAIN, is_regex, pointer=pointer).normal


def check_content_pattern(pattern: str, *, pointer: str = "/pattern") -> str:
    """The pattern of a content policy in the engine's language. Raises Invalid."""
    try:
        return translated(pattern)
    except WrongPattern as problem:
        raise problem.refusal(pointer, WRONG) from None


def check_url_pattern(pattern: str, *, pointer: str = "/pattern") -> str:
    """The pattern of links to ignore. Raises Invalid."""
    _regex(pattern, pointer, longest=MAX_URL_PATTERN)
    return pattern


def check_domain(name: str, *, pointer: str = "/domain") -> str:
    """A domain name in A-label form, without the final dot. Raises Invalid."""
    text = name.strip()
    if not text:
        raise Invalid(WRONG, "A domain name is expected, the text is empty.", pointer=pointer)
    if "@" in text:
        raise Invalid(WRONG, f"{_shown(text)} is an address; a domain name is expected.", pointer=pointer)
    if bare_ip(text):
        raise Invalid(WRONG, f"{_shown(text)} is an IP address; a domain name is expected.", pointer=pointer)
    if text.startswith(("*.", ".")):
        raise Invalid(
            WRONG,
            "A domain stands for itself and all below it: write it without what is before.",
            pointer=pointer,
        )
    domain = to_alabel(text)
    if len(domain) > MAX_DOMAIN:
        raise Invalid(WRONG, f"A domain name has at most {MAX_DOMAIN} characters.", pointer=pointer)
    bad = next((label for label in domain.split(".") if _LABEL.fullmatch(label) is None), None)
    if bad is not None:
        what = f"{_shown(bad)} is no label of a domain name" if bad else "a label between dots is empty"
        raise Invalid(WRONG, f"{_shown(text)} is no domain name: {what}.", pointer=pointer)
    return domain


def check_email(address: str, *, is_regex: bool = False, pointer: str = "/email") -> str:
    """An address with its domain in A-label form, in lower case; or a regular expression. Raises Invalid."""
    if is_regex:
        _regex(address, pointer)
        return address
    text = address.strip()
    local, at, domain = text.rpartition("@")
    if not at or not local:
        raise Invalid(WRONG, f"{_shown(text)} is no address: name@domain is expected.", pointer=pointer)
    if any(c.isspace() or not c.isprintable() or c in "<>," for c in local) or "@" in local.strip('"'):
        raise Invalid(
            WRONG,
            f"{_shown(text)} is no address: before the @ stands what cannot stand there.",
            pointer=pointer,
        )
    normal = f"{local.lower()}@{check_domain(domain, pointer=pointer)}"
    if len(normal) > MAX_ADDRESS or len(local) > MAX_LOCAL:
        raise Invalid(
            WRONG,
            f"An address has at most {MAX_ADDRESS} characters, {MAX_LOCAL} of them before the @.",
            pointer=pointer,
        )
    return normal


def check_name(name: str, *, pointer: str = "/name") -> str:
    """A person's name with single spaces. Raises Invalid."""
    text = " ".join(name.split())
    if sum(c.isalpha() for c in text) < MIN_NAME:
        raise Invalid(WRONG, f"A name of at least {MIN_NAME} letters is expected.", pointer=pointer)
    if len(text) > MAX_NAME or not text.isprintable():
        raise Invalid(WRONG, f"A name has at most {MAX_NAME} printable characters.", pointer=pointer)
    return text


def check_network(text: str, *, pointer: str = "/pattern") -> Network:
    """An address or a network of the Internet; a v4-mapped one as IPv4. Raises Invalid."""
    written = text.strip()
    try:
        network = _unmapped(ip_network("zone" if "%" in written else written))
    except ValueError as problem:
        raise Invalid(WRONG, _about_network(written, str(problem)), pointer=pointer) from None
    if reason := _not_public(network):
        raise Invalid(
            WRONG,
            f"{_shown(written)} {reason}: no mail server on the Internet connects from it.",
            pointer=pointer,
        )
    return network


def _about_network(written: str, problem: str) -> str:
    if problem.endswith("has host bits set"):
        base = ip_network(written, strict=False)
        return f"{_shown(written)} has bits set behind its prefix; the network is {base}."
    return f"{_shown(written)} is neither an IP address nor a network in CIDR form."


def _unmapped(network: Network) -> Network:
    first = network.network_address
    if isinstance(first, IPv6Address) and first.ipv4_mapped is not None and network.prefixlen >= _MAPPED:
        return IPv4Network((first.ipv4_mapped, network.prefixlen - _MAPPED))
    return network


_REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(text), reason)
    for text, reason in (
        ("0.0.0.0/8", "is unspecified"),  # RFC 1122 3.2.1.3
        ("10.0.0.0/8", "is private"),  # RFC 1918 3
        ("172.16.0.0/12", "is private"),
        ("192.168.0.0/16", "is private"),
        ("127.0.0.0/8", "is loopback"),
        ("169.254.0.0/16", "is link local"),  # RFC 3927 2.1
        ("255.255.255.255/32", "is broadcast"),
        ("::/128", "is unspecified"),  # RFC 4291 2.5.2
        ("::1/128", "is loopback"),
        ("fc00::/7", "is unique local"),  # RFC 4193 3.1
        ("fe80::/10", "is link local"),  # RFC 4291 2.5.6
    )
)


def _not_public(network: Network) -> str:
    """Why a network is refused; "" when it is not."""
    if network.prefixlen == 0:
        return "is everybody"
    for refused, reason in _REFUSED:
        if network.version == refused.version and _within(network, refused):
            return reason
    return ""


def _within(network: Network, outer: Network) -> bool:
    return network.prefixlen >= outer.prefixlen and network.network_address in outer


def client_address(value: str | None) -> IPv4Address | IPv6Address | None:
    """A client's address; a v4-mapped one as IPv4; None where there is none."""
    text = bare_ip(value or "")
    if not text:
        return None
    address = ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def normal_address(address: str) -> str:
    """An address as it is compared; "" for what is none."""
    local, at, _ = address.strip().rpartition("@")
    return f"{local.lower()}@{domain_of(address)}" if at and local else ""


def _regex(pattern: str, pointer: str, longest: int | None = None) -> "re2._Regexp":
    try:
        return compile_regex(pattern) if longest is None else compile_regex(pattern, longest=longest)
    except WrongPattern as problem:
        raise problem.refusal(pointer, WRONG) from None


def _shown(text: str) -> str:
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
