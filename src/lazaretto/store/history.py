"""What our own records know about a sender: who wrote before, to whom, how often, and whether it was proven.

Rules. What was judged harmless is remembered, in the transaction that decides it: mail that was called bad
makes nobody known. What is asked before a scan is asked in the transaction that records the arrival. A
message counts only what was there before it, so what is imported later does not make older mail familiar.
Numbers are told as buckets, so that the same message with nearly the same past has the same facts.

Limits: senders that did not write for KEEP and messages that are older than KEEP_MESSAGES are forgotten, some
hundredth of them each time retention runs. Recipients share BITS bits of a sender's row, so with many of them
one counts as known to whom the sender never wrote.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from lazaretto.mail.correspondence import Correspondence
from lazaretto.mail.domains import domain_of, organisational_domain
from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts, History, Seen
from lazaretto.model.record import Summary
from lazaretto.store.times import MICROSECOND, micros
from lazaretto.store.transaction import Row, Transaction

KEEP = timedelta(days=400)
"""A yearly bill still comes from somebody known."""

KEEP_MESSAGES = timedelta(days=90)
"""Who answers later than this starts a new conversation."""

MAX_RECIPIENTS = 10
"""A letter to more people is no correspondence with each of them."""

BITS = 63

SLICES = 1_008
"""Parts in which old rows are looked for: at a run each ten minutes, all within a week."""

SLICE_SECONDS = 600
BUCKETS = (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
FAMILIAR = frozenset({Disposition.NONE, Disposition.BULK})
DAY = timedelta(days=1)

_SENDER, _DOMAIN, _MESSAGE = range(3)
_LOWEST, _SPAN = -(1 << 63), 1 << 64
_PROVEN_RESULTS = frozenset({"pass", "fail", "none"})
_UNKNOWN = Seen()


async def recall(tx: Transaction, envelope: Envelope, letter: Correspondence) -> History | None:
    """What was known when this message came; None when it names no sender."""
    if not letter.sender:
        return None
    at = envelope.received_at
    sender, domain = _key(_SENDER, _address(letter.sender)), _key(_DOMAIN, _home(letter.sender))
    answered = tuple(_key(_MESSAGE, name) for name in letter.answered)
    rows = await _find(tx, envelope.account, (sender, domain, *answered))
    earlier = {row[0]: row for row in rows if int(row[1] or 0) < micros(at)}
    writer = earlier.get(sender)
    return History(
        days=await _reach(tx, envelope.account, at),
        sender=_seen(writer, at),
        domain=_seen(earlier.get(domain), at),
        recipient=writer is not None and bool(int(writer[5] or 0) & _bits(envelope)),
        thread=any(key in earlier for key in answered) if answered else None,
    )


async def remember(
    tx: Transaction,
    envelope: Envelope,
    summary: Summary | None,
    facts: Facts | None,
    disposition: Disposition,
) -> None:
    """One more message of this sender, when it was harmless. Ask late in a transaction: rows get locked."""
    if disposition not in FAMILIAR or summary is None or not summary.from_address or envelope.reporting:
        return
    judged, proven = _proof(facts)
    sender, people = _key(_SENDER, _address(summary.from_address)), _bits(envelope)
    keys = {sender, _key(_DOMAIN, _home(summary.from_address))}
    if summary.message_id:
        keys.add(_key(_MESSAGE, summary.message_id.strip("<>")))
    at, account = micros(envelope.received_at), envelope.account
    await tx.many(
        "INSERT INTO seen (account, key, first_at, last_at, messages, judged, proven, recipients)"
        " VALUES (?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT (account, key) DO UPDATE SET"
        " first_at = CASE WHEN excluded.first_at < seen.first_at THEN excluded.first_at"
        " ELSE seen.first_at END,"
        " last_at = CASE WHEN excluded.last_at > seen.last_at THEN excluded.last_at ELSE seen.last_at END,"
        " messages = seen.messages + 1, recipients = seen.recipients | excluded.recipients,"
        " judged = seen.judged + excluded.judged, proven = seen.proven + excluded.proven",
        # in one order everywhere: two transactions that lock the same rows must not wait for each other
        [(account, key, at, at, judged, proven, people if key == sender else 0) for key in sorted(keys)],
    )


async def forget_seen(tx: Transaction, account: str, *, now: datetime, records: timedelta | None) -> None:
    """Remove what is too old from the slice that is due now. `records`: how long the account keeps them."""
    part = int(now.timestamp()) // SLICE_SECONDS % SLICES
    start, end = (_LOWEST + _SPAN * n // SLICES for n in (part, part + 1))
    keep, keep_messages = (min(age, records or age) for age in (KEEP, KEEP_MESSAGES))
    await tx.execute(
        "DELETE FROM seen WHERE account = ? AND key >= ? AND key <= ?"
        " AND (last_at < ? OR (last_at < ? AND (key & 3) = ?))",
        account,
        start,
        end - 1,
        micros(now - keep),
        micros(now - keep_messages),
        _MESSAGE,
    )


async def _find(tx: Transaction, account: str, keys: Iterable[int]) -> list[Row]:
    wanted = tuple(dict.fromkeys(keys))
    return await tx.rows(
        "SELECT key, first_at, messages, judged, proven, recipients FROM seen"
        f" WHERE account = ? AND key IN ({', '.join('?' * len(wanted))})",
        account,
        *wanted,
    )


async def _reach(tx: Transaction, account: str, at: datetime) -> int:
    """Days between the account's first record that is kept and this message."""
    first: Any = await tx.value(
        "SELECT position FROM record WHERE account = ? AND position > 0 ORDER BY position LIMIT 1", account
    )
    return 0 if first is None else max(0, (micros(at) - first) * MICROSECOND // DAY)


def _seen(row: Row | None, at: datetime) -> Seen:
    if row is None:
        return _UNKNOWN
    _, first, messages, judged, proven, _ = (int(value or 0) for value in row)
    days = (micros(at) - first) * MICROSECOND // DAY
    return Seen(_bucket(messages), days, _bucket(judged), _bucket(proven))


def _bucket(count: int) -> int:
    return next((least for least in BUCKETS if count >= least), 0)


def _proof(facts: Facts | None) -> tuple[int, int]:
    """Whether authentication was looked at, and whether it proved the sender."""
    if facts is None or facts.offline:
        return 0, 0
    dmarc = facts.authentication.dmarc
    proven = dmarc.result == "pass" or dmarc.spf_aligned or dmarc.dkim_aligned
    return int(proven or dmarc.result in _PROVEN_RESULTS), int(proven)


def _bits(envelope: Envelope) -> int:
    bits = 0
    for recipient in envelope.recipients[:MAX_RECIPIENTS]:
        bits |= 1 << (_key(0, _address(recipient.address)) >> 2) % BITS
    return bits


def _address(text: str) -> str:
    return f"{text.rpartition('@')[0].casefold()}@{domain_of(text)}"


def _home(address: str) -> str:
    return organisational_domain(domain_of(address))


def _key(kind: int, text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, person=bytes((kind,))).digest()
    return int.from_bytes(digest, "big", signed=True) & ~3 | kind
