"""Lists of "tag=value; tag=value", as DKIM, ARC and DMARC write them. RFC 6376 3.2."""

import re

MAX_TAGS = 100
"""Tags of one list; DKIM knows fourteen."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SPACE = " \t\r\n"
_NO_SPACE = str.maketrans("", "", _SPACE)


class TagError(Exception):
    """The list cannot be used; the text says why."""


def parse_tags(text: str) -> dict[str, str]:
    """Strict: raises TagError for what the grammar forbids, and for a tag that appears twice."""
    parts = text.split(";", MAX_TAGS)
    if len(parts) > 1 and not parts[-1].strip(_SPACE):
        del parts[-1]
    if len(parts) > MAX_TAGS:
        raise TagError("too many tags")
    tags: dict[str, str] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        name = name.strip(_SPACE)
        if not equals or not _NAME.fullmatch(name):
            raise TagError("not a list of tags")
        if name in tags:
            raise TagError(f"{name}= appears twice")
        tags[name] = value.strip(_SPACE)
    return tags


def without_space(value: str) -> str:
    """The value with folding white space removed."""
    return value.translate(_NO_SPACE)
