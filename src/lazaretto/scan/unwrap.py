"""Where a link really goes, as far as the link itself says: rewriters of mail filters and open redirectors.

Limits: a shortener keeps its target to itself; nothing is asked, so it stays what it is. MAX_LAYERS are
opened.
"""

from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl, unquote, urlsplit

import re2

from lazaretto.mail.domains import registered_domain
from lazaretto.model.message import Link
from lazaretto.scan.hosts import MAX_HOST, below, host_lists, listed

MAX_LAYERS = 3
"""Wrappers inside wrappers that are opened."""

MAX_QUERY = 2_000
"""Characters of a query that are read."""

MAX_FIELDS = 30
"""Parameters of a query that are read."""

_NESTED = re2.compile(r"(?i)https?(?::|%3a)(?:/|%2f){1,2}[^\s\"'<>&]{4,1000}")
_DEFENSE_V2 = "urldefense.proofpoint.com"


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
    return registered_domain(_host(_nested(href)))


@cache
def _wrappers() -> frozenset[str]:
    lists = host_lists()
    return frozenset(w for w, *_ in (*lists.rewriters, *lists.redirectors))


def _inner(href: str, host: str) -> tuple[str, bool]:
    """The address inside one wrapper and whether the wrapper is an open redirector; "" if it is none."""
    if not listed(host, _wrappers()):
        return "", False
    for wrapper, parameter in host_lists().rewriters:
        if below(host, wrapper):
            return _from_rewriter(href, wrapper, parameter), False
    for wrapper, path, parameter in host_lists().redirectors:
        if below(host, wrapper) and urlsplit_path(href).startswith(path or "/"):
            value = _parameter(href, parameter) if parameter else _nested(href)
            if value.lower().startswith(("http:", "https:", "//", "www.")):
                return value, True
    return "", False


def _from_rewriter(href: str, wrapper: str, parameter: str) -> str:
    if not parameter:
        return _nested(href)
    value = _parameter(href, parameter)
    if wrapper == _DEFENSE_V2:
        value = unquote(value.replace("-", "%").replace("_", "/"))
    return value


def _parameter(href: str, name: str) -> str:
    query = href.partition("?")[2].partition("#")[0][:MAX_QUERY]
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return ""
    return next((value for key, value in fields if key.lower() == name), "")


def _nested(href: str) -> str:
    """An address written inside the path or query of another one."""
    match = _NESTED.search(href[:MAX_QUERY], 9)
    return unquote(match.group()) if match else ""


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
    try:
        host = urlsplit(href if "://" in href else f"http://{href.lstrip('/')}").hostname or ""
    except ValueError:
        return ""
    return host.lower() if len(host) <= MAX_HOST else ""
