"""Where links lead: what kind of place it is, whom it imitates, what the sender has to do with it."""

from collections.abc import Iterator

import re2

from lazaretto.mail.domains import is_ip, registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Link, Message
from lazaretto.scan.brands import owner_of
from lazaretto.scan.confusables import mixed_scripts
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.gibberish import is_gibberish
from lazaretto.scan.hosts import ending_of, host_lists, listed
from lazaretto.scan.lookalike import imitated_brand, imitated_own, unicode_label
from lazaretto.scan.reading import own_domains, read
from lazaretto.scan.unwrap import Target, unwrapped, urlsplit_path

LIKE_BRAND = "link_lookalike_brand"
LIKE_OWN = "link_lookalike_own"
BRAND_IN_FRONT = "link_brand_in_subdomain"
BRAND_IN_PATH = "link_brand_in_path"
PUNYCODE = "link_punycode"
SHORTENER = "link_shortener"
FREE_HOSTING = "link_free_hosting"
FORM_SERVICE = "link_form_service"
REDIRECTOR = "link_redirector"
ABUSED_ENDING = "link_abused_ending"
GIBBERISH = "link_gibberish_host"
CREDENTIAL_WORDS = "link_credential_words"
DEEP_HOST = "link_deep_host"
FORM_ELSEWHERE = "form_posts_elsewhere"
META_REFRESH = "meta_refresh_elsewhere"
ELSEWHERE = "links_elsewhere"
TO_SENDER = "links_to_sender"
ONE_TARGET = "links_one_target"

MAX_DEPTH = 6
"""Labels of a host from which it is called deep."""

MIN_BRAND = 5
"""Letters of a brand's label that is looked for in a path."""

_WORD = re2.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    """Places that links lead to."""
    own = own_domains(envelope, facts)
    reading = read(message)
    for link in reading.links:
        target = unwrapped(link)
        yield from _imitation(link, target, own)
        yield from _kind_of_place(link, target, reading.from_domain)
        yield from _posts(link, target, reading.from_domain)
    yield from _together(reading.links, reading.from_domain)


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


def _imitation(link: Link, target: Target, own: tuple[str, ...]) -> Iterator[Finding]:
    host = target.host
    if like := imitated_own(host, own):
        yield _finding(LIKE_OWN, link, f"The host {host} {like.words} {like.name} and is not ours.")
    elif like := imitated_brand(host):
        rule = BRAND_IN_FRONT if like.way == "subdomain" else LIKE_BRAND
        yield _finding(rule, link, f"The host {host} {like.words} {like.called} and does not belong to it.")
    for label in host.split(".")[:10] if "xn--" in host else ():
        shown = unicode_label(label)
        if shown != label and mixed_scripts(shown):
            yield _finding(
                PUNYCODE,
                link,
                f"The host is shown as {quoted(shown)}, letters of several scripts in one word.",
            )
            break


def _kind_of_place(link: Link, target: Target, home: str) -> Iterator[Finding]:
    lists, host = host_lists(), target.host
    domain = registered_domain(host)
    address = f"{host}{urlsplit_path(target.href)}"
    if target.redirected:
        yield _finding(REDIRECTOR, link, f"The link goes through the redirector {target.by[0]} to {host}.")
    if name := listed(host, lists.shorteners):
        yield _finding(SHORTENER, link, f"The short link at {name} hides where it leads.")
    if name := _form_service(address, lists.form_services):
        yield _finding(FORM_SERVICE, link, f"The link opens a form at {name}, where anybody can make one.")
    elif name := listed(host, lists.free_hosting):
        yield _finding(FREE_HOSTING, link, f"The page lies at {name}, where anybody can put one.")
    if owner_of(domain) is not None or is_ip(domain) or not domain:
        return
    if ending_of(domain) in lists.abused_endings:
        yield _finding(
            ABUSED_ENDING,
            link,
            f"The host {host} ends in .{ending_of(domain)}, of which a large part is abused.",
        )
    if is_gibberish(domain.partition(".")[0]):
        yield _finding(GIBBERISH, link, f"The host {host} looks thrown together by a machine.")
    if host.count(".") >= MAX_DEPTH:
        yield _finding(DEEP_HOST, link, f"The host {host} has so many labels that its end is out of sight.")
    if domain != home:
        yield from _words(link, host, domain, urlsplit_path(target.href).lower())


def _form_service(address: str, services: tuple[str, ...]) -> str:
    """The service whose page the address is, or ""."""
    if not address.startswith(services):
        return ""
    return next((one for one in services if address == one or address.startswith((one + "/", one + "?"))), "")


def _words(link: Link, host: str, domain: str, path: str) -> Iterator[Finding]:
    pieces = {
        w
        for word in _WORD.findall(host[: -len(domain)] + domain.partition(".")[0])
        for w in (word, *word.split("-"))
    }
    if words := sorted(pieces & host_lists().credential_words):
        yield _finding(CREDENTIAL_WORDS, link, f"The host {host} speaks of a login: {', '.join(words)}.")
    for segment in path[:500].split("/")[:10]:
        like = (
            imitated_brand(f"x.{segment}.invalid")
            if len(segment) >= MIN_BRAND and segment.isalnum()
            else None
        )
        if like is not None:
            yield _finding(BRAND_IN_PATH, link, f"The path of the page at {host} names {like.name}.")
            break


def _posts(link: Link, target: Target, home: str) -> Iterator[Finding]:
    domain = registered_domain(target.host)
    if link.place == "form" and domain != home:
        yield _finding(FORM_ELSEWHERE, link, f"A form in the mail sends what is typed to {target.host}.")
    elif link.place == "meta" and domain != home:
        yield _finding(META_REFRESH, link, f"Opening the message leads to {target.host} by itself.")


def _together(links: tuple[Link, ...], home: str) -> Iterator[Finding]:
    """All web links against the sender's domain."""
    domains = dict.fromkeys(d for link in links if (d := registered_domain(unwrapped(link).host)))
    if not domains or not home:
        return
    first = links[0]
    senders = host_lists().senders_for_others
    brand = owner_of(home)
    related = [d for d in domains if d == home or (brand is not None and brand.owns(d))]
    if len(related) == len(domains):
        yield _finding(TO_SENDER, first, f"Every link leads to the sender's own domain {home}.")
    elif not related and not any(listed(link.host, senders) for link in links):
        others = ", ".join(list(domains)[:3])
        yield _finding(
            ELSEWHERE, first, f"No link leads to the sender's domain {home}; they lead to {others}."
        )
        if len(domains) == 1 and len({link.host for link in links}) == 1:
            yield _finding(
                ONE_TARGET, first, f"All links lead to one host, {first.host}, that is not the sender's."
            )
