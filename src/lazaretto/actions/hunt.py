"""Hunt: find what is stored already and matches, through the indexed search, ready for a bulk job.

Rules. A trail is something that the search has an index for, so an answer takes milliseconds whatever the
store holds. What only a pattern could find (regular expressions, networks, words of a body) is refused with
the way that does find it: a rescan judges stored mail under today's lists.

Limits: the constants below.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.hunt import Hunt, HuntKind, Lead, SearchField, Trail
from lazaretto.model.likeness import Alike
from lazaretto.model.lists import BlockedSender, PatternType
from lazaretto.query.criteria import Criteria
from lazaretto.store.domains import list_domains
from lazaretto.store.likeness import traits
from lazaretto.store.list_kinds import BLOCK
from lazaretto.store.lists import get_entry
from lazaretto.store.lookup import get_record
from lazaretto.store.search import count, places
from lazaretto.store.transaction import Transaction

SAMPLE = 10
"""Messages that are shown of each lead."""

MAX_TRAILS = 50
"""Trails of one message: its attachments and links, each a look into the index."""

MAX_VALUE = 1_000
"""Characters of a value: longer than any address, host or hash."""

GENERIC = 1000
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
HASH_DIGITS = {32: SearchField.WORDS, 40: SearchField.WORDS, 64: SearchField.ATTACHMENT}
RESCAN = "it cannot be looked up in the index: a rescan judges stored mail under today's lists"

_SIMPLE = {
    HuntKind.URL_HOST: (SearchField.LINK_HOST, "links to {}"),
    HuntKind.DOMAIN: (SearchField.DOMAIN, "the domain {}"),
    HuntKind.SENDER: (SearchField.SENDER, "mail from {}"),
    HuntKind.FINGERPRINT: (SearchField.FINGERPRINT, "fingerprint {}"),
}


async def hunt(
    tx: Transaction,
    account: str,
    kind: HuntKind,
    value: str,
    *,
    now: datetime,
    start: datetime | None = None,
) -> Hunt:
    """Follow every trail. Raises Invalid or NotFound."""
    start = start or BEGINNING
    trails = await _trails(tx, account, kind, value.strip())
    leads = [await _follow(tx, account, trail, criteria_of(trail, start, now)) for trail in trails]
    return Hunt(start, now, tuple(leads))


def criteria_of(trail: Trail, start: datetime, end: datetime) -> Criteria:
    """The search that a trail stands for: all mail, benign or not."""
    field, value = trail.field, trail.value
    return Criteria(
        start=start,
        end=end,
        detections_only=False,
        words=(value,) if field is SearchField.WORDS else (),
        sender=value if field is SearchField.SENDER else None,
        domain=value if field is SearchField.DOMAIN else None,
        helo_ip=value if field is SearchField.CLIENT else None,
        link_host=value if field is SearchField.LINK_HOST else None,
        attachment=value if field is SearchField.ATTACHMENT else None,
        fingerprint=value if field is SearchField.FINGERPRINT else None,
    )


async def _trails(tx: Transaction, account: str, kind: HuntKind, value: str) -> tuple[Trail, ...]:
    if not value or len(value) > MAX_VALUE or "\0" in value:
        raise Invalid(GENERIC, f"value must have 1 to {MAX_VALUE} characters", pointer="/value")
    if kind is HuntKind.BLOCK_SENDER:
        return (await _of_entry(tx, account, value),)
    if kind is HuntKind.MESSAGE:
        return await _of_message(tx, account, value)
    if kind is HuntKind.HASH:
        return (_of_hash(value),)
    field, words = _SIMPLE[kind]
    return (Trail(field, value, words.format(value)),)


def _of_hash(value: str) -> Trail:
    digits = value.lower()
    field = HASH_DIGITS.get(len(digits))
    if field is None or not set(digits) <= set("0123456789abcdef"):
        raise Invalid(GENERIC, "value must be an MD5, SHA-1 or SHA-256 in hex digits", pointer="/value")
    return Trail(field, digits, f"an attachment with the hash {digits}")


async def _of_entry(tx: Transaction, account: str, value: str) -> Trail:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
    entry: BlockedSender | None = await get_entry(tx, account, BLOCK, number)
    if entry is None:
        raise NotFound(GENERIC, "There is no blocked sender of this number", pointer="/value")
    if entry.is_regex:
        raise Invalid(GENERIC, f"The entry is a regular expression, and {RESCAN}", pointer="/value")
    if entry.pattern_type is PatternType.IP:
        if "/" in entry.pattern:
            raise Invalid(GENERIC, f"The entry is a network, and {RESCAN}", pointer="/value")
        return Trail(SearchField.CLIENT, entry.pattern, f"mail that {entry.pattern} brought")
    return Trail(SearchField.SENDER, entry.pattern, f"mail from {entry.pattern}")


async def _of_message(tx: Transaction, account: str, name: str) -> tuple[Trail, ...]:
    record = await get_record(tx, account, name)
    if record is None:
        raise NotFound(GENERIC, "There is no message of this id", pointer="/value")
    if record.summary is None:
        return ()
    own = tuple(domain.name for domain in await list_domains(tx, account))
    found: dict[tuple[SearchField, str], Trail] = {}
    for trait in traits(record.summary):
        for trail in _of_trait(trait.kind, trait.value, trait.shown, record.summary.from_address):
            if trail.field is SearchField.LINK_HOST and _is_own(trail.value, own):
                continue
            found.setdefault((trail.field, trail.value), trail)
    return tuple(found.values())[:MAX_TRAILS]


def _of_trait(kind: Alike, value: str, shown: str, sender: str) -> Iterator[Trail]:
    if kind is Alike.FINGERPRINT:
        yield Trail(SearchField.FINGERPRINT, value, shown)
    elif kind is Alike.ATTACHMENT:
        yield Trail(SearchField.ATTACHMENT, value, shown)
    elif kind is Alike.LINK:
        yield Trail(SearchField.LINK_HOST, value, shown)
    elif sender:
        yield Trail(SearchField.SENDER, sender, f"mail from {sender}")


def _is_own(host: str, own: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith("." + name) for name in own)


async def _follow(tx: Transaction, account: str, trail: Trail, criteria: Criteria) -> Lead:
    total = await count(tx, account, criteria, None)
    newest = await places(tx, account, criteria, None, SAMPLE)
    return Lead(trail, total, tuple(number for number, _ in newest))
