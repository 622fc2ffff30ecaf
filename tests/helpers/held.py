"""Many held messages, put straight into the store of a program that is not running."""

import asyncio
from datetime import UTC, datetime, timedelta

from lazaretto.mail.claims import find_claims
from lazaretto.mail.stamp import make_stamp
from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import open_database
from lazaretto.store.ids import new_queue_id
from lazaretto.store.messages import add_decided, add_received
from tests.helpers.records import summary

BATCH = 500
"""Messages of one transaction."""


async def put_held(url: str, blobs: Blobs, account: str, recipient: str, count: int) -> None:
    """So many messages of the same bytes, each with an envelope sender that numbers it."""
    database = await open_database(url)
    try:
        raw = b"From: s@sender.test\r\nSubject: held\r\n\r\nheld\r\n"
        blob = await asyncio.to_thread(blobs.put, raw)
        begin = datetime.now(UTC) - timedelta(hours=2)
        said, claims = summary(), find_claims(raw)

        async def some(tx, start):
            for number in range(start, min(start + BATCH, count)):
                at = begin + timedelta(milliseconds=number)
                envelope = Envelope(
                    account=account,
                    queue_id=new_queue_id(at),
                    mode=Mode.DIRECT,
                    mail_from=f"held-{number}@sender.test",
                    recipients=(Recipient(recipient),),
                    received_at=at,
                    client_ip="192.0.2.1",
                    helo="helo.test",
                )
                decision = Decision(Disposition.SPAM, (RecipientOrder(recipient, Order.QUARANTINE, "test"),))
                stamp = make_stamp(claims, envelope, None, None, decision, hostname="mx.corp.example")
                received = await add_received(tx, envelope, blob, at=at)
                await add_decided(
                    tx, received.number, account=account, facts=None, verdict=None, summary=said,
                    decision=decision, stamp=stamp, at=at,
                )  # fmt: skip

        for start in range(0, count, BATCH):
            await database.write(lambda tx, start=start: some(tx, start))
    finally:
        await database.close()
