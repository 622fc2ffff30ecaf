"""A store filled with messages that were really parsed and judged, quickly: in one process, many a commit."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lazaretto.mail.parse import parse
from lazaretto.model.disposition import Disposition
from lazaretto.model.verdict import Verdict
from lazaretto.policy.decide import decide
from lazaretto.scan.ruleset import Ruleset, load_ruleset
from lazaretto.scan.scan import scan
from lazaretto.scan.summary import summarise
from lazaretto.store.blobs import BlobRef
from lazaretto.store.database import Database
from lazaretto.store.messages import add_decided, add_received
from tests.helpers.letters import facts, written
from tests.helpers.load import GTUBE
from tests.helpers.records import STAMP, envelope

BATCH = 200
KINDS = ("plain", "spam", "proven", "forged")
EVERY = timedelta(seconds=30)


@dataclass(frozen=True)
class Filled:
    """One message as it was stored."""

    kind: str
    id: str
    number: int
    blob: str
    verdict: Verdict

    @property
    def disposition(self) -> Disposition:
        return self.verdict.disposition


def letter_of(kind: str, number: int) -> bytes:
    """A message of a kind; no two are the same bytes."""
    return written(
        from_=f"Ann Other <ann{number % 7}@firm{number % 5}.test>",
        subject=f"Minutes of meeting {number}",
        text=f"Dear Mary,\n\nthe minutes of meeting {number} are below.\n{GTUBE if kind == 'spam' else ''}\n\nAnn\n",
        headers={"Message-ID": f"<{number}@firm.test>"},
    )


def facts_of(kind: str):
    """What the world said of it then."""
    if kind == "proven":
        return facts(spf="pass", dmarc="pass", policy="reject", aligned=True)
    if kind == "forged":
        return facts(spf="fail", dmarc="fail", policy="reject")
    return facts()


async def fill(
    database: Database, blobs: Path, account: str, count: int, *, before: datetime | None = None
) -> list[Filled]:
    """Store `count` messages, the kinds in turn."""
    ruleset = load_ruleset()
    first = (before or datetime.now(UTC)) - EVERY * (count + 1)
    filled: list[Filled] = []
    for start in range(0, count, BATCH):

        async def some(tx, start: int = start) -> list[Filled]:
            numbers = range(start, min(start + BATCH, count))
            return [
                await _store(tx, blobs, account, n, at=first + EVERY * n, ruleset=ruleset) for n in numbers
            ]

        filled += await database.write(some)
    return filled


async def _store(tx, blobs: Path, account: str, number: int, *, at: datetime, ruleset: Ruleset) -> Filled:
    kind = KINDS[number % len(KINDS)]
    raw = letter_of(kind, number)
    message, known = parse(raw), facts_of(kind)
    where = replace(envelope("user@corp.example", mail_from="ann@firm.test"), account=account, received_at=at)
    verdict = scan(message, where, known, ruleset)
    ref = put_quickly(blobs, raw)
    received = await add_received(tx, where, ref, at=at)
    await add_decided(
        tx,
        received.number,
        account=account,
        facts=known,
        verdict=verdict,
        summary=summarise(message, where, known, verdict),
        decision=decide(verdict, where, {}),
        stamp=STAMP,
        at=at,
    )
    return Filled(kind, received.id, received.number, ref.sha256, verdict)


def put_quickly(blobs: Path, raw: bytes) -> BlobRef:
    """Bytes where a blob store looks for them, without waiting for the disk."""
    from backports import zstd

    ref = BlobRef.of(raw)
    folder = blobs / ref.sha256[:2]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ref.sha256).write_bytes(zstd.compress(raw, level=1))
    return ref
