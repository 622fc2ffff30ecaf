"""Command lines as values: what was said, or the reply that refuses it. RFC 5321 4.1.1."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lazaretto.intake.buffer import OVERLONG
from lazaretto.intake.parameters import (
    MailParameters,
    RecipientParameters,
    mail_parameters,
    recipient_parameters,
)
from lazaretto.intake.path import MAX_DOMAIN, Path, PathFault, is_literal, parse_path
from lazaretto.intake.replies import (
    BAD_ADDRESS,
    BAD_CHARACTERS,
    BAD_CHUNK,
    BAD_HELLO,
    BAD_LINE_END,
    BAD_MAIL,
    BAD_RECIPIENT,
    BAD_RETURN_PATH,
    LINE_TOO_LONG,
    LONG_ADDRESS,
    LONG_RETURN_PATH,
    NEED_UTF8,
)
from lazaretto.intake.reply import Reply

_CHUNK = re.compile(r"([0-9]{1,20})(?: +(LAST))?", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._:-]*)")


@dataclass(frozen=True, slots=True)
class Command:
    """A verb in upper case and the rest of the line."""

    verb: str
    argument: str


@dataclass(frozen=True, slots=True)
class Mail:
    """MAIL FROM."""

    address: str
    parameters: MailParameters


@dataclass(frozen=True, slots=True)
class Rcpt:
    """RCPT TO."""

    address: str
    parameters: RecipientParameters


@dataclass(frozen=True, slots=True)
class Bdat:
    """BDAT. RFC 3030 2."""

    size: int
    last: bool


def parse_line(line: bytes) -> Command | Reply:
    """One line as InputBuffer gives it.

    A line that LF alone ended is refused, not obeyed: it is either a client that knows no SMTP, or a message
    that somebody else took for ended.
    """
    if line == OVERLONG:
        return LINE_TOO_LONG
    if not line.endswith(b"\r\n") or line.count(b"\r") > 1 or b"\0" in line:
        return BAD_LINE_END
    try:
        text = line[:-2].decode("utf-8")
    except UnicodeDecodeError:
        return BAD_CHARACTERS
    verb, _, argument = text.partition(" ")
    return Command(verb.upper(), argument.strip(" "))


def parse_hello(argument: str) -> str | Reply:
    """The name a client gives itself.

    Raw addresses, "_" and names without dot are common and prove nothing, so they are taken. RFC 5321 4.1.4
    """
    if argument.startswith("[") and argument.endswith("]") and is_literal(argument[1:-1]):
        return argument
    return argument if len(argument) <= MAX_DOMAIN and _NAME.fullmatch(argument) else BAD_HELLO


def parse_mail(argument: str, *, max_local: int) -> Mail | Reply:
    """The argument of MAIL."""
    path = _path(argument, max_local, _RETURN_PATH)
    if isinstance(path, Reply):
        return path
    parameters = mail_parameters(path.rest)
    if isinstance(parameters, Reply):
        return parameters
    if path.address and not path.has_domain:
        return BAD_RETURN_PATH
    if not path.address.isascii() and not parameters.smtputf8:
        return NEED_UTF8  # RFC 6531 3.5
    return Mail(path.address, parameters)


def parse_rcpt(argument: str, *, max_local: int, utf8: bool) -> Rcpt | Reply:
    """The argument of RCPT."""
    path = _path(argument, max_local, _FORWARD_PATH)
    if isinstance(path, Reply):
        return path
    if not path.has_domain and path.address.lower() != "postmaster":  # RFC 5321 4.5.1
        return BAD_ADDRESS
    if not argument.isascii() and not utf8:
        return NEED_UTF8
    parameters = recipient_parameters(path.rest)
    return parameters if isinstance(parameters, Reply) else Rcpt(path.address, parameters)


@dataclass(frozen=True, slots=True)
class _Place:
    """How a path is introduced, and how its faults are told."""

    prefix: str
    missing: Reply
    faults: Mapping[PathFault, Reply]


_RETURN_PATH = _Place(
    "FROM:", BAD_MAIL, {PathFault.SYNTAX: BAD_RETURN_PATH, PathFault.TOO_LONG: LONG_RETURN_PATH}
)
_FORWARD_PATH = _Place(
    "TO:", BAD_RECIPIENT, {PathFault.SYNTAX: BAD_ADDRESS, PathFault.TOO_LONG: LONG_ADDRESS}
)


def _path(argument: str, max_local: int, place: _Place) -> Path | Reply:
    size = len(place.prefix)
    if argument[:size].upper() != place.prefix:
        return place.missing
    path = parse_path(argument[size:].lstrip(" "), max_local=max_local)
    return place.faults[path] if isinstance(path, PathFault) else path


def parse_bdat(argument: str) -> Bdat | Reply:
    """The argument of BDAT."""
    found = _CHUNK.fullmatch(argument)
    return Bdat(int(found.group(1)), last=found.group(2) is not None) if found else BAD_CHUNK
