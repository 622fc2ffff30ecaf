"""How an address is written inside another one: in a parameter, in Base64, in the manners of mail filters.

Everything here is total: what cannot be read gives "".
Limits: MAX_QUERY characters of a query, MAX_FIELDS parameters.
"""

import binascii
from urllib.parse import parse_qsl, unquote

import re2

MAX_QUERY = 2_000
"""Characters of an address that are read."""

MAX_FIELDS = 30
"""Parameters of a query that are read."""

_NESTED = re2.compile(r"(?i)https?(?::|%3a)(?:/|%2f){1,2}[^\s\"'<>&]{4,1000}")
_ADDRESS = re2.compile(r"(?i)^(?:https?:/|//|www\.)")
_ONE_SLASH = re2.compile(r"(?i)^(https?):/([^/])")
_DEFENSE_THREE = re2.compile(r"/v3/__(.+?)__;([A-Za-z0-9_=+/-]*)!")
_LINE = re2.compile(r"/v2/(?:[a-z0-9]{1,8}/)?___(.+?)___")
_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def parameter(href: str, name: str) -> str:
    """The value of one parameter of the query."""
    query = href.partition("?")[2].partition("#")[0][:MAX_QUERY]
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return ""
    return next((value for key, value in fields if key.lower() == name), "")


def address_in(value: str) -> str:
    """The address that a value is, as it is or in Base64; "" where it is none."""
    if is_address(value):
        return value
    for run in (value, value[2:]):  # Bing puts two letters in front
        plain = _from_base64(run)
        if is_address(plain):
            return plain
    return ""


def is_address(text: str) -> bool:
    """It begins as a browser's address does."""
    return _ADDRESS.search(text[:10]) is not None


def _from_base64(run: str) -> str:
    run = run[:MAX_QUERY].rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(run + "=" * (-len(run) % 4), strict_mode=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def nested(href: str) -> str:
    """An address written inside the path or query of another one."""
    match = _NESTED.search(href[:MAX_QUERY], 9)
    return with_two_slashes(unquote(match.group())) if match else ""


def with_two_slashes(address: str) -> str:
    """Servers put two slashes together; browsers take one for two."""
    return str(_ONE_SLASH.sub(r"\1://\2", address))


def behind_path(href: str, path: str) -> str:
    """The address that follows a path, as in /amp/s/host/page."""
    rest = href.partition("://")[2].partition("/")[2][len(path) - 1 :]
    return f"https://{rest.removeprefix('s/')}" if rest else ""


def defense_two(value: str) -> str:
    """URL Defense, second version: a hyphen for the percent sign, a low line for the slash."""
    return unquote(value.replace("-", "%").replace("_", "/"))


def defense_three(href: str) -> str:
    """URL Defense, third version: the address between low lines, its rare characters in Base64 behind it.

    A star stands for one of them, two stars and a letter for a run of as many as the letter counts.
    """
    found = _DEFENSE_THREE.search(href[: 2 * MAX_QUERY])
    if found is None:
        return ""
    written, rare = found.group(1), _rare(found.group(2))
    out: list[str] = []
    at = used = 0
    while at < len(written):
        if written[at] != "*":
            out.append(written[at])
            at += 1
            continue
        run = _RUNS.find(written[at + 2]) if written[at + 1 : at + 2] == "*" and at + 2 < len(written) else -1
        size = run + 2 if run >= 0 else 1
        out.append(rare[used : used + size])
        used += size
        at += 3 if run >= 0 else 1
    return with_two_slashes("".join(out))


def _rare(run: str) -> str:
    run = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(run + "=" * (-len(run) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def between_lines(href: str) -> str:
    """Check Point: the address between three low lines on either side."""
    found = _LINE.search(href[: 2 * MAX_QUERY])
    return with_two_slashes(found.group(1)) if found is not None else ""
