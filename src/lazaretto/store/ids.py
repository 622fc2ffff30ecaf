"""Queue ids and investigate ids: made, taken apart, and nothing else.

A queue id has the form of Postfix's long queue ids: seconds in base 52, microseconds in base 52, "z", and a
number in base 51 that tells two ids of the same microsecond apart. An investigate id is
"{queue id}-{UTC second}-{8 digits}", where the digits are the end of the record's number; without them it is
an alert id.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

CONSONANTS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
"""Base 52 without vowels: no id spells a word. The last sign is kept out of base 51, because it divides."""

SECOND_SIGNS = 6
MICROSECOND_SIGNS = 4

TAIL_BITS = 40
"""Randomness of the last number: two ids of one microsecond meet once in 10^12."""

NUMBER_RANGE = 100_000_000
"""An investigate id shows the last 8 digits of the record's number."""

SECOND_LENGTH = len("2024-01-05T10:00:00")
DIGITS_LENGTH = 8


def new_queue_id(at: datetime | None = None) -> str:
    """A fresh queue id, different on all machines by chance."""
    moment = at or datetime.now(UTC)
    seconds = _in_base(int(moment.timestamp()), 52, SECOND_SIGNS)
    microseconds = _in_base(moment.microsecond, 52, MICROSECOND_SIGNS)
    return f"{seconds}{microseconds}z{_in_base(secrets.randbits(TAIL_BITS), 51, 1)}"


def _in_base(number: int, base: int, width: int) -> str:
    signs: list[str] = []
    while number or len(signs) < width:
        number, rest = divmod(number, base)
        signs.append(CONSONANTS[rest])
    return "".join(reversed(signs))


def alert_second(at: datetime) -> str:
    """The time inside an id, UTC, without zone."""
    return at.astimezone(UTC).isoformat()[:SECOND_LENGTH]  # three times as fast as strftime


def investigate_id(queue_id: str, at: datetime, number: int) -> str:
    """The id that clients use. `at` is when the message was received."""
    return f"{queue_id}-{alert_second(at)}-{number % NUMBER_RANGE:08d}"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a client named: a queue id, and the rest when it was an investigate id or an alert id."""

    queue_id: str
    second: str | None = None  # "2024-01-05T10:00:00"
    digits: int | None = None


def parse_reference(text: str) -> Reference:
    """Take any of the three forms apart. Total: what is no id becomes a queue id that nobody has."""
    rest, digits = _split_tail(text, DIGITS_LENGTH)
    number = int(digits) if digits.isascii() and digits.isdigit() else None
    queue_id, second = _split_tail(rest if number is not None else text, SECOND_LENGTH)
    if not _is_second(second):
        return Reference(text)
    return Reference(queue_id, second, number)


def _split_tail(text: str, length: int) -> tuple[str, str]:
    """The text before a hyphen and exactly `length` characters after it; an empty tail if it does not fit."""
    head, tail = text[: -length - 1], text[-length:]
    return (head, tail) if head and text[-length - 1] == "-" else (text, "")


def _is_second(text: str) -> bool:
    try:
        return alert_second(datetime.fromisoformat(f"{text}+00:00")) == text
    except ValueError:
        return False
