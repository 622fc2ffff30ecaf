"""What kind of place a host is: free mail, free hosting, shortener, redirector, sender for others.

The lists are data (`rules/hosts.toml`); a name on a list stands for itself and everything below it.
"""

from functools import cache, lru_cache

import msgspec

from lazaretto.scan.rulefiles import read_table, rule_files

MAX_HOST = 253
"""Letters of a host name: longer ones lead nowhere and must not fill the memory. RFC 1035 2.3.4."""

MAX_LABELS = 128
"""Labels of a host that are taken off one by one; a name of 253 characters has no more."""


CACHED_HOSTS = 16_384
"""Hosts whose answer is remembered: mail names the same hosts over and over."""


class HostLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lists as written in hosts.toml."""

    freemail: frozenset[str]
    shorteners: frozenset[str]
    free_hosting: frozenset[str]
    form_services: tuple[str, ...]
    rewriters: tuple[tuple[str, str], ...]
    redirectors: tuple[tuple[str, str, str], ...]
    senders_for_others: frozenset[str]
    abused_endings: frozenset[str]
    program_extensions: frozenset[str]
    credential_words: frozenset[str]


@cache
def host_lists() -> HostLists:
    """The shipped lists."""
    return read_table("hosts.toml", rule_files()["hosts.toml"], HostLists)


def listed(host: str, names: frozenset[str]) -> str:
    """The entry that covers the host, or ""."""
    return _listed(host, names) if len(host) <= MAX_HOST else ""


@lru_cache(CACHED_HOSTS)
def _listed(host: str, names: frozenset[str]) -> str:
    name = host
    for _ in range(MAX_LABELS):
        if name in names:
            return name
        _, dot, name = name.partition(".")
        if not dot:
            break
    return ""


def below(host: str, name: str) -> bool:
    """The host is the name or lies below it."""
    return host == name or host.endswith("." + name)


def ending_of(domain: str) -> str:
    """What follows the first label of a registered domain: "example.co.uk" ends in "co.uk"."""
    return domain.partition(".")[2]


def is_freemail(domain: str) -> bool:
    """Anybody can have an address at this domain."""
    return bool(listed(domain, host_lists().freemail))
