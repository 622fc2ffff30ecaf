"""Where a link really goes, as far as the link itself says: rewriters of mail filters and open redirectors.

Which hosts these are and where they keep the address is data (`rules/hosts.toml`). A parameter may hold the
address in Base64; a filter that keeps it to itself but names the host is followed to the host.

Limits: a shortener keeps its target to itself; nothing is asked, so it stays what it is. MAX_LAYERS are
opened.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from lazaretto.mail.domains import registered_domain
from lazaretto.model.message import Link
from lazaretto.scan.brands import owner_of
from lazaretto.scan.hosts import CACHED_HOSTS, MAX_HOST, below, host_lists
from lazaretto.scan.wrapped import (
    MAX_QUERY,
    address_in,
    behind_path,
    between_lines,
    defense_three,
    defense_two,
    is_address,
    nested,
    parameter,
    with_two_slashes,
)

MAX_LAYERS = 3
"""Wrappers inside wrappers that are opened."""

_DEFENSE = ("urldefense.proofpoint.com", "urldefense.com", "urldefense.us")
_BEHIND = "/"  # in place of a parameter: the address is the rest of the path
_EVERYWHERE = ".*"  # behind a name: under every ending that its owner has


@dataclass(frozen=True, slots=True)
class Target:
    """The end of a chain of wrappers."""

    href: str
    host: str
    by: tuple[str, ...]  # hosts of the wrappers that were opened
    redirected: bool  # one of them was an open redirector, which a sender chooses, not a filter


def unwrapped(link: Link) -> Target:
    """The target behind the wrappers that are known."""
    href, host = link.href[: 2 * MAX_QUERY], link.host
    by: list[str] = []
    redirected = False
    for _ in range(MAX_LAYERS):
        inner, open_redirect = _inner(href, host)
        inner_host = _host(inner)
        if not inner_host:
            break
        by.append(host)
        redirected = redirected or open_redirect
        href, host = inner, inner_host
    return Target(href, host, tuple(by), redirected)


def named_inside(href: str) -> str:
    """The registered domain of an address that is written inside another one; "" if there is none."""
    return registered_domain(_host(nested(href)))


@lru_cache(CACHED_HOSTS)
def _wrappers(host: str) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str, str], ...]]:
    """The rewriters and redirectors that a host may be."""
    lists = host_lists()
    return (
        tuple(one for one in lists.rewriters if _is(host, one[0])),
        tuple(one for one in lists.redirectors if _is(host, one[0])),
    )


def _is(host: str, wrapper: str) -> bool:
    """The host is the wrapper, or below it."""
    if not wrapper.endswith(_EVERYWHERE):
        return below(host, wrapper)
    domain = registered_domain(host)
    return domain.partition(".")[0] == wrapper.removesuffix(_EVERYWHERE) and owner_of(domain) is not None


def _inner(href: str, host: str) -> tuple[str, bool]:
    """The address inside one wrapper and whether the wrapper is an open redirector; "" if it is none."""
    rewriters, redirectors = _wrappers(host) if len(host) <= MAX_HOST else ((), ())
    for wrapper, name in rewriters:
        return _from_rewriter(href, wrapper, name), False
    path = urlsplit_path(href) if redirectors else ""
    for _, start, name in redirectors:
        value = _from_redirector(href, start, name) if path.startswith(start or "/") else ""
        if value:
            return value, True
    return "", False


def _from_rewriter(href: str, wrapper: str, name: str) -> str:
    """The address, or only its host where the filter tells no more."""
    if wrapper in _DEFENSE:
        if "/v3/" in href:
            return defense_three(href)
        value = parameter(href, "u")
        return value if "/v1/" in href else defense_two(value)
    value = between_lines(href) or (parameter(href, name) if name else "") or nested(href)
    return value if not value or is_address(value) else f"https://{value}"


def _from_redirector(href: str, start: str, name: str) -> str:
    if name == _BEHIND:
        return behind_path(href, start)
    return address_in(parameter(href, name)) if name else nested(href)


def urlsplit_path(href: str) -> str:
    """The path of an address, "/" at least; never raises."""
    try:
        return urlsplit(href).path or "/"
    except ValueError:
        return "/"


def _host(href: str) -> str:
    """The host of an address; "" where there is none or none that a resolver takes."""
    if not href:
        return ""
    href = with_two_slashes(href)
    try:
        host = urlsplit(href if "://" in href else f"http://{href.lstrip('/')}").hostname or ""
    except ValueError:
        return ""
    return host.lower() if len(host) <= MAX_HOST else ""
