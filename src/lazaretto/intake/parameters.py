"""The parameters of MAIL and RCPT: SIZE, BODY, SMTPUTF8 and those of delivery status notifications.

Each may stand once. What is not known is refused with 555, as RFC 5321 4.1.1.11 asks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, cast

from lazaretto.intake.replies import BAD_PARAMETER, TWICE, UNKNOWN_PARAMETER
from lazaretto.intake.reply import Reply
from lazaretto.model.envelope import Notify

MAX_ENVID = 100
"""Characters. RFC 3461 4.4"""

MAX_ORCPT = 500
"""Characters. RFC 3461 4.2"""

_SIZE = re.compile(r"[0-9]{1,20}")  # RFC 1870 3
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+")  # RFC 3461 4
_ADDRESS_TYPE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_NOTIFY = frozenset({"NEVER", "SUCCESS", "FAILURE", "DELAY"})


@dataclass(frozen=True, slots=True)
class MailParameters:
    """What MAIL said beside the return path."""

    size: int = 0  # as declared, 0 when not
    body: Literal["7BIT", "8BITMIME"] = "7BIT"
    smtputf8: bool = False
    ret: Literal["FULL", "HDRS"] | None = None
    envid: str | None = None


@dataclass(frozen=True, slots=True)
class RecipientParameters:
    """What RCPT said beside the address."""

    notify: tuple[Notify, ...] = ()
    orcpt: str | None = None


def mail_parameters(text: str) -> MailParameters | Reply:
    """The parameters of MAIL, or the reply that refuses them."""
    return _read(text, MailParameters(), _MAIL)


def recipient_parameters(text: str) -> RecipientParameters | Reply:
    """The parameters of RCPT, or the reply that refuses them."""
    return _read(text, RecipientParameters(), _RECIPIENT)


P = TypeVar("P")


def _read(text: str, parameters: P, known: "Mapping[str, Callable[[P, str], P | None]]") -> "P | Reply":
    seen: set[str] = set()
    for word in text.split():
        keyword, _, value = word.partition("=")
        keyword = keyword.upper()
        if keyword not in known:
            return UNKNOWN_PARAMETER
        if keyword in seen:
            return TWICE
        seen.add(keyword)
        changed = known[keyword](parameters, value)
        if changed is None:
            return BAD_PARAMETER
        parameters = changed
    return parameters


def _size(parameters: MailParameters, value: str) -> MailParameters | None:
    return replace(parameters, size=int(value)) if _SIZE.fullmatch(value) else None


def _body(parameters: MailParameters, value: str) -> MailParameters | None:
    match value.upper():
        case "7BIT":
            return replace(parameters, body="7BIT")
        case "8BITMIME":
            return replace(parameters, body="8BITMIME")
    return None  # BINARYMIME is not offered: most next hops could not be given the message


def _smtputf8(parameters: MailParameters, value: str) -> MailParameters | None:
    return None if value else replace(parameters, smtputf8=True)


def _ret(parameters: MailParameters, value: str) -> MailParameters | None:
    match value.upper():
        case "FULL":
            return replace(parameters, ret="FULL")
        case "HDRS":
            return replace(parameters, ret="HDRS")
    return None


def _envid(parameters: MailParameters, value: str) -> MailParameters | None:
    return replace(parameters, envid=value) if is_xtext(value) and len(value) <= MAX_ENVID else None


def _notify(parameters: RecipientParameters, value: str) -> RecipientParameters | None:
    wishes = tuple(dict.fromkeys(value.upper().split(",")))
    if not _NOTIFY.issuperset(wishes) or ("NEVER" in wishes and len(wishes) > 1):
        return None
    return replace(parameters, notify=cast("tuple[Notify, ...]", wishes))


def _orcpt(parameters: RecipientParameters, value: str) -> RecipientParameters | None:
    kind, _, address = value.partition(";")
    if len(value) > MAX_ORCPT or not _ADDRESS_TYPE.fullmatch(kind):
        return None
    if kind.lower() == "utf-8":  # RFC 6533 3: unitext is allowed besides xtext
        return replace(parameters, orcpt=value) if address and address.isprintable() else None
    return replace(parameters, orcpt=value) if is_xtext(address) else None


def is_xtext(value: str) -> bool:
    """Printable ASCII without "+" and "=", which are written as "+HH". RFC 3461 4."""
    return _XTEXT.fullmatch(value) is not None


_MAIL: Mapping[str, Callable[[MailParameters, str], MailParameters | None]] = {
    "SIZE": _size,
    "BODY": _body,
    "SMTPUTF8": _smtputf8,
    "RET": _ret,
    "ENVID": _envid,
}
_RECIPIENT: Mapping[str, Callable[[RecipientParameters, str], RecipientParameters | None]] = {
    "NOTIFY": _notify,
    "ORCPT": _orcpt,
}
