"""A store with many records, spread over the last weeks, as a busy month would leave it."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

from tests.helpers.program import Program
from tests.helpers.records import blob, envelope, finding_summary, store_record

from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.store.database import open_database

WORDS = (
    "invoice",
    "tuesday",
    "minutes",
    "delivery",
    "password",
    "offer",
    "report",
    "meeting",
    "lunch",
    "contract",
)
SHARES = (
    (Disposition.NONE, 70),
    (Disposition.BULK, 12),
    (Disposition.SPAM, 10),
    (Disposition.MALICIOUS, 4),
    (Disposition.SPOOF, 2),
    (Disposition.SUSPICIOUS, 2),
)
BATCH = 500


async def seed(program: Program, account: str, count: int) -> None:
    """Store records through the same functions as the pipeline, without bytes."""
    chance = random.Random(1)
    database = await open_database(f"sqlite:///{program.folder / 'data' / 'lazaretto.db'}")
    began = datetime.now(UTC) - timedelta(days=28)
    step = timedelta(days=28) / count

    async def batch(tx, start: int) -> None:
        for number in range(start, min(start + BATCH, count)):
            await one(tx, number)

    async def one(tx, number: int) -> None:
        at = began + step * number
        disposition = chance.choices([d for d, _ in SHARES], [s for _, s in SHARES])[0]
        held = disposition not in (Disposition.NONE, Disposition.BULK)
        sender = f"sender{chance.randrange(500)}.example"
        subject = " ".join(chance.sample(WORDS, 3)) + f" {number}"
        await store_record(
            tx,
            envelope("user@corp.example", account=account, received_at=at, mail_from=f"a@{sender}"),
            disposition=disposition,
            order=Order.QUARANTINE if held else Order.DELIVER,
            at=at,
            content=blob(str(number)),
            subject=subject,
            from_address=f"a@{sender}",
            message_id=f"<{number}@{sender}>",
            findings=(finding_summary(),) * 3 if held else (),
            body_words=" ".join(chance.choices(WORDS, k=60)),
        )

    for start in range(0, count, BATCH):
        await database.write(lambda tx, start=start: batch(tx, start))
    await database.write(
        lambda tx: tx.execute("UPDATE delivery SET state = 'delivered' WHERE state = 'queued'")
    )
    await database.close()
    await asyncio.sleep(0)
