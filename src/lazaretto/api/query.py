"""Reading the query of the investigation search into criteria, a page and a place to begin.

Names that are not known are ignored, since newer and older SDKs send ones that we never heard of.
A value that cannot be read is a 400 which names its parameter; an empty value counts as not given.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar, get_args
from urllib.parse import parse_qsl, urlencode

from lazaretto.api import codes
from lazaretto.api.times import read_time
from lazaretto.model.disposition import DETECTIONS, Disposition
from lazaretto.model.errors import Invalid
from lazaretto.model.record import DeliveryState
from lazaretto.query.criteria import Criteria, MessageAction

T = TypeVar("T")

DEFAULT_DAYS = 30
DEFAULT_PER_PAGE = 20
MAX_PER_PAGE = 1_000
MAX_PAGE = 1_000_000_000
"""Beyond any store; keeps the product with per_page far from the integers of a database."""

MAX_VALUE = 1_000
"""Characters of one value: longer than any address, subject or message id that is worth searching."""

MAX_WORDS = 32
"""Words of a free query or a subject: each is one more lookup in the index."""

FILTERS = (
    "start",
    "end",
    "query",
    "detections_only",
    "submissions",
    "final_disposition",
    "delivery_status",
    "message_action",
    "sender",
    "recipient",
    "smtp_helo_ip",
    "domain",
    "subject",
    "exact_subject",
    "message_id",
    "alert_id",
    "link_host",
    "attachment_sha256",
    "fingerprint",
)
"""What narrows the search. `metric` and `action_log` are accepted and change nothing."""

SUBMISSION_TERMS = frozenset({"phish_submission", "user_submission"})
"""Words of a free query that mean: among what people reported, judged to be a detection or not."""

PAGING = ("cursor", "page", "per_page")

DELIVERY_STATES = {state.value: state for state in DeliveryState if state is not DeliveryState.NONE}
MESSAGE_ACTIONS: dict[str, MessageAction] = {word: word for word in get_args(MessageAction)}
DISPOSITIONS = {disposition.value: disposition for disposition in Disposition}
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is wanted. page is None when the request names none."""

    cursor: str | None
    page: int | None
    per_page: int


