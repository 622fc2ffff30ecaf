"""How links are written: what the text shows and where they go, and the tricks in the address itself."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

import re2

from lazaretto.mail.domains import is_ip, registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Link, Message
from lazaretto.scan.base64text import decoded_words
from lazaretto.scan.brands import owner_of
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.hosts import host_lists, listed
from lazaretto.scan.reading import MAX_LINKS_READ, own_domains, read, recipient_addresses
from lazaretto.scan.unwrap import named_inside, unwrapped

TEXT_MISMATCH = "link_text_mismatch"
TEXT_BRAND = "link_text_brand"
TEXT_OWN = "link_text_own_domain"
IP_HOST = "link_ip_host"
NUMBER_HOST = "link_number_host"
USER_INFO = "link_user_info"
ENCODED_HOST = "link_encoded_host"
ODD_PORT = "link_odd_port"
SCRIPT = "link_script"
DATA = "link_data"
RECIPIENT = "link_names_recipient"
PROGRAM = "link_to_program"

MAX_HREF = 2_000
"""Characters of a link that are looked at: the browser's address bar shows fewer."""

# By `re`, not by re2: nothing in this can be read in two ways, so no text makes it slow.
_AUTHORITY = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:[/\\]{2,}([^/?#\\]*)")
_NUMBER = re2.compile(
    r"(?i)^(?:0x[0-9a-f]{1,8}|\d{8,10}|0[0-7]{8,11}|(?:0x[0-9a-f]{1,2}|0?\d{1,4})(?:\.(?:0x[0-9a-f]{1,2}|0\d{1,4})){1,3})$"
)
_PORT = re2.compile(r":(\d{1,5})$")
_EXTENSION = re.compile(r"[a-zA-Z0-9]{2,5}")
_QUERY = re.compile(r"[?#]")
_USUAL_PORTS = frozenset({"80", "443", "8080", "8443", "8000", "3000", "9000"})


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    """Links that deceive by their form."""
    own = own_domains(envelope, facts)
    recipients = recipient_addresses(envelope)
    home = read(message).from_domain
    for link in read(message).links:
        yield from _shown(link, own, home)
        yield from _written(link)
        if (found := _recipient(link, recipients)) is not None:
            yield found
    yield from _schemes(message)


def _finding(rule: str, link: Link, reason: str) -> Finding:
    start, end = (link.start, link.end) if link.start >= 0 else (None, None)
    return Finding(
        rule,
        reason=clipped(reason),
        place="link",
        field="href",
        value=clipped(link.href),
        part=link.part,
        start=start,
        end=end,
    )


def _shown(link: Link, own: tuple[str, ...], home: str) -> Iterator[Finding]:
    """The text names one domain and the target is another."""
    shown = link.shown_domain
    if not shown or not link.domain or shown == link.domain:
        return
    target = registered_domain(unwrapped(link).host) or link.domain
    brand = owner_of(shown)
    if target == shown or (brand is not None and brand.owns(target)):
        return
    counted = bool(listed(link.host, host_lists().senders_for_others))
    if counted and named_inside(link.href) == shown:  # a click counter that says where it leads
        return
    reason = f"The text shows {shown}, the target is {link.host}."
    if shown in own:
        yield _finding(TEXT_OWN, link, reason)
    elif brand is not None and target != home:
        reason = f"The text shows {shown} of {brand.name}, the target is {link.host}."
        yield _finding(TEXT_BRAND, link, reason)
    elif target != home and not counted and "@" not in link.shown and named_inside(link.href) != shown:
        yield _finding(TEXT_MISMATCH, link, reason)


def _written(link: Link) -> Iterator[Finding]:
    href = link.href[:MAX_HREF]
    match = _AUTHORITY.match(href)
    authority = match.group(1) if match else ""
    user, at, host_port = authority.rpartition("@")
    if at and user:
        reason = f"Before the real host {link.host} the link puts {quoted(user)}, which reads like the host."
        yield _finding(USER_INFO, link, reason)
    port = _PORT.search(host_port) if ":" in host_port else None
    host = host_port[: port.start()] if port else host_port
    if host[:1].isdigit() and _NUMBER.search(host):
        yield _finding(NUMBER_HOST, link, f"The host is an address written as a number: {quoted(host)}.")
    elif is_ip(link.host):
        yield _finding(IP_HOST, link, f"The link leads to the bare address {link.host}.")
    if "%" in host:
        yield _finding(ENCODED_HOST, link, f"The host is written in percent codes: {quoted(host)}.")
    if port and port.group(1) not in _USUAL_PORTS:
        yield _finding(ODD_PORT, link, f"The link leads to port {port.group(1)} of {link.host}.")
    extension = _extension(href.partition("://")[2])
    if extension in host_lists().program_extensions - {"com", "one"}:
        reason = f"The link leads to a program or a container of programs (.{extension})."
        yield _finding(PROGRAM, link, reason)


def _extension(address: str) -> str:
    """Of the last name in the path, in lower case; "" for none."""
    path = _QUERY.split(address, maxsplit=1)[0]
    _, slash, name = path.rpartition("/")
    extension = name.rpartition(".")[2] if "." in name else ""
    return extension.lower() if slash and _EXTENSION.fullmatch(extension) else ""


def _recipient(link: Link, recipients: tuple[str, ...]) -> Finding | None:
    """The address of the reader stands in the link, so that the page can fill it in: a kit's habit."""
    _, hash_mark, fragment = link.href[:MAX_HREF].partition("#")
    if not hash_mark:
        return None
    texts = (unquote(fragment).lower(), *decoded_words(fragment))
    for address in recipients:
        if any(address in text for text in texts):
            reason = f"The link to {link.host} carries the recipient's address behind the number sign."
            return _finding(RECIPIENT, link, reason)
    return None


def _schemes(message: Message) -> Iterator[Finding]:
    for link in message.links[:MAX_LINKS_READ]:
        if link.place in {"img", "css", "background", "link", "header"}:
            continue
        if link.scheme in {"javascript", "vbscript"} and len(link.href) > len("javascript:void(0);;"):
            yield _finding(SCRIPT, link, "A link runs a script instead of opening a page.")
        elif link.scheme == "data" and link.place in {"a", "area", "iframe", "meta", "form"}:
            yield _finding(DATA, link, "A link holds a whole page in itself instead of an address.")