def read_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The known parameters that have a value. One that is given twice, differently, is refused."""
    values: dict[str, str] = {}
    for name, text in pairs:
        value = text.strip()
        if not value or (name not in FILTERS and name not in PAGING):
            continue
        if len(value) > MAX_VALUE and name != "cursor":
            raise Invalid(codes.BAD_RANGE, f"{name} is longer than {MAX_VALUE} characters", pointer=name)
        if "\0" in value:
            raise Invalid(codes.GENERIC, f"{name} holds a NUL character", pointer=name)
        if values.setdefault(name, value) != value:
            raise Invalid(codes.GENERIC, f"{name} is given twice with different values", pointer=name)
    return values


def read_paging(values: Mapping[str, str]) -> Paging:
    """Cursor, page and page size."""
    per_page = _number(values, "per_page", MAX_PER_PAGE)
    return Paging(
        values.get("cursor"),
        _number(values, "page", MAX_PAGE),
        DEFAULT_PER_PAGE if per_page is None else per_page,
    )


def filters_text(values: Mapping[str, str]) -> str:
    """The filters as query text, in one order: what a cursor carries and a listing is known by."""
    return urlencode([(name, values[name]) for name in FILTERS if name in values])


def read_filters(text: str) -> dict[str, str]:
    """The filters that a cursor carried."""
    return read_values(parse_qsl(text))


def read_criteria(values: Mapping[str, str], now: datetime) -> Criteria:
    """All filters as one value."""
    start, end = _span(values, now)
    dispositions = _dispositions(values)
    words = _words(values, "query")
    plain = tuple(word for word in words if word.lower() not in SUBMISSION_TERMS)
    named = plain != words
    return Criteria(
        start=start,
        end=end,
        detections_only=_detections_only(values, dispositions, default=not named),
        submissions=named or _boolean(values, "submissions", default=False),
        words=plain,
        subject_words=_words(values, "subject"),
        exact_subject=values.get("exact_subject"),
        dispositions=dispositions,
        delivery_status=_choice(values, "delivery_status", DELIVERY_STATES, str.lower),
        message_action=_choice(values, "message_action", MESSAGE_ACTIONS, str.upper),
        sender=values.get("sender"),
        recipient=values.get("recipient"),
        domain=values.get("domain"),
        helo_ip=values.get("smtp_helo_ip"),
        message_id=values.get("message_id"),
        alert_id=values.get("alert_id"),
        link_host=values.get("link_host"),
        attachment=values.get("attachment_sha256"),
        fingerprint=values.get("fingerprint"),
    )


def read_flag(pairs: Iterable[tuple[str, str]], name: str) -> bool | None:
    """One boolean of a query that has no other parameters."""
    given = dict(pairs).get(name, "").strip()
    return _boolean({name: given}, name, default=False) if given else None


def _span(values: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    end = _time(values, "end") or now
    start = _time(values, "start")
    if start is None:
        start = now - timedelta(days=DEFAULT_DAYS)
        return (start if start <= end else end - timedelta(days=DEFAULT_DAYS)), end
    if start > now:
        raise Invalid(codes.BAD_RANGE, "start must not be in the future", pointer="start")
    if start > end:
        raise Invalid(codes.BAD_RANGE, "start must not be later than end", pointer="start")
    return start, end


def _dispositions(values: Mapping[str, str]) -> frozenset[Disposition] | None:
    """MALICIOUS also finds business email compromise, which older clients have no word for."""
    wanted = _choice(values, "final_disposition", DISPOSITIONS, str.upper)
    if wanted is Disposition.MALICIOUS:
        return frozenset({Disposition.MALICIOUS, Disposition.MALICIOUS_BEC})
    return None if wanted is None else frozenset({wanted})


def _detections_only(
    values: Mapping[str, str], dispositions: frozenset[Disposition] | None, *, default: bool
) -> bool:
    """True by default; asking for a disposition that is no detection implies all mail."""
    if dispositions is not None:
        default = bool(dispositions & DETECTIONS)
    return _boolean(values, "detections_only", default=default)


def _time(values: Mapping[str, str], name: str) -> datetime | None:
    if name not in values:
        return None
    at = read_time(values[name])
    if at is None:
        raise Invalid(codes.BAD_RANGE, f"{name} is not a time such as 2026-01-05T10:00:00Z", pointer=name)
    return at


def _number(values: Mapping[str, str], name: str, largest: int) -> int | None:
    text = values.get(name)
    if text is None:
        return None
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise Invalid(codes.GENERIC, f"{name} is not a whole number", pointer=name)
    number = int(digits) if len(digits) <= len(str(largest)) else largest + 1
    if not 1 <= number <= largest:
        raise Invalid(codes.BAD_RANGE, f"{name} must be between 1 and {largest}", pointer=name)
    return number


def _boolean(values: Mapping[str, str], name: str, *, default: bool) -> bool:
    if name not in values:
        return default
    value = BOOLEANS.get(values[name].lower())
    if value is None:
        raise Invalid(codes.GENERIC, f"{name} must be true or false", pointer=name)
    return value


def _choice(
    values: Mapping[str, str], name: str, choices: Mapping[str, T], fold: Callable[[str], str]
) -> T | None:
    if name not in values:
        return None
    chosen = choices.get(fold(values[name]))
    if chosen is None:
        raise Invalid(codes.BAD_ENUM, f"{name} must be one of {', '.join(choices)}", pointer=name)
    return chosen


def _words(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(values.get(name, "").split()))
    if len(words) > MAX_WORDS:
        raise Invalid(codes.BAD_RANGE, f"{name} has more than {MAX_WORDS} words", pointer=name)
    return words
